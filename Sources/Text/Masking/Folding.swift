/// Makes full-width forms and odd white space plain, scalar by scalar, so that positions stay.
package enum Folding {
    /// The plain form of a scalar: full-width ASCII as ASCII, every kind of space as a space.
    package static func plain(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        switch scalar.value {
        case 0xFF01...0xFF5E: Unicode.Scalar(scalar.value - 0xFEE0) ?? scalar
        case 9, 0xA0, 0x2000...0x200A, 0x202F, 0x205F, 0x3000: " "
        default: scalar
        }
    }

    /// The text in plain forms, without white space at both ends.
    package static func plain(_ text: String) -> String {
        var scalars = String.UnicodeScalarView()
        scalars.append(contentsOf: text.unicodeScalars.lazy.map(plain))
        return trimmed(String(scalars))
    }

    /// The text without white space and invisible characters at both ends.
    package static func trimmed(_ text: String) -> String {
        let scalars = text.unicodeScalars
        guard let first = scalars.firstIndex(where: { !isBlank($0) }),
            let last = scalars.lastIndex(where: { !isBlank($0) })
        else { return "" }
        return String(scalars[first...last])
    }

    /// A heading without any white space: spreadsheets break and pad their headings.
    package static func heading(_ text: String) -> String {
        var scalars = String.UnicodeScalarView()
        scalars.append(contentsOf: text.unicodeScalars.lazy.map(plain).filter { !isBlank($0) })
        return String(scalars)
    }

    /// White space, a line end, or a character of no width.
    package static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 9...13, 32, 0x85, 0xA0, 0x2000...0x200F, 0x2028, 0x2029, 0x202F, 0x205F, 0x2060,
            0x3000, 0xFEFF:
            true
        default: false
        }
    }
}
