package import Domain

/// What a hub says of a year, read from it through the protocol (枢纽所见).
package struct SeenYear: Equatable, Sendable {
    /// A visit that counts as joint.
    package struct Visit: Hashable, Sendable {
        /// The report whose heads count.
        package let counting: ItemRef
        /// Its heads.
        package let heads: HeadCount
        /// The other agencies' reports (他报), in the order of their agencies.
        package let others: [ItemRef]

        /// A visit from its parts.
        package init(counting: ItemRef, heads: HeadCount, others: [ItemRef]) {
            self.counting = counting
            self.heads = heads
            self.others = others.sorted { ($0.agency, $0.id) < ($1.agency, $1.id) }
        }
    }

    /// The totals that a year's report names.
    package struct Totals: Equatable, Sendable {
        /// Items by agency's name.
        package var items: [String: ItemCount] = [:]
        /// Petition items (信访件).
        package var petitions = ItemCount.zero
        /// First-time petition items (初访).
        package var firstTime = ItemCount.zero
        /// Class cases (类案): ten items or more by different persons.
        package var classCases = CaseCount.zero
        /// Their items.
        package var classCaseItems = ItemCount.zero
        /// Joint visits (群访).
        package var visits = VisitCount.zero
        /// Their heads.
        package var visitHeads = HeadCount.zero
        /// Urgent items (突发).
        package var urgent = ItemCount.zero

        /// Nothing counted.
        package init() {}
    }

    /// The items of each case.
    package var cases: [[ItemRef]] = []
    /// Joint visits.
    package var visits: [Visit] = []
    /// The totals.
    package var totals = Totals()

    /// Nothing seen.
    package init() {}
}
