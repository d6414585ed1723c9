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
            related: relations.meet(item.ref, relates: item.relates, identities: identities),
            copy: nil
        )
        newcomer.copy = copy(of: newcomer)
        let weighed = index.weigh(traits.pairs)
        let features = weighed.features
        classes.add(newcomer.classNumber, features: features)
        if newcomer.classNumber == 0 {
            newcomer.classNumber = classes.guess(features)
            newcomer.isClassGuessed = true
        }
        let placePairs =
            traits.placePairs.isEmpty
            ? PairCounts.pairs(in: traits.address.units[...]) : traits.placePairs
        for pair in placePairs + configuration.divisionPairs {
            guard let feature = index.feature(of: pair),
                !newcomer.placeFeatures.contains(feature)
            else { continue }
            newcomer.placeFeatures.append(feature)
        }
        let pairs = PairCounts.pairs(in: Address.name(of: traits.address.units[...]))
        let known = pairs.compactMap { index.feature(of: $0) }
        if !pairs.isEmpty, known.count == pairs.count { newcomer.addressFeatures = known }
        let likenesses = likenesses(of: newcomer, features)
        trail.add(newcomer)
        trail.add(features)
        for likeness in likenesses {
            trail.add(
                UInt64(likeness.item) << 32 | UInt64(UInt32(clamping: likeness.scorePermille))
            )
        }
        let choice = CaseChoice.choose(
            likenesses,
            settings: configuration.settings,
            edition: edition,
            items: items,
            cases: cases,
            newcomer: newcomer
        )
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
        let joined = choice.map { join(number, $0) }
        if let earlier = repeated(number, newcomer, likenesses) {
            tally.repeats += 1
            found.append(.repeated(item.ref, of: items[earlier].ref))
        }
        if let joined { found.append(joined) }
        return Linked(number: number, related: newcomer.related)
    }

    /// What is read from an item of this township.
    func traits(of item: Item, township: Division) -> Traits {
        placed(Traits(item, configuration: configuration), township: township)
    }

    private func placed(_ read: Traits, township: Division) -> Traits {
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
                return newcomer.township.isCompatible(with: item.township)
                    && (isSameClass || containment >= TextCopies.wholePermille)
                    && place != .different && !text.contradicts(.district)
                    && !(text.contradictsInPlace && text.shared.isEmpty)
            }
        )
    }

    /// The newcomer's likeness to every earlier item that may be of its matter.
    private mutating func likenesses(
        of newcomer: Newcomer,
        _ features: [FeatureWeight]
    ) -> [Likeness] {
        let settings = configuration.settings
        index.layOut(features)
        defer { index.clear(features) }
        // Half of the likeness that the bar demands beside the most that names can add.
        let bonuses = settings.placeBonusPermille + settings.respondentBonusPermille
        let least = max(10, min(settings.joinPermille, settings.repeatPermille) - bonuses) / 2
        var candidates = index.candidates(
            for: features,
            max: settings.candidatesMax,
            least: (least << 30) / 1000
        )
        candidates += newcomer.related
        if let copy = newcomer.copy { candidates.append(copy.item) }
        for person in newcomer.persons { candidates += persons.items(of: person).map(Int.init) }
        candidates += names.items(at: newcomer.traits.address, in: newcomer.township).map(Int.init)
        for name in newcomer.traits.respondentNames {
            candidates += names.items(of: name).map(Int.init)
        }
        candidates.sort()
        for number in candidates { trail.add(UInt64(number)) }
        let judge = LikenessJudge(
            settings: settings,
            edition: edition,
            items: items,
            names: names,
            persons: persons,
            index: index
        )
        var found: [Likeness] = []
        for (place, number) in candidates.enumerated()
        where place == 0 || candidates[place - 1] != number {
            if let likeness = judge.judge(newcomer, number) { found.append(likeness) }
        }
        return found
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
                characterCount: Int32(clamping: traits.sketch.characterCount)
            ),
            traits: traits,
            persons: newcomer.persons
        )
        items.setFeatures(weighed.features, of: number)
        index.add(item: number, weighed)
        copies.add(item: number, traits: traits)
        names.add(item: number, traits: traits, township: newcomer.township)
        persons.add(item: number, of: newcomer.persons)
        return number
    }

    /// Puts an item into the case of its choice, opening it when it is the second.
    private mutating func join(_ number: Int, _ choice: CaseChoice) -> Decision.Content {
        let nearest = choice.nearest.item
        let evidence = choice.nearest.evidence(items, scorePermille: choice.scorePermille)
        let known = Int(items[nearest].caseNumber)
        let caseNumber =
            known >= 0
            ? known : cases.open(founder: nearest, county: configuration.county, items: items)
        items[nearest].caseNumber = Int32(caseNumber)
        items[number].caseNumber = Int32(caseNumber)
        cases.join(number, to: caseNumber, items: items)
        let id = cases.cases[caseNumber].id
        let scope = CaseScope(
            division: cases.cases[caseNumber].division,
            category: cases.cases[caseNumber].category
        )
        return known >= 0
            ? .caseJoined(id, scope, joined: items[number].ref, evidence)
            : .caseOpened(
                id,
                scope,
                founder: items[nearest].ref,
                joined: items[number].ref,
                evidence
            )
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
