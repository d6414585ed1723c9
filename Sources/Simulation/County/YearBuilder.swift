internal import Domain
import Storage

/// Builds a year that satisfies a plan: decides matters, persons and times, and writes no text.
struct YearBuilder {
    let plan: CountyPlan
    let season: Season
    let gazetteer: Gazetteer
    var random: SplitMix64
    var matters: [Matter] = []
    var drafts: [Draft] = []
    /// How many items each matter has.
    var sizes: [Int] = []
    var nearMisses: [(first: Int, second: Int, kind: SimulatedTruth.NearMissKind)] = []
    /// Petition items without an earlier one, and the others.
    var firstPetitions = 0
    var repeatPetitions = 0
    var itemsOf = [0, 0, 0, 0]
    /// Persons so far.
    var people = 0
    /// Persons who may come with another matter.
    var petitioners: [Int] = []
    var callers: [Int] = []
    /// Pairs of place and topic group that have a matter.
    private var taken: Set<String> = []
    /// Places that no further matter may stand at.
    var reserved: Set<Int> = []

    init(plan: CountyPlan, seed: UInt64) {
        self.plan = plan
        random = SplitMix64(seed: seed)
        season = Season(plan: plan)
        gazetteer = Gazetteer(random: &random)
    }

    /// Decides the whole year.
    mutating func build() {
        addGreatMatter()
        addVisits()
        addSuddenItems()
        addNearMisses()
        addSharedMatters()
        addHotlineRepeats()
        addPetitionRepeats()
        addSingles()
        addCopies()
        precondition(firstPetitions == plan.firstTimePetitions, "the plan's first petitions")
        precondition(itemsOf[Desk.petitions] == plan.petitions, "the plan's petitions")
    }

    // MARK: Matters

    /// A matter of a topic at a place, if none of its group stands there yet.
    mutating func addMatter(topic: Int, place: Int, object: Int? = nil, before day: Int32) -> Int? {
        let key = "\(place)/\(Topic.all[topic].group)"
        guard !reserved.contains(place), !taken.contains(key) else { return nil }
        taken.insert(key)
        let topicValue = Topic.all[topic]
        let ago = random.pick([2, 5, 9, 16, 25, 40, 70, 110, 180, 260, 420, 700])
        matters.append(
            Matter(
                topic: topic,
                place: place,
                object: object ?? random.below(topicValue.objects.count),
                spot: PlaceNames.spot(in: gazetteer.places[place].kind, random: &random),
                count: random.number(in: topicValue.counts),
                measure: random.number(in: 2...11),
                began: day - Int32(ago)
            )
        )
        sizes.append(0)
        return matters.count - 1
    }

    /// A matter of a topic drawn by weight, at any place that is free.
    mutating func addMatter(weights: [Int], before day: Int32) -> Int {
        for _ in 0..<2000 {
            let topic = random.index(weights: weights)
            let kind = random.pick(Topic.all[topic].kinds)
            guard let places = gazetteer.byKind[kind], !places.isEmpty else { continue }
            let place = random.pick(places)
            if let matter = addMatter(topic: topic, place: place, before: day) { return matter }
        }
        preconditionFailure("the county is too small for so many matters")
    }

    /// The weights of the ordinary topics for an agency.
    func weights(desk: Int) -> [Int] {
        Topic.ordinary.map { $0.weights[min(desk, 2)] }
    }

    // MARK: Items

    /// A person who has not come before.
    mutating func newPerson() -> Int {
        people += 1
        return people - 1
    }

    /// How people usually turn to an agency.
    mutating func form(desk: Int) -> Form {
        switch desk {
        case Desk.petitions:
            random.pick([.visit, .visit, .letter, .letter, .online, .online, .online])
        case Desk.hotline:
            random.pick([.hotline, .hotline, .hotline, .hotline, .phone, .online, .grid])
        default: .media
        }
    }

    /// An item of a matter on a day, with everything that is usual for its agency.
    mutating func draft(
        matter: Int,
        desk: Int,
        day: Int32,
        persons: [Int],
        form chosen: Form? = nil
    ) -> Draft {
        let form = chosen ?? form(desk: desk)
        let isSentiment = desk == Desk.publicity || desk == Desk.mediaCentre && persons.isEmpty
        let voice: Composition.Voice =
            switch (desk, form) {
            case (Desk.petitions, .letter): random.chance(permille: 600) ? .letter : .register
            case (Desk.petitions, .visit): .register
            case (Desk.hotline, .online): .online
            case (Desk.hotline, _): .ticket
            case (Desk.petitions, _): .online
            default: isSentiment ? .post : .clue
            }
        var draft = Draft(
            matter: matter,
            agency: desk,
            time: season.time(on: day, form: form, random: &random),
            form: form,
            order: Composition.Order(
                voice: voice,
                length: Composition.length(random: &random),
                seed: random.next()
            ),
            persons: persons
        )
        draft.isSentiment = isSentiment
        if form == .visit { draft.heads = persons.isEmpty ? 1 : persons.count }
        if random.chance(permille: 60) { draft.affected = matters[matter].count * 2 }
        draft.seed = random.next()
        return draft
    }

    /// Takes an item into the year; returns its number.
    @discardableResult
    mutating func add(_ draft: Draft, isFirst: Bool = true) -> Int {
        drafts.append(draft)
        sizes[draft.matter] += 1
        itemsOf[draft.agency] += 1
        if draft.agency == Desk.petitions {
            if isFirst { firstPetitions += 1 } else { repeatPetitions += 1 }
        }
        return drafts.count - 1
    }
}
