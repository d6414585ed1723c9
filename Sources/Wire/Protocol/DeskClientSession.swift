package import Domain

/// An officer's end of a desk session, from HELLO to its end (值班会话,值班侧).
///
/// A pure value: its owner sends the frames that come out of it and calls `tick` at `deadline`. It checks
/// that deliveries have no gap and keeps the hub's credit filled. One thread at a time.
package struct DeskClientSession: Sendable {
    /// Where the session stands.
    package enum State: String, CaseIterable, Hashable, Sendable {
        /// Not begun.
        case idle
        /// HELLO is out.
        case greeting
        /// Welcome, without a subscription.
        case open
        /// SUBSCRIBE is out; the snapshot is coming.
        case snapshot
        /// The snapshot is complete.
        case live
        /// Over; make another.
        case ended
    }

    /// What a message asks of the owner.
    package enum ReceivedAction: Equatable, Sendable {
        /// Nothing.
        case none
        /// Send this.
        case send(Frame)
        /// WELCOME came: send this CREDIT, then subscribe, ask and command.
        case opened(Welcome, send: Frame)
        /// A decision of the subscription, in order and without a gap; send the CREDIT if there is one.
        case delivered(Delivery, number: UInt64, send: Frame?)
        /// The snapshot had so many deliveries and is complete.
        case snapshotComplete(count: UInt64)
        /// A page for the QUERY of this number; send the CREDIT if there is one.
        case answered(request: UInt64, Answer, send: Frame?)
        /// What became of the COMMAND of this number.
        case outcome(request: UInt64, CommandOutcome)
        /// The SUBSCRIBE, QUERY or COMMAND of this number was refused; the session goes on.
        case refused(request: UInt64, ErrorNotice)
        /// The session is over.
        case ended(SessionEnd)
    }

    /// What the passing of time asks of the owner.
    package enum TickAction: Equatable, Sendable {
        /// Nothing.
        case none
        /// Send this.
        case send(Frame)
        /// The session is over.
        case ended(SessionEnd)
    }

    /// Where the session stands.
    package private(set) var state = State.idle
    /// Requests without an answer: those of QUERY.
    package private(set) var openQueries: [UInt64] = []
    /// Requests without an outcome: those of COMMAND.
    package private(set) var openCommands: [UInt64] = []

    private let agent: String
    private let windowBytes: UInt64
    private var attempt: UInt64 = 0
    private var pulse: Pulse
    private var lastRequest: UInt64 = 0
    private var incarnation: UInt64 = 0
    private var lastDelivered: UInt64 = 0
    private var bytesReceived: UInt64 = 0
    private var granted: UInt64 = 0
    /// When the last part of an answer came, or the request was made; `nil` while nothing is awaited.
    private var awaitsSince: Uptime?

    /// A session that has not begun.
    ///
    /// - Parameters:
    ///   - agent: Program and version, for the hub's log.
    ///   - windowBytes: Bytes granted to the hub ahead; at least 1 MiB.
    ///   - greetingSilence: How long to wait for WELCOME.
    package init(
        agent: String,
        windowBytes: Int = 2 * ProtocolLimits.answerBytesMax,
        greetingSilence: TimeSpan = .seconds(15)
    ) {
        precondition(windowBytes >= ProtocolLimits.answerBytesMax, "a window below one ANSWER")
        self.agent = agent
        self.windowBytes = UInt64(windowBytes)
        pulse = Pulse(
            heartbeat: greetingSilence,
            silence: greetingSilence,
            now: Uptime(milliseconds: 0)
        )
    }

    /// When `tick` is due; `nil` when never.
    package var deadline: Uptime? {
        switch state {
        case .idle, .ended: nil
        case .greeting: pulse.deadline
        case .open, .snapshot, .live: min(pulse.deadline, answerDeadline ?? pulse.deadline)
        }
    }

    /// When a request without an answer, or its answer, counts as lost on the way.
    private var answerDeadline: Uptime? { awaitsSince.map { $0 + answerSilence } }

    /// An answer may wait behind the engine's work, so that it is given twice the time.
    private var answerSilence: TimeSpan { TimeSpan(milliseconds: 2 * pulse.silence.milliseconds) }

    private mutating func noteAnswer(at now: Uptime) {
        let isAwaited = state == .snapshot || !openQueries.isEmpty || !openCommands.isEmpty
        awaitsSince = isAwaited && isOpen ? now : nil
    }

    /// The session takes SUBSCRIBE, QUERY and COMMAND.
    package var isOpen: Bool {
        switch state {
        case .idle, .greeting, .ended: false
        case .open, .snapshot, .live: true
        }
    }

    /// Begins: the HELLO to send.
    ///
    /// - Parameters:
    ///   - attempt: Another number for every attempt on one connection, from 1.
    ///   - now: The time.
    /// - Returns: The HELLO.
    package mutating func connect(attempt: UInt64, now: Uptime) -> Frame {
        precondition(state == .idle, "a session begins once")
        state = .greeting
        self.attempt = attempt
        pulse.sent(at: now)
        pulse.heard(at: now)
        return Hello(agent: agent, role: .desk).frame(attempt: attempt)
    }

    /// Begins a new incarnation: the SUBSCRIBE to send.
    ///
    /// - Parameters:
    ///   - subjects: 1 to 64 patterns.
    ///   - now: The time.
    /// - Returns: The SUBSCRIBE, whose number is the incarnation.
    package mutating func subscribe(_ subjects: [String], now: Uptime) -> Frame {
        precondition(isOpen, "a subscription needs an open session")
        incarnation = request(now: now)
        lastDelivered = 0
        state = .snapshot
        granted = bytesReceived + windowBytes
        return Subscribe(subjects: subjects, credit: granted).frame(request: incarnation)
    }

    /// Asks: the QUERY to send, whose number comes back; `nil` while four are open.
    package mutating func ask(_ query: Query, now: Uptime) -> Frame? {
        precondition(isOpen, "a query needs an open session")
        guard openQueries.count < ProtocolLimits.openQueriesMax else { return nil }
        openQueries.append(request(now: now))
        return query.frame(request: lastRequest)
    }

    /// Commands: the COMMAND to send, whose number comes back; `nil` while sixteen are open.
    package mutating func command(_ command: CommandRequest, now: Uptime) -> Frame? {
        precondition(isOpen, "a command needs an open session")
        guard openCommands.count < ProtocolLimits.openCommandsMax else { return nil }
        openCommands.append(request(now: now))
        return command.frame(request: lastRequest)
    }

    private mutating func request(now: Uptime) -> UInt64 {
        lastRequest += 1
        pulse.sent(at: now)
        if awaitsSince == nil { awaitsSince = now }
        return lastRequest
    }

    /// Ends the session from this side: the BYE to send, if the hub knows of the session.
    package mutating func close() -> Frame? {
        let wasKnown = isOpen || state == .greeting
        state = .ended
        return wasKnown ? Frame(.bye, number: 0) : nil
    }

    /// Time passed.
    package mutating func tick(now: Uptime) -> TickAction {
        switch state {
        case .idle, .ended:
            return .none
        case .greeting:
            guard pulse.need(at: now) == .giveUp else { return .none }
            state = .ended
            return .ended(.silent("did not answer HELLO", pulse.silence))
        case .open, .snapshot, .live:
            if let answerDeadline, now >= answerDeadline {
                state = .ended
                return .ended(.silent("answered nothing", answerSilence))
            }
            switch pulse.need(at: now) {
            case .giveUp:
                state = .ended
                return .ended(.silent("was silent", pulse.silence))
            case .beat:
                pulse.sent(at: now)
                return .send(.beat(.ping, number: lastDelivered))
            case .nothing:
                return .none
            }
        }
    }

    /// A message came from the hub.
    ///
    /// Any bytes in any state have a result: `docs/protocol.md` §10.3.
    package mutating func received(_ bytes: [UInt8], now: Uptime) -> ReceivedAction {
        let message: Message
        do throws(ProtocolError) {
            message = try Message(decoding: bytes)
        } catch {
            return isOpen ? end(SessionEnd(error)) : .none
        }
        switch state {
        case .idle, .ended:
            return .none
        case .greeting:
            return receivedInGreeting(message, now: now)
        case .open, .snapshot, .live:
            pulse.heard(at: now)
            let action = receivedInOpen(message, bodyBytes: bytes.count - 16, now: now)
            switch action {
            case .delivered, .snapshotComplete, .answered, .outcome, .refused:
                noteAnswer(at: now)
            case .none, .send, .opened, .ended: break
            }
            return action
        }
    }

    private mutating func end(_ end: SessionEnd) -> ReceivedAction {
        state = .ended
        return .ended(end)
    }

    /// What is left of an earlier session on this connection is ignored.
    private mutating func receivedInGreeting(_ message: Message, now: Uptime) -> ReceivedAction {
        switch message.content {
        case .welcome(let welcome) where message.number == attempt:
            guard ProtocolLimits.versions.contains(welcome.version) else {
                return end(SessionEnd(.malformed("WELCOME names no version of HELLO.")))
            }
            state = .open
            pulse.heartbeat = welcome.heartbeat
            pulse.silence = welcome.silence
            pulse.heard(at: now)
            pulse.sent(at: now)
            granted = windowBytes
            return .opened(welcome, send: Frame(.credit, number: granted))
        case .error(let notice) where notice.isFatal && [0, attempt].contains(message.number):
            return end(SessionEnd(notice))
        case .welcome, .error, .hello, .ping, .pong, .bye, .credit, .put, .receipts, .subscribe,
            .deliver, .snapshotEnd, .query, .answer, .command, .outcome, .optional:
            return .none
        }
    }

    private mutating func receivedInOpen(
        _ message: Message,
        bodyBytes: Int,
        now: Uptime
    ) -> ReceivedAction {
        switch message.content {
        case .deliver(let delivery):
            let credit = taken(bodyBytes, now: now)
            return take(delivery, number: message.number, credit: credit)
        case .snapshotEnd(let end):
            return take(end)
        case .answer(let answer):
            let credit = taken(bodyBytes, now: now)
            guard let place = openQueries.firstIndex(of: message.number) else {
                return unexpected(message)
            }
            openQueries.remove(at: place)
            return .answered(request: message.number, answer, send: credit)
        case .outcome(let outcome):
            guard let place = openCommands.firstIndex(of: message.number) else {
                return unexpected(message)
            }
            openCommands.remove(at: place)
            return .outcome(request: message.number, outcome)
        case .ping:
            if let gap = tailGap(hub: message.number) { return gap }
            return .send(.beat(.pong, number: lastDelivered))
        case .pong:
            return tailGap(hub: message.number) ?? .none
        case .error(let notice):
            return take(notice, number: message.number)
        case .bye:
            return end(.draining)
        case .optional:
            return .none
        case .hello, .welcome, .credit, .put, .receipts, .subscribe, .query, .command:
            return unexpected(message)
        }
    }

    /// Counts what came, and grants more when half the window is used.
    private mutating func taken(_ bodyBytes: Int, now: Uptime) -> Frame? {
        bytesReceived += UInt64(bodyBytes)
        guard granted < bytesReceived + windowBytes / 2 else { return nil }
        granted = bytesReceived + windowBytes
        pulse.sent(at: now)
        return Frame(.credit, number: granted)
    }

    private mutating func take(
        _ delivery: Delivery,
        number: UInt64,
        credit: Frame?
    ) -> ReceivedAction {
        let isOfFormer = delivery.incarnation < incarnation || state == .open
        if isOfFormer { return credit.map { .send($0) } ?? .none }
        guard delivery.incarnation == incarnation, number == lastDelivered + 1,
            delivery.phase == (state == .live ? .live : .snapshot)
        else { return gap(hub: number) }
        lastDelivered = number
        return .delivered(delivery, number: number, send: credit)
    }

    private mutating func take(_ end: SnapshotEnd) -> ReceivedAction {
        if end.incarnation < incarnation || state == .open { return .none }
        guard state == .snapshot, end.incarnation == incarnation, end.count == lastDelivered else {
            return gap(hub: end.count)
        }
        state = .live
        return .snapshotComplete(count: end.count)
    }

    private mutating func take(_ notice: ErrorNotice, number: UInt64) -> ReceivedAction {
        if notice.isFatal { return end(SessionEnd(notice)) }
        if let place = openQueries.firstIndex(of: number) {
            openQueries.remove(at: place)
        } else if let place = openCommands.firstIndex(of: number) {
            openCommands.remove(at: place)
        } else if number == incarnation, number > 0 {
            state = .open
        } else {
            return .none
        }
        return .refused(request: number, notice)
    }

    private mutating func tailGap(hub: UInt64) -> ReceivedAction? {
        state == .live && hub > lastDelivered ? gap(hub: hub) : nil
    }

    private mutating func gap(hub: UInt64) -> ReceivedAction {
        end(
            SessionEnd(
                .numberGap,
                "Delivery \(lastDelivered + 1) is missing, the hub is at \(hub); subscribe again.",
                advice: .again
            )
        )
    }

    private mutating func unexpected(_ message: Message) -> ReceivedAction {
        end(
            SessionEnd(
                ProtocolError(
                    .unexpectedMessage,
                    "The hub sent \(message.name) \(message.number) without being asked; report it."
                )
            )
        )
    }
}
