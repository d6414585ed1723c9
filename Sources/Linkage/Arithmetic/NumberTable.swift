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

    private var keys: [UInt32] = Array(repeating: 0, count: 64)
    private var numbers: [UInt32] = Array(repeating: NumberTable.none, count: 64)
    /// How many keys have a number.
    package private(set) var count = 0

    /// A table without keys.
    package init() {}

    /// The number of a key; `nil` when it was not met.
    @inline(__always)
    package subscript(key: UInt32) -> UInt32? {
        let place = place(of: key)
        let number = numbers[place]
        return number == NumberTable.none ? nil : number
    }

    /// Gives a key that was not met a number.
    package mutating func add(_ key: UInt32, number: UInt32) {
        if 2 * (count + 1) > keys.count { grow() }
        var place = place(of: key)
        while distance(of: key, to: place) > NumberTable.searchMax,
            keys.count < NumberTable.placesPerKeyMax * (count + 1)
        {
            grow()
            place = self.place(of: key)
        }
        if numbers[place] == NumberTable.none { count += 1 }
        keys[place] = key
        numbers[place] = number
    }

    /// Every key with its number, in no order.
    package var entries: [(key: UInt32, number: UInt32)] {
        zip(keys, numbers).filter { $0.1 != NumberTable.none }.map { (key: $0.0, number: $0.1) }
    }

    /// Where the key stands, or where it would.
    @inline(__always)
    private func place(of key: UInt32) -> Int {
        let mask = keys.count - 1
        var place = first(of: key)
        while keys[place] != key, numbers[place] != NumberTable.none { place = (place + 1) & mask }
        return place
    }

    /// Where the search for a key begins.
    @inline(__always)
    private func first(of key: UInt32) -> Int {
        Int(truncatingIfNeeded: (UInt64(key) &* 0x9e37_79b9_7f4a_7c15) >> 32) & (keys.count - 1)
    }

    private func distance(of key: UInt32, to place: Int) -> Int {
        (place - first(of: key)) & (keys.count - 1)
    }

    private mutating func grow() {
        let (oldKeys, oldNumbers) = (keys, numbers)
        keys = Array(repeating: 0, count: 2 * oldKeys.count)
        numbers = Array(repeating: NumberTable.none, count: keys.count)
        for (key, number) in zip(oldKeys, oldNumbers) where number != NumberTable.none {
            let place = place(of: key)
            keys[place] = key
            numbers[place] = number
        }
    }
}
