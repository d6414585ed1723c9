/// Sorts words that are spread over a range: each into one of 256 buckets, then within (桶排序).
///
/// Made for the hundred or two of one text, where it takes a quarter of what the library's sort does.
/// Words that somebody made so that they all fall into one bucket are sorted by the library.
package enum BucketSort {
    /// The most of one bucket that are sorted by insertion.
    private static let bucketMax: Int32 = 64

    /// Sorts hashes that are not above a bound, rising.
    static func sort(_ hashes: inout [UInt32], upTo bound: UInt32) {
        let shift = UInt32(max(0, 24 - bound.leadingZeroBitCount))
        hashes = sorted(hashes) { Int(truncatingIfNeeded: $0 >> shift) & 255 }
    }

    /// Sorts words, rising.
    package static func sort(_ words: inout [UInt64]) {
        var (least, greatest) = (UInt64.max, UInt64.min)
        for word in words {
            least = min(least, word)
            greatest = max(greatest, word)
        }
        guard least < greatest else { return }
        let shift = UInt64(max(0, 56 - (greatest - least).leadingZeroBitCount))
        let start = least
        words = sorted(words) { Int(truncatingIfNeeded: ($0 &- start) >> shift) & 255 }
    }

    /// Sorts words whose buckets rise with them.
    @inline(__always)
    private static func sorted<Word: FixedWidthInteger>(
        _ words: [Word],
        bucket: (Word) -> Int
    ) -> [Word] {
        var ends: [256 of Int32] = .init(repeating: 0)
        let given = words.span
        for index in given.indices { ends[bucket(given[index])] &+= 1 }
        var (end, most): (Int32, Int32) = (0, 0)
        for number in 0..<256 {
            most = max(most, ends[number])
            end &+= ends[number]
            ends[number] = end
        }
        guard most <= bucketMax else { return words.sorted() }
        var result = words
        var sorted = result.mutableSpan
        // From the last on, so that what was in order within a bucket stays so.
        var index = given.count
        while index > 0 {
            index &-= 1
            let word = given[index]
            let number = bucket(word)
            ends[number] &-= 1
            sorted[Int(ends[number])] = word
        }
        for index in 1..<max(1, sorted.count) {
            let word = sorted[index]
            var place = index
            while place > 0, sorted[place &- 1] > word {
                sorted[place] = sorted[place &- 1]
                place &-= 1
            }
            sorted[place] = word
        }
        return result
    }
}
