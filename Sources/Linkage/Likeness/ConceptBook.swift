import Domain

/// How common each kind of complaint is, learnt from the stream (诉求概念登记).
struct ConceptBook: Sendable {
    /// What an item complains of, and how much that tells.
    struct Entry: Sendable {
        /// The concept's number, its weight, and whether the title names it.
        var word: UInt32

        init(word: UInt32) { self.word = word }

        init(number: Int, weight: Int, isInTitle: Bool) {
            let kept = UInt32(number & 0x7fff) << 16 | UInt32(min(weight, 0xffff))
            word = isInTitle ? kept | 1 << 31 : kept
        }

        var number: Int { Int(word >> 16 & 0x7fff) }
        var weight: Int { Int(word & 0xffff) }
        var isInTitle: Bool { word >> 31 == 1 }
    }

    /// As if so many items had come before the first.
    private static let itemsBefore = 60
    /// Further concepts are not told apart any more.
    private static let conceptsMax = 0x7fff

    private var numbers: [String: Int] = [:]
    /// In how many items each concept stood.
    private var counts: [UInt32] = []
    private var itemCount = 0
    /// Numbers of the settings' concepts.
    private var ofSettings: [Int] = []

    /// How many concepts were met in settings.
    var count: Int { counts.count }

    /// Takes over the settings' concepts; what was learnt stays.
    mutating func adopt(_ settings: LinkageSettings) {
        ofSettings = []
        for group in settings.concepts {
            let number = numbers[group.name] ?? min(counts.count, ConceptBook.conceptsMax)
            if number == counts.count {
                numbers[group.name] = number
                counts.append(0)
            }
            ofSettings.append(number)
        }
    }

    /// What an item complains of, by falling weight, then by number: no more than are kept, so that
    /// every link can be computed again.
    func weigh(title: [Int], body: [Int]) -> [Entry] {
        let total = FixedPoint.log2(itemCount + ConceptBook.itemsBefore)
        func entry(_ concept: Int, isInTitle: Bool) -> Entry {
            let number = ofSettings[concept]
            let rarity = total - FixedPoint.log2(Int(counts[number]) + 1)
            return Entry(number: number, weight: max(0, rarity), isInTitle: isInTitle)
        }
        var entries = title.map { entry($0, isInTitle: true) }
        for concept in body where !title.contains(concept) {
            entries.append(entry(concept, isInTitle: false))
        }
        entries.sort { left, right in
            left.weight == right.weight ? left.number < right.number : left.weight > right.weight
        }
        return Array(entries.prefix(KeptItems.Limits.concepts))
    }

    /// Learns from an item.
    mutating func add(_ entries: [Entry]) {
        itemCount += 1
        for entry in entries { counts[entry.number] += 1 }
    }
}

// In a state: concepts by number.
extension ConceptBook {
    func write(to writer: inout StateWriter) {
        var names = [String](repeating: "", count: counts.count)
        for (name, number) in numbers { names[number] = name }
        writer.begin(.concepts)
        writer.put(texts: names)
        writer.put(list: counts)
        writer.put(UInt64(itemCount))
    }

    init(_ reader: inout StateReader) throws(StateError) {
        try reader.begin(.concepts)
        let names = try reader.texts("the concepts")
        counts = try reader.list("the concepts' counts", count: names.count)
        for (number, name) in names.enumerated() { numbers[name] = number }
        try reader.check(
            numbers.count == names.count && names.count <= ConceptBook.conceptsMax,
            "the concepts"
        )
        itemCount = try reader.count("the items with concepts")
    }
}
