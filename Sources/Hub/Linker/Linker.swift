import Domain
import Journal
import Linkage
import Storage
import Synchronization
import Wire

/// Runs the engine behind the journal, keeps the decision log and answers questions (研判).
///
/// The engine's thread runs it. It follows from the ring; entries that found no room there are read
/// back from the journal, so that the engine never holds up a receipt. Questions are answered
/// between two entries, at one point of the journal.
struct Linker<D: Disk>: ~Copyable {
    var engine: Engine
    var names: Names
    let titles: Titles
    let records: Records<D>
    let links: Links
    private var log: DecisionStore<D>
    private let clock: any HubClock
    private var next: UInt64
    private(set) var appliedAt: Timestamp?
    private var decisions: [Decision] = []
    private var notices: [Notice] = []
    /// The last decision that subscribers know of.
    private var published: UInt64
    private(set) var outcomes: Outcomes
    /// Where the follower was last told to be, and when.
    private var marked: UInt64
    private var markedAt: Int64
    /// When the decisions were last made to last.
    private var syncedAt: Int64
    /// Decisions that a full disk has not taken yet; until then the engine applies nothing more.
    private var unlogged: (input: UInt64, decisions: [[UInt8]])?
    /// Outcomes that wait for an entry that is not applied yet; bounded by commands under way.
    private var waiting: [LinkerLetter] = []
    private var nextTry: Int64 = .min
    private var pace = EnginePace()
    /// Lines refused for their lane that were applied in this turn.
    private var refused: UInt64 = 0
    /// Cases from which somebody is set aside.
    var recused: [CaseID] = []
    /// The units whose accusations nobody in them may know of.
    var unitNames = UnitNames(GrantRegister())

    init(followed: consuming Followed<D>, links: Links, clock: any HubClock) {
        let records = Records(reader: followed.reader)
        let titles = Titles(links.texts) { records.item($0) }
        links.texts.note(followed.located)
        for ref in followed.engine.classed { links.texts.noteClassed(ref) }
        let found = followed.names
        links.names.withLock { $0 = found }
        names = found
        published = followed.decisions.lastNumber
        next = followed.next
        self.records = records
        self.titles = titles
        self.links = links
        self.clock = clock
        outcomes = followed.outcomes
        marked = followed.snapshotEntry
        markedAt = clock.monotonicMilliseconds()
        syncedAt = markedAt
        engine = followed.engine
        log = followed.decisions
        let refused = UInt64(engine.counts.sealedRefused.value)
        links.gauges.note { $0.sealedRefusals = refused }
        noteRecusals(of: links.grants.current)
        noteStandings(of: links.grants.current)
        let withdrawn = engine.withdrawn
        links.withdrawn.withLock { $0.formUnion(withdrawn) }
    }

    /// Works until the mailbox is closed and empty, or a log fails.
    mutating func run() {
        do throws(JournalError) {
            while try turn(waitingMilliseconds: 200) {}
            try close()
        } catch {
            links.fail(error)
        }
    }

    /// Works off everything that waits; `false` when the mailbox is closed and empty.
    mutating func turn(waitingMilliseconds milliseconds: Int) throws(JournalError) -> Bool {
        guard let letters = links.linker.take(waitingMilliseconds: milliseconds) else {
            return false
        }
        links.beats.engine.add(1, ordering: .releasing)
        let (first, begun) = (next, clock.monotonicMicroseconds())
        refused = 0
        for letter in letters { try take(letter) }
        try logWhenThereIsRoom()
        // What found no room in the ring is in the journal; no letter may come for it.
        let lastSynced = links.lastSynced.load(ordering: .acquiring)
        try catchUp(to: lastSynced)
        // At the journal's end nothing waits, however late the last entry was: a lag that stood
        // would keep the agencies' credit shut for good.
        if next > lastSynced { note(lag: 0) }
        noteProgress()
        try publish()
        let applied = next - first
        notePace(
            entries: applied - min(refused, applied),
            microseconds: clock.monotonicMicroseconds() - begun
        )
        try markWhenDue()
        try syncWhenDue()
        return true
    }

    /// Tells the follower where this engine stands, when a snapshot is due and none is under way.
    private mutating func markWhenDue() throws(JournalError) {
        let now = clock.monotonicMilliseconds()
        let entries = next - 1 - marked
        let isDue =
            entries >= links.snapshotEntries
            || (entries > 0 && now - markedAt >= links.snapshotEvery.milliseconds)
        guard isDue, links.decides, unlogged == nil, !links.isFollowing.load(ordering: .acquiring),
            // A start from the snapshot derives none of these decisions again, so they must last.
            try synced()
        else { return }
        links.isFollowing.store(true, ordering: .releasing)
        (marked, markedAt) = (next - 1, now)
        let mark = SnapshotMark(
            entry: marked,
            epoch: log.epoch,
            decisions: log.lastNumber,
            decisionChain: log.digest,
            trail: engine.trail
        )
        _ = links.follower.offer(mark)
    }

    /// Decides what is left and closes the decision log.
    mutating func close() throws(JournalError) {
        try catchUp(to: links.lastSynced.load(ordering: .acquiring))
        // What a full disk does not take is derived again by the next start.
        try synced()
    }

    /// Makes the log of decisions last, and says how far it does; `false` when the disk is full.
    @discardableResult
    private mutating func synced() throws(JournalError) -> Bool {
        guard try logged({ (log) throws(JournalError) in try log.sync() }) else { return false }
        let head = log.durable
        links.decisionHead.withLock { $0 = head }
        syncedAt = clock.monotonicMilliseconds()
        return true
    }

    /// Once a minute the decisions are made to last, so that the audit log can say where they stand.
    private mutating func syncWhenDue() throws(JournalError) {
        guard clock.monotonicMilliseconds() - syncedAt >= 60_000, unlogged == nil, links.decides
        else { return }
        if log.lastNumber > log.durable.number {
            try synced()
        } else {
            syncedAt = clock.monotonicMilliseconds()
        }
    }

    private mutating func take(_ letter: LinkerLetter) throws(JournalError) {
        switch letter {
        case .entries(let first, let entries, let syncedAt):
            for (offset, entry) in entries.enumerated() {
                let number = first + UInt64(offset)
                guard number >= next else { continue }
                try catchUp(to: number - 1)
                guard next == number, unlogged == nil else { break }
                try apply(entry, number: number)
            }
            note(lag: clock.monotonicMilliseconds() - syncedAt)
        case .point(let session, let incarnation, let withAlerts):
            try publish()
            links.tell(
                .point(
                    session,
                    incarnation: incarnation,
                    number: published,
                    withAlerts ? activeAlerts() : []
                )
            )
        case .question(let session, let number, let question, let asker):
            noteProgress()
            answer(session, number, question, asker)
        case .command(let session, let number, let command, let asker):
            look(at: command, session, number, asker)
        case .outcome(let session, let number, let command):
            try catchUp(to: command.entry)
            guard next > command.entry else {
                waiting.append(letter)
                return
            }
            links.tell(.outcome(session, number: number, outcome(of: command)))
        case .adopted(let adoption):
            let entry = adoption.granted?.entry ?? 0
            try catchUp(to: entry)
            guard next > entry else {
                waiting.append(letter)
                return
            }
            links.adopt(adoption)
        }
    }

    /// Applies what the ring left out, up to and including an entry.
    private mutating func catchUp(to last: UInt64) throws(JournalError) {
        if !links.decides {
            next = max(next, last + 1)
            links.applied.store(next - 1, ordering: .releasing)
        }
        while next <= last, unlogged == nil {
            guard let found = try records.entry(next) else { return }
            switch found {
            case .entry(let entry): try apply(entry, number: next)
            case .erased: next += 1
            }
        }
    }

    private mutating func apply(_ entry: Entry, number: UInt64) throws(JournalError) {
        guard links.decides else {
            next = number + 1
            links.applied.store(number, ordering: .releasing)
            return
        }
        decisions.removeAll(keepingCapacity: true)
        engine.apply(entry, into: &decisions)
        if case .configuration(let file) = entry.content {
            names.adopt(file)
            let adopted = names
            links.names.withLock { $0 = adopted }
            if case .grants(let register) = file.content {
                noteRecusals(of: register)
                noteStandings(of: register)
            }
        }
        // Whoever reads a decision in the log must find what may not be seen of it.
        for case .itemWithdrawn(let ref, _, _, _) in decisions.lazy.map(\.content) {
            _ = links.withdrawn.withLock { $0.insert(ref) }
        }
        noteRecusals(after: decisions)
        if case .item(let item, _) = entry.content { noteStanding(of: item) }
        links.clearances.note(decisions)
        titles.note(entry.content, number: number)
        noteClassed(by: entry.content)
        let before = log.lastNumber
        let encoded = decisions.map { DecisionCodec.encode($0) }
        let isLogged = try logged { (log) throws(JournalError) in
            try log.append(encoded, input: number)
        }
        if !isLogged { unlogged = (number, encoded) }
        outcomes.note(decisions)
        var isPressing = false
        if links.isWatched.load(ordering: .acquiring) {
            for (offset, decision) in decisions.enumerated() {
                let number = before + UInt64(offset) + 1
                let notice = withAnswers { $0.notice(decision, number: number) }
                if notice.subjects.isEmpty { continue }
                notices.append(notice)
                // An alert does not wait for what came with it.
                isPressing = isPressing || notice.level != nil || notices.count >= 64
            }
        }
        next = number + 1
        if case .sealedRefusal = entry.content {
            refused += 1
            links.refusedApplied.add(1, ordering: .releasing)
        } else {
            appliedAt = entry.at
        }
        links.nextDue.store(engine.nextDue?.milliseconds ?? .max, ordering: .releasing)
        links.applied.store(number, ordering: .releasing)
        links.flight?.note(.applied, number)
        if isPressing { try publish() }
    }

    /// Notes that an officer has said what an item is.
    private func noteClassed(by content: Entry.Content) {
        guard case .command(let command) = content, case .classify(let ref, _, _) = command.action,
            decisions.contains(where: { if case .obeyed = $0.content { true } else { false } })
        else { return }
        links.texts.noteClassed(ref)
    }

    /// The last entry that was applied.
    var lastApplied: UInt64 { next - 1 }

    /// Goes along the decisions in the log, as far as it can be read.
    mutating func forEachLogged(_ visit: (Decision) -> Void) {
        try? log.flush()
        var reader = log.reader()
        var number: UInt64 = 1
        while let page = try? reader.read(from: number, limit: 1024), let last = page.last {
            for stored in page {
                if let decision = try? DecisionCodec.decode(stored.bytes) { visit(decision) }
            }
            number = last.number + 1
        }
    }

    /// Writes to the decision log; `false` when the disk is full and nothing was written.
    @discardableResult
    private mutating func logged(
        _ write: (inout DecisionStore<D>) throws(JournalError) -> Void
    ) throws(JournalError) -> Bool {
        do throws(JournalError) {
            try write(&log)
        } catch {
            guard error.isFullDisk else { throw error }
            links.note(.decisions, true, at: clock.now().milliseconds, "\(error)")
            return false
        }
        links.note(.decisions, false, at: clock.now().milliseconds, "")
        return true
    }

    /// Tries once a second what the disk has not taken, and then answers what waited for it.
    private mutating func logWhenThereIsRoom() throws(JournalError) {
        guard let (input, encoded) = unlogged, clock.monotonicMilliseconds() >= nextTry else {
            return
        }
        nextTry = clock.monotonicMilliseconds() + 1000
        let isLogged = try logged { (log) throws(JournalError) in
            try log.append(encoded, input: input)
        }
        guard isLogged else { return }
        unlogged = nil
        try catchUp(to: links.lastSynced.load(ordering: .acquiring))
        let letters = waiting
        waiting = []
        for letter in letters { try take(letter) }
    }

    /// Tells how far the engine is, whichever way the entries came.
    private func noteProgress() {
        let (applied, at, count) = (next - 1, appliedAt, log.lastNumber)
        links.gauges.note { gauges in
            gauges.appliedEntry = applied
            gauges.appliedAt = at ?? gauges.appliedAt
            gauges.decisions = count
        }
    }

    /// What an entry takes of late, from which credit follows.
    private mutating func notePace(entries: UInt64, microseconds: Int64) {
        guard entries > 0 else { return }
        let now = clock.monotonicMilliseconds()
        pace.note(entries: entries, microseconds: microseconds, at: now)
        links.entryMicroseconds.store(pace.microsecondsPerEntry, ordering: .releasing)
    }

    private func note(lag milliseconds: Int64) {
        let before = links.lagMilliseconds.exchange(milliseconds, ordering: .releasing)
        if before != milliseconds { links.gauges.note { $0.lagMilliseconds = milliseconds } }
    }

    /// Writes what was decided and hands it to the socket thread, which is never more than a batch
    /// behind; what it is told of can be read from the log.
    private mutating func publish() throws(JournalError) {
        guard unlogged == nil,
            try logged({ (log) throws(JournalError) in try log.flush() }),
            log.lastNumber > published
        else { return }
        if links.isWatched.load(ordering: .acquiring) {
            links.tell(.decided(first: published + 1, last: log.lastNumber, notices))
        }
        notices.removeAll(keepingCapacity: true)
        published = log.lastNumber
    }

    /// Every alert that waits for a signature, in the order in which they were raised.
    private func activeAlerts() -> [Notice] {
        var found: [Notice] = []
        var after: AlertID?
        while true {
            let page = engine.alerts(after: after, limit: 500, activeOnly: true)
            for alert in page {
                let decision = Decision(at: alert.raisedAt, content: .alertRaised(alert))
                found.append(withAnswers { $0.notice(decision, number: 0) })
            }
            guard page.count == 500, let last = page.last else { return found }
            after = last.id
        }
    }

    func outcome(of command: JournaledCommand) -> CommandOutcome {
        guard let content = outcomes[command] else {
            return CommandOutcome(
                key: command.key,
                result: .void,
                reason: "The outcome is no longer at hand; look at the alert."
            )
        }
        switch content {
        case .alertAcknowledged(let alert, let key):
            return CommandOutcome(
                key: key,
                result: .acknowledged,
                alert: withAnswers(readership(of: command.officer)) { $0.alert(alert) }
            )
        case .void(let key, _, let reason):
            return CommandOutcome(key: key, result: .void, reason: reason.token)
        case .obeyed(let key, _), .itemWithdrawn(_, _, let key, _):
            return CommandOutcome(key: key, result: .obeyed)
        case .caseEdited, .caseLived:
            let members = content.jsonMembers
            return CommandOutcome(key: command.key, result: .edited, edit: .object(members))
        default:
            preconditionFailure("only outcomes of commands are kept")
        }
    }
}
