import Domain
import OrderedCollections
import Wire

/// An officer's session with what it subscribed to.
struct Desk {
    var session: DeskHubSession
    var patterns: [SubjectPattern] = []
    /// Alerts that it got: it gets their every later state, whatever their subject is then.
    var known: Set<AlertID> = []

    /// Alerts remembered for a session; one that got more begins to forget by starting anew.
    static let knownMax = 65_536

    /// The subject under which a notice concerns this session; `nil` when it does not.
    func subject(of notice: Notice) -> Subject? {
        for subject in notice.subjects where patterns.contains(where: { $0.matches(subject) }) {
            return subject
        }
        guard let alert = notice.alert, known.contains(alert) else { return nil }
        return notice.subjects.first
    }

    mutating func remember(_ notice: Notice) {
        guard let alert = notice.alert else { return }
        if known.count >= Desk.knownMax { known.removeAll(keepingCapacity: true) }
        known.insert(alert)
    }
}

extension Reception {
    /// Begins an officer's session.
    func greetDesk(_ peer: Peer, _ id: SessionID, _ principal: Principal, attempt: UInt64) {
        var session = DeskHubSession(
            attempt: attempt,
            queueBytesMax: options.subscriberBytesMax,
            heartbeat: TimeSpan(milliseconds: options.heartbeatMilliseconds),
            silence: TimeSpan(milliseconds: options.silenceMilliseconds),
            now: now
        )
        let frame = session.welcome(
            session: id.number,
            principal: principal,
            hub: options.county.code,
            now: now
        )
        visitors[peer] = Visitor(
            id: id,
            principal: principal,
            session: .desk(Desk(session: session))
        )
        peers[id] = peer
        send([frame], to: peer)
    }

    /// A message in an officer's session.
    func receiveDesk(_ peer: Peer, _ bytes: [UInt8]) {
        guard let visitor = visitors[peer], case .desk(var desk) = visitor.session else { return }
        let action = desk.session.received(bytes, now: now)
        visitors[peer]?.session = .desk(desk)
        switch action {
        case .none: break
        case .send(let frames): send(frames, to: peer)
        case .subscribe(let incarnation, let patterns, let frames):
            desk.patterns = patterns
            desk.known = []
            visitors[peer]?.session = .desk(desk)
            send(frames, to: peer)
            noteWatched()
            askLinker(.snapshot(visitor.id, incarnation: incarnation), peer, incarnation)
        case .ask(let request, let query):
            do throws(ProtocolError) {
                let question = try Question(query)
                askLinker(.question(visitor.id, number: request, question), peer, request)
            } catch {
                refuseRequest(peer, request, error)
            }
        case .command(let request, let wish):
            command(wish, request: request, visitor, peer)
        case .restart(let hello, let attempt):
            greet(peer, visitor.principal, hello, attempt: attempt)
        case .end: end(peer)
        case .fail(let frame):
            countRefusal(.malformedFrame)
            send([frame], to: peer)
            end(peer)
        }
    }

    private func command(
        _ wish: CommandRequest,
        request: UInt64,
        _ visitor: Visitor,
        _ peer: Peer
    ) {
        if wish.action == .confirmClock {
            guard case .operator = visitor.principal else {
                let reason = "Only an operator's key may confirm the clock."
                refuseRequest(peer, request, ProtocolError(.operatorOnly, reason))
                return
            }
        }
        let command = Command(
            officer: visitor.principal.name,
            idempotencyKey: wish.key,
            action: wish.action
        )
        guard links.registrar.offer(.command(visitor.id, number: request, command)) else {
            refuseRequest(peer, request, Reception.behind)
            return
        }
    }

    private func askLinker(_ letter: LinkerLetter, _ peer: Peer, _ request: UInt64) {
        guard links.linker.offer(letter) else {
            refuseRequest(peer, request, Reception.behind)
            return
        }
    }

    /// Refuses one request; the session goes on.
    func refuseRequest(_ peer: Peer, _ request: UInt64, _ error: ProtocolError) {
        withDesk(peer) { $0.session.refuse(request: request, error, now: now) }
    }

    /// The active alerts at one point, then SNAPSHOT_END.
    func snapshot(_ id: SessionID, incarnation: UInt64, _ notices: [Notice]) {
        guard let peer = peers[id] else { return }
        for notice in notices { deliver(notice, to: peer, incarnation: incarnation) }
        withDesk(peer) { $0.session.endSnapshot(incarnation: incarnation, now: now) }
    }

    /// Decisions for whoever subscribed to them.
    func decided(_ notices: [Notice]) {
        for peer in peersInOrder {
            guard case .desk(let desk)? = visitors[peer]?.session, desk.session.state == .live
            else {
                continue
            }
            let incarnation = desk.session.incarnation
            for notice in notices { deliver(notice, to: peer, incarnation: incarnation) }
        }
    }

    private func deliver(_ notice: Notice, to peer: Peer, incarnation: UInt64) {
        guard case .desk(let desk)? = visitors[peer]?.session,
            let subject = desk.subject(of: notice)
        else { return }
        withDesk(peer) { desk in
            desk.remember(notice)
            return desk.session.deliver(
                incarnation: incarnation,
                subject: subject.text,
                decision: notice.body,
                now: now
            )
        }
    }

    /// A page for a QUERY.
    func answered(_ id: SessionID, _ request: UInt64, _ answer: Answer) {
        guard let peer = peers[id] else { return }
        let body = answer.body
        withDesk(peer) { $0.session.answer(request: request, body: body, now: now) }
    }

    /// What became of a COMMAND.
    func outcome(_ id: SessionID, _ request: UInt64, _ outcome: CommandOutcome) {
        guard let peer = peers[id] else { return }
        withDesk(peer) { $0.session.outcome(request: request, outcome, now: now) }
    }

    func tickDesk(_ peer: Peer, _ now: Uptime) {
        withDesk(peer) { $0.session.tick(now: now) }
    }

    /// Changes a desk and does what that asks for.
    private func withDesk(
        _ peer: Peer,
        _ change: (inout Desk) -> DeskHubSession.SendAction
    ) {
        guard case .desk(var desk)? = visitors[peer]?.session else { return }
        let action = change(&desk)
        visitors[peer]?.session = .desk(desk)
        switch action {
        case .none: break
        case .send(let frames): send(frames, to: peer)
        case .fail(let frame):
            countRefusal(.malformedFrame)
            send([frame], to: peer)
            end(peer)
        }
    }

    private static var behind: ProtocolError {
        ProtocolError(.overloaded, "The hub is behind; ask again in a moment.")
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
