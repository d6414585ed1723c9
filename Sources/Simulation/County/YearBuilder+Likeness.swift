internal import Domain
import Storage

extension YearBuilder {
    /// Copies that each agency will receive.
    var copiesByDesk: [Int] {
        let rest = plan.copies - plan.copiesToPetitions
        let publicity = rest / 6
        let media = rest / 4
        return [plan.copiesToPetitions, rest - publicity - media, publicity, media]
    }

    /// Texts that one agency hands to another, with a head and a foot of its own.
    mutating func addCopies() {
        var candidates = drafts.indices.filter { number in
            let draft = drafts[number]
            return !draft.isCareful && draft.visit == nil && !draft.isUrgent
                && draft.order.length >= 100 && draft.order.length < 2500
        }
        random.shuffle(&candidates)
        var left = copiesByDesk
        for number in candidates {
            guard left.contains(where: { $0 > 0 }) else { break }
            let source = drafts[number]
            guard let desk = left.indices.first(where: { left[$0] > 0 && $0 != source.agency }),
                sizes[source.matter] < (desk == Desk.petitions ? 2 : plan.matterItemsMax),
                desk != Desk.petitions || source.agency == Desk.hotline && source.persons.count == 1
            else { continue }
            var copy = source
            copy.agency = desk
            copy.original = number
            copy.time = source.time + .minutes(Int64(random.number(in: 40...4300)))
            if desk == Desk.petitions {
                copy.form = .online
                copy.heads = 0
            } else if desk != Desk.hotline {
                copy.form = .media
            }
            guard copy.time < CountyDay(number: season.lastDay + 1).start else { continue }
            copy.seed = random.next()
            add(copy)
            left[desk] -= 1
        }
        precondition(
            left.allSatisfy { $0 == 0 },
            "the plan asks for more copies than there are texts"
        )
    }

    /// Pairs of items that look alike and belong to different matters.
    mutating func addNearMisses() {
        let estateTopics = ["delivery", "quality", "property", "elevator", "fees", "deed"]
        for number in 0..<plan.nearMissesOfAKind {
            addPair(.sameEmployerOtherTown, topic: "wage-site", places: contractorSites())
            addPair(
                .sameWordingOtherEstate,
                topic: estateTopics[number % estateTopics.count],
                places: two(gazetteer.byKind[.estate] ?? [])
            )
            addPair(.sameRoadOtherTown, topic: ["road", "light", "parking"][number % 3], of: .road)
            addPair(
                .sameVillageOtherTown,
                topic: ["water", "compensation", "road"][number % 3],
                of: .village
            )
            addPair(.sameSchoolOtherTown, topic: ["enrolment", "tuition"][number % 2], of: .school)
            addPair(
                .sameShopOtherTown,
                topic: number % 2 == 0 ? "food" : "refund",
                of: number % 2 == 0 ? .eatery : .store
            )
            addOtherProblem(number)
            addPair(
                .samePersonOtherPlace,
                topic: ["light", "waste", "noise-shop", "road"][number % 4],
                places: two(gazetteer.byKind[number % 4 == 2 ? .eatery : .road] ?? []),
                desk: number < 6 ? Desk.petitions : Desk.hotline
            )
        }
    }

    private mutating func addPair(
        _ kind: SimulatedTruth.NearMissKind,
        topic: String,
        of placeKind: Place.Kind
    ) {
        guard let groups = gazetteer.namesakes[placeKind], !groups.isEmpty else {
            preconditionFailure("no two towns share a name")
        }
        addPair(kind, topic: topic, places: two(random.pick(groups)))
    }

    private mutating func contractorSites() -> [Int] {
        two(random.pick(gazetteer.sitesByContractor()))
    }

    /// Two different elements.
    private mutating func two(_ list: [Int]) -> [Int] {
        var list = list
        random.shuffle(&list)
        return Array(list.prefix(2))
    }

    /// A pair of matters of one topic at two places, mostly in the same words.
    private mutating func addPair(
        _ kind: SimulatedTruth.NearMissKind,
        topic name: String,
        places: [Int],
        desk: Int = Desk.hotline
    ) {
        let topic = Topic.index(name)
        let start = season.day(agency: desk, random: &random)
        let object = random.below(Topic.all[topic].objects.count)
        guard places.count == 2,
            let first = addMatter(topic: topic, place: places[0], object: object, before: start),
            let second = addMatter(topic: topic, place: places[1], object: object, before: start)
        else { return }
        let person = kind == .samePersonOtherPlace ? newPerson() : nil
        addPair(kind, [first, second], start: start, desk: desk, person: person)
    }

    /// Two problems of one place.
    private mutating func addOtherProblem(_ number: Int) {
        let pairs = [
            ("elevator", "property"), ("waste", "light"), ("quality", "fees"), ("water", "power"),
            ("noise-shop", "food"), ("clinic", "praise"), ("tuition", "enrolment"),
        ]
        let pair = pairs[number % pairs.count]
        let topics = [Topic.index(pair.0), Topic.index(pair.1)]
        let common = Topic.all[topics[0]].kinds.filter { Topic.all[topics[1]].kinds.contains($0) }
        let place = random.pick(gazetteer.byKind[random.pick(common)] ?? [])
        let start = season.day(agency: Desk.hotline, random: &random)
        guard let first = addMatter(topic: topics[0], place: place, before: start),
            let second = addMatter(topic: topics[1], place: place, before: start)
        else { return }
        addPair(
            .samePlaceOtherProblem,
            [first, second],
            start: start,
            desk: Desk.hotline,
            person: nil
        )
    }

    private mutating func addPair(
        _ kind: SimulatedTruth.NearMissKind,
        _ pair: [Int],
        start: Int32,
        desk: Int,
        person: Int?
    ) {
        let wording = random.next()
        let length = max(60, Composition.length(random: &random) % 900)
        let sameWords = random.chance(permille: 750)
        var numbers: [Int] = []
        for (position, matter) in pair.enumerated() {
            let later = position == 0 ? 0 : random.number(in: 1...30)
            let day = min(season.lastDay, start + Int32(later))
            let persons = [person ?? newPerson()]
            var item = draft(matter: matter, desk: desk, day: day, persons: persons)
            item.isCareful = true
            if sameWords {
                item.order.seed = wording
                item.order.length = length
                item.order.voice = desk == Desk.petitions ? .letter : .ticket
            }
            numbers.append(add(item))
        }
        nearMisses.append((numbers[0], numbers[1], kind))
    }
}
