/// A text's pairs of neighbouring characters with their counts: the features of likeness (字对).
///
/// The order within a pair does not count: names are written 能东 and 东能.
package struct PairCounts: Equatable, Sendable {
    /// A pair, how often it stands in the text, the title counted several times, and where.
    package struct Entry: Equatable, Sendable {
        /// The two units, the smaller in the upper half.
        package var pair: UInt32
        /// How often, at least 1.
        package var count: UInt32
        /// Where it stands.
        package var marks: Marks
    }

    /// Where a pair stands in a text; four bits.
    package struct Marks: OptionSet, Sendable {
        package let rawValue: UInt8

        package init(rawValue: UInt8) { self.rawValue = rawValue }

        /// In the title.
        package static let title = Marks(rawValue: 1)
        /// In the beginning of the body.
        package static let body = Marks(rawValue: 2)
        /// In what a title leaves beside words: mostly a name.
        package static let titleName = Marks(rawValue: 4)
        /// In what words leave anywhere.
        package static let name = Marks(rawValue: 8)
    }

    /// The pairs in rising order.
    package private(set) var entries: [Entry]

    /// No pairs.
    package init() { entries = [] }

    /// The pairs of a title, counted `titleWeight` times, and of the first `bodyCharacters` of a
    /// body, with what their words cover.
    package init(
        title: PlainText,
        titleWeight: Int,
        titleWording: Wording,
        body: PlainText,
        bodyCharacters: Int,
        bodyWording: Wording
    ) {
        var all: [UInt64] = []
        all.reserveCapacity(title.units.count + bodyCharacters)
        PairCounts.collect(
            title.units[...],
            weight: min(max(0, titleWeight), 16),
            titleWording.covered,
            .title,
            [.titleName, .name],
            into: &all
        )
        PairCounts.collect(
            body.units.prefix(bodyCharacters),
            weight: 1,
            bodyWording.covered,
            .body,
            .name,
            into: &all
        )
        all.sort()
        entries = []
        entries.reserveCapacity(all.count)
        for word in all {
            let pair = UInt32(truncatingIfNeeded: word >> 32)
            let count = UInt32(truncatingIfNeeded: word) & 0xff
            let marks = Marks(rawValue: UInt8(truncatingIfNeeded: word >> 8))
            if let last = entries.indices.last, entries[last].pair == pair {
                entries[last].count += count
                entries[last].marks.formUnion(marks)
            } else {
                entries.append(Entry(pair: pair, count: count, marks: marks))
            }
        }
    }

    /// The pairs of a short text, without repetition.
    package static func pairs(in units: ArraySlice<UInt16>) -> [UInt32] {
        var pairs: [UInt32] = []
        guard var before = units.first else { return pairs }
        for unit in units.dropFirst() {
            if before != PlainText.wordBreak, unit != PlainText.wordBreak {
                let pair = pair(before, unit)
                if !pairs.contains(pair) { pairs.append(pair) }
            }
            before = unit
        }
        return pairs
    }

    /// The pair of a key of two characters; `nil` for any other text.
    package static func pair(of text: String) -> UInt32? {
        let units = PlainText(text).units
        guard units.count == 2, !units.contains(PlainText.wordBreak) else { return nil }
        return pair(units[0], units[1])
    }

    @inline(__always)
    private static func pair(_ first: UInt16, _ second: UInt16) -> UInt32 {
        UInt32(min(first, second)) << 16 | UInt32(max(first, second))
    }

    private static func collect(
        _ units: ArraySlice<UInt16>,
        weight: Int,
        _ covered: [Bool],
        _ plain: Marks,
        _ named: Marks,
        into all: inout [UInt64]
    ) {
        guard weight > 0, var before = units.first else { return }
        let words = UInt64(plain.rawValue) << 8 | UInt64(weight)
        let names = UInt64(plain.union(named).rawValue) << 8 | UInt64(weight)
        for index in units.indices.dropFirst() {
            let unit = units[index]
            if before != PlainText.wordBreak, unit != PlainText.wordBreak {
                let isWord = covered[index - 1] || covered[index]
                all.append(UInt64(pair(before, unit)) << 32 | (isWord ? words : names))
            }
            before = unit
        }
    }
}
