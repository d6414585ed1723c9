/// Finds the names of places and units in a text by their endings (名称识别).
///
/// Only the two characters before an ending are looked at: the left end of a name cannot be told
/// without a dictionary, and two characters tell estates and firms of one county apart.
package enum NameFinder {
    private static let coreUnitsMax = 2

    /// The names of a text in the order of their places, without repetition.
    package static func names(in text: PlainText, max: Int) -> [Name] {
        let units = text.units.span
        let endings = NameSuffixes.byStart
        var found: [Name] = []
        var start = 0
        var index = 0
        while index < units.count, found.count < max {
            let unit = units[index]
            var reading: Reading?
            if unit == PlainText.wordBreak {
                index += 1
                start = index
                continue
            } else if unit < 128 {
                reading = coded(units, at: index)
            } else if let suffixes = endings[unit] {
                reading = named(suffixes.span, units, at: index, from: start)
            }
            if let reading {
                if let (kind, place) = reading.name {
                    let name = Name(kind: kind, units: text.units[place])
                    if !found.contains(name) { found.append(name) }
                }
                index = reading.end
                start = reading.end
            } else {
                index += 1
            }
        }
        return found
    }

    /// Where a name stands, if what was read is one, and where what was read ends.
    private struct Reading {
        var name: (kind: NameKind, place: Range<Int>)?
        var end: Int
    }

    /// The names of a field of its own; the whole field when it has no known ending.
    package static func names(inField field: PlainText, max: Int) -> [Name] {
        let found = names(in: field, max: max)
        if found.contains(where: { $0.kind != .town && $0.kind != .district }) { return found }
        guard field.characterCount >= 2 else { return found }
        return found + [
            Name(kind: .other, units: field.units.filter { $0 != PlainText.wordBreak }[...])
        ]
    }

    /// A code in place of a district (`A3区`) or the number of a line (`3号线`, `320路`).
    private static func coded(_ units: Span<UInt16>, at index: Int) -> Reading? {
        let unit = units[index]
        if CharacterTable.isLetter(unit) {
            var end = index + 1
            while end < units.count, CharacterTable.isDigit(units[end]) { end += 1 }
            // 区, 县.
            guard end < units.count, end > index + 1, units[end] == 0x533a || units[end] == 0x53bf
            else { return nil }
            return Reading(name: (.district, index..<(end + 1)), end: end + 1)
        }
        guard CharacterTable.isDigit(unit) else { return nil }
        var end = index
        while end < units.count, CharacterTable.isDigit(units[end]) { end += 1 }
        guard end < units.count else { return Reading(end: end) }
        // 路 or 号线 after a number.
        if units[end] == 0x8def {
            return Reading(name: (.line, index..<end), end: end + 1)
        }
        if units[end] == 0x53f7, end + 1 < units.count, units[end + 1] == 0x7ebf {
            return Reading(name: (.line, index..<end), end: end + 2)
        }
        return Reading(end: end)
    }

    /// A name with one of these endings at `index`, whose left side begins no earlier than `start`.
    private static func named(
        _ suffixes: Span<NameSuffixes.Suffix>,
        _ units: Span<UInt16>,
        at index: Int,
        from start: Int
    ) -> Reading? {
        let next = index + 1 < units.count ? units[index + 1] : PlainText.wordBreak
        for number in suffixes.indices {
            let second = suffixes[number].second
            guard second == 0 || second == next, isHere(suffixes[number].units, units, at: index)
            else { continue }
            return read(suffixes[number], units, at: index, from: start)
        }
        return nil
    }

    private static func read(
        _ suffix: NameSuffixes.Suffix,
        _ units: Span<UInt16>,
        at index: Int,
        from start: Int
    ) -> Reading {
        let end = index + suffix.units.count
        if suffix.units.count == 1, end < units.count,
            NameSuffixes.refusedAfter[suffix.units[0]]?.contains(units[end]) == true
        {
            return Reading(end: end)
        }
        let core = core(units, before: index, from: start, kind: suffix.kind)
        // 农村, 马路: no name, and the next ending may still follow.
        guard let core, !suffix.refused.contains(units[core.upperBound - 1]) else {
            return Reading(end: end)
        }
        return Reading(name: (suffix.kind, core), end: end)
    }

    /// The characters stand in the text from `index` on.
    private static func isHere(
        _ characters: [UInt16],
        _ units: Span<UInt16>,
        at index: Int
    ) -> Bool {
        guard index + characters.count <= units.count else { return false }
        for offset in characters.indices where units[index + offset] != characters[offset] {
            return false
        }
        return true
    }

    private static func core(
        _ units: Span<UInt16>,
        before index: Int,
        from start: Int,
        kind: NameKind
    ) -> Range<Int>? {
        var end = index
        if kind == .firm || kind == .site {
            while end > start, let trades = NameSuffixes.tradesByEnd[units[end - 1]] {
                var length = 0
                for trade in trades
                where end - trade.count >= start && isHere(trade, units, at: end - trade.count) {
                    length = trade.count
                    break
                }
                if length == 0 { break }
                end -= length
            }
        }
        var first = end
        while first > start, end - first < coreUnitsMax,
            !NameSuffixes.stops.contains(units[first - 1])
        {
            first -= 1
        }
        return first < end ? first..<end : nil
    }
}
