import Hashing

/// What a person reads aloud to compare two copies of a public key (密钥指纹): eight groups of five digits.
///
/// Each group is one of the eight 32-bit words of the SHA-256 of the key's 40 characters, most significant
/// byte first, modulo 100,000: some 132 bits, so nobody makes a second key with the same one. Digits alone,
/// because letters are misheard over the telephone.
package struct Fingerprint: Hashable, Sendable, CustomStringConvertible {
    /// The groups with hyphens, `01234-56789-…`, 47 characters.
    package let text: String

    /// The fingerprint of a public key, 40 characters of Z85.
    package init(publicKey: String) {
        let digest = Digest32.sha256(publicKey).bytes
        text = stride(from: 0, to: 32, by: 4).map { start in
            let word = digest[start..<start + 4].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            let digits = String(word % 100_000)
            return String(repeating: "0", count: 5 - digits.count) + digits
        }
        .joined(separator: "-")
    }

    /// The fingerprint that a person typed or pasted; hyphens, spaces and full-width digits are taken, and
    /// anything but 40 digits is `nil`.
    package init?(text: String) {
        var digits = ""
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x30...0x39: digits.unicodeScalars.append(scalar)
            case 0xFF10...0xFF19: digits += String(scalar.value - 0xFF10)
            case 0x20, 0x2D, 0x09, 0x3000: break
            default: return nil
            }
        }
        guard digits.count == 40 else { return nil }
        var groups: [Substring] = []
        var rest = digits[...]
        while !rest.isEmpty {
            groups.append(rest.prefix(5))
            rest = rest.dropFirst(5)
        }
        self.text = groups.joined(separator: "-")
    }

    /// The groups with hyphens.
    package var description: String { text }

    /// Two lines of four groups with spaces, to be read aloud and to be printed.
    package var lines: [String] {
        let groups = text.split(separator: "-")
        return [groups.prefix(4), groups.suffix(4)].map { $0.joined(separator: "  ") }
    }
}
