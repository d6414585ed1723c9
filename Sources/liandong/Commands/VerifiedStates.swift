import Analysis
import Domain
import Hashing
import Hub
import Journal
import Linkage
import Storage
import Wire

/// The epoch that is decided again, and what it begins with.
struct VerifiedEpoch: ~Copyable {
    let epoch: UInt64
    /// The last entry before it.
    private(set) var after: UInt64 = 0
    /// The ledger that it begins with.
    private(set) var ledger = Ledger()
    /// Why what it began with cannot be read.
    private(set) var fault: String?
    /// It cannot be decided again.
    private(set) var isUnusable = false
    private var engine = Engine()

    /// The last epoch that has a founding state, else the first.
    static func last(of folder: String) throws(JournalError) -> VerifiedEpoch {
        let names = (try? PosixDisk().list(StateFolder(PosixDisk(), journal: folder).epochs)) ?? []
        let epochs = names.compactMap { name in
            name.hasSuffix(".state") ? UInt64(name.dropLast(6)) : nil
        }
        return try VerifiedEpoch(folder, epoch: epochs.max() ?? 1)
    }

    init(_ folder: String, epoch: UInt64) throws(JournalError) {
        self.epoch = epoch
        guard epoch > 1 else { return }
        guard let keys = try StateKeys.of(PosixDisk(), folder: folder) else {
            isUnusable = true
            return
        }
        do throws(StateFault) {
            let folders = StateFolder(PosixDisk(), journal: folder)
            let path = folders.founding(epoch)
            let header = try StateFileReader(PosixDisk(), path: path, keys: keys).header
            after = header.entry
            guard let edition = EngineEdition.known(header.engineVersion) else {
                isUnusable = true
                return
            }
            let shelf = StateShelf(PosixDisk(), journal: folder, edition: edition) { 0 }
            var derivation = try shelf.foundingState(epoch: epoch, keys: keys)
            ledger = derivation.ledger
            engine = derivation.takeEngine()
        } catch {
            fault = "what epoch \(epoch) began with cannot be read: \(error)"
            isUnusable = true
        }
    }

    /// A fresh engine that begins where the epoch does.
    borrowing func decidedAgain(
        logged: Int,
        _ ways: Verification.Ways,
        keepsMarks: Bool = false
    ) -> DecidedAgain {
        DecidedAgain(
            logged: logged,
            keepsMarks: keepsMarks,
            ticks: ways.ticks,
            forks: ways.forks,
            engine: engine.fork(),
            after: after
        )
    }
}

/// The snapshots of a stopped journal, each held against what a fresh engine holds at its entry.
struct VerifiedStates {
    /// Snapshots that equal the fresh engine's state.
    private(set) var compared = 0
    /// Snapshots that a start passes over, each with the reason.
    private(set) var unusable: [String] = []
    /// States that are whole and wrong: a start would go on from them.
    private(set) var wrong: [String] = []

    /// A start goes on from no wrong state.
    var isSound: Bool { wrong.isEmpty }

    private var expected: [UInt64: (path: String, header: StateHeader)] = [:]
    private var ledger = Ledger()

    /// Nothing to compare.
    init() {}

    /// Reads every snapshot of the folder once, to its end.
    init(_ folder: String, _ begin: borrowing VerifiedEpoch, compares: Bool) {
        guard compares, let keys = try? StateKeys.of(PosixDisk(), folder: folder) else { return }
        ledger = begin.ledger
        for path in StateFolder(PosixDisk(), journal: folder).newestFirst() {
            do throws(StateFault) {
                let file = try StateFileReader(PosixDisk(), path: path, keys: keys)
                guard file.header.epoch == begin.epoch else { continue }
                var hasher = SHA256Hasher()
                while let piece = file.next() { hasher.update(piece) }
                if let failure = file.failure { throw failure }
                guard hasher.finalize() == file.header.digest else { throw .sealBroken }
                expected[file.header.entry] = (path, file.header)
            } catch {
                unusable.append("\(path): \(error)")
            }
        }
    }

    /// Goes on by an entry that the fresh engine has just taken.
    mutating func take(_ entry: StoredEntry, _ fresh: borrowing DecidedAgain) {
        guard !expected.isEmpty, entry.number >= ledger.next else { return }
        if let record = fresh.lastRecord { ledger.note(record, number: entry.number, fresh.found) }
        for decision in fresh.found {
            ledger.note(decision: DecisionCodec.encode(decision), input: entry.number)
        }
        ledger.pass(entry)
        guard let (path, header) = expected.removeValue(forKey: entry.number) else { return }
        let hasher = Locked(SHA256Hasher())
        var writer = StateWriter { piece in hasher.withLock { $0.update(piece) } }
        ledger.write(with: fresh.engine, .whole, to: &writer)
        writer.finish()
        let digest = hasher.withLock { $0.finalize() }
        if digest == header.digest, header.chain == ledger.chain,
            header.decisions == ledger.decisions, header.decisionChain == ledger.decisionChain
        {
            compared += 1
        } else {
            note(wrong: "\(path): a fresh engine holds another state after entry \(entry.number)")
        }
    }

    mutating func note(wrong what: String) { wrong.append(what) }
}
