import Domain
import Text

/// Judges pairs of items by the settings in force (相似判断).
///
/// Two questions, each with its own evidence: is it the same place, and is it the same trouble? The
/// same words about another place are another matter, and so is another trouble at the same place.
/// Where neither item has a class, a town or a field that names a place or a respondent, the texts
/// alone have to tell: then evidence is read and weighed instead (`TextEvidence`).
struct LikenessJudge {
    let settings: LinkageSettings
    let edition: EngineEdition
    let items: KeptItems
    let names: NameBook
    let persons: Persons
    /// The newcomer's weights are laid out in it.
    let index: RareIndex

    /// How near the newcomer is to an earlier item; `nil` when the places forbid that they are one
    /// matter, or when nothing could lift it to the bar.
    func judge(_ newcomer: Newcomer, _ number: Int) -> Likeness? {
        var likeness = Likeness(item: number)
        likeness.isRelated = newcomer.related.contains(number)
        likeness.sharesPerson =
            !newcomer.persons.isEmpty && items.hasPersons(number)
            && items.persons(of: number).contains { newcomer.persons.contains(persons.root($0)) }
        let overlap = items.overlap(of: number, with: index.laid)
        let product = overlap.product
        likeness.textPermille = min(1000, (product * 1000) >> 30)
        let hasFields = newcomer.hasFields || items.hasFields(number)
        let isCopy = newcomer.copy?.item == number
        guard
            likeness.isRelated || isCopy
                || likeness.textPermille + reach(likeness, hasFields) >= least
        else { return nil }

        likeness.place = place(newcomer, number)
        likeness.sharesPlace = likeness.place == .same
        if hasFields { weighRespondents(newcomer, number, &likeness) }
        if likeness.isRelated {
            likeness.scorePermille = Likeness.relatedPermille
            return likeness
        }
        if isCopy, let copy = newcomer.copy { likeness.copiedPermille = copy.containmentPermille }
        guard newcomer.township.isCompatible(with: items[number].township),
            likeness.place != .different,
            let parts = parts(newcomer, likeness, product: product)
        else { return nil }
        likeness.scorePermille = parts.sum
        return likeness
    }

    /// What the score is made of; `nil` when a template was filled in for two places.
    ///
    /// The newcomer's weights are laid out; `product` is what the two texts share.
    func parts(_ newcomer: Newcomer, _ likeness: Likeness, product: Int) -> FieldParts? {
        let item = items[likeness.item]
        let isClassed = isClassed(newcomer, likeness.item)
        let isSameClass = isClassed && newcomer.classNumber == item.classNumber
        let isContradicted = isClassed && !isSameClass
        let isGuessed = newcomer.isClassGuessed || item.isClassGuessed
        let place = likeness.place
        var parts = FieldParts()
        parts.text = likeness.textPermille
        switch place {
        case .same where isSameClass:
            parts.place = settings.placeBonusPermille
        case .same:
            // The place's own name must not pass for likeness of the trouble.
            parts.text = troublePermille(newcomer, likeness, product)
            // The same person speaks of one thing where nothing contradicts it.
            let isTrusted = likeness.sharesPerson && (!isContradicted || isGuessed)
            parts.place = settings.placeBonusPermille / (isTrusted ? 1 : 2)
        case .near:
            parts.text = troublePermille(newcomer, likeness, product)
            if !likeness.sharesPerson { parts.place = -spotPenaltyPermille }
        case .unnamed:
            // The same words without the place's name are words about another place.
            let isTemplate = likeness.textPermille >= settings.templatePermille
            if isTemplate, !likeness.sharesPerson { return nil }
            parts.place = -settings.placePenaltyPermille
        case .differentInText:
            if likeness.textPermille >= settings.templatePermille { return nil }
            parts.place = -settings.textPenaltyPermille
        case .open, .different:
            break
        }
        let fresh = parts.text + parts.place
        parts.gap = decayed(fresh, gap: newcomer.time - item.time) - fresh
        if likeness.sharesRespondent, place != .near, isSameClass || place != .same {
            parts.respondent = settings.respondentBonusPermille
        }
        if isContradicted {
            let isDoubtful = isGuessed && likeness.sharesPerson
            parts.category = isDoubtful ? 0 : -settings.categoryPenaltyPermille
        }
        if place != .same, contradictsInRespondent(newcomer, likeness.item) {
            parts.otherRespondent = -settings.placePenaltyPermille
        }
        if likeness.sharesPerson, isSameClass || place == .same || likeness.sharesRespondent {
            parts.person = settings.personBonusPermille
        }
        parts.copy = max(0, likeness.copiedPermille - parts.sum)
        return parts
    }

    /// Both are classed: likeness of words is likeness of class first, so the place decides.
    private func isClassed(_ newcomer: Newcomer, _ number: Int) -> Bool {
        newcomer.classNumber > 0 && items[number].classNumber > 0
    }

    private func place(_ newcomer: Newcomer, _ number: Int) -> PlaceRelation {
        let address = items.address(of: number)
        let traits = newcomer.traits
        let relation = traits.address.relation(to: address)
        if relation == .different { return .different }
        let isClassed = isClassed(newcomer, number)
        let areKnown = newcomer.township.isTownship && items[number].township.isTownship
        let text = NameComparison(traits.textNames, items.names(items[number].textNames))
        if text.contradicts(.district) { return .different }
        switch (traits.address.units.isEmpty, address.isEmpty) {
        case (false, false):
            return relation == .same ? .same : .near
        case (false, true):
            if let features = newcomer.addressFeatures, items.hasAll(features, number) {
                return .same
            }
            return text.rightNamesPlace ? .different : .unnamed
        case (true, false):
            if address.count >= 2, traits.name(Address.name(of: address)) { return .same }
            return text.leftNamesPlace ? .different : .unnamed
        case (true, true):
            guard text.shared.isEmpty else { return .open }
            let isTold = text.leftNamesPlace && text.rightNamesPlace
            if isTold, isClassed { return .different }
            guard text.contradictsInPlace else { return .open }
            return areKnown ? .different : .differentInText
        }
    }

    /// Whether the respondents agree: a shared name counts when it is not everybody's.
    private func weighRespondents(
        _ newcomer: Newcomer,
        _ number: Int,
        _ likeness: inout Likeness
    ) {
        let respondents = NameComparison(
            newcomer.traits.respondentNames,
            items.names(items[number].respondentNames)
        )
        likeness.sharesRespondent = respondents.shared.contains {
            names.rarity(of: $0) >= LikenessJudge.rarityMin
        }
    }

    /// Both name units that are complained of, and not one of them is the other's.
    private func contradictsInRespondent(_ newcomer: Newcomer, _ number: Int) -> Bool {
        let theirs = items.names(items[number].respondentNames)
        guard !newcomer.traits.respondentNames.isEmpty, !theirs.isEmpty else { return false }
        let respondents = NameComparison(newcomer.traits.respondentNames, theirs)
        return respondents.shared.isEmpty && respondents.contradictsInPlace
    }

    /// Five bits: a name that one item in thirty-two carries tells nothing.
    private static let rarityMin = 5 * FixedPoint.one / 8

    /// Likeness of what is left when the names of both places are taken out of both texts.
    private func troublePermille(
        _ newcomer: Newcomer,
        _ likeness: Likeness,
        _ product: Int
    ) -> Int {
        let laid = index.laid
        var place = newcomer.placeFeatures
        for pair in PairCounts.pairs(in: items.address(of: likeness.item)) {
            if let feature = index.feature(of: pair), !place.contains(feature) {
                place.append(feature)
            }
        }
        let other = items.share(of: likeness.item, with: laid, in: place)
        let own = place.reduce(0) { sum, feature in
            let weight = laid.weight(of: feature)
            return sum + weight * weight
        }
        let rest = (((1 << 30) - own) >> 10) * (((1 << 30) - other.square) >> 10)
        guard rest > 0 else { return 0 }
        let length = Int(FixedPoint.squareRoot(UInt64(rest)))
        guard length > 0 else { return 0 }
        let left = max(0, product - other.product) >> 10
        return min(1000, left * 1000 / length)
    }

    /// Taken away for two spots on one road: more than where one place is not named at all.
    private var spotPenaltyPermille: Int {
        settings.placePenaltyPermille + settings.textPenaltyPermille
    }

    /// The least score that is looked at: a share of the bar, so that the mean of two can reach it.
    private var least: Int {
        min(settings.joinPermille * edition.sharePermille / 1000, settings.repeatPermille)
    }

    /// The most that anything beside the text can add.
    private func reach(_ likeness: Likeness, _ hasFields: Bool) -> Int {
        (hasFields ? settings.placeBonusPermille + settings.respondentBonusPermille : 0)
            + (likeness.sharesPerson ? settings.personBonusPermille : 0)
    }

    /// The likeness after a gap: it fades as matters go to sleep, and never jumps.
    private func decayed(_ permille: Int, gap: TimeSpan) -> Int {
        guard settings.decayDays > 0, settings.decayPermille > 0, permille > 0 else {
            return permille
        }
        let minutes = abs(gap.milliseconds) / 60_000
        // gap / decayDays * decay / ln 2, in 1/1024: 1477 is 1 / ln 2.
        let exponent =
            Int(minutes) * settings.decayPermille / 1000 * 1477 / (settings.decayDays * 1440)
        return permille * FixedPoint.exp2(minus: exponent) / FixedPoint.one
    }
}

/// What a score is made of where fields tell, in permille; the parts add up to it (得分构成).
struct FieldParts: Sendable {
    /// Likeness of the texts, without the names of the places where both are at one place.
    var text = 0
    var place = 0
    /// What the time between the two takes away.
    var gap = 0
    var respondent = 0
    var otherRespondent = 0
    var category = 0
    var person = 0
    /// What is missing to the containment of a copy.
    var copy = 0

    var sum: Int {
        text + place + gap + respondent + otherRespondent + category + person + copy
    }
}
