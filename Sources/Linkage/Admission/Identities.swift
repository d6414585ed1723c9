import Domain

/// Which (source, id) was seen, with which content: at most 31 bytes for each (身份登记).
///
/// 96 bits of the identity's hash, 48 of the content's digest, a count of revisions and a number;
/// and the slots of a table that is between 7/12 and 7/8 full.
struct Identities: Sendable {
    /// What an identity turned out to be.
    enum Finding: Equatable, Sendable {
        case new
        case sameAgain(number: UInt32)
        case revised(number: UInt32, revision: Int)
    }

    private struct Key: Equatable, Sendable {
        var high: UInt64
        var low: UInt32
    }

    private var highs: [UInt64] = []
    private var lows: [UInt32] = []
    private var numbers: [UInt32] = []
    /// 48 bits of the digest, then 16 of the count of revisions.
    private var contents: [UInt64] = []
    /// One more than the place in the lists above; 0 is free.
    private var slots: [UInt32] = Array(repeating: 0, count: 64)

    var count: Int { highs.count }

    /// Meets an identity with a content; a new one gets `number`.
    mutating func meet(_ ref: ItemRef, _ digest: ContentDigest, number: UInt32) -> Finding {
        let key = Identities.key(ref)
        let content = digest.words.0 >> 16
        var slot = home(key)
        while slots[slot] != 0 {
            let place = Int(slots[slot]) - 1
            if highs[place] == key.high, lows[place] == key.low {
                return meetAgain(place, content)
            }
            slot = slot + 1 == slots.count ? 0 : slot + 1
        }
        highs.append(key.high)
        lows.append(key.low)
        numbers.append(number)
        contents.append(content << 16)
        slots[slot] = UInt32(highs.count)
        if highs.count * 8 > slots.count * 7 { grow() }
        return .new
    }

    /// The number of a known identity.
    func number(of ref: ItemRef) -> UInt32? {
        let key = Identities.key(ref)
        var slot = home(key)
        while slots[slot] != 0 {
            let place = Int(slots[slot]) - 1
            if highs[place] == key.high, lows[place] == key.low { return numbers[place] }
            slot = slot + 1 == slots.count ? 0 : slot + 1
        }
        return nil
    }

    /// Forgets what a known identity's content was; its revisions stay counted.
    mutating func forgetContent(of ref: ItemRef) {
        let key = Identities.key(ref)
        var slot = home(key)
        while slots[slot] != 0 {
            let place = Int(slots[slot]) - 1
            if highs[place] == key.high, lows[place] == key.low {
                contents[place] &= 0xffff
                return
            }
            slot = slot + 1 == slots.count ? 0 : slot + 1
        }
    }

    private mutating func meetAgain(_ place: Int, _ content: UInt64) -> Finding {
        if contents[place] >> 16 == content { return .sameAgain(number: numbers[place]) }
        let revision = min(0xffff, (contents[place] & 0xffff) + 1)
        contents[place] = content << 16 | revision
        return .revised(number: numbers[place], revision: Int(revision))
    }

    private static func key(_ ref: ItemRef) -> Key {
        var second = StableHash()
        second.add(ref.id)
        second.add(1)
        second.add(ref.agency.name)
        return Key(high: ref.stableHash, low: UInt32(truncatingIfNeeded: second.value))
    }

    private func home(_ key: Key) -> Int {
        Int(key.high.multipliedFullWidth(by: UInt64(slots.count)).high)
    }

    /// Half as many slots again.
    private mutating func grow() { layOut(slotCount: slots.count + slots.count / 2) }

    private mutating func layOut(slotCount: Int) {
        slots = Array(repeating: 0, count: slotCount)
        for place in highs.indices {
            var slot = home(Key(high: highs[place], low: lows[place]))
            while slots[slot] != 0 { slot = slot + 1 == slots.count ? 0 : slot + 1 }
            slots[slot] = UInt32(place + 1)
        }
    }
}

// In a state (docs/snapshot.md); the slots are laid out anew.
extension Identities {
    func write(to writer: inout StateWriter) {
        writer.begin(.identities)
        writer.put(list: highs)
        writer.put(list: lows)
        writer.put(list: numbers)
        writer.put(list: contents)
    }

    init(_ reader: inout StateReader) throws(StateError) {
        try reader.begin(.identities)
        highs = try reader.list("the identities")
        lows = try reader.list("the identities' low parts", count: highs.count)
        numbers = try reader.list("the identities' numbers", count: highs.count)
        contents = try reader.list("the identities' contents", count: highs.count)
        var size = slots.count
        while highs.count * 8 > size * 7 { size += size / 2 }
        layOut(slotCount: size)
    }

    /// The greatest number of an item.
    var numberMax: UInt32 { numbers.max() ?? 0 }
}
