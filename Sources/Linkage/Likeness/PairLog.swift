package import Domain

/// What the engine saw of each pair of items that it weighed by their texts, for fitting (比对记录).
///
/// Kept only by an engine that was told to; it decides nothing.
package struct PairLog: Sendable {
    /// An earlier item beside a newcomer.
    package struct Pair: Sendable {
        /// The earlier item's number, from 0 in journal order.
        package let other: Int
        /// What speaks for and against.
        package let evidence: TextEvidence
        /// The least score: that of a copy or of a named relation, else very low.
        let least: Int

        /// How near the two are by other settings, in permille.
        package func score(_ settings: LinkageSettings) -> Int {
            let weights = EvidenceKind.allCases.map { settings.weights[$0] ?? 0 }
            return max(least, evidence.score(base: settings.basePermille, weights: weights))
        }
    }

    /// The pairs of each item, in journal order.
    package private(set) var pairs: [[Pair]] = []

    /// Nothing seen yet.
    package init() {}

    mutating func add(_ pair: Pair, of item: Int) {
        while pairs.count <= item { pairs.append([]) }
        pairs[item].append(pair)
    }

    /// The cases that the logged items make under other settings: of each item the number of one
    /// that stands for its case.
    ///
    /// Texts alone count, as in the engine; `itemCount` items came.
    package func cases(itemCount: Int, settings: LinkageSettings) -> [Int] {
        let weights = EvidenceKind.allCases.map { settings.weights[$0] ?? 0 }
        var parents = Array(0..<itemCount)
        var sizes = Array(repeating: 1, count: itemCount)
        func root(_ item: Int) -> Int {
            var item = item
            while parents[item] != item { item = parents[item] }
            return item
        }
        func unite(_ left: Int, _ right: Int) {
            let (kept, joined) = (min(root(left), root(right)), max(root(left), root(right)))
            guard kept != joined else { return }
            parents[joined] = kept
            sizes[kept] += sizes[joined]
        }
        for item in 0..<min(itemCount, pairs.count) {
            var likenesses: [Likeness] = []
            for pair in pairs[item] {
                var likeness = Likeness(item: pair.other)
                likeness.isByText = true
                likeness.isRelated = pair.least == Likeness.relatedPermille
                likeness.isTemplate = pair.evidence.isTemplate
                likeness.scorePermille = max(
                    pair.least,
                    pair.evidence.score(base: settings.basePermille, weights: weights)
                )
                likenesses.append(likeness)
            }
            let choices = CaseChoice.choose(
                likenesses,
                settings: settings,
                edition: .current,
                standing: { item in
                    let founder = root(item)
                    let size = sizes[founder]
                    return CaseChoice.Standing(
                        founder: founder,
                        number: size > 1 ? founder : -1,
                        size: size
                    )
                },
                forbids: { _, _ in false }
            )
            for choice in choices { unite(item, choice.nearest.item) }
        }
        return (0..<itemCount).map(root)
    }
}
