import CPrefetch

/// Lists of items, most of which hold one: a list is named by a word, which is that one item itself
/// or the number of a longer list (短表).
///
/// So a text that nobody repeats costs no list of its own; most texts are such.
struct ShortLists: Sendable {
    /// A word from here on names a longer list; below it, it is an item.
    private static let longer = UInt32(1) << 31

    private var lists: [[Int32]] = []

    /// The list with one item.
    static func word(of item: Int32) -> UInt32 { UInt32(item) }

    /// The list with these items, at least one.
    mutating func word(of items: [Int32]) -> UInt32 {
        guard items.count > 1 else { return UInt32(items[0]) }
        lists.append(items)
        return ShortLists.longer | UInt32(lists.count - 1)
    }

    /// The items of a list in their order.
    func items(of word: UInt32) -> [Int32] {
        word < ShortLists.longer ? [Int32(word)] : lists[Int(word & ~ShortLists.longer)]
    }

    /// Asks for a list before it is read: of many, all come together.
    func prefetch(_ word: UInt32) {
        guard word >= ShortLists.longer else { return }
        lists[Int(word & ~ShortLists.longer)].withUnsafeBufferPointer { list in
            guard let start = list.baseAddress else { return }
            ld_prefetch(start, list.count * MemoryLayout<Int32>.stride)
        }
    }

    /// Goes through the items of a list in their order.
    @inline(__always)
    func visit(_ word: UInt32, _ body: (Int32) -> Void) {
        if word < ShortLists.longer {
            body(Int32(word))
        } else {
            for item in lists[Int(word & ~ShortLists.longer)] { body(item) }
        }
    }

    /// Adds an item behind the others; of a list of `max` the first gives way, or where `keepsFirst`
    /// the new one is not taken.
    ///
    /// - Returns: The word that names the list from now on.
    mutating func add(_ item: Int32, to word: UInt32, max: Int, keepsFirst: Bool) -> UInt32 {
        guard word >= ShortLists.longer else { return self.word(of: [Int32(word), item]) }
        let number = Int(word & ~ShortLists.longer)
        if lists[number].count >= max {
            if keepsFirst { return word }
            lists[number].removeFirst()
        }
        lists[number].append(item)
        return word
    }
}
