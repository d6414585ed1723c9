import Storage

/// Learns from trials whose answer is known which traits tell it, and guesses by them (学习者).
///
/// It knows nothing of hubs: for each trait it finds the threshold that parts the trials best, keeps the few
/// that do so best on trials which it had not looked at, and adds up what each says.
struct SightLearner {
    /// A trait with a threshold, and how the trials fell.
    private struct Cut {
        let key: UInt64
        let threshold: Float
        /// What it adds to the odds for the item: above the threshold, at or below it, and without the trait.
        var above = 0.0
        var below = 0.0
        var missing = 0.0
        var rightShare = 0.5

        func says(_ traits: [UInt64: Float]) -> Double {
            guard let value = traits[key] else { return missing }
            return value > threshold ? above : below
        }
    }

    private var cuts: [Cut] = []

    /// Traits that it keeps.
    private static let cutsMax = 5

    /// The keys of the traits kept, the best first, with the share of unseen trials that each alone gets right.
    var kept: [(key: UInt64, share: Double)] { cuts.map { ($0.key, $0.rightShare) } }

    /// Learns from trials.
    init(_ trials: [(traits: [UInt64: Float], hasItem: Bool)]) {
        let half = trials.count / 2
        let (looked, unseen) = (trials[..<half], trials[half...])
        var places: [UInt64: [(value: Float, hasItem: Bool)]] = [:]
        for trial in looked {
            for (key, value) in trial.traits {
                places[key, default: []].append((value, trial.hasItem))
            }
        }
        var found: [Cut] = []
        // What is seen in few trials tells nothing of the others.
        for (key, values) in places where values.count * 50 >= looked.count {
            let cut = SightLearner.cut(key, values)
            found.append(SightLearner.judged(cut, by: unseen))
        }
        found.sort { ($0.rightShare, $0.key) > ($1.rightShare, $1.key) }
        cuts = Array(found.prefix(SightLearner.cutsMax))
    }

    /// Whether the item is there; a die where nothing speaks for either.
    func guess(_ traits: [UInt64: Float], _ die: inout SplitMix64) -> Bool {
        let odds = cuts.reduce(0) { $0 + $1.says(traits) }
        return odds == 0 ? die.next() & 1 == 0 : odds > 0
    }

    /// The threshold at which most trials fall on the right side; trials without the trait are a side of their
    /// own.
    private static func cut(
        _ key: UInt64,
        _ values: [(value: Float, hasItem: Bool)]
    ) -> Cut {
        let sorted = values.sorted { $0.value < $1.value }
        let all = sorted.count { $0.hasItem }
        // Below the lowest: only being there tells.
        var best = (gain: abs(2 * all - sorted.count), threshold: -Float.infinity)
        var below = 0
        for (place, one) in sorted.enumerated() {
            below += one.hasItem ? 1 : 0
            guard place + 1 < sorted.count, sorted[place + 1].value > one.value else { continue }
            let count = place + 1
            let gain = abs(2 * below - count) + abs(2 * (all - below) - (sorted.count - count))
            if gain > best.gain { best = (gain, one.value) }
        }
        return Cut(key: key, threshold: best.threshold)
    }

    /// The same cut with the odds that the unseen trials give it.
    private static func judged(
        _ cut: Cut,
        by unseen: ArraySlice<(traits: [UInt64: Float], hasItem: Bool)>
    ) -> Cut {
        // Sides: above, below, missing; one trial of either kind is added to each, so that no odds are endless.
        var with = [1.0, 1, 1]
        var without = [1.0, 1, 1]
        for trial in unseen {
            let side = trial.traits[cut.key].map { $0 > cut.threshold ? 0 : 1 } ?? 2
            if trial.hasItem { with[side] += 1 } else { without[side] += 1 }
        }
        var judged = cut
        judged.above = logarithm(with[0] / without[0])
        judged.below = logarithm(with[1] / without[1])
        judged.missing = logarithm(with[2] / without[2])
        let right = (0..<3).reduce(0.0) { $0 + max(with[$1], without[$1]) - 1 }
        judged.rightShare = right / Double(max(1, unseen.count))
        return judged
    }

    /// The natural logarithm, by the series that needs no library: `ln x = 2 artanh((x-1)/(x+1))`.
    private static func logarithm(_ value: Double) -> Double {
        var (rest, twos) = (value, 0.0)
        while rest > 1.5 { (rest, twos) = (rest / 2, twos + 1) }
        while rest < 0.75 { (rest, twos) = (rest * 2, twos - 1) }
        let ratio = (rest - 1) / (rest + 1)
        var (power, sum) = (ratio, 0.0)
        for odd in stride(from: 1.0, through: 25, by: 2) {
            sum += power / odd
            power *= ratio * ratio
        }
        return 2 * sum + twos * 0.693_147_180_559_945_3
    }
}
