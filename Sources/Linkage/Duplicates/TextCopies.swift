import Domain
import Text

/// Finds earlier items with the same text, word for word or nearly (同文、转来件).
struct TextCopies: Sendable {
    /// An earlier item with the same text.
    struct Match: Sendable {
        var item: Int
        var containmentPermille: Int
    }

    /// Bodies shorter than this are never called nearly the same.
    static let nearCharactersMin = 30
    /// From this length of both on it is enough that one stands in the other.
    static let containedCharactersMin = 60
    /// Two texts of which both share half of all they say are one text.
    static let resemblancePermille = 500
    /// From this containment on a text is another's whatever their classes; below it another class
    /// tells that only the wording is shared.
    static let wholePermille = 960
    /// Bodies shorter than this are never called the same.
    static let exactCharactersMin = 12
    /// The shingles of a text under which it can be found: those with hashes under a bound that is
    /// the same for all texts, so that a short text is found in a long one.
    private static let listedBound = UInt32.max / 6
    private static let listedMax = 32
    /// The most items listed under one shingle; commoner shingles are skipped.
    private static let listMax = 24
    private static let candidatesMax = 10

    /// The list of each text, by its hash.
    private var exact: [UInt64: UInt32] = [:]
    /// The list of each shingle.
    private var numbers = NumberTable()
    private var lists = ShortLists()
    /// How many listed shingles each item shares; all zero between calls.
    private var shared: [UInt16] = []

    /// The earlier item whose text the newcomer repeats: the one with the greatest containment, the
    /// earliest of equals; `near` is what the function of that name gives for the newcomer.
    func find(
        _ traits: Traits,
        near: [Int],
        items: KeptItems,
        settings: LinkageSettings,
        isCompatible: (Int, _ containmentPermille: Int) -> Bool
    ) -> Match? {
        if traits.sketch.characterCount >= TextCopies.exactCharactersMin {
            let known = exact[traits.textHash].map { lists.items(of: $0) } ?? []
            for item in known where isCompatible(Int(item), 1000) {
                return Match(item: Int(item), containmentPermille: 1000)
            }
        }
        guard traits.sketch.characterCount >= TextCopies.nearCharactersMin else { return nil }
        var best: Match?
        items.prefetch(near, .sketch)
        for number in near {
            let characterCount = items[number].characterCount
            guard characterCount >= Int32(TextCopies.nearCharactersMin) else { continue }
            let overlap = Sketch.overlap(
                traits.sketch.hashes[...],
                isComplete: traits.sketch.isComplete,
                table: traits.sketchTable,
                items.sketch(of: number),
                isComplete: items[number].flags.contains(.wholeSketch)
            )
            let isContained =
                overlap.containmentPermille >= settings.copyPermille
                && min(traits.sketch.characterCount, Int(characterCount))
                    >= TextCopies.containedCharactersMin
            guard isContained || overlap.resemblancePermille >= TextCopies.resemblancePermille,
                overlap.containmentPermille > best?.containmentPermille ?? 0,
                !TextCopies.contradicts(traits.numbers, items.numbers(of: number)),
                isCompatible(number, overlap.containmentPermille)
            else { continue }
            best = Match(item: number, containmentPermille: overlap.containmentPermille)
        }
        return best
    }

    /// Lists an item under its text.
    mutating func add(item: Int, traits: Traits) {
        makeRoom(itemCount: item + 1)
        if traits.sketch.characterCount >= TextCopies.exactCharactersMin {
            let known = exact[traits.textHash]
            exact[traits.textHash] = add(Int32(item), to: known, keepsFirst: true)
        }
        guard traits.sketch.characterCount >= TextCopies.nearCharactersMin else { return }
        for hash in TextCopies.listed(traits.sketch) {
            let known = numbers[hash]
            let word = add(Int32(item), to: known, keepsFirst: false)
            if word != known { numbers.add(hash, number: word) }
        }
    }

    private mutating func add(_ item: Int32, to word: UInt32?, keepsFirst: Bool) -> UInt32 {
        guard let word else { return ShortLists.word(of: item) }
        return lists.add(item, to: word, max: TextCopies.listMax, keepsFirst: keepsFirst)
    }

    /// The items that share the most listed shingles, the earlier of equals, in journal order.
    mutating func near(_ traits: Traits) -> [Int] {
        guard traits.sketch.characterCount >= TextCopies.nearCharactersMin else { return [] }
        var touched: [Int32] = []
        let lists = self.lists
        // All lists are looked up before one is read, so that memory is waited for once.
        let hashes = TextCopies.listed(traits.sketch)
        for hash in hashes { numbers.prefetch(hash) }
        let words = hashes.compactMap { numbers[$0] }
        for word in words { lists.prefetch(word) }
        for word in words {
            lists.visit(word) { item in
                if shared[Int(item)] == 0 { touched.append(item) }
                shared[Int(item)] &+= 1
            }
        }
        var scores: [UInt64] = []
        scores.reserveCapacity(touched.count)
        for item in touched {
            scores.append(UInt64(shared[Int(item)]) << 42 | UInt64(UInt32.max - UInt32(item)))
            shared[Int(item)] = 0
        }
        return Greatest.words(TextCopies.candidatesMax, of: scores)
            .map { Int(UInt32.max - UInt32(truncatingIfNeeded: $0)) }
            .sorted()
    }

    /// Lays out a count for so many items.
    mutating func makeRoom(itemCount: Int) {
        while shared.count < itemCount { shared.append(0) }
    }

    private static func listed(_ sketch: Sketch) -> ArraySlice<UInt32> {
        let end = sketch.hashes.firstIndex { $0 > listedBound } ?? sketch.hashes.count
        return sketch.hashes[..<min(end, listedMax)]
    }

    /// Both name numbers, and fewer than half of the shorter list stand in the other: the same
    /// wording about another flat, line or sum.
    static func contradicts(_ left: [UInt32], _ right: ArraySlice<UInt32>) -> Bool {
        let shorter = min(left.count, right.count)
        guard shorter > 0 else { return false }
        let common = left.count { right.contains($0) }
        return common * 2 < shorter
    }
}

// In a state: lists by rising hash.
extension TextCopies {
    func write(to writer: inout StateWriter) {
        writer.begin(.copies)
        let texts = exact.keys.sorted()
        writer.put(list: texts)
        writer.put(lists: texts.map { exact[$0].map { lists.items(of: $0) } ?? [] })
        let met = numbers.entries.sorted { $0.key < $1.key }
        writer.put(list: met.map(\.key))
        writer.put(lists: met.map { lists.items(of: $0.number) })
    }

    init(_ reader: inout StateReader, itemCount: Int) throws(StateError) {
        try reader.begin(.copies)
        let texts: [UInt64: [Int32]] = try reader.table("the texts", below: itemCount)
        for (hash, items) in texts where !items.isEmpty { exact[hash] = lists.word(of: items) }
        let met: [UInt32: [Int32]] = try reader.table("the shingles", below: itemCount)
        for (hash, items) in met where !items.isEmpty {
            numbers.add(hash, number: lists.word(of: items))
        }
        makeRoom(itemCount: itemCount)
    }
}
