/// How many columns text takes on a terminal: wide characters take two.
///
/// The ranges are those of Unicode's East Asian Width property W and F (UAX #11) as far as a
/// county's texts use them.
enum Width {
    static func of(_ text: some StringProtocol) -> Int {
        text.unicodeScalars.reduce(0) { $0 + of($1) }
    }

    static func of(_ scalar: Unicode.Scalar) -> Int {
        switch scalar.value {
        case 0..<0x20, 0x7f..<0xa0: 0
        case 0x300...0x36f, 0x200b...0x200f, 0xfe00...0xfe0f: 0
        case 0x1100...0x115f, 0x2e80...0x303e, 0x3041...0xa4cf, 0xac00...0xd7a3,
            0xf900...0xfaff, 0xfe30...0xfe6f, 0xff00...0xff60, 0xffe0...0xffe6,
            0x1f300...0x1f64f, 0x1f900...0x1f9ff, 0x20000...0x3fffd:
            2
        default: 1
        }
    }

    /// The text cut to so many columns, with `…` where something was left out.
    static func fit(_ text: String, columns: Int) -> String {
        guard of(text) > columns else { return text }
        var result = String.UnicodeScalarView()
        var used = 0
        for scalar in text.unicodeScalars {
            guard used + of(scalar) <= columns - 1 else { break }
            result.append(scalar)
            used += of(scalar)
        }
        return String(result) + "…"
    }

    /// The text filled with spaces to so many columns.
    static func pad(_ text: String, columns: Int, toTheRight: Bool = false) -> String {
        let spaces = String(repeating: " ", count: max(0, columns - of(text)))
        return toTheRight ? spaces + text : text + spaces
    }

    /// The text in lines of at most so many columns, broken between characters.
    static func wrap(_ text: String, columns: Int) -> [String] {
        var lines: [String] = []
        var line = String.UnicodeScalarView()
        var used = 0
        for scalar in text.unicodeScalars {
            if used + of(scalar) > columns {
                lines.append(String(line))
                line = String.UnicodeScalarView()
                used = 0
            }
            line.append(scalar)
            used += of(scalar)
        }
        lines.append(String(line))
        return lines
    }
}
