package import Domain

/// The hub's end of a desk session (值班会话,联动侧).
///
/// A pure value: the owner judges HELLO, rights and filters; the session numbers deliveries, keeps to
/// the client's credit and bounds what waits for it. One thread at a time.
package struct DeskHubSession: Sendable {
    /// Where the session stands.
    package enum State: String, CaseIterable, Hashable, Sendable {
        /// HELLO is being judged.
        case greeting
        /// Welcome, without a subscription.
        case open
        /// Subscribed; the owner hands over the snapshot.
        case snapshot
        /// The snapshot is complete.
        case live
        /// Over.
        case ended
    }

    /// What a message asks of the owner.
    package enum ReceivedAction: Equatable, Sendable {
        /// Nothing.
        case none
        /// Send these.
        case send([Frame])
        /// Check rights; take a snapshot at one point and hand it over, then everything after it.
        ///
        /// An earlier subscription of the session is over. Send the frames first.
        case subscribe(incarnation: UInt64, [SubjectPattern], send: [Frame])
        /// Answer with `answer` or `refuse`.
        case ask(request: UInt64, Query)
        /// Answer with `outcome` or `refuse`.
        case command(request: UInt64, CommandRequest)
        /// The client begins anew on this connection: drop this session, judge the HELLO.
        case restart(Hello, attempt: UInt64)
        /// The client said goodbye.
        case end
        /// Send this and drop the session.
        case fail(Frame)
    }

    /// What something for the client, or the passing of time, asks of the owner.
    package enum SendAction: Equatable, Sendable {
        /// Nothing: it waits for credit, or is for nobody any more.
        case none
        /// Send these.
        case send([Frame])
        /// Send this and drop the session.
        case fail(Frame)
    }

    /// Where the session stands.
    package internal(set) var state = State.greeting
    /// The number of the SUBSCRIBE in force, 0 without one.
    package internal(set) var incarnation: UInt64 = 0
    /// Bytes that wait for the client's credit.
    package private(set) var queuedBytes = 0

    private let attempt: UInt64
    private let queueBytesMax: Int
    var pulse: Pulse
    private var queue: [Frame] = []
    private var queueStart = 0
    private var lastNumber: UInt64 = 0
    var lastSent: UInt64 = 0
    var credit: UInt64 = 0
    private var bytesSent: UInt64 = 0
    var openQueries: [UInt64] = []
    var openCommands: [UInt64] = []

    /// A session whose HELLO is being judged.
    ///
    /// - Parameters:
    ///   - attempt: The number of the HELLO.
    ///   - queueBytesMax: The most bytes that may wait for credit; past it the session fails.
    ///   - heartbeat: When PING is due.
    ///   - silence: When the session is over; above `heartbeat`.
    ///   - now: The time.
    package init(
        attempt: UInt64,
        queueBytesMax: Int = 16 << 20,
        heartbeat: TimeSpan,
        silence: TimeSpan,
        now: Uptime
    ) {
        self.attempt = attempt
        self.queueBytesMax = queueBytesMax
        pulse = Pulse(heartbeat: heartbeat, silence: silence, now: now)
    }

    /// When `tick` is due; `nil` when never.
    package var deadline: Uptime? {
        switch state {
        case .greeting, .ended: nil
        case .open, .snapshot, .live: pulse.deadline
        }
    }

    var isOpen: Bool { deadline != nil }

    /// The HELLO is accepted: the WELCOME to send.
    ///
    /// - Parameters:
    ///   - session: The name of the session in both logs.
    ///   - principal: Who the client is.
    ///   - hub: The division code of the hub's county.
    ///   - now: The time.
    /// - Returns: The WELCOME.
    package mutating func welcome(
        session: UInt64,
        principal: Principal,
        hub: String,
        now: Uptime
    ) -> Frame {
        precondition(state == .greeting, "a session is welcomed once")
        state = .open
        pulse.sent(at: now)
        return Welcome(
            session: session,
            principal: principal.text,
            hub: hub,
            credit: 0,
            heartbeat: pulse.heartbeat,
            silence: pulse.silence
        ).frame(attempt: attempt)
    }

    /// The session ends with an error: the fatal ERROR to send.
    ///
    /// - Parameters:
    ///   - error: Why.
    ///   - number: Of the message that it is about; that of HELLO when `nil` while it is judged.
    /// - Returns: The ERROR.
    package mutating func fail(_ error: ProtocolError, number: UInt64? = nil) -> Frame {
        let number = number ?? (state == .greeting ? attempt : 0)
        state = .ended
        dropQueue()
        return ErrorNotice(error, isFatal: true).frame(number: number)
    }

    /// The hub stops: the BYE to send; what waits for credit is dropped.
    package mutating func drain() -> Frame? {
        guard state != .ended else { return nil }
        state = .ended
        dropQueue()
        return Frame(.bye, number: 0)
    }

    mutating func dropQueue() {
        queue = []
        queueStart = 0
        queuedBytes = 0
    }
}

// What the hub hands over.
extension DeskHubSession {
    /// A decision for the subscription; dropped when the incarnation is over.
    ///
    /// - Parameters:
    ///   - incarnation: That of the `subscribe` action it belongs to.
    ///   - subject: Its subject.
    ///   - decision: One JSON object, printed once for many sessions.
    ///   - now: The time.
    /// - Returns: What to send.
    package mutating func deliver(
        incarnation: UInt64,
        subject: String,
        decision: [UInt8],
        now: Uptime
    ) -> SendAction {
        let phase: Delivery.Phase
        switch state {
        case .greeting, .open, .ended: return .none
        case .snapshot: phase = .snapshot
        case .live: phase = .live
        }
        guard incarnation == self.incarnation else { return .none }
        lastNumber += 1
        let frame = Delivery.frame(
            number: lastNumber,
            incarnation: incarnation,
            phase: phase,
            subject: subject,
            decision: decision
        )
        return enqueue(frame, now: now)
    }

    /// The snapshot of this incarnation is complete; what is delivered from now on is live.
    package mutating func endSnapshot(incarnation: UInt64, now: Uptime) -> SendAction {
        guard state == .snapshot, incarnation == self.incarnation else { return .none }
        state = .live
        return enqueue(SnapshotEnd(incarnation: incarnation, count: lastNumber).frame, now: now)
    }

    /// The body of the ANSWER to a QUERY, within 1 MiB; a larger one becomes an ERROR.
    package mutating func answer(request: UInt64, body: [UInt8], now: Uptime) -> SendAction {
        guard isOpen, let place = openQueries.firstIndex(of: request) else { return .none }
        guard body.count <= ProtocolLimits.answerBytesMax else {
            let bytes = ProtocolLimits.answerBytesMax
            return refuse(
                request: request,
                ProtocolError(.messageTooLarge, "The answer passes \(bytes) bytes; ask for less."),
                now: now
            )
        }
        openQueries.remove(at: place)
        let frame = Frame(.answer, number: request, bodyBytes: body.count) {
            $0.append(contentsOf: body)
        }
        return enqueue(frame, now: now)
    }

    /// What became of a COMMAND, after the sync; needs no credit.
    package mutating func outcome(
        request: UInt64,
        _ outcome: CommandOutcome,
        now: Uptime
    ) -> SendAction {
        guard isOpen, let place = openCommands.firstIndex(of: request) else { return .none }
        openCommands.remove(at: place)
        pulse.sent(at: now)
        return .send([outcome.frame(request: request)])
    }

    /// Refuses the SUBSCRIBE, QUERY or COMMAND of this number; the session goes on.
    package mutating func refuse(
        request: UInt64,
        _ error: ProtocolError,
        now: Uptime
    ) -> SendAction {
        guard isOpen else { return .none }
        openQueries.removeAll { $0 == request }
        openCommands.removeAll { $0 == request }
        if request == incarnation, incarnation > 0 {
            state = .open
            dropDeliveries()
        }
        pulse.sent(at: now)
        return .send([ErrorNotice(error, isFatal: false).frame(number: request)])
    }

    /// Time passed.
    package mutating func tick(now: Uptime) -> SendAction {
        switch state {
        case .greeting, .ended:
            return .none
        case .open, .snapshot, .live:
            switch pulse.need(at: now) {
            case .nothing:
                return .none
            case .beat:
                pulse.sent(at: now)
                return .send([.beat(.ping, number: lastSent)])
            case .giveUp:
                let span = pulse.silence.milliseconds
                return .fail(
                    fail(
                        ProtocolError(
                            .silentSession,
                            "Nothing was heard for \(span) ms; connect again."
                        )
                    )
                )
            }
        }
    }

    private mutating func enqueue(_ frame: Frame, now: Uptime) -> SendAction {
        queue.append(frame)
        queuedBytes += frame.bytes.count
        let frames = dequeue(now: now)
        guard queuedBytes <= queueBytesMax else {
            return .fail(
                fail(
                    ProtocolError(
                        .overloaded,
                        "\(queuedBytes) bytes wait for credit; grant more, then subscribe again."
                    )
                )
            )
        }
        return frames.isEmpty ? .none : .send(frames)
    }

    /// All that the credit allows, in order; SNAPSHOT_END costs nothing but keeps its place.
    mutating func dequeue(now: Uptime) -> [Frame] {
        var frames: [Frame] = []
        while queueStart < queue.count {
            let frame = queue[queueStart]
            let cost = frame.kind == .snapshotEnd ? 0 : UInt64(frame.body.count)
            guard bytesSent + cost <= credit else { break }
            bytesSent += cost
            if frame.kind == .deliver { lastSent = frame.number }
            queuedBytes -= frame.bytes.count
            queueStart += 1
            frames.append(frame)
        }
        if queueStart == queue.count {
            queue.removeAll(keepingCapacity: true)
            queueStart = 0
        } else if queueStart >= 1024 {
            queue.removeFirst(queueStart)
            queueStart = 0
        }
        if !frames.isEmpty { pulse.sent(at: now) }
        return frames
    }

    /// What waits of a subscription that is over is for nobody; answers stay.
    mutating func dropDeliveries() {
        queue = queue[queueStart...].filter { $0.kind == .answer }
        queueStart = 0
        queuedBytes = queue.reduce(0) { $0 + $1.bytes.count }
        incarnation = 0
        lastNumber = 0
        lastSent = 0
    }
}
