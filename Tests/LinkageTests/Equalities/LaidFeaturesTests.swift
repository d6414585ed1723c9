import Linkage
import Testing
import Text

/// Features laid out flat, held against a dictionary.
@Suite struct LaidFeaturesTests {
    private let count = 200_000

    private func weights(_ features: [UInt32]) -> [FeatureWeight] {
        features.map {
            FeatureWeight(feature: $0, marks: .title, weight: UInt16($0 % 999 + 1))
        }
    }

    private func visited(_ laid: LaidFeatures, _ features: [FeatureWeight]) -> [Int: UInt32] {
        var found: [Int: UInt32] = [:]
        let words = features.map(\.word)
        laid.visit(words.span) { found[$0] = $1 & 0xffff }
        return found
    }

    /// 65,536 apart, numbers have the same lower half.
    @Test func onlyWhatIsLaidOutIsVisitedThoughLowerHalvesAreEqual() {
        var laid = LaidFeatures(featureCount: count)
        let own = weights([3, 70_000, 131_075, 199_999])
        laid.layOut(own)
        let other = weights([65_539, 3, 4_464, 131_075, 196_611, 70_000, 5])
        #expect(visited(laid, other) == [1: 4, 3: 207, 5: 71])
        #expect(laid.weight(of: 131_075) == 207)
        #expect(laid.weight(of: 65_539) == 0)
    }

    @Test func nothingIsLeftOfWhatWasTakenBack() {
        var laid = LaidFeatures(featureCount: count)
        let own = weights((0..<120).map { UInt32($0) * 1_613 })
        laid.layOut(own)
        laid.clear(own)
        #expect(visited(laid, own).isEmpty)
        let next = weights([7, 64, 1_613])
        laid.layOut(next)
        #expect(visited(laid, own) == [1: 615])
    }

    @Test func featuresThatTheIndexDoesNotKnowAreLeftOut() {
        var laid = LaidFeatures(featureCount: 2)
        laid.layOut(weights([1, 2, 3]))
        #expect(visited(laid, weights([0, 1])) == [1: 2])
    }
}
