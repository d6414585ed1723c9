package import Domain

// Officers' edits of cases, in records and in decisions (`docs/journal-entries.md`).
extension RecordWriter {
    mutating func append(_ seen: SeenCase) {
        append(seen.id)
        append(ordinals: seen.items)
    }

    mutating func append(_ edit: CaseEdit) {
        switch edit {
        case .merge(let kept, let other):
            append(kept)
            append(other)
        case .split(let seen, let items):
            append(seen)
            append(ordinals: items)
        case .move(let item, let from, let to):
            append(item)
            append(from)
            append(to)
        }
    }

    mutating func append(_ editing: CaseEditing) {
        append(editing.number)
        append(editing.kind.rawValue)
        append(editing.officer)
        append(editing.commandKey)
        append(editing.id)
        append(editing.scope)
        append(UInt32(editing.others.count))
        for other in editing.others { append(other) }
        append(editing.movedCount)
        append(UInt32(editing.followed.count))
        for item in editing.followed { append(item) }
        append(editing.followedCount)
        append(UInt32(editing.alerts.count))
        for alert in editing.alerts { append(alert) }
    }

    mutating func append(_ move: ItemMove) {
        append(move.item)
        append(move.from)
        append(move.to)
        append(move.scope)
        append(move.edit)
    }

    private mutating func append(_ id: CaseID?) {
        append(id != nil)
        if let id { append(id) }
    }

    private mutating func append(ordinals: [UInt64]) {
        append(UInt32(ordinals.count))
        for ordinal in ordinals { append(ordinal) }
    }
}

extension RecordReader {
    mutating func seenCase() throws(RecordError) -> SeenCase {
        let start = offset
        let seen = SeenCase(id: try optionalCaseID(), items: try ordinals())
        guard seen.isWhole else { throw .badField("the case's items", offset: start) }
        return seen
    }

    mutating func edit(_ kind: CaseEdit.Kind) throws(RecordError) -> CaseEdit {
        let start = offset
        let edit: CaseEdit
        switch kind {
        case .merge: edit = .merge(try seenCase(), with: try seenCase())
        case .split: edit = .split(try seenCase(), items: try ordinals())
        case .move:
            edit = .move(
                item: try number("the item"),
                from: try seenCase(),
                to: try seenCase()
            )
        case .undo: throw .badField("the edit", offset: start)
        }
        guard edit.isWhole else { throw .badField("the edit", offset: start) }
        return edit
    }

    mutating func editing() throws(RecordError) -> CaseEditing {
        var editing = CaseEditing(
            number: try number("the edit"),
            kind: try choice("the edit's kind"),
            officer: try text("the officer"),
            commandKey: try text("the key"),
            id: try caseID("the case"),
            scope: try scope()
        )
        for _ in 0..<(try number("the other cases", as: UInt32.self)) {
            editing.others.append(try caseID("another case"))
        }
        editing.movedCount = try int("the moved items")
        for _ in 0..<(try number("the items that followed", as: UInt32.self)) {
            editing.followed.append(try ref("an item that followed"))
        }
        editing.followedCount = try int("the items that followed")
        editing.alerts = try alertIDs()
        return editing
    }

    mutating func move() throws(RecordError) -> ItemMove {
        ItemMove(
            item: try ref("the item"),
            from: try optionalCaseID(),
            to: try optionalCaseID(),
            scope: try scope(),
            edit: try number("the edit")
        )
    }

    private mutating func optionalCaseID() throws(RecordError) -> CaseID? {
        try flag("a case") ? try caseID("the case") : nil
    }

    private mutating func ordinals() throws(RecordError) -> [UInt64] {
        let start = offset
        let count = try number("the items", as: UInt32.self)
        guard count <= SeenCase.itemsMax else { throw .badField("the items", offset: start) }
        var found: [UInt64] = []
        for _ in 0..<count { found.append(try number("an item")) }
        return found
    }
}

extension CaseEdit.Kind {
    /// The token in JSON.
    package var token: String {
        switch self {
        case .merge: "merge"
        case .split: "split"
        case .move: "move"
        case .undo: "undo"
        }
    }
}

extension CaseLife {
    /// The token in JSON.
    package var token: String {
        switch self {
        case .open: "open"
        case .closed: "closed"
        case .reopened: "reopened"
        }
    }
}

extension CaseEditing {
    /// The edit as JSON, in a decision and in the answer to the officer.
    package var jsonMembers: [JSONValue.Member] {
        [
            .init("edit", .integer(Int64(clamping: number))),
            .init("kind", .string(kind.token)),
            .init("officer", .string(officer)),
            .init("command", .string(commandKey)),
            .init("case", .string(id.text)),
            .init("division", .string(scope.division.code)),
            .init("category", .string(scope.category.key)),
            .init("others", .array(others.map { .string($0.text) })),
            .init("moved", .integer(Int64(movedCount))),
            .init("followed", .array(followed.map(\.json))),
            .init("followed_count", .integer(Int64(followedCount))),
            .init("alerts", .array(alerts.map { .string($0.text) })),
        ]
    }
}

extension ItemMove {
    /// The change as JSON.
    var jsonMembers: [JSONValue.Member] {
        [
            .init("item", item.json),
            .init("from", from.map { .string($0.text) } ?? .null),
            .init("to", to.map { .string($0.text) } ?? .null),
            .init("division", .string(scope.division.code)),
            .init("category", .string(scope.category.key)),
            .init("edit", .integer(Int64(clamping: edit))),
        ]
    }
}
