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
    private var appliedAt: Timestamp?
    private var decisions: [Decision] = []
    private var notices: [Notice] = []
    private var outcomes = Outcomes()

    init(followed: consuming Followed<D>, links: Links, clock: any HubClock) {
        let records = Records(reader: followed.reader)
        let titles = Titles { records.item($0) }
        for place in followed.located { titles.note(place) }
        names = followed.names
        next = followed.next
        self.records = records
        self.titles = titles
        self.links = links
        self.clock = clock
        engine = followed.engine
        log = followed.decisions
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
        for letter in letters { try take(letter) }
        // What found no room in the ring is in the journal; no letter may come for it.
        let lastSynced = links.lastSynced.load(ordering: .acquiring)
        try catchUp(to: lastSynced)
        // At the journal's end nothing waits, however late the last entry was: a lag that stood
        // would keep the agencies' credit shut for good.
        if next > lastSynced { note(lag: 0) }
        links.lastApplied.store(next - 1, ordering: .releasing)
        noteProgress()
        publish()
        try log.flush()
        return true
    }

    /// Decides what is left and closes the decision log.
    mutating func close() throws(JournalError) {
        try catchUp(to: links.lastSynced.load(ordering: .acquiring))
        try log.close()
    }

    private mutating func take(_ letter: LinkerLetter) throws(JournalError) {
        switch letter {
        case .entries(let first, let entries, let syncedAt):
            let begun = clock.monotonicMicroseconds()
            for (offset, entry) in entries.enumerated() {
                let number = first + UInt64(offset)
                guard number >= next else { continue }
                try catchUp(to: number - 1)
                try apply(entry, number: number)
            }
            let ended = clock.monotonicMicroseconds()
            notePace(entries: entries.count, microseconds: ended - begun)
            note(lag: ended / 1000 - syncedAt)
        case .snapshot(let session, let incarnation):
            publish()
            links.tell(.snapshot(session, incarnation: incarnation, activeAlerts()))
        case .question(let session, let number, let question):
            noteProgress()
            answer(session, number, question)
        case .outcome(let session, let number, let command):
            try catchUp(to: command.entry)
            links.tell(.outcome(session, number: number, outcome(of: command)))
        }
    }

    /// Applies what the ring left out, up to and including an entry.
    private mutating func catchUp(to last: UInt64) throws(JournalError) {
        if !links.decides { next = max(next, last + 1) }
        while next <= last {
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
            return
        }
        decisions.removeAll(keepingCapacity: true)
        engine.apply(entry, into: &decisions)
        if case .configuration(let file) = entry.content { names.adopt(file) }
        titles.note(entry.content, number: number)
        try log.append(decisions.map { DecisionCodec.encode($0) }, input: number)
        outcomes.note(decisions)
        if links.isWatched.load(ordering: .acquiring) {
            for decision in decisions { notices.append(notice(decision)) }
        }
        next = number + 1
        appliedAt = entry.at
        links.nextDue.store(engine.nextDue?.milliseconds ?? .max, ordering: .releasing)
        links.flight?.note(.applied, number)
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

    /// How fast the engine is while it has work; a few entries say nothing about it.
    private func notePace(entries: Int, microseconds: Int64) {
        links.lastApplied.store(next - 1, ordering: .releasing)
        guard entries >= 32, microseconds > 0 else { return }
        let found = Int(clamping: Int64(entries) * 1_000_000 / microseconds)
        let before = links.enginePace.load(ordering: .acquiring)
        links.enginePace.store((3 * before + min(found, 10_000_000)) / 4, ordering: .releasing)
    }

    private func note(lag milliseconds: Int64) {
        let before = links.lagMilliseconds.exchange(milliseconds, ordering: .releasing)
        if before != milliseconds { links.gauges.note { $0.lagMilliseconds = milliseconds } }
    }

    /// Hands what was decided to the socket thread, which is never more than a batch behind.
    private mutating func publish() {
        guard !notices.isEmpty else { return }
        links.tell(.decided(notices))
        notices.removeAll(keepingCapacity: true)
    }

    /// Every alert that waits for a signature, in the order in which they were raised.
    private mutating func activeAlerts() -> [Notice] {
        var found: [Notice] = []
        var after: AlertID?
        while true {
            let page = engine.alerts(after: after, limit: 500, activeOnly: true)
            for alert in page {
                found.append(notice(Decision(at: alert.raisedAt, content: .alertRaised(alert))))
            }
            guard page.count == 500, let last = page.last else { return found }
            after = last.id
        }
    }

    private mutating func notice(_ decision: Decision) -> Notice {
        let alert = decision.content.alert
        var body = decision.json
        if let alert, let members = body.members {
            let named = withAnswers { $0.alert(alert) }
            body = .object(members.map { $0.key == "alert" ? .init("alert", named) : $0 })
        }
        return Notice(subjects: decision.subjects, alert: alert?.id, body: body.bytes)
    }

    private func outcome(of command: JournaledCommand) -> CommandOutcome {
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
                alert: withAnswers { $0.alert(alert) }
            )
        case .void(let key, _, let reason):
            return CommandOutcome(key: key, result: .void, reason: reason.token)
        default:
            preconditionFailure("only outcomes of commands are kept")
        }
    }
}
