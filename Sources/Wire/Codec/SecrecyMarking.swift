/// The marking of a state secret (密级标志), which this system must never hold.
///
/// A marking is 绝密, 机密 or 秘密 followed by ★, alone on its line, or at the head of the title. The
/// word in running text is none: people write of secret discharges and secret ballots.
package enum SecrecyMarking {
    /// Whether a marking stands in the title or the text.
    package static func stands(inTitle title: String, text: String) -> Bool {
        stands(in: title, isTitle: true) || stands(in: text, isTitle: false)
    }

    private static func stands(in text: String, isTitle: Bool) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            var place = 0
            while let word = nextWord(in: bytes, from: place) {
                let start = skipBlanks(in: bytes, backFrom: word)
                let end = skipBlanks(in: bytes, from: word + 6)
                let opensLine = start == 0 || isBreak(bytes[start - 1])
                let closesLine = end == bytes.count || isBreak(bytes[end])
                if isStar(in: bytes, at: end) || opensLine && closesLine
                    || isTitle && start == 0
                {
                    return true
                }
                place = word + 6
            }
            return false
        }
    }

    /// The place of the next 绝密, 机密 or 秘密.
    private static func nextWord(in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
        // 密 is E5 AF 86. AF is rare enough as a second byte to be the thing to look for.
        let raw = UnsafeRawBufferPointer(bytes)
        var from = start + 4
        while let place = ByteScan.first(0xAF, in: raw, from: from), place + 1 < bytes.count {
            if bytes[place - 1] == 0xE5, bytes[place + 1] == 0x86 {
                let word = place - 4
                switch (bytes[word], bytes[word + 1], bytes[word + 2]) {
                case (0xE7, 0xBB, 0x9D), (0xE6, 0x9C, 0xBA), (0xE7, 0xA7, 0x98): return word
                default: break
                }
            }
            from = place + 1
        }
        return nil
    }

    private static func isBreak(_ byte: UInt8) -> Bool { byte == 10 || byte == 13 }

    /// ★, U+2605.
    private static func isStar(in bytes: UnsafeBufferPointer<UInt8>, at place: Int) -> Bool {
        place + 2 < bytes.count && bytes[place] == 0xE2 && bytes[place + 1] == 0x98
            && bytes[place + 2] == 0x85
    }

    /// Passes over spaces, tabs and the wide space U+3000.
    private static func skipBlanks(in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        var place = start
        while place < bytes.count {
            if bytes[place] == 32 || bytes[place] == 9 {
                place += 1
            } else if place + 2 < bytes.count, isWideSpace(bytes, place) {
                place += 3
            } else {
                break
            }
        }
        return place
    }

    private static func skipBlanks(
        in bytes: UnsafeBufferPointer<UInt8>,
        backFrom start: Int
    ) -> Int {
        var place = start
        while place > 0 {
            if bytes[place - 1] == 32 || bytes[place - 1] == 9 {
                place -= 1
            } else if place >= 3, isWideSpace(bytes, place - 3) {
                place -= 3
            } else {
                break
            }
        }
        return place
    }

    private static func isWideSpace(_ bytes: UnsafeBufferPointer<UInt8>, _ place: Int) -> Bool {
        bytes[place] == 0xE3 && bytes[place + 1] == 0x80 && bytes[place + 2] == 0x80
    }
}
