import Catalogue
import Domain
import Hub
import Journal
import Storage
import Wire

/// What became known of a case when, and to whom (知情与处置经过, DOMAIN §11): from the decision log and the audit log.
///
/// It names officers and agencies, never a person behind an item.
struct CaseAccount {
    /// A decision about the case, with those who were told of it.
    struct Event {
        let number: UInt64
        let decision: Decision
        var told: [Told] = []
    }

    /// Somebody who got to know something.
    struct Told: Hashable {
        let who: String
        let at: Timestamp
        /// `delivered`, or what was asked, read, commanded.
        let act: AuditRecord.Act
        let what: String
    }

    /// What is accounted for: a case by any of its names, or one item.
    enum Object {
        case matter(CaseID)
        case item(ItemRef)
    }

    private(set) var cases: Set<CaseID> = []
    private(set) var items: Set<ItemRef> = []
    private(set) var alerts: Set<AlertID> = []
    private(set) var events: [Event] = []
    /// Questions, texts read and commands that name the case, an item or an alert of it.
    private(set) var looks: [Told] = []
    /// Lines of the audit log that are missing, as the log itself says.
    private(set) var lostLines = 0

    private static let eventsMax = 100_000
    private static let passesMax = 8

    /// Reads both logs.
    ///
    /// - Parameters:
    ///   - object: The case or item.
    ///   - folder: The hub's data folder.
    /// - Throws: When a log is damaged, or nothing is known of the object.
    init(_ object: Object, folder: String) throws(CommandFailure) {
        var withdrawn: Set<ItemRef> = []
        do throws(JournalError) {
            withdrawn = Set(try DecisionPass.withdrawn(PosixDisk(), folder: folder))
        } catch {
            throw CommandFailure(.fellShort, error.description)
        }
        switch object {
        case .matter(let id): cases = [id]
        // Who knew of an item that was withdrawn is what this is for.
        case .item(let ref): (items, withdrawn) = ([ref], withdrawn.subtracting([ref]))
        }
        if case .matter = object { try gather(folder, withdrawn) }
        try collect(folder, withdrawn)
        guard !events.isEmpty else {
            throw CommandFailure(
                .fellShort,
                "nothing is known of it: there is no such case or item"
            )
        }
        try readAudit(folder)
    }

    /// Names and items of the case; a merger may come before what it joins was looked at.
    private mutating func gather(
        _ folder: String,
        _ withdrawn: Set<ItemRef>
    ) throws(CommandFailure) {
        var (cases, items) = (cases, items)
        for _ in 0..<Self.passesMax {
            let before = cases.count
            try Self.pass(folder, withdrawn) { _, decision in
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
        _ folder: String,
        _ withdrawn: Set<ItemRef>
    ) throws(CommandFailure) {
        var (found, alerts) = ([Event](), Set<AlertID>())
        let (cases, items) = (cases, items)
        try Self.pass(folder, withdrawn) { stored, decision in
            let matters = decision.matters
            guard
                matters.cases.contains(where: cases.contains)
                    || matters.items.contains(where: items.contains)
            else { return }
            if let alert = decision.content.alert { alerts.insert(alert.id) }
            if found.count < Self.eventsMax {
                found.append(Event(number: stored.number, decision: decision))
            }
        }
        (events, self.alerts) = (found, alerts)
    }

    private static func pass(
        _ folder: String,
        _ withdrawn: Set<ItemRef>,
        _ visit: (StoredDecision, Decision) -> Void
    ) throws(CommandFailure) {
        do throws(JournalError) {
            _ = try DecisionPass.run(PosixDisk(), folder: folder) { stored, logged in
                if let decision = logged.leavingOut(withdrawn) { visit(stored, decision) }
                return true
            }
        } catch {
            throw CommandFailure(.fellShort, error.description)
        }
    }

    private mutating func readAudit(_ folder: String) throws(CommandFailure) {
        let names =
            cases.map(\.text) + alerts.map(\.text)
            + items.map { "\($0.agency.name)/\($0.id)" }
        let refs = items
        var account = self
        do {
            _ = try AuditCheck.run(PosixDisk(), dataFolder: folder) { line in
                guard let record = line.record else { return }
                switch record.act {
                case .delivered: account.note(delivery: record)
                case .lost: account.lostLines += 1
                case .asked, .read, .commanded, .refused:
                    let item = record.particulars.first { $0.key == "item" }?.value
                    let isNamed =
                        names.contains { record.names($0) }
                        || item.map { item in refs.contains { $0.isNamed(by: item) } } ?? false
                    guard isNamed else { return }
                    account.looks.append(
                        Told(
                            who: record.who,
                            at: record.at,
                            act: record.act,
                            what: record.object
                        )
                    )
                default: break
                }
            }
        } catch {
            throw CommandFailure(.fellShort, "the audit log cannot be read: \(error)")
        }
        self = account
    }

    /// The decisions of a delivery are ranges of numbers in the log.
    private mutating func note(delivery record: AuditRecord) {
        let ranges = record.particulars.first { $0.key == "decisions" }?.value.text ?? ""
        for range in ranges.split(separator: ",") {
            let ends = range.split(separator: "-").compactMap { UInt64($0) }
            guard let first = ends.first, let last = ends.last, first <= last else { continue }
            var place = events.partitioningIndex { $0.number >= first }
            while place < events.count, events[place].number <= last {
                events[place].told.append(
                    Told(who: record.who, at: record.at, act: .delivered, what: "")
                )
                place += 1
            }
        }
    }
}

extension AuditRecord {
    /// Whether it speaks of something by its name.
    fileprivate func names(_ name: String) -> Bool {
        object.split(whereSeparator: { $0 == "," || $0 == " " }).contains { $0 == name }
            || particulars.contains { $0.value.text == name }
    }
}

extension ItemRef {
    fileprivate func isNamed(by value: JSONValue) -> Bool {
        value["source"]?.text == agency.source && value["id"]?.text == id
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
