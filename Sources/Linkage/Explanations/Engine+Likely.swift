package import Domain

/// An item that a text may repeat (疑似重复件).
package struct LikelyRow: Equatable, Sendable {
    /// The item.
    package var item: CaseMember
    /// The case that it is in; `nil` when it stands alone.
    package var matter: CaseID?
    /// The text would be linked with it or with its case.
    package var isLinked: Bool
    /// The text would count as a copy of it (同文).
    package var isCopy: Bool
    /// How near the two are, and what speaks for it.
    package var pair: PairAccount
}

extension Engine {
    /// The most rows of one answer about a text.
    package static let likelyMax = 20

    /// The items that a text is likely to repeat, before it is sent (试查重复).
    ///
    /// Judged as if it came now, and nothing is kept of it. Persons are left aside: no question here
    /// finds what somebody else wrote. Where several reach, the nearest come first.
    ///
    /// - Parameters:
    ///   - item: The item as it would be sent.
    ///   - limit: The most rows, up to `likelyMax`.
    /// - Returns: The items, those that it would be linked with first; `nil` for an accusation and for an
    ///   agency that is not registered.
    package mutating func likely(_ item: Item, limit: Int) -> [LikelyRow]? {
        guard let agency = configuration.agencies[item.ref.agency],
            item.purpose ?? agency.defaultPurpose != .accusation
        else { return nil }
        let (kept, log) = (trail, pairLog)
        pairLog = nil
        defer { (trail, pairLog) = (kept, log) }
        let (trial, features) = trial(of: item)
        var sleepers: [Int] = []
        let likenesses = likenesses(of: trial, features, passing: &sleepers)
        let choices = choices(trial, likenesses)
        let linked = Set(choices.map { standing(of: $0.nearest.item).founder })
        index.layOut(features)
        defer { index.clear(features) }
        var rows: [LikelyRow] = []
        var seen = likenesses
        if let copy = trial.copy, !likenesses.contains(where: { $0.item == copy.item }) {
            // The same text about another place is a copy all the same, and no link.
            var likeness = Likeness(item: copy.item)
            (likeness.scorePermille, likeness.copiedPermille) = (
                copy.containmentPermille, copy.containmentPermille
            )
            seen.append(likeness)
        }
        let found = worthALook(seen, linked, copied: trial.copy?.item)
        for likeness in found.prefix(min(limit, Engine.likelyMax)) {
            rows.append(row(likeness, trial, linked))
        }
        return rows
    }

    /// Those worth a look: the copied one, then those to be linked with, then by falling score and in
    /// journal order.
    private func worthALook(
        _ likenesses: [Likeness],
        _ linked: Set<Int>,
        copied: Int?
    ) -> [Likeness] {
        let settings = configuration.settings
        let least = settings.joinPermille * edition.sharePermille / 1000
        var ranked: [(rank: Int, likeness: Likeness)] = []
        for likeness in likenesses {
            let isLinked = linked.contains(standing(of: likeness.item).founder)
            let isNear = !likeness.isTemplate && likeness.scorePermille >= least
            let rank = likeness.item == copied ? 0 : isLinked ? 1 : 2
            if rank < 2 || isNear { ranked.append((rank, likeness)) }
        }
        ranked.sort { left, right in
            let (first, second) = (left.likeness, right.likeness)
            return (left.rank, second.scorePermille, first.item)
                < (right.rank, first.scorePermille, second.item)
        }
        return ranked.map(\.likeness)
    }

    private func row(_ likeness: Likeness, _ trial: Newcomer, _ linked: Set<Int>) -> LikelyRow {
        let compared = Link.Compared(likeness)
        let (number, rules) = (Int(items[likeness.item].caseNumber), presentRules)
        var parts = parts(trial, compared, rules: rules, settings: configuration.settings)
        if parts.isEmpty {
            parts = [.init(key: "copy", value: likeness.copiedPermille, weight: 1000)]
        }
        return LikelyRow(
            item: member(of: Int32(likeness.item)),
            matter: number >= 0 && cases.cases[number].members.count > 1
                ? cases.cases[number].id : nil,
            isLinked: linked.contains(standing(of: likeness.item).founder),
            isCopy: trial.copy?.item == likeness.item,
            pair: PairAccount(
                item: items[likeness.item].ref,
                isByText: likeness.isByText,
                scorePermille: likeness.scorePermille,
                recomputedPermille: PairAccount.sum(parts),
                parts: parts
            )
        )
    }

    /// An item as a newcomer whose coming teaches nothing.
    private mutating func trial(of item: Item) -> (Newcomer, [FeatureWeight]) {
        let read = Traits(item, configuration: configuration)
        let township = configuration.township(of: item, traits: read)
        var trial = Newcomer(
            time: item.time,
            township: township,
            classNumber: classes.known(item.category),
            traits: placed(read, township: township),
            persons: [],
            related: [],
            copy: nil
        )
        trial.present = item.time
        let weighed = index.weighTrial(trial.traits.pairs)
        weigh(weighed, of: &trial)
        if trial.classNumber == 0 {
            trial.classNumber = classes.guess(weighed.features)
            trial.isClassGuessed = true
        }
        findPlace(of: &trial)
        return (trial, weighed.features)
    }
}
