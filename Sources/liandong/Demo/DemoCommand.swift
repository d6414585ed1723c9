import ArgumentParser
import Catalogue
import Domain
import Foundation
import Simulation
import Wire

/// The main job, embedded: a whole year through real processes (演示).
struct DemoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "A county's simulated year through a hub and four agencies, in a minute (演示).",
        discussion: """
            Processes of their own, CURVE, fresh keys in a temporary folder. The last line is the year
            as an office would report it, recomputed by the hub and compared with the simulator.
            Example: liandong demo --seed 7
            Example: liandong demo --from complaints.jsonl
            """
    )

    @Option(help: "Which simulated year.")
    var seed: UInt64 = 1
    @Flag(help: "Print the totals of the year and everything that differs from the simulator's.")
    var year = false
    @Option(help: "Send these real items instead: JSON Lines of the four agencies.")
    var from: String?
    @Flag(help: "Leave the hub running at the end.")
    var keep = false
    @OptionGroup var format: FormatOptions

    func run() throws {
        // A daemon that ends early must not end the demonstration without a word.
        signal(SIGPIPE, SIG_IGN)
        let began = ContinuousClock.now
        let source =
            if let from {
                try DemoSource(items: OrderedItems(lines: TextLines.read(from), file: from))
            } else {
                DemoSource(seed: seed)
            }
        guard source.count > 0 else { throw CommandFailure(.wrongUse, "\(from ?? ""): no items") }
        if !format.isJSON, from == nil { Terminal.print(DemoWords.heading(seed: seed)) }
        let run = try DemoRun(source)
        let interrupts = DemoProcess.clearWhenInterrupted(run.county.folder)
        defer { for interrupt in interrupts { interrupt.cancel() } }
        do {
            let report = try DemoReport(run, began: began, keep: keep)
            output(report.json, isJSON: format.isJSON) {
                from == nil ? report.lines(isWholeYear: year) : report.realLines()
            }
            if keep {
                let notice = DemoWords.kept(
                    run.county.endpoint,
                    folder: run.county.folder,
                    process: run.county.hubProcess ?? 0
                )
                Terminal.complain(notice)
            } else {
                run.county.clear()
            }
            if let shortfall = report.shortfall { throw CommandFailure(.fellShort, shortfall) }
        } catch {
            if !keep { run.county.clear() }
            throw error
        }
    }
}

/// What a demonstration came to.
struct DemoReport {
    let source: DemoSource
    let told: DemoRun.Told
    let early: EarlyKnowledge?
    let comparison: YearComparison?
    /// What `liandong verify` said of the folder at the end.
    let verified: JSONValue
    let seconds: Double

    init(_ run: DemoRun, began: ContinuousClock.Instant, keep: Bool) throws {
        let told = try run.run(cut: run.source.year != nil)
        source = run.source
        self.told = told
        let largest = told.hub.largest(1).first
        let alerts = largest.flatMap { matter in
            told.hub.alert(of: matter.id).map { alert in
                run.diary.alerts(
                    of: matter.id,
                    until: (alert.string("id"), alert.integer("report"))
                )
            }
        }
        run.diary.close()
        try run.county.stop()
        early = largest.map {
            EarlyKnowledge(of: $0, told: alerts ?? [], alone: run.alone)
        }
        comparison = run.source.year.map { YearComparison(told.hub.seen, with: $0) }
        // The year's decisions were decided again after the cut; here each byte is checked.
        verified = try DemoProcess.verify(run.county, bytesOnly: told.cut != nil)
        if keep { try run.county.start() }
        seconds = Double((ContinuousClock.now - began).milliseconds) / 1000
    }

    /// Items that neither the hub has nor the agency kept.
    var lost: Int { source.count - told.hub.counts.integer("items") - told.setAside }

    /// Why the demonstration falls short; `nil` when it does not.
    var shortfall: String? {
        var reasons: [String] = []
        if lost != 0 { reasons.append("\(lost) items are not in the hub") }
        if told.receipted + told.setAside != source.count {
            reasons.append("\(told.receipted) receipts for \(source.count) items")
        }
        if told.wrongKeyExit != 3 { reasons.append("the wrong key was not refused") }
        let reports = [verified] + (told.cut.map { [$0.verified] } ?? [])
        if reports.contains(where: { $0["sound"]?.flag != true }) {
            reasons.append("verify finds faults")
        }
        if let comparison, !comparison.agreesInReport {
            reasons += comparison.differences
            if comparison.exactLargeMatters != comparison.largeMatters {
                reasons.append("the great matter is not exactly one case")
            }
        }
        return reasons.isEmpty ? nil : reasons.joined(separator: "; ")
    }
}
