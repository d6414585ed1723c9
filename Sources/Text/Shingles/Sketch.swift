/// A bounded sample of a text's three-character shingles, by which containment is judged (同文).
///
/// Runs of digits count as one, so that a masked number equals the number. The sample is the
/// shingles with the smallest hashes: two samples agree on which shingles they kept, whatever the
/// lengths of the texts, so the share of one text found in the other can be told from them.
package struct Sketch: Equatable, Sendable {
    /// The most hashes of a sample.
    package static let hashesMax = 128

    /// Distinct hashes, rising.
    package private(set) var hashes: [UInt32]
    /// Every shingle of the text is in the sample.
    package private(set) var isComplete: Bool
    /// Characters of the text, runs of digits counted as one.
    package private(set) var characterCount: Int

    /// A sample that was taken before, with distinct rising hashes.
    package init(hashes: [UInt32], isComplete: Bool, characterCount: Int) {
        self.hashes = hashes
        self.isComplete = isComplete
        self.characterCount = characterCount
    }

    /// The sample of a text.
    package init(_ text: PlainText) {
        var masked: [UInt16] = []
        masked.reserveCapacity(text.units.count)
        for unit in text.units where unit != PlainText.wordBreak {
            if !CharacterTable.isDigit(unit) {
                masked.append(unit)
            } else if masked.last != 48 {
                masked.append(48)
            }
        }
        characterCount = masked.count
        let shingles = max(0, masked.count - 2)
        // A sample that is likely to hold the smallest hashes spares sorting the others; where it does
        // not, long texts are sampled more loosely, and short ones are taken whole.
        if shingles > 2 * Sketch.hashesMax {
            let bound = UInt32.max / UInt32(shingles) * UInt32(2 * Sketch.hashesMax)
            let sample = Sketch.smallest(masked, upTo: bound)
            if sample.count > Sketch.hashesMax {
                hashes = Array(sample.prefix(Sketch.hashesMax))
                isComplete = false
                return
            }
        }
        let bound =
            shingles > 4 * Sketch.hashesMax
            ? UInt32.max / UInt32(shingles) * UInt32(3 * Sketch.hashesMax) : UInt32.max
        let all = Sketch.smallest(masked, upTo: bound)
        hashes = Array(all.prefix(Sketch.hashesMax))
        isComplete = bound == UInt32.max && all.count <= Sketch.hashesMax
    }

    /// The smallest hashes of the shingles that are not above a bound, each once, rising; one more
    /// than a sample holds at most.
    private static func smallest(_ masked: [UInt16], upTo bound: UInt32) -> [UInt32] {
        let count = max(0, masked.count - 2)
        var all: [UInt32] = []
        all.reserveCapacity(min(count, 4 * hashesMax))
        for index in 0..<count {
            let hash = hash(masked[index], masked[index + 1], masked[index + 2])
            if hash <= bound { all.append(hash) }
        }
        all.sort()
        var found: [UInt32] = []
        found.reserveCapacity(min(all.count, hashesMax + 1))
        for hash in all where hash != found.last {
            found.append(hash)
            if found.count > hashesMax { break }
        }
        return found
    }

    @inline(__always)
    private static func hash(_ first: UInt16, _ second: UInt16, _ third: UInt16) -> UInt32 {
        let word = UInt64(first) << 32 | UInt64(second) << 16 | UInt64(third)
        var state = (word &+ 0x9e37_79b9_7f4a_7c15) &* 0xbf58_476d_1ce4_e5b9
        state = (state ^ (state >> 29)) &* 0x94d0_49bb_1331_11eb
        return UInt32(truncatingIfNeeded: state >> 32)
    }

    /// How much two samples have in common.
    package struct Overlap: Equatable, Sendable {
        /// The share of the shorter text that is found in the other, in permille.
        package var containmentPermille: Int
        /// The share that both have of all, in permille (Jaccard).
        package var resemblancePermille: Int

        /// Nothing in common.
        package static let none = Overlap(containmentPermille: 0, resemblancePermille: 0)
    }

    /// Compares two samples given as rising hashes.
    ///
    /// Only hashes up to the smaller of the two greatest ones are compared, unless a sample is
    /// complete: beyond that a missing hash says nothing.
    package static func overlap(
        _ left: ArraySlice<UInt32>,
        isComplete leftIsComplete: Bool,
        _ right: ArraySlice<UInt32>,
        isComplete rightIsComplete: Bool
    ) -> Overlap {
        guard let leftLast = left.last, let rightLast = right.last else { return .none }
        let bound = min(
            leftIsComplete ? UInt32.max : leftLast,
            rightIsComplete ? UInt32.max : rightLast
        )
        let (left, right) = (upTo(bound, left), upTo(bound, right))
        let (leftCount, rightCount) = (left.count, right.count)
        let common = common(left.span, right.span)
        let shorter = min(leftCount, rightCount)
        guard shorter > 0 else { return .none }
        return Overlap(
            containmentPermille: common * 1000 / shorter,
            resemblancePermille: common * 1000 / (leftCount + rightCount - common)
        )
    }

    /// The hashes that are not above a bound.
    private static func upTo(_ bound: UInt32, _ hashes: ArraySlice<UInt32>) -> ArraySlice<UInt32> {
        var (low, high) = (hashes.startIndex, hashes.endIndex)
        while low < high {
            let middle = (low + high) / 2
            if hashes[middle] <= bound { low = middle + 1 } else { high = middle }
        }
        return hashes[..<low]
    }

    /// How many hashes stand in both; steps without branches, which would be guessed wrongly.
    private static func common(_ left: Span<UInt32>, _ right: Span<UInt32>) -> Int {
        var (one, other, count) = (0, 0, 0)
        while one < left.count, other < right.count {
            let (a, b) = (left[one], right[other])
            count += a == b ? 1 : 0
            one += a <= b ? 1 : 0
            other += b <= a ? 1 : 0
        }
        return count
    }
}
