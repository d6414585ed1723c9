/// A text's pairs of neighbouring characters with their counts: the features of likeness (字对).
package struct PairCounts: Equatable, Sendable {
    /// A pair and how often it stands in the text, the title counted several times.
    package struct Entry: Equatable, Sendable {
        /// The two units, the first in the upper half.
        package var pair: UInt32
        /// How often, at least 1.
        package var count: UInt32
    }

    /// The pairs in rising order.
    package private(set) var entries: [Entry]

    /// The pairs of a title, counted `titleWeight` times, and of the first `bodyCharacters` of a
    /// body.
    package init(title: PlainText, titleWeight: Int, body: PlainText, bodyCharacters: Int) {
        var all: [UInt64] = []
        all.reserveCapacity(title.units.count + bodyCharacters)
        PairCounts.collect(title.units[...], weight: UInt64(max(0, titleWeight)), into: &all)
        PairCounts.collect(body.units.prefix(bodyCharacters), weight: 1, into: &all)
        all.sort()
        entries = []
        entries.reserveCapacity(all.count)
        for word in all {
            let pair = UInt32(truncatingIfNeeded: word >> 32)
            let count = UInt32(truncatingIfNeeded: word)
            if let last = entries.indices.last, entries[last].pair == pair {
                entries[last].count += count
            } else {
                entries.append(Entry(pair: pair, count: count))
            }
        }
    }

    /// The pairs of a short text, without repetition.
    package static func pairs(in units: ArraySlice<UInt16>) -> [UInt32] {
        var found: [UInt64] = []
        collect(units, weight: 1, into: &found)
        var pairs: [UInt32] = []
        for word in found {
            let pair = UInt32(truncatingIfNeeded: word >> 32)
            if !pairs.contains(pair) { pairs.append(pair) }
        }
        return pairs
    }

    /// The pair stands in the text.
    package func contains(_ pair: UInt32) -> Bool {
        var (low, high) = (0, entries.count)
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].pair < pair { low = middle + 1 } else { high = middle }
        }
        return low < entries.count && entries[low].pair == pair
    }

    /// The pair of a key of two characters; `nil` for any other text.
    package static func pair(of text: String) -> UInt32? {
        let units = PlainText(text).units
        guard units.count == 2, !units.contains(PlainText.wordBreak) else { return nil }
        return UInt32(units[0]) << 16 | UInt32(units[1])
    }

    private static func collect(
        _ units: ArraySlice<UInt16>,
        weight: UInt64,
        into all: inout [UInt64]
    ) {
        guard weight > 0, var before = units.first else { return }
        for unit in units.dropFirst() {
            if before != PlainText.wordBreak, unit != PlainText.wordBreak {
                all.append(UInt64(before) << 48 | UInt64(unit) << 32 | weight)
            }
            before = unit
        }
    }
}
