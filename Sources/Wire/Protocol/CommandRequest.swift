package import Domain

/// An officer's command on the wire (COMMAND, 指令).
package struct CommandRequest: Equatable, Sendable {
    /// The idempotency key, 8 to 64 printable ASCII characters.
    package var key: String
    /// What to do.
    package var action: Command.Action

    /// A command from its parts.
    package init(key: String, action: Command.Action) {
        self.key = key
        self.action = action
    }

    /// The message on the wire.
    package func frame(request: UInt64) -> Frame {
        let members: [JSONValue.Member] = [
            .init("key", .string(key)), .init("command", .string(action.token)),
        ]
        return Frame(.command, number: request, json: .object(members + action.members))
    }

    /// - Throws: `malformedCommand` for a body that is an object but no command.
    init(body: ArraySlice<UInt8>) throws(ProtocolError) {
        let fields = try BodyFields(.command, body)
        do throws(ProtocolError) {
            let bounds = ProtocolLimits.keyBytes
            key = try fields.text("key", bytes: bounds)
            guard key.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
                throw fields.wrong("key", "printable ASCII characters")
            }
            action = try fields.action()
        } catch {
            throw ProtocolError(.malformedCommand, error.reason)
        }
    }
}

extension Command.Action {
    /// The names of all commands, as `BodyFields.action` reads them.
    fileprivate static let tokens = [
        "acknowledge", "confirm_clock", "merge", "split", "move", "undo", "close", "reopen",
        "withdraw", "classify",
    ]

    fileprivate var token: String {
        switch self {
        case .acknowledge: "acknowledge"
        case .confirmClock: "confirm_clock"
        case .edit(let edit, _): edit.kind.token
        case .undo: "undo"
        case .setLife(_, let isClosed, _): isClosed ? "close" : "reopen"
        case .withdraw: "withdraw"
        case .classify: "classify"
        }
    }

    fileprivate var members: [JSONValue.Member] {
        switch self {
        case .acknowledge(let alert, let report, let note):
            [
                .init("alert", .string(alert.text)), .init("report", .integer(Int64(report))),
                .init("note", .string(note)),
            ]
        case .confirmClock: []
        case .edit(let edit, let note): edit.members + [.init("note", .string(note))]
        case .undo(let number, let note):
            [.init("edit", .integer(Int64(clamping: number))), .init("note", .string(note))]
        case .setLife(let seen, _, let note):
            [.init("seen", seen.json), .init("note", .string(note))]
        case .withdraw(let ref): [.init("item", ref.json)]
        case .classify(let ref, let purpose, let note):
            [
                .init("item", ref.json), .init("purpose", .string(purpose.rawValue)),
                .init("note", .string(note)),
            ]
        }
    }
}

extension CaseEdit {
    fileprivate var members: [JSONValue.Member] {
        switch self {
        case .merge(let kept, let other):
            [.init("kept", kept.json), .init("other", other.json)]
        case .split(let seen, let items):
            [.init("seen", seen.json), .init("items", SeenCase.json(items))]
        case .move(let item, let from, let to):
            [
                .init("item", .integer(Int64(clamping: item))), .init("from", from.json),
                .init("to", to.json),
            ]
        }
    }
}

extension SeenCase {
    fileprivate var json: JSONValue {
        ["case": id.map { .string($0.text) } ?? .null, "items": SeenCase.json(items)]
    }

    fileprivate static func json(_ ordinals: [UInt64]) -> JSONValue {
        .array(ordinals.map { .integer(Int64(clamping: $0)) })
    }
}

extension BodyFields {
    fileprivate func action() throws(ProtocolError) -> Command.Action {
        let command = try text("command", bytes: 1...32)
        switch command {
        case "acknowledge":
            guard let alert = AlertID(text: try text("alert", bytes: 1...64)) else {
                throw wrong("alert", "an alert's identifier, like 441424-A-…")
            }
            let report = Int(try number("report", in: 1...1_000_000))
            return .acknowledge(alert, report: report, note: try note())
        case "confirm_clock": return .confirmClock
        case "merge":
            return .edit(
                try whole(.merge(try seen("kept"), with: try seen("other"))),
                note: try note()
            )
        case "split":
            let edit = CaseEdit.split(try seen("seen"), items: try ordinals("items"))
            return .edit(try whole(edit), note: try note())
        case "move":
            let edit = CaseEdit.move(
                item: try number("item", in: 1...ProtocolLimits.numberMax),
                from: try seen("from"),
                to: try seen("to")
            )
            return .edit(try whole(edit), note: try note())
        case "undo":
            return .undo(
                edit: try number("edit", in: 1...ProtocolLimits.numberMax),
                note: try note()
            )
        case "close", "reopen":
            return .setLife(try seen("seen"), isClosed: command == "close", note: try note())
        case "withdraw": return .withdraw(try item())
        case "classify":
            guard let purpose = Purpose(rawValue: try text("purpose", bytes: 1...32)) else {
                let known = Purpose.allCases.map(\.rawValue).joined(separator: ", ")
                throw wrong("purpose", "one of " + known)
            }
            return .classify(try item(), purpose, note: try note())
        default: throw wrong("command", "one of " + Command.Action.tokens.joined(separator: ", "))
        }
    }

    private func item() throws(ProtocolError) -> ItemRef {
        guard let fields = try object("item"),
            let agency = AgencyID(source: try fields.text("source", bytes: 1...80))
        else { throw wrong("item", "an object: source like /agency/xinfang, id") }
        let id = try fields.text("id", bytes: 1...ItemLimits.idBytesMax)
        return ItemRef(agency: agency, id: id)
    }

    private func note() throws(ProtocolError) -> String {
        try optionalText("note", bytes: 0...ProtocolLimits.noteBytesMax) ?? ""
    }

    private func whole(_ edit: CaseEdit) throws(ProtocolError) -> CaseEdit {
        guard edit.isWhole else {
            throw wrong("items", "some of the case's ordinals, rising, and not all of them")
        }
        return edit
    }

    private func seen(_ key: String) throws(ProtocolError) -> SeenCase {
        guard let fields = try object(key) else { throw wrong(key, "an object: case, items") }
        var id: CaseID?
        if fields.has("case") {
            id = CaseID(text: try fields.text("case", bytes: 1...64))
            guard id != nil else {
                throw fields.wrong("case", "null or a case's identifier, like 441424-C-…")
            }
        }
        let seen = SeenCase(id: id, items: try fields.ordinals("items"))
        guard seen.isWhole else { throw fields.wrong("items", "ordinals from 1, rising") }
        return seen
    }

    private func ordinals(_ key: String) throws(ProtocolError) -> [UInt64] {
        var found: [UInt64] = []
        for element in try array(key, count: 1...SeenCase.itemsMax) {
            guard let number = element.int, number > 0 else {
                throw wrong(key, "ordinals from 1")
            }
            found.append(UInt64(number))
        }
        return found
    }
}

/// What became of a command (OUTCOME).
package struct CommandOutcome: Equatable, Sendable {
    /// What became of it.
    package enum Result: String, Hashable, Sendable {
        /// The officer has signed for the alert.
        case acknowledged
        /// The operator's command was obeyed.
        case obeyed
        /// Cases stand as the officer said; `edit` tells what that did.
        case edited
        /// The command had no object; `reason` says why.
        case void
    }

    /// The idempotency key of the command.
    package var key: String
    /// What became of it.
    package var result: Result
    /// Why it was void.
    package var reason: String?
    /// The alert as it stands, where there is one.
    package var alert: JSONValue?
    /// What an edit or a change of a case's life did, as in its decision, where there was one.
    package var edit: JSONValue?

    /// An outcome from its parts.
    package init(
        key: String,
        result: Result,
        reason: String? = nil,
        alert: JSONValue? = nil,
        edit: JSONValue? = nil
    ) {
        self.key = key
        self.result = result
        self.reason = reason
        self.alert = alert
        self.edit = edit
    }

    /// The message on the wire; the alert must leave it within 1 MiB.
    package func frame(request: UInt64) -> Frame {
        let members: [JSONValue.Member] = [
            .init("key", .string(key)), .init("result", .string(result.rawValue)),
            .init("reason", reason.map { .string($0) } ?? .null), .init("alert", alert ?? .null),
        ]
        let more: [JSONValue.Member] = edit.map { [.init("edit", $0)] } ?? []
        return Frame(.outcome, number: request, json: .object(members + more))
    }

    init(body: ArraySlice<UInt8>) throws(ProtocolError) {
        let fields = try BodyFields(.outcome, body)
        key = try fields.text("key", bytes: ProtocolLimits.keyBytes)
        guard let result = Result(rawValue: try fields.text("result", bytes: 1...32)) else {
            throw fields.wrong("result", "acknowledged, obeyed, edited or void")
        }
        self.result = result
        reason = try fields.optionalText("reason", bytes: 0...4096)
        alert = fields.has("alert") ? fields.value["alert"] : nil
        edit = fields.has("edit") ? fields.value["edit"] : nil
    }
}
