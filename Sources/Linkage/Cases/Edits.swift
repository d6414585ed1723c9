import Domain

/// What officers said about which items are one matter, kept for good (人工并案与拆分).
///
/// Items are numbers from 0 in journal order. An edit says that some items belong together and that
/// none of them belongs with some others; where a later one speaks of the same items, it goes before.
struct Edits: Sendable {
    /// The most edits that are kept, and the most items that they name in all.
    static let editsMax = 65_536
    private static let namedMax = 4_000_000

    /// What an officer said.
    struct Saying: Equatable, Sendable {
        /// Items of one matter, rising.
        var together: [Int32]
        /// Items of another matter, rising; may be empty.
        var apart: [Int32]
    }

    /// What an edit still says, behind those that came after it; nothing when it was taken back.
    struct Standing: Equatable, Sendable {
        /// Items of one matter.
        var together: [Int32] = []
        /// Items that were parted from `apart`: those of one matter, and what later edits took from
        /// them.
        var parted: [Int32] = []
        /// Items of another matter than `parted`.
        var apart: [Int32] = []
    }

    /// One edit, with what is needed to take it back.
    struct Edit: Sendable {
        var kind: CaseEdit.Kind
        var officer: String
        var at: Timestamp
        var saying: Saying
        /// The items that changed their case, each with its former one, -1 for none.
        var moved: [Int32] = []
        var former: [Int32] = []
        /// The case that its items stand in since; -1 for an item that stands alone.
        var into: Int32 = -1
        /// How many items there were.
        var itemCount: Int32
        var isUndone = false
    }

    private(set) var edits: [Edit] = []
    private(set) var standings: [Standing] = []
    /// How many items the edits name in all.
    private var named = 0
    /// For each item the edits that part it from others: twice the edit's place, and one for `apart`.
    private var sides: [Int32: [Int32]] = [:]
    /// For each item the edits that hold it together with others.
    private var bonds: [Int32: [Int32]] = [:]

    var isFull: Bool { edits.count >= Edits.editsMax || named >= Edits.namedMax }

    /// Keeps an edit.
    mutating func add(_ edit: Edit) {
        edits.append(edit)
        named += edit.saying.together.count + edit.saying.apart.count
        say(edits.count - 1)
    }

    /// Notes what an edit did.
    mutating func note(moved: [Int32], former: [Int32], into: Int32, of place: Int) {
        edits[place].moved = moved
        edits[place].former = former
        edits[place].into = into
    }

    /// Takes an edit back: what the others say is what it would be without it.
    mutating func undo(_ place: Int) {
        edits[place].isUndone = true
        standings = []
        sides = [:]
        bonds = [:]
        for place in edits.indices { say(place) }
    }

    /// These items with all that officers said belong to any of them, rising.
    func bound(to items: [Int32]) -> [Int32] {
        var found = Set(items)
        var open = items
        var seen: Set<Int32> = []
        while let item = open.popLast() {
            for place in bonds[item] ?? [] where seen.insert(place).inserted {
                for mate in standings[Int(place)].together where found.insert(mate).inserted {
                    open.append(mate)
                }
            }
        }
        return found.sorted()
    }

    /// The last edit that holds an item together with others, by its place.
    func bond(of item: Int32) -> Int? { bonds[item]?.max().map(Int.init) }

    /// Officers parted an item of one list from one of the other.
    func forbid(_ left: [Int32], _ right: [Int32]) -> Bool {
        guard !sides.isEmpty else { return false }
        var opposite: Set<Int32> = []
        for item in left { for side in sides[item] ?? [] { opposite.insert(side ^ 1) } }
        guard !opposite.isEmpty else { return false }
        return right.contains { item in
            (sides[item] ?? []).contains { opposite.contains($0) }
        }
    }

    private mutating func say(_ place: Int) {
        let edit = edits[place]
        guard !edit.isUndone else {
            standings.append(Standing())
            return
        }
        let (together, apart) = (Set(edit.saying.together), Set(edit.saying.apart))
        if !apart.isEmpty {
            loosen(together) { $0.contains { apart.contains($0) } }
            // A chain of edits may still hold them together, once one between was taken back.
            let isHeld = bound(to: edit.saying.together).contains { apart.contains($0) }
            if isHeld { loosen(together) { !together.isSuperset(of: $0) } }
        }
        let bound = Set(bound(to: edit.saying.together))
        for earlier in earlierPartings(of: bound) { letJoin(earlier, bound) }
        standings.append(
            Standing(
                together: edit.saying.together,
                parted: apart.isEmpty ? [] : edit.saying.together,
                apart: edit.saying.apart
            )
        )
        index(place)
    }

    /// Earlier edits that hold some of the items, and others that `holds` finds, hold them no longer.
    private mutating func loosen(_ items: Set<Int32>, where holds: ([Int32]) -> Bool) {
        var places: Set<Int32> = []
        for item in items { places.formUnion(bonds[item] ?? []) }
        for place in places.sorted() where holds(standings[Int(place)].together) {
            standings[Int(place)].together.removeAll { items.contains($0) }
            for item in items { bonds[item]?.removeAll { $0 == place } }
        }
    }

    /// Notes where the items of an edit stand in what it still says.
    private mutating func index(_ place: Int) {
        let standing = standings[place]
        for item in standing.together { bonds[item, default: []].append(Int32(place)) }
        for item in standing.parted { sides[item, default: []].append(Int32(place * 2)) }
        for item in standing.apart { sides[item, default: []].append(Int32(place * 2 + 1)) }
    }

    /// Edits that part items which now belong together, in their order.
    private func earlierPartings(of joined: Set<Int32>) -> [Int] {
        var seen: [Int32: Int32] = [:]
        for item in joined {
            for side in sides[item] ?? [] { seen[side / 2, default: 0] |= 1 << (side % 2) }
        }
        return seen.filter { $0.value == 3 }.map { Int($0.key) }.sorted()
    }

    /// An earlier edit parts these no longer: the side that is wholly among them gives way, else what
    /// was parted.
    private mutating func letJoin(_ place: Int, _ joined: Set<Int32>) {
        let standing = standings[place]
        if standing.apart.allSatisfy({ joined.contains($0) })
            || !standing.parted.allSatisfy({ joined.contains($0) })
        {
            drop(joined.intersection(standing.parted), side: Int32(place * 2))
            standings[place].parted.removeAll { joined.contains($0) }
        } else {
            drop(joined.intersection(standing.apart), side: Int32(place * 2 + 1))
            standings[place].apart.removeAll { joined.contains($0) }
        }
    }

    private mutating func drop(_ items: Set<Int32>, side: Int32) {
        for item in items { sides[item]?.removeAll { $0 == side } }
    }
}

// In a state: the edits as they were made, and what each still says.
extension Edits {
    func write(to writer: inout StateWriter) {
        writer.begin(.edits)
        writer.put(UInt64(edits.count))
        for (place, edit) in edits.enumerated() {
            writer.put(edit.kind.rawValue)
            writer.put(edit.officer)
            writer.put(edit.at.milliseconds)
            for list in [
                edit.saying.together, edit.saying.apart, edit.moved, edit.former,
                standings[place].together, standings[place].parted, standings[place].apart,
            ] { writer.put(list: list) }
            writer.put(edit.into)
            writer.put(edit.itemCount)
            writer.put(edit.isUndone)
        }
    }

    init(_ reader: inout StateReader, itemCount: Int, caseCount: Int) throws(StateError) {
        try reader.begin(.edits)
        for place in 0..<(try reader.count("the edits", max: Edits.editsMax)) {
            guard let kind = CaseEdit.Kind(rawValue: try reader.number("an edit's kind")) else {
                throw .badField("an edit's kind")
            }
            let officer = try reader.text("an edit's officer")
            let at = Timestamp(milliseconds: try reader.number("an edit's time"))
            let saying = try Edits.saying(&reader, itemCount)
            let moved = try Edits.items(&reader, itemCount)
            let former: [Int32] = try reader.list("former cases", count: moved.count)
            let still = Standing(
                together: try Edits.items(&reader, itemCount),
                parted: try Edits.items(&reader, itemCount),
                apart: try Edits.items(&reader, itemCount)
            )
            let into: Int32 = try reader.number("an edit's case")
            let count: Int32 = try reader.number("an edit's items")
            var edit = Edit(kind: kind, officer: officer, at: at, saying: saying, itemCount: count)
            (edit.moved, edit.former, edit.into) = (moved, former, into)
            edit.isUndone = try reader.flag("an edit's undoing")
            let areCases = (former + [into]).allSatisfy { (-1..<caseCount).contains(Int($0)) }
            let isWhole = areCases && !saying.together.isEmpty
            try reader.check(isWhole && (0...itemCount).contains(Int(count)), "edit \(place + 1)")
            edits.append(edit)
            standings.append(still)
            named += saying.together.count + saying.apart.count
            index(place)
        }
    }

    private static func saying(
        _ reader: inout StateReader,
        _ itemCount: Int
    ) throws(StateError) -> Saying {
        Saying(together: try items(&reader, itemCount), apart: try items(&reader, itemCount))
    }

    private static func items(
        _ reader: inout StateReader,
        _ itemCount: Int
    ) throws(StateError) -> [Int32] {
        let found: [Int32] = try reader.list("an edit's items")
        try reader.check(
            found.count <= itemCount
                && found.allSatisfy { (0..<itemCount).contains(Int($0)) },
            "an edit's items"
        )
        return found
    }
}
