package import Domain

/// The hub's end of an intake session (接入会话,联动侧).
///
/// A pure value: the owner judges HELLO by gate and journal, then calls `welcome` or `fail`; it journals
/// what `take` names and hands the receipts back in that order. One thread at a time.
package struct IntakeHubSession: Sendable {
    /// Where the session stands.
    package enum State: String, CaseIterable, Hashable, Sendable {
        /// HELLO is being judged.
        case greeting
        /// Lines are taken.
        case open
        /// Nothing new is taken; what was taken is still receipted.
        case draining
        /// Over.
        case ended
    }

    /// What a message asks of the owner.
    package enum ReceivedAction: Equatable, Sendable {
        /// Nothing.
        case none
        /// Send this.
        case send(Frame)
        /// Judge and journal these lines; each is `put.events[range]`, from stream number `first` on.
        ///
        /// The first `known` of them were taken before: they want their receipts again.
        case take(Put, ranges: [Range<Int>], first: UInt64, known: Int)
        /// The client begins anew on this connection: drop this session, judge the HELLO.
        case restart(Hello, attempt: UInt64)
        /// The client said goodbye.
        case end
        /// Send this and drop the session.
        case fail(Frame)
    }

    /// What the passing of time asks of the owner.
    package enum TickAction: Equatable, Sendable {
        /// Nothing.
        case none
        /// Send these.
        case send([Frame])
        /// Send this and drop the session.
        case fail(Frame)
    }

    /// Where the session stands.
    package private(set) var state = State.greeting
    /// The agency's stream.
    package let stream: StreamID
    /// The next number that the hub would take.
    package private(set) var expect: UInt64 = 1
    /// Bytes of bodies that may be under way or in the hub without a receipt.
    ///
    /// 0 takes nothing more (engine behind, disk full); credit once granted stays granted.
    package var windowBytes: Int

    /// How long the client's oldest line without a receipt has waited, by its last PING.
    package private(set) var oldestMilliseconds: Int64?

    private let attempt: UInt64
    private var pulse: Pulse
    private var receipted: UInt64 = 0
    private var bytesReceived: UInt64 = 0
    private var bytesReleased: UInt64 = 0
    private var credit: UInt64 = 0
    /// What was taken and is not receipted: lines left and bytes, oldest first.
    private var openPuts: [(lines: Int, bytes: Int)] = []
    private var firstOpen = 0
    /// No word on the gap at `expect` before this time.
    private var gapSilence: (number: UInt64, until: Uptime)?

    /// A session whose HELLO is being judged.
    ///
    /// - Parameters:
    ///   - stream: The agency of the connection's key, with stream and epoch of the HELLO.
    ///   - attempt: The number of the HELLO.
    ///   - windowBytes: The window to begin with.
    ///   - heartbeat: When PING is due.
    ///   - silence: When the session is over; above `heartbeat`.
    ///   - now: The time.
    package init(
        stream: StreamID,
        attempt: UInt64,
        windowBytes: Int,
        heartbeat: TimeSpan,
        silence: TimeSpan,
        now: Uptime
    ) {
        self.stream = stream
        self.attempt = attempt
        self.windowBytes = windowBytes
        pulse = Pulse(heartbeat: heartbeat, silence: silence, now: now)
    }

    /// When `tick` is due; `nil` when never.
    package var deadline: Uptime? {
        switch state {
        case .greeting, .ended: nil
        case .open, .draining: pulse.deadline
        }
    }

    /// Lines taken and not receipted.
    package var openLines: Int { openPuts[firstOpen...].reduce(0) { $0 + $1.lines } }

    /// Some lines are taken and not receipted.
    package var hasOpenLines: Bool { firstOpen < openPuts.count }

    /// Bytes that the client may still send.
    package var unusedCredit: UInt64 { credit - min(credit, bytesReceived) }

    /// The HELLO is accepted: the WELCOME to send.
    ///
    /// - Parameters:
    ///   - session: The name of the session in both logs.
    ///   - hub: The division code of the hub's county.
    ///   - lane: The lane that the hub serves.
    ///   - expect: The number of the first line that the journal does not have.
    ///   - now: The time.
    /// - Returns: The WELCOME.
    package mutating func welcome(
        session: UInt64,
        hub: String,
        lane: Lane = .open,
        expect: UInt64,
        now: Uptime
    ) -> Frame {
        precondition(state == .greeting, "a session is welcomed once")
        state = .open
        self.expect = expect
        pulse.sent(at: now)
        return Welcome(
            session: session,
            principal: Principal.agency(stream.agency).text,
            hub: hub,
            lane: lane,
            credit: grantedCredit(),
            heartbeat: pulse.heartbeat,
            silence: pulse.silence,
            expect: expect
        ).frame(attempt: attempt)
    }

    /// The session ends with an error: the fatal ERROR to send.
    ///
    /// - Parameters:
    ///   - error: Why; `notPermitted`, `numberConflict`, `sessionReplaced`, `diskFull` …
    ///   - number: Of the message that it is about; that of HELLO when `nil` while it is judged.
    /// - Returns: The ERROR.
    package mutating func fail(_ error: ProtocolError, number: UInt64? = nil) -> Frame {
        let number = number ?? (state == .greeting ? attempt : 0)
        state = .ended
        return ErrorNotice(error, isFatal: true).frame(number: number)
    }

    /// Takes nothing more; the frames to send now.
    ///
    /// BYE follows the last receipt; with nothing open it is here.
    package mutating func drain() -> [Frame] {
        switch state {
        case .greeting:
            return [fail(ProtocolError(.draining, "The hub is being stopped; connect again."))]
        case .open:
            state = .draining
            return endIfDrained()
        case .draining, .ended:
            return []
        }
    }

    private mutating func endIfDrained() -> [Frame] {
        guard state == .draining, firstOpen == openPuts.count else { return [] }
        state = .ended
        return [Frame(.bye, number: 0)]
    }

    /// Lines are on disk: the RECEIPTS to send, and BYE when the session was draining.
    ///
    /// - Parameters:
    ///   - receipts: For lines named by `take`, in that order, with contiguous numbers; any count.
    ///   - now: The time.
    /// - Returns: One RECEIPTS for each 1,024 receipts.
    package mutating func receiptsReady(_ receipts: [Receipt], now: Uptime) -> [Frame] {
        guard state == .open || state == .draining, let last = receipts.last else { return [] }
        release(lines: receipts.count)
        receipted = max(receipted, last.number)
        credit = grantedCredit()
        pulse.sent(at: now)
        var frames: [Frame] = []
        var start = 0
        while start < receipts.count {
            let end = min(start + ProtocolLimits.batchMax, receipts.count)
            frames.append(
                Receipts(
                    epoch: stream.epoch,
                    stream: stream.name,
                    credit: credit,
                    receipts: end - start == receipts.count
                        ? receipts : Array(receipts[start..<end])
                ).frame
            )
            start = end
        }
        return frames + endIfDrained()
    }

    private mutating func release(lines: Int) {
        var lines = lines
        while lines > 0 {
            precondition(firstOpen < openPuts.count, "more receipts than lines taken")
            if openPuts[firstOpen].lines > lines {
                openPuts[firstOpen].lines -= lines
                return
            }
            lines -= openPuts[firstOpen].lines
            bytesReleased += UInt64(openPuts[firstOpen].bytes)
            firstOpen += 1
        }
        if firstOpen == openPuts.count {
            openPuts.removeAll(keepingCapacity: true)
            firstOpen = 0
        } else if firstOpen >= 64 {
            openPuts.removeFirst(firstOpen)
            firstOpen = 0
        }
    }

    private mutating func grantedCredit() -> UInt64 {
        credit = max(credit, bytesReleased + UInt64(max(windowBytes, 0)))
        return credit
    }

    /// Time passed.
    package mutating func tick(now: Uptime) -> TickAction {
        switch state {
        case .greeting, .ended:
            return .none
        case .open, .draining:
            let before = credit
            var frames: [Frame] = []
            // RECEIPTS carry what the window has grown by; a message of its own is for a client that has
            // no more than half of it left and may wait for no receipt.
            let unspent = before - min(before, bytesReceived)
            if unspent <= UInt64(max(0, windowBytes)) / 2, grantedCredit() > before {
                frames.append(Frame(.credit, number: credit))
            }
            switch pulse.need(at: now) {
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
            case .beat where frames.isEmpty:
                // In a pause the client gets its whole window again, and a CREDIT that was lost on
                // the way is made good.
                frames.append(Frame(.credit, number: grantedCredit()))
                frames.append(.beat(.ping, number: receipted, expect: expect))
            case .beat, .nothing:
                break
            }
            if frames.isEmpty { return .none }
            pulse.sent(at: now)
            return .send(frames)
        }
    }

    /// A message came from the client.
    ///
    /// Any bytes in any state have a result: `docs/protocol.md` §10.2.
    package mutating func received(_ bytes: [UInt8], now: Uptime) -> ReceivedAction {
        if state == .ended { return .none }
        let message: Message
        do throws(ProtocolError) {
            message = try Message(decoding: bytes)
        } catch {
            return .fail(fail(error))
        }
        pulse.heard(at: now)
        switch message.content {
        case .hello(let hello):
            state = .ended
            return .restart(hello, attempt: message.number)
        case .bye:
            state = .ended
            return .end
        case .optional, .error:
            return .none
        case .put(let put):
            return take(put, first: message.number, now: now)
        case .ping(let age):
            oldestMilliseconds = Int64(clamping: age ?? 0)
            guard state != .greeting else { return .none }
            return .send(.beat(.pong, number: receipted, expect: expect))
        case .pong:
            return .none
        case .welcome, .credit, .receipts, .subscribe, .deliver, .snapshotEnd, .query, .answer,
            .command, .outcome, .fetch, .settle, .position, .replay, .replayChunk, .replayEnd,
            .pace:
            return unexpected(message)
        }
    }

    private mutating func unexpected(_ message: Message) -> ReceivedAction {
        .fail(
            fail(
                ProtocolError(
                    .unexpectedMessage,
                    "\(message.name) has no place in an intake session here; say HELLO again."
                ),
                number: message.number
            )
        )
    }

    private mutating func take(_ put: Put, first: UInt64, now: Uptime) -> ReceivedAction {
        switch state {
        case .greeting: return unexpected(Message(number: first, .put(put)))
        case .draining, .ended: return .none
        case .open: break
        }
        let bytes = put.events.count + Put.prefixBytes
        bytesReceived += UInt64(bytes)
        guard bytesReceived <= credit,
            openPuts.count - firstOpen < ProtocolLimits.openPutsMax
        else {
            return .fail(
                fail(
                    ProtocolError(
                        .creditExceeded,
                        "\(bytesReceived) bytes were sent, \(credit) granted; wait for RECEIPTS."
                    ),
                    number: first
                )
            )
        }
        guard first <= expect else {
            bytesReleased += UInt64(bytes)
            return gap(first: first, now: now)
        }
        let ranges: [Range<Int>]
        do throws(ProtocolError) {
            ranges = try put.ranges()
        } catch {
            return .fail(fail(error, number: first))
        }
        let known = Int(min(expect - first, UInt64(put.count)))
        expect = max(expect, first + UInt64(put.count))
        openPuts.append((lines: put.count, bytes: bytes))
        return .take(put, ranges: ranges, first: first, known: known)
    }

    /// All PUTs behind a lost one lie beyond the gap: one word on it is enough for a while.
    private mutating func gap(first: UInt64, now: Uptime) -> ReceivedAction {
        if let gapSilence, gapSilence.number == expect, now < gapSilence.until { return .none }
        gapSilence = (expect, now + pulse.heartbeat)
        pulse.sent(at: now)
        let notice = ErrorNotice(
            ProtocolError(
                .numberGap,
                "The PUT begins with \(first), \(expect) is expected; go back to it."
            ),
            isFatal: false,
            expect: expect
        )
        return .send(notice.frame(number: first))
    }
}
