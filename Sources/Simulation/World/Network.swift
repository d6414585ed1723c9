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
        /// When it was sent, among all messages.
        let order: Int
        let bytes: [UInt8]
    }

    private struct Line {
        let principal: Principal
        let bell: Bell
        var peer: Peer
        var toHub: [Parcel] = []
        var toClient: [Parcel] = []
        /// Nothing moves until then.
        var clogged: Int64 = 0
        /// Everything vanishes until then.
        var swallowing: Int64 = 0
    }

    private let time: VirtualTime
    private var random: SplitMix64
    private let delayMax: Int
    @exclusivity(unchecked) private var lines: [Line] = []
    /// The lines in use, in the order of their beginning.
    private var open: [Int] = []
    private var numbers: [Peer: Int] = [:]
    private var lastPeer: UInt32 = 0
    private var sent = 0
    private var newestCome = 0
    /// Messages that reached the hub after one that was sent later on another connection.
    private(set) var overtaken = 0
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
    func connect(_ principal: Principal, _ bell: Bell) -> Int {
        open.append(lines.count)
        lines.append(Line(principal: principal, bell: bell, peer: newPeer(for: lines.count)))
        return lines.count - 1
    }

    /// A message to the hub; `false` when there is no room.
    func send(_ bytes: [UInt8], on number: Int) -> Bool {
        guard lines[number].toHub.count < Network.waitingMax else { return false }
        guard !isLost(number) else { return true }
        let due = due(after: lines[number].toHub.last?.due)
        sent += 1
        lines[number].toHub.append(Parcel(due: due, order: sent, bytes: bytes))
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
        open.removeAll { $0 == number }
        lines[number].toHub = []
        lines[number].toClient = []
        numbers[lines[number].peer] = nil
    }

    // MARK: The hub's end

    /// What has arrived at the hub, in the order in which it arrived.
    func arrived() -> [(peer: Peer, principal: Principal, bytes: [UInt8])] {
        let now = time.milliseconds
        var found: [(due: Int64, line: Int, bytes: [UInt8])] = []
        for number in open where lines[number].clogged <= now {
            while let first = lines[number].toHub.first, first.due <= now {
                lines[number].toHub.removeFirst()
                if first.order < newestCome { overtaken += 1 }
                newestCome = max(newestCome, first.order)
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
        sent += 1
        lines[number].toClient.append(Parcel(due: due, order: sent, bytes: message.bytes))
        return true
    }

    /// The hub is gone: nothing that was under way arrives, and clients connect anew by themselves.
    func hubIsGone() {
        for number in open { cut(number) }
    }

    // MARK: Faults

    /// When the next message arrives at the hub, if it listens, or at a client; `Int64.max` when
    /// none is under way.
    func nextDue(hubListens: Bool) -> Int64 {
        var next = Int64.max
        for number in open {
            if hubListens, let due = lines[number].toHub.first?.due {
                next = min(next, max(due, lines[number].clogged))
            }
            if let due = lines[number].toClient.first?.due {
                next = min(next, max(due, lines[number].clogged))
            }
        }
        return next
    }

    /// Rings for every client to whom something has come; `true` when something has for the hub.
    func ring() -> Bool {
        let now = time.milliseconds
        var isForHub = false
        for number in open where lines[number].clogged <= now {
            if let due = lines[number].toHub.first?.due, due <= now { isForHub = true }
            if let due = lines[number].toClient.first?.due, due <= now {
                lines[number].bell.isRung = true
            }
        }
        return isForHub
    }

    /// Does a fault of the network to a random line.
    func suffer(_ fault: Swarm.Fault) {
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
        for number in open {
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
        // Messages that come within a few milliseconds are one turn of whoever reads them.
        return max((due + 4) / 5 * 5, last ?? 0)
    }

    private func newPeer(for number: Int) -> Peer {
        lastPeer += 1
        let peer = Peer(routingID: [0] + withUnsafeBytes(of: lastPeer.bigEndian) { Array($0) })
        numbers[peer] = number
        return peer
    }
}

/// Tells a program that something came for it (来件铃).
final class Bell {
    var isRung = false

    /// Whether it rang since it was asked last.
    func takeRing() -> Bool {
        defer { isRung = false }
        return isRung
    }
}

/// A client's connection in a simulated world.
struct SimulatedConnection: HubConnection, ~Copyable {
    private let network: Network
    private let number: Int

    init(_ network: Network, _ principal: Principal, _ bell: Bell) {
        self.network = network
        number = network.connect(principal, bell)
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
