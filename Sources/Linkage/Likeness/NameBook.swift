import Domain
import Text

/// How often each name of a place or unit was met, and which items carry it in a field of its own
/// (名称登记).
struct NameBook: Sendable {
    /// The most items listed under one name; the oldest give way.
    static let listMax = 32

    private var counts = NumberTable()
    private var lists: [UInt32: [Int32]] = [:]
    /// Items by town and the beginning of their address.
    private var places: [Place: [Int32]] = [:]
    private var itemCount = 0

    private struct Place: Hashable, Sendable {
        var key: UInt64
        var town: UInt32
    }

    /// How rare a name is, 0 (in every item) to 1024 (eight bits of rarity and more).
    func rarity(of name: Name) -> Int {
        let count = Int(counts[name.core] ?? 0)
        let bits = FixedPoint.log2(itemCount + 1) - FixedPoint.log2(count + 1)
        return min(max(0, bits) / 8, FixedPoint.one)
    }

    /// Items that carry the name in a field of its own, in journal order.
    func items(of name: Name) -> [Int32] { lists[name.core] ?? [] }

    /// Items whose address begins alike in the same town, or in a town that nobody named.
    func items(at address: Address, in township: Division) -> [Int32] {
        var found: [Int32] = []
        for key in Address.keys(of: address.units[...]) {
            found += places[Place(key: key, town: 0)] ?? []
            guard township.isTownship else { continue }
            found += places[Place(key: key, town: township.number)] ?? []
        }
        return found
    }

    /// The longest address of the town that is known from other items' fields and stands in a text.
    ///
    /// Where only the road is known, the shop that the text names on it belongs to the address.
    func address(in texts: [PlainText], township: Division, items: KeptItems) -> Address? {
        guard !places.isEmpty, township.isTownship else { return nil }
        var best: ArraySlice<UInt16> = []
        for text in texts {
            let units = text.characters
            guard units.count >= 3 else { continue }
            for start in 0...(units.count - 3) {
                let key = units[start..<(start + 3)].reduce(0) { $0 << 16 | UInt64($1) }
                guard let known = places[Place(key: key, town: township.number)] else { continue }
                var length = 0
                for item in known {
                    let address = items.address(of: Int(item))
                    length = max(length, Address.match(address, in: units[start...]))
                }
                let found = units[start..<(start + length)]
                if length > 0, Address.areaCount(of: found) == length {
                    length += Address.unitCount(at: units[(start + length)...])
                }
                if length > best.count { best = units[start..<(start + length)] }
            }
        }
        return best.isEmpty ? nil : Address(units: best)
    }

    /// Learns an item's names.
    mutating func add(item: Int, traits: Traits, township: Division) {
        itemCount += 1
        for key in Address.keys(of: traits.address.units[...]) {
            let place = Place(key: key, town: township.isTownship ? township.number : 0)
            NameBook.append(item, to: &places[place, default: []])
        }
        let fields = traits.respondentNames
        var seen: [UInt32] = []
        for name in traits.textNames + fields where !seen.contains(name.core) {
            seen.append(name.core)
            counts.add(name.core, number: (counts[name.core] ?? 0) + 1)
        }
        for name in fields where name.kind != .town && name.kind != .district {
            NameBook.append(item, to: &lists[name.core, default: []])
        }
    }

    private static func append(_ item: Int, to list: inout [Int32]) {
        guard list.last != Int32(item) else { return }
        if list.count == NameBook.listMax { list.removeFirst() }
        list.append(Int32(item))
    }
}

/// What two lists of names say about each other.
struct NameComparison {
    /// Kinds of which both have names but none in common, one bit each.
    private var differing: UInt32
    /// The left one names a place or unit at all.
    private(set) var leftNamesPlace = false
    /// The right one does.
    private(set) var rightNamesPlace = false
    /// Names that both have, townships and districts left out.
    private(set) var shared: [Name] = []

    /// Compares two lists; when it is lenient, names that resemble each other do not contradict.
    init(
        _ left: some Sequence<Name>,
        _ right: some Collection<Name>,
        isLenient: Bool = false
    ) {
        var (leftKinds, commonKinds): (UInt32, UInt32) = (0, 0)
        for name in left {
            leftKinds |= NameComparison.bit(name.kind)
            for other in right {
                if isLenient, name.resembles(other) {
                    commonKinds |= NameComparison.bit(name.kind)
                }
                guard other.core == name.core else { continue }
                if other.kind == name.kind { commonKinds |= NameComparison.bit(name.kind) }
                if !name.kind.isDivision, !shared.contains(name) { shared.append(name) }
            }
        }
        let rightKinds = right.reduce(UInt32(0)) { $0 | NameComparison.bit($1.kind) }
        differing = leftKinds & rightKinds & ~commonKinds
        leftNamesPlace = leftKinds & NameComparison.placeKinds != 0
        rightNamesPlace = rightKinds & NameComparison.placeKinds != 0
    }

    /// Both have names of this kind and none in common.
    func contradicts(_ kind: NameKind) -> Bool { differing & NameComparison.bit(kind) != 0 }

    /// Both have names of one kind of place or unit and none in common.
    var contradictsInPlace: Bool { differing & NameComparison.placeKinds != 0 }

    /// What a field says without a known ending contradicts nothing.
    private static let placeKinds = NameKind.allCases.reduce(UInt32(0)) { bits, kind in
        kind.isDivision || kind == .other ? bits : bits | bit(kind)
    }

    private static func bit(_ kind: NameKind) -> UInt32 { 1 << UInt32(kind.rawValue) }
}

extension NameKind {
    /// An administrative division rather than a place within one.
    var isDivision: Bool { self == .town || self == .district }

    /// Somebody who can be complained of.
    var isUnit: Bool { self == .firm || self == .school || self == .hospital }
}

// In a state: names, lists and places by rising key.
extension NameBook {
    func write(to writer: inout StateWriter) {
        writer.begin(.names)
        let met = counts.entries.sorted { $0.key < $1.key }
        writer.put(list: met.map(\.key))
        writer.put(list: met.map(\.number))
        let listed = lists.keys.sorted()
        writer.put(list: listed)
        writer.put(lists: listed.map { lists[$0] ?? [] })
        let known = places.keys.sorted { ($0.key, $0.town) < ($1.key, $1.town) }
        writer.put(list: known.map(\.key))
        writer.put(list: known.map(\.town))
        writer.put(lists: known.map { places[$0] ?? [] })
        writer.put(UInt64(itemCount))
    }

    init(_ reader: inout StateReader, itemCount items: Int) throws(StateError) {
        try reader.begin(.names)
        let cores: [UInt32] = try reader.list("the names")
        let met: [UInt32] = try reader.list("the names' counts", count: cores.count)
        for (core, count) in zip(cores, met) { counts.add(core, number: count) }
        lists = try reader.table("the names' items", below: items)
        let keys: [UInt64] = try reader.list("the places")
        let towns: [UInt32] = try reader.list("the places' towns", count: keys.count)
        let found = try reader.lists("the places' items", below: items)
        try reader.check(found.count == keys.count, "the places' items")
        for (number, list) in found.enumerated() {
            places[Place(key: keys[number], town: towns[number])] = list
        }
        itemCount = try reader.count("the named items")
    }
}
