package import Domain

/// An officer's end of a desk session, from HELLO to its end (值班会话,值班侧).
///
/// A pure value: its owner sends the frames that come out of it and calls `tick` at `deadline`. It checks
/// that deliveries have no gap, asks for those that are missing and keeps the hub's credit filled. One
/// thread at a time.
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
        /// REPLAY is out; its records come.
        case replay
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
        ///
        /// One whose `again` is above 0 comes once more, because it was not settled in time.
        case delivered(Delivery, number: UInt64, send: Frame?)
        /// Every delivery of the durable subscription up to this one is settled on the hub's disk.
        case settled(Position)
        /// Records of the replay, in order and without a gap; send the CREDIT if there is one.
        case replayed(ReplayChunk, first: UInt64, send: Frame?)
        /// The replay has shown everything.
        case replayEnded(ReplayEnd)
        /// The snapshot had so many deliveries and is complete.
        case snapshotComplete(count: UInt64)
        /// A page for the QUERY of this number; send the CREDIT if there is one.
        case answered(request: UInt64, Answer, send: Frame?)
        /// What became of the COMMAND of this number.
        case outcome(request: UInt64, CommandOutcome)
        /// The SUBSCRIBE, REPLAY, QUERY or COMMAND of this number was refused; the session goes on.
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
    package internal(set) var state = State.idle
    /// Requests without an answer: those of QUERY.
    package internal(set) var openQueries: [UInt64] = []
    /// Requests without an outcome: those of COMMAND.
    package internal(set) var openCommands: [UInt64] = []

    let agent: String
    let windowBytes: UInt64
    var attempt: UInt64 = 0
    var pulse: Pulse
    var lastRequest: UInt64 = 0
    var incarnation: UInt64 = 0
    var lastDelivered: UInt64 = 0
    var bytesReceived: UInt64 = 0
    var granted: UInt64 = 0
    /// When the last part of an answer came, or the request was made; `nil` while nothing is awaited.
    var awaitsSince: Uptime?
    /// When FETCH asked for the next delivery; `nil` while none is missing.
    var fetchedAt: Uptime?

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
        case .open, .snapshot, .live, .replay: min(pulse.deadline, answerDeadline ?? pulse.deadline)
        }
    }

    /// When a request without an answer, or its answer, counts as lost on the way.
    private var answerDeadline: Uptime? { awaitsSince.map { $0 + answerSilence } }

    /// An answer may wait behind the engine's work, so that it is given twice the time.
    private var answerSilence: TimeSpan { TimeSpan(milliseconds: 2 * pulse.silence.milliseconds) }

    mutating func noteAnswer(at now: Uptime) {
        let isAwaited =
            state == .snapshot || state == .replay && lastDelivered == 0
            || !openQueries.isEmpty || !openCommands.isEmpty
        awaitsSince = isAwaited && isOpen ? now : nil
    }

    /// The session takes SUBSCRIBE, REPLAY, QUERY and COMMAND.
    package var isOpen: Bool {
        switch state {
        case .idle, .greeting, .ended: false
        case .open, .snapshot, .live, .replay: true
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
    ///   - durable: The terms of a durable subscription.
    ///   - now: The time.
    /// - Returns: The SUBSCRIBE, whose number is the incarnation.
    package mutating func subscribe(
        _ subjects: [String],
        durable: DurableTerms? = nil,
        now: Uptime
    ) -> Frame {
        precondition(isOpen, "a subscription needs an open session")
        beginIncarnation(.snapshot, now: now)
        return Subscribe(subjects: subjects, credit: granted, durable: durable)
            .frame(request: incarnation)
    }

    /// Begins a replay: the REPLAY to send.
    ///
    /// - Parameters:
    ///   - request: What is asked for; its credit is the session's.
    ///   - now: The time.
    /// - Returns: The REPLAY, whose number is the incarnation.
    package mutating func replay(_ request: ReplayRequest, now: Uptime) -> Frame {
        precondition(isOpen, "a replay needs an open session")
        beginIncarnation(.replay, now: now)
        var request = request
        request.credit = granted
        return request.frame(request: incarnation)
    }

    private mutating func beginIncarnation(_ state: State, now: Uptime) {
        incarnation = request(now: now)
        lastDelivered = 0
        fetchedAt = nil
        self.state = state
        granted = bytesReceived + windowBytes
    }

    /// Says what became of deliveries: the SETTLE to send; `nil` where there is no subscription.
    package mutating func settle(
        _ numbers: ClosedRange<UInt64>,
        _ word: Settlement.Word,
        now: Uptime
    ) -> Frame? {
        guard state == .snapshot || state == .live else { return nil }
        pulse.sent(at: now)
        return Settlement(incarnation: incarnation, numbers, word).frame
    }

    /// Lets the replay go on otherwise: the PACE to send; `nil` where there is none.
    package mutating func pace(speed: Int, isPaused: Bool, now: Uptime) -> Frame? {
        guard state == .replay else { return nil }
        pulse.sent(at: now)
        return Pace(incarnation: incarnation, speed: speed, isPaused: isPaused).frame
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
        case .open, .snapshot, .live, .replay:
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
                // A CREDIT that was lost is made good by the next PING.
                return .send(.beat(.ping, number: lastDelivered, expect: granted))
            case .nothing:
                return .none
            }
        }
    }
}
