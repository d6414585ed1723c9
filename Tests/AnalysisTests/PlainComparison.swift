import Domain
import Foundation
import Simulation

/// How a plain comparison of texts would link a simulated year: a year is only worth something as a
/// test when this falls for its look-alikes.
///
/// Pairs of neighbouring characters, the title counted twice and the first hundred characters of the
/// text, weighted by their rarity among earlier items; a soft decay with the gap in days; an item joins
/// the matter whose two best members are nearest on average. To stay quick it is asked about the
/// look-alikes and repeats alone, each beside the true matters of both sides.
struct PlainComparison {
    /// Look-alikes that it would put together.
    private(set) var joinedNearMisses = 0
    /// All look-alikes.
    let nearMisses: Int
    /// Repeats that it would put with nothing of their own matter.
    private(set) var missedRepeats = 0
    /// All repeats.
    let repeats: Int

    private static let threshold = 0.20
    private static let titleWeight = 2
    private static let textCharacters = 100

    init(_ year: SimulatedYear) {
        let truth = year.truth
        let vectors = PlainComparison.vectors(of: year)
        let members = truth.itemsByMatter
        func score(_ item: Int, _ matter: Int) -> Double {
            let scores = members[matter].filter { $0 < item }
                .map { earlier in
                    let gap = year.items[item].item.time - year.items[earlier].item.time
                    let days = Double(gap.milliseconds) / 86_400_000
                    return PlainComparison.product(vectors[item], vectors[earlier])
                        * exp(-days / 120 * 0.35)
                }
                .sorted(by: >).prefix(2)
            return scores.isEmpty ? 0 : scores.reduce(0, +) / Double(scores.count)
        }
        nearMisses = truth.nearMisses.count
        for pair in truth.nearMisses {
            let (earlier, later) = (pair.items[0], pair.items[1])
            let other = score(later, truth.matters[earlier])
            let own = score(later, truth.matters[later])
            if other >= PlainComparison.threshold, other > own { joinedNearMisses += 1 }
        }
        repeats = truth.repeats.count
        missedRepeats = truth.repeats.count {
            score($0.item, truth.matters[$0.item]) < PlainComparison.threshold
        }
    }

    /// Unit vectors, each with the rarities that were known when its item came.
    private static func vectors(of year: SimulatedYear) -> [[UInt32: Double]] {
        var frequency: [UInt32: Int] = [:]
        return year.items.enumerated().map { seen, simulated in
            var counts: [UInt32: Int] = [:]
            count(simulated.item.title, titleWeight, &counts)
            count(String(simulated.item.text.prefix(textCharacters)), 1, &counts)
            var vector: [UInt32: Double] = [:]
            for (pair, times) in counts {
                let rarity = log(Double(seen + 1) / Double((frequency[pair] ?? 0) + 1))
                vector[pair] = (1 + log(Double(times))) * max(0, rarity)
                frequency[pair, default: 0] += 1
            }
            let norm = product(vector, vector).squareRoot()
            return norm > 0 ? vector.mapValues { $0 / norm } : [:]
        }
    }

    private static func count(_ text: String, _ weight: Int, _ counts: inout [UInt32: Int]) {
        var last: UInt32?
        for scalar in text.unicodeScalars {
            guard scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) else {
                last = nil
                continue
            }
            if let last { counts[last << 16 | scalar.value & 0xffff, default: 0] += weight }
            last = scalar.value & 0xffff
        }
    }

    private static func product(_ left: [UInt32: Double], _ right: [UInt32: Double]) -> Double {
        left.reduce(0) { $0 + $1.value * (right[$1.key] ?? 0) }
    }
}
