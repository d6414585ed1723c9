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

    /// The pairs in the order in which they first stand in title and body.
    package private(set) var entries: [Entry]

    /// No pairs.
    package init() { entries = [] }

    /// The pairs of a title, counted `titleWeight` times, and of the beginning of a body, with what
    /// their words cover.
    package init(
        title: PlainText,
        titleWeight: Int,
        titleWording: Wording,
        body: PlainText,
        bodyWording: Wording
    ) {
        var collected = Collector(pairsMax: title.units.count + body.units.count)
        collected.add(
            title.units.span,
            weight: min(max(0, titleWeight), 16),
            titleWording.covered.span,
            .title,
            [.titleName, .name]
        )
        collected.add(
            body.units.span,
            weight: 1,
            bodyWording.covered.span,
            .body,
            .name
        )
        entries = collected.entries
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

    /// Counts pairs in the order in which they are met.
    private struct Collector {
        var entries: [Entry] = []
        /// One more than the place of a pair in `entries`, in a table of open addresses.
        private var places: [UInt32]

        /// Room for so many pairs; the table is half full at most.
        init(pairsMax: Int) {
            let size = 1 << (Int.bitWidth - max(8, pairsMax).leadingZeroBitCount + 1)
            places = Array(repeating: 0, count: size)
            entries.reserveCapacity(pairsMax)
        }

        mutating func add(
            _ units: Span<UInt16>,
            weight: Int,
            _ covered: Span<Bool>,
            _ plain: Marks,
            _ named: Marks
        ) {
            guard weight > 0, !units.isEmpty else { return }
            let (words, names) = (plain, plain.union(named))
            var before = units[0]
            for index in 1..<units.count {
                let unit = units[index]
                if before != PlainText.wordBreak, unit != PlainText.wordBreak {
                    let isWord = covered[index - 1] || covered[index]
                    add(pair(before, unit), UInt32(weight), isWord ? words : names)
                }
                before = unit
            }
        }

        @inline(__always)
        private mutating func add(_ pair: UInt32, _ weight: UInt32, _ marks: Marks) {
            let mask = places.count - 1
            var place =
                Int(truncatingIfNeeded: (UInt64(pair) &* 0x9e37_79b9_7f4a_7c15) >> 40) & mask
            while places[place] != 0 {
                let known = Int(places[place]) - 1
                if entries[known].pair == pair {
                    entries[known].count += weight
                    entries[known].marks.formUnion(marks)
                    return
                }
                place = (place + 1) & mask
            }
            entries.append(Entry(pair: pair, count: weight, marks: marks))
            places[place] = UInt32(entries.count)
        }
    }
}
