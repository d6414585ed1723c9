import Domain

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
        /// Why the items of a case are in it.
        case why
        /// Items that a text repeats that was not sent yet.
        case likely
        /// Officers' edits of cases.
        case edits
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
        /// The text of one item, for a purpose that is recorded.
        case text
        /// What became of an item of one's own agency.
        case life
        /// Items without a purpose, the oldest first.
        case unclassed
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
