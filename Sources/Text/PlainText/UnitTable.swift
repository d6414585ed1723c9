/// What belongs to some characters, by the character (字符索引).
///
/// Most characters of a text have nothing, which a look into a set of bits tells.
struct UnitTable<Value: Sendable>: Sendable {
    /// The characters that have something.
    let keys: UnitSet
    /// A table of open addresses with one more than a place in `values`, at most half full.
    private var places: [(unit: UInt16, place: UInt16)]
    private var values: [Value] = []

    /// A table of these values.
    init(_ table: [UInt16: Value]) {
        keys = UnitSet(table.keys)
        var size = 16
        while size < 2 * table.count { size *= 2 }
        places = Array(repeating: (0, 0), count: size)
        for (unit, value) in table.sorted(by: { $0.key < $1.key }) {
            values.append(value)
            var place = Int(unit) & (size - 1)
            while places[place].place > 0 { place = (place + 1) & (size - 1) }
            places[place] = (unit, UInt16(values.count))
        }
    }

    /// What belongs to a character; `nil` when it has nothing.
    @inline(__always)
    subscript(unit: UInt16) -> Value? {
        guard keys.contains(unit) else { return nil }
        var place = Int(unit) & (places.count - 1)
        while places[place].place > 0 {
            if places[place].unit == unit { return values[Int(places[place].place) - 1] }
            place = (place + 1) & (places.count - 1)
        }
        return nil
    }
}
