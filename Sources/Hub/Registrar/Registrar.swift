import Domain
import Journal
import Storage
import Synchronization
import Wire

/// Writes what the gate let in, and gives receipts for it after the sync (登记).
///
/// The journal thread runs it and owns the journal, its numbers, its times and the streams'
/// positions. It takes everything that waits, writes it as one commit, syncs once, and only then
/// sends receipts and hands the entries to the engine.
struct Registrar<D: Disk>: ~Copyable {
    var journal: InputJournal<D>
    var reader: InputReader<D>
    var streams: StreamLedger
    /// Items whose texts were erased: what comes of them or about them leaves no text.
    let erased: ErasedItems
    let options: HubOptions
    let links: Links
    var stamp: Stamp
    private var keeper: Timekeeper
    private let clock: any HubClock
    var commit = Commit()
    private var lastWrite: Int64
    /// The deadline for which a tick was journaled.
    private var tickedFor = Int64.min
    private var versions: [ConfigurationFile.Name: UInt64]
    /// The disk took the commit that waits not yet.
    private var isFull = false
    /// What came while the disk was full, in order; bounded by what one look into the mailbox takes.
    private var held: [RegistrarLetter] = []
    /// When the disk is looked at next.
    private var nextLook: Int64 = .min
    /// Questions for the engine's thread that found its ring full; it asks again, and never waits.
    private var unasked: [LinkerLetter] = []

    /// What waits to be written together.
    struct Commit {
        var batch = EntryBatch()
        var contents: [Entry] = []
        /// How many of them are in the journal already, because they do not fit into one frame.
        var written = 0
        var receipts: [(session: SessionID, receipts: [Receipt])] = []
        var commands: [(session: SessionID, number: UInt64, JournaledCommand)] = []
        var adoption: AdoptedFiles?
        /// How many of the entries are lines that were refused for their lane.
        var refusals = 0
    }

    init(ledgers: consuming Ledgers<D>, options: HubOptions, clock: any HubClock, links: Links) {
        reader = ledgers.reader
        streams = ledgers.streams
        erased = ledgers.erased
        stamp = ledgers.stamp
        versions = ledgers.versions
        keeper = ledgers.keeper
        journal = ledgers.journal
        self.options = options
        self.clock = clock
        self.links = links
        lastWrite = clock.monotonicMilliseconds()
    }

    /// Works until the mailbox is closed and empty, or the journal fails.
    mutating func run() {
        do throws(JournalError) {
            while try turn(waitingMilliseconds: 200) {}
            try journal.close()
        } catch {
            links.fail(error)
        }
    }

    /// Works off everything that waits; `false` when the mailbox is closed and empty.
    mutating func turn(waitingMilliseconds milliseconds: Int) throws(JournalError) -> Bool {
        look()
        if isFull { return try turnWhileFull(waitingMilliseconds: milliseconds) }
        let rest = unasked.isEmpty ? milliseconds : min(milliseconds, 5)
        guard let letters = links.registrar.take(waitingMilliseconds: rest) else { return false }
        links.beats.journal.add(1, ordering: .releasing)
        lookAtClock()
        try take(letters)
        if !isFull { try tickWhenDue() }
        try writeCommit()
        askLinker()
        return true
    }

    /// Tries again what the disk did not take; the mailbox, which is bounded, keeps what comes.
    ///
    /// Nothing of it was promised to anybody: without a receipt the agencies send it again, whatever
    /// becomes of this process.
    private mutating func turnWhileFull(
        waitingMilliseconds milliseconds: Int
    ) throws(JournalError) -> Bool {
        links.beats.journal.add(1, ordering: .releasing)
        if milliseconds > 0 { links.registrar.waitForRoom(milliseconds: milliseconds) }
        try writeCommit()
        guard !isFull else {
            askLinker()
            return !links.registrar.isClosed
        }
        lookAtClock()
        let letters = held
        held = []
        try take(letters)
        try writeCommit()
        askLinker()
        return true
    }

    /// Looks once a second how much room the disk has, so that intake ends before the room does.
    private mutating func look() {
        let now = clock.monotonicMilliseconds()
        guard now >= nextLook else { return }
        nextLook = now + 1000
        guard let free = journal.freeBytes() else { return }
        links.gauges.note { $0.diskFreeBytes = Int64(clamping: free) }
        let reserve = options.diskReserve
        let isShort = links.room.lacksReserve ? free < reserve + reserve / 4 : free < reserve
        links.note(
            .reserve,
            isShort,
            at: clock.now().milliseconds,
            "\(free) bytes are free, \(reserve) are the reserve (limits.disk_reserve)"
        )
    }

    private mutating func take(_ letters: [RegistrarLetter]) throws(JournalError) {
        for letter in letters { try take(letter) }
    }

    /// Bounded by the commands that sessions may have under way.
    private mutating func askLinker() {
        guard !unasked.isEmpty else { return }
        var asked = 0
        while asked < unasked.count, links.linker.offer(unasked[asked]) { asked += 1 }
        unasked.removeFirst(asked)
    }

    private mutating func take(_ letter: RegistrarLetter) throws(JournalError) {
        switch letter {
        case .greet, .resend, .configuration: try writeCommit()
        case .intake, .command, .observe: break
        }
        guard !isFull else {
            held.append(letter)
            return
        }
        switch letter {
        case .greet(let session, let stream, let receipted):
            try greet(session, stream, receipted)
        case .intake(let session, let stream, let first, let lines, let batch):
            commit.refusals += lines.count { $0.isRefused }
            let receipts = register(stream, first, lines, batch)
            commit.receipts.append((session, receipts))
        case .resend(let session, let stream, let first, let lines):
            try receiptAgain(session, stream, first, lines)
        case .command(let session, let number, let command):
            let entry = add(.command(command), content: .command(command), itemTime: nil)
            let name = JournaledCommand(
                officer: command.officer,
                key: command.idempotencyKey,
                entry: entry
            )
            commit.commands.append((session, number, name))
            if command.action == .confirmClock { confirmClock(command.officer) }
        case .observe(let observation):
            _ = add(.observation(observation), content: .observation(observation), itemTime: nil)
        case .configuration(let files, let then):
            adopt(files, then)
            try writeCommit()
        }
        if commit.batch.count >= options.commitEntriesMax
            || commit.batch.payloadBytes >= options.commitBytesMax
        {
            try writeCommit()
        }
    }

    /// Adds an entry to the commit and returns its number.
    mutating func add(
        _ record: JournalRecord,
        content: Entry.Content,
        itemTime: Timestamp?
    ) -> UInt64 {
        let at = stamp.next(now: now, itemTime: itemTime)
        return add(record, content: content, at: at)
    }

    /// The hub's time: not the wall clock itself, a step of which must not stand in `at` before it is
    /// confirmed.
    var now: Timestamp { keeper.time(at: clock.monotonicMilliseconds()) }

    private mutating func add(
        _ record: JournalRecord,
        content: Entry.Content,
        at: Timestamp
    ) -> UInt64 {
        let number = nextEntry
        commit.batch.add(at: at, kind: EntryKind(record.kind)) {
            EntryCodec.append(record, to: &$0)
        }
        commit.contents.append(Entry(at: at, content: content))
        return number
    }

    /// The number of the entry that is added next.
    var nextEntry: UInt64 {
        journal.lastNumber + UInt64(commit.batch.count - commit.written) + 1
    }

    /// Adds the files that changed to an empty commit, all of them and nothing else.
    private mutating func adopt(
        _ files: CountyFiles,
        _ then: @escaping @Sendable (Adoption) -> Void
    ) {
        var changed: [ConfigurationFile.Name] = []
        var granted: GrantHistory.Version?
        let first = journal.lastNumber + 1
        for file in files.files where versions[file.name] != file.content.version {
            let entry = add(
                .configuration(file.name, canonical: file.canonical),
                content: .configuration(file.content),
                itemTime: nil
            )
            changed.append(file.name)
            guard case .grants(let register) = file.content.content,
                let at = commit.contents.last?.at
            else { continue }
            granted = GrantHistory.Version(
                entry: entry,
                from: at,
                canonical: file.canonical,
                register: register
            )
        }
        let adoption = Adoption(changed: changed, entries: first..<first + UInt64(changed.count))
        if changed.isEmpty { return then(adoption) }
        commit.adoption = AdoptedFiles(
            files: files,
            granted: granted,
            outcome: adoption,
            then: then
        )
    }

    /// The gate hears of it before the operator does.
    private mutating func tell(_ adoption: AdoptedFiles) {
        for file in adoption.files.files { versions[file.name] = file.content.version }
        // By new names of units an accusation may be of another one.
        let isForEngine = links.clearances.isKept && adoption.granted != nil
        if !(isForEngine && links.linker.offer(.adopted(adoption))) { links.adopt(adoption) }
    }

    /// Writes the commit in as many frames as it needs; `false` when the disk took not all of it.
    private mutating func appendCommit() throws(JournalError) -> Bool {
        while commit.written < commit.batch.count {
            let end = journal.frameEnd(of: commit.batch, from: commit.written)
            do throws(JournalError) {
                _ = try journal.append(commit.batch, commit.written..<end)
            } catch {
                guard error.isFullDisk else { throw error }
                isFull = true
                links.note(.inputs, true, at: clock.now().milliseconds, "\(error)")
                return false
            }
            commit.written = end
        }
        if isFull {
            isFull = false
            links.note(.inputs, false, at: clock.now().milliseconds, "")
        }
        return true
    }

    /// Writes, syncs, and only then tells anybody; what a full disk does not take stays to be written.
    private mutating func writeCommit() throws(JournalError) {
        guard !commit.batch.isEmpty else { return }
        guard try appendCommit() else { return }
        let last = journal.lastNumber
        let first = last + 1 - UInt64(commit.batch.count)
        let bytes = UInt64(commit.batch.payloadBytes)
        let refusals = UInt64(commit.refusals)
        let isSilent = commit.refusals == commit.batch.count
        commit.refusals = 0
        commit.batch.removeAll()
        commit.written = 0
        links.flight?.note(.written, last)
        let before = clock.monotonicMicroseconds()
        try journal.sync()
        let syncMicroseconds = clock.monotonicMicroseconds() - before
        links.flight?.note(.synced, last)
        let chain = journal.chain
        links.journalHead.withLock { $0 = LogHead(number: last, chain: chain) }
        _ = links.slowestSync.max(syncMicroseconds, ordering: .acquiringAndReleasing)
        links.gauges.note { gauges in
            gauges.lastEntry = last
            gauges.sealedRefusals += refusals
            gauges.journaledBytes += bytes
            // A line that was refused for its lane is not even a sync to whoever asks.
            if isSilent { return }
            gauges.syncs += 1
            gauges.syncMicroseconds = syncMicroseconds
            gauges.syncMicrosecondsMax = max(gauges.syncMicrosecondsMax, syncMicroseconds)
            gauges.syncTimes.note(syncMicroseconds)
        }
        links.tell(
            commit.receipts.map { .receipts($0.session, $0.receipts, lastEntry: last) }
        )
        commit.receipts.removeAll(keepingCapacity: true)
        let syncedAt = clock.monotonicMilliseconds()
        // The next tick comes as if a refused line had never been.
        if !isSilent { lastWrite = syncedAt }
        links.refusedSynced.add(refusals, ordering: .releasing)
        // A full ring is no loss: the engine reads from the journal what is missing.
        _ = links.linker.offer(
            .entries(first: first, commit.contents, syncedAt: syncedAt),
            bytes: commit.contents.count
        )
        commit.contents = []
        commit.contents.reserveCapacity(64)
        // Only now, so that the engine does not read back what is already in the ring.
        links.lastSynced.store(last, ordering: .releasing)
        if let adoption = commit.adoption { tell(adoption) }
        commit.adoption = nil
        for (session, number, command) in commit.commands {
            unasked.append(.outcome(session, number: number, command))
        }
        commit.commands.removeAll()
    }

    /// Journals that time passed: when something is due, and at most once a minute otherwise.
    private mutating func tickWhenDue() throws(JournalError) {
        guard !options.hasScenarioClock, commit.batch.isEmpty else { return }
        let monotonic = clock.monotonicMilliseconds()
        let now = keeper.time(at: monotonic).milliseconds
        let due = links.nextDue.load(ordering: .acquiring)
        let isDue = now >= due
        let rest = monotonic - lastWrite
        // At once, whatever else was written just now, so that nobody learns from a deadline's delay what that
        // was; a second time only for an engine that has not come so far.
        guard isDue && (due != tickedFor || rest > 1000) || rest >= options.tickEvery.milliseconds
        else { return }
        if isDue { tickedFor = due }
        _ = add(.tick, content: .tick, itemTime: nil)
    }

    /// Notices a step of the wall clock before anything of this turn is stamped.
    private mutating func lookAtClock() {
        guard !options.hasScenarioClock else { return }
        let monotonic = clock.monotonicMilliseconds()
        let offset = keeper.time(at: monotonic).milliseconds - monotonic
        links.timeOffset.store(offset, ordering: .releasing)
        if let change = keeper.look(at: clock.now(), monotonic: monotonic) {
            add(change, monotonic: monotonic)
        }
    }

    /// An operator says that the wall clock is right.
    private mutating func confirmClock(_ officer: String) {
        let monotonic = clock.monotonicMilliseconds()
        let change = keeper.confirm(clock.now(), monotonic: monotonic, officer: officer)
        if let change { add(change, monotonic: monotonic) }
    }

    private mutating func add(_ change: ClockChange, monotonic: Int64) {
        let at = stamp.next(now: keeper.time(at: monotonic), itemTime: nil)
        _ = add(.clock(change), content: .clock(change), at: at)
        links.tell(of: change, at: at)
        links.gauges.note { $0.isClockHeld = change.event == .stepped }
    }
}
