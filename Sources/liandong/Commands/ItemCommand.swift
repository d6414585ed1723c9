import ArgumentParser
import Domain
import LiandongClient
import LiandongClientZeroMQ
import Wire

/// One item: its text on demand, its purpose, its withdrawal.
struct ItemCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "item",
        abstract: "Read one item on demand, class it, withdraw it (调阅原文、分类、撤回).",
        subcommands: [Show.self, Life.self, UnclassedList.self, Classify.self, Withdraw.self]
    )

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "The text of one item.",
            discussion: """
                Who read it, when and why stands in the audit log.
                Example: liandong item show xinfang/XF-17 --purpose 核实诉求地点
                """
        )

        @Argument(help: "The item, AGENCY/ID.")
        var item: String
        @Option(help: "Why it is read, 2 to 200 characters.")
        var purpose: String
        @OptionGroup var officer: OfficerOptions
        @OptionGroup var format: FormatOptions

        func run() throws {
            let ref = try ItemCommand.ref(item)
            let query = ItemCommand.textQuery(ref, purpose: purpose)
            let rows = try officer.rows(query, max: 1)
            output(rows.first ?? .null, isJSON: format.isJSON) {
                rows.flatMap { row in
                    [
                        "\(row.string("agency")) \(row.string("id")) \(row.string("time"))",
                        row.string("title"), "", row.string("text"),
                    ]
                }
            }
        }
    }

    struct Life: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "What became of an item of your own agency (查本单位件).",
            discussion: "Example: liandong item life xinfang/XF-17"
        )

        @Argument(help: "The item, AGENCY/ID.")
        var item: String
        @OptionGroup var officer: OfficerOptions
        @OptionGroup var format: FormatOptions

        func run() throws {
            let ref = try ItemCommand.ref(item)
            let of: JSONValue = ["source": .string(ref.agency.source), "id": .string(ref.id)]
            let query = Query(.life, filters: [.init("item", of)])
            let rows = try officer.rows(query, max: 1)
            output(rows.first ?? .null, isJSON: format.isJSON) {
                rows.flatMap { row -> [String] in
                    let isWithdrawn = row.string("state") == "withdrawn"
                    let state = isWithdrawn ? "已撤回" : "已登记"
                    let matter = row["case"]?.text.map { "  类案 \($0)" } ?? ""
                    return ["\(item)  \(row.string("time"))  \(state)\(matter)"]
                        + row.list("steps").map { "  \($0.string("at"))  \($0.string("step"))" }
                }
            }
        }
    }

    struct UnclassedList: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "unclassed",
            abstract: "Items without a purpose, with who is to say it and until when (待分类).",
            discussion: "Example: liandong item unclassed"
        )

        @OptionGroup var officer: OfficerOptions
        @OptionGroup var format: FormatOptions

        func run() throws {
            let rows = try officer.rows(Query(.unclassed, limit: 500), max: 65_536)
            output(.array(rows), isJSON: format.isJSON) {
                guard !rows.isEmpty else { return ["没有待分类的来件。"] }
                let overdue = rows.count { $0["overdue"]?.flag == true }
                var lines = ["待分类\(rows.count)件,超过1小时\(overdue)件:"]
                for row in rows {
                    let isOverdue = row["overdue"]?.flag == true
                    let owner = row["owner"]?.text ?? "无责任岗位"
                    lines.append(
                        "  \(isOverdue ? "超时" : "    ") \(row.string("agency")) \(row.string("id"))  "
                            + "\(row.string("title"))  责任岗位:\(owner)"
                    )
                }
                return lines
            }
        }
    }

    struct Classify: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say what an item without a purpose is (分类).",
            discussion: """
                An accusation is not classed but transferred: liandong transfer.
                Example: liandong item classify xinfang/XF-17 --purpose demand
                """
        )

        @Argument(help: "The item, AGENCY/ID.")
        var item: String
        @Option(help: "demand 诉求, appeal 申诉, suggestion 建议, consultation 咨询 or other 其他.")
        var purpose: String
        @OptionGroup var officer: OfficerOptions
        @OptionGroup var format: FormatOptions
        @OptionGroup var edit: EditOptions

        func run() throws {
            let ref = try ItemCommand.ref(item)
            guard let purpose = Purpose(rawValue: purpose) else {
                let known = Purpose.allCases.map(\.rawValue).joined(separator: ", ")
                throw CommandFailure(.wrongUse, "--purpose \(purpose): write one of \(known)")
            }
            try EditOptions.send(officer, format, key: edit.key, done: "已分类:\(item)") {
                _ throws(Line.Failure) in
                Wish.command(.classify(ref, purpose, note: edit.note))
            }
        }
    }

    struct Withdraw: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take an item out of views, cases, counts and replays (撤回).",
            discussion: """
                No reason is given, so that one withdrawal is like any other. Its text is destroyed by the
                next liandong erase --due; whoever had it learns that it was withdrawn.
                Example: liandong item withdraw xinfang/XF-17
                """
        )

        @Argument(help: "The item, AGENCY/ID.")
        var item: String
        @OptionGroup var officer: OfficerOptions
        @OptionGroup var format: FormatOptions
        @Option(help: "The idempotency key; the same key again is the same command.")
        var key: String?

        func run() throws {
            let ref = try ItemCommand.ref(item)
            try EditOptions.send(officer, format, key: key, done: "已撤回:\(item)") {
                _ throws(Line.Failure) in
                Wish.command(.withdraw(ref))
            }
        }
    }

    /// The question for an item's text.
    static func textQuery(_ ref: ItemRef, purpose: String) -> Query {
        Query(
            .text,
            filters: [
                .init("item", ["source": .string(ref.agency.source), "id": .string(ref.id)]),
                .init("purpose", .string(purpose)),
            ]
        )
    }

    /// The item that `AGENCY/ID` names.
    static func ref(_ text: String) throws(CommandFailure) -> ItemRef {
        let parts = text.split(separator: "/", maxSplits: 1).map(String.init)
        guard parts.count == 2, let agency = AgencyID(name: String(parts[0])) else {
            throw CommandFailure(
                .wrongUse,
                "“\(text)” is no item: write AGENCY/ID, xinfang/XF-17"
            )
        }
        return ItemRef(agency: agency, id: parts[1])
    }
}
