import CPrefetch

/// Numbers of keys: a table of open addresses with one multiplication for a hash (编号表).
///
/// A pair of characters is looked up a hundred times an item, and a dictionary costs several times
/// as much. Keys come from texts that somebody may choose so that they collide: a table in which a
/// search grows long grows too, up to 64 places a key.
package struct NumberTable: Sendable {
    /// A longer search makes the table grow.
    private static let searchMax = 48
    private static let placesPerKeyMax = 64

    private static let none = UInt32.max

    /// A key and, in the lower half, its number: one look into memory for both.
    private var slots: [UInt64] = Array(repeating: UInt64(NumberTable.none), count: 64)
    /// How many keys have a number.
    package private(set) var count = 0

    /// A table without keys.
    package init() {}

    /// The number of a key; `nil` when it was not met.
    @inline(__always)
    package subscript(key: UInt32) -> UInt32? {
        let number = NumberTable.number(slots[place(of: key)])
        return number == NumberTable.none ? nil : number
    }

    /// Asks for the place of a key before it is looked up: of many, all come together.
    @inline(__always)
    func prefetch(_ key: UInt32) {
        let first = first(of: key)
        slots.withUnsafeBufferPointer { slots in
            if let start = slots.baseAddress { ld_prefetch(start + first, 1) }
        }
    }

    /// Gives a key that was not met a number.
    package mutating func add(_ key: UInt32, number: UInt32) {
        if 2 * (count + 1) > slots.count { grow() }
        var place = place(of: key)
        while distance(of: key, to: place) > NumberTable.searchMax,
            slots.count < NumberTable.placesPerKeyMax * (count + 1)
        {
            grow()
            place = self.place(of: key)
        }
        if NumberTable.number(slots[place]) == NumberTable.none { count += 1 }
        slots[place] = UInt64(key) << 32 | UInt64(number)
    }

    /// Every key with its number, in no order.
    package var entries: [(key: UInt32, number: UInt32)] {
        slots.filter { NumberTable.number($0) != NumberTable.none }
            .map { (key: NumberTable.key($0), number: NumberTable.number($0)) }
    }

    /// Where the key stands, or where it would.
    @inline(__always)
    private func place(of key: UInt32) -> Int {
        let mask = slots.count - 1
        var place = first(of: key)
        while true {
            let slot = slots[place]
            if NumberTable.number(slot) == NumberTable.none || NumberTable.key(slot) == key {
                return place
            }
            place = (place + 1) & mask
        }
    }

    /// Where the search for a key begins.
    @inline(__always)
    private func first(of key: UInt32) -> Int {
        Int(truncatingIfNeeded: (UInt64(key) &* 0x9e37_79b9_7f4a_7c15) >> 32) & (slots.count - 1)
    }

    private func distance(of key: UInt32, to place: Int) -> Int {
        (place - first(of: key)) & (slots.count - 1)
    }

    private mutating func grow() {
        let old = slots
        slots = Array(repeating: UInt64(NumberTable.none), count: 2 * old.count)
        for slot in old where NumberTable.number(slot) != NumberTable.none {
            slots[place(of: NumberTable.key(slot))] = slot
        }
    }

    @inline(__always)
    private static func key(_ slot: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: slot >> 32) }

    @inline(__always)
    private static func number(_ slot: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: slot) }
}
