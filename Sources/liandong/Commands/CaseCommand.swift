import ArgumentParser
import Catalogue
import Domain
import LiandongClient
import LiandongClientZeroMQ
import Wire

/// Cases: list, show.
struct CaseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "case",
        abstract: "List and show cases (类案).",
        subcommands: [List.self, Show.self]
    )

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Cases in the order in which they were opened.",
            discussion: "Example: liandong case list --items-min 5 --largest 20"
        )

        @OptionGroup var officer: OfficerOptions
        @OptionGroup var format: FormatOptions
        @Option(help: "Only cases of at least so many items.")
        var itemsMin = 2
        @Option(help: "Only so many, the largest first.")
        var largest: Int?

        func run() throws {
            var found = try officer.rows(
                Query(
                    .cases,
                    limit: 500,
                    filters: [.init("items_min", .integer(Int64(itemsMin)))]
                ),
                max: 1_000_000
            )
            if let largest {
                found = Array(
                    found.sorted { $0.integer("items") > $1.integer("items") }.prefix(largest)
                )
            }
            output(["rows": .array(found)], isJSON: format.isJSON) {
                CaseTable.lines(found) + ["\(found.count) 宗。"]
            }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "One case with its items.",
            discussion: "Example: liandong case show 441424-C-0123456789AB"
        )

        @OptionGroup var officer: OfficerOptions
        @OptionGroup var format: FormatOptions
        @Argument(help: "The case's identifier.")
        var id: String

        func run() throws {
            let filters: [JSONValue.Member] = [.init("case", .string(id))]
            let pages = try officer.rows(Query(.matter, limit: 500, filters: filters), max: 100_000)
            guard let matter = pages.first(where: { $0["items"]?.int != nil }) else {
                throw CommandFailure(.fellShort, "LD-1081 there is no case \(id)")
            }
            let members = pages.filter { $0["items"]?.int == nil }
            let document: JSONValue = ["case": matter, "items": .array(members)]
            output(document, isJSON: format.isJSON) {
                var table = Table([
                    .init(title: "时间"), .init(title: "来源"),
                    .init(title: "标题", isFlexible: true), .init(title: "编号"),
                ])
                for member in members {
                    let time = Timestamp(rfc3339: member.string("time")).map { Words.time($0) }
                    table.add([
                        time ?? "", String(member.string("source").dropFirst(8)),
                        member.string("title"), member.string("id"),
                    ])
                }
                return CaseTable.lines([matter]) + [""] + table.lines(columnsMax: Terminal.columns)
            }
        }
    }
}

/// Visits with their heads.
struct VisitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "visit",
        abstract: "List visits with their heads (来访), joint ones first of all.",
        discussion: "Example: liandong visit --joint"
    )

    @OptionGroup var officer: OfficerOptions
    @OptionGroup var format: FormatOptions
    @Flag(help: "Only joint visits (群访).")
    var joint = false

    func run() throws {
        var found = try officer.rows(Query(.visits, limit: 500), max: 1_000_000)
        if joint { found = found.filter { $0["joint"]?.flag == true } }
        output(["rows": .array(found)], isJSON: format.isJSON) {
            var table = Table([
                .init(title: "时间"), .init(title: "人次", alignment: .right),
                .init(title: "登记单位"), .init(title: "编号"), .init(title: "他报"),
            ])
            for visit in found {
                let others = visit.list("reports").filter { $0["counts"]?.flag != true }
                let counting = visit["counting"] ?? .null
                table.add([
                    Timestamp(rfc3339: visit.string("time")).map { Words.time($0) } ?? "",
                    String(visit.integer("heads")),
                    String(counting.string("source").dropFirst(8)), counting.string("id"),
                    others.map { other in
                        let source = (other["item"] ?? .null).string("source").dropFirst(8)
                        return "\(source) \(other.integer("heads"))"
                    }.joined(separator: "、"),
                ])
            }
            return table.lines(columnsMax: Terminal.columns)
        }
    }
}

/// Lines kept aside.
struct QuarantineCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quarantine",
        abstract: "Lines that are no items, kept aside for a person (待校验).",
        subcommands: [List.self, Show.self]
    )

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "All lines kept aside, with what is wrong.",
            discussion: "Example: liandong quarantine list"
        )

        @OptionGroup var officer: OfficerOptions
        @OptionGroup var format: FormatOptions

        func run() throws {
            let found = try officer.rows(Query(.quarantine, limit: 500), max: 1_000_000)
            output(["rows": .array(found)], isJSON: format.isJSON) {
                var table = Table([
                    .init(title: "号", alignment: .right), .init(title: "单位"),
                    .init(title: "编号"), .init(title: "代码"),
                    .init(title: "原因", isFlexible: true),
                ])
                for line in found {
                    table.add([
                        String(line.integer("number")), line.string("agency"), line.string("id"),
                        line.string("code"), line.string("reason"),
                    ])
                }
                return table.lines(columnsMax: Terminal.columns) + ["\(found.count) 条待校验。"]
            }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "One line kept aside, as it was received.",
            discussion: "Example: liandong quarantine show 3"
        )

        @OptionGroup var officer: OfficerOptions
        @OptionGroup var format: FormatOptions
        @Argument(help: "The number of the line in the quarantine.")
        var number: Int

        func run() throws {
            let query = Query(.quarantine, after: String(number - 1), limit: 1)
            guard number > 0, let found = try officer.rows(query, max: 1).first else {
                throw CommandFailure(.fellShort, "there is no line \(number) in the quarantine")
            }
            output(found, isJSON: format.isJSON) {
                [
                    "待校验 \(found.integer("number"))  \(found.string("agency"))  \(found.string("id"))",
                    "\(found.string("code")) \(found.string("reason"))",
                    found.string("line"),
                ]
            }
        }
    }
}

/// How the hub is doing.
struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "How the hub is doing: lag, sync time, sessions, and the totals.",
        discussion: "Example: liandong status --config DIR/officer.yaml --format json"
    )

    @OptionGroup var officer: OfficerOptions
    @OptionGroup var format: FormatOptions

    func run() throws {
        let (status, counts) = try officer.withLine { line throws(Line.Failure) in
            (try line.ask(Query(.status)).rows, try line.ask(Query(.counts)).rows)
        }
        output(["status": status, "counts": counts], isJSON: format.isJSON) {
            [
                "原始记录 \(Words.grouped(status.integer("entries")))"
                    + "  已研判 \(Words.grouped(status.integer("applied")))"
                    + "  滞后 \(status.integer("lag_ms")) ms",
                "写盘 \(status.integer("sync_us")) µs"
                    + " (最长 \(status.integer("sync_us_max")) µs)"
                    + "  联动单位 \(status.integer("intake_sessions"))"
                    + "  值班席 \(status.integer("desk_sessions"))",
                "来件 \(Words.grouped(counts.integer("items"))) 件:"
                    + counts.list("agencies").map {
                        "\($0.string("name")) \(Words.grouped($0.integer("items")))"
                    }.joined(separator: "、"),
                "信访 \(Words.grouped(counts.integer("petitions"))) 件"
                    + "(初次 \(Words.grouped(counts.integer("petitions_first"))))"
                    + "  联动 \(counts.integer("cases")) 宗"
                    + "  群访 \(counts.integer("joint_visits")) 批"
                    + " \(counts.integer("joint_visit_heads")) 人次"
                    + "  突发 \(counts.integer("urgent")) 件",
                "待校验 \(counts.integer("quarantined"))"
                    + "  退回限知 \(counts.integer("sealed_refused"))",
                status.string("disk_full_since").isEmpty
                    ? ""
                    : "磁盘已满,停发回执,腾出空间后自动恢复:"
                        + status.string("disk_full_reason"),
                feeds(status),
                status["clock_held"]?.flag == true
                    ? "时钟跳变待确认,期限暂停:核对时间后由管理员执行 liandong clock confirm" : "",
                status.string("journal_failure"),
            ].filter { !$0.isEmpty }
        }
    }
}

extension StatusCommand {
    /// The feeds that suffer from something, in words.
    private func feeds(_ status: JSONValue) -> String {
        let troubled = status.list("feeds").compactMap { feed -> String? in
            let words = feed.list("open").compactMap { token in
                Observation.Condition.allCases.first { $0.token == token.text }
            }.map { Words.condition($0) }
            return words.isEmpty
                ? nil : "\(feed.string("name")) \(words.joined(separator: "、"))"
        }
        return troubled.isEmpty ? "" : "报送异常:" + troubled.joined(separator: ";")
    }
}

/// The table of cases.
enum CaseTable {
    static func lines(_ rows: [JSONValue]) -> [String] {
        var table = Table([
            .init(title: "编号"), .init(title: "标题", isFlexible: true), .init(title: "地点"),
            .init(title: "件", alignment: .right), .init(title: "人", alignment: .right),
            .init(title: "来源"), .init(title: "末次"),
        ])
        for row in rows {
            let shares = row.list("agencies").map {
                "\($0.string("agency"))\($0.integer("items"))"
            }
            table.add([
                row.string("case"), row.string("title"), row.string("place"),
                String(row.integer("items")), String(row.integer("persons")),
                shares.joined(separator: " "),
                Timestamp(rfc3339: row.string("last")).map { Words.time($0) } ?? "",
            ])
        }
        return table.lines(columnsMax: Terminal.columns)
    }
}
