import Domain

/// Running totals of what the journal holds (计数).
struct Tally: Sendable {
    /// Items of one agency by kind.
    struct AgencyItems: Sendable {
        var agency: AgencyID
        var complaints = 0
        var sentiments = 0
        var risks = 0
    }

    private(set) var agencies: [AgencyItems] = []
    private(set) var petitions = 0
    private(set) var repeatedPetitions = 0
    private(set) var urgent = 0
    var repeats = 0
    var copies = 0
    var quarantined = 0
    var sealedRefused = 0
    var lived = 0
    var revised = 0
    var sameAgain = 0

    /// Counts a new item.
    mutating func count(_ item: Item, flags: KeptItem.Flags) {
        let place: Int
        if let known = agencies.firstIndex(where: { $0.agency == item.ref.agency }) {
            place = known
        } else {
            place = agencies.count
            agencies.append(AgencyItems(agency: item.ref.agency))
        }
        switch item.kind {
        case .complaint: agencies[place].complaints += 1
        case .sentiment: agencies[place].sentiments += 1
        case .risk: agencies[place].risks += 1
        case .life: break
        }
        if flags.contains(.petition) { petitions += 1 }
        if flags.contains(.repeatedPetition) { repeatedPetitions += 1 }
        if flags.contains(.urgent) { urgent += 1 }
    }

    /// An item's urgent flag changed with its revision.
    mutating func recount(wasUrgent: Bool, isUrgent: Bool) {
        if wasUrgent, !isUrgent { urgent -= 1 }
        if !wasUrgent, isUrgent { urgent += 1 }
    }
}
