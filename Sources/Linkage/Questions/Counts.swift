package import Domain

/// What the hub counts, each in its unit (统计).
package struct Counts: Equatable, Sendable {
    /// Items of one agency by kind (件).
    package struct AgencyItems: Equatable, Sendable {
        /// The agency.
        package var agency: AgencyID
        /// Complaints (诉求).
        package var complaints: ItemCount
        /// Sentiment items (舆情).
        package var sentiments: ItemCount
        /// Risks found by inspection (排查).
        package var risks: ItemCount
        /// Its complaints are petitions (登记信访件).
        package var registersPetitions: Bool

        /// Items of any kind.
        package var all: ItemCount { complaints + sentiments + risks }
    }

    /// By agency, by name.
    package var agencies: [AgencyItems]
    /// Items in all.
    package var items: ItemCount
    /// Complaints of agencies that register petitions (信访件).
    package var petitions: ItemCount
    /// Petition items without an earlier one of the same person and matter (初访、初件).
    package var petitionsFirst: ItemCount
    /// The other petition items (重复).
    package var petitionsRepeat: ItemCount
    /// Items of the same person and matter as an earlier one, of any agency (重复信访).
    package var repeats: ItemCount
    /// Items with the text of an earlier one (同文、转来件).
    package var copies: ItemCount
    /// Cases of two items or more (宗).
    package var cases: CaseCount
    /// Cases of ten items or more by different persons (类案).
    package var classCases: CaseCount
    /// Items in those.
    package var classCaseItems: ItemCount
    /// Joint visits (群访).
    package var jointVisits: VisitCount
    /// Their heads, as the registering agencies count them (人次).
    package var jointVisitHeads: HeadCount
    /// Items flagged as urgent (突发).
    package var urgent: ItemCount
    /// Lines in quarantine (待校验).
    package var quarantined: ItemCount
    /// Accusations refused by the open hub (限知).
    package var sealedRefused: ItemCount
    /// Steps in the lives of items.
    package var lived: Int
    /// Revisions of known items.
    package var revised: Int
    /// Known items that came again unchanged.
    package var sameAgain: Int
}

extension Engine {
    /// A case of so many items by as many different persons is a class case (CONTRACT §6).
    private static let classCaseMin = 10

    /// What the hub counts now; costs a look at each visit and each case of ten items or more.
    package var counts: Counts {
        let joint = jointVisitHeads()
        let large = classCases()
        let register = configuration.agencies
        let agencies = tally.agencies.map { entry in
            Counts.AgencyItems(
                agency: entry.agency,
                complaints: ItemCount(entry.complaints),
                sentiments: ItemCount(entry.sentiments),
                risks: ItemCount(entry.risks),
                registersPetitions: register[entry.agency]?.registersPetitions == true
            )
        }
        return Counts(
            agencies: agencies.sorted { $0.agency < $1.agency },
            items: ItemCount(items.count - withdrawals.count),
            petitions: ItemCount(tally.petitions),
            petitionsFirst: ItemCount(tally.petitions - tally.repeatedPetitions),
            petitionsRepeat: ItemCount(tally.repeatedPetitions),
            repeats: ItemCount(tally.repeats),
            copies: ItemCount(tally.copies),
            cases: CaseCount(cases.liveCount),
            classCases: CaseCount(large.count),
            classCaseItems: ItemCount(large.reduce(0, +)),
            jointVisits: VisitCount(joint.count),
            jointVisitHeads: HeadCount(joint.reduce(0, +)),
            urgent: ItemCount(tally.urgent),
            quarantined: ItemCount(tally.quarantined),
            sealedRefused: ItemCount(tally.sealedRefused),
            lived: tally.lived,
            revised: tally.revised,
            sameAgain: tally.sameAgain
        )
    }

    /// The heads of each joint visit.
    private borrowing func jointVisitHeads() -> [Int] {
        var heads: [Int] = []
        for number in visits.visits.indices {
            let count = countedHeads(ofVisit: number)
            if count >= jointVisitHeadsMin { heads.append(count) }
        }
        return heads
    }

    /// The items of each class case.
    private borrowing func classCases() -> [Int] {
        var sizes: [Int] = []
        for known in cases.cases where known.members.count >= Engine.classCaseMin {
            let persons = Measures.persons(of: known.members, items: items, persons: persons)
            if persons >= Engine.classCaseMin { sizes.append(known.members.count) }
        }
        return sizes
    }
}
