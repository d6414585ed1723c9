import Domain
import Storage

/// Where the texts of items stand in the journal (标题索引): sixteen bytes an item.
///
/// The engine's thread writes it; every thread that makes labels reads it.
final class TextIndex: Sendable {
    private struct Places {
        var entries: [UInt64: UInt64] = [:]
        var quarantined: [UInt64] = []
    }

    private let places = Locked(Places())

    /// Notes that an entry holds an item's newest text.
    func note(_ ref: ItemRef, entry: UInt64) {
        places.withLock { $0.entries[ref.stableHash] = entry }
    }

    /// Notes that an entry holds a line kept aside.
    func noteQuarantine(entry: UInt64) {
        places.withLock { $0.quarantined.append(entry) }
    }

    /// Notes what the start has found.
    func note(_ located: Located) {
        places.withLock { places in
            places.entries.reserveCapacity(located.items.count)
            for (item, number) in zip(located.items, located.entries) {
                places.entries[item] = number
            }
            places.quarantined += located.quarantined
        }
    }

    /// The entry that holds an item's newest text.
    func entry(of ref: ItemRef) -> UInt64? {
        places.withLock { $0.entries[ref.stableHash] }
    }

    /// The entries of lines kept aside, after so many of them.
    func quarantine(after: Int, limit: Int) -> [UInt64] {
        places.withLock { Array($0.quarantined.dropFirst(max(0, after)).prefix(limit)) }
    }
}

/// Titles for officers (标题), read from the journal when they are asked for: the engine holds no texts.
///
/// The titles last noted or asked for are at hand. One thread uses it.
final class Titles {
    private let index: TextIndex
    private let read: (UInt64) -> Item?
    private var known: [UInt64: String] = [:]
    private var knownBefore: [UInt64: String] = [:]
    /// Entries that were found erased.
    private var gone: Set<UInt64> = []

    /// Titles of each of the two generations at hand: some 6 MB in all.
    private static let generationMax = 1 << 15

    /// Titles over an index.
    ///
    /// - Parameters:
    ///   - index: Where the texts stand.
    ///   - read: Reads the item that an entry holds; `nil` when it was erased.
    init(_ index: TextIndex, read: @escaping (UInt64) -> Item?) {
        self.index = index
        self.read = read
    }

    /// Notes that an entry holds an item's newest text, or a line kept aside.
    func note(_ content: Entry.Content, number: UInt64) {
        switch content {
        case .item(let item, _):
            index.note(item.ref, entry: number)
            keep(Titles.title(of: item), number)
        case .quarantine: index.noteQuarantine(entry: number)
        default: break
        }
    }

    /// The entry that holds an item's text.
    func entry(of ref: ItemRef) -> UInt64? { index.entry(of: ref) }

    /// The entries of lines kept aside, after so many of them.
    func quarantine(after: Int, limit: Int) -> [UInt64] {
        index.quarantine(after: after, limit: limit)
    }

    /// Whether an item's text stood in the journal and cannot be read any more: it was erased.
    func isErased(_ ref: ItemRef) -> Bool {
        title(of: ref).isEmpty && index.entry(of: ref).map { gone.contains($0) } == true
    }

    /// The title of an item, or the beginning of its text where it has none; empty when it was erased.
    func title(of ref: ItemRef) -> String {
        guard let entry = index.entry(of: ref) else { return "" }
        if let title = known[entry] { return title }
        if let title = knownBefore[entry] {
            keep(title, entry)
            return title
        }
        if gone.contains(entry) { return "" }
        guard let item = read(entry) else {
            if gone.count >= Titles.generationMax { gone.removeAll() }
            gone.insert(entry)
            return ""
        }
        let title = Titles.title(of: item)
        keep(title, entry)
        return title
    }

    /// The older generation goes when the younger is full.
    private func keep(_ title: String, _ entry: UInt64) {
        if known.count >= Titles.generationMax {
            swap(&known, &knownBefore)
            known.removeAll(keepingCapacity: true)
        }
        known[entry] = title
    }

    private static func title(of item: Item) -> String {
        item.title.isEmpty ? String(item.text.prefix(24)) : item.title
    }
}
