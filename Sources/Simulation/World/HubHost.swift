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
    /// Faults that happened, by kind.
    private(set) var suffered: [Swarm.Fault: Int] = [:]
    /// Starts that damage ended, and histories whose end was lost to damage that looks like a power cut.
    private(set) var refusals = 0
    private(set) var lostEnds = 0
    private let swarm: Swarm
    /// The last entry that was durable when the process last ended.
    private var synced: UInt64 = 0
    /// Something of the disk was damaged since it was mended.
    private var isDamaged = false
    /// The power fails in the middle of what the journal does next.
    private var losesPower = false
    private var areFaultsOver = false
    /// The operation of the disk at which it does; it need not be one that fails the hub.
    private var powerFailsAt = Int.max

    static let folder = "hub"
    /// The longest time between two turns of a thread that is not held up.
    private static let turnMilliseconds: Int64 = 400

    init(
        _ time: VirtualTime,
        _ network: Network,
        _ auditor: Auditor,
        _ configuration: CountyFiles,
        county: Division,
        swarm: Swarm,
        random: SplitMix64
    ) {
        self.swarm = swarm
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
        options.snapshotEntries = self.random.pick([6, 30, 20_000])
        self.options = options
    }

    /// When something is to do.
    var nextDue: Int64 {
        hub == nil ? upAt : min(nextDoor, nextRegister, nextDecide, nextLook, roomAt)
    }

    /// The process takes messages in.
    var listens: Bool { hub != nil && time.milliseconds >= doorOpensAt }

    /// A message has come.
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
            // A commit that waits for room is sealed anew each time.
            nextRegister = now + (roomAt < .max ? 2000 : HubHost.turnMilliseconds)
            hub?.register()
            nextDoor = max(doorOpensAt, min(nextDoor, now + Int64(random.below(3))))
            settleFailure()
        }
        if now >= nextLook {
            nextLook = now + HubHost.turnMilliseconds
            hub?.look()
            nextDoor = max(doorOpensAt, min(nextDoor, now + Int64(random.below(3))))
            settleFailure()
        }
        if now >= nextDecide {
            nextDecide = now + HubHost.turnMilliseconds
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
        guard let last = hub?.gauges.lastEntry else { return }
        synced = last
        hub = nil
        losesPower = false
        network.hubIsGone()
        disk.fail(at: nil, by: .error)
        disk.limitSpace(to: nil)
        roomAt = .max
        if powerLoss {
            loseUnsynced()
        }
        upAt = time.milliseconds + Int64(random.number(in: 10...4000))
    }

    /// A fault of the hub's machine.
    func suffer(_ fault: Swarm.Fault) {
        guard hub != nil else { return }
        if !fault.isSilent { suffered[fault, default: 0] += 1 }
        let soon = disk.operationCount + 1 + random.below(random.pick([3, 12]))
        switch fault {
        case .kill: end(powerLoss: false)
        case .powerLoss:
            if random.chance(permille: 300) { return end(powerLoss: true) }
            losesPower = true
            powerFailsAt = soon
            disk.fail(at: soon, by: .powerLoss)
        case .diskError: disk.fail(at: soon, by: .error)
        case .bitRot: rot()
        case .misdirectedWrite: misdirect()
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

    /// Bytes that a session with an agency may surely have under way when nothing is.
    var window: Int { min(options.creditBytes, 16 << 10) }

    /// From now on the disk works.
    func heal() {
        disk.fail(at: nil, by: .error)
        disk.limitSpace(to: nil)
        roomAt = .max
        losesPower = false
        areFaultsOver = true
        guard isDamaged else { return }
        // An operator looks at the disk before the county rests.
        end(powerLoss: false)
        mend()
    }

    /// Stops the process, so that the journal can be read.
    func stop() {
        noteMisdirected()
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
        disk.stopMisdirecting()
        let failsAt = armStart()
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
            judgeDamage()
            nextDoor = now
            nextRegister = now
            nextDecide = now
            nextLook = now
        } catch {
            settleStart(error, failsAt)
        }
    }

    private func openDoor() {
        guard let reception = hub?.reception else { return }
        let now = time.milliseconds
        for message in network.arrived() {
            auditor.promises.came(message.bytes, from: message.peer, message.principal)
            reception.receive(from: message.peer, message.principal, message.bytes)
        }
        reception.takeLetters()
        reception.tick()
        for message in reception.takeOutgoing() {
            if network.send(message) {
                auditor.promises.left(message.bytes, to: message.peer)
            } else {
                reception.lost(message.peer)
            }
        }
        nextDoor = now + 400
        nextRegister = min(nextRegister, now + Int64(random.below(10)))
        nextDecide = min(nextDecide, now + Int64(random.below(40)))
        nextLook = min(nextLook, now + Int64(random.below(40)))
    }
}

// Starts that fail, and damage that nobody was told of.
extension HubHost {
    /// What was not synced is lost; what anybody was told of is not.
    private func loseUnsynced() {
        noteMisdirected()
        disk = MemoryDisk(image: disk.crashImage(seed: random.next()))
        if !isDamaged { auditor.powerWasLost(disk) }
    }

    /// Lets the disk fail in the middle of the start that follows; gives the operation that does.
    private func armStart() -> Int {
        guard !areFaultsOver, random.chance(permille: 300) else { return .max }
        let kinds = [Swarm.Fault.startError, .startPowerLoss].filter { swarm.has($0) }
        guard !kinds.isEmpty else { return .max }
        let kind = random.pick(kinds)
        let failsAt = disk.operationCount + 1 + random.below(40)
        disk.fail(at: failsAt, by: kind == .startError ? .error : .powerLoss)
        if kind == .startPowerLoss {
            losesPower = true
            powerFailsAt = failsAt
        }
        return failsAt
    }

    /// A start ended with an error: a fault is behind it, or it is a finding.
    private func settleStart(_ error: any Error, _ failsAt: Int) {
        let now = time.milliseconds
        upAt = now + Int64(random.number(in: 10...4000))
        let hasFailed = disk.operationCount >= failsAt
        let isDark = losesPower
        disk.fail(at: nil, by: .error)
        losesPower = false
        if hasFailed {
            suffered[isDark ? .startPowerLoss : .startError, default: 0] += 1
            if isDark { loseUnsynced() }
        } else if isDamaged {
            refusals += 1
            if !"\(error)".contains(HubHost.folder + "/") {
                auditor.blame("a start that damage ends does not say where: \(error)")
            }
            mend()
        } else {
            auditor.blame("the hub does not start: \(error)")
            upAt = now + 1000
        }
    }

    private func rot() {
        guard let site = DamageSite(on: disk, below: HubHost.folder, &random),
            disk.rot(site.path, at: site.offset, bit: random.below(8))
        else { return }
        suffered[.bitRot, default: 0] += 1
        isDamaged = true
    }

    /// Counts the writes that this disk put elsewhere.
    private func noteMisdirected() {
        let count = disk.misdirectedCount
        if count > 0 { suffered[.misdirectedWrite, default: 0] += count }
    }

    private func misdirect() {
        disk.misdirect(below: HubHost.folder, seed: random.next())
        isDamaged = true
    }

    /// The disk holds again what was written; nothing that anybody was told of may be missing.
    private func mend() {
        let isWhole = !disk.hasLostTruth
        disk.mend()
        isDamaged = false
        if isWhole {
            auditor.powerWasLost(disk)
        } else if auditor.forgiveLostEnd(disk, synced: synced) {
            lostEnds += 1
        }
    }

    /// The hub serves although something was damaged: nothing that counts, or the end of a log, which the
    /// agencies send again.
    private func judgeDamage() {
        guard isDamaged else { return }
        if auditor.forgiveLostEnd(disk, synced: synced) { lostEnds += 1 }
        // From its newest frame on a log is written anew.
        for path in disk.damaged where path.hasSuffix(".segment") {
            let bytes = disk.liveImage().files[path] ?? []
            disk.acceptDamage(path, from: DamageSite.newestFrame(in: bytes))
        }
        isDamaged = !disk.damaged.isEmpty
    }
}
