/// A keyed digest: HMAC with SHA-256 (RFC 2104).
///
/// The two key blocks are hashed once, at the start; a copy of the prepared value serves each
/// further message, so pseudonyms and tokens under one key do not pay for the key again.
package struct HMACSHA256 {
    private var inner: SHA256Hasher
    private let outer: SHA256Hasher

    private static let blockByteCount = 64

    /// A digest under `key`, of any length; keys over 64 bytes are hashed first, as the RFC says.
    package init(key: [UInt8]) {
        var block =
            key.count > Self.blockByteCount ? Digest32.sha256(key).bytes : key
        block.append(contentsOf: repeatElement(0, count: Self.blockByteCount - block.count))
        var inner = SHA256Hasher()
        inner.update(block.map { $0 ^ 0x36 })
        var outer = SHA256Hasher()
        outer.update(block.map { $0 ^ 0x5c })
        self.inner = inner
        self.outer = outer
    }

    /// Adds bytes of the message.
    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        inner.update(bytes)
    }

    /// Adds bytes of the message.
    package mutating func update(_ bytes: [UInt8]) {
        inner.update(bytes)
    }

    /// Adds bytes of the message.
    package mutating func update(_ bytes: Span<UInt8>) {
        inner.update(bytes)
    }

    /// The digest of the message so far.
    package func finalize() -> Digest32 {
        var last = outer
        last.update(inner.finalize())
        return last.finalize()
    }
}

extension Digest32 {
    /// The HMAC-SHA-256 of a message under a key.
    package static func hmac(key: [UInt8], message: [UInt8]) -> Digest32 {
        var code = HMACSHA256(key: key)
        code.update(message)
        return code.finalize()
    }

    /// The same digest or not, in a time that does not tell where they differ.
    package func equalsInConstantTime(_ other: Digest32) -> Bool {
        (word0 ^ other.word0) | (word1 ^ other.word1) | (word2 ^ other.word2)
            | (word3 ^ other.word3) == 0
    }
}
