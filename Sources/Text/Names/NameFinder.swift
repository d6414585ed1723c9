/// Finds the names of places and units in a text by their endings (名称识别).
///
/// Only the two characters before an ending are looked at: the left end of a name cannot be told
/// without a dictionary, and two characters tell estates and firms of one county apart.
package enum NameFinder {
    private static let coreUnitsMax = 2

    /// The names of a text in the order of their places, without repetition.
    package static func names(in text: PlainText, max: Int) -> [Name] {
        let units = text.units
        var found: [Name] = []
        var start = 0
        var index = 0
        while index < units.count, found.count < max {
            let unit = units[index]
            if unit == PlainText.wordBreak {
                index += 1
                start = index
            } else if let (name, end) = coded(units, at: index, from: start)
                ?? named(units, at: index, from: start)
            {
                if let name, !found.contains(name) { found.append(name) }
                index = end
                start = end
            } else {
                index += 1
            }
        }
        return found
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
    private static func coded(
        _ units: [UInt16],
        at index: Int,
        from start: Int
    ) -> (Name?, Int)? {
        let unit = units[index]
        if CharacterTable.isLetter(unit) {
            var end = index + 1
            while end < units.count, CharacterTable.isDigit(units[end]) { end += 1 }
            guard end < units.count, end > index + 1, [0x533a, 0x53bf].contains(units[end]) else {
                return nil
            }
            return (Name(kind: .district, units: units[index...end]), end + 1)
        }
        guard CharacterTable.isDigit(unit) else { return nil }
        var end = index
        while end < units.count, CharacterTable.isDigit(units[end]) { end += 1 }
        guard end < units.count else { return (nil, end) }
        // 路 or 号线 after a number.
        if units[end] == 0x8def {
            return (Name(kind: .line, units: units[index..<end]), end + 1)
        }
        if units[end] == 0x53f7, end + 1 < units.count, units[end + 1] == 0x7ebf {
            return (Name(kind: .line, units: units[index..<end]), end + 2)
        }
        return (nil, end)
    }

    /// A name with a known ending at `index`, whose left side begins no earlier than `start`.
    private static func named(
        _ units: [UInt16],
        at index: Int,
        from start: Int
    ) -> (Name?, Int)? {
        guard NameSuffixes.starts.contains(units[index]),
            let suffixes = NameSuffixes.byStart[units[index]]
        else { return nil }
        for suffix in suffixes where isHere(suffix.units, units, at: index) {
            let end = index + suffix.units.count
            if suffix.units.count == 1, end < units.count,
                NameSuffixes.refusedAfter[suffix.units[0]]?.contains(units[end]) == true
            {
                return (nil, end)
            }
            guard let core = core(units, before: index, from: start, kind: suffix.kind),
                let last = core.last
            else { return (nil, end) }
            if suffix.refused.contains(last) {
                // 农村, 马路: no name, and the next ending may still follow.
                return (nil, end)
            }
            return (Name(kind: suffix.kind, units: core), end)
        }
        return nil
    }

    /// The characters stand in the text from `index` on.
    private static func isHere(_ characters: [UInt16], _ units: [UInt16], at index: Int) -> Bool {
        guard index + characters.count <= units.count else { return false }
        for offset in characters.indices where units[index + offset] != characters[offset] {
            return false
        }
        return true
    }

    private static func core(
        _ units: [UInt16],
        before index: Int,
        from start: Int,
        kind: NameKind
    ) -> ArraySlice<UInt16>? {
        var end = index
        if kind == .firm || kind == .site {
            while end > start, let trades = NameSuffixes.tradesByEnd[units[end - 1]],
                let trade = trades.first(where: { trade in
                    end - trade.count >= start && isHere(trade, units, at: end - trade.count)
                })
            {
                end -= trade.count
            }
        }
        var first = end
        while first > start, end - first < coreUnitsMax,
            !NameSuffixes.stops.contains(units[first - 1])
        {
            first -= 1
        }
        return first < end ? units[first..<end] : nil
    }
}
