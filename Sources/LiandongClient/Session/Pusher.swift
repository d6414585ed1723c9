public import Domain
import Wire

/// Sends an outbox to the hub and records its receipts, through cuts and restarts (推送).
///
/// One thread turns it: `turn` sends what the hub's credit allows, takes what has come, and connects
/// again with growing pauses. What the outbox holds is never lost: a line leaves it only with a
/// receipt whose digest is that of the line.
public struct Pusher<Connection: HubConnection & ~Copyable>: ~Copyable {
    /// What happened in a turn, for a progress bar or a log.
    public enum Event: Equatable, Sendable {
        /// The hub took the session.
        case opened(hub: String)
        /// Receipts were recorded.
        case receipted(count: Int, problems: [Receipt])
        /// The open hub refused items for their lane; they are in the sealed outbox, or wait for one.
        case moved([ItemRef])
        /// The session ended; the next attempt follows by itself.
        case interrupted(reason: String)
    }

    /// Why the pusher stops: a person must act.
    public enum Stop: Error, Sendable, CustomStringConvertible {
        /// The hub refused for good.
        case refused(code: String, reason: String)
        /// The hub receipted another content than was sent.
        case wrongDigest(number: UInt64)
        /// The outbox failed.
        case outbox(OutboxError)
        /// The connection cannot be made.
        case connection(ConnectionError)

        /// What happened and what to do.
        public var description: String {
            switch self {
            case .refused(let code, let reason): "the hub refused (\(code)): \(reason)"
            case .wrongDigest(let number):
                "the hub's receipt for number \(number) is for another content; "
                    + "keep the outbox and call the hub's operator"
            case .outbox(let error): error.description
            case .connection(let error): error.description
            }
        }
    }

    private let outbox: Outbox
    private let lanes: LaneOutboxes?
    private let agent: String
    private let connect: () throws(ConnectionError) -> Connection
    private let pauseMax: TimeSpan
    private let clock: any ClientClock
    private var chance: any RandomNumberGenerator
    private var connection: Connection?
    private var session: IntakeClientSession?
    private var attempt: UInt64 = 0
    private var failures = 0
    private var nextAttempt = Uptime(milliseconds: .min)
    private var unsent: Frame?
    private var digests: [UInt64: (content: ContentDigest, bytes: ContentDigest)] = [:]
    private var events: [Event] = []

    /// Items of one PUT: where batches stop paying (DESIGN §5).
    private static var batchMax: Int { 64 }
    /// PUTs made and messages taken in one turn.
    private static var perTurn: Int { 64 }

    /// A pusher that has not begun.
    ///
    /// - Parameters:
    ///   - outbox: What to send; the pusher's thread alone uses it.
    ///   - lanes: Where what the open hub refuses for its lane goes; `nil` leaves it.
    ///   - agent: Program and version, for the hub's log.
    ///   - pauseMax: The longest pause between two attempts to connect.
    ///   - connect: Makes a connection; called again after a failure.
    public init(
        outbox: Outbox,
        lanes: LaneOutboxes? = nil,
        agent: String,
        pauseMax: TimeSpan = .seconds(30),
        connect: @escaping () throws(ConnectionError) -> Connection
    ) {
        self.init(
            outbox: outbox,
            lanes: lanes,
            agent: agent,
            pauseMax: pauseMax,
            clock: MonotonicClock(),
            chance: SystemRandomNumberGenerator(),
            connect: connect
        )
    }

    /// The same with a clock and a die of the caller's choice.
    package init(
        outbox: Outbox,
        lanes: LaneOutboxes? = nil,
        agent: String,
        pauseMax: TimeSpan,
        clock: any ClientClock,
        chance: any RandomNumberGenerator,
        connect: @escaping () throws(ConnectionError) -> Connection
    ) {
        self.outbox = outbox
        self.lanes = lanes
        self.agent = agent
        self.pauseMax = pauseMax
        self.clock = clock
        self.chance = chance
        self.connect = connect
    }

    /// Every item has its receipt.
    public var isDrained: Bool { outbox.receiptedThrough == outbox.lastNumber }

    /// The hub has, as of this session, every item of the outbox: also those that it had lost and was
    /// sent again.
    public var isSettled: Bool {
        guard let session, session.state == .open else { return false }
        return session.receipted >= outbox.lastNumber
    }

    /// The hub has taken the session.
    public var isOpen: Bool { session?.state == .open }

    /// One turn.
    ///
    /// - Parameters:
    ///   - milliseconds: How long to wait for the hub when there is nothing to do.
    ///   - now: The wall clock, for the outbox.
    /// - Returns: What happened.
    /// - Throws: When a person must act.
    public mutating func turn(
        waiting milliseconds: Int,
        at now: Timestamp
    ) throws(Stop) -> [Event] {
        events = []
        if session == nil, try !begin() {
            rest(milliseconds)
            return events
        }
        try sendLines()
        try takeMessages(waiting: milliseconds, at: now)
        session?.oldestMilliseconds = outbox.oldestUnreceiptedAge(at: now)?.milliseconds ?? 0
        try beat()
        return events
    }

    /// Says goodbye.
    public mutating func close() {
        if let bye = session?.close() {
            // A hub that does not hear it finds out by the silence.
            _ = try? connection?.send(bye.bytes)
        }
        session = nil
        connection = nil
    }

    // MARK: Beginning and end

    /// Says HELLO when it is time; `false` while the pause after a failure lasts.
    private mutating func begin() throws(Stop) -> Bool {
        let now = clock.now
        guard now >= nextAttempt else { return false }
        if connection == nil {
            do throws(ConnectionError) {
                connection = try connect()
            } catch {
                throw .connection(error)
            }
        }
        attempt += 1
        digests = [:]
        let receipted = outbox.lastReceipted.map {
            StreamStart.Receipted(number: $0.number, digest: $0.digest)
        }
        var session = IntakeClientSession(
            outbox: .init(
                start: StreamStart(
                    stream: outbox.stream.name,
                    epoch: outbox.stream.epoch,
                    receipted: receipted
                ),
                oldestKept: outbox.oldestKept,
                lastAssigned: outbox.lastNumber
            ),
            lane: outbox.lane,
            agent: agent
        )
        unsent = session.connect(attempt: attempt, now: now)
        self.session = session
        try flush()
        return true
    }

    private mutating func end(_ end: SessionEnd) throws(Stop) {
        session = nil
        unsent = nil
        digests = [:]
        failures += 1
        switch end.advice {
        case .stop:
            connection = nil
            throw .refused(code: end.code?.text ?? "", reason: end.reason)
        case .newEpoch:
            do throws(OutboxError) {
                try outbox.beginEpoch(UInt64.random(in: 1...UInt64.max, using: &chance))
            } catch {
                throw .outbox(error)
            }
            pause(least: 0)
        case .again: pause(least: 0)
        case .later: pause(least: 2000)
        }
        // A connection of ZeroMQ mends itself; a fresh one also forgets what was queued for the old
        // session.
        connection = nil
        events.append(.interrupted(reason: end.reason))
    }

    /// The pause doubles with each failure and is spread, so that agencies do not come back together.
    private mutating func pause(least: Int64) {
        let longest = min(pauseMax.milliseconds, 100 << Int64(min(failures, 9)))
        let spread = Int64.random(in: longest / 2...longest, using: &chance)
        nextAttempt =
            clock.now + TimeSpan(milliseconds: max(min(least, pauseMax.milliseconds), spread))
    }

    private func rest(_ milliseconds: Int) {
        let left = nextAttempt.milliseconds - clock.now.milliseconds
        clock.rest(milliseconds: min(Int64(milliseconds), max(0, left)))
    }

    // MARK: Sending

    private mutating func sendLines() throws(Stop) {
        for _ in 0..<Pusher.perTurn {
            guard try flush(), var session, session.state == .open,
                session.next <= outbox.lastNumber
            else { return }
            let room = session.creditBytes - Put.prefixBytes - Pusher.batchMax
            guard room > 0 else { return }
            let items: [StoredItem]
            do throws(OutboxError) {
                items = try outbox.items(
                    from: session.next,
                    countMax: min(Pusher.batchMax, session.limits.batch),
                    bytesMax: room
                )
            } catch {
                throw .outbox(error)
            }
            guard let first = items.first, first.number == session.next else {
                try end(
                    SessionEnd(
                        .numberGap,
                        "Number \(session.next) is no longer kept; a new epoch begins.",
                        advice: .newEpoch
                    )
                )
                return
            }
            guard first.event.count <= room else { return }
            for item in items where lanes?.isMoved(item.event) != true {
                digests[item.number] = (
                    ContentDigest(contentOfEvent: item.event), ContentDigest(hashing: item.event)
                )
            }
            let lines = items.map { item in
                lanes?.isMoved(item.event) == true ? LaneOutboxes.standIn : item.event
            }
            unsent = session.put(lines, now: clock.now)
            self.session = session
        }
    }

    /// Sends what waits; `false` while there is no room for it.
    @discardableResult
    private mutating func flush() throws(Stop) -> Bool {
        guard let frame = unsent else { return true }
        do throws(ConnectionError) {
            guard try connection?.send(frame.bytes) == true else { return false }
        } catch {
            throw .connection(error)
        }
        unsent = nil
        return true
    }

    private mutating func beat() throws(Stop) {
        guard var session else { return }
        let action = session.tick(now: clock.now)
        self.session = session
        switch action {
        case .none: break
        case .send(let frame): try send(frame)
        case .ended(let reason): try end(reason)
        }
    }

    /// A heartbeat that finds no room is not worth keeping: what is queued shows life as well.
    private mutating func send(_ frame: Frame) throws(Stop) {
        do throws(ConnectionError) {
            _ = try connection?.send(frame.bytes)
        } catch {
            throw .connection(error)
        }
    }

    // MARK: Receiving

    private mutating func takeMessages(
        waiting milliseconds: Int,
        at now: Timestamp
    ) throws(Stop) {
        var wait = milliseconds
        for _ in 0..<Pusher.perTurn {
            let message: [UInt8]?
            do throws(ConnectionError) {
                message = try connection?.receive(within: wait)
            } catch {
                throw .connection(error)
            }
            guard let message, var session else { return }
            wait = 0
            let action = session.received(message, now: clock.now)
            self.session = session
            try take(action, at: now)
        }
    }

    private mutating func take(
        _ action: IntakeClientSession.ReceivedAction,
        at now: Timestamp
    ) throws(Stop) {
        switch action {
        case .none: break
        case .opened(let welcome, _):
            failures = 0
            events.append(.opened(hub: welcome.hub))
        case .receipts(let receipts): try record(receipts, at: now)
        case .rewound: unsent = nil
        case .send(let frame, let rewoundTo):
            if rewoundTo != nil { unsent = nil }
            try send(frame)
        case .ended(let reason): try end(reason)
        }
    }

    private mutating func record(_ receipts: [Receipt], at now: Timestamp) throws(Stop) {
        var problems: [Receipt] = []
        for receipt in receipts {
            let sent = digests.removeValue(forKey: receipt.number)
            switch receipt.status {
            case .registered:
                if let sent, sent.content != receipt.digest {
                    throw .wrongDigest(number: receipt.number)
                }
            case .quarantined:
                if let sent, sent.bytes != receipt.digest {
                    throw .wrongDigest(number: receipt.number)
                }
                problems.append(receipt)
            case .refused: problems.append(receipt)
            }
        }
        do throws(OutboxError) {
            // In the sealed outbox before the refusal counts: a crash in between loses nothing, and what
            // is there already is never sent to the open hub again.
            let refused = problems.filter { $0.status == Receipt.Status.ofOtherLane }
            if let lanes, !refused.isEmpty {
                events.append(.moved(try lanes.move(refused.map(\.number), at: now)))
            }
            try outbox.record(receipts, at: now)
        } catch {
            throw .outbox(error)
        }
        events.append(.receipted(count: receipts.count, problems: problems))
    }
}

extension Receipt.Status {
    /// The hub serves another lane than the item is for.
    package static let ofOtherLane = Receipt.Status.refused(code: ErrorCode.sealedLane.rawValue)
}

extension ContentDigest {
    /// The digest of an event's content; of its bytes where it is no JSON.
    init(contentOfEvent event: [UInt8]) {
        if let value = try? JSONValue(parsing: event) {
            self.init(contentOf: value)
        } else {
            self.init(hashing: event)
        }
    }
}
