import Testing
import Text

/// The sort of words by buckets, held against the library's.
@Suite struct BucketSortTests {
    @Test(arguments: [UInt64(1), 7, 1_000_003])
    func wordsOfAnySpreadAreSorted(seed: UInt64) {
        var state = seed
        func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state
        }
        for _ in 0..<300 {
            // From words that are nearly equal to words of all sizes.
            let shift = next() % 64
            var words = (0..<Int(next() % 300)).map { _ in next() >> shift }
            let expected = words.sorted()
            BucketSort.sort(&words)
            #expect(words == expected, "seed \(seed), shift \(shift)")
        }
    }

    @Test func wordsThatAllFallIntoOneBucketAreSorted() {
        var words = (UInt64(0)..<2_000).map { ($0 &* 7_919) % 2_003 } + [.max]
        let expected = words.sorted()
        BucketSort.sort(&words)
        #expect(words == expected)
    }

    @Test func equalWordsOneWordAndNoneStayAsTheyAre() {
        for given in [[], [5], [UInt64](repeating: 9, count: 200)] {
            var words = given
            BucketSort.sort(&words)
            #expect(words == given)
        }
    }
}
