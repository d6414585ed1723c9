import ArgumentParser
import Foundation
import Glibc
import Wire

/// Items into a hub until their receipts are back.
struct BenchIntake: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "intake",
        abstract: "Items into a hub until their receipts are back, over loopback with CURVE.",
        discussion: """
            A hub process and a process with one thread a producer. On the wire a producer does what an
            agency's client does (LDP/1 with the real session, one PUT a batch, --window of them under
            way), but it has no outbox on disk: its items and their digests are made before the clock
            runs. Every receipt is compared with what was sent, and is given after the fdatasync.
            --stages journal leaves out Engine.apply alone. Afterwards the journal is verified.
            Example: liandong bench intake --producers 8 --batch 64 --items 400000 --stages journal
            """
    )

    @Option(help: "Producers, each a stream of its own.")
    var producers = 8
    @Option(help: "Items of a PUT, 1 to 1024.")
    var batch = 64
    @Option(help: "Items of all producers together.")
    var items = 400_000
    @Option(help: "Bytes of an item.")
    var size = 1024
    @Option(help: "journal leaves out the engine; full is the whole hub.")
    var stages = BenchStages.journal
    @Option(help: "PUTs of a producer without a receipt; 2, with --batch 1 one.")
    var window: Int?
    @Flag(help: "Without encryption, to compare with peers that have none.")
    var plain = false
    @Option(help: "Where the temporary folder is made; a disk, not a memory file system.")
    var folder: String?
    @Option(help: "Where perf.data of the hub is written while items flow (needs perf).")
    var profile: String?
    @OptionGroup var format: FormatOptions

    func validate() throws {
        guard (1...64).contains(producers), (1...1024).contains(batch), items >= producers,
            (600...65_536).contains(size), (window ?? 1) > 0
        else {
            throw ValidationError(
                "give 1 to 64 producers, a batch of 1 to 1024, a size of 600 to 65536"
            )
        }
    }

    func run() throws {
        try BenchCounty.measure(
            under: folder,
            settings: [("sessions", "1024")],
            stages: stages,
            isPlain: plain,
            measure
        )
    }

    private func measure(_ county: BenchCounty) throws {
        let run = try IntakeRun(county, self)
        let before = county.usage
        let perf = try profile.map { try run.record(county, into: $0) }
        let told = try run.go()
        let after = county.usage
        perf?.interrupt()
        perf?.waitUntilExit()
        try county.stop()
        let report = IntakeReport(told: told, before: before, after: after, bench: self)
        let found = try county.verifiedItems()
        guard found == report.items else {
            throw CommandFailure(
                .fellShort,
                "the journal has \(found) items of \(report.items) that were receipted"
            )
        }
        output(report.json, isJSON: format.isJSON) { report.lines }
    }

    var plan: [String] {
        var plan = ["--producers", "\(producers)", "--batch", "\(batch)", "--items", "\(items)"]
        plan += ["--size", "\(size)", "--window", "\(window ?? (batch == 1 ? 1 : 2))"]
        if stages == .full { plan += ["--alert-every", "500", "--year"] }
        if plain { plan.append("--plain") }
        return plan
    }
}

/// The process of the producers, ready and then running.
struct IntakeRun {
    private let process: Process
    private let input = Pipe()
    private let output = Pipe()

    /// Starts the producers and waits until all have their session.
    init(_ county: BenchCounty, _ bench: BenchIntake) throws {
        try self.init(county, arguments: bench.plan)
    }

    /// The same with options of the caller's choice.
    init(_ county: BenchCounty, arguments: [String]) throws {
        process = try DemoProcess.make("bench", "producers")
        process.arguments? += ["--endpoint", county.endpoint, "--folder", county.folder]
        process.arguments? += arguments
        process.standardInput = input
        process.standardOutput = output
        try DemoProcess.run(process)
        let line = output.fileHandleForReading.availableData
        guard line == Data("ready\n".utf8) else {
            throw CommandFailure(.fellShort, "the producers did not begin")
        }
    }

    /// Lets them begin.
    func begin() { input.fileHandleForWriting.write(Data("go\n".utf8)) }

    /// Waits for their report.
    func report() throws -> JSONValue {
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0,
            let told = try? JSONValue(parsing: [UInt8](data).filter { $0 != 10 })
        else { throw CommandFailure(.fellShort, "the producers failed") }
        return told
    }

    /// Lets them begin and waits for their report.
    func go() throws -> JSONValue {
        begin()
        return try report()
    }

    /// Ends them without a report.
    func kill() {
        Glibc.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// Samples the hub's stacks while items flow.
    func record(_ county: BenchCounty, into file: String) throws -> Process {
        let perf = Process()
        perf.executableURL = URL(fileURLWithPath: "/usr/bin/perf")
        perf.arguments = ["record", "-F", "997", "--call-graph", "fp", "-o", file]
        perf.arguments? += ["-p", "\(county.process)"]
        perf.standardError = FileHandle.nullDevice
        try DemoProcess.run(perf)
        usleep(300_000)
        return perf
    }
}

/// The figures of a measurement of intake.
struct IntakeReport {
    let items: Int
    let json: JSONValue
    let lines: [String]

    init(told: JSONValue, before: ProcessUsage, after: ProcessUsage, bench: BenchIntake) {
        items = told.integer("items")
        let seconds = told["seconds"]?.double ?? 0
        let rate = Double(items) / seconds
        let cpu = (after.cpuMicroseconds - before.cpuMicroseconds) / Double(items)
        var threads: [JSONValue.Member] = []
        for (name, used) in after.threads.sorted(by: { $0.key < $1.key }) {
            let each = (used - before.threads[name, default: 0]) / Double(items)
            if each >= 0.01 { threads.append(.init(name, .number(each.places(2)))) }
        }
        let producer = told["cpu_us_per_item"]?.double ?? 0
        json = [
            "items_per_second": .number(rate.places(0)),
            "mb_per_second": .number((rate * Double(bench.size) / 1_000_000).places(1)),
            "receipt_ms": told["receipt_ms"] ?? .null,
            "alert_ms": told["alert_ms"] ?? .null,
            "hub_cpu_us_per_item": .number(cpu.places(2)),
            "hub_threads_us_per_item": .object(threads),
            "producer_cpu_us_per_item": .number(producer.places(2)),
            "rss_bytes": .integer(Int64(after.residentBytes)),
            "durability": "fdatasync",
            "verified_items": .integer(Int64(items)),
            "producers": .integer(Int64(bench.producers)),
            "batch": .integer(Int64(bench.batch)),
            "window": .integer(Int64(bench.window ?? (bench.batch == 1 ? 1 : 2))),
            "size": .integer(Int64(bench.size)),
            "stages": .string(bench.stages.rawValue),
            "curve": .bool(!bench.plain),
        ]
        lines = [
            "\(Int(rate)) items/s acknowledged, \(items) items, all found in the journal",
            "receipts ms \(told["receipt_ms"]?.line ?? "")",
            "hub \(cpu.places(2)) us of CPU an item: \(JSONValue.object(threads).line)",
            "producers \(producer.places(2)) us of CPU an item",
        ]
    }
}
