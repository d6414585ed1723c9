import Domain
import Storage
import Wire

/// An officer's program in a simulated world: subscribes, signs, asks (值班终端).
///
/// One with a durable subscription deals with each delivery, says so, and remembers what it dealt
/// with; what it holds in its hands when it ends must come again.
final class OfficerHost {
    let name: String
    /// What a durable subscription brought and what became of it.
    private(set) var ledger: DurableLedger?
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
    private var terms: DurableTerms?
    /// Deliveries that nobody dealt with yet.
    private var inHand: [(number: UInt64, key: String)] = []
    private var lastNews: Int64 = 0

    /// Nothing new for so long: whatever was lost would have been fetched, and what was not settled
    /// would have come again.
    private static let quiet: Int64 = 20_000

    init(
        _ name: String,
        _ time: VirtualTime,
        _ network: Network,
        isDurable: Bool,
        random: SplitMix64
    ) {
        self.name = name
        self.time = time
        self.network = network
        self.random = random
        guard isDurable else { return }
        let beginning: DurableTerms.Beginning? =
            self.random.chance(permille: 500) ? .start : nil
        terms = DurableTerms(
            name: "duty",
            beginning: beginning,
            inFlight: self.random.pick([1, 3, 64]),
            waits: .init(levels: [.red: .seconds(2)], other: .seconds(4))
        )
        ledger = DurableLedger(isWhole: beginning == .start)
    }

    /// The subscription stands and everything that came was dealt with.
    var isSettled: Bool {
        isLive && (terms == nil || inHand.isEmpty && time.milliseconds > lastNews + Self.quiet)
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
        inHand = []
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
            let subscribe = session.subscribe(["alert.>"], durable: terms, now: uptime)
            self.session = session
            ledger?.beginRun()
            told = [:]
            unsigned = []
            send(subscribe)
        case .delivered(let delivery, let number, let credit):
            deliveries += 1
            note(delivery.decision)
            hold(delivery, number)
            if let credit { send(credit) }
        case .snapshotComplete:
            isLive = true
            lastNews = time.milliseconds
            // Where it begins is said until the hub has taken it.
            terms?.beginning = nil
        case .settled(let position): terms?.resume = position.token
        case .replayed, .replayEnded: break
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

    private func hold(_ delivery: Delivery, _ number: UInt64) {
        guard terms != nil else { return }
        lastNews = time.milliseconds
        let key = DurableLedger.key(of: delivery.decision)
        ledger?.delivered(key, isLive: delivery.phase == .live, isAgain: delivery.again > 0)
        inHand.removeAll { $0.number == number }
        inHand.append((number, key))
    }

    /// Deals with one delivery, puts it off, or gives it up.
    private func deal() {
        guard !inHand.isEmpty, random.chance(permille: isSigning ? 400 : 1000) else { return }
        let place = random.chance(permille: 800) ? 0 : random.below(inHand.count)
        let one = inHand[place]
        let word: Settlement.Word
        switch isSigning ? random.below(20) : 0 {
        case 17: word = .later(TimeSpan(milliseconds: Int64(random.number(in: 0...4000))))
        case 18: word = .working
        case 19: word = .givenUp(reason: "另案处理")
        default: word = .done
        }
        switch word {
        case .done, .givenUp: ledger?.dealt(one.key)
        case .later, .working: break
        }
        if word != .working { inHand.remove(at: place) }
        guard var session, let frame = session.settle(one.number...one.number, word, now: uptime)
        else { return }
        self.session = session
        send(frame)
        if random.chance(permille: 30) { end() }
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
        deal()
        guard var session = self.session else { return }
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
