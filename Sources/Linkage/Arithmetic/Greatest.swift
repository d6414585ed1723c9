/// Picks the greatest of many words without sorting all of them.
package enum Greatest {
    /// The `max` greatest words, falling; all of them as they stand when there are no more.
    ///
    /// Made for few of many: each word that is among the greatest so far is inserted in its place.
    package static func words(_ max: Int, of words: [UInt64]) -> [UInt64] {
        guard words.count > max, max > 0 else { return max > 0 ? words : [] }
        var greatest = Array(words.prefix(max))
        greatest.sort(by: >)
        for index in max..<words.count where words[index] > greatest[max - 1] {
            let word = words[index]
            var place = max - 1
            while place > 0, greatest[place - 1] < word {
                greatest[place] = greatest[place - 1]
                place -= 1
            }
            greatest[place] = word
        }
        return greatest
    }
}
