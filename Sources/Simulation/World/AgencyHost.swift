import Domain
import LiandongClient
import Storage
import Wire

/// An agency's machine in a simulated world: its disk, its outbox, its daemon (单位主机).
final class AgencyHost {
    let agency: AgencyID
    /// Times that the daemon was started.
    private(set) var restarts = 0

    private let time: VirtualTime
    private let network: Network
    private let bell = Bell()
    private let auditor: Auditor
    private var random: SplitMix64
    private var disk = MemoryDisk()
    private var outbox: Outbox?
    private var pusher: Pusher<SimulatedConnection>?
    private var workload: Workload
    private var upAt: Int64 = 0
    private var nextTurn: Int64 = 0
    private var nextItems: Int64
    /// The lines of a `put` whose end nobody saw: a beginning of them may be there at the next start.
    private var unconfirmed: [[UInt8]] = []
    private(set) var isSilent = false
    private var lastEnd = "never"

    private static var folder: String { "agency" }

    init(
        _ agency: AgencyID,
        _ time: VirtualTime,
        _ network: Network,
        _ auditor: Auditor,
        random: SplitMix64
    ) {
        self.agency = agency
        self.time = time
        self.network = network
        self.auditor = auditor
        self.random = random
        workload = Workload(agency, random: SplitMix64(seed: self.random.next()))
        nextItems = Int64(self.random.below(2000))
    }

    /// When something is to do.
    var nextDue: Int64 { pusher == nil ? upAt : min(nextTurn, isSilent ? nextTurn : nextItems) }

    /// Every item has its receipt.
    var isDrained: Bool { pusher?.isSettled == true }

    /// Where it stands, for a finding.
    var standing: String {
        let isOpen = pusher?.isOpen ?? false
        guard let outbox else { return "\(agency.name) is down" }
        return
            "\(agency.name) has receipts for \(outbox.receiptedThrough) of \(outbox.lastNumber), "
            + "session \(isOpen ? "open" : "not open"), last ended because: \(lastEnd)"
    }

    /// Takes no more items.
    func fallSilent() { isSilent = true }

    /// Does what is due.
    func step() {
        let now = time.milliseconds
        if pusher == nil {
            guard now >= upAt else { return }
            start()
        }
        if !isSilent, now >= nextItems { putItems() }
        guard bell.takeRing() || now >= nextTurn else { return }
        nextTurn = now + Int64(random.number(in: 100...800))
        do throws(Pusher<SimulatedConnection>.Stop) {
            let events = try pusher?.turn(waiting: 0, at: time.wall) ?? []
            guard let outbox else { return }
            for event in events {
                switch event {
                case .receipted: auditor.receipted(outbox)
                case .interrupted(let reason): lastEnd = reason
                case .opened, .moved: break
                }
            }
            if outbox.stream.epoch != auditor.epoch(of: agency) { auditor.renumbered(outbox) }
        } catch {
            if case .outbox(.disk) = error {
                end(powerLoss: false)
            } else {
                auditor.blame("\(agency.name): \(error)")
                end(powerLoss: false)
            }
        }
    }

    /// The daemon ends, with its machine or alone, and comes back after a while.
    func end(powerLoss: Bool) {
        guard pusher != nil else { return }
        pusher = nil
        outbox = nil
        if powerLoss { disk = MemoryDisk(image: disk.crashImage(seed: random.next())) }
        upAt = time.milliseconds + Int64(random.number(in: 1...5000))
    }

    private func start() {
        do throws(OutboxError) {
            let outbox = try Outbox(
                disk: disk,
                root: AgencyHost.folder,
                agency: agency,
                name: "main",
                limits: OutboxLimits(),
                newEpoch: random.next() | 1
            )
            try auditor.adopt(outbox, unconfirmed: unconfirmed)
            unconfirmed = []
            let agency = agency
            let network = network
            let bell = bell
            self.outbox = outbox
            pusher = Pusher(
                outbox: outbox,
                agent: "simulation",
                pauseMax: .seconds(4),
                clock: VirtualClientClock(time: time),
                chance: SplitMix64(seed: random.next())
            ) { () throws(ConnectionError) in
                SimulatedConnection(network, .agency(agency), bell)
            }
            restarts += 1
            nextTurn = time.milliseconds
        } catch {
            auditor.blame("\(agency.name): the outbox does not open: \(error)")
            upAt = time.milliseconds + 60_000
        }
    }

    private func putItems() {
        nextItems = time.milliseconds + Int64(random.number(in: 100...12_000))
        guard let outbox else { return }
        let items = workload.items(random.pick([1, 1, 1, 2, 5]), at: time.wall)
        unconfirmed = items.map(\.event)
        do throws(OutboxError) {
            let numbers = try outbox.put(items, at: time.wall).numbers
            auditor.put(unconfirmed, outbox.stream, first: numbers.lowerBound)
            unconfirmed = []
        } catch {
            auditor.blame("\(agency.name): the outbox takes nothing: \(error)")
        }
        nextTurn = min(nextTurn, time.milliseconds)
    }
}
