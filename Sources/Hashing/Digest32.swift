/// A digest of 32 bytes (摘要), such as a SHA-256.
///
/// The value lies in four machine words, so that it may stand in keys and ring buffers without an
/// allocation. Order is that of the bytes.
package struct Digest32: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The first eight bytes as a number, most significant byte first.
    package let word0: UInt64
    /// Bytes 8 to 15.
    package let word1: UInt64
    /// Bytes 16 to 23.
    package let word2: UInt64
    /// Bytes 24 to 31.
    package let word3: UInt64

    /// The length in bytes.
    package static let byteCount = 32

    /// Thirty-two bytes of zero; stands before the first link of a chain.
    package static let zero = Digest32(words: 0, 0, 0, 0)

    /// A digest from four numbers, most significant byte first.
    @inlinable
    package init(words word0: UInt64, _ word1: UInt64, _ word2: UInt64, _ word3: UInt64) {
        self.word0 = word0
        self.word1 = word1
        self.word2 = word2
        self.word3 = word3
    }

    /// A digest from exactly 32 bytes.
    @inlinable
    package init(bytes: UnsafeRawBufferPointer) {
        precondition(bytes.count == Self.byteCount, "a digest has 32 bytes")
        self.init(
            words: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
            UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)),
            UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self)),
            UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 24, as: UInt64.self))
        )
    }

    /// A digest from a list of bytes; nil when there are not exactly 32.
    package init?(bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        self = bytes.withUnsafeBytes { Digest32(bytes: $0) }
    }

    /// A digest from 64 hexadecimal digits of either case; nil for anything else.
    package init?(hex: String) {
        guard let bytes = Hexadecimal.decode(hex) else { return nil }
        self.init(bytes: bytes)
    }

    /// The 32 bytes as a list.
    package var bytes: [UInt8] {
        withUnsafeBytes { Array($0) }
    }

    /// Lends the 32 bytes.
    @inlinable
    package func withUnsafeBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let ordered = (word0.bigEndian, word1.bigEndian, word2.bigEndian, word3.bigEndian)
        return try Swift.withUnsafeBytes(of: ordered, body)
    }

    /// Sixty-four lower-case hexadecimal digits.
    package var hex: String {
        withUnsafeBytes { Hexadecimal.encode($0) }
    }

    /// Sixty-four lower-case hexadecimal digits.
    package var description: String { hex }

    /// Earlier in the order of bytes or not.
    @inlinable
    package static func < (left: Digest32, right: Digest32) -> Bool {
        if left.word0 != right.word0 { return left.word0 < right.word0 }
        if left.word1 != right.word1 { return left.word1 < right.word1 }
        if left.word2 != right.word2 { return left.word2 < right.word2 }
        return left.word3 < right.word3
    }
}
