/// The text form of keys (ZeroMQ RFC 32): 40 printable characters for 32 bytes.
///
/// Written here rather than left to libzmq, whose decoder takes five characters that stand for more
/// than 32 bits and says nothing about where a text is wrong.
package enum Z85 {
    /// Why a text is no key.
    package enum Fault: Error, Sendable, Equatable {
        /// A key has 40 characters.
        case length(found: Int)
        /// The character at this position, from 1, is not in the alphabet.
        case character(position: Int)
        /// The five characters from this position on stand for more than 32 bits.
        case range(position: Int)
    }

    /// The length of a key's text.
    package static let characterCount = 40
    /// The length of a key.
    package static let byteCount = 32

    /// Writes a key's text, character by character.
    static func encode(_ key: RawSpan, into put: (_ index: Int, _ character: UInt8) -> Void) {
        for group in 0..<8 {
            var value: UInt32 = 0
            for place in 0..<4 { value = value << 8 | UInt32(byte(key, group * 4 + place)) }
            for place in (0..<5).reversed() {
                put(group * 5 + place, alphabet[Int(value % 85)])
                value /= 85
            }
        }
    }

    /// Reads a key's text, byte by byte, so that a secret passes through no buffer of its own.
    static func decode(
        _ text: RawSpan,
        into put: (_ index: Int, _ byte: UInt8) -> Void
    ) throws(Fault) {
        guard text.byteCount == characterCount else { throw .length(found: text.byteCount) }
        for group in 0..<8 {
            var value: UInt64 = 0
            for place in 0..<5 {
                let position = group * 5 + place
                guard let digit = alphabet.firstIndex(of: byte(text, position)) else {
                    throw .character(position: position + 1)
                }
                value = value * 85 + UInt64(digit)
            }
            guard value <= UInt32.max else { throw .range(position: group * 5 + 1) }
            for place in 0..<4 {
                put(group * 4 + place, UInt8(truncatingIfNeeded: value >> (24 - 8 * place)))
            }
        }
    }

    private static func byte(_ bytes: RawSpan, _ index: Int) -> UInt8 {
        unsafe bytes.unsafeLoad(fromByteOffset: index, as: UInt8.self)
    }

    private static let alphabet = Array(
        ("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
            + ".-:+=^!/*?&<>()[]{}@%$#").utf8
    )
}

extension Z85.Fault: CustomStringConvertible {
    /// One sentence: what is wrong, and where.
    package var description: String {
        switch self {
        case .length(let found): "a key has 40 characters, this text has \(found)"
        case .character(let position): "character \(position) of the key is not of the Z85 alphabet"
        case .range(let position):
            "characters \(position) to \(position + 4) of the key stand for no 4 bytes; "
                + "was it copied whole?"
        }
    }
}
