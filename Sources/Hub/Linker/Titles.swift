import Domain

/// Where the text of an item stands in the journal (标题索引).
///
/// The engine holds no texts; titles for officers are read from the journal when they are asked for.
/// Sixteen bytes an item, and the titles last noted or asked for at hand. The engine's thread alone
/// uses it.
final class Titles {
    private let read: (UInt64) -> Item?
    private var entries: [UInt64: UInt64] = [:]
    private var quarantined: [UInt64] = []
    private var known: [UInt64: String] = [:]
    private var knownBefore: [UInt64: String] = [:]

    /// Titles of each of the two generations at hand: some 6 MB in all.
    private static let generationMax = 1 << 15

    /// An index without items.
    ///
    /// - Parameter read: Reads the item that an entry holds; `nil` when it was erased.
    init(read: @escaping (UInt64) -> Item?) {
        self.read = read
    }

    /// Notes that an entry holds an item's newest text, or a line kept aside.
    func note(_ content: Entry.Content, number: UInt64) {
        switch content {
        case .item(let item, _):
            let key = item.ref.stableHash
            entries[key] = number
            keep(Titles.title(of: item), key)
        case .quarantine: quarantined.append(number)
        default: break
        }
    }

    /// Notes what the start has found.
    func note(_ located: Located) {
        entries.reserveCapacity(located.items.count)
        for (item, number) in zip(located.items, located.entries) { entries[item] = number }
        quarantined += located.quarantined
    }

    /// The entry that holds an item's text.
    func entry(of ref: ItemRef) -> UInt64? { entries[ref.stableHash] }

    /// The entries of lines kept aside, after so many of them.
    func quarantine(after: Int, limit: Int) -> ArraySlice<UInt64> {
        quarantined.dropFirst(max(0, after)).prefix(limit)
    }

    /// The title of an item, or the beginning of its text where it has none.
    func title(of ref: ItemRef) -> String {
        let key = ref.stableHash
        if let title = known[key] { return title }
        if let title = knownBefore[key] {
            keep(title, key)
            return title
        }
        guard let number = entries[key], let item = read(number) else { return "" }
        let title = Titles.title(of: item)
        keep(title, key)
        return title
    }

    /// The older generation goes when the younger is full.
    private func keep(_ title: String, _ key: UInt64) {
        if known.count >= Titles.generationMax {
            swap(&known, &knownBefore)
            known.removeAll(keepingCapacity: true)
        }
        known[key] = title
    }

    private static func title(of item: Item) -> String {
        item.title.isEmpty ? String(item.text.prefix(24)) : item.title
    }
}
