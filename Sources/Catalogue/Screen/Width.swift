/// How many columns text takes on a terminal: wide characters take two (显示宽度).
///
/// The ranges are those of Unicode's East Asian Width properties W and F (UAX #11) as far as a
/// county's texts use them. Characters of ambiguous width count one, as today's terminals show them.
package enum Width {
    /// The columns of a text.
    package static func of(_ text: some StringProtocol) -> Int {
        text.unicodeScalars.reduce(0) { $0 + of($1) }
    }

    /// The columns of a scalar: 0, 1 or 2.
    package static func of(_ scalar: Unicode.Scalar) -> Int {
        switch scalar.value {
        case 0..<0x20, 0x7f..<0xa0: 0
        case 0x300...0x36f, 0x200b...0x200f, 0x202a...0x202e, 0x2060...0x206f, 0xfe00...0xfe0f,
            0xfeff, 0xe0100...0xe01ef:
            0
        case 0x1100...0x115f, 0x2e80...0x303e, 0x3041...0xa4cf, 0xa960...0xa97c, 0xac00...0xd7a3,
            0xf900...0xfaff, 0xfe10...0xfe19, 0xfe30...0xfe6f, 0xff00...0xff60, 0xffe0...0xffe6,
            0x1f300...0x1f64f, 0x1f680...0x1f6ff, 0x1f900...0x1faff, 0x20000...0x3fffd:
            2
        default: 1
        }
    }

    /// The text on one line, without anything that moves a cursor or turns the direction of writing.
    ///
    /// What people wrote may hold line ends and escape sequences; a terminal must not obey them.
    package static func plain(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isUnprintable) else { return text }
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            result.append(isUnprintable(scalar) ? " " : scalar)
        }
        return String(result)
    }

    private static func isUnprintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7f..<0xa0, 0x2028, 0x2029, 0x202a...0x202e, 0x2066...0x2069: true
        default: false
        }
    }

    /// The text cut to so many columns, with `…` where something was left out.
    package static func fit(_ text: String, columns: Int) -> String {
        guard of(text) > columns else { return text }
        var result = String.UnicodeScalarView()
        var used = 0
        for scalar in text.unicodeScalars {
            guard used + of(scalar) <= columns - 1 else { break }
            result.append(scalar)
            used += of(scalar)
        }
        return String(result) + (columns > 0 ? "…" : "")
    }

    /// The text filled with spaces to so many columns.
    package static func pad(_ text: String, columns: Int, toTheRight: Bool = false) -> String {
        let spaces = String(repeating: " ", count: max(0, columns - of(text)))
        return toTheRight ? spaces + text : text + spaces
    }

    /// The text in lines of at most so many columns; at most `linesMax` of them, the last one with
    /// `…` where something was left out.
    ///
    /// Lines break at a space where one stands in their second half, else between characters; a
    /// character that is wider than the line stands alone.
    package static func wrap(_ text: String, columns: Int, linesMax: Int = .max) -> [String] {
        var lines: [String] = []
        var rest = text.unicodeScalars[...]
        while of(Substring(rest)) > columns, lines.count + 1 < linesMax {
            let end = lineEnd(rest, columns: columns)
            lines.append(String(rest[..<end]))
            rest = rest[end...].drop { $0 == " " }
        }
        if !rest.isEmpty || lines.isEmpty { lines.append(fit(String(rest), columns: columns)) }
        return lines
    }

    /// Where the first line of a text ends that is too long for one.
    private static func lineEnd(
        _ text: Substring.UnicodeScalarView,
        columns: Int
    ) -> Substring.UnicodeScalarView.Index {
        var used = 0
        var space: Substring.UnicodeScalarView.Index?
        var place = text.startIndex
        while place < text.endIndex, used + of(text[place]) <= columns {
            if text[place] == " ", used * 2 >= columns { space = place }
            used += of(text[place])
            text.formIndex(after: &place)
        }
        if place < text.endIndex, text[place] == " " { return place }
        return space ?? (place == text.startIndex ? text.index(after: place) : place)
    }
}
