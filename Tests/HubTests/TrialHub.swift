import Domain
import Hub
import Journal
import Logging
import Settings
import Storage
import Synchronization
import Testing
import Wire

/// A clock that a test moves.
final class TrialClock: HubClock {
    private let milliseconds = Atomic<Int64>(0)
    private let error = Atomic<Int64>(0)
    private let origin = Timestamp(milliseconds: 1_741_000_000_000)

    func now() -> Timestamp {
        let error = error.load(ordering: .relaxed)
        return origin + TimeSpan(milliseconds: monotonicMilliseconds() + error)
    }
    func monotonicMilliseconds() -> Int64 { milliseconds.load(ordering: .relaxed) }
    func monotonicMicroseconds() -> Int64 { monotonicMilliseconds() * 1000 }
    func advance(_ span: TimeSpan) {
        milliseconds.add(span.milliseconds, ordering: .relaxed)
    }
    /// The wall clock is set, and only that.
    func step(_ span: TimeSpan) { error.add(span.milliseconds, ordering: .relaxed) }
}

/// A hub without threads or sockets, and clients that speak to it by hand.
final class TrialHub {
    let clock = TrialClock()
    let disk = MemoryDisk()
    let audit = TrialAudit()
    private var hub: SteppedHub<MemoryDisk>?
    private var desks: [TrialDesk] = []
    private var agency: TrialAgency?
    private var lastPeer: UInt8 = 0

    private static let words = Array("水管桥面校车山体燃气道路电梯围墙塔吊河堤锅炉粮仓机井渡口").map { String($0) }

    /// The lane that it serves, and who may do what there; `nil` for the template's own grants.
    let lane: Lane
    var register: GrantRegister?

    init(lane: Lane = .open, register: GrantRegister? = nil) throws {
        self.lane = lane
        self.register = register
        try start()
    }

    var uptime: Uptime { Uptime(milliseconds: clock.monotonicMilliseconds()) }

    /// How the journal is laid out; its keys are the same in every run.
    var layout: JournalOptions {
        let random = Locked(SplitMix64(seed: 7))
        return JournalOptions(
            inputSegmentBytes: 1 << 18,
            decisionSegmentBytes: 1 << 18,
            random: { random.withLock { $0.next() } }
        )
    }

    /// Ends the process without notice.
    func stop() {
        hub = nil
        desks = []
        agency = nil
    }

    /// Begins the process anew over the same disk.
    func start() throws {
        stop()
        let template = CountyTemplate.trial
        let county = try CountyConfiguration(template: template)
        var options = HubOptions(county: template.divisions.county)
        options.lane = lane
        hub = try SteppedHub(
            disk: disk,
            folder: "hub",
            layout: layout,
            options: options,
            configuration: CountyFiles(
                files: county.files.map { file in
                    guard file.name == .grants, let register else {
                        return CountyFile(canonical: file.canonical, content: file.file)
                    }
                    return TrialHub.file(register)
                },
                agencies: county.agencies
            ),
            clock: clock,
            log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            audit: audit
        )
    }

    private static func file(_ register: GrantRegister) -> CountyFile {
        let content = ConfigurationFile.Content.grants(register)
        let canonical = ConfigurationCodec.canonicalBytes(of: content)
        return CountyFile(
            canonical: canonical,
            content: ConfigurationFile(
                name: .grants,
                version: ConfigurationCodec.version(of: canonical),
                content: content
            )
        )
    }

    /// An officer's session, welcomed.
    func desk(
        _ principal: Principal = .officer("chen"),
        windowBytes: Int = 2 << 20
    ) -> TrialDesk {
        let desk = TrialDesk(newPeer(), principal, windowBytes: windowBytes, hub: self)
        desks.append(desk)
        desk.begin()
        return desk
    }

    /// Urgent items, each of which raises an alert of its own.
    func push(_ numbers: ClosedRange<Int>) {
        let time = clock.now().rfc3339
        push(lines: numbers.map { TrialHub.line($0, time) })
    }

    /// Lines of any kind.
    func push(lines: [[UInt8]]) {
        if agency == nil {
            agency = TrialAgency(newPeer(), hub: self)
            agency?.begin()
        }
        agency?.push(lines)
    }

    /// An urgent item of a text that has nothing in common with the others', so that it is a matter of its
    /// own.
    static func line(_ number: Int, _ time: String) -> [UInt8] {
        var random = SplitMix64(seed: UInt64(number))
        let words = (0..<16).map { _ in random.pick(TrialHub.words) }.joined()
        let text = "\(number)\(words)"
        return Array(#"{"specversion":"1.0","type":"cn.liandong.complaint.v1","#.utf8)
            + Array(#""source":"/agency/xinfang","id":"XF-\#(number)","time":"\#(time)","#.utf8)
            + Array(#""subject":"441424120","data":{"text":"\#(text)","urgent":true}}"#.utf8)
    }

    /// Sends lines under numbers of the stream that may have been taken before, and gives the receipts.
    func sendAgain(_ first: UInt64, _ lines: [[UInt8]]) -> [Receipt] {
        if agency == nil {
            agency = TrialAgency(newPeer(), hub: self)
            agency?.begin()
        }
        return agency?.sendAgain(first, lines) ?? []
    }

    /// Carries messages and gives everybody turns until nothing moves.
    func settle() {
        // A request goes through three hands before anything comes of it.
        var quiet = 0
        while quiet < 6 {
            clock.advance(TimeSpan(milliseconds: 60))
            guard let reception = hub?.reception else { return }
            hub?.register()
            hub?.decide()
            hub?.look()
            reception.takeLetters()
            reception.tick()
            for desk in desks { desk.tick() }
            let outgoing = reception.takeOutgoing()
            for message in outgoing {
                desks.first { $0.peer == message.peer }?.take(message.bytes)
                if message.peer == agency?.peer { agency?.take(message.bytes) }
            }
            quiet = outgoing.isEmpty ? quiet + 1 : 0
        }
    }

    func receive(_ peer: Peer, _ principal: Principal, _ frame: Frame) {
        hub?.reception.receive(from: peer, principal, frame.bytes)
    }

    /// The connection is gone without a word.
    func cut(_ desk: TrialDesk) {
        desks.removeAll { $0 === desk }
        hub?.reception.lost(desk.peer)
    }

    /// Lets time pass in which nobody is connected.
    func passDeserted(_ span: TimeSpan) {
        for peer in desks.map(\.peer) + [agency?.peer].compactMap({ $0 }) {
            hub?.reception.lost(peer)
        }
        desks = []
        agency = nil
        clock.advance(span)
        settle()
    }

    /// The decisions in the log, in order.
    func logged() throws -> [StoredDecision] {
        var found: [StoredDecision] = []
        _ = try DecisionPass.run(disk, folder: "hub") { stored, _ in
            found.append(stored)
            return true
        }
        return found
    }

    private func newPeer() -> Peer {
        lastPeer += 1
        return Peer(routingID: [0, 0, 0, 0, lastPeer])
    }
}

/// An officer's program, step by step.
final class TrialDesk {
    let peer: Peer
    private(set) var session: DeskClientSession
    private(set) var delivered:
        [(number: UInt64, again: Int, phase: Delivery.Phase, alert: String)] =
            []
    /// What the deliveries told, in their order.
    private(set) var told: [JSONValue] = []
    private(set) var positions: [Position] = []
    private(set) var records: [[UInt8]] = []
    private(set) var tokens: [String] = []
    private(set) var end: ReplayEnd?
    private(set) var outcomes: [CommandOutcome] = []
    private(set) var answers: [Answer] = []
    private(set) var refusals: [ErrorNotice] = []
    private(set) var ended: SessionEnd?
    /// Messages that arrive are not looked at, and no credit is granted.
    var isDeaf = false
    private let principal: Principal
    private unowned let hub: TrialHub

    init(_ peer: Peer, _ principal: Principal, windowBytes: Int, hub: TrialHub) {
        self.peer = peer
        self.principal = principal
        self.hub = hub
        session = DeskClientSession(agent: "test", windowBytes: windowBytes)
    }

    func begin() {
        send(session.connect(attempt: 1, now: hub.uptime))
        hub.settle()
    }

    func subscribe(_ durable: DurableTerms? = nil, _ subjects: [String] = ["alert.>"]) {
        send(session.subscribe(subjects, durable: durable, now: hub.uptime))
        hub.settle()
    }

    func replay(_ request: ReplayRequest) {
        records = []
        end = nil
        send(session.replay(request, now: hub.uptime))
        hub.settle()
    }

    func settle(_ numbers: ClosedRange<UInt64>, _ word: Settlement.Word = .done) {
        if let frame = session.settle(numbers, word, now: hub.uptime) { send(frame) }
        hub.settle()
    }

    func command(_ request: CommandRequest) {
        if let frame = session.command(request, now: hub.uptime) { send(frame) }
        hub.settle()
    }

    /// The rows of an answer.
    func ask(_ query: Query) -> JSONValue? {
        answers = []
        if let frame = session.ask(query, now: hub.uptime) { send(frame) }
        hub.settle()
        return answers.last?.rows
    }

    func pace(speed: Int, isPaused: Bool) {
        if let frame = session.pace(speed: speed, isPaused: isPaused, now: hub.uptime) {
            send(frame)
        }
        hub.settle()
    }

    func send(_ frame: Frame) { hub.receive(peer, principal, frame) }

    func tick() {
        switch session.tick(now: hub.uptime) {
        case .none: break
        case .send(let frame): send(frame)
        case .ended(let found): ended = found
        }
    }

    func take(_ bytes: [UInt8]) {
        guard !isDeaf else { return }
        switch session.received(bytes, now: hub.uptime) {
        case .none: break
        case .send(let frame), .opened(_, let frame): send(frame)
        case .delivered(let delivery, let number, let credit):
            let alert = delivery.decision["alert"]?["id"]?.text ?? ""
            delivered.append((number, delivery.again, delivery.phase, alert))
            told.append(delivery.decision)
            if let credit { send(credit) }
        case .replayed(let chunk, _, let credit):
            records += chunk.records.map { Array($0) }
            tokens.append(chunk.token)
            if let credit { send(credit) }
        case .replayEnded(let found): end = found
        case .settled(let position): positions.append(position)
        case .outcome(_, let outcome): outcomes.append(outcome)
        case .refused(_, let notice): refusals.append(notice)
        case .ended(let found): ended = found
        case .answered(_, let answer, let credit):
            answers.append(answer)
            if let credit { send(credit) }
        case .snapshotComplete: break
        }
    }
}

/// An agency's daemon that sends what it is told.
final class TrialAgency {
    let peer: Peer
    private var session: IntakeClientSession
    private unowned let hub: TrialHub
    private var last: UInt64 = 0
    private var receipts: [Receipt] = []

    init(_ peer: Peer, hub: TrialHub) {
        self.peer = peer
        self.hub = hub
        session = IntakeClientSession(
            outbox: .init(
                start: StreamStart(stream: "main", epoch: 5),
                oldestKept: 1,
                lastAssigned: 1_000_000
            ),
            lane: hub.lane,
            agent: "test"
        )
    }

    func begin() {
        send(session.connect(attempt: 1, now: hub.uptime))
        hub.settle()
    }

    func push(_ lines: [[UInt8]]) {
        send(session.put(lines, now: hub.uptime))
        hub.settle()
    }

    func take(_ bytes: [UInt8]) {
        if let message = try? Message(decoding: bytes), case .receipts(let found) = message.content
        {
            receipts += found.receipts
        }
        _ = session.received(bytes, now: hub.uptime)
    }

    func sendAgain(_ first: UInt64, _ lines: [[UInt8]]) -> [Receipt] {
        receipts = []
        send(Put.frame(first: first, lines: lines))
        hub.settle()
        return receipts
    }

    private func send(_ frame: Frame) {
        guard let agency = AgencyID(name: "xinfang") else { return }
        hub.receive(peer, .agency(agency), frame)
    }
}

extension CountyTemplate {
    /// A county in which the officers of the tests hold posts.
    static var trial: CountyTemplate {
        CountyTemplate(holders: [
            "duty-desk": [CountyTemplate.officer, "chen", "li"], "joint-office": ["yunwei"],
        ])
    }
}
