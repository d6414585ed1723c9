package import Domain
package import Journal
package import Linkage
package import Logging
package import Storage
import Wire

/// Ends a stopped journal's epoch and founds the next, which carries on what was decided (立账).
///
/// An upgrade to another engine, other weights, and a restore from a copy do it. Identifiers, cases,
/// alerts, signatures and running deadlines go over; nothing is raised or sent again.
package struct EpochFounder<D: Disk>: ~Copyable {
    /// What was carried over.
    package struct Report: Equatable, Sendable {
        /// The new epoch.
        package var epoch: UInt64
        /// The number of its founding entry.
        package var entry: UInt64
        /// The engine of the epoch that ended.
        package var engineBefore: UInt32
        /// The engine of the new one.
        package var engine: UInt32
        /// Decisions of the old epoch that had to be derived again.
        package var derivedAgain: UInt64
        /// Files that are others now.
        package var changedFiles: [String]
        /// What went over.
        package var carried: Engine.CarriedCounts
    }

    var inputs: InputJournal<D>
    var decisions: DecisionStore<D>
    let disk: D
    let folder: String
    let layout: JournalOptions
    let log: Logger

    static var pageEntries: Int { 1024 }

    /// Founds the next epoch; durable on return.
    ///
    /// The hub must be stopped. When the power goes in between, the old epoch stands, or the new one is
    /// begun and the next call founds it.
    ///
    /// `edition` is the engine of the new epoch; `files` take the place of those in force, the others
    /// stay; `now` is the wall clock, and the entry is never stamped before the last one. Throws when
    /// the old epoch cannot be completed; nothing is changed then.
    package static func found(
        _ disk: D,
        folder: String,
        layout: JournalOptions,
        edition: EngineEdition = .current,
        files: [CountyFile] = [],
        now: Timestamp,
        log: Logger
    ) throws(HubError) -> Report {
        var founder = try open(disk, folder, layout, log)
        try founder.requireNoErasure()
        let (version, epoch) = try founder.lastFounding()
        let known = founder.decisions.lastNumber
        var derivation = try founder.end(of: epoch, version: version)
        let before = derivation.ledger.files
        for file in files { derivation.ledger.adopt(file) }
        let changed = files.filter { file in !before.contains { $0.canonical == file.canonical } }
        let entry = try founder.found(epoch + 1, edition, &derivation, now: now)
        return Report(
            epoch: epoch + 1,
            entry: entry,
            engineBefore: version,
            engine: edition.version,
            derivedAgain: founder.decisions.lastNumber - min(known, founder.decisions.lastNumber),
            changedFiles: changed.map(\.name.token),
            carried: derivation.engine.carriedCounts
        )
    }

    /// Completes the epoch's decisions and writes a snapshot at its very end, so that a program without
    /// this engine can found the next (`upgrade --prepare`).
    ///
    /// - Returns: The last entry.
    package static func prepare(
        _ disk: D,
        folder: String,
        layout: JournalOptions,
        log: Logger
    ) throws(HubError) -> UInt64 {
        var founder = try open(disk, folder, layout, log)
        try founder.requireNoErasure()
        let (version, epoch) = try founder.lastFounding()
        guard let edition = EngineEdition.known(version) else {
            throw .otherEngine(journal: version, program: Engine.version)
        }
        let derivation = try founder.end(of: epoch, version: version)
        let shelf = founder.shelf(edition)
        do throws(StateFault) {
            _ = try shelf.write(derivation, keys: founder.inputs.reader().stateKeys)
        } catch {
            throw .foundingState(epoch: epoch, error)
        }
        return derivation.ledger.next - 1
    }

    static func open(
        _ disk: D,
        _ folder: String,
        _ layout: JournalOptions,
        _ log: Logger
    ) throws(HubError) -> EpochFounder {
        do throws(JournalError) {
            var opened = try OpenedJournal.open(disk, folder: folder, options: layout)
            return EpochFounder(
                inputs: opened.takeInputs(),
                decisions: opened.takeDecisions(),
                disk: disk,
                folder: folder,
                layout: layout,
                log: log
            )
        } catch {
            throw .journal(error)
        }
    }

    private init(
        inputs: consuming InputJournal<D>,
        decisions: consuming DecisionStore<D>,
        disk: D,
        folder: String,
        layout: JournalOptions,
        log: Logger
    ) {
        self.inputs = inputs
        self.decisions = decisions
        self.disk = disk
        self.folder = folder
        self.layout = layout
        self.log = log
    }

    func shelf(_ edition: EngineEdition) -> StateShelf<D> {
        StateShelf(disk, journal: folder, edition: edition, random: layout.random)
    }

    /// The engine and number of the last epoch that was founded; one that was only begun does not
    /// count.
    mutating func lastFounding() throws(HubError) -> (version: UInt32, epoch: UInt64) {
        guard inputs.lastNumber > 0 else { throw .notFounded }
        var reader = inputs.reader()
        do throws(JournalError) {
            guard let last = try reader.entry(inputs.lastNumber) else { throw .noSuchEntry(1) }
            let begun = try? shelf(.current).foundingEntry(
                epoch: last.epoch,
                keys: reader.stateKeys
            )
            let number = inputs.foundingNumber ?? (last.epoch == 1 ? 1 : begun ?? 0)
            let kind = JournalRecord.Kind.founding.rawValue
            guard let payload = try reader.entry(number)?.bytes,
                case .founding(let founding)? = try? EntryCodec.decode(kind: kind, payload: payload)
            else { throw .notFounded(epoch: last.epoch) }
            return (founding.engineVersion, last.epoch)
        } catch {
            throw .journal(error)
        }
    }

    /// The state after the last entry, with all decisions in the log.
    mutating func end(
        of epoch: UInt64,
        version: UInt32
    ) throws(HubError) -> Derivation {
        var reader = inputs.reader()
        guard let edition = EngineEdition.known(version) else {
            do throws(StateFault) {
                let found = try shelf(.current).carried(
                    epoch: epoch,
                    at: inputs.lastNumber,
                    version: version,
                    inputs: &reader,
                    decisions: decisions.reader()
                )
                guard let found else {
                    throw .unreadable("there is none")
                }
                return found
            } catch {
                log.error("no snapshot of the old engine", metadata: ["why": "\(error)"])
                throw .evidenceIncomplete(journal: version, entry: inputs.lastNumber)
            }
        }
        var derivation = try begin(epoch, edition, &reader)
        do throws(JournalError) {
            while derivation.ledger.next <= inputs.lastNumber {
                let page = try reader.read(from: derivation.ledger.next, limit: Self.pageEntries)
                guard !page.isEmpty else { throw .noSuchEntry(derivation.ledger.next) }
                for stored in page {
                    let found = (try? derivation.take(stored)) ?? []
                    try decisions.append(found, input: stored.number)
                }
            }
            try decisions.sync()
        } catch {
            throw .journal(error)
        }
        return derivation
    }

    private mutating func begin(
        _ epoch: UInt64,
        _ edition: EngineEdition,
        _ reader: inout InputReader<D>
    ) throws(HubError) -> Derivation {
        let shelf = shelf(edition)
        var found = shelf.newest(
            epoch: epoch,
            last: inputs.lastNumber,
            inputs: &reader,
            decisions: decisions.reader()
        )
        if let newest = found.derivation.take() {
            decisions.skip(decisions: newest.ledger.decisions)
            return newest
        }
        guard epoch > 1 else { return Derivation(engine: Engine(edition: edition)) }
        do throws(StateFault) {
            let derivation = try shelf.founding(epoch: epoch, inputs: &reader)
            decisions.skip(decisions: derivation.ledger.decisions)
            return derivation
        } catch {
            throw .foundingState(epoch: epoch, error)
        }
    }

    /// Writes the founding state, then the founding entry; `prepare` is called between the two.
    mutating func found(
        _ epoch: UInt64,
        _ edition: EngineEdition,
        _ derivation: inout Derivation,
        now: Timestamp,
        prepare: (StateHeader) throws(DiskError) -> Void = { _ in }
    ) throws(HubError) -> UInt64 {
        guard let before = derivation.ledger.founding else { throw .notFounded }
        let header: StateHeader
        do {
            let keys = try inputs.stateKeysForNext()
            header = try shelf(edition).write(foundingOf: epoch, from: derivation, keys: keys)
        } catch let error as JournalError {
            throw .journal(error)
        } catch let error as StateFault {
            throw .foundingState(epoch: epoch, error)
        } catch {
            throw .notFounded
        }
        do throws(DiskError) {
            try prepare(header)
        } catch {
            throw .journal(JournalError(error))
        }
        let founding = Founding(
            engineVersion: edition.version,
            county: before.county,
            hasScenarioClock: before.hasScenarioClock,
            lane: before.lane,
            epoch: UInt32(epoch),
            carried: Founding.Carried(
                state: header.digest.content,
                files: derivation.ledger.files.map {
                    .init(name: $0.name, version: $0.content.version)
                }
            )
        )
        var stamp = Stamp(after: inputs.lastTime, hasScenarioClock: before.hasScenarioClock)
        do throws(JournalError) {
            let entry = try inputs.found(
                at: stamp.next(now: now, itemTime: nil),
                payload: EntryCodec.encode(.founding(founding))
            )
            try decisions.begin(epoch: epoch)
            try inputs.sync()
            return entry
        } catch {
            throw .journal(error)
        }
    }
}
