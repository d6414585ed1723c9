import Domain
import Storage
import Wire

/// An officer's program in a simulated world: subscribes, signs, asks (值班终端).
final class OfficerHost {
    let name: String
    /// Deliveries taken, commands whose outcome came, sessions begun.
    private(set) var deliveries = 0
    private(set) var outcomes = 0
    private(set) var sessions = 0
    /// The last answer to the question for totals.
    private(set) var counts: JSONValue?
    /// The last report of each alert, as told to this program since it last subscribed.
    private(set) var told: [String: Int] = [:]
    private(set) var isLive = false

    private let time: VirtualTime
    private let network: Network
    private var random: SplitMix64
    private var connection: SimulatedConnection?
    private var session: DeskClientSession?
    private var attempt: UInt64 = 0
    private var nextBegin: Int64 = 0
    private var nextTurn: Int64 = 0
    private var countsRequest: UInt64?
    private var lastKey = 0
    /// Alerts to sign for, with the report that was seen.
    private var unsigned: [(id: AlertID, report: Int)] = []
    private var isSigning = true

    init(_ name: String, _ time: VirtualTime, _ network: Network, random: SplitMix64) {
        self.name = name
        self.time = time
        self.network = network
        self.random = random
    }

    /// When something is to do.
    var nextDue: Int64 { session == nil ? nextBegin : nextTurn }

    /// Something came for it.
    func wake() { nextTurn = min(nextTurn, time.milliseconds) }

    /// Signs for nothing more.
    func restSigning() { isSigning = false }

    /// Asks for the totals.
    func askForCounts() {
        counts = nil
        countsRequest = nil
    }

    /// The program ends and comes back after a while.
    func end() {
        session = nil
        connection = nil
        isLive = false
        nextBegin = time.milliseconds + Int64(random.number(in: 100...4000))
    }

    /// Does what is due.
    func step() {
        let now = time.milliseconds
        if session == nil {
            guard now >= nextBegin else { return }
            begin()
        }
        guard now >= nextTurn else { return }
        nextTurn = now + Int64(random.number(in: 100...500))
        while let bytes = receive() {
            guard var session else { return }
            let action = session.received(bytes, now: uptime)
            self.session = session
            take(action)
        }
        beat()
        act()
    }

    private var uptime: Uptime { Uptime(milliseconds: time.milliseconds) }

    private func begin() {
        attempt += 1
        sessions += 1
        connection = SimulatedConnection(network, .officer(name))
        var session = DeskClientSession(
            agent: "simulation",
            windowBytes: random.pick([1, 2]) << 20
        )
        let hello = session.connect(attempt: attempt, now: uptime)
        self.session = session
        countsRequest = nil
        send(hello)
        nextTurn = time.milliseconds
    }

    private func receive() -> [UInt8]? { try? connection?.receive(within: 0) }

    private func send(_ frame: Frame) {
        _ = try? connection?.send(frame.bytes)
    }

    private func take(_ action: DeskClientSession.ReceivedAction) {
        switch action {
        case .none: break
        case .send(let frame): send(frame)
        case .opened(_, let credit):
            send(credit)
            guard var session else { return }
            let subscribe = session.subscribe(["alert.>"], now: uptime)
            self.session = session
            told = [:]
            unsigned = []
            send(subscribe)
        case .delivered(let delivery, _, let credit):
            deliveries += 1
            note(delivery.decision)
            if let credit { send(credit) }
        case .snapshotComplete: isLive = true
        case .answered(let request, let answer, let credit):
            if request == countsRequest { counts = answer.rows }
            if let credit { send(credit) }
        case .outcome: outcomes += 1
        case .refused(let request, _):
            if request == countsRequest { countsRequest = nil }
            // Without its subscription the program begins anew.
            if session?.state == .open { end() }
        case .ended: end()
        }
    }

    private func note(_ decision: JSONValue) {
        guard let alert = decision["alert"], let text = alert["id"]?.text,
            let report = alert["report"]?.int
        else { return }
        told[text] = Int(report)
        if alert["state"]?.text != "acknowledged", let id = AlertID(text: text) {
            unsigned.append((id, Int(report)))
        }
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

    private func act() {
        guard var session, session.isOpen else { return }
        if counts == nil, countsRequest == nil,
            let frame = session.ask(Query(.counts), now: uptime)
        {
            countsRequest = frame.number
            self.session = session
            send(frame)
        }
        guard isSigning, isLive, !unsigned.isEmpty, random.chance(permille: 100) else { return }
        let wanted = unsigned.remove(at: random.below(unsigned.count))
        lastKey += 1
        let request = CommandRequest(
            key: "\(name)-\(lastKey)-key",
            action: .acknowledge(wanted.id, report: wanted.report, note: "")
        )
        if let frame = session.command(request, now: uptime) {
            self.session = session
            send(frame)
        }
    }
}
