/// Picks the greatest of many words without sorting all of them.
package enum Greatest {
    /// The `max` greatest words, falling; all of them as they stand when there are no more.
    ///
    /// Made for few of many: each word that is among the greatest so far is inserted in its place.
    package static func words(_ max: Int, of words: [UInt64]) -> [UInt64] {
        guard words.count > max, max > 0 else { return max > 0 ? words : [] }
        var greatest = [UInt64](repeating: 0, count: max)
        let all = words.span
        var best = greatest.mutableSpan
        var least: UInt64 = 0
        for index in all.indices where index < max || all[index] > least {
            let word = all[index]
            var place = min(index, max - 1)
            while place > 0, best[place - 1] < word {
                best[place] = best[place - 1]
                place -= 1
            }
            best[place] = word
            least = best[max - 1]
        }
        return greatest
    }
}
