import Domain
import OrderedCollections
import Wire

/// An officer's session with what it reads of the decision log.
///
/// A reference, so that a delivery copies nothing; the socket thread alone uses it.
final class Desk {
    /// What the session reads.
    enum Feed {
        case nothing
        case subscription(LogFeed)
        case replay(ReplayFeed)
    }

    var session: DeskHubSession
    var feed = Feed.nothing

    init(session: DeskHubSession) {
        self.session = session
    }

    /// The subscription, where there is one.
    var subscription: LogFeed? {
        get { if case .subscription(let feed) = feed { feed } else { nil } }
        set { feed = newValue.map { .subscription($0) } ?? .nothing }
    }
}

extension Reception {
    /// Begins an officer's session.
    func greetDesk(
        _ peer: Peer,
        _ id: SessionID,
        _ principal: Principal,
        _ rights: Rights,
        attempt: UInt64
    ) {
        var session = DeskHubSession(
            attempt: attempt,
            heartbeat: TimeSpan(milliseconds: options.heartbeatMilliseconds),
            silence: TimeSpan(milliseconds: options.silenceMilliseconds),
            now: now
        )
        let frame = session.welcome(
            session: id.number,
            principal: principal,
            hub: options.county.code,
            lane: options.lane,
            now: now
        )
        visitors[peer] = Visitor(
            id: id,
            principal: principal,
            session: .desk(Desk(session: session)),
            rights: rights
        )
        peers[id] = peer
        audit(peer, .entered, "desk")
        send([frame], to: peer)
    }

    /// A message in an officer's session.
    func receiveDesk(_ peer: Peer, _ bytes: [UInt8]) {
        guard let visitor = visitors[peer], case .desk(let desk) = visitor.session else { return }
        switch desk.session.received(bytes, now: now) {
        case .none: break
        case .send(let frames):
            auditRefusals(in: frames, of: peer)
            send(frames, to: peer)
        case .room(let frames):
            send(frames, to: peer)
            pump(desk, peer, visitor.id)
        case .subscribe(let incarnation, let patterns, let terms, let frames):
            send(frames, to: peer)
            guard visitor.mayDo(.watch, wallTime) else {
                refuse(.watch, "a subscription", peer, incarnation)
                return
            }
            subscribe(visitor, desk, peer, incarnation, patterns, terms)
        case .fetch(let first): fetch(desk, peer, visitor.id, first)
        case .settle(let settlement): settle(desk, peer, visitor.id, settlement)
        case .replay(let incarnation, let request, let patterns, let frames):
            send(frames, to: peer)
            guard visitor.mayDo(.replay, wallTime) else {
                refuse(.replay, "a replay", peer, incarnation)
                return
            }
            replay(visitor, desk, peer, incarnation, request, patterns)
        case .pace(let pace):
            guard case .replay(var feed) = desk.feed else { return }
            feed.take(pace, now: now)
            desk.feed = .replay(feed)
            pump(desk, peer, visitor.id)
        case .ask(let request, let query): ask(visitor, peer, request, query)
        case .command(let request, let wish): command(wish, request: request, visitor, peer)
        case .restart(let hello, let attempt):
            greet(peer, visitor.principal, hello, attempt: attempt)
        case .end: end(peer)
        case .fail(let frame):
            countRefusal(.malformedFrame)
            auditRefusals(in: [frame], of: peer)
            send([frame], to: peer)
            end(peer)
        }
    }

    private func ask(_ visitor: Visitor, _ peer: Peer, _ request: UInt64, _ query: Query) {
        auditBegin(
            .init(session: visitor.id, number: request, isCommand: false),
            by: visitor.principal,
            .asked,
            query.kind.rawValue,
            query.auditParticulars
        )
        guard visitor.mayDo(query.kind.right, wallTime) else {
            refuse(query.kind.right, "the query \(query.kind.rawValue)", peer, request)
            return
        }
        if query.kind == .subscriptions {
            let isForAll = visitor.mayDo(.subscriptions, wallTime)
            let holder = isForAll ? nil : visitor.principal.text
            askArchivist(.durables(visitor.id, number: request, of: holder), peer, request)
            return
        }
        do throws(ProtocolError) {
            let question = try Question(query)
            let asker = Asker(rights: visitor.rights, right: query.kind.right, now: wallTime)
            askLinker(.question(visitor.id, number: request, question, asker), peer, request)
        } catch {
            refuseRequest(peer, request, error)
        }
    }

    private func command(
        _ wish: CommandRequest,
        request: UInt64,
        _ visitor: Visitor,
        _ peer: Peer
    ) {
        auditBegin(
            .init(session: visitor.id, number: request, isCommand: true),
            by: visitor.principal,
            .commanded,
            wish.action.auditObject,
            [
                .init("right", .string(wish.action.right.rawValue)),
                .init("key", .string(AuditBounds.text(wish.key))),
                .init("came", .string(wallTime.rfc3339)),
            ]
        )
        guard visitor.mayDo(wish.action.right, wallTime) else {
            refuse(wish.action.right, "the command", peer, request)
            return
        }
        if case .classify(_, .accusation, _) = wish.action, options.lane == .open {
            refuseRequest(peer, request, Reception.notClassedHere)
            return
        }
        let command = Command(
            officer: visitor.principal.name,
            idempotencyKey: wish.key,
            action: wish.action
        )
        guard !links.room.isFull else {
            refuseRequest(peer, request, Reception.diskFull)
            return
        }
        guard !links.clearances.isKept else {
            // Whom an accusation is against is known to the engine's thread.
            let right = wish.action.right
            let asker = Asker(rights: visitor.rights, right: right, now: wallTime)
            askLinker(.command(visitor.id, number: request, command, asker), peer, request)
            return
        }
        guard links.registrar.offer(.command(visitor.id, number: request, command)) else {
            refuseRequest(peer, request, Reception.behind)
            return
        }
    }

    func askLinker(_ letter: LinkerLetter, _ peer: Peer, _ request: UInt64) {
        guard links.linker.offer(letter) else {
            refuseRequest(peer, request, Reception.behind)
            return
        }
    }

    func askArchivist(_ letter: ArchivistLetter, _ peer: Peer, _ request: UInt64) {
        guard links.archivist.offer(letter) else {
            refuseRequest(peer, request, Reception.behind)
            return
        }
    }

    /// Refuses one request; the session goes on.
    ///
    /// The audit log says of what `object` it was, where no question or command waits that says so itself, and `more`.
    func refuseRequest(
        _ peer: Peer,
        _ request: UInt64,
        _ error: ProtocolError,
        of object: String = "request",
        _ more: [JSONValue.Member] = []
    ) {
        auditRefusal(peer, request, error.code, of: object, more)
        withDesk(peer) { desk in
            if request == desk.session.incarnation { leaveFeed(desk, peer) }
            return desk.session.refuse(request: request, error, now: now)
        }
    }

    /// A right that no grant gives.
    func refuse(_ right: Right, _ what: String, _ peer: Peer, _ request: UInt64) {
        let reason = "No grant gives you \(right.rawValue), which \(what) needs."
        let more = [JSONValue.Member("right", .string(right.rawValue))]
        refuseRequest(peer, request, ProtocolError(.notPermitted, reason), of: what, more)
    }

    /// A page for a QUERY, with the texts that stand in it and the items of whose texts beginnings stand for titles.
    func answered(
        _ id: SessionID,
        _ request: UInt64,
        _ answer: Answer,
        _ kind: Query.Kind = .text,
        _ openings: [Opening] = [],
        beginnings: [ItemRef] = []
    ) {
        guard let peer = peers[id] else { return }
        let body = answer.body
        let name = OpenRequest.Name(session: id, number: request, isCommand: false)
        if body.count > ProtocolLimits.answerBytesMax {
            auditEnd(name, refused: true, result: ErrorCode.messageTooLarge.text)
        } else if auditEnd(name, AuditBounds.beginnings(beginnings)) {
            auditReading(kind, openings, by: id)
        }
        withDesk(peer) { $0.session.answer(request: request, body: body, now: now) }
    }

    /// What became of a COMMAND.
    func outcome(_ id: SessionID, _ request: UInt64, _ outcome: CommandOutcome) {
        auditEnd(.init(session: id, number: request, isCommand: true), outcome)
        guard let peer = peers[id] else { return }
        withDesk(peer) { $0.session.outcome(request: request, outcome, now: now) }
    }

    func tickDesk(_ peer: Peer, _ now: Uptime) {
        withDesk(peer) { $0.session.tick(now: now) }
        guard let visitor = visitors[peer], case .desk(let desk) = visitor.session else { return }
        deliverAgain(desk, peer, visitor.id)
        pump(desk, peer, visitor.id)
    }

    /// Changes a desk and does what that asks for.
    func withDesk(_ peer: Peer, _ change: (Desk) -> DeskHubSession.SendAction) {
        guard case .desk(let desk)? = visitors[peer]?.session else { return }
        switch change(desk) {
        case .none: break
        case .send(let frames): send(frames, to: peer)
        case .fail(let frame):
            countRefusal(.malformedFrame)
            auditRefusals(in: [frame], of: peer)
            send([frame], to: peer)
            end(peer)
        }
    }

    private static var notClassedHere: ProtocolError {
        ProtocolError(
            .malformedCommand,
            "An accusation is not classed in the open lane: transfer the item (liandong transfer)."
        )
    }

    static var behind: ProtocolError {
        ProtocolError(.overloaded, "The hub is behind; ask again in a moment.")
    }
}

extension Reception.Visitor {
    /// Whether a grant gives a right over anything at all; over what is looked at row by row.
    func mayDo(_ right: Right, _ time: Timestamp) -> Bool { rights.access.holds(right, at: time) }
}

extension Query {
    /// What the audit log says of a question: which object and how far, and never a text.
    fileprivate var auditParticulars: [JSONValue.Member] {
        var found: [JSONValue.Member] = []
        for key in ["case", "alert", "purpose"] {
            guard let text = filter(key)?.text else { continue }
            found.append(.init(key, .string(AuditBounds.text(text))))
        }
        if let item = filter("item") {
            let parts = ["source", "id"].compactMap { key in
                item[key]?.text.map { text in
                    JSONValue.Member(key, .string(AuditBounds.text(text)))
                }
            }
            found.append(.init("item", .object(parts)))
        }
        return found
    }
}

extension Command.Action {
    /// What the audit log says that a command is about.
    fileprivate var auditObject: String {
        func name(_ seen: SeenCase) -> String { seen.id?.text ?? "items \(seen.items.count)" }
        switch self {
        case .acknowledge(let alert, _, _): return alert.text
        case .confirmClock: return "clock"
        case .edit(.merge(let kept, let other), _): return name(kept) + "," + name(other)
        case .edit(.split(let seen, _), _): return name(seen)
        case .edit(.move(let item, let from, let to), _):
            return "item \(item)," + name(from) + "," + name(to)
        case .undo(let number, _): return "edit \(number)"
        case .setLife(let seen, _, _): return name(seen)
        case .withdraw(let ref): return "\(ref.agency.name)/\(ref.id)"
        case .classify(let ref, let purpose, _):
            return "\(ref.agency.name)/\(ref.id),\(purpose.rawValue)"
        }
    }
}

extension Principal {
    /// The short name without the role.
    var name: String {
        switch self {
        case .agency(let agency): agency.name
        case .officer(let name), .operator(let name): name
        }
    }
}
