package import Domain

/// A question to the hub (QUERY, 查询).
package struct Query: Equatable, Sendable {
    /// What is asked for.
    package enum Kind: String, CaseIterable, Hashable, Sendable {
        /// Lag, sync time, credit, feeds: one object.
        case status
        /// Alerts as they stand.
        case alerts
        /// Cases with counts.
        case cases
        /// One case, its items and its alerts.
        case matter = "case"
        /// Visits with counted heads.
        case visits
        /// Lines kept aside.
        case quarantine
        /// Items by kind and agency.
        case counts
        /// The asker's durable subscriptions; all of them for an operator.
        case subscriptions
        /// Items and agencies by division, category and day.
        case heat
    }

    /// What is asked for.
    package var kind: Kind
    /// Where the page before ended; opaque.
    package var after: String?
    /// The most rows wanted, 1 to 500.
    package var limit: Int
    /// The filters: every other member of the body, checked by who answers.
    package var filters: [JSONValue.Member]

    /// A question from its parts.
    package init(
        _ kind: Kind,
        after: String? = nil,
        limit: Int = ProtocolLimits.rowsDefault,
        filters: [JSONValue.Member] = []
    ) {
        self.kind = kind
        self.after = after
        self.limit = limit
        self.filters = filters
    }

    /// A filter by its name; `nil` when it is missing or null.
    package func filter(_ key: String) -> JSONValue? {
        filters.first { $0.key == key && !$0.value.isNull }?.value
    }

    /// The message on the wire.
    package func frame(request: UInt64) -> Frame {
        let members: [JSONValue.Member] = [
            .init("query", .string(kind.rawValue)),
            .init("after", after.map { .string($0) } ?? .null),
            .init("limit", .integer(Int64(limit))),
        ]
        return Frame(.query, number: request, json: .object(members + filters))
    }

    /// - Throws: `malformedQuery` for a body that is an object but no question.
    init(body: ArraySlice<UInt8>) throws(ProtocolError) {
        let fields = try BodyFields(.query, body)
        do throws(ProtocolError) {
            guard let kind = Kind(rawValue: try fields.text("query", bytes: 1...32)) else {
                throw fields.wrong("query", Kind.allCases.map(\.rawValue).joined(separator: ", "))
            }
            self.kind = kind
            after = try fields.optionalText("after", bytes: 1...ProtocolLimits.cursorBytesMax)
            let rows = UInt64(ProtocolLimits.rowsMax)
            limit =
                try fields.optionalNumber("limit", in: 1...rows).map { Int($0) }
                ?? ProtocolLimits.rowsDefault
        } catch {
            throw ProtocolError(.malformedQuery, error.reason)
        }
        filters = (fields.value.members ?? []).filter {
            !["query", "after", "limit"].contains($0.key)
        }
    }
}

/// A page of the answer to a question (ANSWER).
package struct Answer: Equatable, Sendable {
    /// An array of rows, or one value where the question has a single one.
    package var rows: JSONValue
    /// The cursor of the next page; `nil` when this is the last.
    package var next: String?

    /// An answer from its parts.
    package init(rows: JSONValue, next: String? = nil) {
        self.rows = rows
        self.next = next
    }

    /// The body of the message.
    package var body: [UInt8] {
        let next: JSONValue = next.map { .string($0) } ?? .null
        return JSONValue.object([.init("rows", rows), .init("next", next)]).bytes
    }

    /// The message on the wire; the body must be within 1 MiB.
    package func frame(request: UInt64) -> Frame {
        Frame(.answer, number: request) { $0.append(contentsOf: body) }
    }

    init(body: ArraySlice<UInt8>) throws(ProtocolError) {
        let fields = try BodyFields(.answer, body)
        guard let rows = fields.value["rows"] else { throw fields.wrong("rows", "there") }
        self.rows = rows
        next = try fields.optionalText("next", bytes: 1...ProtocolLimits.cursorBytesMax)
    }
}

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
        switch action {
        case .acknowledge(let alert, let report, let note):
            Frame(
                .command,
                number: request,
                json: [
                    "key": .string(key), "command": "acknowledge", "alert": .string(alert.text),
                    "report": .integer(Int64(report)), "note": .string(note),
                ]
            )
        case .confirmClock:
            Frame(
                .command,
                number: request,
                json: ["key": .string(key), "command": "confirm_clock"]
            )
        }
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
            let command = try fields.text("command", bytes: 1...32)
            if command == "confirm_clock" {
                action = .confirmClock
                return
            }
            guard command == "acknowledge" else {
                throw fields.wrong("command", "acknowledge or confirm_clock")
            }
            guard let alert = AlertID(text: try fields.text("alert", bytes: 1...64)) else {
                throw fields.wrong("alert", "an alert's identifier, like 441424-A-…")
            }
            action = .acknowledge(
                alert,
                report: Int(try fields.number("report", in: 1...1_000_000)),
                note: try fields.optionalText("note", bytes: 0...ProtocolLimits.noteBytesMax) ?? ""
            )
        } catch {
            throw ProtocolError(.malformedCommand, error.reason)
        }
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

    /// An outcome from its parts.
    package init(key: String, result: Result, reason: String? = nil, alert: JSONValue? = nil) {
        self.key = key
        self.result = result
        self.reason = reason
        self.alert = alert
    }

    /// The message on the wire; the alert must leave it within 1 MiB.
    package func frame(request: UInt64) -> Frame {
        Frame(
            .outcome,
            number: request,
            json: [
                "key": .string(key), "result": .string(result.rawValue),
                "reason": reason.map { .string($0) } ?? .null, "alert": alert ?? .null,
            ]
        )
    }

    init(body: ArraySlice<UInt8>) throws(ProtocolError) {
        let fields = try BodyFields(.outcome, body)
        key = try fields.text("key", bytes: ProtocolLimits.keyBytes)
        guard let result = Result(rawValue: try fields.text("result", bytes: 1...32)) else {
            throw fields.wrong("result", "acknowledged, obeyed or void")
        }
        self.result = result
        reason = try fields.optionalText("reason", bytes: 0...4096)
        alert = fields.has("alert") ? fields.value["alert"] : nil
    }
}
