package import Domain
import Journal
package import Storage
import Wire

/// What became known of a case when, and to whom (知情与处置经过): from the decision log and the audit log.
///
/// It names officers and agencies, never a person behind an item.
package struct CaseAccount: Sendable {
    /// A decision about the case, with those who were told of it.
    package struct Event: Sendable {
        /// Its number in the log.
        package let number: UInt64
        /// What was decided.
        package let decision: Decision
        /// Who got it, by which way, when; by the audit log.
        package internal(set) var told: [Told] = []
    }

    /// Somebody who got to know something.
    package struct Told: Hashable, Sendable {
        /// Who, `officer/duty`.
        package let who: String
        /// When.
        package let at: Timestamp
        /// `delivered`, `replayed`, or what was asked, read, commanded.
        package let act: AuditRecord.Act
    }

    /// A time in which something was missing: a feed was silent, the hub did not run (空档).
    package struct Spell: Equatable, Sendable {
        /// What was noticed.
        package let observation: Observation
        /// When it was over; `nil` while it lasts.
        package internal(set) var until: Timestamp?
    }

    /// What is accounted for: a case by any of its names, or one item.
    package enum Object: Sendable {
        /// A case.
        case matter(CaseID)
        /// An item, also one that was withdrawn.
        case item(ItemRef)
    }

    /// Why there is no account.
    package struct Failure: Error, CustomStringConvertible, Sendable {
        /// What is wrong, in one sentence.
        package let description: String
    }

    /// The names that the case ever had.
    package private(set) var cases: Set<CaseID> = []
    /// Decisions about it, in their order.
    package private(set) var events: [Event] = []
    /// Questions, texts read and commands that name the case, an item or an alert of it.
    package private(set) var looks: [Told] = []
    /// What was missing in its time.
    package private(set) var spells: [Spell] = []
    /// Lines of the audit log that are missing, as the log itself says.
    package private(set) var lostLines = 0
    /// Decisions and spells that found no room: the account ends before the matter does.
    package private(set) var leftOut = 0
    /// Where the audit log is not what was written; then nothing that it says is evidence.
    package private(set) var faults: [AuditCheck.Finding] = []
    private var items: Set<ItemRef> = []
    private var alerts: Set<AlertID> = []
    /// The places of the events that are reports of an alert.
    private var reports: [AlertID: [Int]] = [:]

    private let eventsMax: Int
    private static let spellsMax = 1000
    private static let passesMax = 8

    /// Reads both logs.
    ///
    /// - Parameters:
    ///   - object: The case or item.
    ///   - disk: Where the logs lie.
    ///   - folder: The hub's data folder.
    ///   - heads: What a second place says of the audit log.
    ///   - eventsMax: Decisions that it holds.
    /// - Throws: When a log cannot be read, or nothing is known of the object.
    package init(
        _ object: Object,
        _ disk: some Disk,
        folder: String,
        heads: [AuditCheck.Head] = [],
        eventsMax: Int = 100_000
    ) throws(Failure) {
        self.eventsMax = eventsMax
        var withdrawn: Set<ItemRef> = []
        do throws(JournalError) {
            withdrawn = Set(try DecisionPass.withdrawn(disk, folder: folder))
        } catch {
            throw Failure(description: error.description)
        }
        switch object {
        case .matter(let id): cases = [id]
        // Who knew of an item that was withdrawn is what this is for.
        case .item(let ref): (items, withdrawn) = ([ref], withdrawn.subtracting([ref]))
        }
        if case .matter = object { try gather(disk, folder, withdrawn) }
        try collect(disk, folder, withdrawn)
        guard !events.isEmpty else {
            throw Failure(description: "nothing is known of it: there is no such case or item")
        }
        try readAudit(disk, folder, heads)
    }

    /// Names and items of the case; a merger may come before what it joins was looked at.
    private mutating func gather(
        _ disk: some Disk,
        _ folder: String,
        _ withdrawn: Set<ItemRef>
    ) throws(Failure) {
        var (cases, items) = (cases, items)
        for _ in 0..<Self.passesMax {
            let before = cases.count
            try Self.pass(disk, folder, withdrawn) { _, decision in
                switch decision.content {
                case .caseOpened(let id, _, let founder, let joined, _) where cases.contains(id):
                    items.formUnion([founder, joined])
                case .caseJoined(let id, _, let joined, _) where cases.contains(id):
                    items.insert(joined)
                case .caseMerged(let id, _, let absorbed, _)
                where cases.contains(id) || cases.contains(absorbed):
                    cases.formUnion([id, absorbed])
                case .caseEdited(let editing)
                where editing.kind == .merge
                    && (cases.contains(editing.id) || !cases.isDisjoint(with: editing.others)):
                    cases.formUnion([editing.id] + editing.others)
                case .itemMoved(let move) where move.to.map(cases.contains) ?? false:
                    items.insert(move.item)
                default: break
                }
            }
            if cases.count == before { break }
        }
        (self.cases, self.items) = (cases, items)
    }

    private mutating func collect(
        _ disk: some Disk,
        _ folder: String,
        _ withdrawn: Set<ItemRef>
    ) throws(Failure) {
        var (found, spells, beyond) = ([Event](), [Spell](), 0)
        let (cases, items, eventsMax) = (cases, items, eventsMax)
        try Self.pass(disk, folder, withdrawn) { stored, decision in
            if case .observed(let observation, _) = decision.content {
                Self.note(observation, at: decision.at, in: &spells)
            }
            let matters = decision.matters
            guard
                matters.cases.contains(where: cases.contains)
                    || matters.items.contains(where: items.contains)
            else { return }
            guard found.count < eventsMax else {
                beyond += 1
                return
            }
            found.append(Event(number: stored.number, decision: decision))
        }
        for (place, event) in found.enumerated() {
            guard let alert = event.decision.content.alert else { continue }
            alerts.insert(alert.id)
            reports[alert.id, default: []].append(place)
        }
        events = found
        let received = found.compactMap { event -> Timestamp? in
            guard case .admitted(let admission) = event.decision.content else { return nil }
            return admission.time
        }
        guard let first = found.first?.decision.at, let last = found.last?.decision.at else {
            return
        }
        let begin = min(received.min() ?? first, first)
        spells.removeAll { $0.observation.since > last || ($0.until ?? last) < begin }
        leftOut = beyond + max(0, spells.count - Self.spellsMax)
        self.spells = Array(spells.prefix(Self.spellsMax))
    }

    /// What begins stands until it is said to be over; an outage is over when it is told.
    private static func note(
        _ observation: Observation,
        at time: Timestamp,
        in spells: inout [Spell]
    ) {
        guard observation.condition.isOfFeed || observation.condition == .outage else { return }
        guard observation.isOver else {
            let isPast = observation.condition == .outage || observation.condition == .backlog
            spells.append(Spell(observation: observation, until: isPast ? time : nil))
            return
        }
        let place = spells.lastIndex {
            $0.observation.condition == observation.condition
                && $0.observation.agency == observation.agency && $0.until == nil
        }
        if let place { spells[place].until = time }
    }

    private static func pass(
        _ disk: some Disk,
        _ folder: String,
        _ withdrawn: Set<ItemRef>,
        _ visit: (StoredDecision, Decision) -> Void
    ) throws(Failure) {
        do throws(JournalError) {
            _ = try DecisionPass.run(disk, folder: folder) { stored, logged in
                if let decision = logged.leavingOut(withdrawn) { visit(stored, decision) }
                return true
            }
        } catch {
            throw Failure(description: error.description)
        }
    }
}

// What the audit log says of it.
extension CaseAccount {
    private mutating func readAudit(
        _ disk: some Disk,
        _ folder: String,
        _ heads: [AuditCheck.Head]
    ) throws(Failure) {
        let names = Set(
            cases.map(\.text) + alerts.map(\.text)
                + items.map { "\($0.agency.name)/\($0.id)" }
        )
        var account = self
        do throws(DiskError) {
            let report = try AuditCheck.run(disk, dataFolder: folder, heads: heads) { line in
                if let record = line.record { account.take(record, names) }
            }
            account.faults = report.findings
        } catch {
            throw Failure(description: "the audit log cannot be read: \(error)")
        }
        self = account
    }

    private mutating func take(_ record: AuditRecord, _ names: Set<String>) {
        switch record.act {
        case .delivered:
            note(decisions: record)
            note(alerts: record)
        case .replayed: note(decisions: record)
        case .lost: lostLines += 1
        case .asked, .read, .commanded, .refused, .operated:
            let item = record.value("item")
            guard record.names(names) || item.map({ isOwn($0) }) ?? false else { return }
            let done = record.value("done")?.text.flatMap { Timestamp(rfc3339: $0) }
            looks.append(Told(who: record.who, at: done ?? record.at, act: record.act))
        default: break
        }
    }

    private func isOwn(_ item: JSONValue) -> Bool {
        items.contains { $0.agency.source == item["source"]?.text && $0.id == item["id"]?.text }
    }

    /// The decisions of a delivery or a replay are ranges of numbers in the log.
    private mutating func note(decisions record: AuditRecord) {
        let numbers = NumberRanges(text: record.value("decisions")?.text ?? "")
        for range in numbers.ranges {
            var place = events.partitioningIndex { $0.number >= range.lowerBound }
            while place < events.count, events[place].number <= range.upperBound {
                tell(place, record)
                place += 1
            }
        }
    }

    /// A subscription begins with the alerts that are active, each as it stands: they are told without a
    /// number of the log.
    private mutating func note(alerts record: AuditRecord) {
        guard let text = record.value("alerts")?.text else {
            note(cases: record)
            return
        }
        for report in text.split(separator: ",").compactMap({ AlertReport(text: $0) }) {
            let places = (reports[report.id] ?? []).filter {
                events[$0].decision.content.alert?.report == report.report
            }
            let place = places.last { events[$0].decision.at <= record.at } ?? places.first
            if let place { tell(place, record) }
        }
    }

    /// A line that names the cases alone: each alert of them that was active then.
    private mutating func note(cases record: AuditRecord) {
        guard !record.object.isEmpty else { return }
        let named = Set(record.object.split(separator: ",").map(String.init))
        for places in reports.values {
            guard let place = places.last(where: { events[$0].decision.at <= record.at }),
                let alert = events[place].decision.content.alert,
                named.contains(alert.caseID.text)
            else { continue }
            if case .alertAcknowledged = events[place].decision.content { continue }
            tell(place, record)
        }
    }

    private mutating func tell(_ place: Int, _ record: AuditRecord) {
        events[place].told.append(Told(who: record.who, at: record.at, act: record.act))
    }
}

extension AuditRecord {
    fileprivate func value(_ key: String) -> JSONValue? {
        particulars.first { $0.key == key }?.value
    }

    /// Whether it speaks of something by one of its names.
    fileprivate func names(_ names: Set<String>) -> Bool {
        let lists = [object, value("beginnings")?.text ?? ""]
        return lists.contains { list in
            list.split(whereSeparator: { $0 == "," || $0 == " " })
                .contains { names.contains(String($0)) }
        }
            || particulars.contains { member in
                member.value.text.map { names.contains($0) } ?? false
            }
    }
}

extension Array {
    /// The first place from which on a condition holds that holds for a tail of the array.
    fileprivate func partitioningIndex(_ holds: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if holds(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
