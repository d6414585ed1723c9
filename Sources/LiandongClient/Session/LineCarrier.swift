package import Domain
package import Wire

/// Brings numbered lines of a stream to the hub that lie in no outbox here (代送): those of a courier
/// bundle, or of a drill.
///
/// It is a session like any agency's, so that the hub recognises every number it has. It may be broken
/// off and done again at any time.
package enum LineCarrier {
    /// Lines of one stream, in order and without gaps.
    package struct Lines: Sendable {
        /// The stream's name.
        package var stream: String
        /// The stream's epoch.
        package var epoch: UInt64
        /// The number of the first line.
        package var first: UInt64
        /// The CloudEvents objects as they came.
        package var events: [[UInt8]]

        /// Lines from their parts.
        package init(stream: String, epoch: UInt64, first: UInt64, events: [[UInt8]]) {
            self.stream = stream
            self.epoch = epoch
            self.first = first
            self.events = events
        }

        var last: UInt64 { first + UInt64(events.count) - 1 }
    }

    /// Why the lines are not all receipted.
    package enum Failure: Error, Sendable, CustomStringConvertible {
        /// The hub lacks lines before the first of these.
        case outOfOrder(expected: UInt64, first: UInt64)
        /// The hub refused.
        case refused(SessionEnd)
        /// The hub did not answer within the time.
        case silent(String)
        /// The hub receipted another content.
        case wrongDigest(number: UInt64)
        /// The network cannot be used.
        case network(ConnectionError)

        /// What, where, and what to do.
        package var description: String {
            switch self {
            case .outOfOrder(let expected, let first):
                "the hub expects number \(expected), and these lines begin with \(first); "
                    + "bring the ones before them first"
            case .refused(let end): "\(end.code?.text ?? "") \(end.reason)"
            case .silent(let reason): "the hub did not answer in time (\(reason))"
            case .wrongDigest(let number):
                "the hub receipted another content for number \(number); two outboxes use one stream"
            case .network(let error): "\(error)"
            }
        }
    }

    /// Lines of one PUT at most.
    private static let batchMax = 64

    /// Sends the lines and waits until each has its receipt.
    ///
    /// - Parameters:
    ///   - lines: What to bring.
    ///   - agent: Program and version, for the hub's log.
    ///   - patience: How long the hub may do nothing.
    ///   - clock: Where time is read.
    ///   - connect: Makes a connection with the agency's key; called again after a cut.
    /// - Returns: A receipt for each line, in order.
    /// - Throws: When a person must act.
    package static func carry<Connection: HubConnection & ~Copyable>(
        _ lines: Lines,
        agent: String,
        patience: TimeSpan,
        clock: any ClientClock = MonotonicClock(),
        connect: () throws(ConnectionError) -> Connection
    ) throws(Failure) -> [Receipt] {
        var attempt: UInt64 = 0
        var last = "no connection"
        var deadline = clock.now + patience
        while clock.now < deadline {
            attempt += 1
            var run = Run(lines: lines, agent: agent, clock: clock)
            do throws(ConnectionError) {
                let receipts = try run.carry(over: try connect(), attempt, &deadline, patience)
                if let receipts { return receipts }
            } catch {
                throw .network(error)
            }
            switch run.end {
            case .failed(let failure): throw failure
            case .ended(let end):
                last = end.reason
                if end.advice == .stop || end.code == .notPermitted { throw .refused(end) }
            case nil: break
            }
            clock.rest(milliseconds: 300)
        }
        throw .silent(last)
    }

    /// One session.
    private struct Run {
        enum End {
            case failed(Failure)
            case ended(SessionEnd)
        }

        let lines: Lines
        let clock: any ClientClock
        var session: IntakeClientSession
        var receipts: [Receipt] = []
        var end: End?

        init(lines: Lines, agent: String, clock: any ClientClock) {
            self.lines = lines
            self.clock = clock
            session = IntakeClientSession(
                outbox: .init(
                    start: StreamStart(stream: lines.stream, epoch: lines.epoch),
                    oldestKept: lines.first,
                    lastAssigned: ProtocolLimits.numberMax - 1
                ),
                agent: agent
            )
        }

        /// All receipts; `nil` when the session ended before, and `end` says how.
        mutating func carry<Connection: HubConnection & ~Copyable>(
            over connection: consuming Connection,
            _ attempt: UInt64,
            _ deadline: inout Uptime,
            _ patience: TimeSpan
        ) throws(ConnectionError) -> [Receipt]? {
            var unsent: Frame? = session.connect(attempt: attempt, now: clock.now)
            while end == nil, clock.now < deadline {
                if let frame = unsent, try connection.send(frame.bytes) { unsent = nil }
                if unsent == nil { unsent = nextPut() }
                if let bytes = try connection.receive(within: unsent == nil ? 50 : 1) {
                    let known = receipts.count
                    if let answer = take(bytes) { _ = try connection.send(answer.bytes) }
                    if receipts.count > known { deadline = clock.now + patience }
                }
                if receipts.count == lines.events.count {
                    if let bye = session.close() { _ = try connection.send(bye.bytes) }
                    return receipts
                }
                switch session.tick(now: clock.now) {
                case .none: break
                case .send(let frame): _ = try connection.send(frame.bytes)
                case .ended(let found): end = .ended(found)
                }
            }
            return nil
        }

        private mutating func nextPut() -> Frame? {
            guard session.state == .open, session.next <= lines.last else { return nil }
            let start = Int(session.next - lines.first)
            var stop = start
            var bytes = Put.prefixBytes
            while stop < lines.events.count, stop - start < LineCarrier.batchMax,
                bytes + lines.events[stop].count + 1 <= session.creditBytes
            {
                bytes += lines.events[stop].count + 1
                stop += 1
            }
            guard stop > start else { return nil }
            return session.put(lines.events[start..<stop], now: clock.now)
        }

        private mutating func take(_ bytes: [UInt8]) -> Frame? {
            switch session.received(bytes, now: clock.now) {
            case .none, .opened, .rewound: return nil
            case .receipts(let found):
                for receipt in found { note(receipt) }
                return nil
            case .send(let frame, _): return frame
            case .ended(let found):
                if found.advice == .newEpoch {
                    end = .failed(.outOfOrder(expected: session.expected ?? 0, first: lines.first))
                } else {
                    end = .ended(found)
                }
                return nil
            }
        }

        private mutating func note(_ receipt: Receipt) {
            let next = lines.first + UInt64(receipts.count)
            guard receipt.number == next, next <= lines.last else { return }
            let event = lines.events[receipts.count]
            let isOwn: Bool
            if case .refused = receipt.status {
                isOwn = true
            } else {
                isOwn =
                    receipt.digest == ContentDigest(contentOfEvent: event)
                    || receipt.digest == ContentDigest(hashing: event)
            }
            guard isOwn else {
                end = .failed(.wrongDigest(number: next))
                return
            }
            receipts.append(receipt)
        }
    }
}
