package import Domain

/// Steps in the lives of items, as their agencies reported them (办理进展).
struct Lives: Sendable {
    /// The most steps of one item; the ones in between give way.
    static let stepsMax = 48
    /// The most different names of steps.
    static let namesMax = 256

    private struct Step {
        var name: UInt16
        var at: Timestamp
    }

    private var names: [String] = []
    private var steps: [Int32: [Step]] = [:]

    mutating func add(_ name: String, at time: Timestamp, of item: Int) {
        let number: Int
        if let known = names.firstIndex(of: name) {
            number = known
        } else {
            guard names.count < Lives.namesMax else { return }
            number = names.count
            names.append(name)
        }
        var all = steps[Int32(item)] ?? []
        all.append(Step(name: UInt16(number), at: time))
        if all.count > Lives.stepsMax { all.remove(at: Lives.stepsMax / 2) }
        steps[Int32(item)] = all
    }

    mutating func remove(_ item: Int) { steps[Int32(item)] = nil }

    /// The steps of an item in the order in which they came.
    func steps(of item: Int) -> [LifeRow.Step] {
        (steps[Int32(item)] ?? []).map { LifeRow.Step(name: names[Int($0.name)], at: $0.at) }
    }
}

// In a state: by item, rising.
extension Lives {
    func write(to writer: inout StateWriter) {
        let items = steps.keys.sorted()
        let all = items.flatMap { steps[$0] ?? [] }
        writer.begin(.lives)
        writer.put(texts: names)
        writer.put(list: items)
        writer.put(list: items.map { UInt8(clamping: steps[$0]?.count ?? 0) })
        writer.put(list: all.map(\.name))
        writer.put(list: all.map(\.at.milliseconds))
    }

    init(_ reader: inout StateReader, itemCount: Int) throws(StateError) {
        try reader.begin(.lives)
        names = try reader.texts("the names of steps")
        let items: [Int32] = try reader.list("the items with steps")
        let counts: [UInt8] = try reader.list("their steps", count: items.count)
        let sum = counts.reduce(0) { $0 + Int($1) }
        let numbers: [UInt16] = try reader.list("the steps", count: sum)
        let times: [Int64] = try reader.list("the steps' times", count: sum)
        let areKnown =
            items.allSatisfy { (0..<itemCount).contains(Int($0)) }
            && numbers.allSatisfy { Int($0) < names.count } && names.count <= Lives.namesMax
        try reader.check(areKnown, "the steps")
        var place = 0
        for (item, count) in zip(items, counts) {
            let end = place + Int(count)
            steps[item] = (place..<end).map {
                Step(name: numbers[$0], at: Timestamp(milliseconds: times[$0]))
            }
            place = end
        }
        try reader.check(steps.count == items.count, "the items with steps")
    }
}

/// What became of an item, for the agency that sent it (查本单位件).
package struct LifeRow: Equatable, Sendable {
    /// The item.
    package var ref: ItemRef
    /// When the agency received it.
    package var time: Timestamp
    /// It was taken out of the lane.
    package var isWithdrawn: Bool
    /// It waits for a purpose.
    package var isUnclassed: Bool
    /// The case that it stands in with others.
    package var id: CaseID?
    /// Its steps in the order in which they came.
    package var steps: [Step]

    /// One step.
    package struct Step: Equatable, Sendable {
        /// `accepted`, as the event's type ends.
        package var name: String
        /// When, as the agency said.
        package var at: Timestamp
    }
}

extension Engine {
    /// What became of an item; `nil` for one that never came.
    package borrowing func life(of ref: ItemRef) -> LifeRow? {
        guard let ordinal = identities.number(of: ref), ordinal > 0 else { return nil }
        let number = Int(ordinal) - 1
        let isWithdrawn = withdrawals.holds(number)
        return LifeRow(
            ref: ref,
            time: items[number].time,
            isWithdrawn: isWithdrawn,
            isUnclassed: unclassed.holds(number),
            id: isWithdrawn ? nil : caseRow(ofItem: UInt64(ordinal))?.id,
            steps: lives.steps(of: number)
        )
    }
}
