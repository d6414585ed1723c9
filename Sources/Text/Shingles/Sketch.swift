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
        // Long texts are sampled by hash before they are sorted.
        let threshold =
            shingles > 4 * Sketch.hashesMax
            ? UInt32.max / UInt32(shingles) * UInt32(3 * Sketch.hashesMax) : UInt32.max
        var all: [UInt32] = []
        all.reserveCapacity(min(shingles, 4 * Sketch.hashesMax))
        for index in 0..<shingles {
            let hash = Sketch.hash(masked[index], masked[index + 1], masked[index + 2])
            if hash <= threshold { all.append(hash) }
        }
        all.sort()
        hashes = []
        hashes.reserveCapacity(min(all.count, Sketch.hashesMax))
        isComplete = threshold == UInt32.max
        for hash in all where hash != hashes.last {
            if hashes.count == Sketch.hashesMax {
                isComplete = false
                break
            }
            hashes.append(hash)
        }
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
        var (one, other) = (left.startIndex, right.startIndex)
        var (leftCount, rightCount, common) = (0, 0, 0)
        while one < left.endIndex || other < right.endIndex {
            let a = one < left.endIndex ? left[one] : UInt32.max
            let b = other < right.endIndex ? right[other] : UInt32.max
            if min(a, b) > bound { break }
            if one < left.endIndex, a <= b {
                leftCount += 1
                one += 1
                if a == b, other < right.endIndex {
                    common += 1
                    rightCount += 1
                    other += 1
                }
            } else {
                rightCount += 1
                other += 1
            }
        }
        let shorter = min(leftCount, rightCount)
        guard shorter > 0 else { return .none }
        return Overlap(
            containmentPermille: common * 1000 / shorter,
            resemblancePermille: common * 1000 / (leftCount + rightCount - common)
        )
    }
}
