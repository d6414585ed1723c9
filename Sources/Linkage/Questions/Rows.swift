package import Domain

/// A row of the list of cases (类案列表).
package struct CaseRow: Equatable, Sendable {
    /// The identifier.
    package var id: CaseID
    /// The first item.
    package var founder: ItemRef
    /// Items in all.
    package var items: ItemCount
    /// Distinct persons; anonymous items count one each.
    package var persons: PersonCount
    /// Visits that its items report; several agencies' reports of one are one.
    package var visits: Int
    /// Heads that count for those visits.
    package var heads: HeadCount
    /// Agencies by name, each with its items.
    package var agencies: [AgencyItems]
    /// Where the matter is.
    package var division: Division
    /// The class of content.
    package var category: Category
    /// The time of the first item by time.
    package var first: Timestamp
    /// The time of the last.
    package var last: Timestamp
    /// Where it stands in its life.
    package var life: CaseLife

    /// One agency's part.
    package struct AgencyItems: Equatable, Sendable {
        /// The agency.
        package var agency: AgencyID
        /// Its items.
        package var items: ItemCount
    }
}

/// A member of a case (类案成员).
package struct CaseMember: Equatable, Sendable {
    /// The identity.
    package var ref: ItemRef
    /// The number in the hub.
    package var ordinal: UInt64
    /// When the agency received it.
    package var time: Timestamp
    /// The text is an earlier item's.
    package var isCopy: Bool
}

/// An officer's edit of cases, and what it still says (并案拆分记录).
package struct EditRow: Equatable, Sendable {
    /// Its number, from 1.
    package var number: UInt64
    /// What it was.
    package var kind: CaseEdit.Kind
    /// Who.
    package var officer: String
    /// When.
    package var at: Timestamp
    /// It was taken back.
    package var isUndone: Bool
    /// Items that are one matter by it, in journal order.
    package var together: [ItemRef]
    /// Items that were parted from others.
    package var parted: [ItemRef]
    /// The others, which are another matter than those.
    package var apart: [ItemRef]
    /// The case that its items stand in now; `nil` when they stand alone.
    package var id: CaseID?
}

/// A row of the list of visits (来访列表).
package struct VisitRow: Equatable, Sendable {
    /// The number of the visit, from 1, in the order in which visits were first reported.
    package var number: Int
    /// The first report.
    package var founder: ItemRef
    /// The report whose heads count; the others are 他报.
    package var counting: ItemRef
    /// The heads that count.
    package var heads: HeadCount
    /// Every report with its heads, in journal order.
    package var reports: [VisitReport]
    /// When the counting report's agency received it.
    package var time: Timestamp
    /// Heads enough for a joint visit (群访).
    package var isJoint: Bool
}
