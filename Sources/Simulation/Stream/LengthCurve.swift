import Storage

/// How long texts are: the curve of a city's public board (篇幅曲线).
///
/// The median has 203 characters, one text in twenty has more than 1,149, the longest 6,999.
enum LengthCurve {
    /// The longest text.
    static let max = 6_999

    /// Shares of the texts, in 100,000, and the length under which they stay.
    private static let points = [
        (0, 9), (1_000, 31), (5_000, 53), (10_000, 70), (20_000, 101), (25_000, 115), (30_000, 129),
        (40_000, 162), (50_000, 203), (60_000, 263), (70_000, 339), (75_000, 401), (80_000, 466),
        (90_000, 776), (95_000, 1_149), (98_000, 1_814), (99_000, 2_332), (99_500, 2_839),
        (99_900, 4_147), (100_000, 6_999),
    ]

    /// A length from the curve.
    static func length(_ random: inout SplitMix64) -> Int {
        let place = random.below(100_000)
        guard let next = points.firstIndex(where: { place < $0.0 }), next > 0 else { return max }
        let (low, high) = (points[next - 1], points[next])
        return low.1 + (high.1 - low.1 + 1) * (place - low.0) / (high.0 - low.0)
    }
}
