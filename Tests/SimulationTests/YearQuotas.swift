import Domain
import Simulation
import Testing

/// The quotas of the plan, counted again from the items' own fields and the matters alone.
@Suite(.serialized) struct YearQuotas {
    private let plan = CountyPlan.standard

    @Test(arguments: [UInt64](1...5))
    func aYearHoldsWhatItsPlanAsks(seed: UInt64) throws {
        let year = SimulatedYear(seed: seed)
        try expectCounts(year)
        expectFirstTimePetitions(year)
        try expectGreatMatter(year)
        try expectVisits(year)
        expectNearMisses(year)
        expectCopiesAndRepeats(year)
    }

    private func expectCounts(_ year: SimulatedYear) throws {
        let bySource = SimulatedYear.agencies.map { agency in
            year.items.count { $0.agency == agency }
        }
        #expect(
            bySource == [
                plan.petitions, plan.hotlineItems, plan.publicityItems, plan.mediaCentreItems,
            ]
        )
        #expect(year.truth.totals.items.map(\.value) == bySource)
        #expect(year.items.count { $0.item.isUrgent } == plan.urgentItems)
        #expect(year.items.count { $0.item.isDangerToLife } == plan.dangerItems)
        #expect(year.truth.totals.urgent.value == plan.urgentItems)
        let sizes = year.truth.itemsByMatter.map(\.count)
        #expect(sizes.count { $0 >= 2 && $0 <= plan.matterItemsMax } >= 300)
        #expect(sizes.count { $0 == 1 } >= 20_000)
        #expect(sizes.count { $0 > plan.matterItemsMax } == 1)
    }

    /// A petition is a first one unless an earlier petition of its matter shows a person who is
    /// the same by any chain of equal pseudonyms.
    private func expectFirstTimePetitions(_ year: SimulatedYear) {
        var petitions = 0
        var first: [Int] = []
        var known: [Int: Set<Pseudonym>] = [:]
        for (position, item) in year.items.enumerated() where item.agency.name == "xinfang" {
            petitions += 1
            let matter = year.truth.matters[position]
            let keys = Set(item.item.persons.flatMap { $0 })
            if known[matter, default: []].isDisjoint(with: keys) { first.append(position) }
            known[matter, default: []].formUnion(keys)
        }
        #expect(petitions == plan.petitions)
        #expect(first.count == plan.firstTimePetitions)
        #expect(first == year.truth.firstTime)
        let anonymous = first.count { year.items[$0].item.persons.isEmpty }
        #expect(anonymous > 0, "some first letters are anonymous")
    }

    private func expectGreatMatter(_ year: SimulatedYear) throws {
        let great = try #require(year.truth.largeMatters.first)
        #expect(year.truth.largeMatters.count == 1)
        let items = year.truth.itemsByMatter[great].map { year.items[$0].item }
        let shares = SimulatedYear.agencies.map { agency in
            items.count { $0.ref.agency == agency }
        }
        #expect(shares == [plan.greatMatter[0], plan.greatMatter[1], 0, plan.greatMatter[2]])
        #expect(Set(items.flatMap(\.persons)).count == items.count)
        #expect(Set(items.map(\.division)).count == 1)
        let times = items.map(\.time)
        for start in times {
            let inADay = times.count { $0 >= start && $0 - start < .hours(24) }
            #expect(inADay < plan.greatMatterDayBound)
        }
        let last = try #require(times.last)
        #expect(last - times[0] < .days(7))
        #expect(Set(items.prefix(3).map(\.ref.agency)).count == 3)
    }

    private func expectVisits(_ year: SimulatedYear) throws {
        let joint = year.items.filter { $0.item.form == .visit && $0.item.heads >= 5 }
        let registered = joint.filter { $0.agency.name == "xinfang" }
        #expect(registered.map(\.item.heads).sorted() == plan.visits.map(\.heads).sorted())
        #expect(year.truth.totals.visits.value == plan.visits.count)
        #expect(year.truth.totals.visitHeads.value == plan.visits.reduce(0) { $0 + $1.heads })
        let others = joint.filter { $0.agency.name != "xinfang" }
        #expect(
            others.map(\.item.heads).sorted() == plan.visits.flatMap(\.otherReports).sorted()
        )
        let reported = try #require(year.truth.visits.first { !$0.otherReports.isEmpty })
        let group = [reported.item] + reported.otherReports.map(\.item)
        let references = Set(group.map { year.items[$0].item.ref })
        for position in group {
            let item = year.items[position].item
            #expect(Set(item.relates) == references.subtracting([item.ref]))
        }
        #expect(Set(group.map { year.truth.matters[$0] }).count == 1)
        #expect(Set(group.map { year.items[$0].item.heads }).count == 3)
    }

    private func expectNearMisses(_ year: SimulatedYear) {
        let misses = year.truth.nearMisses
        #expect(misses.count >= 200)
        for miss in misses {
            let (first, second) = (year.items[miss.items[0]].item, year.items[miss.items[1]].item)
            #expect(year.truth.matters[miss.items[0]] != year.truth.matters[miss.items[1]])
            // A careful clerk can tell: the town, the place or the problem differs.
            #expect(
                first.division != second.division || first.category != second.category
                    || first.place != second.place
            )
            #expect(!first.place.isEmpty && !second.place.isEmpty)
        }
        for kind in SimulatedTruth.NearMissKind.allCases {
            #expect(misses.count { $0.kind == kind } >= 20, "\(kind)")
        }
    }

    private func expectCopiesAndRepeats(_ year: SimulatedYear) {
        let truth = year.truth
        #expect(truth.copies.count == plan.copies)
        for copy in truth.copies {
            let (item, original) = (year.items[copy.item].item, year.items[copy.original].item)
            #expect(item.text.contains(original.text) && item.text != original.text)
            #expect(item.ref.agency != original.ref.agency && item.time > original.time)
            #expect(truth.matters[copy.item] == truth.matters[copy.original])
        }
        for link in truth.repeats {
            #expect(truth.matters[link.item] == truth.matters[link.earlier])
            #expect(!Set(truth.persons[link.item]).isDisjoint(with: truth.persons[link.earlier]))
        }
        let otherChannel = truth.repeats.count { link in
            year.items[link.item].agency != year.items[link.earlier].agency
        }
        #expect(otherChannel >= 100, "people come back by another way")
    }
}
