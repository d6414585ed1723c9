package import Domain
package import Hashing
package import Journal
package import Linkage
package import Storage
import Wire

/// Reads and writes the states of one journal (快照存取).
package struct StateShelf<D: Disk>: Sendable {
    private let disk: D
    private let folder: StateFolder<D>
    private let random: @Sendable () -> UInt64
    /// The engine that writes and reads them.
    package let edition: EngineEdition

    /// The states in a data folder.
    package init(
        _ disk: D,
        journal folder: String,
        edition: EngineEdition = .current,
        random: @escaping @Sendable () -> UInt64
    ) {
        self.disk = disk
        self.edition = edition
        self.folder = StateFolder(disk, journal: folder)
        self.random = random
    }

    /// What a look for a snapshot found.
    package struct Found: ~Copyable {
        /// The newest state that fits the journal; `nil` where there is none.
        package var derivation: Derivation?
        /// Snapshots that cannot be used, by path, with the reason.
        package var spoilt: [String: StateFault] = [:]
    }

    /// The newest snapshot of an epoch that fits the journal.
    ///
    /// The chain at its entry must be the journal's, and that of the decisions the decision log's; a
    /// snapshot that is broken or of another history is passed over.
    ///
    /// - Parameters:
    ///   - epoch: The epoch to go on in.
    ///   - last: No entry behind this one may have gone in.
    ///   - inputs: The journal.
    ///   - decisions: The decision log; without it the decisions are not compared.
    ///   - isCancelled: Asked between pieces; the look ends without a state when it says yes.
    /// - Returns: The state, and the snapshots that were passed over.
    package func newest(
        epoch: UInt64,
        last: UInt64,
        inputs: inout InputReader<D>,
        decisions: DecisionReader<D>?,
        isCancelled: @escaping () -> Bool = { false }
    ) -> Found {
        var found = Found()
        var decisions = decisions
        for path in folder.newestFirst() where !isCancelled() {
            do throws(StateFault) {
                let file = try StateFileReader(disk, path: path, keys: inputs.stateKeys)
                let header = file.header
                if header.epoch < epoch || header.entry > last && header.epoch == epoch { continue }
                guard header.purpose == .snapshot, header.epoch == epoch,
                    header.engineVersion == edition.version
                else { throw .foreign }
                try check(header, inputs: &inputs, decisions: &decisions)
                found.derivation = try read(file, isCancelled)
                return found
            } catch {
                if !isCancelled() { found.spoilt[path] = error }
            }
        }
        return found
    }

    /// Writes the state after the last entry, and removes those before the last two.
    package func write(
        _ derivation: borrowing Derivation,
        keys: StateKeys,
        spoilt: Set<String> = [],
        isCancelled: @escaping () -> Bool = { false }
    ) throws(StateFault) -> StateHeader? {
        let ledger = derivation.ledger
        let header = StateHeader(
            purpose: .snapshot,
            journal: keys.journal,
            epoch: ledger.epoch,
            engineVersion: edition.version,
            entry: ledger.next - 1,
            chain: ledger.chain,
            decisions: ledger.decisions,
            decisionChain: ledger.decisionChain
        )
        let file = try StateFileWriter(
            disk,
            folder: folder.snapshots,
            name: StateFolder<D>.name(snapshotAfter: header.entry),
            header: header,
            keys: keys,
            random: random
        )
        var writer = StateWriter { if !isCancelled() { file.append($0) } }
        ledger.write(with: derivation.engine, .whole, to: &writer)
        writer.finish()
        if isCancelled() {
            file.abandon()
            return nil
        }
        let written = try file.finish()
        try folder.prune(spoilt: spoilt)
        return written
    }

    private func check(
        _ header: StateHeader,
        inputs: inout InputReader<D>,
        decisions: inout DecisionReader<D>?
    ) throws(StateFault) {
        do throws(JournalError) {
            guard try inputs.chain(after: header.entry) == header.chain else {
                throw .noSuchEntry(header.entry)
            }
            if var reader = decisions {
                let known = try reader.chain(after: header.decisions)
                decisions = reader
                guard known == header.decisionChain else { throw .noSuchEntry(header.entry) }
            }
        } catch {
            throw .otherHistory(header.entry)
        }
    }

    private func read(
        _ file: StateFileReader<D>,
        _ isCancelled: @escaping () -> Bool,
        carriedOnly: Bool = false
    ) throws(StateFault) -> Derivation {
        let header = file.header
        var reader = StateReader(byteCount: header.byteCount) {
            isCancelled() ? nil : file.next()
        }
        do throws(StateError) {
            let derivation = try Ledger.read(
                &reader,
                edition: edition,
                carriedOnly: carriedOnly
            )
            let ledger = derivation.ledger
            guard ledger.next == header.entry + 1, ledger.chain == header.chain,
                header.purpose == .founding || ledger.epoch == header.epoch,
                ledger.decisions == header.decisions
            else { throw .badField("the head") }
            return derivation
        } catch {
            throw file.failure ?? .unreadable(error.description)
        }
    }
}

extension StateShelf {
    /// What an epoch began with, its features derived again from the texts of the entries before it.
    ///
    /// The state must be the one whose digest stands in the epoch's founding entry.
    package func founding(
        epoch: UInt64,
        inputs: inout InputReader<D>,
        isCancelled: @escaping () -> Bool = { false }
    ) throws(StateFault) -> Derivation {
        let file = try StateFileReader(disk, path: folder.founding(epoch), keys: inputs.stateKeys)
        let header = file.header
        guard header.purpose == .founding, header.epoch == epoch,
            header.engineVersion == edition.version
        else { throw .foreign }
        var decisions: DecisionReader<D>?
        try check(header, inputs: &inputs, decisions: &decisions)
        try checkFounding(header, &inputs)
        var derivation = try read(file, isCancelled)
        try derivation.recall(from: &inputs, isCancelled)
        return derivation
    }

    /// The number of the entry that founded an epoch, or was to found it.
    package func foundingEntry(epoch: UInt64, keys: StateKeys) throws(StateFault) -> UInt64 {
        let file = try StateFileReader(disk, path: folder.founding(epoch), keys: keys)
        return file.header.entry + 1
    }

    /// The founding state alone, for a stopped journal; its items have no features yet.
    package func foundingState(epoch: UInt64, keys: StateKeys) throws(StateFault) -> Derivation {
        let file = try StateFileReader(disk, path: folder.founding(epoch), keys: keys)
        guard file.header.purpose == .founding, file.header.epoch == epoch,
            file.header.engineVersion == edition.version
        else { throw .foreign }
        return try read(file, { false })
    }

    private func checkFounding(
        _ header: StateHeader,
        _ inputs: inout InputReader<D>
    ) throws(StateFault) {
        let kind = JournalRecord.Kind.founding.rawValue
        guard let stored = try? inputs.entry(header.entry + 1), let payload = stored.bytes,
            case .founding(let founding)? = try? EntryCodec.decode(kind: kind, payload: payload),
            founding.carried?.state == header.digest.content
        else { throw .otherHistory(header.entry + 1) }
    }

    /// Writes what the next epoch begins with, as this shelf's edition is to read it.
    ///
    /// The derivation stands at the end of the epoch before, with the files of the next in its ledger;
    /// the key of the founding entry must be made.
    func write(
        foundingOf epoch: UInt64,
        from derivation: borrowing Derivation,
        keys: StateKeys
    ) throws(StateFault) -> StateHeader {
        let ledger = derivation.ledger
        let header = StateHeader(
            purpose: .founding,
            journal: keys.journal,
            epoch: epoch,
            engineVersion: edition.version,
            entry: ledger.next - 1,
            chain: ledger.chain,
            decisions: ledger.decisions,
            decisionChain: ledger.decisionChain
        )
        let file = try StateFileWriter(
            disk,
            folder: folder.epochs,
            name: StateFolder<D>.name(founding: epoch),
            header: header,
            keys: keys,
            random: random
        )
        var writer = StateWriter { file.append($0) }
        ledger.write(with: derivation.engine, .carried, for: edition, to: &writer)
        writer.finish()
        return try file.finish()
    }

    /// The carried part of another engine's snapshot, where that stands exactly at an entry.
    func carried(
        epoch: UInt64,
        at entry: UInt64,
        version: UInt32,
        inputs: inout InputReader<D>,
        decisions: DecisionReader<D>
    ) throws(StateFault) -> Derivation? {
        for path in folder.newestFirst() {
            let file = try StateFileReader(disk, path: path, keys: inputs.stateKeys)
            let header = file.header
            guard header.purpose == .snapshot, header.epoch == epoch, header.entry == entry,
                header.engineVersion == version, header.decisions == decisions.lastNumber
            else { continue }
            var reader: DecisionReader<D>? = decisions
            try check(header, inputs: &inputs, decisions: &reader)
            return try read(file, { false }, carriedOnly: true)
        }
        return nil
    }
}

extension Digest32 {
    /// The same 32 bytes as they stand in entries.
    package var content: ContentDigest { ContentDigest(word0, word1, word2, word3) }
}
