import Domain
package import Journal
import Linkage
import Logging
import Storage
import Wire

/// Brings the hub to where its journal ends: engine, streams, names (启动恢复).
///
/// The journal of inputs is read once from the beginning; the decisions derived again are compared
/// with those in the log and complete it. A new journal is founded; configuration files that changed
/// since the last start enter the journal.
struct Recovery<D: Disk>: ~Copyable {
    private var inputs: InputJournal<D>
    private var decisions: DecisionStore<D>
    private var engine = Engine()
    private var streams = StreamLedger()
    private var names = Names()
    private var located: [LocatedEntry] = []
    private var versions: [ConfigurationFile.Name: UInt64] = [:]
    private var founding: Founding?
    private var keeper: Timekeeper?
    private var report = StartReport()
    private let options: HubOptions
    private let configuration: CountyFiles
    private let clock: any HubClock
    private let log: Logger
    private let decoder = EventDecoder()

    /// A stop of at least this length is told; the hub writes at least so often while it runs.
    private static var outageMin: TimeSpan { .seconds(90) }

    /// Entries read from the disk at a time.
    private static var pageEntries: Int { 1024 }

    /// Opens the journal of a folder.
    static func open(
        _ disk: D,
        folder: String,
        layout: JournalOptions,
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
        var recovery = Self(
            inputs: opened.takeInputs(),
            decisions: opened.takeDecisions(),
            options: options,
            configuration: configuration,
            clock: clock,
            log: log
        )
        recovery.tell(opened.recovery)
        return recovery
    }

    private init(
        inputs: consuming InputJournal<D>,
        decisions: consuming DecisionStore<D>,
        options: HubOptions,
        configuration: CountyFiles,
        clock: any HubClock,
        log: Logger
    ) {
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
            try replay()
            try foundWhenNew()
        } catch {
            throw .journal(error)
        }
        try checkFounding()
        do throws(JournalError) {
            try readClock()
            try tellOutage()
            try adoptChangedFiles()
        } catch {
            throw .journal(error)
        }
        report.entries = inputs.lastNumber
        report.decisions = decisions.lastNumber
        report.isClockHeld = engine.clockStanding.isHeld
        let gained = decisions.lastNumber - min(known, decisions.lastNumber)
        report.derivedAgain = report.isNew ? 0 : gained
        return report
    }

    private mutating func replay() throws(JournalError) {
        var reader = inputs.reader()
        var next: UInt64 = 1
        while next <= inputs.lastNumber {
            let page = try reader.read(from: next, limit: Self.pageEntries)
            guard !page.isEmpty else { throw .noSuchEntry(next) }
            for stored in page { try apply(stored) }
            next += UInt64(page.count)
        }
    }

    private mutating func apply(_ stored: StoredEntry) throws(JournalError) {
        // An erased entry keeps its number; what it once decided stands in a founding state.
        guard let payload = stored.bytes else { return }
        let record: JournalRecord
        let content: Entry.Content
        do throws(RecordError) {
            record = try EntryCodec.decode(kind: stored.kind.rawValue, payload: payload)
            content = try record.entryContent(decoder)
        } catch {
            log.error(
                "an entry cannot be read by this version",
                metadata: ["entry": "\(stored.number)", "why": "\(error)"]
            )
            return
        }
        try follow(epoch: stored.epoch)
        if let position = record.position {
            let isNext = streams.note(position, entry: stored.number)
            if !isNext {
                log.error("a stream has a gap", metadata: ["entry": "\(stored.number)"])
            }
        }
        try decide(Entry(at: stored.at, content: content), number: stored.number)
    }

    /// Decisions lie in the epoch of the entry that they follow from; the one before is complete then.
    private mutating func follow(epoch: UInt64) throws(JournalError) {
        if epoch > decisions.epoch { try decisions.begin(epoch: epoch) }
    }

    private mutating func decide(_ entry: Entry, number: UInt64) throws(JournalError) {
        switch entry.content {
        case .founding(let content): founding = content
        case .configuration(let file):
            versions[file.name] = file.version
            names.adopt(file)
        case .item(let item, _): located.append(.item(item.ref, number))
        case .quarantine: located.append(.quarantine(number))
        case .sealedRefusal, .command, .tick, .clock, .observation: break
        }
        var found: [Decision] = []
        engine.apply(entry, into: &found)
        try decisions.append(found.map { DecisionCodec.encode($0) }, input: number)
    }

    private mutating func foundWhenNew() throws(JournalError) {
        guard inputs.lastNumber == 0 else { return }
        report.isNew = true
        let content = Founding(
            engineVersion: Engine.version,
            county: options.county,
            hasScenarioClock: options.hasScenarioClock,
            epoch: 1
        )
        let at = options.hasScenarioClock ? Timestamp(milliseconds: 0) : clock.now()
        let payload = EntryCodec.encode(.founding(content))
        let number = try inputs.found(at: at, payload: payload)
        try follow(epoch: inputs.epoch)
        try decide(Entry(at: at, content: .founding(content)), number: number)
    }

    /// A hub never extends the epoch of another engine, county or clock (DESIGN §1).
    private func checkFounding() throws(HubError) {
        guard let founding else { throw .notFounded }
        guard founding.engineVersion == Engine.version else {
            throw .otherEngine(journal: founding.engineVersion, program: Engine.version)
        }
        guard founding.county == options.county else {
            throw .otherCounty(journal: founding.county.code, configured: options.county.code)
        }
        guard founding.hasScenarioClock == options.hasScenarioClock else {
            throw .otherClock(journal: founding.hasScenarioClock)
        }
    }

    private mutating func adoptChangedFiles() throws(JournalError) {
        for file in configuration.files {
            let version = ConfigurationCodec.version(of: file.canonical)
            guard versions[file.name] != version else { continue }
            report.changedFiles.append(file.name.token)
            let record = JournalRecord.configuration(file.name, canonical: file.canonical)
            _ = try append(record, .configuration(file.content))
        }
    }

    /// Adds an entry of the start itself and returns its time.
    private mutating func append(
        _ record: JournalRecord,
        _ content: Entry.Content
    ) throws(JournalError) -> Timestamp {
        var stamp = Stamp(after: inputs.lastTime, hasScenarioClock: options.hasScenarioClock)
        let now = keeper?.time(at: clock.monotonicMilliseconds()) ?? clock.now()
        let at = stamp.next(now: now, itemTime: nil)
        let number = try inputs.append([
            JournalEntry(
                at: at,
                kind: EntryKind(rawValue: record.kind.rawValue),
                payload: EntryCodec.encode(record)
            )
        ])
        try inputs.sync()
        try decide(Entry(at: at, content: content), number: number)
        return at
    }

    /// Holds the wall clock against the journal's last entry.
    private mutating func readClock() throws(JournalError) {
        let (wall, monotonic) = (clock.now(), clock.monotonicMilliseconds())
        let last = report.isNew || options.hasScenarioClock ? nil : inputs.lastTime
        let standing = engine.clockStanding
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
        log.warning(
            "the wall clock \(change.event.token)",
            metadata: ["to": "\(change.to.rfc3339)"]
        )
        _ = try append(.clock(change), .clock(change))
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
        _ = try append(.observation(observation), .observation(observation))
        report.outage = observation
    }

    /// What the hub or a feed suffered from when it was stopped.
    var openConditions: [(condition: Observation.Condition, agency: AgencyID?)] {
        engine.openConditions
    }

    /// What each thread goes on with.
    consuming func handOver() throws(JournalError) -> (Handover<Ledgers<D>>, Handover<Followed<D>>)
    {
        try decisions.flush()
        let reader = inputs.reader()
        let next = inputs.lastNumber + 1
        let stamp = Stamp(after: inputs.lastTime, hasScenarioClock: options.hasScenarioClock)
        let followed = Followed(
            engine: engine,
            decisions: decisions,
            reader: reader,
            names: names,
            located: located,
            next: next
        )
        guard let keeper else { preconditionFailure("handed over before it has run") }
        let ledgers = Ledgers(
            journal: inputs,
            reader: reader,
            streams: streams,
            stamp: stamp,
            keeper: keeper
        )
        return (Handover(ledgers), Handover(followed))
    }
}

/// Where a text stands in the journal.
enum LocatedEntry: Sendable {
    case item(ItemRef, UInt64)
    case quarantine(UInt64)
}

/// What the journal thread goes on with.
struct Ledgers<D: Disk>: ~Copyable, Sendable {
    var journal: InputJournal<D>
    let reader: InputReader<D>
    let streams: StreamLedger
    let stamp: Stamp
    let keeper: Timekeeper
}

/// What the engine's thread goes on with.
struct Followed<D: Disk>: ~Copyable, Sendable {
    var engine: Engine
    var decisions: DecisionStore<D>
    let reader: InputReader<D>
    let names: Names
    let located: [LocatedEntry]
    let next: UInt64
}

/// Why the hub does not start (启动失败).
package enum HubError: Error, CustomStringConvertible, Sendable {
    case journal(JournalError)
    case notFounded
    case otherEngine(journal: UInt32, program: UInt32)
    case otherCounty(journal: String, configured: String)
    case otherClock(journal: Bool)

    /// What, where and what to do.
    package var description: String {
        switch self {
        case .journal(let error): error.description
        case .notFounded: "the journal has entries but no founding one; run liandong verify"
        case .otherEngine(let journal, let program):
            "the journal's epoch belongs to engine version \(journal), this program is version "
                + "\(program); start the version that wrote it"
        case .otherCounty(let journal, let configured):
            "the journal belongs to county \(journal), hub.yaml says \(configured); "
                + "give each county a data folder of its own"
        case .otherClock(let journal):
            "the journal was founded with\(journal ? "" : "out") a scenario clock and cannot go on "
                + "with\(journal ? "out" : "") one; use another data folder"
        }
    }
}
