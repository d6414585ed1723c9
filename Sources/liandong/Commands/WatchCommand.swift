import ArgumentParser
import Catalogue
import LiandongClient
import LiandongClientZeroMQ
import Wire

/// Alerts as they come, with their reasons.
struct WatchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "Subscribe: alerts as they come, with the reasons (订阅).",
        discussion: """
            First the alerts that nobody has signed for, then every change. Subjects have tokens with
            points between them, * for one and > for the rest.
            Example: liandong watch 'alert.red.>' 'case.44.14.24.>' --config DIR/officer.yaml
            """
    )

    @OptionGroup var officer: OfficerOptions
    @OptionGroup var format: FormatOptions
    @Argument(help: "Subjects; all alerts when none is given.")
    var subjects: [String] = []
    @Option(help: "End after so many decisions; 0 never ends.")
    var count = 0
    @Flag(help: "End when the snapshot is complete.")
    var snapshot = false

    func run() throws {
        try officer.withLine { line throws(Line.Failure) in
            try line.subscribe(subjects.isEmpty ? ["alert.>"] : subjects)
            var seen = 0
            while count == 0 || seen < count {
                guard let event = try line.next(within: 60_000) else { continue }
                switch event {
                case .delivered(let delivery, _):
                    show(delivery)
                    seen += 1
                case .snapshotComplete(let count):
                    if !format.isJSON {
                        Terminal.complain("待签收 \(count) 条;以下为实时。\(Words.internalOnly)")
                    }
                    if snapshot { return }
                }
            }
        }
    }

    private func show(_ delivery: Delivery) {
        if format.isJSON {
            let document: JSONValue = [
                "phase": .string(delivery.phase.rawValue),
                "subject": .string(delivery.subject),
                "decision": delivery.decision,
            ]
            Terminal.print(document.line)
        } else if let alert = delivery.decision["alert"].flatMap({ AlertNotice($0) }) {
            Terminal.print(lines: alert.lines() + [""])
        } else {
            Terminal.print(Ink.dim.write(delivery.subject))
        }
    }
}
