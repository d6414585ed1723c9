private import Crypto

/// An incremental SHA-256.
///
/// A value type: a copy goes on by itself. One piece of hashing costs an allocation inside the
/// library and 1.5 ns a byte.
package struct SHA256Hasher {
    private var inner = SHA256()

    /// An empty hash.
    package init() {}

    /// Adds bytes.
    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        inner.update(bufferPointer: bytes)
    }

    /// Adds bytes.
    package mutating func update(_ bytes: RawSpan) {
        bytes.withUnsafeBytes { inner.update(bufferPointer: $0) }
    }

    /// Adds bytes.
    package mutating func update(_ bytes: Span<UInt8>) {
        update(bytes.bytes)
    }

    /// Adds bytes.
    package mutating func update(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { inner.update(bufferPointer: $0) }
    }

    /// Adds the UTF-8 of a text.
    package mutating func update(_ text: String) {
        var text = text
        text.withUTF8 { inner.update(bufferPointer: UnsafeRawBufferPointer($0)) }
    }

    /// Adds the 32 bytes of a digest.
    package mutating func update(_ digest: Digest32) {
        digest.withUnsafeBytes { inner.update(bufferPointer: $0) }
    }

    /// Adds a number, least significant byte first.
    package mutating func update<Number: FixedWidthInteger>(number: Number) {
        withUnsafeBytes(of: number.littleEndian) { inner.update(bufferPointer: $0) }
    }

    /// The digest of all that was added so far.
    package func finalize() -> Digest32 {
        inner.finalize().withUnsafeBytes { Digest32(bytes: $0) }
    }
}

extension Digest32 {
    /// The SHA-256 of bytes.
    package static func sha256(_ bytes: UnsafeRawBufferPointer) -> Digest32 {
        var hasher = SHA256Hasher()
        hasher.update(bytes)
        return hasher.finalize()
    }

    /// The SHA-256 of bytes.
    package static func sha256(_ bytes: RawSpan) -> Digest32 {
        var hasher = SHA256Hasher()
        hasher.update(bytes)
        return hasher.finalize()
    }

    /// The SHA-256 of bytes.
    package static func sha256(_ bytes: Span<UInt8>) -> Digest32 {
        sha256(bytes.bytes)
    }

    /// The SHA-256 of bytes.
    package static func sha256(_ bytes: [UInt8]) -> Digest32 {
        bytes.withUnsafeBytes { sha256($0) }
    }

    /// The SHA-256 of the UTF-8 of a text.
    package static func sha256(_ text: String) -> Digest32 {
        var hasher = SHA256Hasher()
        hasher.update(text)
        return hasher.finalize()
    }
}
