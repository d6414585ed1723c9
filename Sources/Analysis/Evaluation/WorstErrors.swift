package import Domain
package import Linkage

/// Where linking and labels disagree most, each with the two items that show it best (最大差错).
package struct WorstErrors: Sendable {
    /// What went wrong.
    package enum Kind: String, CaseIterable, Sendable {
        /// Two matters stand in one case.
        case joined
        /// One matter stands in two cases.
        case split
    }

    /// One disagreement.
    package struct Found: Equatable, Sendable {
        /// What went wrong.
        package let kind: Kind
        /// Pairs of items that are wrong by it.
        package let pairs: Int
        /// The two items that show it best, by their numbers in the stream, the earlier first.
        package let earlier: Int
        /// The later one.
        package let later: Int
        /// The score between them in permille, where they were compared.
        package let scorePermille: Int?
        /// What each evidence added to it, the greatest first, where they were compared.
        package let parts: [Part]
    }

    /// What one kind of evidence added to a score.
    package struct Part: Equatable, Sendable {
        /// The evidence.
        package let kind: EvidenceKind
        /// How strong it was, from 0 to 1000.
        package let value: Int
        /// What it added, in permille.
        package let permille: Int
    }

    /// A matter in a case is compared with so many others of the case, and the other way round.
    private static let groupsMax = 32

    private let log: PairLog
    private let settings: LinkageSettings

    /// - Parameters:
    ///   - log: What the engine saw of the items.
    ///   - settings: The settings in force.
    package init(log: PairLog, settings: LinkageSettings) {
        self.log = log
        self.settings = settings
    }

    /// The worst of each kind, the one with the most wrong pairs first, the earlier of equals.
    ///
    /// - Parameters:
    ///   - limit: At most so many of each kind.
    ///   - ids: All items in the order of the stream.
    ///   - gold: The matter of each judged item.
    ///   - clusters: The case of each item that has one.
    /// - Returns: What went wrong, kind by kind.
    package func found(
        _ limit: Int,
        ids: [String],
        gold: [String: String],
        clusters: [String: String]
    ) -> [Found] {
        let sides = Sides(ids: ids, gold: gold, clusters: clusters)
        return Kind.allCases.flatMap { kind in
            let (wholes, parts) =
                kind == .joined ? (sides.clusters, sides.matters) : (sides.matters, sides.clusters)
            var found: [Found] = []
            for members in wholes.members where members.count > 1 {
                var groups = Dictionary(grouping: members) { parts.group[$0] }.values
                    .sorted { ($1.count, $0[0]) < ($0.count, $1[0]) }
                groups = Array(groups.prefix(WorstErrors.groupsMax))
                for (place, one) in groups.enumerated() {
                    for other in groups.dropFirst(place + 1) {
                        let isJudged = (one + other).contains { sides.isJudged[$0] }
                        if isJudged { found.append(error(kind, one, other)) }
                    }
                }
            }
            found.sort { left, right in
                (right.pairs, left.earlier, left.later) < (left.pairs, right.earlier, right.later)
            }
            return Array(found.prefix(limit))
        }
    }

    /// The error between two groups, shown by the two items that scored highest.
    private func error(_ kind: Kind, _ one: [Int], _ other: [Int]) -> Found {
        var best: (score: Int, later: Int, pair: PairLog.Pair)?
        for (group, against) in [(one, Set(other)), (other, Set(one))] {
            for later in group where later < log.pairs.count {
                for pair in log.pairs[later] where against.contains(pair.other) {
                    let score = pair.score(settings)
                    if score > best?.score ?? .min { best = (score, later, pair) }
                }
            }
        }
        let first = (min(one[0], other[0]), max(one[0], other[0]))
        return Found(
            kind: kind,
            pairs: one.count * other.count,
            earlier: best?.pair.other ?? first.0,
            later: best?.later ?? first.1,
            scorePermille: best?.score,
            parts: best.map { parts($0.pair) } ?? []
        )
    }

    private func parts(_ pair: PairLog.Pair) -> [Part] {
        EvidenceKind.allCases.compactMap { kind in
            let added = pair.evidence[kind] * (settings.weights[kind] ?? 0) / 1000
            return added == 0 ? nil : Part(kind: kind, value: pair.evidence[kind], permille: added)
        }
        .sorted { abs($0.permille) > abs($1.permille) }
    }
}
