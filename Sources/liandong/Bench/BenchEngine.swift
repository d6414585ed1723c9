import ArgumentParser
import Domain
import Wire

/// The engine alone: items through gate, engine and decision codec on one thread.
struct BenchEngine: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "engine",
        abstract: "Items through gate, engine and decision codec, on one thread.",
        discussion: """
            Nothing is written and nothing is sent: what a hub's engine costs by itself. Without
            --items and --from the items are those of a simulated year. At each of --marks the report
            tells what an item costs with so many active ones, stage by stage, how full the lists are,
            and what an item takes of memory. Instructions are counted where the kernel permits it,
            and are null elsewhere. docs/performance.md says what each figure means.
            Example: liandong bench engine --items 1000000 --marks 10000,100000,1000000 --format json
            """
    )

    @Option(help: "So many items of a generated stream.")
    var items: Int?
    @Option(help: "The seed of the generated stream.")
    var seed: UInt64 = 1
    @Option(help: "Items of a file instead: JSON Lines of CloudEvents.")
    var from: String?
    @Option(help: "Simulated years, one after the other.")
    var years = 1
    @Option(help: "Report at these numbers of items, with commas; the end by default.")
    var marks: String?
    @Option(help: "A hub's file whose county and rules are used instead of the shipped ones.")
    var config: String?
    @OptionGroup var format: FormatOptions

    func validate() throws {
        guard (1...20).contains(years) else { throw ValidationError("give 1 to 20 years") }
        if let items {
            guard (1...5_000_000).contains(items) else {
                throw ValidationError("--items \(items): give 1 to 5000000")
            }
            guard from == nil else { throw ValidationError("give --items or --from, not both") }
        }
        guard places != nil else { throw ValidationError("--marks: give numbers with commas") }
    }

    func run() throws {
        let county = try CountySource(hub: config)
        var lines =
            if let items {
                EngineLines(generated: items, seed: seed)
            } else if let from {
                try EngineLines(file: from)
            } else {
                EngineLines(years: years)
            }
        let marks = (places ?? []).filter { $0 <= lines.count }
        var measurement = EngineMeasurement(
            county: county,
            marks: marks.isEmpty ? [lines.count] : marks
        )
        var progress = Progress("bench engine", total: lines.count)
        while let line = lines.next() {
            measurement.take(line.bytes, from: line.agency)
            if measurement.count % 1024 == 0 { progress.advance(to: measurement.count) }
        }
        progress.finish()
        let document = measurement.document(name: lines.name)
        output(document, isJSON: format.isJSON) { measurement.text }
    }

    /// The marks in rising order; `nil` where they are no numbers.
    private var places: [Int]? {
        guard let marks else { return [] }
        let numbers = marks.split(separator: ",").map { Int($0) }
        let found = numbers.compactMap { $0 }.filter { $0 > 0 }
        return found.count == numbers.count ? Array(Set(found)).sorted() : nil
    }
}
