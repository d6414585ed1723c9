import Domain

/// Whose words of an item somebody may see before anybody has said what the item is (待分类).
///
/// Until then it is linked and warned of inside the joint office, and no third agency gets a word of it (DOMAIN §9.2):
/// it may turn out to accuse that agency. Inside is whoever may read reasons, or class.
struct Readership: Equatable, Sendable {
    private let isInside: Bool
    private let units: Set<AgencyID>

    /// Everybody's words: what is made ready before it is known for whom.
    static let all = Readership(isInside: true, units: [])
    /// Nobody's.
    static let none = Readership(isInside: false, units: [])

    private init(isInside: Bool, units: Set<AgencyID>) {
        (self.isInside, self.units) = (isInside, units)
    }

    /// What somebody with these rights may see.
    init(_ access: Access, _ register: GrantRegister, at now: Timestamp) {
        isInside = access.holds(.reasons, at: now) || access.holds(.classify, at: now)
        units = isInside ? [] : access.units(in: register, at: now)
    }

    /// Whether the words of an agency's unclassed items are for them.
    func reads(of agency: AgencyID) -> Bool { isInside || units.contains(agency) }
}
