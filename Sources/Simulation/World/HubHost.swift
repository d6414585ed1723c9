import Domain
import Hub
import Journal
import Logging
import Storage
import Wire

/// The hub's machine in a simulated world: its disk and the hub process on it (枢纽主机).
///
/// The three threads of the real hub are three kinds of turns here, whose order and distance the seed
/// chooses.
final class HubHost {
    /// Times that the process was started.
    private(set) var starts = 0
    /// The disk; another one after the power was lost.
    private(set) var disk = MemoryDisk()

    /// The last entry of the newest snapshot that was written or started from.
    private(set) var snapshots: UInt64 = 0

    private let time: VirtualTime
    private let network: Network
    private let auditor: Auditor
    private let configuration: CountyFiles
    private let options: HubOptions
    private let clock: VirtualHubClock
    private var random: SplitMix64
    private var hub: SteppedHub<MemoryDisk>?
    private var upAt: Int64 = 0
    private var nextDoor: Int64 = 0
    /// The socket thread gets no turn before.
    private var doorOpensAt: Int64 = 0
    private var nextRegister: Int64 = .max
    private var nextDecide: Int64 = .max
    private var nextLook: Int64 = .max
    /// When somebody makes room on a full disk.
    private var roomAt: Int64 = .max
    /// The power fails in the middle of what the journal does next.
    private var losesPower = false
    /// The operation of the disk at which it does; it need not be one that fails the hub.
    private var powerFailsAt = Int.max

    static let folder = "hub"

    init(
        _ time: VirtualTime,
        _ network: Network,
        _ auditor: Auditor,
        _ configuration: CountyFiles,
        county: Division,
        random: SplitMix64
    ) {
        self.time = time
        clock = VirtualHubClock(time: time)
        self.network = network
        self.auditor = auditor
        self.configuration = configuration
        self.random = random
        var options = HubOptions(county: county)
        options.ringEntriesMax = self.random.pick([1, 4, 65_536])
        options.commitEntriesMax = self.random.pick([1, 8, 1024])
        options.creditBytes = self.random.pick([1 << 12, 1 << 14, 4 << 20])
        options.snapshotEntries = self.random.pick([4, 20, 20_000])
        self.options = options
    }

    /// When something is to do.
    var nextDue: Int64 {
        hub == nil ? upAt : min(nextDoor, nextRegister, nextDecide, nextLook, roomAt)
    }

    /// The process takes messages in.
    var listens: Bool { hub != nil && time.milliseconds >= doorOpensAt }

    /// A message has arrived.
    func wake() { if listens { nextDoor = min(nextDoor, time.milliseconds) } }

    /// Does what is due.
    func step() {
        let now = time.milliseconds
        if now >= roomAt {
            roomAt = .max
            disk.limitSpace(to: nil)
        }
        if hub == nil {
            guard now >= upAt else { return }
            start()
        }
        if now >= nextDoor { openDoor() }
        if now >= nextRegister {
            nextRegister = now + 200
            hub?.register()
            nextDoor = max(doorOpensAt, min(nextDoor, now + Int64(random.below(3))))
            settleFailure()
        }
        if now >= nextLook {
            nextLook = now + 200
            hub?.look()
            nextDoor = max(doorOpensAt, min(nextDoor, now + Int64(random.below(3))))
            settleFailure()
        }
        if now >= nextDecide {
            nextDecide = now + 200
            hub?.decide()
            if random.chance(permille: 300) {
                hub?.follow()
                checkFollower()
            }
            nextDoor = max(doorOpensAt, min(nextDoor, now + Int64(random.below(3))))
            settleFailure()
        }
    }

    /// The process ends without notice, or the machine with it.
    func end(powerLoss: Bool) {
        guard hub != nil else { return }
        hub = nil
        losesPower = false
        network.hubIsGone()
        disk.fail(at: nil, by: .error)
        disk.limitSpace(to: nil)
        roomAt = .max
        if powerLoss {
            disk = MemoryDisk(image: disk.crashImage(seed: random.next()))
            auditor.powerWasLost(disk)
        }
        upAt = time.milliseconds + Int64(random.number(in: 10...4000))
    }

    /// A fault of the hub's machine.
    func suffer(_ fault: Swarm.Fault) {
        guard hub != nil else { return }
        let soon = disk.operationCount + 1 + random.below(12)
        switch fault {
        case .kill: end(powerLoss: false)
        case .powerLoss:
            if random.chance(permille: 300) { return end(powerLoss: true) }
            losesPower = true
            powerFailsAt = soon
            disk.fail(at: soon, by: .powerLoss)
        case .diskError: disk.fail(at: soon, by: .error)
        case .diskFull:
            disk.limitSpace(to: 1)
            roomAt = time.milliseconds + Int64(random.number(in: 10...20_000))
        case .clockJump:
            let size = random.pick([
                TimeSpan.hours(1), .hours(-1), .days(365), .days(-365), .seconds(61), .seconds(-61),
                .seconds(59), TimeSpan(milliseconds: 0),
            ])
            clock.error.withLock { $0 = size }
        case .stall:
            let span = Int64(random.number(in: 100...8000))
            switch random.below(4) {
            case 0:
                doorOpensAt = time.milliseconds + span
                nextDoor = doorOpensAt
            case 1: nextRegister = time.milliseconds + span
            case 2: nextLook = time.milliseconds + span
            default: nextDecide = time.milliseconds + span
            }
        default: break
        }
    }

    /// From now on the disk works.
    func heal() {
        disk.fail(at: nil, by: .error)
        disk.limitSpace(to: nil)
        roomAt = .max
        losesPower = false
    }

    /// Stops the process, so that the journal can be read.
    func stop() {
        hub = nil
        upAt = .max
    }

    /// The follower and the live engine must agree wherever they are held against each other.
    private func checkFollower() {
        guard let gauges = hub?.gauges else { return }
        snapshots = max(snapshots, gauges.snapshotEntry)
        if gauges.snapshotDifferences > 0 {
            auditor.blame("the follower differs from the live engine: a snapshot forgot something")
        }
    }

    /// The journal failed: the process tells its sessions and ends; with the power it says nothing.
    private func settleFailure() {
        // What the archivist and the follower cannot write fails nothing, but the power is gone.
        let isDark = losesPower && disk.operationCount >= powerFailsAt
        guard hub?.failure != nil || isDark else { return }
        if losesPower {
            // The socket thread may have sent what it was told before the power went.
            if random.chance(permille: 500) { openDoor() }
            end(powerLoss: true)
        } else {
            hub?.tellFailure()
            openDoor()
            end(powerLoss: false)
        }
    }

    private func start() {
        let now = time.milliseconds
        do {
            let seed = SplitMix64(seed: random.next())
            let source = Locked(seed)
            hub = try SteppedHub(
                disk: disk,
                folder: HubHost.folder,
                layout: JournalOptions(
                    inputSegmentBytes: 1 << 16,
                    decisionSegmentBytes: 1 << 16,
                    random: { source.withLock { $0.next() } }
                ),
                options: options,
                configuration: configuration,
                clock: clock,
                log: Logger(label: "simulation") { _ in SwiftLogNoOpLogHandler() }
            )
            starts += 1
            nextDoor = now
            nextRegister = now
            nextDecide = now
            nextLook = now
        } catch {
            // Faults strike only what runs, so that a start that fails is a finding.
            auditor.blame("the hub does not start: \(error)")
            upAt = now + 1000
        }
    }

    private func openDoor() {
        guard let reception = hub?.reception else { return }
        let now = time.milliseconds
        for message in network.arrived() {
            reception.receive(from: message.peer, message.principal, message.bytes)
        }
        reception.takeLetters()
        reception.tick()
        for message in reception.takeOutgoing() where !network.send(message) {
            reception.lost(message.peer)
        }
        nextDoor = now + 250
        nextRegister = min(nextRegister, now + Int64(random.below(6)))
        nextDecide = min(nextDecide, now + Int64(random.below(30)))
        nextLook = min(nextLook, now + Int64(random.below(30)))
    }
}
