import Domain

/// Which case a newcomer belongs to, from its likeness to single items (归类).
struct CaseChoice: Sendable {
    /// The nearest item of the case.
    var nearest: Likeness
    /// The items whose scores make that of the case, the nearest first; three at most.
    var compared: [Likeness]
    /// How they make it.
    var rule: Link.Rule
    /// How many scores the mean is of.
    var wanted = 1
    /// The score of the case on the scale of two single items.
    var scorePermille: Int
    /// The texts alone tell, and tell enough that this case and the newcomer's own are one.
    var isMerging = false

    /// The newcomer's likenesses to the items of one case, or to a single item, by falling score.
    private struct Group {
        var likenesses: ArraySlice<Likeness>
        /// The case; -1 for a single item.
        var number: Int
    }

    /// Where an earlier item stands: in a case, or alone.
    struct Standing: Sendable {
        /// The item that founded its case; itself when it is alone.
        var founder: Int
        /// The case; -1 for a single item.
        var number: Int
        /// Items of the case.
        var size: Int
    }

    /// The cases and single items that the newcomer belongs to, the best first; empty when none
    /// reaches its bar.
    ///
    /// Of equal ones the older comes first. All but the first are to be made one with it. `forbids`
    /// tells whether a case, of which one item is the nearest, is another place's.
    static func choose(
        _ likenesses: [Likeness],
        settings: LinkageSettings,
        edition: EngineEdition,
        standing: (_ item: Int) -> Standing,
        forbids: (_ number: Int, _ nearest: Int) -> Bool
    ) -> [CaseChoice] {
        let scale = Scale(settings: settings, edition: edition)
        guard likenesses.contains(where: scale.mayReachBar) else { return [] }
        var ranked: [(standing: Standing, likeness: Likeness)] = []
        for likeness in likenesses where likeness.isByText || likeness.scorePermille >= scale.least
        {
            ranked.append((standing(likeness.item), likeness))
        }
        ranked.sort { left, right in
            if left.standing.founder != right.standing.founder {
                return left.standing.founder < right.standing.founder
            }
            if left.likeness.scorePermille != right.likeness.scorePermille {
                return left.likeness.scorePermille > right.likeness.scorePermille
            }
            return left.likeness.item < right.likeness.item
        }
        let ordered = ranked.map(\.likeness)
        var (best, others): (CaseChoice?, [CaseChoice]) = (nil, [])
        var index = 0
        while index < ranked.count {
            let standing = ranked[index].standing
            var end = index + 1
            while end < ranked.count, ranked[end].standing.founder == standing.founder { end += 1 }
            let group = Group(likenesses: ordered[index..<end], number: standing.number)
            let isRelated = ordered[index].isRelated
            index = end
            guard let choice = scale.choice(group, size: standing.size) else { continue }
            let nearest = choice.nearest.item
            if standing.number >= 0, !isRelated, forbids(standing.number, nearest) { continue }
            if choice.isMerging { others.append(choice) }
            guard choice.scorePermille >= settings.joinPermille || !choice.nearest.isByText,
                choice.scorePermille > best?.scorePermille ?? 0
            else { continue }
            best = choice
        }
        guard let best else { return [] }
        let isByText = best.nearest.isByText
        return [best] + others.filter { isByText && $0.nearest.item != best.nearest.item }
    }

    /// How likenesses to single items make the score of a case.
    private struct Scale {
        let settings: LinkageSettings
        let edition: EngineEdition

        /// The nearest items of a case by whose mean a text is judged.
        private static let textMembers = 3

        /// The least score that is looked at where fields tell of the matter.
        var least: Int {
            min(settings.joinPermille * edition.sharePermille / 1000, settings.repeatPermille)
        }

        /// No mean of texts reaches a bar that not one of them reaches.
        func mayReachBar(_ likeness: Likeness) -> Bool {
            let bar = min(settings.joinPermille, settings.casePermille)
            return !likeness.isByText || likeness.scorePermille >= bar
                || settings.missingPermille >= bar
        }

        func choice(_ group: Group, size: Int) -> CaseChoice? {
            guard let first = group.likenesses.first else { return nil }
            if let related = group.likenesses.first(where: \.isRelated) {
                return CaseChoice(related, .related)
            }
            return first.isByText ? textChoice(group, first, size: size) : fieldChoice(group, first)
        }

        /// The mean of the nearest three, on the scale of two single items; a case of which a third
        /// of the compared items is another place's template is not the newcomer's.
        private func textChoice(_ group: Group, _ first: Likeness, size: Int) -> CaseChoice? {
            let templates = group.likenesses.count(where: \.isTemplate)
            guard templates == 0 || templates * 3 < group.likenesses.count else { return nil }
            let near = group.likenesses.filter { !$0.isTemplate }.prefix(Scale.textMembers)
            guard let nearest = near.first else { return nil }
            if group.number < 0 {
                var choice = CaseChoice(nearest, .single)
                choice.isMerging = nearest.scorePermille >= settings.mergeSinglePermille
                return choice
            }
            let wanted = min(size, Scale.textMembers)
            let missing = max(0, wanted - near.count) * settings.missingPermille
            let sum = near.reduce(missing) { $0 + $1.scorePermille }
            let mean = sum / wanted
            return CaseChoice(
                nearest: nearest,
                compared: Array(near),
                rule: .meanOfThree,
                wanted: wanted,
                scorePermille: mean - settings.casePermille + settings.joinPermille,
                isMerging: mean >= settings.mergePermille
            )
        }

        /// The mean of the nearest two, so that one chance likeness to a large case is not enough;
        /// an item of the same person needs less (重复信访).
        private func fieldChoice(_ group: Group, _ first: Likeness) -> CaseChoice? {
            let isCase = group.number >= 0
            let second = group.likenesses.dropFirst().first?.scorePermille ?? 0
            let mean = isCase ? (first.scorePermille + second) / 2 : first.scorePermille
            if let same = group.likenesses.first(where: \.sharesPerson),
                same.scorePermille >= settings.repeatPermille, same.scorePermille > mean
            {
                return CaseChoice(same, .person)
            }
            guard mean >= settings.joinPermille else { return nil }
            return CaseChoice(
                nearest: first,
                compared: Array(group.likenesses.prefix(isCase ? 2 : 1)),
                rule: isCase ? .meanOfTwo : .single,
                wanted: isCase ? 2 : 1,
                scorePermille: mean
            )
        }
    }
}

extension CaseChoice {
    /// The choice that one item makes alone.
    private init(_ nearest: Likeness, _ rule: Link.Rule) {
        self.init(
            nearest: nearest,
            compared: [nearest],
            rule: rule,
            scorePermille: nearest.scorePermille
        )
    }
}
