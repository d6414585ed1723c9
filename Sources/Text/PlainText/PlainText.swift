/// A text as comparison sees it: folded characters, one break (0) for anything between words.
///
/// Full-width forms are folded, capitals lowered, links dropped. Breaks are never doubled and never
/// stand at either end.
package struct PlainText: Equatable, Sendable {
    /// The break between words.
    package static let wordBreak: UInt16 = 0

    /// Folded characters and breaks.
    package private(set) var units: [UInt16]

    /// The folded form of a text; at most `charactersMax` units are kept.
    package init(_ text: String, charactersMax: Int = .max) {
        var text = text
        units = text.withUTF8 { PlainText.fold($0, limit: charactersMax) }
        trimEnd()
    }

    /// A text from units that already obey the rules.
    init(units: [UInt16]) {
        self.units = units
        trimEnd()
    }

    /// The text up to a character, as if no more had been given.
    package func prefix(_ charactersMax: Int) -> PlainText {
        units.count <= charactersMax ? self : PlainText(units: Array(units.prefix(charactersMax)))
    }

    /// The characters without breaks.
    package var characters: [UInt16] { units.filter { $0 != PlainText.wordBreak } }

    /// Characters without breaks.
    package var characterCount: Int {
        units.reduce(0) { $0 + ($1 == PlainText.wordBreak ? 0 : 1) }
    }

    /// A hash of the characters without breaks: equal for texts that differ in punctuation alone.
    package var hash: UInt64 {
        var hash = TextHash()
        for unit in units where unit != PlainText.wordBreak { hash.add(unit) }
        return hash.value
    }

    private mutating func trimEnd() {
        if units.last == PlainText.wordBreak { units.removeLast() }
    }

    private static func fold(_ bytes: UnsafeBufferPointer<UInt8>, limit: Int) -> [UInt16] {
        Array(capacity: min(limit, bytes.count)) { units in
            var index = 0
            // A break at the beginning or after another says nothing.
            var isBroken = true
            while index < bytes.count, units.count < limit {
                let byte = bytes[index]
                // Nearly all of a text, and it stays what it is.
                let ideograph = UTF8Bytes.ideograph(bytes, at: index)
                if ideograph != 0 {
                    units.append(ideograph)
                    isBroken = false
                    index &+= 3
                    continue
                }
                if byte == 0x68 || byte == 0x48, let end = endOfLink(bytes, at: index) {
                    index = end
                    if !isBroken { units.append(wordBreak) }
                    isBroken = true
                    continue
                }
                let (scalar, width) = UTF8Bytes.scalar(bytes, at: index)
                index += width
                let unit = CharacterTable.unit(of: scalar)
                if unit != wordBreak {
                    units.append(unit)
                    isBroken = false
                } else if !isBroken {
                    units.append(wordBreak)
                    isBroken = true
                }
            }
        }
    }

    /// Where a link that starts at `index` ends; `nil` when there is none.
    private static func endOfLink(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> Int? {
        var end = index
        for expected in "http".utf8 {
            guard end < bytes.count, bytes[end] | 0x20 == expected else { return nil }
            end += 1
        }
        if end < bytes.count, bytes[end] | 0x20 == 0x73 { end += 1 }
        for expected in "://".utf8 {
            guard end < bytes.count, bytes[end] == expected else { return nil }
            end += 1
        }
        while end < bytes.count, bytes[end] > 0x20, bytes[end] < 0x7f { end += 1 }
        return end
    }
}

/// A 64-bit hash of units that is the same on every machine: FNV-1a, finished as SplitMix64 does.
package struct TextHash: Sendable {
    private var state: UInt64 = 0xcbf2_9ce4_8422_2325

    /// An empty hash.
    package init() {}

    /// Adds a unit.
    @inline(__always)
    package mutating func add(_ unit: UInt16) {
        state = (state ^ UInt64(unit)) &* 0x100_0000_01b3
    }

    /// The hash of what was added.
    package var value: UInt64 {
        let first = (state ^ (state >> 30)) &* 0xbf58_476d_1ce4_e5b9
        let second = (first ^ (first >> 27)) &* 0x94d0_49bb_1331_11eb
        return second ^ (second >> 31)
    }
}
