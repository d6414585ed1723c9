import Domain

/// Where the text of an item stands in the journal (标题索引).
///
/// The engine holds no texts; titles for officers are read from the journal when they are asked for.
/// Sixteen bytes an item, and the last titles at hand. The engine's thread alone uses it.
final class Titles {
    private let read: (UInt64) -> Item?
    private var entries: [UInt64: UInt64] = [:]
    private var quarantined: [UInt64] = []
    private var known: [UInt64: String] = [:]

    /// Titles kept at hand before all are forgotten.
    private static let knownMax = 4096

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
            known[key] = nil
        case .quarantine: quarantined.append(number)
        default: break
        }
    }

    /// Notes what the start has found.
    func note(_ place: LocatedEntry) {
        switch place {
        case .item(let ref, let number): entries[ref.stableHash] = number
        case .quarantine(let number): quarantined.append(number)
        }
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
        guard let number = entries[key], let item = read(number) else { return "" }
        if known.count >= Titles.knownMax { known.removeAll(keepingCapacity: true) }
        let title = item.title.isEmpty ? String(item.text.prefix(24)) : item.title
        known[key] = title
        return title
    }
}
