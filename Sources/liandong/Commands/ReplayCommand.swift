import Analysis
import ArgumentParser
import Catalogue
import Domain
import Foundation
import Hashing
import Hub
import Journal
import Settings
import Storage
import Wire

/// Decisions of a span, once more.
struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Show the decisions of a span once more, with count and digest (回放).",
        discussion: """
            On the hub's machine: reads the decision log of the data folder, and nothing else. It runs
            beside the hub, up to what is complete, and after it has stopped, with the same result.
            Who ran it stands in the audit log (docs/rights.md).
            With --officer the running hub is asked instead, over the network, with that officer's
            rights; --resume goes on behind the chunk whose token is given, with the same count and
            digest at the end.
            --subject shows the items, cases and alerts that match; without one every decision is
            shown. Over the whole log the digest equals that of verify and of evaluate.
            Example: liandong replay --config DIR/hub.yaml --from 2024-06-01 --to 2024-06-07 \
            --subject 'alert.>'
            """
    )

    @OptionGroup var span: SpanOptions
    @Option(help: "A subject, * for one token and > for the rest; may be given again.")
    var subject: [String] = []
    @Option(
        help: "Times faster than real time by the decisions' own times; unlimited when missing."
    )
    var speed: Double?
    @Option(help: "Ask the running hub, with this officer's file.")
    var officer: String?
    @Option(help: "With --officer: go on behind the chunk that this token names.")
    var resume: String?
    @OptionGroup var format: FormatOptions

    func run() throws {
        if let officer { return try runRemotely(officer) }
        guard resume == nil else { throw CommandFailure(.wrongUse, "--resume needs --officer") }
        let source = try span.read()
        var patterns: [SubjectPattern] = []
        for text in subject {
            guard let pattern = SubjectPattern(text: text) else {
                throw CommandFailure(
                    .wrongUse,
                    "--subject \(text): write alert.red.44.14.24.*.>, item.> or case.>"
                )
            }
            patterns.append(pattern)
        }
        var pace: ReplayPace?
        if let speed {
            pace = ReplayPace(speed: speed)
            if pace == nil { throw CommandFailure(.wrongUse, "--speed \(speed): give more than 0") }
        }
        OperatorNote.leave(
            .replay,
            subject.isEmpty ? "all" : subject.joined(separator: " "),
            source.folder,
            ["from": source.period.from.rfc3339, "to": source.period.to.rfc3339]
        )
        var screen = ReplayScreen(names: source.names, isJSON: format.isJSON, pace: pace)
        var replay = Replay(period: source.period, patterns: patterns)
        // Lines on a terminal are their own progress.
        var progress = isatty(STDOUT_FILENO) == 1 ? nil : Progress("回放")
        defer { progress?.finish() }
        var decidedThrough: Timestamp?
        let end = try source.pass { stored, decision in
            decidedThrough = decision.at
            progress?.advance(to: Int(stored.number))
            switch replay.take(decision, bytes: stored.bytes) {
            case .ended: return false
            case .passed: break
            case .shown: screen.show(stored, decision)
            }
            return true
        }
        screen.finish()
        progress?.finish()
        report(replay, end, decidedThrough)
        try source.requireEnd(end)
    }

    private func runRemotely(_ officer: String) throws {
        let period: Period
        do throws(PeriodMistake) {
            period = try Period(from: span.from, to: span.to)
        } catch {
            throw CommandFailure(.wrongUse, error.description)
        }
        let times = speed.map { Int($0.rounded()) } ?? 0
        guard speed == nil || (1...ReplayRequest.speedMax).contains(times) else {
            throw CommandFailure(
                .wrongUse,
                "--speed with --officer: 1 to \(ReplayRequest.speedMax)"
            )
        }
        let request = ReplayRequest(
            from: resume.map { .token($0) } ?? .time(period.from),
            to: .time(period.to),
            subjects: subject,
            speed: times
        )
        let (end, token) = try RemoteReplay(
            officer: officer,
            request: request,
            isJSON: format.isJSON
        ).run()
        let document: JSONValue = [
            "count": .integer(Int64(end.count)), "digest": .string(end.digest.hex),
            "through": end.through.map { .string($0.rfc3339) } ?? .null,
            "token": token.map { .string($0) } ?? .null,
        ]
        output(document, isJSON: format.isJSON) {
            ["共 \(Words.grouped(Int(end.count))) 条研判记录。SHA-256 \(end.digest.hex)"]
        }
    }

    private func report(_ replay: Replay, _ end: DecisionPass.End, _ decidedThrough: Timestamp?) {
        let document: JSONValue = [
            "count": .integer(Int64(replay.count)),
            "digest": .string(replay.digest.hex),
            "from": .string(replay.period.from.rfc3339),
            "to": .string(replay.period.to.rfc3339),
            "read_to": .integer(Int64(end.lastNumber)),
            "decided_through": decidedThrough.map { .string($0.rfc3339) } ?? .null,
        ]
        output(document, isJSON: format.isJSON) {
            var lines = ["共 \(Words.grouped(replay.count)) 条研判记录。SHA-256 \(replay.digest.hex)"]
            if let decidedThrough, decidedThrough < replay.period.to {
                lines.append("时段未完:研判至 \(Words.moment(decidedThrough))。")
            }
            return lines
        }
    }
}

/// Writes decisions as they come, at a pace.
private struct ReplayScreen {
    let names: CountyNames
    let isJSON: Bool
    var pace: ReplayPace?
    private var started: ContinuousClock.Instant?
    private var waiting: [String] = []

    private static let linesMax = 256

    init(names: CountyNames, isJSON: Bool, pace: ReplayPace?) {
        self.names = names
        self.isJSON = isJSON
        self.pace = pace
    }

    mutating func show(_ stored: StoredDecision, _ decision: Decision) {
        wait(for: decision.at)
        if isJSON {
            let document: JSONValue = [
                "number": .integer(Int64(stored.number)), "input": .integer(Int64(stored.input)),
                "decision": decision.json,
            ]
            waiting.append(document.line)
        } else {
            waiting += lines(of: decision)
        }
        if pace != nil || waiting.count >= ReplayScreen.linesMax { finish() }
    }

    /// Writes what waits: one write for many lines when nobody watches the clock.
    mutating func finish() {
        Terminal.print(lines: waiting)
        waiting.removeAll(keepingCapacity: true)
    }

    private mutating func wait(for time: Timestamp) {
        let start = started ?? .now
        started = start
        let elapsed = TimeSpan(
            milliseconds: Int64((ContinuousClock.now - start) / .milliseconds(1))
        )
        guard let wait = pace?.wait(for: time, elapsed: elapsed), wait.milliseconds > 0 else {
            return
        }
        Thread.sleep(forTimeInterval: Double(wait.milliseconds) / 1000)
    }

    private func lines(of decision: Decision) -> [String] {
        let head = Words.moment(decision.at)
        let words = Width.plain(Words.decision(decision.content, names: names))
        switch decision.content {
        case .alertRaised(let alert), .alertChanged(let alert), .alertOverdue(let alert),
            .alertAcknowledged(let alert, _):
            let notice = AlertNotice(alert, names: names).lines().map { "    " + $0 }
            return ["\(head)  \(words)"] + notice
        default: return ["\(head)  \(words)"]
        }
    }
}
