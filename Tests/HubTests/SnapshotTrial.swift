import Domain
import Hashing
import Hub
import Journal
import Linkage
import Logging
import Settings
import Storage
import Synchronization
import Wire

/// A journal in memory that is filled directly, and hubs that start on it.
struct SnapshotTrial {
    let disk: MemoryDisk
    let files: CountyFiles
    let options: HubOptions
    private(set) var lastNumber: UInt64 = 0
    private var sent = 0

    /// A snapshot that should be there is not.
    struct Missing: Error {}

    /// What a start found.
    struct Start {
        var entries: UInt64
        var decisions: UInt64
        var snapshotEntry: UInt64
        var spoilt: [String]
    }

    /// A founded journal.
    init() throws {
        let county = try CountyConfiguration(template: CountyTemplate())
        files = CountyFiles(
            files: county.files.map { CountyFile(canonical: $0.canonical, content: $0.file) },
            agencies: county.agencies
        )
        var options = HubOptions(county: CountyTemplate().divisions.county)
        options.hasScenarioClock = true
        self.options = options
        disk = MemoryDisk()
        _ = try start(snapshotEntries: 1_000_000)
        lastNumber = reader().lastNumber
    }

    /// The same journal on another disk.
    init(like other: SnapshotTrial, image: DiskImage? = nil) throws {
        disk = MemoryDisk(image: image ?? other.disk.liveImage())
        files = other.files
        options = other.options
        lastNumber = other.lastNumber
        sent = other.sent
    }

    static let random: @Sendable () -> UInt64 = {
        let source = Locked(SplitMix64(seed: 2027))
        return { source.withLock { $0.next() } }
    }()

    var layout: JournalOptions {
        JournalOptions(
            inputSegmentBytes: 1 << 16,
            decisionSegmentBytes: 1 << 16,
            random: SnapshotTrial.random
        )
    }

    /// Appends items of few places and troubles, so that much is linked.
    mutating func append(items: Int, from first: Int? = nil) throws {
        var opened = try OpenedJournal.open(disk, folder: "hub", options: layout)
        var journal = opened.takeInputs()
        let decoder = EventDecoder()
        let agency = try agency()
        for offset in 0..<items {
            let number = (first ?? sent) + offset
            let line = SnapshotTrial.line(number, agency)
            guard case .item(let item, let digest) = decoder.decode(line: line, sender: agency)
            else { preconditionFailure("line \(number) is no item") }
            let stream = StreamID(agency: agency, name: "trial", epoch: 1)
            let record = JournalRecord.item(
                StreamPosition(stream: stream, number: UInt64(sent + offset + 1)),
                id: item.ref.id,
                digest,
                event: line
            )
            try journal.append([
                JournalEntry(
                    at: max(journal.lastTime, item.time),
                    kind: EntryKind(rawValue: record.kind.rawValue),
                    payload: EntryCodec.encode(record)
                )
            ])
        }
        try journal.close()
        sent += items
        lastNumber = journal.lastNumber
    }

    private func agency() throws -> AgencyID {
        guard let agency = AgencyID(name: "zhengshu") else { preconditionFailure("a good name") }
        return agency
    }

    private static func line(_ number: Int, _ agency: AgencyID) -> [UInt8] {
        let places = ["安流镇鑫达大厦工地", "水寨镇福兴村", "华城镇金碧花园"]
        let troubles = ["拖欠工资三个月没有结清", "征地补偿款一直没有发放", "夜间施工噪音很大"]
        let text = places[number % 3] + troubles[number / 3 % 3] + "，请尽快处理，已反映\(number % 7)次。"
        let filler = String(repeating: "A", count: 41)
        let event: JSONValue = [
            "specversion": "1.0", "type": "cn.liandong.complaint.v1",
            "source": .string(agency.source), "id": .string("t\(number)"),
            "time": .string("2025-03-\(10 + number % 18)T1\(number % 10):00:00+08:00"),
            "subject": "441424120",
            "data": [
                "title": .string(troubles[number / 3 % 3]), "text": .string(text),
                "form": "hotline", "urgent": .bool(number % 9 == 4),
                "persons": [[.string("k1:p:\(filler)\(10 + number % 20)")]],
            ],
        ]
        return event.bytes
    }

    /// A hub on the journal, which is not run.
    func hub(_ options: HubOptions) throws -> SteppedHub<MemoryDisk> {
        try SteppedHub(
            disk: disk,
            folder: "hub",
            layout: layout,
            options: options,
            configuration: files,
            clock: StillClock(),
            log: Logger(label: "trial") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    /// Starts a hub and ends it without notice.
    func start(
        snapshotEntries: Int,
        edition: EngineEdition = .current
    ) throws -> Start {
        var options = options
        options.edition = edition
        options.snapshotEntries = snapshotEntries
        let hub = try hub(options)
        return Start(
            entries: hub.start.entries,
            decisions: hub.start.decisions,
            snapshotEntry: hub.start.goneOnFrom,
            spoilt: hub.start.spoiltSnapshots
        )
    }

    /// Snapshots of the journal.
    func shelf() -> StateShelf<MemoryDisk> {
        StateShelf(disk, journal: "hub", random: SnapshotTrial.random)
    }

    /// A reader of the stopped journal.
    func reader() -> InputReader<MemoryDisk> {
        do {
            var opened = try OpenedJournal.open(disk, folder: "hub", options: layout)
            return opened.takeInputs().reader()
        } catch {
            preconditionFailure("\(error)")
        }
    }

    /// The digest of the state that a fresh derivation of the whole journal ends with.
    func derive() throws -> Digest32 {
        var reader = reader()
        var derivation = Derivation()
        while let stored = try reader.entry(derivation.ledger.next) {
            _ = try derivation.take(stored)
        }
        return SnapshotTrial.digest(of: derivation)
    }

    /// The engine at the journal's end, as a hub would go on with it.
    func engine(_ edition: EngineEdition = .current) throws -> Engine {
        var reader = reader()
        let shelf = StateShelf(
            disk,
            journal: "hub",
            edition: edition,
            random: SnapshotTrial.random
        )
        let isLater = edition == .rehearsal
        var derivation =
            isLater ? try shelf.founding(epoch: 2, inputs: &reader) : Derivation()
        while let stored = try reader.entry(derivation.ledger.next) {
            _ = try derivation.take(stored)
        }
        return derivation.takeEngine()
    }

    static func digest(of derivation: borrowing Derivation) -> Digest32 {
        let hasher = Locked(SHA256Hasher())
        var writer = StateWriter { piece in hasher.withLock { $0.update(piece) } }
        derivation.ledger.write(with: derivation.engine, .whole, to: &writer)
        writer.finish()
        return hasher.withLock { $0.finalize() }
    }
}

/// A clock that stands.
private struct StillClock: HubClock {
    func now() -> Timestamp { Timestamp(milliseconds: 1_742_000_000_000) }
    func monotonicMilliseconds() -> Int64 { 1000 }
    func monotonicMicroseconds() -> Int64 { 1_000_000 }
}

extension MemoryDisk {
    /// Removes all snapshots.
    func removeSnapshots() {
        for path in StateFolder(self, journal: "hub").newestFirst() { try? remove(path) }
    }

    /// Changes one byte of a file.
    func rot(_ path: String, _ random: inout SplitMix64) throws {
        let file = try open(path, .write)
        let offset = random.below(try file.size())
        var byte: [UInt8] = [0]
        _ = try byte.lendMutable { (bytes) throws(DiskError) in
            try file.read(into: bytes, at: offset)
        }
        byte[0] ^= UInt8(1 + random.below(255))
        try byte.lend { (bytes) throws(DiskError) in try file.write(bytes, at: offset) }
    }

    /// Shortens a file.
    func cut(_ path: String, to count: Int) throws { try open(path, .write).cut(to: count) }

    /// Puts a file of another disk here.
    func give(_ path: String, from other: MemoryDisk) {
        guard let bytes = other.liveImage().files[path] else { return }
        do {
            try makeFolder(StateFolder(self, journal: "hub").snapshots)
            let file = try open(path, .create)
            try bytes.lend { (all) throws(DiskError) in try file.write(all, at: 0) }
        } catch {
            preconditionFailure("\(error)")
        }
    }
}
