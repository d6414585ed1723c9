import ArgumentParser
import Domain
import Simulation
import Wire

/// The whole system under seeded faults, in virtual time.
struct SimulateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "The whole system under seeded faults, in virtual time (仿真).",
        discussion: """
            One hub, four agencies and two officers, all of them the real code, on a simulated clock,
            network and disks. For a while machines lose power, processes are killed, connections break,
            disks fail or do wrong silently, and hours pass at once; then everything must come to rest,
            and an auditor holds every receipt, line, total, settlement and deadline against what was
            sent. The same seed gives the same run anywhere.
            Exit code 1 when anything is broken, with the seed that shows it.
            Example: liandong simulate --seed 7 --runs 100
            """,
        subcommands: [GameCommand.self]
    )

    @Option(help: "Where everything comes from.")
    var seed: UInt64 = 1
    @Option(help: "So many runs, each with the next seed.")
    var runs = 1
    @Option(help: "Virtual minutes of faults in each run (default: \(World.seconds) seconds).")
    var minutes: Int?
    @Option(help: "A hub's file whose county and rules are used instead of the shipped ones.")
    var config: String?
    @OptionGroup var format: FormatOptions

    func run() throws {
        guard (1...1_000_000).contains(runs) else {
            throw CommandFailure(.wrongUse, "--runs \(runs): give 1 to 1,000,000")
        }
        if let minutes, !(1...1440).contains(minutes) {
            throw CommandFailure(.wrongUse, "--minutes \(minutes): give 1 to 1440")
        }
        let county = try CountySource(hub: config)
        var progress = Progress("simulate", total: runs)
        var broken = 0
        var faults: [String: Int] = [:]
        for run in 0..<runs {
            var world = World(
                seed: seed &+ UInt64(run),
                county: county.division,
                configuration: county.files
            )
            let report = world.run(seconds: minutes.map { 60 * $0 } ?? World.seconds)
            if !report.broken.isEmpty { broken += 1 }
            faults.merge(report.faults) { $0 + $1 }
            if runs == 1 || !report.broken.isEmpty { format.print(report.json, report.text) }
            progress.advance(to: run + 1)
        }
        progress.finish()
        if runs > 1 {
            let document: JSONValue = [
                "runs": .integer(Int64(runs)), "first_seed": .integer(Int64(bitPattern: seed)),
                "broken": .integer(Int64(broken)), "faults": faults.json,
            ]
            let told = broken > 0 ? "\(broken) broke an invariant" : "no invariant broken"
            format.print(document, ["\(runs) runs, \(told)", "faults: " + faults.text])
        }
        if broken > 0 {
            throw CommandFailure(.fellShort, "\(broken) of \(runs) runs broke an invariant")
        }
    }
}

extension [String: Int] {
    /// Faults by name.
    fileprivate var json: JSONValue {
        .object(sorted { $0.key < $1.key }.map { .init($0.key, .integer(Int64($0.value))) })
    }

    /// The same for a person.
    fileprivate var text: String {
        let counts = sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        return counts.isEmpty ? "none" : counts.joined(separator: ", ")
    }
}

extension SimulationReport {
    /// The report as one JSON object.
    fileprivate var json: JSONValue {
        [
            "seed": .integer(Int64(bitPattern: seed)),
            "virtual_ms": .integer(virtualMilliseconds),
            "faults": faults.json,
            "hub_starts": .integer(Int64(hubStarts)),
            "agency_starts": .integer(Int64(agencyStarts)),
            "desk_sessions": .integer(Int64(deskSessions)),
            "lines": .integer(Int64(lines)), "receipts": .integer(Int64(receipts)),
            "entries": .integer(Int64(entries)), "decisions": .integer(Int64(decisions)),
            "alerts": .integer(Int64(alerts)), "deliveries": .integer(Int64(deliveries)),
            "outcomes": .integer(Int64(outcomes)),
            "broken": .array(broken.map { .string($0) }),
        ]
    }

    /// The same for a person.
    fileprivate var text: [String] {
        [
            "seed \(seed): \(virtualMilliseconds / 1000) s of virtual time",
            "faults: " + faults.text,
            "starts: hub \(hubStarts), daemons \(agencyStarts); sessions of officers \(deskSessions)",
            "lines \(lines), receipts \(receipts), entries \(entries)",
            "decisions \(decisions), alerts \(alerts), deliveries \(deliveries), "
                + "outcomes \(outcomes)",
        ] + (broken.isEmpty ? ["no invariant broken"] : broken.map { "BROKEN: " + $0 })
    }
}

extension FormatOptions {
    fileprivate func print(_ document: JSONValue, _ lines: [String]) {
        if isJSON {
            Terminal.print(String(decoding: document.bytes, as: UTF8.self))
        } else {
            Terminal.print(lines: lines)
        }
    }
}
