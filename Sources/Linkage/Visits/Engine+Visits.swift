import Domain
import Text

extension Engine {
    /// Reports of one visit by several agencies lie no further apart.
    private static let visitSpan = TimeSpan.minutes(60)
    /// The most items of a case that are looked at for the other reports of a visit.
    private static let visitMatesMax = 64

    /// Adds an item's report to its visit, if it reports one (群访登记).
    mutating func visit(
        _ number: Int,
        related: [Int],
        into found: inout [Decision.Content]
    ) {
        let item = items[number]
        let isReport = item.flags.contains(.visit) && item.heads > 0
        guard isReport || visits.number(of: number) != nil else { return }
        var mates = related
        let isNamed = related.contains { visits.number(of: $0) != nil }
        if !isNamed, visits.number(of: number) == nil, let mate = visitMate(of: number) {
            mates.append(mate)
        }
        _ = visits.add(report: number, related: mates)
        if let report = visits.report(number, items: items, agencies: configuration.agencies) {
            found.append(.visited(report))
        }
    }

    /// A report of the same visit by another agency, though nobody names it: the same cause by its case,
    /// no other place, the same hour (他报).
    ///
    /// An agency reports a visit once: a second report of its own is of a second visit. The nearest in
    /// time, the earlier of equals.
    private func visitMate(of number: Int) -> Int? {
        let item = items[number]
        guard item.caseNumber >= 0 else { return nil }
        let members = cases.cases[Int(item.caseNumber)].byTime
        let end = Engine.upperBound(members.count) {
            items[Int(members[$0])].time <= item.time + Engine.visitSpan
        }
        var best: (gap: Int64, item: Int)?
        for member in members[..<end].reversed().prefix(Engine.visitMatesMax).map(Int.init) {
            let gap = abs((items[member].time - item.time).milliseconds)
            guard gap <= Engine.visitSpan.milliseconds else { break }
            guard member != number, isOneVisit(member, number),
                (gap, member) < (best?.gap ?? .max, best?.item ?? .max)
            else { continue }
            best = (gap, member)
        }
        return best?.item
    }

    private func isOneVisit(_ member: Int, _ number: Int) -> Bool {
        let (other, item) = (items[member], items[number])
        guard other.flags.contains(.visit), other.heads > 0,
            let visit = visits.number(of: member),
            other.township.isCompatible(with: item.township)
        else { return false }
        let place = Address(units: items.address(of: number))
        let relation = place.relation(to: items.address(of: member))
        return relation != .different
            && !visits.visits[visit].reports.contains {
                items[Int($0)].ref.agency == item.ref.agency
            }
    }

    /// How many of the first values hold, when those that hold come first.
    private static func upperBound(_ count: Int, _ holds: (Int) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if holds(middle) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
