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
        let masked = Sketch.masked(text)
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

    /// The characters without breaks, runs of digits as one.
    private static func masked(_ text: PlainText) -> [UInt16] {
        let units = text.units.span
        return Array(capacity: units.count) { masked in
            var isNumber = false
            for index in units.indices {
                let unit = units[index]
                if CharacterTable.isDigit(unit) {
                    if !isNumber { masked.append(48) }
                    isNumber = true
                } else if unit != PlainText.wordBreak {
                    masked.append(unit)
                    isNumber = false
                }
            }
        }
    }

    /// The smallest hashes of the shingles that are not above a bound, each once, rising; one more
    /// than a sample holds at most.
    private static func smallest(_ masked: [UInt16], upTo bound: UInt32) -> [UInt32] {
        let units = masked.span
        guard units.count > 2 else { return [] }
        var all = [UInt32](capacity: units.count) { all in
            var (first, second) = (UInt64(units[0]), UInt64(units[1]))
            for index in 2..<units.count {
                let third = UInt64(units[index])
                let hash = hash(first << 32 | second << 16 | third)
                if hash <= bound { all.append(hash) }
                (first, second) = (second, third)
            }
        }
        BucketSort.sort(&all, upTo: bound)
        let sorted = all.span
        return Array(capacity: min(sorted.count, hashesMax + 1)) { found in
            for index in sorted.indices where index == 0 || sorted[index] != sorted[index - 1] {
                found.append(sorted[index])
                if found.count > hashesMax { break }
            }
        }
    }

    @inline(__always)
    private static func hash(_ word: UInt64) -> UInt32 {
        var state = (word &+ 0x9e37_79b9_7f4a_7c15) &* 0xbf58_476d_1ce4_e5b9
        state = (state ^ (state >> 29)) &* 0x94d0_49bb_1331_11eb
        // 0 stands for no hash.
        return max(1, UInt32(truncatingIfNeeded: state >> 32))
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

    /// The hashes of a sample in a table of open addresses, so that it is told of each hash of another
    /// by one look whether it is in it.
    package struct Table: Sendable {
        private static let size = 1024

        /// Hashes by their lower bits; 0 is a free place, and no hash.
        private var places: [UInt32]

        /// The table of a sample.
        package init(_ sketch: Sketch) {
            places = Array(repeating: 0, count: Table.size)
            for hash in sketch.hashes {
                var place = Int(hash) & (Table.size - 1)
                while places[place] != 0 { place = (place + 1) & (Table.size - 1) }
                places[place] = hash
            }
        }

        /// How many of these hashes are in the sample.
        fileprivate func count(_ hashes: Span<UInt32>) -> Int {
            let places = places.span
            var count = 0
            for index in hashes.indices {
                let hash = hashes[index]
                var place = Int(hash) & (Table.size - 1)
                while places[place] != hash, places[place] != 0 {
                    place = (place + 1) & (Table.size - 1)
                }
                count &+= places[place] == hash ? 1 : 0
            }
            return count
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
    ///   - table: The same sample's table, made once for many comparisons.
    ///   - right: The other sample's hashes.
    ///   - rightIsComplete: It holds all shingles of its text.
    /// - Returns: How much of either stands in the other.
    package static func overlap(
        _ left: ArraySlice<UInt32>,
        isComplete leftIsComplete: Bool,
        table: Table,
        _ right: ArraySlice<UInt32>,
        isComplete rightIsComplete: Bool
    ) -> Overlap {
        guard let leftLast = left.last, let rightLast = right.last else { return .none }
        let bound = min(
            leftIsComplete ? UInt32.max : leftLast,
            rightIsComplete ? UInt32.max : rightLast
        )
        let right = upTo(bound, right)
        let (leftCount, rightCount) = (upTo(bound, left).count, right.count)
        let common = table.count(right.span)
        let shorter = min(leftCount, rightCount)
        guard shorter > 0 else { return .none }
        return Overlap(
            containmentPermille: common * 1000 / shorter,
            resemblancePermille: common * 1000 / (leftCount + rightCount - common)
        )
    }

    /// The hashes that are not above a bound.
    private static func upTo(_ bound: UInt32, _ hashes: ArraySlice<UInt32>) -> ArraySlice<UInt32> {
        guard let last = hashes.last, last > bound else { return hashes }
        var (low, high) = (hashes.startIndex, hashes.endIndex)
        while low < high {
            let middle = (low + high) / 2
            if hashes[middle] <= bound { low = middle + 1 } else { high = middle }
        }
        return hashes[..<low]
    }
}
