/// How a Unicode scalar is seen when texts are compared (字符表); version 1.
///
/// Letters and digits become lower-case ASCII, ideographs stay, everything else is a break. The
/// table is our own so that no update of the standard library changes a decision (DESIGN §8).
enum CharacterTable {
    /// The unit of a scalar; 0 is a break.
    @inline(__always)
    static func unit(of scalar: UInt32) -> UInt16 {
        switch scalar {
        case 0x4e00...0x9fff, 0x3400...0x4dbf, 0x3007, 0xf900...0xfaff: UInt16(scalar)
        case 0x30...0x39, 0x61...0x7a: UInt16(scalar)
        case 0x41...0x5a: UInt16(scalar + 32)
        // Full-width forms.
        case 0xff10...0xff19, 0xff41...0xff5a: UInt16(scalar - 0xfee0)
        case 0xff21...0xff3a: UInt16(scalar - 0xfee0 + 32)
        // Rare ideographs beyond 16 bits share the private use area.
        case 0x20000...0x3ffff: UInt16(0xe000 + scalar % 6400)
        default: 0
        }
    }

    /// A digit.
    @inline(__always)
    static func isDigit(_ unit: UInt16) -> Bool { unit >= 48 && unit <= 57 }

    /// A letter `a` to `z`.
    @inline(__always)
    static func isLetter(_ unit: UInt16) -> Bool { unit >= 97 && unit <= 122 }
}
