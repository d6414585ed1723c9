import Domain
import Text
import Wire

/// A text that somebody wants to read, and why (调阅).
struct Opening: Equatable, Sendable {
    let item: ItemRef
    let purpose: String
    /// The number of a line kept aside; `nil` for an item's text.
    var line: Int?

    /// Why lines kept aside are read.
    static let checking = "待校验处理"
}

/// What officers' programs may ask (查询); every answer is a bounded page.
enum Question: Equatable, Sendable {
    /// Lag, sync time, sessions, totals by feed.
    case status
    /// Alerts in the order in which they were raised.
    case alerts(after: AlertID?, limit: Int, activeOnly: Bool, level: AlertLevel?)
    /// One alert.
    case alert(AlertID)
    /// Cases with at least so many items, in the order in which they were opened.
    case cases(after: CaseID?, limit: Int, itemsMin: Int)
    /// One case with its members, after the one with this ordinal.
    case matter(CaseID, after: UInt64, limit: Int)
    /// The case in which an item stands with its members, or the item alone.
    case matterOf(ItemRef, after: UInt64, limit: Int)
    /// Why the members of a case are in it, after the one with this ordinal.
    case why(CaseID, after: UInt64, limit: Int)
    /// The same of the case in which an item stands.
    case whyOf(ItemRef, after: UInt64, limit: Int)
    /// What an item that was not sent yet would repeat.
    case likely(Item, limit: Int)
    /// Officers' edits, after the one with this number.
    case edits(after: Int, limit: Int)
    /// Visits with their heads.
    case visits(after: Int, limit: Int)
    /// Lines kept aside.
    case quarantine(after: Int, limit: Int)
    case life(ItemRef)
    case unclassed(after: UInt64, limit: Int)
    /// The totals.
    case counts
    /// The text of one item (调阅原文).
    case text(Opening)

    /// A question from its message.
    ///
    /// - Throws: `malformedQuery` for a filter or a cursor that is none.
    init(_ query: Query) throws(ProtocolError) {
        let limit = query.limit
        switch query.kind {
        case .status: self = .status
        case .counts: self = .counts
        case .alerts:
            let one = try Question.text(query, "alert", "an alert's identifier, 441424-A-…") {
                AlertID(text: $0)
            }
            if let one {
                self = .alert(one)
                return
            }
            self = .alerts(
                after: try Question.cursor(query) { AlertID(text: $0) },
                limit: limit,
                activeOnly: try Question.text(query, "state", "active or all") {
                    ["active": true, "all": false][$0]
                } ?? false,
                level: try Question.text(query, "level", "blue, yellow, orange or red") {
                    AlertLevel(token: $0)
                }
            )
        case .cases:
            self = .cases(
                after: try Question.cursor(query) { CaseID(text: $0) },
                limit: limit,
                itemsMin: try Question.count(query, "items_min", 1...1_000_000) ?? 2
            )
        case .matter, .why:
            let id = try Question.text(query, "case", "a case's identifier, 441424-C-…") {
                CaseID(text: $0)
            }
            let after = try Question.cursor(query) { UInt64($0) } ?? 0
            let isWhy = query.kind == .why
            if let id {
                self =
                    isWhy
                    ? .why(id, after: after, limit: limit)
                    : .matter(id, after: after, limit: limit)
            } else {
                let item = try Question.item(query)
                self =
                    isWhy
                    ? .whyOf(item, after: after, limit: limit)
                    : .matterOf(item, after: after, limit: limit)
            }
        case .text:
            let purpose = query.filter("purpose")?.text ?? ""
            guard (2...200).contains(purpose.count) else {
                let reason =
                    "The query text needs the filter purpose: why it is read, 2 to 200 characters."
                throw ProtocolError(.malformedQuery, reason)
            }
            self = .text(Opening(item: try Question.item(query), purpose: purpose))
        case .likely: self = .likely(try Question.event(query), limit: limit)
        case .edits:
            self = .edits(after: try Question.cursor(query) { Int($0) } ?? 0, limit: limit)
        case .visits:
            self = .visits(after: try Question.cursor(query) { Int($0) } ?? 0, limit: limit)
        case .quarantine:
            self = .quarantine(after: try Question.cursor(query) { Int($0) } ?? 0, limit: limit)
        case .life: self = .life(try Question.item(query))
        case .unclassed:
            self = .unclassed(after: try Question.cursor(query) { UInt64($0) } ?? 0, limit: limit)
        case .subscriptions:
            throw ProtocolError(.malformedQuery, "Subscriptions are the archivist's to tell.")
        case .heat:
            throw ProtocolError(
                .malformedQuery,
                "Heat spots are read from the journal on the hub's machine: liandong heat."
            )
        }
    }

    /// What is said where there is nothing, or nothing for the asker.
    var nothing: String {
        switch self {
        case .matter(let id, _, _), .why(let id, _, _): "There is no case \(id.text)."
        case .matterOf(let ref, _, _), .whyOf(let ref, _, _), .life(let ref):
            Question.nothing(of: ref)
        case .text(let opening): Question.nothing(of: opening.item)
        default: "There is nothing of the kind."
        }
    }

    private static func nothing(of ref: ItemRef) -> String {
        "There is no item \(ref.id) of \(ref.agency.name)."
    }

    /// A few words, perhaps a name, are no matter (不按人查询).
    private static let trialCharactersMin = 20

    private static func event(_ query: Query) throws(ProtocolError) -> Item {
        guard let event = query.filter("event"), let source = event["source"]?.text,
            let agency = AgencyID(source: source)
        else {
            let reason = "The query likely needs the filter event: an item with its source."
            throw ProtocolError(.malformedQuery, reason)
        }
        guard SecrecyMarking.first(inLine: event.bytes) == nil else {
            let reason = "A text with a secrecy marking must not enter this system; take it out."
            throw ProtocolError(.malformedQuery, reason)
        }
        switch EventDecoder().decode(line: event.bytes, sender: agency) {
        case .item(let item, _) where item.purpose != .accusation:
            guard item.title.count + item.text.count >= trialCharactersMin else {
                let reason =
                    "A text of fewer than \(trialCharactersMin) characters is looked up nowhere: "
                    + "the hub follows matters, not names."
                throw ProtocolError(.malformedQuery, reason)
            }
            return item
        case .malformed(_, let reason, _, _): throw ProtocolError(.malformedQuery, reason)
        case .item, .sealed:
            let reason = "An accusation goes by the sealed lane alone; it is looked up nowhere."
            throw ProtocolError(.malformedQuery, reason)
        }
    }

    private static func item(_ query: Query) throws(ProtocolError) -> ItemRef {
        let item = query.filter("item")
        guard let source = item?["source"]?.text, let id = item?["id"]?.text,
            let agency = AgencyID(source: source)
        else {
            let reason =
                "The query \(query.kind.rawValue) needs the filter case, or item with source and id."
            throw ProtocolError(.malformedQuery, reason)
        }
        return ItemRef(agency: agency, id: id)
    }

    private static func cursor<Value>(
        _ query: Query,
        _ read: (String) -> Value?
    ) throws(ProtocolError) -> Value? {
        guard let text = query.after else { return nil }
        guard let value = read(text) else {
            throw ProtocolError(.malformedQuery, "The cursor after is none of this query's.")
        }
        return value
    }

    private static func text<Value>(
        _ query: Query,
        _ key: String,
        _ wanted: String,
        _ read: (String) -> Value?
    ) throws(ProtocolError) -> Value? {
        guard let filter = query.filter(key) else { return nil }
        guard let value = filter.text.flatMap(read) else {
            throw ProtocolError(.malformedQuery, "The filter \(key) must be \(wanted).")
        }
        return value
    }

    private static func count(
        _ query: Query,
        _ key: String,
        _ range: ClosedRange<Int>
    ) throws(ProtocolError) -> Int? {
        guard let filter = query.filter(key) else { return nil }
        guard let value = filter.int, let number = Int(exactly: value), range.contains(number)
        else {
            throw ProtocolError(
                .malformedQuery,
                "The filter \(key) must be \(range.lowerBound) to \(range.upperBound)."
            )
        }
        return number
    }
}
