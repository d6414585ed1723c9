import Storage

/// A curve over ranks 1, 2-3, 4-7 …: how often each doubling is met (位序曲线).
///
/// Equal weights give Zipf's law, rising ones a longer tail.
struct RankCurve: Sendable {
    private let bounds: [Int]

    /// A curve from the weights of the doublings.
    init(_ weights: [Int]) {
        var sum = 0
        bounds = weights.map { weight in
            sum += weight
            return sum
        }
    }

    /// A rank from 0 on.
    func rank(_ random: inout SplitMix64) -> Int {
        let place = random.below(bounds[bounds.count - 1])
        let octave = bounds.firstIndex { place < $0 } ?? bounds.count - 1
        return (1 << octave) - 1 + random.below(1 << octave)
    }
}
