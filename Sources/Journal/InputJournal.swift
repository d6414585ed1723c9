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

    /// Writes entries as one commit and gives the number of the first.
    ///
    /// All or nothing: when it throws, none of them is in the journal.
    @discardableResult
    package mutating func append(_ batch: EntryBatch) throws(JournalError) -> UInt64 {
        precondition(!batch.isEmpty, "a commit has at least one entry")
        guard !log.isEpochEmpty else { throw .notFounded(epoch: log.epoch) }
        for entry in batch.entries where entry.kind == .founding || entry.kind.rawValue == 0 {
            throw .kindReserved(entry.kind)
        }
        return try commit(batch)
    }

    /// The same for single entries.
    @discardableResult
    package mutating func append(_ entries: [JournalEntry]) throws(JournalError) -> UInt64 {
        try append(EntryBatch(entries))
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
            EntryBatch([JournalEntry(at: at, kind: .founding, payload: payload)])
        )
        try sync()
        return number
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

    /// Syncs for the last time.
    package mutating func close() throws(JournalError) {
        try sync()
    }

    private mutating func commit(_ batch: EntryBatch) throws(JournalError) -> UInt64 {
        let first = log.lastNumber + 1
        var time = lastTime
        for entry in batch.entries {
            guard entry.at >= time else { throw .timeWentBack(at: entry.at, last: time) }
            time = entry.at
        }
        try prepareKeys(through: log.lastNumber + UInt64(batch.count))
        let chain = try collect(batch, first: first)
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
        first: UInt64
    ) throws(JournalError) -> Digest32 {
        var chain = log.chain
        log.begin()
        scratch.places.removeAll(keepingCapacity: true)
        for entry in batch.entries {
            scratch.places.append(
                log.reserveRecord(
                    byteCount: EntryRecord.byteCount(payloadBytes: entry.payload.count)
                )
            )
        }
        unsafe try log.withCollected { (collected) throws(JournalError) in
            for start in stride(from: 0, to: batch.count, by: Self.groupEntries) {
                let group = start..<min(start + Self.groupEntries, batch.count)
                unsafe try scratch.begin(group, of: batch, first: first, ring, &path, in: collected)
                chain = unsafe try scratch.seal(
                    group,
                    of: batch,
                    first: first,
                    chain,
                    in: collected
                )
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

    /// Writes entries as one commit and gives the number of the first.
    mutating func append(_ batch: EntryBatch) throws(JournalError) -> UInt64

    /// Makes all entries durable.
    mutating func sync() throws(JournalError)

    /// Begins an epoch with its founding entry, durable on return, and gives its number.
    mutating func found(at: Timestamp, payload: [UInt8]) throws(JournalError) -> UInt64

    /// A reader for any one thread.
    func reader() -> Reader

    /// Syncs for the last time.
    mutating func close() throws(JournalError)
}
