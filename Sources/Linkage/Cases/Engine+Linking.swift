import Domain
import Text

extension Engine {
    /// What linking found out about an item.
    struct Linked {
        /// The item's number among the kept ones.
        var number: Int
        /// Earlier items that it names or that named it.
        var related: [Int]
    }

    /// Links an item with earlier ones and keeps it (关联).
    ///
    /// In this order: copies, candidates, likeness, case, repeats.
    mutating func link(
        _ item: Item,
        isLate: Bool,
        at wall: Timestamp,
        into found: inout [Decision.Content]
    ) -> Linked {
        let read = Traits(item, configuration: configuration)
        let township = configuration.township(of: item, traits: read)
        let traits = placed(read, township: township)
        var newcomer = Newcomer(
            time: item.time,
            township: township,
            classNumber: classes.number(of: item.category),
            traits: traits,
            persons: persons.meet(item.persons),
            related: withdrawals.without(
                relations.meet(item.ref, relates: item.relates, identities: identities)
            ),
            copy: nil
        )
        let weighed = index.weigh(traits.pairs)
        let features = weighed.features
        weigh(weighed, of: &newcomer)
        classes.add(newcomer.classNumber, features: features)
        if newcomer.classNumber == 0 {
            newcomer.classNumber = classes.guess(features)
            newcomer.isClassGuessed = true
        }
        findPlace(of: &newcomer)
        // What is dated ahead by mistake puts nothing to sleep.
        newcomer.present = min(item.time, wall)
        var sleepers: [Int] = []
        let likenesses = likenesses(of: newcomer, features, passing: &sleepers)
        layToSleep(sleepers)
        trail.add(newcomer)
        trail.add(features)
        for likeness in likenesses {
            trail.add(
                UInt64(likeness.item) << 32 | UInt64(UInt32(clamping: likeness.scorePermille))
            )
        }
        let choices = choices(newcomer, likenesses)
        let number = keep(item, newcomer, weighed, isLate: isLate)
        relations.wait(item: number, for: item.relates, identities: identities)
        if let copy = newcomer.copy {
            tally.copies += 1
            found.append(
                .copied(
                    item.ref,
                    of: items[copy.item].ref,
                    containmentPermille: copy.containmentPermille
                )
            )
        }
        var placed: [Decision.Content] = []
        place(number, choices, into: &placed)
        if let earlier = repeated(number, newcomer, likenesses) {
            tally.repeats += 1
            items[number].isRepeat = true
            found.append(.repeated(item.ref, of: items[earlier].ref))
        }
        found += placed
        return Linked(number: number, related: newcomer.related)
    }

    /// What is known of a newcomer by its weights: its copy, what it complains of, its lengths.
    mutating func weigh(_ weighed: RareIndex.Weighed, of newcomer: inout Newcomer) {
        let traits = newcomer.traits
        newcomer.districts = traits.textNames.filter { $0.kind == .district }.map(\.core)
        newcomer.copy = copy(of: newcomer)
        newcomer.concepts = concepts.weigh(title: traits.titleConcepts, body: traits.bodyConcepts)
        newcomer.lengths = TextLengths(weighed.features, newcomer.concepts)
        newcomer.weighedLength = weighed.length
    }

    /// The features by which a newcomer's place is known in texts.
    func findPlace(of newcomer: inout Newcomer) {
        let address = newcomer.traits.address.units[...]
        newcomer.placeFeatures = placeFeatures(of: address)
        let pairs = PairCounts.pairs(in: Address.name(of: address))
        let known = pairs.compactMap { index.feature(of: $0) }
        if !pairs.isEmpty, known.count == pairs.count { newcomer.addressFeatures = known }
    }

    /// Features of an address and of the county's towns.
    func placeFeatures(of address: ArraySlice<UInt16>) -> [UInt32] {
        var found: [UInt32] = []
        for pair in PairCounts.pairs(in: address) + configuration.divisionPairs {
            guard let feature = index.feature(of: pair), !found.contains(feature) else { continue }
            found.append(feature)
        }
        return found
    }

    /// The cases and single items that a newcomer belongs to, the best first.
    func choices(_ newcomer: Newcomer, _ likenesses: [Likeness]) -> [CaseChoice] {
        CaseChoice.choose(
            likenesses,
            settings: configuration.settings,
            edition: edition,
            standing: { standing(of: $0) },
            forbids: { cases.forbids($0, newcomer, nearest: $1, items: items) }
        )
    }

    /// The judge of pairs of which fields tell, by these settings.
    func judge(by settings: LinkageSettings) -> LikenessJudge {
        LikenessJudge(
            settings: settings,
            edition: edition,
            items: items,
            names: names,
            persons: persons,
            index: index
        )
    }

    func standing(of item: Int) -> CaseChoice.Standing {
        let number = Int(items[item].caseNumber)
        // One that was left alone in its case is judged as the single item that it is.
        guard number >= 0, cases.cases[number].members.count > 1 else {
            return CaseChoice.Standing(founder: item, number: -1, size: 1)
        }
        return CaseChoice.Standing(
            founder: cases.cases[number].founder,
            number: number,
            size: cases.cases[number].members.count
        )
    }

    /// What is read from an item of this township.
    func traits(of item: Item, township: Division) -> Traits {
        placed(Traits(item, configuration: configuration), township: township)
    }

    func placed(_ read: Traits, township: Division) -> Traits {
        var traits = read
        if traits.address.units.isEmpty, let known = address(in: traits, township: township) {
            traits.address = known
        }
        return traits
    }

    /// The place that an item names in its text alone: one of the county's list, else one that other
    /// items of the town named, else what stands right after the town's title.
    private func address(in traits: Traits, township: Division) -> Address? {
        for text in traits.texts {
            if let units = configuration.places.first(in: text) { return Address(units: units) }
        }
        return names.address(in: traits.texts, township: township, items: items)
            ?? configuration.address(in: traits.texts.dropLast(), of: township)
    }

    /// The earlier item whose text the newcomer repeats, unless their places differ.
    private mutating func copy(of newcomer: Newcomer) -> TextCopies.Match? {
        let near = copies.near(newcomer.traits)
        return copies.find(
            newcomer.traits,
            near: near,
            items: items,
            settings: configuration.settings,
            isCompatible: { number, containment in
                let item = items[number]
                let traits = newcomer.traits
                let text = NameComparison(traits.textNames, items.names(item.textNames))
                let place = traits.address.relation(to: items.address(of: number))
                let isSameClass =
                    newcomer.classNumber == item.classNumber || newcomer.classNumber == 0
                    || item.classNumber == 0
                return !withdrawals.holds(number)
                    && newcomer.township.isCompatible(with: item.township)
                    && (isSameClass || containment >= TextCopies.wholePermille)
                    && place != .different && !text.contradicts(.district)
                    && !(text.contradictsInPlace && text.shared.isEmpty)
            }
        )
    }

    /// The newcomer's likeness to every earlier item that may be of its matter; those that were passed
    /// over because they sleep go to `sleepers`.
    mutating func likenesses(
        of newcomer: Newcomer,
        _ features: [FeatureWeight],
        passing sleepers: inout [Int]
    ) -> [Likeness] {
        let settings = configuration.settings
        index.layOut(features)
        defer { index.clear(features) }
        // Half of the likeness that the bar demands beside the most that names can add.
        let bonuses = settings.placeBonusPermille + settings.respondentBonusPermille
        let least = max(10, min(settings.joinPermille, settings.repeatPermille) - bonuses) / 2
        let listed = index.candidates(
            for: features,
            max: settings.candidatesMax + Engine.sleepersMax,
            least: (least << 30) / 1000
        )
        var candidates: [Int] = []
        for number in listed where candidates.count < settings.candidatesMax {
            if isDormant(number, at: newcomer.present) {
                sleepers.append(number)
            } else {
                candidates.append(number)
            }
        }
        candidates += newcomer.related
        if let copy = newcomer.copy { candidates.append(copy.item) }
        for person in newcomer.persons { candidates += persons.items(of: person).map(Int.init) }
        candidates += names.items(at: newcomer.traits.address, in: newcomer.township).map(Int.init)
        for name in newcomer.traits.respondentNames {
            candidates += names.items(of: name).map(Int.init)
        }
        candidates = withdrawals.without(candidates)
        candidates.sort()
        for number in candidates { trail.add(UInt64(number)) }
        items.prefetch(candidates, [.features, .sketch])
        let isToldByText = newcomer.isToldByText
        var found: [Likeness] = []
        var judged: [Int] = []
        for (place, number) in candidates.enumerated()
        where place == 0 || candidates[place - 1] != number {
            if isToldByText, items.isToldByText(number) {
                if let likeness = textLikeness(newcomer, number) { found.append(likeness) }
            } else {
                judged.append(number)
            }
        }
        guard !judged.isEmpty else { return found }
        let judge = judge(by: settings)
        for number in judged {
            if let likeness = judge.judge(newcomer, number) { found.append(likeness) }
        }
        return found
    }

    /// How near the newcomer is to an earlier item when only the texts tell; `nil` when they name
    /// different districts.
    private mutating func textLikeness(_ newcomer: Newcomer, _ number: Int) -> Likeness? {
        var likeness = Likeness(item: number)
        likeness.isByText = true
        likeness.isRelated = newcomer.related.contains(number)
        likeness.sharesPerson =
            !newcomer.persons.isEmpty && items.hasPersons(number)
            && items.persons(of: number).contains { newcomer.persons.contains(persons.root($0)) }
        let overlap = items.overlap(of: number, with: index.laid)
        let evidence = evidence(newcomer, number, overlap)
        likeness.textPermille = evidence[.text]
        let copied = newcomer.copy?.item == number ? newcomer.copy?.containmentPermille : nil
        likeness.copiedPermille = copied ?? 0
        let least = likeness.isRelated ? Likeness.relatedPermille : copied ?? .min / 2
        if likeness.isRelated {
            pairLog?.add(
                PairLog.Pair(other: number, evidence: evidence, least: least),
                of: items.count
            )
            likeness.scorePermille = least
            return likeness
        }
        if contradictsInDistrict(newcomer, number) { return nil }
        likeness.isTemplate = evidence.isTemplate
        pairLog?.add(PairLog.Pair(other: number, evidence: evidence, least: least), of: items.count)
        let score = evidence.score(
            base: configuration.settings.basePermille,
            weights: configuration.evidenceWeights
        )
        likeness.scorePermille = max(score, least)
        return likeness
    }

    /// Both name districts by their codes, and none in common.
    private func contradictsInDistrict(_ newcomer: Newcomer, _ number: Int) -> Bool {
        guard !newcomer.districts.isEmpty else { return false }
        var isNamed = false
        for name in items.names(items[number].textNames) where name.kind == .district {
            if newcomer.districts.contains(name.core) { return false }
            isNamed = true
        }
        return isNamed
    }

    private mutating func keep(
        _ item: Item,
        _ newcomer: Newcomer,
        _ weighed: RareIndex.Weighed,
        isLate: Bool
    ) -> Int {
        let traits = newcomer.traits
        var flags: KeptItem.Flags = []
        if item.isUrgent { flags.insert(.urgent) }
        if item.isDangerToLife { flags.insert(.danger) }
        if item.form == .visit { flags.insert(.visit) }
        if isLate { flags.insert(.late) }
        if newcomer.copy != nil { flags.insert(.copy) }
        if traits.sketch.isComplete { flags.insert(.wholeSketch) }
        if item.kind == .complaint,
            configuration.agencies[item.ref.agency]?.registersPetitions == true
        {
            flags.insert(.petition)
        }
        let number = items.keep(
            KeptItem(
                ref: item.ref,
                time: item.time,
                division: item.division,
                township: newcomer.township,
                category: item.category,
                classNumber: newcomer.classNumber,
                isClassGuessed: newcomer.isClassGuessed,
                heads: item.heads,
                flags: flags,
                sort: KeptItem.Sort(item.kind),
                form: item.form,
                characterCount: Int32(clamping: traits.sketch.characterCount)
            ),
            traits: traits,
            persons: newcomer.persons
        )
        items.setFeatures(
            weighed.features,
            concepts: newcomer.concepts,
            lengths: newcomer.lengths,
            weighedLength: weighed.length,
            of: number
        )
        concepts.add(newcomer.concepts)
        index.add(item: number, weighed)
        copies.add(item: number, traits: traits)
        names.add(item: number, traits: traits, township: newcomer.township)
        persons.add(item: number, of: newcomer.persons)
        return number
    }

    /// The first item of the same person and matter; `nil` for a first item and for a copy that
    /// another agency forwarded (重复信访).
    ///
    /// Whether the item is a first petition (初访) is noted on the way: only earlier petition items
    /// count against it.
    private mutating func repeated(
        _ number: Int,
        _ newcomer: Newcomer,
        _ likenesses: [Likeness]
    ) -> Int? {
        let caseNumber = items[number].caseNumber
        var same: [Int] = []
        for person in newcomer.persons {
            for earlier in persons.items(of: person).map(Int.init) where earlier < number {
                let isSameCase = caseNumber >= 0 && items[earlier].caseNumber == caseNumber
                let isLike = likenesses.contains {
                    $0.item == earlier && $0.scorePermille >= configuration.settings.repeatPermille
                }
                if isSameCase || isLike { same.append(earlier) }
            }
        }
        if items[number].flags.contains(.petition),
            same.contains(where: { items[$0].flags.contains(.petition) })
        {
            items[number].flags.insert(.repeatedPetition)
        }
        if let copy = newcomer.copy, same.contains(copy.item),
            items[copy.item].ref.agency != items[number].ref.agency
        {
            return nil
        }
        return same.min()
    }
}
