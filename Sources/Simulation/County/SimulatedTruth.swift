package import Domain

/// What is true of a simulated year, for a check alone: no label of it leaves the simulator.
///
/// Items are named by their position in ``SimulatedYear/items``.
package struct SimulatedTruth: Equatable, Sendable {
    /// Why two items of different matters look alike.
    package enum NearMissKind: String, CaseIterable, Sendable {
        /// One employer's sites in two towns.
        case sameEmployerOtherTown
        /// The same words about another estate.
        case sameWordingOtherEstate
        /// A road of the same name in another town.
        case sameRoadOtherTown
        /// A village of the same name in another town.
        case sameVillageOtherTown
        /// A school of the same name in another town.
        case sameSchoolOtherTown
        /// An eatery or store of the same name in another town.
        case sameShopOtherTown
        /// Another problem at the same place.
        case samePlaceOtherProblem
        /// The same person with the same problem at another place.
        case samePersonOtherPlace
    }

    /// Two items that look alike and belong to different matters.
    package struct NearMiss: Equatable, Sendable {
        /// The two positions, in time order.
        package let items: [Int]
        /// Why they look alike.
        package let kind: NearMissKind
    }

    /// An item of the same person and matter as an earlier one, in whatever agency; copies are none.
    package struct Repeat: Equatable, Sendable {
        /// The later item.
        package let item: Int
        /// The last one before it.
        package let earlier: Int
    }

    /// A text that one agency had from another.
    package struct Copy: Equatable, Sendable {
        /// The item that holds the copy.
        package let item: Int
        /// The item that was copied.
        package let original: Int
    }

    /// A joint visit (群访).
    package struct Visit: Equatable, Sendable {
        /// The item of the registering agency.
        package let item: Int
        /// The heads that count.
        package let heads: HeadCount
        /// Other agencies' reports of the same visit (他报).
        package let otherReports: [Report]

        /// Another agency's report.
        package struct Report: Equatable, Sendable {
            /// The item.
            package let item: Int
            /// The heads that it names.
            package let heads: HeadCount
        }
    }

    /// The figures of the year in an annual report's words.
    package struct Totals: Equatable, Sendable {
        /// Items by agency: 信访局, 12345, 宣传部, 融媒体中心.
        package var items: [ItemCount] = []
        /// Petition items (信访件).
        package var petitions = ItemCount.zero
        /// Petition items without an earlier one of the same person and matter (初次).
        package var firstTime = ItemCount.zero
        /// Matters of ten items or more by at least ten different persons (类案).
        package var largeMatters = CaseCount.zero
        /// Their items.
        package var largeMatterItems = ItemCount.zero
        /// Joint visits (群访).
        package var visits = VisitCount.zero
        /// Their heads.
        package var visitHeads = HeadCount.zero
        /// Major and urgent items (突发).
        package var urgent = ItemCount.zero
        /// Matters with two items or more.
        package var sharedMatters = CaseCount.zero
    }

    /// The matter of each item; numbers from 0 in the order of the matters' first items.
    package internal(set) var matters: [Int] = []
    /// The persons of each item, numbered over the county.
    package internal(set) var persons: [[Int]] = []
    /// Petition items, in time order.
    package internal(set) var petitions: [Int] = []
    /// Petition items without an earlier petition item of one of their persons and their matter.
    package internal(set) var firstTime: [Int] = []
    /// Items of the same person and matter as an earlier one.
    package internal(set) var repeats: [Repeat] = []
    /// Handed-over texts.
    package internal(set) var copies: [Copy] = []
    /// Joint visits.
    package internal(set) var visits: [Visit] = []
    /// Major and urgent items.
    package internal(set) var urgent: [Int] = []
    /// Pairs that look alike and are not.
    package internal(set) var nearMisses: [NearMiss] = []
    /// The agency of each item, as an index into ``SimulatedYear/agencies``.
    package internal(set) var agencies: [Int] = []

    /// The items of each matter, in time order.
    package var itemsByMatter: [[Int]] {
        var groups: [[Int]] = Array(repeating: [], count: (matters.max() ?? -1) + 1)
        for (item, matter) in matters.enumerated() { groups[matter].append(item) }
        return groups
    }

    /// Matters of at least ten items by at least ten different persons (类案), by number.
    package var largeMatters: [Int] {
        itemsByMatter.enumerated().filter { _, items in
            items.count >= 10 && Set(items.flatMap { persons[$0] }).count >= 10
        }.map(\.offset)
    }

    /// The figures of the year, counted.
    package var totals: Totals {
        let groups = itemsByMatter
        let large = largeMatters
        var totals = Totals()
        totals.items = SimulatedYear.agencies.indices.map { agency in
            ItemCount(agencies.count { $0 == agency })
        }
        totals.petitions = ItemCount(petitions.count)
        totals.firstTime = ItemCount(firstTime.count)
        totals.largeMatters = CaseCount(large.count)
        totals.largeMatterItems = ItemCount(large.reduce(0) { $0 + groups[$1].count })
        totals.visits = VisitCount(visits.count)
        totals.visitHeads = visits.reduce(.zero) { $0 + $1.heads }
        totals.urgent = ItemCount(urgent.count)
        totals.sharedMatters = CaseCount(groups.count { $0.count > 1 })
        return totals
    }
}
