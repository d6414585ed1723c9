/// Picks the greatest of many words without sorting all of them.
enum Greatest {
    /// The `max` greatest words, falling; all of them as they stand when there are no more.
    ///
    /// A count by the upper 22 bits spares sorting the many small ones.
    static func words(_ max: Int, of words: [UInt64]) -> ArraySlice<UInt64> {
        guard words.count > max else { return words[...] }
        var counts = Array(repeating: 0, count: bucketCount)
        for word in words { counts[bucket(word)] += 1 }
        var (bound, above) = (counts.count, 0)
        while bound > 0, above < max {
            bound -= 1
            above += counts[bound]
        }
        return words.filter { bucket($0) >= bound }.sorted(by: >).prefix(max)
    }

    /// Scores up to 2^20 have buckets of 2^10 each.
    private static let bucketCount = 1026

    private static func bucket(_ word: UInt64) -> Int { min(bucketCount - 1, Int(word >> 42)) }
}
