import Domain
import Text

/// How near two items are, and what speaks for it (相似度).
struct Likeness: Sendable {
    /// The number of the earlier item.
    var item: Int
    /// Likeness of title and beginning, in permille.
    var textPermille = 0
    /// The score that decides, in permille.
    var scorePermille = 0
    var sharesPlace = false
    var sharesRespondent = false
    var sharesPerson = false
    var isRelated = false

    /// The score of an item that an agency itself named as the same.
    static let relatedPermille = 2000

    /// The evidence that a decision carries.
    func evidence(_ items: KeptItems, scorePermille: Int) -> Evidence {
        Evidence(
            nearest: items[item].ref,
            scorePermille: scorePermille,
            textPermille: textPermille,
            sharesPlace: sharesPlace,
            sharesRespondent: sharesRespondent,
            sharesPerson: sharesPerson,
            isRelated: isRelated
        )
    }
}

/// The new item as it is compared with earlier ones.
struct Newcomer {
    var time: Timestamp
    var township: Division
    var category: Category
    var traits: Traits
    /// Roots of its persons.
    var persons: [UInt32]
    /// Numbers of items that it names, or that name it, in `relates`.
    var related: [Int]
    /// The earlier item that it copies, with the containment.
    var copy: TextCopies.Match?

    /// It names a place or a respondent in a field of its own.
    var hasFields: Bool { !traits.address.units.isEmpty || !traits.respondentNames.isEmpty }
}

/// Judges pairs of items by the settings in force.
struct LikenessJudge: Sendable {
    var settings: LinkageSettings

    /// How near the newcomer is to an earlier item; `nil` when the places forbid that they are one
    /// matter, or when nothing could lift it to the bar.
    func judge(
        _ newcomer: Newcomer,
        _ number: Int,
        items: KeptItems,
        weights: [UInt16],
        names: NameBook,
        persons: Persons
    ) -> Likeness? {
        var likeness = Likeness(item: number)
        likeness.isRelated = newcomer.related.contains(number)
        likeness.sharesPerson = items.persons(of: number).contains { person in
            newcomer.persons.contains(persons.root(person))
        }
        let product = items.product(of: number, with: weights)
        likeness.textPermille = min(1000, (product * 1000) >> 30)
        var score = decayed(likeness.textPermille, gap: newcomer.time - items.time(of: number))
        if let copy = newcomer.copy, copy.item == number {
            score = max(score, copy.containmentPermille)
        }
        let hasFields = newcomer.hasFields || items.hasFields(number)
        guard likeness.isRelated || score + reach(likeness, hasFields) >= least else { return nil }

        let item = items[number]
        guard let verdict = verdict(newcomer, item, items, likeness) else { return nil }
        score += verdict
        if hasFields { score += shared(newcomer, item, items, names, &likeness) }
        score += matters(newcomer, item, likeness)
        if likeness.isRelated { score = max(score, Likeness.relatedPermille) }
        likeness.scorePermille = score
        return likeness
    }

    /// The least score that is looked at: a share of the bar, so that the mean of two can reach it.
    private var least: Int {
        min(settings.joinPermille * CaseChoice.sharePermille / 1000, settings.repeatPermille)
    }

    /// The most that anything beside the text can add.
    private func reach(_ likeness: Likeness, _ hasFields: Bool) -> Int {
        (hasFields ? settings.placeBonusPermille + settings.respondentBonusPermille : 0)
            + (likeness.sharesPerson ? settings.personBonusPermille : 0)
    }

    /// What contradicting names take away, zero or less; `nil` when they forbid the link.
    private func verdict(
        _ newcomer: Newcomer,
        _ item: KeptItem,
        _ items: KeptItems,
        _ likeness: Likeness
    ) -> Int? {
        let traits = newcomer.traits
        if likeness.isRelated { return 0 }
        guard newcomer.township.isCompatible(with: item.township) else { return nil }
        let place = traits.address.relation(to: items.address(of: likeness.item))
        if place == .different { return nil }
        let text = NameComparison(
            traits.textNames,
            items.names(item.textNames),
            isLenient: true
        )
        if text.contradicts(.district) { return nil }
        let respondent = NameComparison(
            traits.respondentNames,
            items.names(item.respondentNames)
        )
        if respondent.contradictsInPlace { return -settings.placePenaltyPermille }
        guard place != .same, text.contradictsInPlace, text.shared.isEmpty else { return 0 }
        // The same wording about another estate: a template, and two matters.
        if likeness.textPermille >= settings.templatePermille { return nil }
        return -settings.textPenaltyPermille
    }

    /// What shared places and respondents add that stand in a field of their own. Names that stand
    /// in both texts alone already count among the pairs.
    private func shared(
        _ newcomer: Newcomer,
        _ item: KeptItem,
        _ items: KeptItems,
        _ names: NameBook,
        _ likeness: inout Likeness
    ) -> Int {
        let traits = newcomer.traits
        let place = traits.address.relation(to: items.address(of: likeness.item))
        likeness.sharesPlace = place == .same && !traits.address.units.isEmpty
        let respondents = NameComparison(
            traits.respondentNames,
            items.names(item.respondentNames)
        )
        let unit = respondents.shared.map { names.rarity(of: $0) }.max() ?? 0
        likeness.sharesRespondent = unit > 0
        return (likeness.sharesPlace ? settings.placeBonusPermille : 0)
            + unit * settings.respondentBonusPermille / FixedPoint.one
    }

    /// What class of content and person add or take.
    private func matters(_ newcomer: Newcomer, _ item: KeptItem, _ likeness: Likeness) -> Int {
        let isClassed = newcomer.category != .unknown && item.category != .unknown
        let isSameClass = isClassed && newcomer.category == item.category
        var score = 0
        if isClassed, !isSameClass { score -= settings.categoryPenaltyPermille }
        let hasMore = likeness.sharesPlace || likeness.sharesRespondent || isSameClass
        if likeness.sharesPerson, hasMore { score += settings.personBonusPermille }
        return score
    }

    /// The likeness after a gap: it fades as matters go to sleep, and never jumps.
    private func decayed(_ permille: Int, gap: TimeSpan) -> Int {
        guard settings.decayDays > 0, settings.decayPermille > 0 else { return permille }
        let minutes = abs(gap.milliseconds) / 60_000
        // gap / decayDays * decay / ln 2, in 1/1024: 1477 is 1 / ln 2.
        let exponent =
            Int(minutes) * settings.decayPermille / 1000 * 1477 / (settings.decayDays * 1440)
        return permille * FixedPoint.exp2(minus: exponent) / FixedPoint.one
    }
}
