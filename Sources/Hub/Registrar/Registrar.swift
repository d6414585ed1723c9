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
    let options: HubOptions
    let links: Links
    var stamp: Stamp
    let clock: any HubClock
    var commit = Commit()
    private var lastWrite: Int64
    /// Questions for the engine's thread that found its ring full; it asks again, and never waits.
    private var unasked: [LinkerLetter] = []

    /// What waits to be written together.
    struct Commit {
        var batch = EntryBatch()
        var contents: [Entry] = []
        var receipts: [(session: SessionID, receipts: [Receipt])] = []
        var commands: [(session: SessionID, number: UInt64, JournaledCommand)] = []
    }

    init(ledgers: consuming Ledgers<D>, options: HubOptions, clock: any HubClock, links: Links) {
        reader = ledgers.reader
        streams = ledgers.streams
        stamp = ledgers.stamp
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
        let rest = unasked.isEmpty ? milliseconds : min(milliseconds, 5)
        guard let letters = links.registrar.take(waitingMilliseconds: rest) else { return false }
        for letter in letters { try take(letter) }
        try tickWhenDue()
        try writeCommit()
        askLinker()
        return true
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
        case .greet(let session, let stream, let receipted):
            try writeCommit()
            try greet(session, stream, receipted)
        case .intake(let session, let stream, let first, let lines, let batch):
            let receipts = register(stream, first, lines, batch)
            commit.receipts.append((session, receipts))
        case .resend(let session, let stream, let first, let digests):
            try writeCommit()
            try receiptAgain(session, stream, first, digests)
        case .command(let session, let number, let command):
            let entry = add(.command(command), content: .command(command), itemTime: nil)
            let name = JournaledCommand(
                officer: command.officer,
                key: command.idempotencyKey,
                entry: entry
            )
            commit.commands.append((session, number, name))
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
        let at = stamp.next(now: clock.now(), itemTime: itemTime)
        let number = nextEntry
        commit.batch.add(at: at, kind: EntryKind(record.kind)) {
            EntryCodec.append(record, to: &$0)
        }
        commit.contents.append(Entry(at: at, content: content))
        return number
    }

    /// The number of the entry that is added next.
    var nextEntry: UInt64 { journal.lastNumber + UInt64(commit.batch.count) + 1 }

    /// Writes, syncs, and only then tells anybody.
    private mutating func writeCommit() throws(JournalError) {
        guard !commit.batch.isEmpty else { return }
        let first = try journal.append(commit.batch)
        let last = journal.lastNumber
        commit.batch.removeAll()
        links.flight?.note(.written, last)
        let before = clock.monotonicMicroseconds()
        try journal.sync()
        let syncMicroseconds = clock.monotonicMicroseconds() - before
        links.flight?.note(.synced, last)
        links.gauges.note { gauges in
            gauges.lastEntry = last
            gauges.syncs += 1
            gauges.syncMicroseconds = syncMicroseconds
            gauges.syncMicrosecondsMax = max(gauges.syncMicrosecondsMax, syncMicroseconds)
        }
        links.tell(
            commit.receipts.map { .receipts($0.session, $0.receipts, lastEntry: last) }
        )
        commit.receipts.removeAll(keepingCapacity: true)
        lastWrite = clock.monotonicMilliseconds()
        // A full ring is no loss: the engine reads from the journal what is missing.
        _ = links.linker.offer(
            .entries(first: first, commit.contents, syncedAt: lastWrite),
            bytes: commit.contents.count
        )
        commit.contents = []
        commit.contents.reserveCapacity(64)
        // Only now, so that the engine does not read back what is already in the ring.
        links.lastSynced.store(last, ordering: .releasing)
        for (session, number, command) in commit.commands {
            unasked.append(.outcome(session, number: number, command))
        }
        commit.commands.removeAll()
    }

    /// Journals that time passed: when something is due, and at most once a minute otherwise.
    private mutating func tickWhenDue() throws(JournalError) {
        guard !options.hasScenarioClock, commit.batch.isEmpty else { return }
        let isDue = clock.now().milliseconds >= links.nextDue.load(ordering: .acquiring)
        let rest = clock.monotonicMilliseconds() - lastWrite
        guard isDue && rest > 1000 || rest >= options.tickEvery.milliseconds else { return }
        _ = add(.tick, content: .tick, itemTime: nil)
    }
}
