import Domain
import OrderedCollections
import Wire

/// What one session was given, or gave, since it was last written down (送达台账).
struct DeliveryTally {
    /// Numbers of decisions in the log, as ranges in their order.
    private(set) var decisions: [ClosedRange<UInt64>] = []
    /// Alerts of a subscription's beginning, which stand in no log, by their cases.
    private(set) var cases: [String] = []
    private(set) var linesPushed = 0

    /// The most parts of one line; what is beyond begins another.
    private static let partsMax = 256

    var isEmpty: Bool { decisions.isEmpty && cases.isEmpty && linesPushed == 0 }
    var isFull: Bool { decisions.count + cases.count >= Self.partsMax }

    mutating func note(_ notice: Notice) {
        guard notice.number > 0 else {
            cases += notice.matters.cases.prefix(1).map(\.text)
            return
        }
        if let last = decisions.last, notice.number == last.upperBound + 1 {
            decisions[decisions.count - 1] = last.lowerBound...notice.number
        } else {
            decisions.append(notice.number...notice.number)
        }
    }

    mutating func note(lines: Int) { linesPushed += lines }

    /// `12-14,19`.
    var decisionsText: String {
        decisions.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
            .joined(separator: ",")
    }
}

// Who did what, for the audit log.
extension Reception {
    /// Keeps one act of a session.
    func audit(
        _ peer: Peer,
        _ act: AuditRecord.Act,
        _ object: String,
        result: String = "ok",
        _ particulars: [JSONValue.Member] = []
    ) {
        guard let audit = links.audit, let visitor = visitors[peer] else { return }
        let session = JSONValue.Member("session", .string(visitor.id.number.hex16))
        audit.note(
            AuditRecord(
                at: wallTime,
                who: visitor.principal.text,
                act,
                object,
                result: result,
                [session] + particulars
            )
        )
    }

    /// Notes a delivery for the line that is written once a second.
    func auditDelivery(_ notice: Notice, to peer: Peer) {
        guard links.audit != nil else { return }
        visitors[peer]?.tally.note(notice)
        if visitors[peer]?.tally.isFull == true { auditTally(of: peer) }
    }

    /// Notes that a text goes to whoever asked for it; one that was asked for in vain was not read.
    func auditReading(_ opening: Opening, by id: SessionID) {
        guard let peer = peers[id] else { return }
        let item: JSONValue = [
            "source": .string(opening.item.agency.source), "id": .string(opening.item.id),
        ]
        let particulars: [JSONValue.Member] = [
            .init("item", item), .init("purpose", .string(opening.purpose)),
        ]
        audit(peer, .read, Query.Kind.text.rawValue, particulars)
    }

    /// Notes lines that were taken from an agency.
    func auditPush(_ lines: Int, from peer: Peer) {
        guard links.audit != nil else { return }
        visitors[peer]?.tally.note(lines: lines)
    }

    /// Writes down what a session was given since the last time.
    func auditTally(of peer: Peer) {
        guard let tally = visitors[peer]?.tally, !tally.isEmpty else { return }
        visitors[peer]?.tally = DeliveryTally()
        if tally.linesPushed > 0 {
            audit(peer, .pushed, "items", [.init("lines", .integer(Int64(tally.linesPushed)))])
        }
        guard !tally.decisions.isEmpty || !tally.cases.isEmpty else { return }
        audit(
            peer,
            .delivered,
            tally.cases.joined(separator: ","),
            [.init("way", "subscription"), .init("decisions", .string(tally.decisionsText))]
        )
    }
}
