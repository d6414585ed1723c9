import Domain
import OrderedCollections
import Storage

/// Where the texts of items stand in the journal (标题索引): sixteen bytes an item.
///
/// The engine's thread writes it; every thread that makes labels reads it.
final class TextIndex: Sendable {
    private struct Places {
        var entries: [UInt64: UInt64] = [:]
        var quarantined: [UInt64] = []
        /// Items that came without a purpose and that an officer has classed since.
        var classed: Set<UInt64> = []
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

    /// Notes that an officer has said what an item is (分类).
    func noteClassed(_ ref: ItemRef) {
        places.withLock { _ = $0.classed.insert(ref.stableHash) }
    }

    /// Whether an officer has said what an item is.
    func isClassed(_ ref: ItemRef) -> Bool {
        places.withLock { $0.classed.contains(ref.stableHash) }
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
    private var known: [UInt64: Title] = [:]
    private var knownBefore: [UInt64: Title] = [:]
    /// Entries that were found erased.
    private var gone: Set<UInt64> = []
    /// The items whose text began where a title was asked for, since somebody last looked.
    private var begun: OrderedSet<ItemRef> = []

    /// What stands for an item on a list.
    private struct Title {
        let text: String
        /// It has none: this is the beginning of its text.
        let isBeginning: Bool
        /// The item says itself what it is.
        let hasPurpose: Bool

        init(of item: Item) {
            isBeginning = item.title.isEmpty && !item.text.isEmpty
            hasPurpose = item.purpose != nil
            text = item.title.isEmpty ? String(item.text.prefix(24)) : item.title
        }
    }

    /// Beginnings that are noted at most; a page has fewer.
    private static let begunMax = 1 << 13

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
            keep(Title(of: item), number)
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
        guard let title = found(ref) else { return "" }
        if title.isBeginning, begun.count < Titles.begunMax { begun.append(ref) }
        return title.text
    }

    /// Whether nobody has said yet what an item is: neither its agency nor an officer (待分类).
    ///
    /// It goes by the item itself and not by the queue, which is bounded: what fell out of it stays unclassed.
    func isUnclassed(_ ref: ItemRef) -> Bool {
        found(ref)?.hasPurpose == false && !index.isClassed(ref)
    }

    /// The items of whose text a beginning was given for a title since the last call: a piece of a text is
    /// given away with it.
    func takeBeginnings() -> [ItemRef] {
        defer { begun.removeAll() }
        return begun.elements
    }

    private func found(_ ref: ItemRef) -> Title? {
        guard let entry = index.entry(of: ref) else { return nil }
        if let title = known[entry] { return title }
        if let title = knownBefore[entry] {
            keep(title, entry)
            return title
        }
        if gone.contains(entry) { return nil }
        guard let item = read(entry) else {
            if gone.count >= Titles.generationMax { gone.removeAll() }
            gone.insert(entry)
            return nil
        }
        let title = Title(of: item)
        keep(title, entry)
        return title
    }

    /// The older generation goes when the younger is full.
    private func keep(_ title: Title, _ entry: UInt64) {
        if known.count >= Titles.generationMax {
            swap(&known, &knownBefore)
            known.removeAll(keepingCapacity: true)
        }
        known[entry] = title
    }
}
