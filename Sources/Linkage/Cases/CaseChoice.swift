import Domain

/// Which case a newcomer belongs to, from its likeness to single items (归类).
struct CaseChoice: Sendable {
    /// The nearest item of the case.
    var nearest: Likeness
    /// The score of the case: the mean of its best two members.
    var scorePermille: Int

    /// Chooses among the likenesses; `nil` when no case reaches the bar.
    ///
    /// A case scores the mean of its two nearest members, so that one chance likeness to a large
    /// case is not enough; an item of the same person needs less (重复信访). Of equal cases the
    /// older wins.
    static func choose(
        _ likenesses: [Likeness],
        settings: LinkageSettings,
        edition: EngineEdition,
        items: KeptItems,
        cases: Cases,
        newcomer: Newcomer
    ) -> CaseChoice? {
        let least = settings.joinPermille * edition.sharePermille / 1000
        let ranked =
            likenesses
            .filter { $0.scorePermille >= min(least, settings.repeatPermille) }
            .map { (founder: founder(of: $0.item, items: items, cases: cases), likeness: $0) }
            .sorted { left, right in
                if left.founder != right.founder { return left.founder < right.founder }
                if left.likeness.scorePermille != right.likeness.scorePermille {
                    return left.likeness.scorePermille > right.likeness.scorePermille
                }
                return left.likeness.item < right.likeness.item
            }
        var best: CaseChoice?
        var index = 0
        while index < ranked.count {
            let founder = ranked[index].founder
            let first = ranked[index].likeness
            var end = index + 1
            while end < ranked.count, ranked[end].founder == founder { end += 1 }
            let number = Int(items[founder].caseNumber)
            let second = end - index > 1 ? ranked[index + 1].likeness.scorePermille : 0
            let mean = number >= 0 ? (first.scorePermille + second) / 2 : first.scorePermille
            let score = bestScore(of: ranked[index..<end].map(\.likeness), mean, settings)
            index = end
            guard let score, score.scorePermille > best?.scorePermille ?? 0 else { continue }
            if number >= 0, !first.isRelated, cases.forbids(number, newcomer) { continue }
            best = score
        }
        return best
    }

    private static func bestScore(
        of members: [Likeness],
        _ mean: Int,
        _ settings: LinkageSettings
    ) -> CaseChoice? {
        if let related = members.first(where: \.isRelated) {
            return CaseChoice(nearest: related, scorePermille: related.scorePermille)
        }
        if let same = members.first(where: \.sharesPerson),
            same.scorePermille >= settings.repeatPermille, same.scorePermille > mean
        {
            return CaseChoice(nearest: same, scorePermille: same.scorePermille)
        }
        guard mean >= settings.joinPermille, let nearest = members.first else { return nil }
        return CaseChoice(nearest: nearest, scorePermille: mean)
    }

    private static func founder(of item: Int, items: KeptItems, cases: Cases) -> Int {
        let number = Int(items[item].caseNumber)
        return number < 0 ? item : cases.cases[number].founder
    }
}
