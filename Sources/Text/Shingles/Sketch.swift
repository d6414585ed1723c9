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
        // A sample that is likely to hold the smallest hashes spares sorting the others; a text that says
        // the same again and again has too few under its bound, and is taken whole.
        if shingles > 2 * Sketch.hashesMax {
            let bound = UInt32.max / UInt32(shingles) * UInt32(2 * Sketch.hashesMax)
            let sample = Sketch.smallest(masked, upTo: bound)
            if sample.count > Sketch.hashesMax {
                hashes = Array(sample.prefix(Sketch.hashesMax))
                isComplete = false
                return
            }
        }
        let all = Sketch.smallest(masked, upTo: .max)
        hashes = Array(all.prefix(Sketch.hashesMax))
        isComplete = all.count <= Sketch.hashesMax
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
        sort(&all, upTo: bound)
        var found: [UInt32] = []
        found.reserveCapacity(min(all.count, hashesMax + 1))
        for hash in all where hash != found.last {
            found.append(hash)
            if found.count > hashesMax { break }
        }
        return found
    }

    /// Sorts hashes, which are spread evenly up to a bound: each into one of 256 buckets, then within.
    ///
    /// A text that somebody made so that they are not is sorted as anything else.
    private static func sort(_ hashes: inout [UInt32], upTo bound: UInt32) {
        let shift = UInt32(max(0, 24 - bound.leadingZeroBitCount))
        var ends: [256 of Int32] = .init(repeating: 0)
        for hash in hashes { ends[Int(hash >> shift)] += 1 }
        var (end, most): (Int32, Int32) = (0, 0)
        for bucket in 0..<256 {
            most = max(most, ends[bucket])
            end += ends[bucket]
            ends[bucket] = end
        }
        guard most <= 32 else { return hashes.sort() }
        var sorted = hashes
        for hash in hashes {
            let bucket = Int(hash >> shift)
            ends[bucket] -= 1
            sorted[Int(ends[bucket])] = hash
        }
        for index in sorted.indices.dropFirst() {
            let hash = sorted[index]
            var place = index
            while place > 0, sorted[place - 1] > hash {
                sorted[place] = sorted[place - 1]
                place -= 1
            }
            sorted[place] = hash
        }
        hashes = sorted
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

    /// Which of 2,048 bits the hashes of a sample set, so that most hashes of another are known not to be
    /// in it by one look.
    package struct Mask: Sendable {
        fileprivate var words: [UInt64]

        /// The mask of a sample.
        package init(_ sketch: Sketch) {
            words = Array(repeating: 0, count: 32)
            for hash in sketch.hashes { words[Int(hash >> 6 & 31)] |= 1 << UInt64(hash & 63) }
        }
    }

    /// Compares two samples given as rising hashes.
    ///
    /// Only hashes up to the smaller of the two greatest ones are compared, unless a sample is
    /// complete: beyond that a missing hash says nothing.
    ///
    /// - Parameters:
    ///   - left: One sample's hashes.
    ///   - leftIsComplete: It holds all shingles of its text.
    ///   - mask: The same sample's mask, made once for many comparisons.
    ///   - right: The other sample's hashes.
    ///   - rightIsComplete: It holds all shingles of its text.
    /// - Returns: How much of either stands in the other.
    package static func overlap(
        _ left: ArraySlice<UInt32>,
        isComplete leftIsComplete: Bool,
        mask: Mask,
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
        let common = common(left.span, mask, right.span)
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

    /// How many hashes stand in both; only those of the right that the left one's mask lets through are
    /// looked for.
    private static func common(
        _ left: Span<UInt32>,
        _ mask: Mask,
        _ right: Span<UInt32>
    ) -> Int {
        let words = mask.words.span
        var (place, count) = (0, 0)
        for index in right.indices {
            let hash = right[index]
            guard words[Int(hash >> 6 & 31)] & 1 << UInt64(hash & 63) != 0 else { continue }
            while place < left.count, left[place] < hash { place += 1 }
            if place < left.count, left[place] == hash { count += 1 }
        }
        return count
    }
}
