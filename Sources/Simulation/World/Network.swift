import Domain
import Hub
import LiandongClient
import Storage
import Wire

/// The network of a simulated world: one line for each connection, as ZeroMQ shows it (虚拟网络).
///
/// A line carries whole messages in order. A cut loses what is under way and gives the client another
/// routing id, as a reconnect does; a line that stands still keeps everything; a half-open one swallows
/// everything. What nobody knows of is nowhere told.
final class Network {
    /// A message under way.
    private struct Parcel {
        let due: Int64
        let bytes: [UInt8]
    }

    private struct Line {
        let principal: Principal
        var peer: Peer
        var toHub: [Parcel] = []
        var toClient: [Parcel] = []
        var isOpen = true
        /// Nothing moves until then.
        var clogged: Int64 = 0
        /// Everything vanishes until then.
        var swallowing: Int64 = 0
    }

    private let time: VirtualTime
    private var random: SplitMix64
    private let delayMax: Int
    private var lines: [Line] = []
    private var numbers: [Peer: Int] = [:]
    private var lastPeer: UInt32 = 0
    /// Messages lost, one in so many; 0 for none.
    private(set) var lossPermille = 0

    /// Messages that wait in one direction, as ZeroMQ's high-water mark bounds them.
    private static let waitingMax = 1000

    init(_ time: VirtualTime, delayMax: Int, random: SplitMix64) {
        self.time = time
        self.delayMax = delayMax
        self.random = random
    }

    // MARK: The client's end

    /// A new connection.
    func connect(_ principal: Principal) -> Int {
        lines.append(Line(principal: principal, peer: newPeer(for: lines.count)))
        return lines.count - 1
    }

    /// A message to the hub; `false` when there is no room.
    func send(_ bytes: [UInt8], on number: Int) -> Bool {
        guard lines[number].toHub.count < Network.waitingMax else { return false }
        guard !isLost(number) else { return true }
        let due = due(after: lines[number].toHub.last?.due)
        lines[number].toHub.append(Parcel(due: due, bytes: bytes))
        return true
    }

    /// The next message from the hub.
    func receive(on number: Int) -> [UInt8]? {
        let now = time.milliseconds
        guard let first = lines[number].toClient.first, first.due <= now,
            lines[number].clogged <= now
        else { return nil }
        return lines[number].toClient.removeFirst().bytes
    }

    /// The client closed it.
    func close(_ number: Int) {
        lines[number].isOpen = false
        lines[number].toHub = []
        lines[number].toClient = []
        numbers[lines[number].peer] = nil
    }

    // MARK: The hub's end

    /// What has arrived at the hub, in the order in which it arrived.
    func arrived() -> [(peer: Peer, principal: Principal, bytes: [UInt8])] {
        let now = time.milliseconds
        var found: [(due: Int64, line: Int, bytes: [UInt8])] = []
        for number in lines.indices where lines[number].isOpen && lines[number].clogged <= now {
            while let first = lines[number].toHub.first, first.due <= now {
                lines[number].toHub.removeFirst()
                found.append((first.due, number, first.bytes))
            }
        }
        found.sort { ($0.due, $0.line) < ($1.due, $1.line) }
        return found.map { (lines[$0.line].peer, lines[$0.line].principal, $0.bytes) }
    }

    /// A message to a client; `false` when nobody is there any more.
    func send(_ message: Outgoing) -> Bool {
        guard let number = numbers[message.peer] else { return false }
        guard lines[number].toClient.count < Network.waitingMax else { return true }
        guard !isLost(number) else { return true }
        let due = due(after: lines[number].toClient.last?.due)
        lines[number].toClient.append(Parcel(due: due, bytes: message.bytes))
        return true
    }

    /// The hub is gone: nothing that was under way arrives, and clients connect anew by themselves.
    func hubIsGone() {
        for number in lines.indices where lines[number].isOpen { cut(number) }
    }

    // MARK: Faults

    /// When the next message arrives at the hub, if it listens, or at a client; `Int64.max` when
    /// none is under way.
    func nextDue(hubListens: Bool) -> Int64 {
        var next = Int64.max
        for line in lines where line.isOpen {
            if hubListens, let parcel = line.toHub.first {
                next = min(next, max(parcel.due, line.clogged))
            }
            if let parcel = line.toClient.first { next = min(next, max(parcel.due, line.clogged)) }
        }
        return next
    }

    /// Does a fault of the network to a random line.
    func suffer(_ fault: Swarm.Fault) {
        let open = lines.indices.filter { lines[$0].isOpen }
        guard !open.isEmpty else { return }
        let number = random.pick(open)
        let span = Int64(random.number(in: 100...20_000))
        switch fault {
        case .cut: cut(number)
        case .clog: lines[number].clogged = time.milliseconds + span
        case .halfOpen: lines[number].swallowing = time.milliseconds + span
        case .loss: lossPermille = random.pick([0, 5, 50])
        default: break
        }
    }

    /// From now on everything arrives.
    func heal() {
        lossPermille = 0
        for number in lines.indices {
            lines[number].clogged = 0
            lines[number].swallowing = 0
        }
    }

    private func cut(_ number: Int) {
        // What the client's socket had not sent yet goes out on the next connection.
        let kept = random.below(lines[number].toHub.count + 1)
        lines[number].toHub.removeFirst(lines[number].toHub.count - kept)
        // What was on the wire already may still arrive.
        let arriving = random.below(lines[number].toClient.count + 1)
        lines[number].toClient.removeLast(lines[number].toClient.count - arriving)
        numbers[lines[number].peer] = nil
        lines[number].peer = newPeer(for: number)
    }

    private func isLost(_ number: Int) -> Bool {
        lines[number].swallowing > time.milliseconds
            || lossPermille > 0 && random.chance(permille: lossPermille)
    }

    private func due(after last: Int64?) -> Int64 {
        let due = time.milliseconds + Int64(random.below(delayMax + 1))
        return max(due, last ?? due)
    }

    private func newPeer(for number: Int) -> Peer {
        lastPeer += 1
        let peer = Peer(routingID: [0] + withUnsafeBytes(of: lastPeer.bigEndian) { Array($0) })
        numbers[peer] = number
        return peer
    }
}

/// A client's connection in a simulated world.
struct SimulatedConnection: HubConnection, ~Copyable {
    private let network: Network
    private let number: Int

    init(_ network: Network, _ principal: Principal) {
        self.network = network
        number = network.connect(principal)
    }

    deinit {
        network.close(number)
    }

    mutating func send(_ message: [UInt8]) throws(ConnectionError) -> Bool {
        network.send(message, on: number)
    }

    mutating func receive(within milliseconds: Int) throws(ConnectionError) -> [UInt8]? {
        network.receive(on: number)
    }
}
