/// A first look at a text, one pass over its bytes: whether anything in it could be personal data at all.
///
/// It may say yes where a scan finds nothing, and never no where one finds something.
struct QuickLook {
    /// Digits in a row, a few characters between them at most, that may be a number of somebody's.
    private static let digitsMin = 6
    private static let gapMax = 3

    /// Ideographs that are more than something between two numbers: numerals, and how the words end that stand
    /// before a name or a number of any form.
    private static let telling = UnitSet(
        (0x4E00...0x9FFF).filter { MaskText.numeral(UInt32($0)) != nil || endsWord($0) }
    )

    private var digits = 0
    private var gap = 0
    private var last: UInt32 = 0

    /// Whether a text must be scanned.
    static func mayHold(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            var look = QuickLook()
            let telling = telling
            var index = 0
            while index < bytes.count {
                // Nearly all of a text.
                let ideograph = UTF8Bytes.ideograph(bytes, at: index)
                if ideograph != 0, !telling.contains(ideograph) {
                    look.pass(UInt32(ideograph))
                    index += 3
                    continue
                }
                let (scalar, width) = UTF8Bytes.scalar(bytes, at: index)
                if look.take(MaskText.plain(Unicode.Scalar(scalar) ?? " ")) { return true }
                index += width
            }
            return false
        }
    }

    /// 微信, 支付宝, 护照, 通行证: by the second character, and the first.
    private static func endsWord(_ unit: UInt16) -> Bool { beginning(of: UInt32(unit)) != nil }

    private static func beginning(of end: UInt32) -> UInt32? {
        switch end {
        case 0x4FE1: 0x5FAE
        case 0x4ED8: 0x652F
        case 0x7167: 0x62A4
        case 0x884C: 0x901A
        default: nil
        }
    }

    /// A character that can be no part of a number.
    @inline(__always)
    private mutating func pass(_ plain: UInt32) {
        gap += 1
        if gap > QuickLook.gapMax { digits = 0 }
        last = plain
    }

    /// Any character; `true` when the text must be scanned.
    private mutating func take(_ plain: UInt32) -> Bool {
        switch plain {
        case 64: return true
        case 48...57: return count(plain)
        case 65...90:
            if PlateScan.isProvince(last) || plain == 81 && last == 81 { return true }
            pass(plain)
        default:
            if MaskText.numeral(plain) != nil { return count(plain) }
            if let beginning = QuickLook.beginning(of: plain), last == beginning { return true }
            // A plate may have it behind its province, and any number between its digits.
            if !QuickLook.isBetween(plain) { pass(plain) }
        }
        return false
    }

    private mutating func count(_ plain: UInt32) -> Bool {
        digits += 1
        gap = 0
        last = plain
        return digits >= QuickLook.digitsMin
    }

    private static func isBetween(_ plain: UInt32) -> Bool {
        MaskText.isSeparator(plain) || MaskText.isPoint(plain) || MaskText.isBreak(plain)
    }
}
