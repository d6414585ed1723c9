import ArgumentParser
import Catalogue
import Domain
import LiandongClient
import LiandongClientZeroMQ
import Wire

/// Alerts: list, show, sign.
struct AlertCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "alert",
        abstract: "List, show and sign for alerts (预警).",
        subcommands: [List.self, Show.self, Acknowledge.self]
    )

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Alerts in the order in which they were raised.",
            discussion: "Example: liandong alert list --config DIR/officer.yaml --active"
        )

        @OptionGroup var officer: OfficerOptions
        @OptionGroup var format: FormatOptions
        @Flag(help: "Only those that nobody has signed for.")
        var active = false
        @Option(help: "Only one level: blue, yellow, orange or red.")
        var level: String?
        @Option(help: "The most rows.")
        var limit = 1000

        func run() throws {
            var filters: [JSONValue.Member] = []
            if active { filters.append(.init("state", "active")) }
            if let level { filters.append(.init("level", .string(level))) }
            let found = try officer.rows(Query(.alerts, limit: 500, filters: filters), max: limit)
            output(["rows": .array(found)], isJSON: format.isJSON) {
                let notices = found.compactMap { AlertNotice($0) }
                var table = Table([
                    .init(title: "级别"), .init(title: "状态"),
                    .init(title: "事项", isFlexible: true), .init(title: "地点"),
                    .init(title: "件", alignment: .right), .init(title: "人", alignment: .right),
                    .init(title: "时间"), .init(title: "编号"),
                ])
                for notice in notices {
                    table.add([
                        Words.colour(notice.level), Words.state(notice.state, of: notice.kind),
                        notice.title,
                        notice.place, String(notice.items.value), String(notice.persons.value),
                        Words.time(notice.raisedAt), String(notice.id.dropFirst(9)),
                    ])
                }
                return table.lines(columnsMax: Terminal.columns)
                    + ["\(notices.count) 条预警。\(Words.internalOnly)。"]
            }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "One alert with its reasons and the items that it rests on.",
            discussion: "Example: liandong alert show 441424-A-0123456789AB"
        )

        @OptionGroup var officer: OfficerOptions
        @OptionGroup var format: FormatOptions
        @Argument(help: "The alert's identifier.")
        var alert: String

        func run() throws {
            let query = Query(.alerts, filters: [.init("alert", .string(alert))])
            guard let found = try officer.rows(query, max: 1).first else {
                throw CommandFailure(.fellShort, "LD-1082 there is no alert \(alert)")
            }
            output(found, isJSON: format.isJSON) {
                guard let notice = AlertNotice(found) else { return [found.line] }
                let items = found.list("items").map {
                    "    \($0.string("source")) \($0.string("id"))"
                }
                return notice.lines() + ["  类案 \(notice.caseID)", "  所依据的来件:"] + items
                    + [Words.internalOnly]
            }
        }
    }

    struct Acknowledge: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "ack",
            abstract: "Sign for an alert (签收).",
            discussion: """
                Signs for the report that stands now, or for --report if you saw an older one.
                Example: liandong alert ack 441424-A-0123456789AB --note 已电话核实
                """
        )

        @OptionGroup var officer: OfficerOptions
        @OptionGroup var format: FormatOptions
        @Argument(help: "The alert's identifier.")
        var alert: String
        @Option(help: "The report that you saw; the newest when missing.")
        var report: Int?
        @Option(help: "A note of at most 512 bytes.")
        var note = ""
        @Option(help: "The idempotency key; the same key again is the same command.")
        var key: String?

        func run() throws {
            guard let id = AlertID(text: alert) else {
                throw CommandFailure(.wrongUse, "\(alert) is no alert's identifier")
            }
            let outcome = try officer.withLine { line throws(Line.Failure) in
                var seen = report
                if seen == nil {
                    let query = Query(.alerts, filters: [.init("alert", .string(alert))])
                    seen = try line.ask(query).rows.elements?.first?.integer("report")
                }
                return try line.command(
                    CommandRequest(
                        key: key ?? UInt64.random(in: 0...UInt64.max).hex16,
                        action: .acknowledge(id, report: seen ?? 1, note: note)
                    )
                )
            }
            let document: JSONValue = [
                "key": .string(outcome.key),
                "result": .string(outcome.result.rawValue),
                "reason": outcome.reason.map { .string($0) } ?? .null,
            ]
            output(document, isJSON: format.isJSON) {
                switch outcome.result {
                case .acknowledged, .obeyed, .edited: ["已签收 \(alert)"]
                case .void: ["未签收:\(Words.voidReason(outcome.reason ?? ""))"]
                }
            }
            if outcome.result == .void {
                throw CommandFailure(.fellShort, "the command had no object")
            }
        }
    }
}
