internal import Domain
import Storage

extension YearBuilder {
    /// The one great matter: wages of one site, heard of by three agencies within a week, by fewer
    /// than ten in any 24 hours, while the same contractor owes wages in another town too.
    mutating func addGreatMatter() {
        let topic = Topic.index("wage-site")
        let groups = gazetteer.sitesByContractor()
        let sites = random.pick(groups)
        let monday = greatMonday()
        guard let matter = addMatter(topic: topic, place: sites[0], before: monday) else {
            preconditionFailure("the great matter comes first")
        }
        reserved.insert(sites[0])
        let great = greatDrafts(matter: matter, monday: monday).map { add($0) }
        for site in sites.dropFirst().prefix(2) {
            guard let other = addMatter(topic: topic, place: site, before: monday) else { continue }
            for _ in 0..<random.number(in: 2...3) {
                let day = monday + Int32(random.number(in: -3...9))
                let person = newPerson()
                var item = draft(matter: other, desk: Desk.hotline, day: day, persons: [person])
                item.isCareful = true
                let number = add(item)
                nearMisses.append((random.pick(great), number, .sameEmployerOtherTown))
            }
            reserved.insert(site)
        }
    }

    private mutating func greatMonday() -> Int32 {
        var day = season.day(random.number(in: 66...320))
        while CountyDay(number: day).weekday != 1
            || !(0..<5).allSatisfy({ season.isWorkday(day + $0) })
        {
            day += 1
        }
        return day
    }

    /// The great matter's items: a slow start in which three agencies hold one each, then growth.
    private mutating func greatDrafts(matter: Int, monday: Int32) -> [Draft] {
        var desks = [Desk.petitions, Desk.hotline, Desk.mediaCentre].enumerated().flatMap {
            Array(repeating: $0.element, count: max(0, plan.greatMatter[$0.offset] - 1))
        }
        random.shuffle(&desks)
        desks = [Desk.hotline, Desk.petitions, Desk.mediaCentre] + desks
        let persons = desks.map { _ in newPerson() }
        for _ in 0..<10_000 {
            let drafts = desks.enumerated().map { position, desk in
                greatDraft(matter, desk, position, desks.count, monday, persons[position])
            }
            let times = drafts.map(\.time).sorted()
            let firstThree = Set(drafts.sorted { $0.time < $1.time }.prefix(3).map(\.agency))
            let bound = plan.greatMatterDayBound
            let isSpread = times.indices.allSatisfy { index in
                let end = index + bound - 1
                return end >= times.count || times[end] - times[index] >= .hours(24)
            }
            if isSpread, firstThree.count == 3, times[times.count - 1] - times[0] < .days(7) {
                return drafts
            }
        }
        preconditionFailure("the plan crowds too many items of the great matter into a day")
    }

    private mutating func greatDraft(
        _ matter: Int,
        _ desk: Int,
        _ position: Int,
        _ count: Int,
        _ monday: Int32,
        _ person: Int
    ) -> Draft {
        // Three in the first two days; the rest over the five that follow, more and more.
        let offset =
            position < 3
            ? position / 2
            : [1, 2, 2, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 6, 6, 6][random.below(16)]
        let day = monday + Int32(offset)
        let isWeekend = offset >= 5
        let form: Form? =
            desk == Desk.petitions && isWeekend ? .online : desk == Desk.mediaCentre ? .media : nil
        var item = draft(matter: matter, desk: desk, day: day, persons: [person], form: form)
        item.isCareful = true
        item.affected = 0
        return item
    }

    /// The joint visits, each with a few single voices before and after it.
    mutating func addVisits() {
        let topics = ["wage-firm", "delivery", "compensation"]
        for (number, visit) in plan.visits.enumerated() {
            let topic = Topic.index(topics[number % topics.count])
            let day = season.workday(from: season.day(random.number(in: 40...330)))
            let matter = freeMatter(topic: topic, before: day)
            reserved.insert(matters[matter].place)
            let representatives = min(5, visit.heads / 3)
            let persons = (0..<representatives).map { _ in newPerson() }
            var item = draft(
                matter: matter,
                desk: Desk.petitions,
                day: day,
                persons: persons,
                form: .visit
            )
            item.heads = visit.heads
            item.representatives = representatives
            item.visit = number
            item.isCareful = true
            item.order.length = max(item.order.length, 160)
            item.order.extra = Phrases.delegation
            add(item)
            for (position, heads) in visit.otherReports.enumerated() {
                addReport(of: item, heads: heads, position: position)
            }
            for _ in 0..<random.number(in: 2...4) {
                let near = day + Int32(random.number(in: -12...20))
                let person = newPerson()
                var voice = draft(
                    matter: matter,
                    desk: Desk.hotline,
                    day: near,
                    persons: [person]
                )
                voice.isCareful = true
                add(voice)
            }
        }
    }

    /// Another agency's report of a visit: one an hour before it is registered, one after.
    private mutating func addReport(of visit: Draft, heads: Int, position: Int) {
        let desk = position % 2 == 0 ? Desk.hotline : Desk.mediaCentre
        var report = visit
        report.agency = desk
        let minutes = Int64(random.number(in: 20...70))
        report.time =
            position % 2 == 0 ? visit.time - .minutes(minutes) : visit.time + .minutes(minutes)
        report.persons = []
        report.representatives = 0
        report.heads = heads
        report.isSentiment = desk == Desk.mediaCentre
        report.order = Composition.Order(
            voice: desk == Desk.hotline ? .ticket : .clue,
            length: random.number(in: 90...200),
            seed: random.next(),
            extra: [random.pick(Phrases.crowd)]
        )
        report.seed = random.next()
        add(report)
    }

    /// The sudden items: one matter each.
    mutating func addSuddenItems() {
        let desks = [
            Desk.hotline, Desk.petitions, Desk.hotline, Desk.mediaCentre, Desk.petitions,
        ]
        for number in 0..<plan.urgentItems {
            let topic = Topic.ordinary.count + number % Topic.sudden.count
            let desk = desks[number % desks.count]
            let day = season.day(agency: 1, random: &random)
            let matter = freeMatter(topic: topic, before: day + 2)
            let form: Form? = desk == Desk.petitions ? .online : nil
            let persons = random.chance(permille: 700) ? [newPerson()] : []
            var item = draft(matter: matter, desk: desk, day: day, persons: persons, form: form)
            item.isSentiment = false
            item.isUrgent = true
            item.isDangerous = number < plan.dangerItems
            item.isCareful = true
            item.order.length = random.number(in: 60...180)
            add(item)
        }
    }

    /// A matter of one topic at any free place.
    mutating func freeMatter(topic: Int, before day: Int32) -> Int {
        for _ in 0..<2000 {
            let kind = random.pick(Topic.all[topic].kinds)
            guard let places = gazetteer.byKind[kind], !places.isEmpty else { continue }
            let place = random.pick(places)
            if let matter = addMatter(topic: topic, place: place, before: day) { return matter }
        }
        preconditionFailure("no place is free for \(Topic.all[topic].id)")
    }
}
