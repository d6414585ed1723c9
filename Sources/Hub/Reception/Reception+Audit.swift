import Domain
import OrderedCollections
import Wire

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
        guard let visitor = visitors[peer] else { return }
        audit(visitor.id, visitor.principal.text, act, object, result: result, particulars)
    }

    private func audit(
        _ id: SessionID,
        _ who: String,
        _ act: AuditRecord.Act,
        _ object: String,
        result: String,
        _ particulars: [JSONValue.Member]
    ) {
        let session = JSONValue.Member("session", .string(id.number.hex16))
        links.audit?.note(
            AuditRecord(
                at: wallTime,
                who: who,
                act,
                AuditBounds.text(object, AuditBounds.objectMax),
                result: result,
                [session] + particulars
            )
        )
    }

    // MARK: Requests

    /// A request begins; its line is written when its result is known.
    func auditBegin(
        _ name: OpenRequest.Name,
        by principal: Principal,
        _ act: AuditRecord.Act,
        _ object: String,
        _ particulars: [JSONValue.Member]
    ) {
        guard links.audit != nil else { return }
        requests[name] = OpenRequest(
            who: principal.text,
            act: act,
            object: object,
            particulars: particulars
        )
    }

    /// Writes down what became of a request.
    ///
    /// - Returns: `false`, and nothing is written, when none of the name waits: it was refused, or its session
    ///   is over, and nobody gets what comes for it.
    @discardableResult
    func auditEnd(
        _ name: OpenRequest.Name,
        refused: Bool = false,
        result: String = "ok",
        _ more: [JSONValue.Member] = []
    ) -> Bool {
        guard let request = requests.removeValue(forKey: name) else { return false }
        let known = Set(request.particulars.map(\.key))
        audit(
            name.session,
            request.who,
            refused ? .refused : request.act,
            request.object,
            result: result,
            request.particulars + more.filter { !known.contains($0.key) }
        )
        return true
    }

    /// What became of a command, also where nobody waits for it any more.
    func auditEnd(_ name: OpenRequest.Name, _ outcome: CommandOutcome) {
        let isVoid = outcome.result == .void
        let reason = outcome.reason.map { JSONValue.Member("reason", .string($0)) }
        auditEnd(
            name,
            result: isVoid ? outcome.result.rawValue : "ok",
            isVoid ? [reason].compactMap(\.self) : []
        )
    }

    /// Questions of a session that is over: their answers go to nobody.
    func auditUnanswered(of id: SessionID) {
        auditUnanswered { $0.session == id && !$0.isCommand }
    }

    /// Requests whose answers cannot come any more.
    func auditUnanswered(where isOver: (OpenRequest.Name) -> Bool = { _ in true }) {
        let over = requests.keys.filter(isOver)
            .sorted { ($0.session.number, $0.number) < ($1.session.number, $1.number) }
        for name in over { auditEnd(name, result: "unanswered") }
    }

    /// A request, or what has no line of its own, was refused.
    func auditRefusal(
        _ peer: Peer,
        _ request: UInt64,
        _ code: ErrorCode,
        of object: String,
        _ more: [JSONValue.Member] = []
    ) {
        guard links.audit != nil, let id = visitors[peer]?.id else { return }
        var isKnown = false
        for isCommand in [false, true] {
            let name = OpenRequest.Name(session: id, number: request, isCommand: isCommand)
            if auditEnd(name, refused: true, result: code.text, more) { isKnown = true }
        }
        if !isKnown { audit(peer, .refused, object, result: code.text, more) }
    }

    /// What the session itself refused: messages that are malformed, out of place or too many.
    func auditRefusals(in frames: [Frame], of peer: Peer) {
        guard links.audit != nil else { return }
        for frame in frames where frame.kind == .error {
            guard let message = try? Message(decoding: frame.bytes),
                case .error(let notice) = message.content
            else { continue }
            audit(peer, .refused, "message", result: notice.codeText)
        }
    }

    // MARK: What was given

    /// Notes a delivery for the line that is written once a second.
    func auditDelivery(_ notice: Notice, to peer: Peer) {
        guard links.audit != nil else { return }
        visitors[peer]?.tally.note(notice)
        if visitors[peer]?.tally.isFull == true { auditTally(of: peer) }
    }

    /// Notes what a replay showed.
    func auditReplay(_ numbers: NumberRanges, to peer: Peer) {
        guard links.audit != nil else { return }
        for range in numbers.ranges {
            visitors[peer]?.tally.note(replayed: range)
            if visitors[peer]?.tally.isFull == true { auditTally(of: peer) }
        }
    }

    /// Notes that texts go to whoever asked for them; one that was asked for in vain was not read.
    func auditReading(_ kind: Query.Kind, _ openings: [Opening], by id: SessionID) {
        guard let peer = peers[id] else { return }
        for opening in openings {
            let item: JSONValue = [
                "source": .string(opening.item.agency.source),
                "id": .string(AuditBounds.text(opening.item.id)),
            ]
            var particulars: [JSONValue.Member] = [
                .init("item", item), .init("purpose", .string(opening.purpose)),
            ]
            if let line = opening.line {
                particulars.append(.init("line", .integer(Int64(line))))
            }
            audit(peer, .read, kind.rawValue, particulars)
        }
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
        if !tally.delivered.ranges.isEmpty || !tally.alerts.isEmpty {
            var particulars: [JSONValue.Member] = [
                .init("way", "subscription"), .init("decisions", .string(tally.delivered.text)),
            ]
            if !tally.alerts.isEmpty {
                let alerts = tally.alerts.map(\.text).joined(separator: ",")
                particulars.append(.init("alerts", .string(alerts)))
            }
            audit(peer, .delivered, tally.cases.joined(separator: ","), particulars)
        }
        if !tally.replayed.ranges.isEmpty {
            audit(
                peer,
                .replayed,
                "",
                [.init("step", "shown"), .init("decisions", .string(tally.replayed.text))]
            )
        }
    }
}
