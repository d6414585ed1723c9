import ArgumentParser
import Domain
import Foundation
import Simulation
import Wire

/// Plausible items without end, with what is true of them.
struct GenerateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate",
        abstract: "Write plausible items of a city's public board, and their labels (生成件).",
        discussion: """
            One item a line, in time order, as push and evaluate take them: title, text, form and person,
            no class and no place. Places, units and most words are made up. The curve of lengths, the
            boilerplate, the copies and the sizes of matters are those of real boards. The same seed
            gives the same bytes anywhere; a million items take some three minutes and 1.5 GB.
            Example: liandong generate --items 4000 --seed 7 --gold gold.jsonl > items.jsonl
            """
    )

    @Option(help: "So many items.")
    var items = 1_000
    @Option(help: "Where everything comes from.")
    var seed: UInt64 = 1
    @Option(help: "The day of the first item.")
    var from = GeneratedStream.firstDay.description
    @Option(help: "Write {\"id\", \"matter\"} lines here, with the group of its copies.")
    var gold: String?

    func validate() throws {
        guard (1...100_000_000).contains(items) else {
            throw ValidationError("--items \(items): give 1 to 100000000")
        }
        guard day != nil else { throw ValidationError("--from \(from): give a day as 2024-03-05") }
    }

    func run() throws {
        var stream = GeneratedStream(seed: seed, from: day ?? GeneratedStream.firstDay)
        let labels = try gold.map { (file) throws(CommandFailure) in try handle(file) }
        var (lines, matters) = (Data(), Data())
        var progress = Progress("generate", total: items)
        for number in 1...items {
            let item = stream.nextItem()
            lines.append(contentsOf: item.line)
            lines.append(10)
            if labels != nil { matters.append(contentsOf: item.label) }
            if lines.count > 1 << 20 || number == items {
                try write(lines, to: .standardOutput, "standard output")
                if let labels { try write(matters, to: labels, gold ?? "") }
                (lines, matters) = (Data(), Data())
                progress.advance(to: number)
            }
        }
        progress.finish()
    }

    private var day: CountyDay? {
        let parts = from.split(separator: "-").compactMap { Int($0) }
        guard parts.count == 3 else { return nil }
        return CountyDay(year: parts[0], month: parts[1], day: parts[2])
    }

    private func handle(_ file: String) throws(CommandFailure) -> FileHandle {
        guard FileManager.default.createFile(atPath: file, contents: nil),
            let handle = FileHandle(forWritingAtPath: file)
        else { throw CommandFailure(.fellShort, "\(file) cannot be written") }
        return handle
    }

    private func write(
        _ bytes: Data,
        to handle: FileHandle,
        _ name: String
    ) throws(CommandFailure) {
        do {
            try handle.write(contentsOf: bytes)
        } catch {
            throw CommandFailure(
                .fellShort,
                "\(name) cannot be written: \(error.localizedDescription)"
            )
        }
    }
}

extension GeneratedItem {
    /// The line of the labels: CONTRACT §4's form, with the group of copies.
    fileprivate var label: [UInt8] {
        let members: JSONValue = [
            "id": .string(item.ref.id), "matter": .string("M\(matter)"),
            "near_dup_group": .string("M\(matter)-\(textOf)"),
        ]
        return members.bytes + [10]
    }
}
