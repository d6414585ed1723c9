import ArgumentParser
import Catalogue
import Domain
import LiandongClient
import LiandongClientZeroMQ
import Wire

/// A command made from what the hub shows, or why there is none.
enum Wish {
    case command(Command.Action)
    case refused(CommandFailure)
}

/// What every command that changes cases takes.
struct EditOptions: ParsableArguments {
    @Option(help: "Why, at most 512 bytes.")
    var note = ""
    @Option(help: "The idempotency key; the same key again is the same command.")
    var key: String?

    /// Sends a command and prints what became of it.
    ///
    /// - Parameters:
    ///   - officer: The officer's file.
    ///   - format: How to print.
    ///   - action: Makes the command from what the hub shows.
    /// - Throws: When the hub does not answer or refuses, or the command had no object.
    func send(
        _ officer: OfficerOptions,
        _ format: FormatOptions,
        _ action: (inout Line) throws(Line.Failure) -> Wish
    ) throws {
        try EditOptions.send(officer, format, key: key, action)
    }

    /// Sends a command and prints what became of it.
    ///
    /// - Parameters:
    ///   - officer: The officer's file.
    ///   - format: How to print.
    ///   - key: The idempotency key; one is made up when it is missing.
    ///   - done: What to say when the outcome says no more than that it was obeyed.
    ///   - action: Makes the command from what the hub shows.
    /// - Throws: When the hub does not answer or refuses, or the command had no object.
    static func send(
        _ officer: OfficerOptions,
        _ format: FormatOptions,
        key: String?,
        done: String? = nil,
        _ action: (inout Line) throws(Line.Failure) -> Wish
    ) throws {
        var refusal: CommandFailure?
        var answer: CommandOutcome?
        try officer.withLine { line throws(Line.Failure) in
            switch try action(&line) {
            case .refused(let failure): refusal = failure
            case .command(let action):
                let key = key ?? UInt64.random(in: 0...UInt64.max).hex16
                answer = try line.command(CommandRequest(key: key, action: action))
            }
        }
        if let refusal { throw refusal }
        guard let outcome = answer else { return }
        let document: JSONValue = [
            "key": .string(outcome.key),
            "result": .string(outcome.result.rawValue),
            "reason": outcome.reason.map { .string($0) } ?? .null,
            "edit": outcome.edit ?? .null,
        ]
        output(document, isJSON: format.isJSON) {
            outcome.result == .void
                ? ["未执行:\(Words.voidReason(outcome.reason ?? ""))"]
                : done.map { [$0] } ?? Self.lines(outcome.edit)
        }
        if outcome.result == .void {
            throw CommandFailure(.fellShort, "the command had no object")
        }
    }

    private static func lines(_ edit: JSONValue?) -> [String] {
        guard let edit, edit["edit"] != nil else {
            return [
                "类案 \(edit?.string("case") ?? "")\(Words.life(token: edit?.string("life") ?? ""))"
            ]
        }
        let kind = Words.edit(token: edit.string("kind"))
        var lines = [
            "\(kind)第\(edit.integer("edit"))号:类案 \(edit.string("case")),"
                + "\(edit.integer("moved"))件变动"
        ]
        let others = edit.list("others").compactMap(\.text)
        if !others.isEmpty { lines.append("  涉及类案 " + others.joined(separator: "、")) }
        let followed = edit.list("followed").map { item in
            "\(item.string("source").dropFirst(8))/\(item.string("id"))"
        }
        if !followed.isEmpty {
            lines.append("  其间并入\(edit.integer("followed_count"))件,请逐件核对:")
            lines += followed.map { "    " + $0 }
        }
        let alerts = edit.list("alerts").compactMap(\.text)
        if !alerts.isEmpty {
            lines.append("  其间发出或续报的预警:" + alerts.joined(separator: "、"))
        }
        return lines
    }
}

extension CaseCommand {
    struct Merge: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say that two cases are one matter (并案).",
            discussion: """
                The first goes on, the other's identifier stays an alias. What you see now is what you
                merge: the hub keeps the items, and obeys under other weights too. An item that stands in
                no case is named as AGENCY/NUMBER.
                Example: liandong case merge 441424-C-0123456789AB 441424-C-BA9876543210 --note 同一工地
                """
        )

        @OptionGroup var officer: OfficerOptions
        @OptionGroup var format: FormatOptions
        @OptionGroup var edit: EditOptions
        @Argument(help: "The case that goes on.")
        var kept: String
        @Argument(help: "The case or the single item that becomes one with it.")
        var other: String

        func run() throws {
            try edit.send(officer, format) { line throws(Line.Failure) in
                let kept = try MatterOnScreen(kept, line: &line).seen
                let other = try MatterOnScreen(other, line: &line).seen
                guard kept.items != other.items else {
                    return .refused(CommandFailure(.wrongUse, "both name the same case"))
                }
                return .command(.edit(.merge(kept, with: other), note: edit.note))
            }
        }
    }

    struct Split: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say that some items of a case are another matter (拆分).",
            discussion: """
                The items become a case of their own; nothing links them with the rest again.
                Example: liandong case split 441424-C-0123456789AB xinfang/XF-12 12345/2026-88 --note 两处工地
                """
        )

        @OptionGroup var officer: OfficerOptions
        @OptionGroup var format: FormatOptions
        @OptionGroup var edit: EditOptions
        @Argument(help: "The case.")
        var id: String
        @Argument(help: "The items of the other matter, as AGENCY/NUMBER.")
        var items: [String]

        func run() throws {
            try edit.send(officer, format) { line throws(Line.Failure) in
                let matter = try MatterOnScreen(id, line: &line)
                var parted: Set<UInt64> = []
                for name in items {
                    guard let ordinal = ItemName(name).flatMap({ matter.ordinal(of: $0) }) else {
                        return .refused(CommandFailure(.wrongUse, "\(name) is no item of \(id)"))
                    }
                    parted.insert(ordinal)
                }
                let wish = CaseEdit.split(matter.seen, items: parted.sorted())
                guard wish.isWhole else {
                    return .refused(CommandFailure(.wrongUse, "name some of the items, not all"))
                }
                return .command(.edit(wish, note: edit.note))
            }
        }
    }

    struct MoveOut: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "move-out",
            abstract: "Say that an item is another matter than its case (移出).",
            discussion: "Example: liandong case move-out xinfang/XF-12 --note 另一小区"
        )

        @OptionGroup var officer: OfficerOptions
        @OptionGroup var format: FormatOptions
        @OptionGroup var edit: EditOptions
        @Argument(help: "The item, as AGENCY/NUMBER.")
        var item: String

        func run() throws {
            try edit.send(officer, format) { line throws(Line.Failure) in
                let matter = try MatterOnScreen(item, line: &line)
                guard let ordinal = ItemName(item).flatMap({ matter.ordinal(of: $0) }) else {
                    return .refused(CommandFailure(.wrongUse, "\(item) is no item"))
                }
                guard matter.seen.items.count > 1 else {
                    return .refused(CommandFailure(.fellShort, "\(item) stands in no case"))
                }
                return .command(.edit(.split(matter.seen, items: [ordinal]), note: edit.note))
            }
        }
    }

    struct MoveIn: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "move-in",
            abstract: "Say that an item belongs to a case (移入).",
            discussion: """
                It leaves the case that it stands in, and does not come back to it.
                Example: liandong case move-in xinfang/XF-12 441424-C-0123456789AB
                """
        )

        @OptionGroup var officer: OfficerOptions
        @OptionGroup var format: FormatOptions
        @OptionGroup var edit: EditOptions
        @Argument(help: "The item, as AGENCY/NUMBER.")
        var item: String
        @Argument(help: "The case, or another single item as AGENCY/NUMBER.")
        var id: String

        func run() throws {
            try edit.send(officer, format) { line throws(Line.Failure) in
                let from = try MatterOnScreen(item, line: &line)
                guard let ordinal = ItemName(item).flatMap({ from.ordinal(of: $0) }) else {
                    return .refused(CommandFailure(.wrongUse, "\(item) is no item"))
                }
                let to = try MatterOnScreen(id, line: &line).seen
                guard !to.items.contains(ordinal) else {
                    return .refused(CommandFailure(.fellShort, "\(item) stands in \(id) already"))
                }
                guard Set(from.seen.items).isDisjoint(with: to.items) else {
                    let reason = "the cases changed in between; look again"
                    return .refused(CommandFailure(.fellShort, reason))
                }
                let wish =
                    from.seen.items.count > 1
                    ? CaseEdit.move(item: ordinal, from: from.seen, to: to)
                    : CaseEdit.merge(to, with: from.seen)
                return .command(.edit(wish, note: edit.note))
            }
        }
    }

    struct Undo: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take an edit back (撤销), and see what followed from it.",
            discussion: """
                Items return where they stood, unless they were moved again since. What joined in between
                and what alerts told is listed: look at each.
                Example: liandong case undo 12 --note 误并
                """
        )

        @OptionGroup var officer: OfficerOptions
        @OptionGroup var format: FormatOptions
        @OptionGroup var edit: EditOptions
        @Argument(help: "The number of the edit, as `case edits` lists it.")
        var number: UInt64

        func run() throws {
            try edit.send(officer, format) { _ throws(Line.Failure) in
                Wish.command(.undo(edit: number, note: edit.note))
            }
        }
    }

    struct Close: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Close a case (办结); a new item opens it again (重启).",
            discussion: "Example: liandong case close 441424-C-0123456789AB --note 工资已全部发放"
        )

        @OptionGroup var officer: OfficerOptions
        @OptionGroup var format: FormatOptions
        @OptionGroup var edit: EditOptions
        @Argument(help: "The case.")
        var id: String

        func run() throws {
            try edit.send(officer, format) { line throws(Line.Failure) in
                let seen = try MatterOnScreen(id, line: &line).seen
                return .command(.setLife(seen, isClosed: true, note: edit.note))
            }
        }
    }

    struct Reopen: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Open a closed case again (重启).",
            discussion: "Example: liandong case reopen 441424-C-0123456789AB"
        )

        @OptionGroup var officer: OfficerOptions
        @OptionGroup var format: FormatOptions
        @OptionGroup var edit: EditOptions
        @Argument(help: "The case.")
        var id: String

        func run() throws {
            try edit.send(officer, format) { line throws(Line.Failure) in
                let seen = try MatterOnScreen(id, line: &line).seen
                return .command(.setLife(seen, isClosed: false, note: edit.note))
            }
        }
    }

    struct Edits: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Officers' edits of cases, or the labels that follow from them.",
            discussion: """
                --labels prints one pair of items a line, {"a","b","same","edit"}: what officers said is one
                matter and what is not, for judging and fitting the linkage. No officer is named there.
                Example: liandong case edits --labels > labels.jsonl
                """
        )

        @OptionGroup var officer: OfficerOptions
        @OptionGroup var format: FormatOptions
        @Flag(help: "Pairs of items as labels, one a line.")
        var labels = false

        func run() throws {
            let found = try officer.rows(Query(.edits, limit: 500), max: 100_000)
            if labels {
                for row in found { Terminal.print(lines: Self.pairs(row).map(\.line)) }
                return
            }
            output(["rows": .array(found)], isJSON: format.isJSON) {
                var table = Table([
                    .init(title: "号", alignment: .right), .init(title: "时间"),
                    .init(title: "办理人"), .init(title: "事由"), .init(title: "类案"),
                    .init(title: "同案", alignment: .right),
                    .init(title: "分开", alignment: .right), .init(title: "状态"),
                ])
                for row in found {
                    table.add([
                        String(row.integer("edit")),
                        Timestamp(rfc3339: row.string("at")).map { Words.time($0) } ?? "",
                        row.string("officer"), Words.edit(token: row.string("kind")),
                        row.string("case"), String(row.integer("together_count")),
                        String(row.integer("apart_count")),
                        row["undone"]?.flag == true ? "已撤销" : "有效",
                    ])
                }
                return table.lines(columnsMax: Terminal.columns) + ["\(found.count) 条记录。"]
            }
        }

        /// The pairs that an edit still says something of: each item beside the first of its side, so
        /// that a great case gives as many labels as items, and each parted item beside one of the rest.
        private static func pairs(_ row: JSONValue) -> [JSONValue] {
            let (together, apart) = (row.list("together"), row.list("apart"))
            let parted = row.list("parted")
            func label(_ left: JSONValue, _ right: JSONValue, _ isSame: Bool) -> JSONValue {
                ["a": left, "b": right, "same": .bool(isSame), "edit": row["edit"] ?? .null]
            }
            var found: [JSONValue] = []
            if let first = together.first {
                found += together.dropFirst().map { label(first, $0, true) }
            }
            if let first = parted.first, let other = apart.first {
                found += apart.map { label(first, $0, false) }
                found += parted.dropFirst().map { label($0, other, false) }
            }
            return found
        }
    }
}
