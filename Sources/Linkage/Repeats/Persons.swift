import Domain

/// Which items come from the same person: groups of equal pseudonyms and nothing else (同人).
///
/// Read by the engine alone; no question, decision or log is keyed by a person (DESIGN §7).
struct Persons: Sendable {
    /// The most items of one person that are remembered: the first half and the latest.
    static let itemsMax = 64

    private var numbers: [UInt64: UInt32] = [:]
    private var parents: [UInt32] = []
    /// Items of each group, in journal order, under its root.
    private var items: [[Int32]] = []

    /// Joins the pseudonyms of each person; returns the persons' roots without repetition.
    mutating func meet(_ persons: [[Pseudonym]]) -> [UInt32] {
        var roots: [UInt32] = []
        for person in persons {
            var root: UInt32?
            for pseudonym in person {
                let found = number(of: pseudonym)
                root = root.map { unite($0, found) } ?? found
            }
            if let root { roots.append(root) }
        }
        var distinct: [UInt32] = []
        for root in roots {
            let last = self.root(root)
            if !distinct.contains(last) { distinct.append(last) }
        }
        return distinct
    }

    /// Remembers that an item comes from these persons.
    mutating func add(item: Int, of roots: [UInt32]) {
        for root in roots {
            items[Int(root)].append(Int32(item))
            Persons.trim(&items[Int(root)])
        }
    }

    /// An item counts as nobody's any more.
    mutating func remove(item: Int, of persons: [UInt32]) {
        for person in persons { items[Int(root(person))].removeAll { $0 == Int32(item) } }
    }

    /// Earlier items of a person, in journal order.
    func items(of person: UInt32) -> [Int32] { items[Int(root(person))] }

    /// The number that stands for the whole group.
    func root(_ person: UInt32) -> UInt32 {
        var number = person
        while parents[Int(number)] != number { number = parents[Int(number)] }
        return number
    }

    private mutating func number(of pseudonym: Pseudonym) -> UInt32 {
        var hash = StableHash()
        hash.add(pseudonym.text)
        if let known = numbers[hash.value] { return root(known) }
        let number = UInt32(parents.count)
        numbers[hash.value] = number
        parents.append(number)
        items.append([])
        return number
    }

    /// The smaller number becomes the root, so that the order of meeting alone decides.
    private mutating func unite(_ left: UInt32, _ right: UInt32) -> UInt32 {
        let (one, other) = (root(left), root(right))
        if one == other { return one }
        let (kept, joined) = (min(one, other), max(one, other))
        parents[Int(joined)] = kept
        var all = items[Int(kept)] + items[Int(joined)]
        all.sort()
        Persons.trim(&all)
        items[Int(kept)] = all
        items[Int(joined)] = []
        return kept
    }

    /// Forgets the pseudonyms of persons of whom nothing but these items is left: the groups stay, and
    /// a later item of theirs is one of a person not met before.
    mutating func forget(whoseItemsAllSatisfy isErased: (Int32) -> Bool) {
        var kept: [UInt64: UInt32] = [:]
        kept.reserveCapacity(numbers.count)
        var forgotten: [UInt32] = []
        for (hash, number) in numbers {
            let left = items(of: number)
            if !left.isEmpty, left.allSatisfy(isErased) {
                forgotten.append(number)
            } else {
                kept[hash] = number
            }
        }
        // A state gives each number a hash of its own; this one comes from no pseudonym.
        for number in forgotten {
            var hash = StableHash()
            hash.add("forgotten")
            hash.add(String(number))
            kept[hash.value] = number
        }
        numbers = kept
    }

    private static func trim(_ items: inout [Int32]) {
        while items.count > itemsMax { items.remove(at: itemsMax / 2) }
    }
}

// In a state: numbers are given in the order of meeting, so the hashes stand in that order.
extension Persons {
    func write(to writer: inout StateWriter) {
        var hashes = [UInt64](repeating: 0, count: parents.count)
        for (hash, number) in numbers { hashes[Int(number)] = hash }
        writer.begin(.persons)
        writer.put(list: hashes)
        writer.put(list: parents)
        writer.put(lists: items)
    }

    init(_ reader: inout StateReader, itemCount: Int) throws(StateError) {
        try reader.begin(.persons)
        let hashes: [UInt64] = try reader.list("the pseudonyms")
        parents = try reader.list("the persons", count: hashes.count)
        items = try reader.lists("the persons' items", below: itemCount)
        // A parent comes before its child, so that every way up ends.
        let isUpward = parents.indices.allSatisfy { Int(parents[$0]) <= $0 }
        try reader.check(isUpward && items.count == hashes.count, "the persons")
        numbers.reserveCapacity(hashes.count)
        for (number, hash) in hashes.enumerated() { numbers[hash] = UInt32(number) }
        try reader.check(numbers.count == hashes.count, "the pseudonyms")
    }

    /// How many numbers were given.
    var count: Int { parents.count }
}
