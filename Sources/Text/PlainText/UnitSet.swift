/// A set of characters as they stand in a plain text, one bit each (字符集).
///
/// Asking takes one look into 8 KB; a hashed set costs more than what is done with the answer.
package struct UnitSet: Equatable, Sendable {
    @usableFromInline let words: [UInt64]

    /// The set of some characters.
    package init(_ units: some Sequence<UInt16>) {
        var words = [UInt64](repeating: 0, count: 1 << 10)
        for unit in units { words[Int(unit >> 6)] |= 1 << UInt64(unit & 63) }
        self.words = words
    }

    /// The characters of a text.
    init(of text: String) {
        self.init(PlainText(text).units.filter { $0 != PlainText.wordBreak })
    }

    /// Whether the character is one of them.
    @inlinable
    package func contains(_ unit: UInt16) -> Bool {
        words[Int(unit >> 6)] & (1 << UInt64(unit & 63)) != 0
    }
}
