import ArgumentParser
import Dispatch
import Foundation
import Journal
import LiandongClient
import Storage
import Wire
import ZeroMQ

/// The decision log of a hub that has worked, replayed to a session and read from the disk.
struct BenchReplay: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "The decision log of a hub that has worked, replayed to an officer's session.",
        discussion: """
            A hub takes the texts of simulated years and decides. Then one session replays the whole log,
            --passes times one after the other, in the log's bytes, at unlimited speed and under credit;
            what came is compared with the log. At last the log is read from the disk
            alone, with the chain checked and each decision decoded, as liandong replay reads it on the
            hub's machine.
            Example: liandong bench replay --items 20000 --plain --format json
            """
    )

    @Option(help: "Items that the hub takes.")
    var items = 20_000
    @Option(help: "How often the whole log is replayed.")
    var passes = 10
    @Flag(help: "Without encryption, for comparison with peers that have none.")
    var plain = false
    @Option(help: "Where the temporary folder is made.")
    var folder: String?
    @OptionGroup var format: FormatOptions

    func validate() throws {
        guard (8...1_000_000).contains(items), (1...1000).contains(passes) else {
            throw ValidationError("give 8 to 1000000 items and 1 to 1000 passes")
        }
    }

    func run() throws {
        try BenchCounty.measure(under: folder, stages: .full, isPlain: plain, measure)
    }

    private func measure(_ county: BenchCounty) throws {
        var intake = ["--producers", "8", "--items", "\(items)", "--year"]
        if plain { intake.append("--plain") }
        _ = try IntakeRun(county, arguments: intake).go()
        let replayed = try ReplayedLog(county, isPlain: plain, passes: passes)
        try county.stop()
        let read = try ReadLog(folder: "\(county.folder)/data")
        for pass in replayed.passes where read.bytes(of: pass.count) != pass.bytes {
            throw CommandFailure(
                .fellShort,
                "a replay showed \(pass.count) decisions of \(pass.bytes) bytes, which are not the log's"
            )
        }
        report(replayed, read)
    }

    private func report(_ replayed: ReplayedLog, _ read: ReadLog) {
        let all = Double(replayed.passes.reduce(0) { $0 + $1.count })
        let bytes = Double(replayed.passes.reduce(0) { $0 + $1.bytes })
        let rate = (all / replayed.seconds).places(0)
        let megabytes = (bytes / replayed.seconds / 1_000_000).places(1)
        let fromDisk = (Double(read.count) / read.seconds).places(0)
        let document: JSONValue = [
            "decisions": .integer(Int64(read.count)),
            "passes": .integer(Int64(passes)),
            "plain": .bool(plain),
            "decisions_per_second": .number(rate),
            "mb_per_second": .number(megabytes),
            "hub_cpu_us_per_decision": .number((replayed.hubMicroseconds / all).places(2)),
            "client_cpu_us_per_decision": .number((replayed.ownMicroseconds / all).places(2)),
            "disk_decisions_per_second": .number(fromDisk),
            "disk_cpu_us_per_decision": .number(
                (read.cpuMicroseconds / Double(max(1, read.count))).places(2)
            ),
        ]
        output(document, isJSON: format.isJSON) {
            [
                "\(Int(rate)) decisions/s replayed to one session, \(megabytes) MB/s, "
                    + "\(read.count) in the log",
                "\(Int(fromDisk)) decisions/s read from the disk, checked and decoded",
            ]
        }
    }
}

/// What a session saw of the log.
private struct ReplayedLog {
    /// The hub goes on meanwhile, and the passing of time is decided too, so a log may grow.
    private(set) var passes: [(count: Int, bytes: Int)] = []
    private(set) var seconds = 0.0
    private(set) var hubMicroseconds = 0.0
    private(set) var ownMicroseconds = 0.0

    init(_ county: BenchCounty, isPlain: Bool, passes: Int) throws {
        let keys = try BenchKeys(folder: county.folder, isPlain: isPlain)
        let context = try Context(ioThreads: 1, socketsMax: 8)
        var line = try DeskLine(
            BenchConnection(
                context,
                endpoint: county.endpoint,
                identity: keys.officer(copy: 1)
            ),
            agent: Version.agent
        )
        try ReplayedLog.waitForEngine(&line)
        let before = (Nanoseconds.now, county.usage.cpuMicroseconds, Usage.cpuSeconds)
        for _ in 0..<passes { self.passes.append(try ReplayedLog.replay(&line)) }
        seconds = Double(Nanoseconds.now - before.0) / 1_000_000_000
        hubMicroseconds = county.usage.cpuMicroseconds - before.1
        ownMicroseconds = (Usage.cpuSeconds - before.2) * 1_000_000
        line.close()
    }

    private static func replay(
        _ line: inout DeskLine<BenchConnection>
    ) throws -> (count: Int, bytes: Int) {
        try line.replay(ReplayRequest(form: .log))
        var (seen, bytes) = (0, 0)
        while true {
            switch try line.next(within: 30_000) {
            case .replayed(let chunk, let first):
                guard first == UInt64(seen) + 1 else {
                    throw CommandFailure(.fellShort, "after \(seen) decisions came \(first)")
                }
                seen += chunk.records.count
                bytes += chunk.records.reduce(0) { $0 + $1.count }
            case .replayEnded(let end):
                guard end.count == UInt64(seen) else {
                    throw CommandFailure(.fellShort, "\(seen) of \(end.count) decisions came")
                }
                return (seen, bytes)
            case .delivered, .snapshotComplete, .settled: break
            case nil: throw CommandFailure(.unreachable, "the measured hub replays nothing")
            }
        }
    }

    /// Waits until everything that was receipted is decided.
    private static func waitForEngine(_ line: inout DeskLine<BenchConnection>) throws {
        for _ in 0..<6000 {
            let status = try line.ask(Query(.status)).rows
            guard status["applied"]?.int != status["entries"]?.int else { return }
            usleep(20_000)
        }
        throw CommandFailure(.fellShort, "the engine does not come to the end of the journal")
    }
}

/// What the disk holds.
private struct ReadLog {
    /// The bytes of the first decisions, by their count.
    private var bytesBefore = [0]
    private(set) var seconds = 0.0
    private(set) var cpuMicroseconds = 0.0

    init(folder: String) throws {
        let begun = (Nanoseconds.now, Usage.cpuSeconds)
        var bytes = [0]
        do throws(JournalError) {
            _ = try DecisionPass.run(PosixDisk(), folder: folder) { stored, _ in
                guard (try? DecisionCodec.decode(stored.bytes)) != nil else { return false }
                bytes.append(bytes[bytes.count - 1] + stored.bytes.count)
                return true
            }
        } catch {
            throw CommandFailure(.fellShort, error.description)
        }
        seconds = Double(Nanoseconds.now - begun.0) / 1_000_000_000
        cpuMicroseconds = (Usage.cpuSeconds - begun.1) * 1_000_000
        bytesBefore = bytes
    }

    /// Decisions.
    var count: Int { bytesBefore.count - 1 }

    /// The bytes of so many decisions from the first; `nil` beyond the last.
    func bytes(of count: Int) -> Int? { count < bytesBefore.count ? bytesBefore[count] : nil }
}
