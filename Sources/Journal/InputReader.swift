internal import Domain
package import Hashing
package import Storage

/// Reads durable entries by number, on any one thread beside the writer.
package struct InputReader<D: Disk>: Sendable {
    /// How many entries, and about how many bytes, a reader takes ahead.
    private static var aheadEntries: Int { 256 }

    private var log: LogReader<D>
    private let ring: KeyRing<D>
    private var path = KeyPath()
    private var ahead: [StoredEntry] = []
    private var aheadGeneration: UInt64 = 0

    init(log: LogReader<D>, ring: KeyRing<D>) {
        self.log = log
        self.ring = ring
    }

    /// The number of the last durable entry.
    package var lastNumber: UInt64 { log.lastNumber }

    /// Up to `limit` entries from `number` on, as many as are durable.
    package mutating func read(
        from number: UInt64,
        limit: Int
    ) throws(JournalError) -> [StoredEntry] {
        guard number > 0, limit > 0 else { return [] }
        var entries: [StoredEntry] = []
        let last = log.lastNumber
        var reader = log
        defer { log = reader }
        do throws(LogError) {
            try reader.forEachFrame(from: number) { (frame) throws(LogFault) in
                unsafe try frame.forEachRecord { (found, record) throws(LogFault) in
                    guard found >= number, found <= last, entries.count < limit else { return }
                    entries.append(unsafe try open(record, number: found, epoch: frame.epoch))
                }
                return entries.count < limit
            }
        } catch {
            throw .log(error)
        }
        return entries
    }

    /// One entry; nil when it is not durable yet.
    ///
    /// Entries are read ahead, so calls in ascending order cost one read for many.
    package mutating func entry(_ number: UInt64) throws(JournalError) -> StoredEntry? {
        let generation = ring.generation
        let isAhead = ahead.first.map { $0.number <= number } == true
        if let last = ahead.last, isAhead, number <= last.number, generation == aheadGeneration {
            return ahead[Int(number - ahead[0].number)]
        }
        ahead = try read(from: number, limit: Self.aheadEntries)
        aheadGeneration = generation
        return ahead.first
    }

    /// The chain value after an entry; nil when it is not durable yet.
    package mutating func chain(after number: UInt64) throws(JournalError) -> Digest32? {
        do throws(LogError) {
            return unsafe try log.chain(after: number) { unsafe EntryRecord.link($0, $1) }
        } catch {
            throw .log(error)
        }
    }

    /// Where the journal's states take their keys from.
    package var stateKeys: StateKeys {
        let ring = ring
        return StateKeys(journal: log.identity.id) { number in
            guard ring.reaches(number), let node = ring.node(of: number) else { return nil }
            var path = KeyPath()
            return path.secrets(of: KeyTree.leaf(of: number), below: node).key
        }
    }

    private mutating func open(
        _ record: UnsafeRawBufferPointer,
        number: UInt64,
        epoch: UInt64
    ) throws(LogFault) -> StoredEntry {
        let head = unsafe try EntryRecord(decoding: record, number: number)
        return StoredEntry(
            number: number,
            epoch: epoch,
            at: head.at,
            kind: head.kind,
            commitment: head.commitment,
            payload: unsafe try payload(of: head, record),
            payloadByteCount: head.payloadBytes
        )
    }

    private mutating func payload(
        of head: EntryRecord,
        _ record: UnsafeRawBufferPointer
    ) throws(LogFault) -> StoredEntry.Payload {
        guard let node = ring.node(of: head.number) else { return .erased }
        let secrets = path.secrets(of: KeyTree.leaf(of: head.number), below: node)
        return .bytes(unsafe try head.open(record, key: secrets.key, salt: secrets.salt))
    }
}
