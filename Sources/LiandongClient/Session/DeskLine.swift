import Domain
package import Wire

/// An officer's line to the hub: questions, commands and a subscription (值班专线).
///
/// It sends, waits and reconnects nothing by itself: a cut ends it with an error that says what to
/// do. One thread uses it.
package struct DeskLine<Connection: HubConnection & ~Copyable>: ~Copyable {
    /// Why the line is of no use any more, or a request was refused.
    package enum Failure: Error, Sendable {
        /// The session is over.
        case ended(SessionEnd)
        /// The hub refused this request; the line goes on.
        case refused(ErrorNotice)
        /// The hub did not answer in time.
        case silent
        /// The network failed.
        case network(ConnectionError)
    }

    /// What comes of a subscription or a replay.
    package enum Event: Sendable {
        /// A decision, in order and without a gap.
        case delivered(Delivery, number: UInt64)
        /// The snapshot is complete.
        case snapshotComplete(count: UInt64)
        /// The durable subscription is settled so far, on the hub's disk.
        case settled(Position)
        /// Decisions of the replay, in order and without a gap.
        case replayed(ReplayChunk, first: UInt64)
        /// The replay has shown everything.
        case replayEnded(ReplayEnd)
    }

    private var connection: Connection
    private var session: DeskClientSession
    private let clock: any ClientClock
    private var answers: [UInt64: Answer] = [:]
    private var outcomes: [UInt64: CommandOutcome] = [:]
    private var refusals: [UInt64: ErrorNotice] = [:]
    private var events: [Event] = []
    /// What came while there was no room to send.
    private var early: [[UInt8]] = []

    /// Opens a line.
    ///
    /// - Parameters:
    ///   - connection: The connection, which may still be being made.
    ///   - agent: Program and version, for the hub's log.
    ///   - windowBytes: Bytes granted to the hub ahead; at least 1 MiB.
    ///   - clock: Where it reads time.
    ///   - milliseconds: How long to wait for the hub.
    /// - Throws: When the hub does not answer or refuses the session.
    package init(
        _ connection: consuming Connection,
        agent: String,
        windowBytes: Int = 2 * ProtocolLimits.answerBytesMax,
        clock: any ClientClock = MonotonicClock(),
        within milliseconds: Int64 = 10_000
    ) throws(Failure) {
        self.connection = connection
        self.clock = clock
        session = DeskClientSession(
            agent: agent,
            windowBytes: windowBytes,
            greetingSilence: TimeSpan(milliseconds: milliseconds)
        )
        let hello = session.connect(attempt: 1, now: clock.now)
        let deadline = clock.now + TimeSpan(milliseconds: milliseconds)
        try send(hello, by: deadline)
        while !session.isOpen { try turn(by: deadline) }
    }

    /// One page of an answer.
    package mutating func ask(
        _ query: Query,
        within milliseconds: Int64 = 30_000
    ) throws(Failure) -> Answer {
        let deadline = clock.now + TimeSpan(milliseconds: milliseconds)
        guard let frame = session.ask(query, now: clock.now) else {
            preconditionFailure("a line asks one question at a time")
        }
        try send(frame, by: deadline)
        let request = frame.number
        while true {
            if let answer = answers.removeValue(forKey: request) { return answer }
            if let refusal = refusals.removeValue(forKey: request) { throw .refused(refusal) }
            try turn(by: deadline)
        }
    }

    /// All rows of an answer, page after page.
    ///
    /// - Parameters:
    ///   - query: The question, without a cursor.
    ///   - rowsMax: Where to stop.
    /// - Returns: The rows, at most `rowsMax` of them.
    /// - Throws: As `ask`.
    package mutating func askAll(
        _ query: Query,
        rowsMax: Int = 1_000_000
    ) throws(Failure) -> [JSONValue] {
        var query = query
        var rows: [JSONValue] = []
        while true {
            let answer = try ask(query)
            rows += answer.rows.elements ?? [answer.rows]
            guard let next = answer.next, rows.count < rowsMax else {
                return Array(rows.prefix(rowsMax))
            }
            query.after = next
        }
    }

    /// Sends a command and waits for its outcome, which comes after the hub's sync.
    package mutating func command(
        _ command: CommandRequest,
        within milliseconds: Int64 = 30_000
    ) throws(Failure) -> CommandOutcome {
        let deadline = clock.now + TimeSpan(milliseconds: milliseconds)
        guard let frame = session.command(command, now: clock.now) else {
            preconditionFailure("a line sends one command at a time")
        }
        try send(frame, by: deadline)
        let request = frame.number
        while true {
            if let outcome = outcomes.removeValue(forKey: request) { return outcome }
            if let refusal = refusals.removeValue(forKey: request) { throw .refused(refusal) }
            try turn(by: deadline)
        }
    }

    /// Subscribes; what comes is read by `next`.
    ///
    /// - Parameters:
    ///   - subjects: 1 to 64 patterns.
    ///   - durable: The terms of a durable subscription.
    /// - Throws: When the line is of no use any more.
    package mutating func subscribe(
        _ subjects: [String],
        durable: DurableTerms? = nil
    ) throws(Failure) {
        events = []
        let frame = session.subscribe(subjects, durable: durable, now: clock.now)
        try send(frame, by: clock.now + .seconds(10))
    }

    /// Says what became of deliveries of a durable subscription.
    package mutating func settle(
        _ numbers: ClosedRange<UInt64>,
        _ word: Settlement.Word = .done
    ) throws(Failure) {
        guard let frame = session.settle(numbers, word, now: clock.now) else { return }
        try send(frame, by: clock.now + .seconds(10))
    }

    /// Begins a replay; what comes is read by `next`.
    package mutating func replay(_ request: ReplayRequest) throws(Failure) {
        events = []
        let frame = session.replay(request, now: clock.now)
        try send(frame, by: clock.now + .seconds(10))
    }

    /// Lets the replay go on at another speed, stand still or go on.
    package mutating func pace(speed: Int, isPaused: Bool = false) throws(Failure) {
        guard let frame = session.pace(speed: speed, isPaused: isPaused, now: clock.now) else {
            return
        }
        try send(frame, by: clock.now + .seconds(10))
    }

    /// The next event of the subscription; `nil` when none came in time.
    package mutating func next(within milliseconds: Int64) throws(Failure) -> Event? {
        let deadline = clock.now + TimeSpan(milliseconds: milliseconds)
        while events.isEmpty {
            if let refusal = refusals.popFirst()?.value { throw .refused(refusal) }
            guard clock.now < deadline else { return nil }
            _ = try step(by: deadline)
        }
        return events.removeFirst()
    }

    /// Says goodbye.
    package consuming func close() {
        guard let bye = session.close() else { return }
        // A hub that does not hear it finds out by the silence.
        _ = try? connection.send(bye.bytes)
    }

    // MARK: One turn

    private mutating func turn(by deadline: Uptime) throws(Failure) {
        guard try step(by: deadline) else {
            throw .silent
        }
    }

    /// Waits for one message or for the time to act; `false` at the deadline.
    private mutating func step(by deadline: Uptime) throws(Failure) -> Bool {
        let now = clock.now
        guard now < deadline else { return false }
        switch session.tick(now: now) {
        case .none: break
        case .send(let frame): try send(frame, by: deadline)
        case .ended(let end): throw .ended(end)
        }
        let until = min(deadline, session.deadline ?? deadline)
        let wait = max(1, min(1000, until.milliseconds - now.milliseconds))
        let message: [UInt8]?
        do throws(ConnectionError) {
            message =
                early.isEmpty ? try connection.receive(within: Int(wait)) : early.removeFirst()
        } catch {
            throw .network(error)
        }
        guard let message else { return true }
        try take(session.received(message, now: clock.now), deadline)
        return true
    }

    private mutating func take(
        _ action: DeskClientSession.ReceivedAction,
        _ deadline: Uptime
    ) throws(Failure) {
        switch action {
        case .none: break
        case .send(let frame), .opened(_, let frame): try send(frame, by: deadline)
        case .delivered(let delivery, let number, let credit):
            events.append(.delivered(delivery, number: number))
            if let credit { try send(credit, by: deadline) }
        case .snapshotComplete(let count): events.append(.snapshotComplete(count: count))
        case .settled(let position): events.append(.settled(position))
        case .replayed(let chunk, let first, let credit):
            events.append(.replayed(chunk, first: first))
            if let credit { try send(credit, by: deadline) }
        case .replayEnded(let end): events.append(.replayEnded(end))
        case .answered(let request, let answer, let credit):
            answers[request] = answer
            if let credit { try send(credit, by: deadline) }
        case .outcome(let request, let outcome): outcomes[request] = outcome
        case .refused(let request, let notice): refusals[request] = notice
        case .ended(let end): throw .ended(end)
        }
    }

    private mutating func send(_ frame: Frame, by deadline: Uptime) throws(Failure) {
        while true {
            do throws(ConnectionError) {
                if try connection.send(frame.bytes) { return }
                // No room: the connection is not made yet, or the hub reads nothing.
                if let message = try connection.receive(within: 20) { early.append(message) }
            } catch {
                throw .network(error)
            }
            guard clock.now < deadline else { throw .silent }
        }
    }
}
