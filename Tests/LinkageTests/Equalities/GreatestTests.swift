import Linkage
import Testing

@Suite struct GreatestTests {
    @Test func theGreatestAreThoseOfASortedList() {
        var state: UInt64 = 20_261_122
        print("greatest words, seed \(state)")
        for count in 0..<200 {
            let words = (0..<count).map { _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return state >> 40
            }
            for max in [1, 2, 10, 32] {
                let found = Greatest.words(max, of: words)
                if count > max {
                    #expect(found == Array(words.sorted(by: >).prefix(max)))
                } else {
                    #expect(found == words)
                }
            }
        }
    }
}
