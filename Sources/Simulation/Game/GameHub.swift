import Domain
import Hub
import Journal
import Logging
import Storage
import Synchronization
import Wire

/// One of the two hub processes in the game (博弈枢纽): the real hub's parts on a disk in memory.
///
/// Its turns follow from the time and the seed alone: another message changes what a turn does and never when
/// there is one.
final class GameHub {
    let network: GameNetwork
    let tape: LogTape
    private let time: VirtualTime
    private let disk: MemoryDisk
    private let seed: UInt64
    private var hub: SteppedHub<MemoryDisk>
    private var nextTick: Int64 = 0

    /// What falls due, heartbeats and silence are looked at so often.
    private static let tickMilliseconds: Int64 = 25

    /// Starts a hub for the first time, always with the same keys.
    convenience init(
        _ time: VirtualTime,
        _ lane: Lane,
        _ files: CountyFiles,
        county: Division
    ) throws {
        try self.init(time, lane, files, county: county, disk: MemoryDisk(), seed: 1)
        step()
    }

    /// Starts a hub on a copy of a disk that was made before.
    convenience init(
        _ time: VirtualTime,
        _ lane: Lane,
        _ files: CountyFiles,
        county: Division,
        image: DiskImage,
        seed: UInt64
    ) throws {
        let disk = MemoryDisk(image: image)
        try self.init(time, lane, files, county: county, disk: disk, seed: seed)
    }

    private init(
        _ time: VirtualTime,
        _ lane: Lane,
        _ files: CountyFiles,
        county: Division,
        disk: MemoryDisk,
        seed: UInt64
    ) throws {
        self.time = time
        self.disk = disk
        var random = SplitMix64(seed: seed)
        self.seed = random.next()
        network = GameNetwork(time, seed: random.next())
        var options = HubOptions(county: county)
        options.lane = lane
        options.heartbeatMilliseconds = 700
        options.silenceMilliseconds = 3000
        let source = Locked(SplitMix64(seed: random.next()))
        let tape = LogTape(time)
        self.tape = tape
        hub = try SteppedHub(
            disk: disk,
            folder: GameHub.folder,
            layout: JournalOptions(
                inputSegmentBytes: 1 << 16,
                decisionSegmentBytes: 1 << 16,
                random: { source.withLock { $0.next() } }
            ),
            options: options,
            configuration: files,
            clock: GameClock(time),
            log: Logger(label: "hub") { _ in LogTapeHandler(tape: tape) }
        )
    }

    /// What lies on the hub's disk.
    var image: DiskImage { disk.liveImage() }

    static let folder = "hub"

    /// When something is to do; when something is there for a client.
    var nextDue: Int64 {
        let next = network.nextDue
        return min(free(from: min(next.hub, nextTick)), next.client)
    }

    /// Does what is due, as threads do that have nothing else to do.
    func step() {
        let now = time.milliseconds
        network.ring()
        guard free(from: now) == now, now >= nextTick || network.nextDue.hub <= now else { return }
        nextTick = (now / GameHub.tickMilliseconds + 1) * GameHub.tickMilliseconds
        let reception = hub.reception
        repeat {
            for (line, bytes) in network.arrived() {
                reception.receive(from: line.peer, line.principal, bytes)
            }
            reception.takeLetters()
            reception.tick()
            for message in reception.takeOutgoing() { network.send(message) }
            hub.register()
            hub.decide()
            hub.look()
        } while reception.hasLetters
    }

    /// The gauges that an operator's page prints.
    var gauges: [(name: String, value: Int64)] {
        let now = hub.gauges
        return [
            ("entries", Int64(now.lastEntry)), ("applied", Int64(now.appliedEntry)),
            ("decisions", Int64(now.decisions)), ("syncs", Int64(now.syncs)),
            ("refusals", Int64(now.refusals)), ("credit", Int64(now.creditBytes)),
            ("journaled", Int64(now.journaledBytes)), ("lag", now.lagMilliseconds),
            ("intake_sessions", Int64(now.intakeSessions)),
            ("desk_sessions", Int64(now.deskSessions)),
            ("subscriptions", Int64(now.subscriptions)),
            ("backlog", Int64(now.backlogEntries)), ("entry_us", now.entryMicroseconds),
            ("taken", Int64(now.takenBytes.values.reduce(0, +))),
        ]
    }

    /// The earliest moment from `moment` on at which the hub's threads have a processor.
    private func free(from moment: Int64) -> Int64 {
        guard moment < .max else { return moment }
        let slot = moment / 16
        var random = SplitMix64(seed: seed ^ UInt64(bitPattern: slot) &* 0xbf58_476d)
        let isBusy = random.below(8) == 0
        let end = slot * 16 + (isBusy ? Int64(1 + random.below(6)) : 0)
        return max(moment, end)
    }
}

/// A clock whose microseconds go on a little with each look, as a machine's do.
final class GameClock: HubClock {
    private let time: VirtualTime
    private let looks = Atomic<Int64>(0)

    init(_ time: VirtualTime) { self.time = time }

    func now() -> Timestamp { time.wall }
    func monotonicMilliseconds() -> Int64 { time.milliseconds }
    func monotonicMicroseconds() -> Int64 {
        time.milliseconds * 1000 + looks.add(23, ordering: .relaxed).newValue
    }
}

/// What a hub wrote into its log, with the time (日志带).
final class LogTape: Sendable {
    /// One line.
    struct Line: Equatable, Sendable {
        let time: Int64
        let text: String
    }

    private let time: VirtualTime
    private let written = Locked<[Line]>([])

    init(_ time: VirtualTime) { self.time = time }

    var lines: [Line] { written.withLock { $0 } }

    fileprivate func write(_ text: String) {
        let now = time.milliseconds
        written.withLock { $0.append(Line(time: now, text: text)) }
    }
}

private struct LogTapeHandler: LogHandler {
    let tape: LogTape
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?
    var logLevel = Logger.Level.debug

    init(tape: LogTape) { self.tape = tape }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let particulars = (event.metadata ?? [:]).sorted { $0.key < $1.key }
        let more = particulars.map { " \($0.key)=\($0.value)" }.joined()
        tape.write("\(event.level) \(event.message)\(more)")
    }
}
