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
    mutating func count(_ item: KeptItem) {
        let place: Int
        if let known = agencies.firstIndex(where: { $0.agency == item.ref.agency }) {
            place = known
        } else {
            place = agencies.count
            agencies.append(AgencyItems(agency: item.ref.agency))
        }
        add(1, of: item.sort, at: place)
        if item.flags.contains(.petition) { petitions += 1 }
        if item.flags.contains(.repeatedPetition) { repeatedPetitions += 1 }
        if item.flags.contains(.urgent) { urgent += 1 }
    }

    /// Counts an item no longer that was withdrawn.
    mutating func uncount(_ item: KeptItem) {
        guard let place = agencies.firstIndex(where: { $0.agency == item.ref.agency }) else {
            return
        }
        add(-1, of: item.sort, at: place)
        if item.flags.contains(.petition) { petitions -= 1 }
        if item.flags.contains(.repeatedPetition) { repeatedPetitions -= 1 }
        if item.flags.contains(.urgent) { urgent -= 1 }
        if item.flags.contains(.copy) { copies -= 1 }
        if item.isRepeat { repeats -= 1 }
    }

    /// A repeat is a first petition, because what it repeated was withdrawn.
    mutating func becomesFirst(wasRepeatedPetition: Bool) {
        repeats -= 1
        if wasRepeatedPetition { repeatedPetitions -= 1 }
    }

    private mutating func add(_ count: Int, of sort: KeptItem.Sort, at place: Int) {
        switch sort {
        case .complaint: agencies[place].complaints += count
        case .sentiment: agencies[place].sentiments += count
        case .risk: agencies[place].risks += count
        }
    }

    /// An item's urgent flag changed with its revision.
    mutating func recount(wasUrgent: Bool, isUrgent: Bool) {
        if wasUrgent, !isUrgent { urgent -= 1 }
        if !wasUrgent, isUrgent { urgent += 1 }
    }
}

// In a state: agencies in the order of their first items.
extension Tally {
    func write(to writer: inout StateWriter) {
        writer.begin(.tally)
        writer.put(texts: agencies.map(\.agency.name))
        writer.put(list: agencies.map { Int64($0.complaints) })
        writer.put(list: agencies.map { Int64($0.sentiments) })
        writer.put(list: agencies.map { Int64($0.risks) })
        for count in [
            petitions, repeatedPetitions, urgent, repeats, copies, quarantined, sealedRefused,
            lived, revised, sameAgain,
        ] { writer.put(Int64(count)) }
    }

    init(_ reader: inout StateReader) throws(StateError) {
        try reader.begin(.tally)
        let names = try reader.texts("the counted agencies")
        let complaints: [Int64] = try reader.list("the complaints", count: names.count)
        let sentiments: [Int64] = try reader.list("the sentiments", count: names.count)
        let risks: [Int64] = try reader.list("the risks", count: names.count)
        for (place, name) in names.enumerated() {
            guard let agency = AgencyID(name: name) else { throw .badField("a counted agency") }
            agencies.append(
                AgencyItems(
                    agency: agency,
                    complaints: Int(complaints[place]),
                    sentiments: Int(sentiments[place]),
                    risks: Int(risks[place])
                )
            )
        }
        petitions = try reader.int("the petitions")
        repeatedPetitions = try reader.int("the repeated petitions")
        urgent = try reader.int("the urgent items")
        repeats = try reader.int("the repeats")
        copies = try reader.int("the copies")
        quarantined = try reader.int("the quarantined lines")
        sealedRefused = try reader.int("the refused accusations")
        lived = try reader.int("the steps of life")
        revised = try reader.int("the revisions")
        sameAgain = try reader.int("the items that came again")
    }
}
