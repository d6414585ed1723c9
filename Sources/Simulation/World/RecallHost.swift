import Domain
import Hashing
import Journal
import Storage
import Wire

/// An operator's program in a simulated world that replays spans of the log and goes on after a cut
/// (回放终端).
final class RecallHost {
    /// A span as it was shown: its first decision in the log and the bytes of each.
    struct Shown {
        let first: UInt64
        var records: [[UInt8]]
    }

    /// Replays that came to their end.
    private(set) var shown: [Shown] = []
    /// What was wrong with counts or digests.
    private(set) var broken: [String] = []
    /// Sessions begun, and how many of them went on behind a token.
    private(set) var sessions = 0
    private(set) var resumed = 0

    private let time: VirtualTime
    private let network: Network
    private let bell = Bell()
    private var random: SplitMix64
    private var connection: SimulatedConnection?
    private var session: DeskClientSession?
    private var attempt: UInt64 = 0
    private var nextBegin: Int64
    private var nextTurn: Int64 = 0
    private var wanted: (first: UInt64, end: ReplayRequest.End)?
    private var records: [[UInt8]] = []
    private var token: String?
    private var isResting = false

    /// Replays compared at the end; a run needs no more.
    private static let shownMax = 12

    init(_ time: VirtualTime, _ network: Network, random: SplitMix64) {
        self.time = time
        self.network = network
        self.random = random
        nextBegin = Int64(self.random.number(in: 1000...15_000))
    }

    /// When something is to do.
    var nextDue: Int64 { session == nil ? (isResting ? .max : nextBegin) : nextTurn }

    /// Nothing is under way.
    var isIdle: Bool { session == nil && wanted == nil }

    /// Begins nothing more; what is under way is brought to its end.
    func rest() { isResting = wanted == nil }

    /// The program ends; it goes on behind the last token, or forgets it.
    func end() {
        session = nil
        connection = nil
        nextBegin = time.milliseconds + Int64(random.number(in: 100...3000))
    }

    /// Does what is due.
    func step() {
        let now = time.milliseconds
        if session == nil {
            guard !isResting, now >= nextBegin else { return }
            begin()
        }
        guard bell.takeRing() || now >= nextTurn else { return }
        nextTurn = now + Int64(random.number(in: 100...1500))
        while let bytes = try? connection?.receive(within: 0) {
            guard var session else { return }
            let action = session.received(bytes, now: uptime)
            self.session = session
            take(action)
        }
        beat()
    }

    private var uptime: Uptime { Uptime(milliseconds: time.milliseconds) }

    private func begin() {
        attempt += 1
        sessions += 1
        connection = SimulatedConnection(network, .operator(Cast.archivist), bell)
        var session = DeskClientSession(agent: "simulation", windowBytes: 1 << 20)
        let hello = session.connect(attempt: attempt, now: uptime)
        self.session = session
        send(hello)
        nextTurn = time.milliseconds
    }

    private func ask() {
        guard var session else { return }
        let request: ReplayRequest
        if let token, let wanted {
            resumed += 1
            request = ReplayRequest(from: .token(token), to: wanted.end, form: .log)
        } else {
            let first = UInt64(random.number(in: 1...60))
            let end: ReplayRequest.End =
                random.chance(permille: 500)
                ? .now : .number(first + UInt64(random.number(in: 0...200)))
            wanted = (first, end)
            records = []
            request = ReplayRequest(from: .number(first), to: end, form: .log)
        }
        let frame = session.replay(request, now: uptime)
        self.session = session
        send(frame)
    }

    private func take(_ action: DeskClientSession.ReceivedAction) {
        switch action {
        case .send(let frame): send(frame)
        case .opened(_, let credit):
            send(credit)
            ask()
        case .replayed(let chunk, _, let credit):
            records += chunk.records.map { Array($0) }
            token = chunk.token
            if let credit { send(credit) }
            if random.chance(permille: 100) { end() }
        case .replayEnded(let end):
            finish(end)
            self.end()
        case .refused, .ended: end()
        case .none, .delivered, .settled, .snapshotComplete, .answered, .outcome: break
        }
    }

    private func finish(_ end: ReplayEnd) {
        var digest = DecisionDigest()
        for record in records { digest.add(record) }
        if end.count != UInt64(records.count) || end.digest != digest.value {
            broken.append(
                "a replay of \(records.count) decisions ended with count \(end.count), "
                    + "digest \(end.digest.hex.prefix(8)) for \(digest.value.hex.prefix(8))"
            )
        }
        if let wanted, shown.count < RecallHost.shownMax {
            shown.append(Shown(first: wanted.first, records: records))
        }
        wanted = nil
        token = nil
        records = []
    }

    private func beat() {
        guard var session else { return }
        let action = session.tick(now: uptime)
        self.session = session
        switch action {
        case .none: break
        case .send(let frame): send(frame)
        case .ended: end()
        }
    }

    private func send(_ frame: Frame) {
        _ = try? connection?.send(frame.bytes)
    }
}
