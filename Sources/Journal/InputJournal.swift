package import Domain
package import Hashing
package import Storage

/// The journal of inputs (登记簿): everything that can change a decision, in order, durable.
///
/// One owner, the journal thread; readers on other threads come from `reader()`. `append` writes,
/// `sync` makes durable; a receipt may leave only after the sync. After an error other than a full
/// disk the journal takes nothing more until it is opened anew.
package struct InputJournal<D: Disk>: JournalPort, ~Copyable, Sendable {
    private var log: SegmentLog<D>
    private let ring: KeyRing<D>
    private let folderLock: D.Lock
    private let options: JournalOptions
    private var path = KeyPath()
    private var pathGeneration: UInt64 = 0
    private var preparedThrough: UInt64 = 0
    private var scratch = CommitScratch<D>()

    /// The time of the last entry.
    package private(set) var lastTime: Timestamp

    init(
        log: consuming SegmentLog<D>,
        ring: KeyRing<D>,
        folderLock: D.Lock,
        options: JournalOptions,
        lastTime: Timestamp
    ) {
        self.log = log
        self.ring = ring
        self.folderLock = folderLock
        self.options = options
        self.lastTime = lastTime
    }

    /// The journal's identifier.
    package var id: LogID { log.identity.id }
    /// The number of the last entry, durable or not; 0 when there is none.
    package var lastNumber: UInt64 { log.lastNumber }
    /// The number of the last durable entry.
    package var syncedNumber: UInt64 { log.syncedNumber }
    /// The chain value after the last entry.
    package var chain: Digest32 { log.chain }
    /// The epoch that entries are appended to.
    package var epoch: UInt64 { log.epoch }
    /// The number of the present epoch's founding entry, nil before it is founded.
    package var foundingNumber: UInt64? { log.isEpochEmpty ? nil : log.epochFirstNumber }

    /// Writes some entries of a batch as one commit and gives the number of the first.
    ///
    /// All or nothing: when it throws, none of them is in the journal.
    @discardableResult
    package mutating func append(
        _ batch: EntryBatch,
        _ part: Range<Int>
    ) throws(JournalError) -> UInt64 {
        precondition(!part.isEmpty, "a commit has at least one entry")
        guard !log.isEpochEmpty else { throw .notFounded(epoch: log.epoch) }
        for entry in batch.entries[part]
        where entry.kind == .founding || entry.kind.rawValue == 0 {
            throw .kindReserved(entry.kind)
        }
        return try commit(batch, part)
    }

    /// The same for single entries.
    @discardableResult
    package mutating func append(_ entries: [JournalEntry]) throws(JournalError) -> UInt64 {
        try append(EntryBatch(entries), 0..<entries.count)
    }

    /// How far the entries of a batch from `start` on fit into one commit; at least one of them.
    package func frameEnd(of batch: EntryBatch, from start: Int) -> Int {
        var end = start
        var bytes = 0
        while end < batch.count {
            bytes += EntryRecord.byteCount(payloadBytes: batch.entries[end].payload.count) + 4
            if end > start, bytes > commitBytesMax { break }
            end += 1
        }
        return end
    }

    /// Makes all entries durable.
    package mutating func sync() throws(JournalError) {
        do throws(LogError) {
            try log.sync()
        } catch {
            throw .log(error)
        }
    }

    /// Begins an epoch with its founding entry, durable on return, and gives the entry's number.
    ///
    /// Closes the present epoch, unless that has no entry yet: then the entry is its first. The
    /// decisions of the epoch that ends must be complete and synced before.
    @discardableResult
    package mutating func found(
        at: Timestamp,
        payload: [UInt8]
    ) throws(JournalError) -> UInt64 {
        if !log.isEpochEmpty {
            do throws(LogError) {
                try log.roll(epoch: log.epoch + 1)
            } catch {
                throw .log(error)
            }
        }
        let number = try commit(
            EntryBatch([JournalEntry(at: at, kind: .founding, payload: payload)]),
            0..<1
        )
        try sync()
        return number
    }

    /// Where the journal's states take their keys from; that of the next entry is made first, because
    /// a founding state is sealed under its founding entry's.
    package mutating func stateKeysForNext() throws(JournalError) -> StateKeys {
        try prepareKeys(through: log.lastNumber + 1)
        return reader().stateKeys
    }

    /// Destroys the keys of durable entries: nobody can read their bytes again (销毁).
    ///
    /// Chain, counts and `verify` stay as they are. Durable on return.
    package mutating func destroy(_ numbers: [UInt64]) throws(JournalError) {
        for number in numbers where number == 0 || number > log.syncedNumber {
            throw .noSuchEntry(number)
        }
        guard !numbers.isEmpty else { return }
        do throws(DiskError) {
            try ring.destroy(numbers)
        } catch {
            throw JournalError(error)
        }
    }

    /// A reader for any one thread; sees durable entries.
    package func reader() -> InputReader<D> {
        InputReader(log: log.reader(), ring: ring)
    }

    /// The most bytes of records that one commit may hold.
    private var commitBytesMax: Int { log.commitBytesMax - 128 }

    /// The bytes that the disk still has room for; `nil` when it does not say.
    package func freeBytes() -> Int? { log.freeBytes() }

    /// Syncs for the last time.
    package mutating func close() throws(JournalError) {
        try sync()
    }

    private mutating func commit(
        _ batch: EntryBatch,
        _ part: Range<Int>
    ) throws(JournalError) -> UInt64 {
        let first = log.lastNumber + 1
        var time = lastTime
        for entry in batch.entries[part] {
            guard entry.at >= time else { throw .timeWentBack(at: entry.at, last: time) }
            time = entry.at
        }
        try prepareKeys(through: log.lastNumber + UInt64(part.count))
        let chain = try collect(batch, part, first: first)
        do throws(LogError) {
            _ = try log.commit(chain: chain)
        } catch {
            throw .log(error)
        }
        lastTime = time
        return first
    }

    /// Lays the entries out as sealed records and gives the chain value after the last.
    ///
    /// Some at a time, so that what is laid out, hashed and encrypted stays in the processor's nearest
    /// cache.
    private mutating func collect(
        _ batch: EntryBatch,
        _ part: Range<Int>,
        first: UInt64
    ) throws(JournalError) -> Digest32 {
        var chain = log.chain
        log.begin()
        scratch.start(at: part.lowerBound, number: first)
        for entry in batch.entries[part] {
            scratch.places.append(
                log.reserveRecord(
                    byteCount: EntryRecord.byteCount(payloadBytes: entry.payload.count)
                )
            )
        }
        unsafe try log.withCollected { (collected) throws(JournalError) in
            for start in stride(from: part.lowerBound, to: part.upperBound, by: Self.groupEntries) {
                let group = start..<min(start + Self.groupEntries, part.upperBound)
                unsafe try scratch.begin(group, of: batch, ring, &path, in: collected)
                chain = unsafe try scratch.seal(group, of: batch, chain, in: collected)
            }
        }
        return chain
    }

    private static var groupEntries: Int { 32 }

    private mutating func prepareKeys(through last: UInt64) throws(JournalError) {
        if last > preparedThrough {
            do throws(DiskError) {
                try ring.prepare(
                    through: last,
                    ahead: JournalOptions.blocksAhead,
                    random: options.random
                )
            } catch {
                throw JournalError(error)
            }
            preparedThrough = (KeyTree.block(of: last) + 1) * KeyTree.blockEntries
        }
        let generation = ring.generation
        if generation != pathGeneration {
            path = KeyPath()
            pathGeneration = generation
        }
    }
}

/// What the hub needs of a journal; a replicated one has the same six methods.
package protocol JournalPort: ~Copyable {
    /// Reads durable entries on another thread.
    associatedtype Reader: Sendable

    /// The number of the last entry, durable or not.
    var lastNumber: UInt64 { get }

    /// Writes some entries of a batch as one commit and gives the number of the first.
    mutating func append(_ batch: EntryBatch, _ part: Range<Int>) throws(JournalError) -> UInt64

    /// Makes all entries durable.
    mutating func sync() throws(JournalError)

    /// Begins an epoch with its founding entry, durable on return, and gives its number.
    mutating func found(at: Timestamp, payload: [UInt8]) throws(JournalError) -> UInt64

    /// A reader for any one thread.
    func reader() -> Reader

    /// Syncs for the last time.
    mutating func close() throws(JournalError)
}
