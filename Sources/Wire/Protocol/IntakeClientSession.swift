package import Domain

/// An agency's end of an intake session, from HELLO to its end (接入会话,单位侧).
///
/// A pure value: its owner sends the frames that come out of it, in that order, and calls `tick` at
/// `deadline`. It knows numbers and credit, never the lines: the outbox does. One thread at a time.
package struct IntakeClientSession: Sendable {
    /// Where the session stands.
    package enum State: String, CaseIterable, Hashable, Sendable {
        /// Not begun.
        case idle
        /// HELLO is out.
        case greeting
        /// Lines may be sent.
        case open
        /// Over; make another.
        case ended
    }

    /// What the outbox has.
    package struct Outbox: Equatable, Sendable {
        /// The stream and its last receipt.
        package var start: StreamStart
        /// The lowest number whose line is kept; the next to be assigned when none is.
        package var oldestKept: UInt64
        /// The highest number ever assigned, 0 before the first.
        package var lastAssigned: UInt64

        /// A position from its parts.
        package init(start: StreamStart, oldestKept: UInt64, lastAssigned: UInt64) {
            self.start = start
            self.oldestKept = oldestKept
            self.lastAssigned = lastAssigned
        }
    }

    /// What a message asks of the owner.
    package enum ReceivedAction: Equatable, Sendable {
        /// Nothing; credit may have grown.
        case none
        /// WELCOME came: send lines from `next` on.
        case opened(Welcome, next: UInt64)
        /// Receipts; some may be known. Compare each digest, then forget the line.
        case receipts([Receipt])
        /// Lines or receipts were lost on the way: send again from `next` on.
        case rewound(to: UInt64)
        /// Send this; where `rewoundTo` is there, lines from it on again.
        case send(Frame, rewoundTo: UInt64?)
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
    /// The number of the next line to send.
    package private(set) var next: UInt64
    /// The bounds that the hub stated.
    package private(set) var limits = Welcome.Limits()

    /// The number that the hub asked for in its WELCOME; `nil` before it.
    package private(set) var expected: UInt64?

    private let agent: String
    private let outbox: Outbox
    private let lane: Lane
    private var attempt: UInt64 = 0
    private var pulse: Pulse
    /// The last number receipted in this session, in sequence.
    package private(set) var receipted: UInt64
    /// The highest number sent in this session.
    private var sent: UInt64 = 0
    private var credit: UInt64 = 0
    private var bytesSent: UInt64 = 0
    /// What had been sent when the PING that is still unanswered went out.
    private var sentAtPing: UInt64?
    /// How long the oldest line without a receipt has waited; PING tells it to the hub.
    package var oldestMilliseconds: Int64 = 0
    /// Something was lost, so that its bytes are gone from the credit for good.
    private var hasLost = false
    private var resendingUntil = Uptime(milliseconds: .min)
    /// When a receipt last came, or lines went out while none was awaited.
    private var progressAt = Uptime(milliseconds: .min)

    /// A session that has not begun.
    ///
    /// - Parameters:
    ///   - outbox: What the outbox has now.
    ///   - lane: The lane that the outbox is for; a hub of the other one gets no line.
    ///   - agent: Program and version, for the hub's log.
    ///   - greetingSilence: How long to wait for WELCOME.
    package init(
        outbox: Outbox,
        lane: Lane = .open,
        agent: String,
        greetingSilence: TimeSpan = .seconds(15)
    ) {
        self.lane = lane
        self.outbox = outbox
        self.agent = agent
        // Without a receipt everything that was assigned is kept, unless the lines are a part of a stream.
        receipted = outbox.start.receipted?.number ?? max(outbox.oldestKept, 1) - 1
        next = receipted + 1
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
        case .greeting, .open: pulse.deadline
        }
    }

    /// Bytes of PUT bodies that may be sent now.
    package var creditBytes: Int {
        guard state == .open, credit > bytesSent else { return 0 }
        return Int(min(credit - bytesSent, UInt64(limits.messageBytes)))
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
        return Hello(agent: agent, role: .intake(outbox.start)).frame(attempt: attempt)
    }

    /// The PUT of the lines from `next` on.
    ///
    /// - Parameters:
    ///   - lines: 1 to `limits.batch` lines whose body is within `creditBytes`.
    ///   - now: The time.
    /// - Returns: The PUT.
    package mutating func put(
        _ lines: some Collection<some Collection<UInt8>>,
        now: Uptime
    ) -> Frame {
        precondition(state == .open, "lines are sent in an open session")
        if next == receipted + 1 { progressAt = now }
        let frame = Put.frame(first: next, lines: lines)
        precondition(frame.body.count <= creditBytes, "lines beyond the credit")
        bytesSent += UInt64(frame.body.count)
        next += UInt64(lines.count)
        sent = max(sent, next - 1)
        pulse.sent(at: now)
        return frame
    }

    /// Ends the session from this side: the BYE to send, if the hub knows of the session.
    package mutating func close() -> Frame? {
        let wasKnown = state == .open || state == .greeting
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
        case .open:
            switch pulse.need(at: now) {
            case .giveUp:
                state = .ended
                return .ended(.silent("was silent", pulse.silence))
            case .nothing:
                return .none
            case .beat:
                if isStarved { return .ended(starve()) }
                pulse.sent(at: now)
                sentAtPing = sent
                let age = oldestMilliseconds > 0 ? UInt64(oldestMilliseconds) : nil
                return .send(.beat(.ping, number: sent, expect: age))
            }
        }
    }

    /// All is receipted and still there is no credit for one event, because lost bytes count on.
    private var isStarved: Bool {
        hasLost && receipted + 1 == next
            && creditBytes < ProtocolLimits.eventBytesMax + Put.prefixBytes
    }

    private mutating func starve() -> SessionEnd {
        state = .ended
        return SessionEnd(
            .creditExceeded,
            "Messages were lost on the way and took the credit with them; connect again.",
            advice: .again
        )
    }

    /// A message came from the hub.
    ///
    /// Any bytes in any state have a result: `docs/protocol.md` §10.1.
    package mutating func received(_ bytes: [UInt8], now: Uptime) -> ReceivedAction {
        let message: Message
        do throws(ProtocolError) {
            message = try Message(decoding: bytes)
        } catch {
            switch state {
            case .idle, .greeting, .ended: return .none
            case .open: return end(SessionEnd(error))
            }
        }
        switch state {
        case .idle, .ended:
            return .none
        case .greeting:
            return receivedInGreeting(message, now: now)
        case .open:
            pulse.heard(at: now)
            return receivedInOpen(message, now: now)
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
            pulse.heard(at: now)
            return open(welcome, now: now)
        case .error(let notice) where notice.isFatal && [0, attempt].contains(message.number):
            return end(SessionEnd(notice))
        case .welcome, .error, .hello, .ping, .pong, .bye, .credit, .put, .receipts, .subscribe,
            .deliver, .snapshotEnd, .query, .answer, .command, .outcome, .fetch, .settle,
            .position, .replay, .replayChunk, .replayEnd, .pace, .optional:
            return .none
        }
    }

    private mutating func open(_ welcome: Welcome, now: Uptime) -> ReceivedAction {
        guard ProtocolLimits.versions.contains(welcome.version), let expect = welcome.expect else {
            return end(
                SessionEnd(.malformed("WELCOME names no version of HELLO, or has no `expect`."))
            )
        }
        guard welcome.lane == lane else {
            return end(
                SessionEnd(
                    .otherLane,
                    "The hub serves the \(welcome.lane.rawValue) lane, the outbox is for the "
                        + "\(lane.rawValue) one; correct the endpoint and the hub's key.",
                    advice: .stop
                )
            )
        }
        expected = expect
        let begin = min(expect, receipted + 1)
        guard begin >= outbox.oldestKept, expect <= outbox.lastAssigned + 1 else {
            return end(
                SessionEnd(
                    .numberGap,
                    "The hub expects \(expect); the outbox keeps \(outbox.oldestKept) to "
                        + "\(outbox.lastAssigned); a new epoch is needed.",
                    advice: .newEpoch
                )
            )
        }
        state = .open
        limits = welcome.limits
        credit = welcome.credit
        next = begin
        receipted = begin - 1
        pulse.heartbeat = welcome.heartbeat
        pulse.silence = welcome.silence
        pulse.sent(at: now)
        return .opened(welcome, next: begin)
    }

    private mutating func receivedInOpen(_ message: Message, now: Uptime) -> ReceivedAction {
        switch message.content {
        case .receipts(let receipts):
            progressAt = now
            return take(receipts, first: message.number)
        case .credit:
            credit = max(credit, message.number)
            return .none
        case .ping:
            let lost = noticeLostReceipts(hub: message.number, now: now)
            return .send(.beat(.pong, number: sent), rewoundTo: lost)
        case .pong(let expect):
            let before = sentAtPing
            sentAtPing = nil
            if let lost = noticeLostReceipts(hub: message.number, now: now) {
                return .rewound(to: lost)
            }
            guard let expect, expect > receipted else { return .none }
            // Before what the hub lacks: where both were lost and no credit is left, only a line
            // without a receipt tells that nothing more will come.
            if let lost = noticeLostResending(expect, now: now) { return .rewound(to: lost) }
            if let before, expect <= before { return rewind(to: expect) }
            return .none
        case .error(let notice):
            return take(notice)
        case .bye:
            return end(.draining)
        case .optional:
            return .none
        case .hello, .welcome, .put, .subscribe, .deliver, .snapshotEnd, .query, .answer, .command,
            .outcome, .fetch, .settle, .position, .replay, .replayChunk, .replayEnd, .pace:
            return end(
                SessionEnd(
                    ProtocolError(
                        .unexpectedMessage,
                        "The hub sent \(message.name) in an intake session; report it."
                    )
                )
            )
        }
    }

    private mutating func take(_ receipts: Receipts, first: UInt64) -> ReceivedAction {
        let last = first + UInt64(receipts.receipts.count) - 1
        guard receipts.epoch == outbox.start.epoch, receipts.stream == outbox.start.stream,
            last <= sent
        else {
            return end(
                SessionEnd(
                    ProtocolError(
                        .unexpectedMessage,
                        "The hub receipted \(first) to \(last) of a stream or lines not sent."
                    )
                )
            )
        }
        credit = max(credit, receipts.credit)
        guard first <= receipted + 1 else {
            return rewind(to: receipted + 1)
        }
        receipted = max(receipted, last)
        next = max(next, receipted + 1)
        return .receipts(receipts.receipts)
    }

    private mutating func rewind(to number: UInt64) -> ReceivedAction {
        hasLost = true
        sentAtPing = nil
        next = min(next, number)
        return .rewound(to: next)
    }

    /// Lines sent once more take their time: what the hub says meanwhile is no new loss.
    private mutating func noticeLostReceipts(hub: UInt64, now: Uptime) -> UInt64? {
        guard hub > receipted, hub <= sent, now >= resendingUntil else { return nil }
        resendingUntil = now + pulse.silence
        _ = rewind(to: receipted + 1)
        return next
    }

    /// The hub has the next line without a receipt, and yet no receipt comes: lines that were sent once
    /// more were lost on the way, which no number of the hub's shows.
    private mutating func noticeLostResending(_ expect: UInt64, now: Uptime) -> UInt64? {
        guard expect > receipted + 1, sent > receipted, now >= resendingUntil,
            now >= progressAt + pulse.silence
        else { return nil }
        resendingUntil = now + pulse.silence
        _ = rewind(to: receipted + 1)
        return next
    }

    private mutating func take(_ notice: ErrorNotice) -> ReceivedAction {
        if notice.isFatal { return end(SessionEnd(notice)) }
        guard notice.code == .numberGap, let expect = notice.expect else { return .none }
        guard expect >= outbox.oldestKept, expect <= sent else {
            return end(SessionEnd(.numberGap, notice.reason, advice: .again))
        }
        return rewind(to: expect)
    }
}
