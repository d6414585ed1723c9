import Domain

/// The items that were taken out of the lane (撤回).
struct Withdrawals: Sendable {
    private var numbers: Set<Int32> = []

    var count: Int { numbers.count }

    func holds(_ number: Int) -> Bool { !numbers.isEmpty && numbers.contains(Int32(number)) }

    mutating func add(_ number: Int) { numbers.insert(Int32(number)) }

    /// Items without those that were withdrawn, in their order.
    func without<Number: BinaryInteger>(_ items: [Number]) -> [Number] {
        numbers.isEmpty ? items : items.filter { !numbers.contains(Int32($0)) }
    }

    /// The withdrawn ones in journal order.
    var all: [Int32] { numbers.sorted() }
}

// In a state: rising.
extension Withdrawals {
    func write(to writer: inout StateWriter) {
        writer.begin(.withdrawals)
        writer.put(list: all)
    }

    init(_ reader: inout StateReader, itemCount: Int) throws(StateError) {
        try reader.begin(.withdrawals)
        let found: [Int32] = try reader.list("the withdrawn items")
        numbers = Set(found)
        let areItems = found.allSatisfy { (0..<itemCount).contains(Int($0)) }
        try reader.check(areItems && numbers.count == found.count, "the withdrawn items")
    }
}
