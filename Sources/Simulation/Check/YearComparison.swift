package import Domain

/// What a hub says of a simulated year beside what is true of it; for a check alone (核对).
///
/// Every case, visit and total is compared. Cases are compared with the matters of two items or more.
package struct YearComparison: Equatable, Sendable {
    /// Items that stand in a case whose commonest matter is another one (错并).
    package private(set) var wrongItems = ItemCount.zero
    /// Items of a shared matter that stand apart from its largest part (漏并).
    package private(set) var missedItems = ItemCount.zero
    /// Matters of two items or more that are exactly one case.
    package private(set) var exactMatters = CaseCount.zero
    /// Matters of two items or more.
    package private(set) var sharedMatters = CaseCount.zero
    /// Look-alikes that stand in one case.
    package private(set) var joinedNearMisses = 0
    /// All look-alikes.
    package private(set) var nearMisses = 0
    /// Items that the hub has not, or in two cases, or never came from the simulator.
    package private(set) var strayItems = ItemCount.zero
    /// Large matters (类案) that stand in exactly one case with nothing else in it.
    package private(set) var exactLargeMatters = CaseCount.zero
    /// Large matters in all.
    package private(set) var largeMatters = CaseCount.zero
    /// Each total or visit that differs, in words: what, seen, true.
    package private(set) var differences: [String] = []

    /// Compares.
    package init(_ seen: SeenYear, with year: SimulatedYear) {
        let truth = year.truth
        var positions: [ItemRef: Int] = [:]
        for (position, item) in year.items.enumerated() { positions[item.item.ref] = position }
        compareCases(seen, truth, positions)
        compareTotals(seen.totals, truth)
        compareVisits(seen, year)
    }

    /// Nothing that a report counts differs, and the large matters stand alone.
    package var agreesInReport: Bool {
        differences.isEmpty && strayItems == .zero && exactLargeMatters == largeMatters
    }

    private mutating func compareCases(
        _ seen: SeenYear,
        _ truth: SimulatedTruth,
        _ positions: [ItemRef: Int]
    ) {
        let matters = truth.itemsByMatter
        var caseOf: [Int?] = Array(repeating: nil, count: truth.matters.count)
        var cases: [[Int]] = []
        for members in seen.cases {
            var known: [Int] = []
            for ref in members {
                guard let position = positions[ref], caseOf[position] == nil else {
                    strayItems += ItemCount(1)
                    continue
                }
                caseOf[position] = cases.count
                known.append(position)
            }
            cases.append(known)
        }
        for members in cases {
            let commonest = YearComparison.commonest(members.map { truth.matters[$0] })
            wrongItems += ItemCount(members.count - commonest)
        }
        let large = Set(truth.largeMatters)
        for (matter, items) in matters.enumerated() where items.count > 1 {
            sharedMatters += CaseCount(1)
            // An item without a case is a part of its own.
            let parts = items.map { caseOf[$0] ?? -1 - $0 }
            missedItems += ItemCount(items.count - YearComparison.commonest(parts))
            let isExact =
                caseOf[items[0]].map { number in
                    cases[number].count == items.count && parts.allSatisfy { $0 == number }
                } ?? false
            if isExact { exactMatters += CaseCount(1) }
            if large.contains(matter) {
                largeMatters += CaseCount(1)
                if isExact { exactLargeMatters += CaseCount(1) }
            }
        }
        nearMisses = truth.nearMisses.count
        joinedNearMisses = truth.nearMisses.count { pair in
            guard let first = pair.items.first.flatMap({ caseOf[$0] }) else { return false }
            return pair.items.allSatisfy { caseOf[$0] == first }
        }
    }

    private mutating func compareTotals(_ seen: SeenYear.Totals, _ truth: SimulatedTruth) {
        let totals = truth.totals
        for (agency, count) in zip(SimulatedYear.agencies, totals.items) {
            compare("items of \(agency.name)", seen.items[agency.name] ?? .zero, count)
        }
        compare("petition items", seen.petitions, totals.petitions)
        compare("first-time petition items", seen.firstTime, totals.firstTime)
        compare("class cases", seen.classCases, totals.largeMatters)
        compare("items of class cases", seen.classCaseItems, totals.largeMatterItems)
        compare("joint visits", seen.visits, totals.visits)
        compare("heads of joint visits", seen.visitHeads, totals.visitHeads)
        compare("urgent items", seen.urgent, totals.urgent)
    }

    private mutating func compareVisits(_ seen: SeenYear, _ year: SimulatedYear) {
        func ref(_ position: Int) -> ItemRef { year.items[position].item.ref }
        let expected = year.truth.visits.map { visit in
            SeenYear.Visit(
                counting: ref(visit.item),
                heads: visit.heads,
                others: visit.otherReports.map { ref($0.item) }
            )
        }
        let found = Set(seen.visits)
        for visit in expected where !found.contains(visit) {
            differences.append("the visit \(visit.counting.id) of \(visit.heads) is not seen so")
        }
        let known = Set(expected)
        for visit in seen.visits where !known.contains(visit) {
            differences.append("there was no visit \(visit.counting.id) of \(visit.heads)")
        }
    }

    private mutating func compare<Value: Equatable>(_ what: String, _ seen: Value, _ real: Value) {
        if seen != real { differences.append("\(what): \(seen), truly \(real)") }
    }

    /// How often the commonest value stands in a list.
    private static func commonest(_ values: [Int]) -> Int {
        var counts: [Int: Int] = [:]
        var most = 0
        for value in values {
            let count = (counts[value] ?? 0) + 1
            counts[value] = count
            most = max(most, count)
        }
        return most
    }
}
