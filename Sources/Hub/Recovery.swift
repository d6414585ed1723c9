import Domain
import Journal
import Linkage
import Logging
import Storage
import Wire

/// Brings the hub to where its journal ends: engine, streams, names (启动恢复).
///
/// It goes on from the newest snapshot that fits the journal, else from the beginning of the epoch; the
/// decisions derived again are compared with those in the log and complete it. A new journal is
/// founded; configuration files that changed since the last start enter the journal.
struct Recovery<D: Disk>: ~Copyable {
    private let shelf: StateShelf<D>
    private var inputs: InputJournal<D>
    private var decisions: DecisionStore<D>
    private var derivation: Derivation
    private var keeper: Timekeeper?
    private var report = StartReport()
    private let options: HubOptions
    private let configuration: CountyFiles
    private let clock: any HubClock
    private let log: Logger
    private let book: DurableBook<D>
    private let grants: GrantBook<D>
    private let seal: PositionSeal
    private let erased: ErasedItems
    private let erasure: ErasureOrder?

    /// A stop of at least this length is told; the hub writes at least so often while it runs.
    private static var outageMin: TimeSpan { .seconds(90) }

    /// Entries read from the disk at a time.
    private static var pageEntries: Int { 1024 }

    /// A reader for the thread that follows.
    var reader: InputReader<D> { inputs.reader() }

    /// Opens the journal of a folder.
    static func open(
        _ disk: D,
        folder: String,
        layout: JournalOptions,
        shelf: StateShelf<D>,
        options: HubOptions,
        configuration: CountyFiles,
        clock: any HubClock,
        log: Logger
    ) throws(JournalError) -> Self {
        var opened = try OpenedJournal<D>.open(
            disk,
            folder: folder,
            options: layout
        )
        let book: (book: DurableBook<D>, bad: [String])
        do throws(DiskError) {
            book = try DurableBook.open(disk, folder: folder)
        } catch {
            throw JournalError(error)
        }
        for path in book.bad {
            log.error(
                "a durable subscription cannot be read; its holder goes on from its last token",
                metadata: ["kept": "\(path)"]
            )
        }
        var recovery = Self(
            shelf: shelf,
            inputs: opened.takeInputs(),
            decisions: opened.takeDecisions(),
            book: book.book,
            grants: GrantBook(disk, folder: folder),
            seal: try PositionSeal.open(disk, folder: folder, random: layout.random),
            erased: try ErasedItems.read(disk, folder: folder),
            erasure: try ErasureOrder.read(disk, folder: folder),
            options: options,
            configuration: configuration,
            clock: clock,
            log: log
        )
        recovery.tell(opened.recovery)
        return recovery
    }

    private init(
        shelf: StateShelf<D>,
        inputs: consuming InputJournal<D>,
        decisions: consuming DecisionStore<D>,
        book: DurableBook<D>,
        grants: GrantBook<D>,
        seal: PositionSeal,
        erased: ErasedItems,
        erasure: ErasureOrder?,
        options: HubOptions,
        configuration: CountyFiles,
        clock: any HubClock,
        log: Logger
    ) {
        self.book = book
        self.grants = grants
        self.seal = seal
        self.erased = erased
        self.erasure = erasure
        self.shelf = shelf
        derivation = Derivation(engine: Engine(edition: options.edition))
        self.inputs = inputs
        self.decisions = decisions
        self.options = options
        self.configuration = configuration
        self.clock = clock
        self.log = log
    }

    private mutating func tell(_ recovery: JournalRecovery) {
        for tail in [recovery.inputTail, recovery.decisionTail].compactMap({ $0 }) {
            report.tails += tail.keptAside
            log.warning("an unfinished tail was kept aside", metadata: ["tail": "\(tail)"])
        }
        if let healed = recovery.healedKeys {
            log.warning("a copy of the key table was healed", metadata: ["copy": "\(healed)"])
        }
        for note in recovery.notes {
            log.notice("changed bytes that nothing uses", metadata: ["where": "\(note)"])
        }
    }

    /// Reads the journal, completes the decision log, founds a new journal.
    mutating func run() throws(HubError) -> StartReport {
        let known = decisions.lastNumber
        report.known = known
        report.lastBefore = inputs.lastTime
        do throws(JournalError) {
            try foundWhenNew()
        } catch {
            throw .journal(error)
        }
        try checkFounding()
        try begin()
        do throws(JournalError) {
            try replay()
            try readClock()
            try tellOutage()
            try adoptChangedFiles()
        } catch {
            throw .journal(error)
        }
        report.entries = inputs.lastNumber
        report.decisions = decisions.lastNumber
        report.isClockHeld = derivation.engine.clockStanding.isHeld
        let gained = decisions.lastNumber - min(known, decisions.lastNumber)
        report.derivedAgain = report.isNew ? 0 : gained
        return report
    }

    /// The newest snapshot, else the beginning of the epoch.
    private mutating func begin() throws(HubError) {
        var reader = inputs.reader()
        var found = shelf.newest(
            epoch: inputs.epoch,
            last: inputs.lastNumber,
            inputs: &reader,
            decisions: decisions.reader()
        )
        for (path, fault) in found.spoilt.sorted(by: { $0.key < $1.key }) {
            report.spoiltSnapshots.append(path)
            log.warning(
                "a snapshot cannot be used; the one before is tried",
                metadata: ["snapshot": "\(path)", "why": "\(fault)"]
            )
        }
        if let newest = found.derivation.take() {
            derivation = newest
            report.goneOnFrom = derivation.ledger.next - 1
            report.snapshotEntry = report.goneOnFrom
            decisions.skip(decisions: derivation.ledger.decisions)
        } else if inputs.epoch > 1 {
            do throws(StateFault) {
                derivation = try shelf.founding(epoch: inputs.epoch, inputs: &reader)
            } catch {
                throw .foundingState(epoch: inputs.epoch, error)
            }
            decisions.skip(decisions: derivation.ledger.decisions)
        }
    }

    /// Decides what the journal holds behind the last entry that was taken in.
    private mutating func replay() throws(JournalError) {
        var reader = inputs.reader()
        while derivation.ledger.next <= inputs.lastNumber {
            let page = try reader.read(from: derivation.ledger.next, limit: Self.pageEntries)
            guard !page.isEmpty else { throw .noSuchEntry(derivation.ledger.next) }
            for stored in page {
                // Decisions lie in the epoch of their entry; the one before is complete then.
                if stored.epoch > decisions.epoch { try decisions.begin(epoch: stored.epoch) }
                try decisions.append(decide(stored), input: stored.number)
            }
            try keepWhatIsDerived()
        }
    }

    /// A long way is gone once: when it has doubled, a start that is cut off goes on from there.
    private mutating func keepWhatIsDerived() throws(JournalError) {
        let entry = derivation.ledger.next - 1
        let least = max(4 * UInt64(max(1, options.snapshotEntries)), report.snapshotEntry)
        let isEnd = entry == inputs.lastNumber
        let gone = entry - report.snapshotEntry
        guard gone >= least || (isEnd && gone >= UInt64(max(1, options.snapshotEntries))) else {
            return
        }
        try decisions.sync()
        do throws(StateFault) {
            let keys = inputs.reader().stateKeys
            _ = try shelf.write(derivation, keys: keys, spoilt: Set(report.spoiltSnapshots))
        } catch {
            log.warning("no snapshot was written", metadata: ["why": "\(error)"])
        }
        report.snapshotEntry = entry
    }

    private mutating func decide(_ stored: StoredEntry) -> [[UInt8]] {
        let gaps = derivation.ledger.gaps
        defer {
            if derivation.ledger.gaps > gaps {
                log.error("a stream has a gap", metadata: ["entry": "\(stored.number)"])
            }
        }
        do throws(RecordError) {
            return try derivation.take(stored)
        } catch {
            log.error(
                "an entry cannot be read by this version",
                metadata: ["entry": "\(stored.number)", "why": "\(error)"]
            )
            return []
        }
    }

    private mutating func foundWhenNew() throws(JournalError) {
        guard inputs.lastNumber == 0 else { return }
        report.isNew = true
        let content = Founding(
            engineVersion: options.edition.version,
            county: options.county,
            hasScenarioClock: options.hasScenarioClock,
            lane: options.lane,
            epoch: 1
        )
        let at = options.hasScenarioClock ? Timestamp(milliseconds: 0) : clock.now()
        try inputs.found(at: at, payload: EntryCodec.encode(.founding(content)))
    }

    /// A hub never extends the epoch of another lane, engine, county or clock (DESIGN §1, §7).
    private func checkFounding() throws(HubError) {
        var founding: Founding?
        do throws(JournalError) {
            var reader = inputs.reader()
            if let number = inputs.foundingNumber, let payload = try reader.entry(number)?.bytes {
                let kind = JournalRecord.Kind.founding.rawValue
                if case .founding(let content)? = try? EntryCodec.decode(
                    kind: kind,
                    payload: payload
                ) {
                    founding = content
                }
            }
        } catch {
            throw .journal(error)
        }
        // An order that nothing came of is no obstacle: nothing was erased by it.
        if let erasure, founding?.carried?.state == erasure.state.content {
            throw .erasureUnfinished(epoch: erasure.epoch)
        }
        guard let founding else {
            throw inputs.epoch > 1 ? .epochUnfinished(inputs.epoch) : .notFounded
        }
        guard founding.lane == options.lane else {
            throw .otherLane(journal: founding.lane, configured: options.lane)
        }
        guard founding.engineVersion == options.edition.version else {
            throw .otherEngine(journal: founding.engineVersion, program: options.edition.version)
        }
        guard founding.county == options.county else {
            throw .otherCounty(journal: founding.county.code, configured: options.county.code)
        }
        guard founding.hasScenarioClock == options.hasScenarioClock else {
            throw .otherClock(journal: founding.hasScenarioClock)
        }
    }

    /// All files that changed, as one commit.
    private mutating func adoptChangedFiles() throws(JournalError) {
        let known = derivation.ledger.files
        let changed = configuration.files.filter { file in
            !known.contains {
                $0.name == file.name && $0.content.version == file.content.version
            }
        }
        guard !changed.isEmpty else { return }
        report.changedFiles = changed.map(\.name.token)
        try append(changed.map { .configuration($0.name, canonical: $0.canonical) })
    }

    /// Adds entries of the start itself, as one commit, and decides them.
    private mutating func append(_ records: [JournalRecord]) throws(JournalError) {
        var stamp = Stamp(after: inputs.lastTime, hasScenarioClock: options.hasScenarioClock)
        let now = keeper?.time(at: clock.monotonicMilliseconds()) ?? clock.now()
        let at = stamp.next(now: now, itemTime: nil)
        try inputs.append(
            records.map { record in
                JournalEntry(
                    at: at,
                    kind: EntryKind(rawValue: record.kind.rawValue),
                    payload: EntryCodec.encode(record)
                )
            }
        )
        try inputs.sync()
        try replay()
    }

    /// Holds the wall clock against the journal's last entry.
    private mutating func readClock() throws(JournalError) {
        let (wall, monotonic) = (clock.now(), clock.monotonicMilliseconds())
        let last = report.isNew || options.hasScenarioClock ? nil : inputs.lastTime
        let standing = derivation.engine.clockStanding
        let keeper = Timekeeper(
            after: last,
            standing: standing,
            wall: wall,
            monotonic: monotonic
        )
        self.keeper = keeper
        guard let last, let change = keeper.opening(after: last, standing: standing, wall: wall)
        else { return }
        report.clockChange = change
        try append([.clock(change)])
    }

    /// Tells what a stop of more than a minute was, before anything else is taken (停机).
    private mutating func tellOutage() throws(JournalError) {
        guard !report.isNew, !options.hasScenarioClock, let keeper else { return }
        let since = report.lastBefore
        let now = keeper.time(at: clock.monotonicMilliseconds())
        let rhythm = TimeSpan(milliseconds: 2 * options.tickEvery.milliseconds)
        guard now - since >= max(Self.outageMin, rhythm) else { return }
        let observation = Observation(
            .outage,
            since: since,
            value: Int(clamping: decisions.lastNumber - min(report.known, decisions.lastNumber)),
            bound: report.tails.count
        )
        try append([.observation(observation)])
        report.outage = observation
    }

    /// What the hub or a feed suffered from when it was stopped.
    var openConditions: [(condition: Observation.Condition, agency: AgencyID?)] {
        derivation.engine.openConditions
    }

    /// What each thread goes on with.
    consuming func handOver() throws(JournalError) -> Parts<D> {
        try decisions.flush()
        let reader = inputs.reader()
        let archive = Archive(
            inputs: reader,
            decisions: decisions.reader(),
            book: book,
            grants: grants,
            seal: seal,
            lastTime: options.hasScenarioClock ? nil : inputs.lastTime
        )
        let stamp = Stamp(after: inputs.lastTime, hasScenarioClock: options.hasScenarioClock)
        guard let keeper else { preconditionFailure("handed over before it has run") }
        let snapshotEntry = report.snapshotEntry
        let ledger = derivation.ledger
        let engine = derivation.takeEngine()
        var names = Names()
        for file in ledger.files { names.adopt(file.content) }
        let followed = Followed(
            engine: engine,
            decisions: decisions,
            reader: reader,
            names: names,
            located: ledger.located,
            outcomes: ledger.outcomes,
            snapshotEntry: snapshotEntry,
            next: ledger.next
        )
        var versions: [ConfigurationFile.Name: UInt64] = [:]
        let granted = try grants.open(
            reader,
            last: inputs.lastNumber,
            inForce: ledger.files.first { $0.name == .grants }?.content.version
        )
        for file in ledger.files { versions[file.name] = file.content.version }
        let ledgers = Ledgers(
            journal: inputs,
            reader: reader,
            streams: ledger.streams,
            erased: erased,
            stamp: stamp,
            versions: versions,
            keeper: keeper
        )
        return Parts(
            ledgers: Handover(ledgers),
            followed: Handover(followed),
            archive: Handover(archive),
            grants: granted
        )
    }
}

/// What a start hands over, each part to the thread that owns it from then on.
struct Parts<D: Disk> {
    let ledgers: Handover<Ledgers<D>>
    let followed: Handover<Followed<D>>
    let archive: Handover<Archive<D>>
    /// The registers of grants up to the journal's end.
    let grants: [GrantHistory.Version]
}

/// What the journal thread goes on with.
struct Ledgers<D: Disk>: ~Copyable, Sendable {
    var journal: InputJournal<D>
    let reader: InputReader<D>
    let streams: StreamLedger
    /// Items whose texts were erased.
    let erased: ErasedItems
    let stamp: Stamp
    /// The configuration files in force.
    let versions: [ConfigurationFile.Name: UInt64]
    let keeper: Timekeeper
}

/// What the engine's thread goes on with.
struct Followed<D: Disk>: ~Copyable, Sendable {
    var engine: Engine
    var decisions: DecisionStore<D>
    let reader: InputReader<D>
    let names: Names
    let located: Located
    let outcomes: Outcomes
    /// The last entry of the snapshot that the start went on from; 0 for none.
    let snapshotEntry: UInt64
    let next: UInt64
}
