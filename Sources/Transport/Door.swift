package import Hub
package import Logging
import Wire
package import ZeroMQ

/// The hub's public endpoint: one CURVE router for agencies and officers (大门).
///
/// One thread runs it and owns every socket. It never waits for the disk or the engine: what it
/// receives goes through `Reception` into mailboxes, and what comes back wakes it.
package struct Door: ~Copyable {
    private let context: Context
    private var zap: ZapHandler
    private let router: Socket
    private var monitor: Monitor
    private var poller: Poller
    private let zapSlot: Poller.Slot
    private let routerSlot: Poller.Slot
    private let monitorSlot: Poller.Slot
    private let reception: Reception
    private let keys: KeyRegister
    private let admission: DoorSettings.Admission
    private let log: Logger
    private var incoming = Frames(capacity: 2)
    private var outgoing = Frames(capacity: 2)
    private var backlog = Backlog()
    private var entrance: Entrance
    private var spare: SpareDescriptors
    private let listener: Listener?
    private var ledger = DoorLedger()
    private var cords = Cords()
    private let office: GuardOffice

    /// Where clients connect, with the real port.
    package let endpoint: String

    /// Messages taken in one turn, so that answers and ticks are never starved.
    private static let messagesPerTurn = 512
    /// Handshakes answered in one turn.
    private static let handshakesPerTurn = 64
    /// Events of connections taken in one turn.
    private static let eventsPerTurn = 4096

    /// Opens the door.
    ///
    /// The ZAP handler is bound first, then a server like the public one must prove that it refuses
    /// strangers, and only then is the public endpoint bound (DESIGN §5).
    ///
    /// - Parameters:
    ///   - settings: Endpoint and key.
    ///   - keys: Who may connect.
    ///   - reception: What takes the messages; used by this thread alone.
    ///   - wakeup: What other threads call when they have letters for the reception.
    ///   - log: Where refusals and failures are told.
    /// - Throws: What libzmq refused, or the proof that failed.
    package init(
        settings: DoorSettings,
        keys: KeyRegister,
        reception: Reception,
        wakeup: Wakeup,
        log: Logger
    ) throws {
        // Descriptors first: the sockets below take some, and the entrance is bounded by what is left.
        let descriptors = Descriptors.raiseLimit()
        let connectionsMax = min(settings.connectionsMax, descriptors - Entrance.reserved)
        guard connectionsMax >= 16 else {
            throw DoorError.tooFewDescriptors(limit: descriptors)
        }
        let context = try Context(ioThreads: 1, socketsMax: 64)
        var zap = try ZapHandler(context)
        let options = settings.options
        if case .keys = settings.admission {
            try zap.proveThatStrangersAreRefused(by: .router, options: options) { request in
                Door.decide(request, keys)
            }
        }
        let listener = try Listener(
            endpoint: settings.endpoint,
            backlog: DoorSettings.backlog,
            places: connectionsMax
        )
        let lent: Int32? = listener?.lent
        let own = lent.map { [SocketOption.listener(descriptor: $0)] } ?? []
        let router = try Socket(context, .router, options: options + own)
        let monitor = try router.monitor()
        endpoint = try router.bind(settings.endpoint)
        var poller = Poller(capacity: 3, wakeup: wakeup)
        zapSlot = poller.add(zap.socket)
        routerSlot = poller.add(router)
        monitorSlot = poller.add(monitor.socket)
        self.context = context
        self.zap = zap
        self.router = router
        self.monitor = monitor
        self.poller = poller
        self.reception = reception
        self.keys = keys
        admission = settings.admission
        self.log = log
        office = reception.guardOffice
        entrance = Entrance(connectionsMax: connectionsMax)
        spare = SpareDescriptors()
        self.listener = listener
    }

    /// Serves until the reception says that it is done.
    ///
    /// - Throws: What libzmq refused.
    package mutating func serve() throws {
        while !reception.isDone {
            _ = try poller.wait(atMost: .milliseconds(reception.restMilliseconds))
            if poller.isReadable(zapSlot) { try answerHandshakes() }
            if poller.isReadable(monitorSlot) { try tellEvents() }
            if poller.isReadable(routerSlot) { try takeMessages() }
            watchEntrance()
            cutCords()
            reception.takeLetters()
            reception.tick()
            try sendAll()
        }
        try sendAll()
    }

    private mutating func answerHandshakes() throws {
        let (keys, admission) = (keys, admission)
        var denied: [String] = []
        let tally = try zap.answerPending(limit: Door.handshakesPerTurn) { request in
            let decision: ZapDecision =
                switch admission {
                case .keys: Door.decide(request, keys)
                // Who it is stands in the routing id; see `principal(of:)`.
                case .names: request.mechanism == .null ? .allow(userID: "unproved") : .deny
                }
            if case .deny = decision, denied.count < 4 { denied.append(request.address) }
            return decision
        }
        ledger.refused(denied, count: tally.denied + tally.malformed)
        if tally.denied + tally.malformed > 0 {
            log.warning(
                "refused connections",
                metadata: ["denied": "\(tally.denied)", "malformed": "\(tally.malformed)"]
            )
        }
    }

    private mutating func tellEvents() throws {
        var left = Door.eventsPerTurn
        while left > 0, let event = try monitor.next() {
            left -= 1
            entrance.note(event)
            if case .disconnected(let descriptor) = event {
                listener?.leave()
                cords.gone(descriptor)
            }
            ledger.note(event)
            log.debug("connection", metadata: ["event": "\(event)"])
        }
    }

    /// Closes the entrance while there are too many connections, and tells the guard once a second.
    private mutating func watchEntrance() {
        if let listener { ledger.turnedAway(listener.takeTurnedAway()) }
        switch entrance.act() {
        case .nothing: break
        case .close:
            let isStarved = entrance.isStarved
            if listener?.refuse() == false { log.error("newcomers cannot be refused") }
            ledger.turnedAway(listener?.turnAway(&spare) ?? 0)
            // What is left of the spare ones is for the journal's next file.
            if isStarved { spare.release() }
        case .open:
            spare.refill()
            if listener?.admit() == false { log.error("newcomers cannot be let in again") }
        }
        ledger.tell(office, entrance)
    }

    /// Ends the connections of keys that open nothing any more, with what is queued for them.
    private mutating func cutCords() {
        let now = office.now
        cords.condemn(keys.takeClosed(), now: now)
        let count = cords.cut(now: now)
        if count > 0 { log.notice("connections cut", metadata: ["count": "\(count)"]) }
    }

    /// Takes messages in until there is something to say: whoever waits for a receipt sends nothing, and
    /// what others have sent waits as well in the socket.
    private mutating func takeMessages() throws {
        for taken in 0..<Door.messagesPerTurn {
            if taken > 0, reception.hasLetters { return }
            guard try router.receive(into: &incoming) else { return }
            guard incoming.count == 2, incoming.surplus == 0 else { continue }
            let (peer, principal) = sender()
            reception.receive(from: peer, principal, incoming.withBytes(at: 1, Door.copy))
        }
    }

    /// Who sent the message at hand: what ZAP says, or without encryption what stands before the
    /// hash sign of the routing id, if that is one of a few names.
    private mutating func sender() -> (Peer, Principal?) {
        let routingID = incoming.withBytes(at: 0, Door.copy)
        switch admission {
        case .keys:
            let user = incoming.property(.userID) ?? ""
            if let descriptor = incoming.property(.descriptor).flatMap({ Int32($0) }) {
                cords.note(descriptor, user)
            }
            return (Peer(routingID: routingID, credential: user), keys.principal(of: user))
        case .names:
            let name = String(decoding: routingID.prefix { $0 != 0x23 }, as: UTF8.self)
            let principal = DoorSettings.names.contains(name) ? Principal(text: name) : nil
            return (Peer(routingID: routingID), principal)
        }
    }

    private mutating func sendAll() throws {
        for peer in backlog.peers {
            while let message = backlog.first(for: peer) {
                guard try send(message) != .wouldBlock else { break }
                backlog.removeFirst(for: peer)
            }
        }
        for message in reception.takeOutgoing() {
            if backlog.holds(message.peer) {
                keep(message)
            } else if try send(message) == .wouldBlock {
                keep(message)
            }
        }
    }

    private mutating func keep(_ message: Outgoing) {
        guard backlog.append(message) else {
            backlog.remove(message.peer)
            reception.lost(message.peer)
            return
        }
    }

    private mutating func send(_ message: Outgoing) throws(ZeroMQError) -> SendOutcome {
        outgoing.removeAll()
        outgoing.append(message.peer.routingID)
        outgoing.append(message.bytes)
        let outcome = try router.send(&outgoing)
        switch outcome {
        case .sent: if message.receipts > 0 { reception.sent(receiptsUpTo: message.receipts) }
        case .unreachable:
            backlog.remove(message.peer)
            reception.lost(message.peer)
        case .wouldBlock: break
        }
        return outcome
    }

    private static func copy(_ bytes: RawSpan) -> [UInt8] {
        bytes.withUnsafeBytes { Array($0) }
    }

    private static func decide(
        _ request: ZapRequest,
        _ keys: KeyRegister
    ) -> ZapDecision {
        guard let key = request.publicKey, let user = keys.user(of: key) else { return .deny }
        return .allow(userID: user)
    }
}

/// Messages for peers whose queue is full, bounded per peer.
private struct Backlog {
    private var waiting: [Peer: [Outgoing]] = [:]

    /// Messages kept for one peer; one that reads nothing loses its session and resumes later.
    private static let messagesMax = 4096

    var peers: [Peer] { Array(waiting.keys) }

    func holds(_ peer: Peer) -> Bool { waiting[peer] != nil }

    func first(for peer: Peer) -> Outgoing? { waiting[peer]?.first }

    mutating func append(_ message: Outgoing) -> Bool {
        guard waiting[message.peer, default: []].count < Backlog.messagesMax else { return false }
        waiting[message.peer, default: []].append(message)
        return true
    }

    mutating func removeFirst(for peer: Peer) {
        guard waiting[peer] != nil else { return }
        waiting[peer]?.removeFirst()
        if waiting[peer]?.isEmpty == true { waiting[peer] = nil }
    }

    mutating func remove(_ peer: Peer) {
        waiting[peer] = nil
    }
}
