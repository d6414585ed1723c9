/// How well predicted clusters agree with matters that a careful reader labelled (关联质量).
///
/// Computed as the reference scorer of CONTRACT §4 does, to the last digit printed. Floating point
/// is used here alone: a score decides nothing.
package struct LinkingScore: Equatable, Sendable {
    /// Precision, recall and their harmonic mean, each rounded to four digits.
    package struct Quality: Equatable, Sendable {
        /// How much of what was found is right.
        package let precision: Double
        /// How much of what is right was found.
        package let recall: Double
        /// The harmonic mean.
        package let f1: Double

        init(_ precision: Double, _ recall: Double) {
            self.precision = Rounding.fourDigits(precision)
            self.recall = Rounding.fourDigits(recall)
            let sum = precision + recall
            f1 = Rounding.fourDigits(sum == 0 ? 0 : 2 * precision * recall / sum)
        }
    }

    /// All items that were fed.
    package let items: Int
    /// Those with a label.
    package let judged: Int
    /// Over pairs of items.
    package let pairwise: Quality
    /// B-cubed over the judged items.
    package let bcubed: Quality
    /// The same over items whose matter has two items or more.
    package let bcubedMulti: Quality
    /// Over whole matters: found when a cluster of two or more has Jaccard > 0.5 with it.
    package let matters: Quality
    /// Normalised mutual information over the judged items.
    package let nmi: Double

    /// Scores a clustering.
    ///
    /// `ids` are all items in the order of the stream, each once; `gold` gives the matter of the
    /// judged ones. A matter is complete: a judged item that is linked to one without a label is
    /// linked wrongly. An item without a cluster is its own.
    package init(ids: [String], gold: [String: String], clusters: [String: String]) {
        let sides = Sides(ids: ids, gold: gold, clusters: clusters)
        items = ids.count
        judged = sides.judged.count
        pairwise = sides.pairwise()
        (bcubed, bcubedMulti) = sides.bcubed()
        matters = sides.wholeMatters()
        nmi = Rounding.fourDigits(sides.mutualInformation())
    }
}

/// The quality of the pairs that were called the same text (同文).
package struct CopyScore: Equatable, Sendable {
    /// Over the pairs of which one item at least is judged.
    package let nearDuplicate: LinkingScore.Quality
    /// How many such pairs there are.
    package let pairs: Int

    /// Scores pairs against the labelled ones; the order within a pair does not matter.
    package init(
        judged: Set<String>,
        labelled: [(String, String)],
        called: [(String, String)]
    ) {
        let want = Set(labelled.map(CopyScore.Pair.init))
        let have = Set(
            called.lazy.filter { judged.contains($0.0) || judged.contains($0.1) }
                .map(CopyScore.Pair.init)
        )
        let right = Double(want.intersection(have).count)
        pairs = have.count
        nearDuplicate = LinkingScore.Quality(
            have.isEmpty ? 1 : right / Double(have.count),
            want.isEmpty ? 1 : right / Double(want.count)
        )
    }

    private struct Pair: Hashable {
        let first: String
        let second: String

        init(_ pair: (String, String)) {
            (first, second) = pair.0 <= pair.1 ? pair : (pair.1, pair.0)
        }
    }
}

/// Rounding and the logarithm, as the reference computes them.
enum Rounding {
    /// The nearest number of four decimal digits to the exact value; ties go to the even digit.
    static func fourDigits(_ value: Double) -> Double {
        let scaled = value * 10_000
        // What the multiplication lost.
        let lost = (-scaled).addingProduct(value, 10_000)
        let below = scaled.rounded(.down)
        let rest = scaled - below
        let isUp =
            if rest != 0.5 {
                rest > 0.5
            } else if lost != 0 {
                lost > 0
            } else {
                below.truncatingRemainder(dividingBy: 2) != 0
            }
        return (isUp ? below + 1 : below) / 10_000
    }

    /// The natural logarithm of a positive number, by the series of the inverse hyperbolic tangent.
    static func logarithm(_ value: Double) -> Double {
        var significand = value.significand
        var exponent = Double(value.exponent)
        if significand > 1.414_213_562_373_095 {
            significand /= 2
            exponent += 1
        }
        let ratio = (significand - 1) / (significand + 1)
        let square = ratio * ratio
        var sum = 0.0
        for power in stride(from: 27, through: 1, by: -2) {
            sum = sum * square + 1 / Double(power)
        }
        return exponent * 0.693_147_180_559_945_309_4 + 2 * ratio * sum
    }
}
