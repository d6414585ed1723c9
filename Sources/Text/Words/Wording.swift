/// What the words of a text mean, and which characters are left for names (用词).
package struct Wording: Equatable, Sendable {
    /// Meanings of its words, each once, in the order of the text.
    package private(set) var meanings: [Int] = []
    /// Of each unit, whether a word or the code of a division covers it.
    ///
    /// What is left may name something.
    package private(set) var covered: [Bool]

    /// Reads a text.
    package init(_ text: PlainText, words: WordTable) {
        let units = text.units
        let end = units.count
        covered = Array(repeating: false, count: end)
        var index = 0
        while index < end {
            if let (length, meaning) = words.match(units, at: index, end: end) {
                for place in index..<(index + length) { covered[place] = true }
                if meaning != WordTable.everyday, !meanings.contains(meaning) {
                    meanings.append(meaning)
                }
                index += length
            } else if let code = Wording.codeEnd(units, at: index, end: end) {
                for place in index..<code { covered[place] = true }
                index = code
            } else {
                index += 1
            }
        }
    }

    /// Where the code of a city, district or county ends (`A3区`); `nil` when there is none.
    private static func codeEnd(_ units: [UInt16], at index: Int, end: Int) -> Int? {
        guard CharacterTable.isLetter(units[index]) else { return nil }
        var next = index + 1
        while next < end, CharacterTable.isDigit(units[next]) { next += 1 }
        // 市, 区, 县.
        guard next < end, [0x5e02, 0x533a, 0x53bf].contains(units[next]) else { return nil }
        return next + 1
    }
}
