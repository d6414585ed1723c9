package import Domain

/// Counts heat spots (热点研判) from the registrations of the decision log.
///
/// Each item is registered once: what came again and what was revised has no second registration,
/// so nothing is counted twice. Counts go by the item's own time, whenever it came. Persons are
/// never counted: the decision log does not hold them.
package struct HeatCount: Sendable {
    private struct Cell {
        var items = 0
        var before = 0
        var agencies: Set<AgencyID> = []
    }

    /// What is asked.
    package let question: HeatQuestion
    private let before: Period
    private var cells: [[HeatValue]: Cell] = [:]
    private var agencies: Set<AgencyID> = []
    private var items = 0
    private var itemsBefore = 0

    /// A count of nothing yet.
    package init(_ question: HeatQuestion) {
        self.question = question
        before = question.period.before
    }

    /// Counts a registration, in any order.
    package mutating func add(_ admission: Admission) {
        if question.period.contains(admission.time) {
            items += 1
            agencies.insert(admission.ref.agency)
            let place = coordinates(admission, on: admission.time.countyDay)
            cells[place, default: Cell()].items += 1
            cells[place]?.agencies.insert(admission.ref.agency)
        } else if before.contains(admission.time) {
            itemsBefore += 1
            // A day is compared with the day that stands at its place in the period before.
            let day = (admission.time + question.period.length).countyDay
            cells[coordinates(admission, on: day), default: Cell()].before += 1
        }
    }

    /// What was counted, the hottest first.
    package var heat: Heat {
        let spots = cells.map { values, cell in
            HeatSpot(
                values: values,
                items: ItemCount(cell.items),
                agencies: cell.agencies.count,
                before: ItemCount(cell.before)
            )
        }
        return Heat(
            spots: spots.sorted { HeatSpot.isHotter($0, $1) },
            items: ItemCount(items),
            agencies: agencies.count,
            before: ItemCount(itemsBefore)
        )
    }

    private func coordinates(_ admission: Admission, on day: CountyDay) -> [HeatValue] {
        question.dimensions.map { dimension in
            switch dimension {
            case .division: .division(admission.division)
            case .town:
                .town(question.towns.contains(admission.division) ? admission.division : nil)
            case .category: .category(admission.category)
            case .day: .day(day)
            }
        }
    }
}

/// The heat spots of a period (热点).
package struct Heat: Hashable, Sendable {
    /// Every cell with an item in the period or in the one before, the hottest first.
    package var spots: [HeatSpot]
    /// Items of the period.
    package var items: ItemCount
    /// Agencies that they came from.
    package var agencies: Int
    /// Items of the period before.
    package var before: ItemCount
}

/// One cell.
package struct HeatSpot: Hashable, Sendable {
    /// Its coordinates in the order that was asked for.
    package var values: [HeatValue]
    /// Items of the period.
    package var items: ItemCount
    /// Agencies that they came from.
    package var agencies: Int
    /// Items of the period before.
    package var before: ItemCount

    /// A spot from its parts.
    package init(values: [HeatValue], items: ItemCount, agencies: Int, before: ItemCount) {
        self.values = values
        self.items = items
        self.agencies = agencies
        self.before = before
    }

    /// More or fewer items than in the period before.
    package var change: Int { items.value - before.value }

    /// The same in percent, rounded half away from zero; `nil` where there was none before.
    package var changePercent: Int? { Heat.percent(of: change, from: before.value) }

    /// More items first, then the larger rise, then by code; no two cells are equal.
    static func isHotter(_ left: HeatSpot, _ right: HeatSpot) -> Bool {
        if left.items != right.items { return left.items > right.items }
        if left.change != right.change { return left.change > right.change }
        return left.values.map(\.text).lexicographicallyPrecedes(right.values.map(\.text))
    }
}

extension Heat {
    /// A change in percent, rounded half away from zero; `nil` where there was nothing before.
    package static func percent(of change: Int, from before: Int) -> Int? {
        guard before > 0 else { return nil }
        let rounded = (200 * abs(change) + before) / (2 * before)
        return change < 0 ? -rounded : rounded
    }
}
