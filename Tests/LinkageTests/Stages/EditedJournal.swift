import Domain
import Linkage

/// Items of few matters, and officers who edit the cases that they see, by chance from a seed.
struct EditedJournal: ~Copyable {
    /// How many edits the engine took.
    private(set) var made = 0
    private var random: RandomJournal
    private var engine = Engine()
    private var entries: [Entry] = []
    private var decisions: [Decision] = []
    private var now = Trial.time("03-01 08:00")

    init(seed: UInt64) {
        random = RandomJournal(seed: seed)
    }

    /// A journal with so many items and edits among them.
    mutating func entries(items: Int, edits: Int) -> [Entry] {
        for entry in Trial.opening() { take(entry) }
        var number = 0
        while number < items {
            now = now + TimeSpan.minutes(Int64(random.below(90)))
            number += 1
            take(Entry(at: now, content: plain(random.freshItem(at: now))))
            guard number > 20, random.below(items) < edits * 4 / 3 else { continue }
            edit(number)
        }
        return entries
    }

    /// Half of the items have a text alone, so that both ways of judging are edited.
    private mutating func plain(_ content: Entry.Content) -> Entry.Content {
        guard case .item(var item, let digest) = content, random.below(2) == 0 else {
            return content
        }
        (item.division, item.category, item.place) = (.unknown, .unknown, "")
        return .item(item, digest)
    }

    private mutating func take(_ entry: Entry) {
        entries.append(entry)
        engine.apply(entry, into: &decisions)
    }

    private mutating func edit(_ count: Int) {
        let first = UInt64(1 + random.below(count))
        let other = UInt64(1 + random.below(count))
        let (one, two) = (seen(first), seen(other))
        let wish: CaseEdit
        if random.below(2) == 0, one.items.count > 2 {
            wish = .split(one, items: one.items.filter { $0 == first || $0 % 3 == 0 })
        } else if random.below(2) == 0, one.items.count > 1 {
            wish = .move(item: first, from: one, to: two)
        } else {
            wish = .merge(one, with: two)
        }
        let isUndo = made > 0 && random.below(6) == 0
        guard isUndo || (wish.isWhole && one.items != two.items) else { return }
        let action: Command.Action =
            isUndo
            ? .undo(edit: UInt64(1 + random.below(made)), note: "") : .edit(wish, note: "")
        if !isUndo { made += 1 }
        let key = "edit-\(entries.count)"
        let command = Command(officer: "li", idempotencyKey: key, action: action)
        take(Entry(at: now, content: .command(command)))
    }

    /// What an officer sees of the case in which an item stands.
    private func seen(_ ordinal: UInt64) -> SeenCase {
        guard let row = engine.caseRow(ofItem: ordinal) else {
            return SeenCase(id: nil, items: [ordinal])
        }
        return SeenCase(id: row.id, items: engine.caseMembers(row.id, limit: 1000).map(\.ordinal))
    }
}
