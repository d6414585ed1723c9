import Domain
import Glibc
import LiandongClient
import Wire
import ZeroMQ

/// One producer of a measurement: on the wire what an agency's client is, with the real session, but
/// without an outbox on disk.
///
/// Its lines and their digests are made before the clock runs. It keeps `window` PUTs without a
/// receipt under way and compares every receipt with what it sent.
struct IntakeProducer: ~Copyable {
    /// What a producer does.
    struct Plan: Sendable {
        /// Items of a PUT.
        var batch: Int
        /// PUTs under way at most; 0 leaves it to the hub's credit.
        var window: Int
        /// Nanoseconds from one PUT to the next; 0 goes as fast as it can.
        var intervalNanoseconds: Int64 = 0
    }

    private let plan: Plan
    private let lines: [[UInt8]]
    private let digests: [ContentDigest]
    private var connection: BenchConnection
    private var session: IntakeClientSession
    private var begun: Int64 = 0
    private var receipted = 0
    private var unsent: Frame?
    /// When the PUT that ends with an item was due, by the item's place.
    private(set) var sentAt: [Int64]
    /// From a PUT to its last receipt.
    private(set) var latencies = Latencies()

    /// A producer with its lines ready.
    init(
        _ connection: consuming BenchConnection,
        stream: Int,
        items: BenchItems,
        count: Int,
        plan: Plan
    ) throws(CommandFailure) {
        self.plan = plan
        let decoder = EventDecoder()
        var lines: [[UInt8]] = []
        var digests: [ContentDigest] = []
        for number in 1...count {
            let line = items.line(number)
            guard case .item(_, let digest) = decoder.decode(line: line, sender: items.agency)
            else { throw CommandFailure(.fellShort, "the measurement's item is none") }
            lines.append(line)
            digests.append(digest)
        }
        self.lines = lines
        self.digests = digests
        sentAt = Array(repeating: 0, count: count)
        latencies.reserve(count / plan.batch + 1)
        self.connection = connection
        session = IntakeClientSession(
            outbox: .init(
                start: StreamStart(stream: "bench-\(stream)", epoch: 1, receipted: nil),
                oldestKept: 1,
                lastAssigned: UInt64(count)
            ),
            agent: Version.agent
        )
    }

    /// Greets the hub and waits for its welcome.
    mutating func open() throws {
        unsent = session.connect(attempt: 1, now: MonotonicClock().now)
        let deadline = Nanoseconds.now + 30_000_000_000
        while session.state != .open {
            guard Nanoseconds.now < deadline else {
                throw CommandFailure(.unreachable, "the measured hub does not answer")
            }
            _ = try flush()
            try takeMessage(within: unsent == nil ? 100 : 1)
        }
    }

    /// Sends everything and waits for the last receipt.
    mutating func run() throws {
        begun = Nanoseconds.now
        while receipted < lines.count {
            var rest = 1000
            while try flush() {
                guard let due = nextDue() else { break }
                let left = due - Nanoseconds.now
                guard left <= 0 else {
                    rest = Int(left / 1_000_000)
                    break
                }
                put(due: due)
            }
            try takeMessage(within: unsent == nil ? rest : 1)
            try beat()
        }
    }

    /// Says goodbye.
    mutating func close() throws {
        if let bye = session.close() { _ = try connection.send(bye.bytes) }
    }

    /// When the next PUT is to leave; `nil` when none may.
    private func nextDue() -> Int64? {
        let next = Int(session.next) - 1
        guard next < lines.count else { return nil }
        if plan.window > 0, next - receipted > (plan.window - 1) * plan.batch { return nil }
        guard fitting(from: next) > next else { return nil }
        guard plan.intervalNanoseconds > 0 else { return 0 }
        return begun + Int64(next / plan.batch) * plan.intervalNanoseconds
    }

    /// Where the next PUT from a place ends: a batch, or fewer lines where the credit is short.
    private func fitting(from next: Int) -> Int {
        var room = session.creditBytes - Put.prefixBytes
        var end = next
        while end < min(next + plan.batch, lines.count), room >= lines[end].count {
            room -= lines[end].count + 1
            end += 1
        }
        return end
    }

    private mutating func put(due: Int64) {
        let next = Int(session.next) - 1
        let end = fitting(from: next)
        // An appointment that was missed counts from when it was due.
        sentAt[end - 1] = due > 0 ? due : Nanoseconds.now
        unsent = session.put(lines[next..<end], now: MonotonicClock().now)
    }

    private mutating func flush() throws -> Bool {
        guard let frame = unsent else { return true }
        guard try connection.send(frame.bytes) else { return false }
        unsent = nil
        return true
    }

    private mutating func beat() throws {
        switch session.tick(now: MonotonicClock().now) {
        case .none: break
        case .send(let frame): _ = try connection.send(frame.bytes)
        case .ended(let end): throw CommandFailure(.fellShort, end.reason)
        }
    }

    private mutating func takeMessage(within milliseconds: Int) throws {
        guard let message = try connection.receive(within: milliseconds) else { return }
        switch session.received(message, now: MonotonicClock().now) {
        case .none, .opened: break
        case .rewound: unsent = nil
        case .receipts(let receipts): try take(receipts)
        case .send(let frame, let rewoundTo):
            if rewoundTo != nil { unsent = nil }
            _ = try connection.send(frame.bytes)
        case .ended(let end): throw CommandFailure(.fellShort, "the hub ended: \(end.reason)")
        }
    }

    private mutating func take(_ receipts: [Receipt]) throws {
        let now = Nanoseconds.now
        for receipt in receipts {
            let place = Int(receipt.number) - 1
            guard place == receipted, receipt.status == .registered,
                receipt.digest == digests[place]
            else {
                throw CommandFailure(.fellShort, "receipt \(receipt) is not what was expected")
            }
            receipted += 1
            if sentAt[place] > 0 { latencies.add(now - sentAt[place]) }
        }
    }
}

/// The machine's steady clock, for spans within a measurement.
enum Nanoseconds {
    /// Nanoseconds since the machine started; equal in all processes.
    static var now: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
