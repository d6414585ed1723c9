import Domain

/// Items that name no purpose, until somebody says what they are (待分类).
struct Unclassed: Sendable {
    /// The most that wait; the oldest give way.
    static let waitingMax = 65_536

    struct Waiting: Sendable {
        var item: Int32
        /// When the hub took it in.
        var since: Timestamp
    }

    /// The most purposes that officers gave.
    static let classedMax = 1_000_000

    /// What officers said of items whose agencies said nothing.
    private(set) var purposes: [Int32: Purpose] = [:]

    /// In journal order.
    private(set) var waiting: [Waiting] = []

    mutating func add(_ item: Int, at time: Timestamp) {
        waiting.append(Waiting(item: Int32(item), since: time))
        // A quarter more before they are cut, so that the cost is shared by many.
        if waiting.count > Unclassed.waitingMax + Unclassed.waitingMax / 4 {
            waiting.removeFirst(waiting.count - Unclassed.waitingMax)
        }
    }

    func holds(_ item: Int) -> Bool { place(of: item) != nil }

    mutating func classify(_ item: Int, as purpose: Purpose) {
        remove(item)
        purposes[Int32(item)] = purpose
    }

    mutating func remove(_ item: Int) {
        if let place = place(of: item) { waiting.remove(at: place) }
    }

    /// The place of the first that comes after an item.
    func start(after item: Int) -> Int {
        var (low, high) = (0, waiting.count)
        while low < high {
            let middle = (low + high) / 2
            if Int(waiting[middle].item) <= item { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private func place(of item: Int) -> Int? {
        let place = start(after: item - 1)
        return place < waiting.count && Int(waiting[place].item) == item ? place : nil
    }
}

// In a state: in journal order.
extension Unclassed {
    func write(to writer: inout StateWriter) {
        writer.begin(.unclassed)
        writer.put(list: waiting.map(\.item))
        writer.put(list: waiting.map(\.since.milliseconds))
        let classed = purposes.keys.sorted()
        writer.put(list: classed)
        writer.put(texts: classed.map { purposes[$0]?.rawValue ?? "" })
    }

    init(_ reader: inout StateReader, itemCount: Int) throws(StateError) {
        try reader.begin(.unclassed)
        let items: [Int32] = try reader.list("the unclassed items")
        let times: [Int64] = try reader.list("the unclassed items' times", count: items.count)
        let areRising = zip(items, items.dropFirst()).allSatisfy(<)
        let areItems = items.allSatisfy { (0..<itemCount).contains(Int($0)) }
        try reader.check(areRising && areItems, "the unclassed items")
        let classed: [Int32] = try reader.list("the classed items")
        let names = try reader.texts("their purposes")
        let areClassed = classed.allSatisfy { (0..<itemCount).contains(Int($0)) }
        try reader.check(areClassed && names.count == classed.count, "the classed items")
        for (item, name) in zip(classed, names) {
            guard let purpose = Purpose(rawValue: name) else { throw .badField("a purpose") }
            purposes[item] = purpose
        }
        waiting = zip(items, times).map { Waiting(item: $0, since: Timestamp(milliseconds: $1)) }
    }
}
