package import Domain

/// The hub's end of a desk session (值班会话,联动侧).
///
/// A pure value: the owner judges HELLO, rights and filters; the session numbers deliveries and keeps
/// to the client's credit. Deliveries never wait in it: where there is no room the owner keeps its
/// place in the decision log and reads on from there later. One thread at a time.
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
        /// A replay is under way.
        case replay
        /// Over.
        case ended
    }

    /// What a message asks of the owner.
    package enum ReceivedAction: Equatable, Sendable {
        /// Nothing.
        case none
        /// Send these.
        case send([Frame])
        /// There may be more room now; send these first.
        case room([Frame])
        /// Check rights; take a snapshot at one point and hand it over, then everything after it.
        ///
        /// An earlier subscription or replay of the session is over. Send the frames first.
        case subscribe(incarnation: UInt64, [SubjectPattern], DurableTerms?, send: [Frame])
        /// Go back to a delivery and send from there on, after `rewind`.
        case fetch(first: UInt64)
        /// Note what became of deliveries of the durable subscription.
        case settle(Settlement)
        /// Check rights; walk through the decisions asked for.
        ///
        /// An earlier subscription or replay of the session is over. Send the frames first.
        case replay(incarnation: UInt64, ReplayRequest, [SubjectPattern], send: [Frame])
        /// The replay goes on otherwise.
        case pace(Pace)
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

    /// What became of a delivery.
    package enum Delivered: Equatable, Sendable {
        /// Send this.
        case sent(Frame)
        /// It needs so many bytes of room; nothing has changed.
        case full(Int)
        /// It is for nobody any more.
        case over
    }

    /// Where the session stands.
    package internal(set) var state = State.greeting
    /// The number of the SUBSCRIBE or REPLAY in force, 0 without one.
    package internal(set) var incarnation: UInt64 = 0
    /// The number of the last DELIVER or record of this incarnation.
    package internal(set) var lastNumber: UInt64 = 0

    private let attempt: UInt64
    var pulse: Pulse
    /// Answers that wait for credit; at most as many as queries may be open.
    var waitingAnswers: [Frame] = []
    var credit: UInt64 = 0
    var bytesSent: UInt64 = 0
    var openQueries: [UInt64] = []
    var openCommands: [UInt64] = []

    /// A session whose HELLO is being judged.
    ///
    /// - Parameters:
    ///   - attempt: The number of the HELLO.
    ///   - heartbeat: When PING is due.
    ///   - silence: When the session is over; above `heartbeat`.
    ///   - now: The time.
    package init(
        attempt: UInt64,
        heartbeat: TimeSpan,
        silence: TimeSpan,
        now: Uptime
    ) {
        self.attempt = attempt
        pulse = Pulse(heartbeat: heartbeat, silence: silence, now: now)
    }

    /// When `tick` is due; `nil` when never.
    package var deadline: Uptime? {
        switch state {
        case .greeting, .ended: nil
        case .open, .snapshot, .live, .replay: pulse.deadline
        }
    }

    var isOpen: Bool { deadline != nil }

    /// The HELLO is accepted: the WELCOME to send.
    ///
    /// - Parameters:
    ///   - session: The name of the session in both logs.
    ///   - principal: Who the client is.
    ///   - hub: The division code of the hub's county.
    ///   - lane: The lane that the hub serves.
    ///   - now: The time.
    /// - Returns: The WELCOME.
    package mutating func welcome(
        session: UInt64,
        principal: Principal,
        hub: String,
        lane: Lane = .open,
        now: Uptime
    ) -> Frame {
        precondition(state == .greeting, "a session is welcomed once")
        state = .open
        pulse.sent(at: now)
        return Welcome(
            session: session,
            principal: principal.text,
            hub: hub,
            lane: lane,
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
        waitingAnswers = []
        return ErrorNotice(error, isFatal: true).frame(number: number)
    }

    /// The hub stops: the BYE to send; what waits for credit is dropped.
    package mutating func drain() -> Frame? {
        guard state != .ended else { return nil }
        state = .ended
        waitingAnswers = []
        return Frame(.bye, number: 0)
    }

    /// Bytes of bodies that the client has granted and that nothing waits for.
    package var room: Int {
        guard waitingAnswers.isEmpty, credit > bytesSent else { return 0 }
        return Int(credit - bytesSent)
    }
}

// What the hub hands over.
extension DeskHubSession {
    /// The next decision for the subscription.
    ///
    /// - Parameters:
    ///   - incarnation: That of the `subscribe` action it belongs to.
    ///   - subject: Its subject.
    ///   - decision: One JSON object, printed once for many sessions.
    ///   - now: The time.
    /// - Returns: What became of it.
    package mutating func deliver(
        incarnation: UInt64,
        subject: String,
        decision: [UInt8],
        now: Uptime
    ) -> Delivered {
        let frame = deliver(incarnation, lastNumber + 1, subject, again: 0, decision, now)
        if case .sent = frame { lastNumber += 1 }
        return frame
    }

    /// A decision that was delivered before, under its number.
    package mutating func redeliver(
        incarnation: UInt64,
        number: UInt64,
        again: Int,
        subject: String,
        decision: [UInt8],
        now: Uptime
    ) -> Delivered {
        guard number <= lastNumber else { return .over }
        return deliver(incarnation, number, subject, again: again, decision, now)
    }

    private mutating func deliver(
        _ incarnation: UInt64,
        _ number: UInt64,
        _ subject: String,
        again: Int,
        _ decision: [UInt8],
        _ now: Uptime
    ) -> Delivered {
        guard incarnation == self.incarnation, state == .snapshot || state == .live else {
            return .over
        }
        let frame = Delivery.frame(
            number: number,
            incarnation: incarnation,
            phase: state == .snapshot ? .snapshot : .live,
            subject: subject,
            again: again,
            decision: decision
        )
        return spend(frame, now: now)
    }

    /// What follows begins with this number once more.
    package mutating func rewind(incarnation: UInt64, to number: UInt64) {
        guard incarnation == self.incarnation, number >= 1, number <= lastNumber else { return }
        lastNumber = number - 1
    }

    /// The snapshot of this incarnation is complete; what is delivered from now on is live.
    package mutating func endSnapshot(incarnation: UInt64, now: Uptime) -> SendAction {
        guard state == .snapshot, incarnation == self.incarnation else { return .none }
        state = .live
        pulse.sent(at: now)
        return .send([SnapshotEnd(incarnation: incarnation, count: lastNumber).frame])
    }

    /// How far the durable subscription is settled; needs no credit.
    package mutating func position(_ position: Position, now: Uptime) -> SendAction {
        guard position.incarnation == incarnation, state == .snapshot || state == .live else {
            return .none
        }
        pulse.sent(at: now)
        return .send([position.frame])
    }

    /// Records of the replay; they must fit into the room.
    package mutating func chunk(
        incarnation: UInt64,
        form: ReplayRequest.Form,
        token: String,
        records: ReplayRecords,
        now: Uptime
    ) -> Delivered {
        guard incarnation == self.incarnation, state == .replay else { return .over }
        let frame = ReplayChunk.frame(
            number: lastNumber + 1,
            incarnation: incarnation,
            form: form,
            token: token,
            records: records
        )
        let result = spend(frame, now: now)
        if case .sent = result { lastNumber += UInt64(records.count) }
        return result
    }

    /// The replay has shown everything.
    package mutating func endReplay(_ end: ReplayEnd, now: Uptime) -> SendAction {
        guard end.incarnation == incarnation, state == .replay else { return .none }
        state = .open
        let frame = end.frame(number: lastNumber)
        forgetIncarnation()
        pulse.sent(at: now)
        return .send([frame])
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
        waitingAnswers.append(
            Frame(.answer, number: request, bodyBytes: body.count) {
                $0.append(contentsOf: body)
            }
        )
        let frames = affordableAnswers(now: now)
        return frames.isEmpty ? .none : .send(frames)
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

    /// Refuses the SUBSCRIBE, REPLAY, QUERY or COMMAND of this number; the session goes on.
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
            forgetIncarnation()
        }
        pulse.sent(at: now)
        return .send([ErrorNotice(error, isFatal: false).frame(number: request)])
    }

    /// Time passed.
    package mutating func tick(now: Uptime) -> SendAction {
        switch state {
        case .greeting, .ended:
            return .none
        case .open, .snapshot, .live, .replay:
            switch pulse.need(at: now) {
            case .nothing:
                return .none
            case .beat:
                pulse.sent(at: now)
                return .send([.beat(.ping, number: lastNumber)])
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

    private mutating func spend(_ frame: Frame, now: Uptime) -> Delivered {
        guard frame.body.count <= room else { return .full(frame.body.count) }
        bytesSent += UInt64(frame.body.count)
        pulse.sent(at: now)
        return .sent(frame)
    }

    /// The answers that the credit allows, in order.
    mutating func affordableAnswers(now: Uptime) -> [Frame] {
        var frames: [Frame] = []
        while let frame = waitingAnswers.first, bytesSent + UInt64(frame.body.count) <= credit {
            bytesSent += UInt64(frame.body.count)
            frames.append(waitingAnswers.removeFirst())
        }
        if !frames.isEmpty { pulse.sent(at: now) }
        return frames
    }

    /// A subscription or replay is over; answers stay.
    mutating func forgetIncarnation() {
        incarnation = 0
        lastNumber = 0
    }
}
