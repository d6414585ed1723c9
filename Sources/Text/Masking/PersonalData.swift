/// Looks whether a text still holds personal data in the clear (脱敏复核).
///
/// The gate asks this of every text that an agency sends. Most texts hold nothing that could begin such a
/// number, which a single pass over the scalars finds out; only then are they scanned.
package enum PersonalData {
    /// What a text holds in the clear; `nil` when it holds nothing.
    package static func kind(in text: String) -> MaskKind? {
        guard mayHold(text) else { return nil }
        return spans(in: MaskText(text)).first?.kind
    }

    /// What a line of JSON that is no item holds in the clear, and in which member; `nil` when it holds nothing.
    ///
    /// Every string is looked at and what stands between strings, since of a broken line nobody knows which is
    /// which; but not the line's own number and what else an agency's machine gives, which have the form of
    /// people's numbers by chance.
    ///
    /// - Parameter line: The bytes as they came.
    /// - Returns: The kind, and the member's name, empty where nobody knows it.
    package static func first(
        inLine line: UnsafeRawBufferPointer
    ) -> (kind: MaskKind, member: String)? {
        var pieces = LoosePieces(line)
        while let piece = pieces.next() {
            guard !machineGiven.contains(piece.name) else { continue }
            if let kind = kind(in: piece.text) { return (kind, piece.name) }
        }
        return nil
    }

    private static let machineGiven: Set<String> = [
        "id", "source", "time", "subject", "type", "specversion",
    ]

    /// Everything in a text that has the form of personal data.
    static func spans(in text: MaskText) -> [MaskSpan] {
        var spans: [MaskSpan] = []
        NumberScan.find(in: text, into: &spans)
        WordScan.find(in: text, into: &spans)
        return spans
    }

    /// Digits in a row, a few characters between them at most, that may be a number of somebody's.
    private static let digitsMin = 6
    private static let gapMax = 3

    private static func mayHold(_ text: String) -> Bool {
        var digits = 0
        var gap = 0
        var last: UInt32 = 0
        for scalar in text.unicodeScalars {
            let plain = MaskText.plain(scalar)
            switch plain {
            case 64: return true
            case 48...57:
                digits += 1
                gap = 0
            case 65...90:
                if PlateScan.isProvince(last) { return true }
                if plain == 81, last == 81 { return true }
                gap += 1
            // 微信, 支付宝, 护照, 通行证.
            case 0x4FE1 where last == 0x5FAE, 0x4ED8 where last == 0x652F,
                0x7167 where last == 0x62A4, 0x884C where last == 0x901A:
                return true
            default:
                if MaskText.numeral(plain) != nil {
                    digits += 1
                    gap = 0
                } else if isBetween(plain) {
                    // A plate may have it behind its province, and any number between its digits.
                    continue
                } else {
                    gap += 1
                }
            }
            if digits >= digitsMin { return true }
            if gap > gapMax { digits = 0 }
            last = plain
        }
        return false
    }

    private static func isBetween(_ plain: UInt32) -> Bool {
        MaskText.isSeparator(plain) || MaskText.isPoint(plain) || MaskText.isBreak(plain)
    }
}
