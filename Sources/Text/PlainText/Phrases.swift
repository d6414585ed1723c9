/// Phrases that carry no meaning for likeness (套话), found in one pass over a text.
package struct Phrases: Equatable, Sendable {
    /// Phrases by their first two units, the longest first.
    private var byStart: [UInt32: [[UInt16]]] = [:]
    /// What they begin with.
    private var starts = UnitSet([])

    /// A set of phrases; those of fewer than two characters are left out.
    package init(_ phrases: [String]) {
        for phrase in phrases {
            let units = PlainText(phrase).units.filter { $0 != PlainText.wordBreak }
            guard units.count >= 2 else { continue }
            byStart[Phrases.start(units[0], units[1]), default: []].append(units)
        }
        starts = UnitSet(byStart.keys.map { UInt16($0 >> 16) })
        byStart = byStart.mapValues { list in
            list.sorted { left, right in
                if left.count != right.count { return left.count > right.count }
                return left.lexicographicallyPrecedes(right)
            }
        }
    }

    /// The text with a break where a phrase stood, up to so many units.
    package func removed(from text: PlainText, unitsMax: Int = .max) -> PlainText {
        let units = text.units
        var kept: [UInt16] = []
        kept.reserveCapacity(min(units.count, unitsMax))
        var index = 0
        while index < units.count, kept.count < unitsMax {
            if let length = match(units, at: index) {
                if let last = kept.last, last != PlainText.wordBreak {
                    kept.append(PlainText.wordBreak)
                }
                index += length
            } else {
                let unit = units[index]
                if unit != PlainText.wordBreak || kept.last.map({ $0 != 0 }) == true {
                    kept.append(unit)
                }
                index += 1
            }
        }
        return PlainText(units: kept)
    }

    /// The first of the phrases that stands in a text.
    package func first(in text: PlainText) -> ArraySlice<UInt16>? {
        guard !byStart.isEmpty else { return nil }
        let units = text.units
        for index in units.indices {
            if let length = match(units, at: index) { return units[index..<(index + length)] }
        }
        return nil
    }

    /// How long the phrase at `index` is; `nil` when none begins there.
    func match(_ units: [UInt16], at index: Int) -> Int? {
        guard index + 1 < units.count, starts.contains(units[index]),
            let candidates = byStart[Phrases.start(units[index], units[index + 1])]
        else { return nil }
        for phrase in candidates where index + phrase.count <= units.count {
            var isSame = true
            for offset in 2..<max(2, phrase.count)
            where units[index + offset] != phrase[offset] {
                isSame = false
                break
            }
            if isSame { return phrase.count }
        }
        return nil
    }

    private static func start(_ first: UInt16, _ second: UInt16) -> UInt32 {
        UInt32(first) << 16 | UInt32(second)
    }
}
