import Domain
import Hub
import LiandongClient
import Storage
import Wire

/// One hub's network in the game: whole messages in order, each connection with delays of its own (博弈网络).
///
/// The delays of a connection come from the trial's seed and from nothing that happens on another, so that two
/// worlds that differ in one item differ in nothing else.
final class GameNetwork {
    fileprivate struct Parcel {
        let due: Int64
        let bytes: [UInt8]
    }

    /// A connection.
    final class Line {
        let principal: Principal
        let peer: Peer
        let bell: Bell
        fileprivate let plant: LeakPlant?
        fileprivate var isOpen = true
        fileprivate var toHub: [Parcel] = []
        fileprivate var toClient: [Parcel] = []
        private var out: SplitMix64
        private var back: SplitMix64

        fileprivate init(
            _ principal: Principal,
            _ peer: Peer,
            _ bell: Bell,
            _ plant: LeakPlant?,
            seed: UInt64
        ) {
            self.principal = principal
            self.peer = peer
            self.bell = bell
            self.plant = plant
            out = SplitMix64(seed: seed)
            back = SplitMix64(seed: ~seed)
        }

        fileprivate func send(_ bytes: [UInt8], at now: Int64) {
            let due = now + Line.delay(&out)
            toHub.append(Parcel(due: max(due, toHub.last?.due ?? 0), bytes: bytes))
        }

        fileprivate func bring(_ bytes: [UInt8], later: Int64, at now: Int64) {
            let due = now + Line.delay(&back) + later
            toClient.append(Parcel(due: max(due, toClient.last?.due ?? 0), bytes: bytes))
        }

        /// Most messages take a millisecond, some take longer.
        private static func delay(_ random: inout SplitMix64) -> Int64 {
            Int64(random.pick([1, 1, 1, 1, 1, 2, 2, 4]))
        }
    }

    private let time: VirtualTime
    private let seed: UInt64
    private var lines: [Line] = []
    private var numbers: [Peer: Int] = [:]

    init(_ time: VirtualTime, seed: UInt64) {
        self.time = time
        self.seed = seed
    }

    /// A new connection; what the hub sends on it passes through the plant.
    func connect(_ principal: Principal, _ bell: Bell, plant: LeakPlant? = nil) -> Line {
        let number = UInt32(lines.count + 1)
        let peer = Peer(
            routingID: [0] + withUnsafeBytes(of: number.bigEndian) { Array($0) }
        )
        numbers[peer] = lines.count
        var own = SplitMix64(seed: seed ^ UInt64(number) &* 0x9e37_79b9)
        lines.append(Line(principal, peer, bell, plant, seed: own.next()))
        return lines[lines.count - 1]
    }

    func send(_ bytes: [UInt8], on line: Line) { line.send(bytes, at: time.milliseconds) }

    func receive(on line: Line) -> [UInt8]? {
        guard let first = line.toClient.first, first.due <= time.milliseconds else { return nil }
        return line.toClient.removeFirst().bytes
    }

    func close(_ line: Line) {
        line.isOpen = false
        line.toHub = []
        line.toClient = []
        numbers[line.peer] = nil
    }

    /// What has arrived at the hub.
    func arrived() -> [(line: Line, bytes: [UInt8])] {
        let now = time.milliseconds
        var found: [(line: Line, bytes: [UInt8])] = []
        for line in lines {
            while let first = line.toHub.first, first.due <= now {
                found.append((line, line.toHub.removeFirst().bytes))
            }
        }
        return found
    }

    /// A message from the hub, and what was planted into its way.
    func send(_ message: Outgoing) {
        guard let number = numbers[message.peer] else { return }
        let line = lines[number]
        guard let plant = line.plant else {
            line.bring(message.bytes, later: 0, at: time.milliseconds)
            return
        }
        for (bytes, later) in plant.pass(message.bytes) {
            line.bring(bytes, later: later, at: time.milliseconds)
        }
    }

    /// When the next message arrives, at the hub or at a client.
    var nextDue: (hub: Int64, client: Int64) {
        var next: (hub: Int64, client: Int64) = (.max, .max)
        for line in lines where line.isOpen {
            if let due = line.toHub.first?.due { next.hub = min(next.hub, due) }
            if let due = line.toClient.first?.due { next.client = min(next.client, due) }
        }
        return next
    }

    /// Rings for every client to whom something has come.
    func ring() {
        let now = time.milliseconds
        for line in lines {
            if let due = line.toClient.first?.due, due <= now { line.bell.isRung = true }
        }
    }
}

/// A client's connection in the game.
struct GameConnection: HubConnection, ~Copyable {
    private let network: GameNetwork
    private let line: GameNetwork.Line

    init(_ network: GameNetwork, _ principal: Principal, _ bell: Bell) {
        self.network = network
        line = network.connect(principal, bell)
    }

    deinit {
        network.close(line)
    }

    mutating func send(_ message: [UInt8]) throws(ConnectionError) -> Bool {
        network.send(message, on: line)
        return true
    }

    mutating func receive(within milliseconds: Int) throws(ConnectionError) -> [UInt8]? {
        network.receive(on: line)
    }
}
