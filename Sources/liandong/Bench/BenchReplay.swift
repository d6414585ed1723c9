import ArgumentParser
import Dispatch
import Journal
import Storage
import Wire

/// The decision log of a hub that has worked, read from the disk.
struct BenchReplay: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "The decision log of a hub that has worked, read and checked from the disk.",
        discussion: """
            A hub takes the texts of simulated years and stops; then its decisions are read once, with the
            chain checked and each decision decoded, as liandong replay reads them on the hub's machine.
            No network is in it.
            Example: liandong bench replay --items 20000 --format json
            """
    )

    @Option(help: "Items that the hub takes.")
    var items = 20_000
    @Option(help: "Where the temporary folder is made.")
    var folder: String?
    @OptionGroup var format: FormatOptions

    func validate() throws {
        guard (8...1_000_000).contains(items) else {
            throw ValidationError("give 8 to 1000000 items")
        }
    }

    func run() throws {
        let county = try BenchCounty(under: folder)
        let traps = DemoProcess.clearWhenInterrupted(county.folder)
        defer {
            county.clear()
            for trap in traps { trap.cancel() }
        }
        try county.start(stages: .full, isPlain: false)
        let producers = try IntakeRun(
            county,
            arguments: ["--producers", "8", "--items", "\(items)", "--year"]
        )
        _ = try producers.go()
        try county.stop()
        let begun = (Nanoseconds.now, Usage.cpuSeconds)
        var count = 0
        var bytes = 0
        do throws(JournalError) {
            _ = try DecisionPass.run(PosixDisk(), folder: "\(county.folder)/data") { stored, _ in
                guard (try? DecisionCodec.decode(stored.bytes)) != nil else { return false }
                count += 1
                bytes += stored.bytes.count
                return true
            }
        } catch {
            throw CommandFailure(.fellShort, error.description)
        }
        let seconds = Double(Nanoseconds.now - begun.0) / 1_000_000_000
        let cpu = (Usage.cpuSeconds - begun.1) * 1_000_000 / Double(max(1, count))
        let rate = (Double(count) / seconds).places(0)
        let document: JSONValue = [
            "decisions": .integer(Int64(count)),
            "decisions_per_second": .number(rate),
            "mb_per_second": .number((Double(bytes) / seconds / 1_000_000).places(1)),
            "cpu_us_per_decision": .number(cpu.places(2)),
            "over": "disk",
        ]
        output(document, isJSON: format.isJSON) {
            ["\(Int(rate)) decisions/s read, checked and decoded, \(count) in all"]
        }
    }
}
