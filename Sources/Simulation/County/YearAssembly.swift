internal import Domain
import Storage

/// Turns the decided year into numbered items with texts and lines, and into its truth.
struct YearAssembly {
    private let builder: YearBuilder
    private let persons: PersonKeys
    /// The drafts in the order of time.
    private let order: [Int]
    /// Where each draft stands in that order.
    private let position: [Int]

    init(builder: YearBuilder, seed: UInt64) {
        self.builder = builder
        persons = PersonKeys(seed: seed)
        let drafts = builder.drafts
        order = drafts.indices.sorted { left, right in
            let (first, second) = (drafts[left], drafts[right])
            if first.time != second.time { return first.time < second.time }
            return first.agency != second.agency ? first.agency < second.agency : left < right
        }
        var position = Array(repeating: 0, count: drafts.count)
        for (place, draft) in order.enumerated() { position[draft] = place }
        self.position = position
    }

    /// The items and what is true of them.
    func assemble() -> ([SimulatedItem], SimulatedTruth) {
        let references = number()
        let texts = write()
        var petitionsOf: [Int: Int] = [:]
        var visits: [Int: [Int]] = [:]
        for draft in order {
            if let visit = builder.drafts[draft].visit { visits[visit, default: []].append(draft) }
        }
        let items = order.map { number in
            let draft = builder.drafts[number]
            var finishing = ItemFields(builder: builder, draft: draft)
            var item = finishing.item(ref: references[number], text: texts[number])
            item.persons = draft.persons.map { person in
                let ordinal = petitionsOf[person, default: 0]
                if draft.agency == Desk.petitions { petitionsOf[person] = ordinal + 1 }
                return persons.pseudonyms(
                    person,
                    ordinal: ordinal,
                    isPetition: draft.agency == Desk.petitions
                )
            }
            if let visit = draft.visit {
                item.relates = (visits[visit] ?? []).filter { $0 != number }.map { references[$0] }
            }
            return SimulatedItem(
                item: item,
                line: EventLine.bytes(of: item, extras: finishing.extras)
            )
        }
        return (items, truth(visits: visits))
    }

    /// The agencies' own numbers, each in the order of time.
    private func number() -> [ItemRef] {
        let prefixes = ["XF", "ZS", "XC", "RM"]
        var counts = [0, 0, 0, 0]
        var references: [ItemRef?] = Array(repeating: nil, count: order.count)
        for draft in order {
            let agency = builder.drafts[draft].agency
            counts[agency] += 1
            let serial = padded(counts[agency], 5)
            references[draft] = ItemRef(
                agency: SimulatedYear.agencies[agency],
                id: "\(prefixes[agency])\(builder.plan.year)-\(serial)"
            )
        }
        return references.compactMap { $0 }
    }

    /// Heading and text of each draft; copies after what they copy.
    private func write() -> [(title: String, text: String)] {
        var texts: [(title: String, text: String)] = []
        texts.reserveCapacity(builder.drafts.count)
        for draft in builder.drafts {
            guard let original = draft.original else {
                texts.append(compose(draft))
                continue
            }
            // A copy is always decided after its original.
            texts.append(copy(texts[original], from: builder.drafts[original].agency, draft))
        }
        return texts
    }

    private func compose(_ draft: Draft) -> (title: String, text: String) {
        let matter = builder.matters[draft.matter]
        let topic = Topic.all[matter.topic]
        var order = draft.order
        if draft.visit != nil {
            order.length = max(order.length, 90)
        }
        var facts = ItemFields.facts(builder: builder, draft: draft)
        if draft.visit != nil { facts.count = draft.heads }
        return Composition(topic: topic, facts: facts, order: order).write()
    }

    private func copy(
        _ original: (title: String, text: String),
        from agency: Int,
        _ draft: Draft
    ) -> (title: String, text: String) {
        var random = SplitMix64(seed: draft.seed)
        var facts = ItemFields.facts(builder: builder, draft: draft)
        facts.respondent = ["县信访局", "县12345热线", "县委宣传部", "县融媒体中心"][agency]
        var telling = Telling(
            facts: facts,
            hand: Hand(),
            random: SplitMix64(seed: random.next())
        )
        telling.append(random.pick(Phrases.copyHeads))
        telling.append(original.text)
        if random.chance(permille: 600) {
            telling.endSentence()
            telling.append(random.pick(Phrases.copyFeet))
        }
        let head = random.pick(["", "", "转办:", "【转】", "移交:"])
        return (head + original.title, telling.text)
    }

    // MARK: Truth

    private func truth(visits: [Int: [Int]]) -> SimulatedTruth {
        var truth = SimulatedTruth()
        var numbers: [Int: Int] = [:]
        let drafts = order.map { builder.drafts[$0] }
        for (item, draft) in drafts.enumerated() {
            let matter = numbers[draft.matter] ?? numbers.count
            numbers[draft.matter] = matter
            truth.matters.append(matter)
            truth.persons.append(draft.persons)
            truth.agencies.append(draft.agency)
            if draft.isUrgent { truth.urgent.append(item) }
            if let original = draft.original {
                truth.copies.append(.init(item: item, original: position[original]))
            }
        }
        addRepeats(drafts, to: &truth)
        for visit in visits.keys.sorted() {
            let members = visits[visit] ?? []
            guard
                let registered = members.first(where: {
                    builder.drafts[$0].agency == Desk.petitions
                })
            else { continue }
            let others = members.filter { $0 != registered }.map {
                SimulatedTruth.Visit.Report(
                    item: position[$0],
                    heads: HeadCount(builder.drafts[$0].heads)
                )
            }
            truth.visits.append(
                .init(
                    item: position[registered],
                    heads: HeadCount(builder.drafts[registered].heads),
                    otherReports: others
                )
            )
        }
        truth.nearMisses = builder.nearMisses.map { miss in
            .init(items: [position[miss.first], position[miss.second]].sorted(), kind: miss.kind)
        }
        return truth
    }

    /// First-time petitions, and repeats over all agencies.
    private func addRepeats(_ drafts: [Draft], to truth: inout SimulatedTruth) {
        struct Key: Hashable {
            let person: Int
            let matter: Int
        }
        var lastItem: [Key: Int] = [:]
        var petitioned: Set<Key> = []
        for (item, draft) in drafts.enumerated() {
            let keys = draft.persons.map { Key(person: $0, matter: draft.matter) }
            if draft.original == nil {
                if let earlier = keys.compactMap({ lastItem[$0] }).max() {
                    truth.repeats.append(.init(item: item, earlier: earlier))
                }
                for key in keys { lastItem[key] = item }
            }
            guard draft.agency == Desk.petitions else { continue }
            truth.petitions.append(item)
            if !keys.contains(where: { petitioned.contains($0) }) { truth.firstTime.append(item) }
            petitioned.formUnion(keys)
        }
    }
}
