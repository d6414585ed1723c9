package import Domain
import Logging
import OrderedCollections
import Synchronization
package import Wire

/// Holds every session with agencies and officers (接待).
///
/// The socket thread owns it. It never waits: what must be written goes to the registrar, what is
/// asked goes to the engine's thread, and what comes back is turned into messages. It knows no
/// sockets, so that a simulated network can stand in their place.
package final class Reception {
    /// Either kind of session.
    enum Session {
        case intake(IntakeHubSession)
        case desk(Desk)
    }

    /// A session with what belongs to it.
    struct Visitor {
        var id: SessionID
        var principal: Principal
        var session: Session
        /// What the holder of the key may do.
        var rights: Rights
        /// When lines last came.
        var lastPut = Uptime(milliseconds: -1_000_000)
        /// What is still to be written into the audit log.
        var tally = DeliveryTally()
    }

    let options: HubOptions
    var gate: Gate
    let links: Links
    let clock: any HubClock
    let log: Logger
    var visitors: [Peer: Visitor] = [:]
    /// Where each session's messages go, the oldest session first.
    var peers: OrderedDictionary<SessionID, Peer> = [:]
    var holders: [StreamID: SessionID] = [:]
    /// Who holds each durable subscription, and on what terms.
    var durableHolders: [DurableKey: SessionID] = [:]
    var durableTerms: [SessionID: (key: DurableKey, terms: DurableTerms)] = [:]
    /// Questions and commands whose lines in the audit log wait for their results.
    var requests: [OpenRequest.Name: OpenRequest] = [:]
    /// The last decision that the engine's thread told of.
    var published: UInt64 = 0
    var pace = IntakePace()
    var feeds: FeedBook
    private var lastLook = Uptime(milliseconds: 0)
    private var outgoing: [Outgoing] = []
    private var lastSession: UInt64
    private var lastTick = Uptime(milliseconds: 0)
    private var isDraining = false
    private var drainDeadline = Uptime(milliseconds: .max)

    /// Everything was said; the door may close.
    package private(set) var isDone = false

    init(
        options: HubOptions,
        agencies: AgencyRegister,
        links: Links,
        clock: any HubClock,
        open: [(condition: Observation.Condition, agency: AgencyID)] = []
    ) {
        feeds = FeedBook(
            agencies: agencies.agencies.map(\.id),
            open: open,
            bounds: options.feeds,
            now: Uptime(milliseconds: clock.monotonicMilliseconds())
        )
        self.options = options
        self.gate = Gate(
            agencies: agencies,
            lane: options.lane,
            screensWording: options.screensWording,
            checksMasking: options.checksMasking,
            keepers: links.grants.current.keeperTitles
        )
        self.links = links
        self.clock = clock
        self.log = links.log
        // Sessions of different runs have different names in the logs.
        lastSession = UInt64(truncatingIfNeeded: clock.now().milliseconds) << 20
    }

    /// Every connection with a session, the oldest session first: the order of what goes out follows
    /// from what came in alone.
    var peersInOrder: [Peer] { Array(peers.values) }

    /// The time that grants go by: the hub's, which a step of the wall clock does not move; the wall's where
    /// the journal has a scenario clock, or the journal's thread has not looked yet.
    var wallTime: Timestamp {
        let isKnown = links.timeOffset.load(ordering: .acquiring) != 0
        return options.hasScenarioClock || !isKnown
            ? clock.now() : links.hubTime(at: now.milliseconds)
    }

    /// What somebody may do by the register in force.
    func rights(of principal: Principal) -> Rights {
        Rights(principal.holder, links.grants, options: options, now: wallTime)
    }

    var now: Uptime { Uptime(milliseconds: clock.monotonicMilliseconds()) }

    /// Where the door tells what matters to the guard.
    package var guardOffice: GuardOffice { GuardOffice(links: links, clock: clock) }

    /// How long the door may wait for the next message, in milliseconds.
    package var restMilliseconds: Int { hasLetters ? 0 : 50 }

    /// Other threads have something to say.
    package var hasLetters: Bool { links.receptionCount > 0 }

    /// A message came.
    ///
    /// - Parameters:
    ///   - peer: The connection.
    ///   - principal: Who the ZAP handler says it is; `nil` drops the message.
    ///   - bytes: Header and body.
    package func receive(from peer: Peer, _ principal: Principal?, _ bytes: [UInt8]) {
        guard let principal else { return }
        guard let visitor = visitors[peer], visitor.principal == principal else {
            begin(peer, principal, bytes)
            return
        }
        switch visitor.session {
        case .intake: receiveIntake(peer, bytes)
        case .desk: receiveDesk(peer, bytes)
        }
    }

    /// Works off what the other threads sent.
    package func takeLetters() {
        for letter in links.takeReceptionLetters() { take(letter) }
    }

    /// Time passed: heartbeats, silent sessions, credit.
    package func tick() {
        let now = now
        guard now >= lastTick + TimeSpan(milliseconds: 50) else { return }
        lastTick = now
        links.beats.socket.add(1, ordering: .releasing)
        lookAtPace(now)
        for peer in peersInOrder { tick(peer, now) }
        lookAtFeeds(now)
        if isDraining, !isDone, visitors.isEmpty || now >= drainDeadline {
            auditUnanswered()
            isDone = true
        }
    }

    /// Takes nothing more, and says goodbye when what was taken is receipted.
    package func drain(within span: TimeSpan) {
        guard !isDraining else { return }
        isDraining = true
        links.gauges.note { $0.isDraining = true }
        drainDeadline = now + span
        for peer in peersInOrder {
            guard var visitor = visitors[peer] else { continue }
            let frames: [Frame]
            let hasEnded: Bool
            switch visitor.session {
            case .intake(var session):
                frames = session.drain()
                hasEnded = session.state == .ended
                visitor.session = .intake(session)
            case .desk(let desk):
                frames = desk.session.drain().map { [$0] } ?? []
                hasEnded = true
            }
            visitors[peer] = visitor
            send(frames, to: peer)
            if hasEnded { end(peer) }
        }
    }

    /// Messages to send, in order.
    package func takeOutgoing() -> [Outgoing] {
        defer { outgoing.removeAll(keepingCapacity: true) }
        return outgoing
    }

    /// The connection is gone or reads nothing.
    package func lost(_ peer: Peer) {
        end(peer, as: .lost)
    }

    /// Receipts up to a journal entry have been handed to the network.
    package func sent(receiptsUpTo entry: UInt64) {
        links.flight?.note(.receipted, entry)
    }

    // MARK: Beginning and end

    private func begin(_ peer: Peer, _ principal: Principal, _ bytes: [UInt8]) {
        let message: Message
        do throws(ProtocolError) {
            message = try Message(decoding: bytes)
        } catch {
            // Without a session there is nobody to answer: bytes that are no message are dropped.
            countRefusal(.malformedFrame)
            return
        }
        guard case .hello(let hello) = message.content else {
            if case .bye = message.content { return }
            if case .optional = message.content { return }
            if case .error = message.content { return }
            refuse(
                peer,
                principal,
                ProtocolError(
                    .unexpectedMessage,
                    "There is no session on this connection; begin with HELLO."
                ),
                number: message.number
            )
            return
        }
        greet(peer, principal, hello, attempt: message.number)
    }

    func greet(_ peer: Peer, _ principal: Principal, _ hello: Hello, attempt: UInt64) {
        end(peer)
        guard hello.commonVersion != nil else {
            refuse(
                peer,
                principal,
                ProtocolError(
                    .unsupportedVersion,
                    "The hub speaks \(ProtocolLimits.versions), the client \(hello.versions)."
                ),
                number: attempt
            )
            return
        }
        guard !isDraining else {
            let error = ProtocolError(.draining, "The hub is being stopped.")
            refuse(peer, principal, error, number: attempt)
            return
        }
        guard visitors.count < options.sessionsMax else {
            refuse(
                peer,
                principal,
                ProtocolError(
                    .tooManySessions,
                    "All \(options.sessionsMax) sessions are taken; connect again later."
                ),
                number: attempt
            )
            return
        }
        guard sessions(of: principal) < options.sessionsPerIdentityMax else {
            refuse(
                peer,
                principal,
                ProtocolError(
                    .tooManySessionsOfOne,
                    "\(principal.text) holds \(options.sessionsPerIdentityMax) sessions already; "
                        + "end one or ask the operator for more."
                ),
                number: attempt
            )
            return
        }
        lastSession += 1
        let id = SessionID(number: lastSession)
        log.info(
            "session begins",
            metadata: [
                "session": "\(id.number.hex16)", "principal": "\(principal.text)",
                "agent": "\(hello.agent)",
            ]
        )
        let rights = rights(of: principal)
        switch (hello.role, principal) {
        case (.intake(let start), .agency(let agency))
        where gate.knows(agency) && rights.access.holds(.push, at: wallTime):
            greetIntake(peer, id, agency, rights, start, attempt: attempt)
        case (.desk, .officer) where !rights.access.isEmpty(at: wallTime),
            (.desk, .operator) where !rights.access.isEmpty(at: wallTime):
            greetDesk(peer, id, principal, rights, attempt: attempt)
        case (.intake, _), (.desk, _):
            refuse(
                peer,
                principal,
                ProtocolError(
                    .notPermitted,
                    "The key of \(principal.text) has no right to this kind of session."
                ),
                number: attempt
            )
        }
    }

    /// Forgets a session.
    func end(_ peer: Peer, as end: FeedBook.End = .goodbye) {
        auditTally(of: peer)
        if let id = visitors[peer]?.id { auditUnanswered(of: id) }
        audit(peer, .left, "session")
        guard let visitor = visitors.removeValue(forKey: peer) else { return }
        peers[visitor.id] = nil
        releaseDurable(visitor.id)
        if case .agency(let agency) = visitor.principal { feeds.ended(agency, end, at: now) }
        if case .intake(let session) = visitor.session, holders[session.stream] == visitor.id {
            holders[session.stream] = nil
        }
        log.info("session ends", metadata: ["session": "\(visitor.id.number.hex16)"])
        noteWatched()
    }

    /// Refuses a session that has not begun.
    func refuse(
        _ peer: Peer,
        _ principal: Principal,
        _ error: ProtocolError,
        number: UInt64
    ) {
        countRefusal(error.code)
        links.security?.note(
            "refused",
            at: links.hubTime(at: now.milliseconds),
            ["code": error.code.text, "principal": principal.text]
        )
        links.audit?.note(
            AuditRecord(
                at: wallTime,
                who: principal.text,
                .refused,
                "session",
                result: error.code.text
            )
        )
        log.notice("refused", metadata: ["code": "\(error.code.text)", "why": "\(error.reason)"])
        var notice = ErrorNotice(error, isFatal: true)
        if error.code == .unsupportedVersion { notice.versions = ProtocolLimits.versions }
        send([notice.frame(number: number)], to: peer)
    }

    // MARK: Messages

    func send(_ frames: [Frame], to peer: Peer, receipts: UInt64 = 0) {
        for (index, frame) in frames.enumerated() {
            let isLast = index == frames.count - 1
            outgoing.append(
                Outgoing(peer: peer, bytes: frame.bytes, receipts: isLast ? receipts : 0)
            )
        }
    }

    private func tick(_ peer: Peer, _ now: Uptime) {
        guard var visitor = visitors[peer] else { return }
        switch visitor.session {
        case .intake(var session):
            session.windowBytes = windowBytes(visitor, session, now)
            let action = session.tick(now: now)
            visitor.session = .intake(session)
            visitors[peer] = visitor
            switch action {
            case .none: break
            case .send(let frames): send(frames, to: peer)
            case .fail(let frame):
                countRefusal(.silentSession)
                auditRefusals(in: [frame], of: peer)
                send([frame], to: peer)
                end(peer, as: .silent)
            }
        case .desk: tickDesk(peer, now)
        }
    }

    /// Decisions are printed only while somebody subscribes.
    func noteWatched() {
        let isWatched = visitors.values.contains { visitor in
            guard case .desk(let desk) = visitor.session else { return false }
            return desk.session.incarnation > 0
        }
        links.isWatched.store(isWatched, ordering: .releasing)
    }

    /// Once a second: what begins and ends at the feeds, and the gauges of sessions.
    private func lookAtFeeds(_ now: Uptime) {
        noteSessions(now)
        guard now >= lastLook + TimeSpan.seconds(1) else { return }
        lastLook = now
        for peer in peersInOrder { auditTally(of: peer) }
        guard !options.hasScenarioClock, !isDraining else { return }
        let hubTime = links.hubTime(at: now.milliseconds)
        feeds.look(at: now, hubTime: hubTime) { links.registrar.offer(.observe($0)) }
    }

    private func sessions(of principal: Principal) -> Int {
        visitors.values.count { $0.principal == principal }
    }

    /// Counts what was turned away, by code.
    func countRefusal(_ code: ErrorCode) {
        links.gauges.note {
            $0.refusals += 1
            $0.refusalsByCode[code.rawValue, default: 0] += 1
        }
    }

    private func noteSessions(_ now: Uptime) {
        var (intake, desk, subscriptions) = (0, 0, 0)
        var credit: UInt64 = 0
        for visitor in visitors.values {
            switch visitor.session {
            case .intake(let session):
                intake += 1
                credit += session.unusedCredit
            case .desk(let session):
                desk += 1
                subscriptions += session.subscription == nil ? 0 : 1
            }
        }
        let pressed = pace.isPressed
        let backlog = pace.backlog
        let micros = links.entryMicroseconds.load(ordering: .acquiring)
        let readings = feeds.feeds.map { feed in
            FeedReading(
                agency: feed.agency,
                sessions: feed.sessions,
                oldestMilliseconds: feed.oldestMilliseconds,
                silentMilliseconds: now.milliseconds - feed.lastLine.milliseconds,
                open: feed.open
            )
        }
        links.gauges.note {
            $0.intakeSessions = intake
            $0.deskSessions = desk
            $0.subscriptions = subscriptions
            $0.creditBytes = credit
            $0.isPressed = pressed
            $0.backlogEntries = backlog
            $0.entryMicroseconds = micros
            $0.feeds = readings
        }
    }
}
