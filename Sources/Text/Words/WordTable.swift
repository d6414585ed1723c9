/// Words of several meanings, found in one pass over a text, the longest first (词表).
///
/// A meaning is a number of the owner's; words without one are everyday words, which say nothing.
package struct WordTable: Equatable, Sendable {
    /// The meaning of an everyday word.
    package static let everyday = -1

    /// The words that begin with one pair of characters.
    private struct Group: Equatable, Sendable {
        var start: UInt32 = 0
        var first: Int32 = 0
        var count: Int32 = 0
    }

    private struct Word: Equatable, Sendable {
        /// What follows the first two characters.
        var rest: [UInt16]
        var meaning: Int
    }

    /// What words begin with.
    private var starts = UnitSet([])
    /// A table of open addresses; a group of no words is an empty place.
    private var groups: [Group]
    private var words: [Word] = []

    /// A table of words with their meanings and of everyday words.
    ///
    /// Words of fewer than two characters are left out; of equal words the first one counts.
    package init(_ meanings: [(word: String, meaning: Int)]) {
        var byStart: [UInt32: [Word]] = [:]
        for (text, meaning) in meanings {
            let units = PlainText(text).characters
            guard units.count >= 2 else { continue }
            let start = WordTable.start(units[0], units[1])
            let word = Word(rest: Array(units.dropFirst(2)), meaning: meaning)
            let known = byStart[start, default: []]
            if !known.contains(where: { $0.rest == word.rest }) { byStart[start] = known + [word] }
        }
        starts = UnitSet(byStart.keys.map { UInt16($0 >> 16) })
        // At most half full, so that a search ends soon.
        var size = 16
        while size < 2 * byStart.count { size *= 2 }
        groups = Array(repeating: Group(), count: size)
        for start in byStart.keys.sorted() {
            let found = (byStart[start] ?? []).sorted { $0.rest.count > $1.rest.count }
            let group = Group(
                start: start,
                first: Int32(words.count),
                count: Int32(found.count)
            )
            words += found
            var place = WordTable.place(of: start, in: size)
            while groups[place].count > 0 { place = (place + 1) & (size - 1) }
            groups[place] = group
        }
    }

    /// The longest word at `index`; `nil` when none begins there.
    @inline(__always)
    func match(_ units: [UInt16], at index: Int, end: Int) -> (length: Int, meaning: Int)? {
        guard index + 1 < end, starts.contains(units[index]) else { return nil }
        return search(units, at: index, end: end)
    }

    private func search(
        _ units: [UInt16],
        at index: Int,
        end: Int
    ) -> (length: Int, meaning: Int)? {
        let start = WordTable.start(units[index], units[index + 1])
        var place = WordTable.place(of: start, in: groups.count)
        while groups[place].count > 0 {
            guard groups[place].start == start else {
                place = (place + 1) & (groups.count - 1)
                continue
            }
            let first = Int(groups[place].first)
            for number in first..<(first + Int(groups[place].count))
            where isHere(number, units, at: index + 2, end: end) {
                return (words[number].rest.count + 2, words[number].meaning)
            }
            return nil
        }
        return nil
    }

    private func isHere(_ number: Int, _ units: [UInt16], at index: Int, end: Int) -> Bool {
        let count = words[number].rest.count
        guard index + count <= end else { return false }
        for offset in 0..<count where units[index + offset] != words[number].rest[offset] {
            return false
        }
        return true
    }

    private static func start(_ first: UInt16, _ second: UInt16) -> UInt32 {
        UInt32(first) << 16 | UInt32(second)
    }

    private static func place(of start: UInt32, in size: Int) -> Int {
        Int(truncatingIfNeeded: (UInt64(start) &* 0x9e37_79b9_7f4a_7c15) >> 40) & (size - 1)
    }
}
