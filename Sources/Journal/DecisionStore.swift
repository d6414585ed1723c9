package import Hashing
package import Storage

/// The log of decisions (研判记录): what the officers really saw, kept as evidence.
///
/// One owner, the engine's thread. It takes the decisions of each input in the order of inputs. What
/// the log holds already, as after a restart, is compared byte for byte instead of written; a
/// difference is an error. It is synced when a segment is full, on `sync` and on `close`; what a
/// crash loses is derived again from the inputs.
package struct DecisionStore<D: Disk>: ~Copyable, Sendable {
    /// A commit is written when so many bytes have come together.
    private static var commitBytes: Int { 64 << 10 }

    private var log: SegmentLog<D>
    private let folderLock: D.Lock
    private var chain: Digest32
    private var nextNumber: UInt64
    private var check: DecisionCheck<D>?
    private var coveredAtOpen: UInt64
    /// The last decision that a loss of power leaves, with the chain behind it.
    package private(set) var durable: LogHead

    init(log: consuming SegmentLog<D>, folderLock: D.Lock, covered: UInt64) {
        chain = log.chain
        // What lies there may be from a process that was killed; the next sync makes it last.
        durable = LogHead(number: 0, chain: .zero)
        nextNumber = log.lastNumber + 1
        check = covered > 0 ? DecisionCheck(reader: DecisionReader(log: log.reader())) : nil
        coveredAtOpen = covered
        self.log = log
        self.folderLock = folderLock
    }

    /// The number of the last decision, written or waiting; 0 when there is none.
    package var lastNumber: UInt64 { nextNumber - 1 }
    /// The last input whose decisions were in the log when it was opened; 0 when there is none.
    package var coveredInput: UInt64 { coveredAtOpen }
    /// The chain value after the last decision: a digest of all of them.
    package var digest: Digest32 { chain }
    /// The epoch that decisions are appended to.
    package var epoch: UInt64 { log.epoch }

    /// Says that comparing begins behind these decisions: a start from a snapshot derives none of them.
    package mutating func skip(decisions: UInt64) {
        check?.skip(decisions)
    }

    /// Takes the decisions of one input, all of them, in order; they may be none.
    ///
    /// Compares where the log reaches that far, and appends behind that. Inputs ascend from call to
    /// call; the first may be any input.
    package mutating func append(
        _ decisions: [[UInt8]],
        input: UInt64
    ) throws(JournalError) {
        if input <= coveredAtOpen {
            try check?.compare(decisions, input: input)
            return
        }
        if check != nil {
            try check?.finish()
            check = nil
        }
        let added = decisions.reduce(0) { $0 + $1.count + 12 }
        let most = min(Self.commitBytes, log.commitBytesMax)
        if log.collectedCount == 0 || log.collectedBytes + added > most { try flush() }
        for decision in decisions {
            unsafe log.addRecord(byteCount: 8 + decision.count) { record in
                unsafe record.put(input, at: 0)
                unsafe decision.withUnsafeBytes { unsafe record.put($0, at: 8) }
            }
            chain = DecisionChain.link(chain, input: input, decision)
            nextNumber += 1
        }
    }

    /// Writes what waits, so that readers see it.
    package mutating func flush() throws(JournalError) {
        if log.collectedCount > 0 {
            do throws(LogError) {
                _ = try log.commit(chain: chain)
            } catch {
                throw .log(error)
            }
        }
        log.begin()
    }

    /// Writes what waits and makes everything durable.
    package mutating func sync() throws(JournalError) {
        try flush()
        do throws(LogError) {
            try log.sync()
        } catch {
            throw .log(error)
        }
        durable = LogHead(number: lastNumber, chain: chain)
    }

    /// Ends the present epoch's decisions, durable on return; the next ones belong to `epoch`.
    package mutating func begin(epoch: UInt64) throws(JournalError) {
        try sync()
        guard epoch > log.epoch else { return }
        do throws(LogError) {
            try log.roll(epoch: epoch)
        } catch {
            throw .log(error)
        }
    }

    /// A reader for any one thread; sees what was written.
    package func reader() -> DecisionReader<D> {
        DecisionReader(log: log.reader())
    }
}

/// Where a log stands (登记簿末端): its last record and the chain behind it.
package struct LogHead: Hashable, Sendable {
    /// The number of the last record; 0 for an empty log.
    package var number: UInt64
    /// The chain behind it, a digest of all records up to it.
    package var chain: Digest32

    /// A head from its parts.
    package init(number: UInt64, chain: Digest32) {
        self.number = number
        self.chain = chain
    }
}

/// A decision as it stands in the log.
package struct StoredDecision: Hashable, Sendable {
    /// Its number, from 1.
    package let number: UInt64
    /// The input that it came from.
    package let input: UInt64
    /// The epoch it belongs to.
    package let epoch: UInt64
    /// Its bytes.
    package var bytes: [UInt8]
}

/// Reads decisions by number, on any one thread beside the writer.
package struct DecisionReader<D: Disk>: Sendable {
    private var log: LogReader<D>

    init(log: LogReader<D>) {
        self.log = log
    }

    /// The number of the last decision that can be read.
    package var lastNumber: UInt64 { log.lastNumber }

    /// Up to `limit` decisions from `number` on.
    package mutating func read(
        from number: UInt64,
        limit: Int
    ) throws(JournalError) -> [StoredDecision] {
        guard number > 0, limit > 0 else { return [] }
        var decisions: [StoredDecision] = []
        do throws(LogError) {
            try log.forEachFrame(from: number) { (frame) throws(LogFault) in
                unsafe try frame.forEachRecord { (found, record) throws(LogFault) in
                    guard found >= number, decisions.count < limit else { return }
                    guard record.count >= 8 else { throw .recordMalformed(found) }
                    decisions.append(
                        unsafe StoredDecision(
                            number: found,
                            input: record.number(at: 0),
                            epoch: frame.epoch,
                            bytes: Array(record.part(8, record.count - 8))
                        )
                    )
                }
                return decisions.count < limit
            }
        } catch {
            throw .log(error)
        }
        return decisions
    }
}

extension DecisionReader {
    /// The chain value after a decision; nil when it is not there yet.
    package mutating func chain(after number: UInt64) throws(JournalError) -> Digest32? {
        do throws(LogError) {
            return unsafe try log.chain(after: number) { unsafe DecisionChain.link($0, $1) }
        } catch {
            throw .log(error)
        }
    }
}

/// Goes along the stored decisions beside those that are derived again.
struct DecisionCheck<D: Disk>: Sendable {
    private static var pageLimit: Int { 512 }

    private var reader: DecisionReader<D>
    private var page: [StoredDecision] = []
    private var position = 0
    private var next: UInt64 = 1
    private var hasBegun = false

    init(reader: DecisionReader<D>) {
        self.reader = reader
    }

    mutating func skip(_ decisions: UInt64) {
        next = decisions + 1
        hasBegun = true
    }

    mutating func compare(_ decisions: [[UInt8]], input: UInt64) throws(JournalError) {
        while !hasBegun, let stored = try peek(), stored.input < input { position += 1 }
        hasBegun = true
        for decision in decisions {
            guard let stored = try peek(), stored.input == input, stored.bytes == decision else {
                throw .decisionDiffers(input: input, decision: next - UInt64(page.count - position))
            }
            position += 1
        }
        if let stored = try peek(), stored.input <= input {
            throw .decisionDiffers(input: input, decision: stored.number)
        }
    }

    /// All that is stored was derived again.
    mutating func finish() throws(JournalError) {
        guard hasBegun else { return }
        if let stored = try peek() {
            throw .decisionDiffers(input: stored.input, decision: stored.number)
        }
    }

    private mutating func peek() throws(JournalError) -> StoredDecision? {
        if position == page.count {
            page = try reader.read(from: next, limit: Self.pageLimit)
            next += UInt64(page.count)
            position = 0
        }
        return position < page.count ? page[position] : nil
    }
}
