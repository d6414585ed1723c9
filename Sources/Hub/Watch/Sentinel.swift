import Domain
import Glibc
import Journal
import Logging
import Storage
import Synchronization

/// Looks at the hub from beside it, once a second (自检): do its threads make progress, is there room on
/// the disk and in memory, is the engine behind.
///
/// A thread of its own runs it. What it finds goes to the journal like any other input, to the gauges,
/// and to systemd: the watchdog is fed only when all three threads have made progress.
struct Sentinel {
    private let folder: String
    private let options: HubOptions
    private let links: Links
    private let clock: any HubClock
    private let systemd: SystemdNotifier?
    private var beats: [UInt64] = [0, 0, 0]
    private var isReady = false
    private var open: [Observation.Condition]
    /// When the journal's head was last noted, and the entry of it.
    private var headAt: Int64
    private var headed: UInt64 = 0
    /// When operators' acts were last taken, and why they could not be.
    private var spoolAt: Int64
    private var spool: OperatorSpool.Taker
    private var spoolProblem = ""
    private var rounds = 0
    private var lagSince: Int64?
    private var slowSyncs: [(at: Int64, microseconds: Int64)] = []
    private var disk = DiskTrend()

    init(
        folder: String,
        options: HubOptions,
        links: Links,
        clock: any HubClock,
        open: [Observation.Condition],
        systemd: SystemdNotifier?
    ) {
        self.folder = folder
        self.options = options
        self.links = links
        self.clock = clock
        self.open = open
        self.systemd = systemd
        // The first head comes at the first look.
        headAt = clock.monotonicMilliseconds() - 60_000
        spoolAt = headAt
        spool = OperatorSpool.Taker(folder: folder)
    }

    /// Looks until the hub is stopped.
    mutating func run() {
        while !links.sentinel.isClosed {
            look()
            _ = links.sentinel.take(waitingMilliseconds: 1000)
        }
        systemd?.tell("STOPPING=1")
    }

    private mutating func look() {
        let now = clock.monotonicMilliseconds()
        feedWatchdog()
        if rounds.isMultiple(of: 10) { lookAtDisk(now) }
        rounds += 1
        let memory = Sentinel.residentBytes()
        links.isShortOfMemory.store(memory > options.memoryMax, ordering: .releasing)
        let problem = links.audit?.problem
        links.gauges.note { gauges in
            gauges.residentBytes = memory
            gauges.auditProblem = problem
        }
        lookAtLag(now)
        lookAtSyncs(now)
        noteHead(now)
        takeOperatorActs(now)
    }

    /// At the start and once a minute, what commands beside the hub left goes into the audit log.
    private mutating func takeOperatorActs(_ now: Int64) {
        guard now - spoolAt >= 60_000, let audit = links.audit else { return }
        spoolAt = now
        let failure = spool.look(into: audit, at: clock.now())
        let problem = failure?.description ?? ""
        if problem != spoolProblem, !problem.isEmpty {
            links.log.error("operators' acts are not taken", metadata: ["why": "\(problem)"])
        }
        spoolProblem = problem
    }

    /// Once a minute the audit log says where the journal stands, so that whoever writes the journal anew has
    /// to write the audit log anew as well, whose own heads lie in a second place.
    private mutating func noteHead(_ now: Int64) {
        let head = links.journalHead.withLock { $0 }
        guard now - headAt >= 60_000, head.number > headed else { return }
        (headAt, headed) = (now, head.number)
        links.auditHead(at: clock.now())
    }

    private mutating func feedWatchdog() {
        let seen = links.beats.all
        // At the first look the threads have only just begun.
        let isAlive = rounds == 0 || zip(seen, beats).allSatisfy { $0 > $1 }
        beats = seen
        links.gauges.note { $0.isAlive = isAlive }
        guard let systemd else { return }
        let reading = links.gauges.now
        if !isReady, reading.servingSince != nil {
            isReady = true
            systemd.tell("READY=1")
        }
        if isAlive { systemd.tell("WATCHDOG=1") }
        if rounds.isMultiple(of: 10) {
            systemd.tell(
                "STATUS=\(reading.state.rawValue) entries \(reading.lastEntry) lag "
                    + "\(reading.lagMilliseconds) ms sessions "
                    + "\(reading.intakeSessions)+\(reading.deskSessions)"
            )
        }
    }

    private mutating func lookAtDisk(_ now: Int64) {
        guard let (free, total) = Sentinel.space(of: folder) else { return }
        disk.note(free: free, at: now)
        links.gauges.note { gauges in
            gauges.diskTotalBytes = total
            gauges.diskGrowthBytesPerDay = disk.bytesPerDay
        }
        judge(
            .diskLow,
            free < options.diskFreeMin,
            value: Int(free >> 20),
            bound: Int(options.diskFreeMin >> 20)
        )
        let hours = disk.hoursUntilFull
        judge(.diskGrowth, hours.map { $0 < 168 } ?? false, value: hours ?? 0, bound: 168)
    }

    private mutating func lookAtLag(_ now: Int64) {
        let lag = links.lagMilliseconds.load(ordering: .acquiring)
        let bound = options.lagAlarm.milliseconds
        lagSince = lag >= bound ? lagSince ?? now : nil
        // One long batch is no alarm; half a minute of it is.
        let stands = lagSince.map { now - $0 >= 30_000 } ?? false
        judge(.lag, stands, value: Int(lag), bound: Int(bound))
    }

    private mutating func lookAtSyncs(_ now: Int64) {
        let slowest = links.slowestSync.exchange(0, ordering: .acquiringAndReleasing)
        slowSyncs.removeAll { now - $0.at > 60_000 }
        let bound = options.syncAlarm.milliseconds
        if slowest >= bound * 1000 { slowSyncs.append((now, slowest)) }
        let worst = slowSyncs.map(\.microseconds).max() ?? 0
        judge(.slowSync, slowSyncs.count >= 3, value: Int(worst / 1000), bound: Int(bound))
    }

    /// Tells what begins and what ends; what finds no room is told a second later.
    private mutating func judge(
        _ condition: Observation.Condition,
        _ stands: Bool,
        value: Int,
        bound: Int
    ) {
        guard stands != open.contains(condition), !options.hasScenarioClock else { return }
        let observation = Observation(
            condition,
            since: links.hubTime(at: clock.monotonicMilliseconds()),
            value: value,
            bound: bound,
            isOver: !stands
        )
        guard links.registrar.offer(.observe(observation)) else { return }
        if stands { open.append(condition) } else { open.removeAll { $0 == condition } }
    }

    /// Bytes of memory in use; 0 where the system does not say.
    private static func residentBytes() -> Int64 {
        let descriptor = Glibc.open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return 0 }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 128)
        let count = max(0, read(descriptor, &bytes, bytes.count))
        let words = String(decoding: bytes.prefix(count), as: UTF8.self).split(separator: " ")
        return words.count > 1 ? (Int64(words[1]) ?? 0) * Int64(sysconf(Int32(_SC_PAGESIZE))) : 0
    }

    private static func space(of folder: String) -> (free: Int64, total: Int64)? {
        var found = statvfs()
        guard statvfs(folder, &found) == 0 else { return nil }
        let unit = Int64(found.f_frsize)
        return (Int64(found.f_bavail) * unit, Int64(found.f_blocks) * unit)
    }
}

/// How fast the disk fills, by hourly samples of a day (磁盘增长).
struct DiskTrend: Sendable {
    private var samples: [(at: Int64, free: Int64)] = []
    private var free: Int64 = 0

    init() {}

    /// Notes the free bytes; one sample an hour is kept.
    mutating func note(free: Int64, at now: Int64) {
        self.free = free
        if samples.last.map({ now - $0.at >= 3_600_000 }) ?? true { samples.append((now, free)) }
        if samples.count > 25 { samples.removeFirst() }
    }

    /// Bytes that a day takes; 0 while less than an hour was seen.
    var bytesPerDay: Int64 {
        guard let first = samples.first, let last = samples.last, last.at > first.at else {
            return 0
        }
        let hours = (last.at - first.at) / 3_600_000
        return hours > 0 ? max(0, first.free - last.free) / hours * 24 : 0
    }

    /// Hours until nothing is left at this rate; `nil` when the disk does not fill.
    var hoursUntilFull: Int? {
        let rate = bytesPerDay
        guard rate >= 1 << 20 else { return nil }
        return Int(clamping: free / max(1, rate / 24))
    }
}
