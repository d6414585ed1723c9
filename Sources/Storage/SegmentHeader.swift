package import Hashing

/// The first block of a segment: what the segment is and where it belongs.
///
///     0   8  "LDSEGMNT"
///     8   4  format version, 1
///     12  4  kind of log
///     16 16  identifier of the log
///     32  8  epoch
///     40  8  index of the segment, from 1
///     48  8  length of the segment in bytes
///     56  8  number of its first record
///     64 32  chain value before that record
///     96 28  zero
///     124 4  CRC-32C of bytes 0 to 123
///
/// The rest of the block is not used.
package struct SegmentHeader: Equatable, Sendable {
    /// The log.
    package let identity: LogIdentity
    /// The epoch that all records of the segment belong to, from 1.
    package let epoch: UInt64
    /// The place in the order of segments, from 1.
    package let index: UInt64
    /// The length in bytes, this block included.
    package let segmentBytes: Int
    /// The number of the first record that is or will be in it.
    package let firstNumber: UInt64
    /// The chain value before that record.
    package let previousChain: Digest32

    /// The length of the block; frames begin after it.
    package static let blockBytes = 4096
    static let version: UInt32 = 1
    private static let usedBytes = 128
    private static let magic: UInt64 = 0x544e_4d47_4553_444c  // "LDSEGMNT"

    /// The block as it lies on disk.
    func encoded() -> [UInt8] {
        var block = [UInt8](repeating: 0, count: Self.blockBytes)
        block.withUnsafeMutableBytes { bytes in
            bytes.put(Self.magic, at: 0)
            bytes.put(Self.version, at: 8)
            bytes.put(identity.kind.rawValue, at: 12)
            bytes.put(identity.id.first, at: 16)
            bytes.put(identity.id.last, at: 24)
            bytes.put(epoch, at: 32)
            bytes.put(index, at: 40)
            bytes.put(UInt64(segmentBytes), at: 48)
            bytes.put(firstNumber, at: 56)
            previousChain.withUnsafeBytes { bytes.put($0, at: 64) }
            bytes.put(CRC32C.of(UnsafeRawBufferPointer(bytes).part(0, 124)), at: 124)
        }
        return block
    }

    /// Reads a block.
    init(decoding bytes: UnsafeRawBufferPointer) throws(LogFault) {
        guard bytes.count >= Self.usedBytes else { throw .headerDamaged }
        let check: UInt32 = bytes.number(at: 124)
        guard bytes.number(at: 0) == Self.magic, CRC32C.of(bytes.part(0, 124)) == check else {
            throw .headerDamaged
        }
        let version: UInt32 = bytes.number(at: 8)
        guard version == Self.version else { throw .formatUnknown(version) }
        let length: UInt64 = bytes.number(at: 48)
        guard length <= UInt64(LogOptions.segmentBytesMax), length > UInt64(Self.blockBytes) else {
            throw .headerDamaged
        }
        let index: UInt64 = bytes.number(at: 40)
        let firstNumber: UInt64 = bytes.number(at: 56)
        guard (1..<UInt64.max).contains(index), (1..<UInt64.max).contains(firstNumber) else {
            throw .headerDamaged
        }
        self.init(
            identity: LogIdentity(
                id: LogID(first: bytes.number(at: 16), last: bytes.number(at: 24)),
                kind: LogKind(rawValue: bytes.number(at: 12))
            ),
            epoch: bytes.number(at: 32),
            index: index,
            segmentBytes: Int(length),
            firstNumber: firstNumber,
            previousChain: Digest32(bytes: bytes.part(64, 32))
        )
    }

    init(
        identity: LogIdentity,
        epoch: UInt64,
        index: UInt64,
        segmentBytes: Int,
        firstNumber: UInt64,
        previousChain: Digest32
    ) {
        self.identity = identity
        self.epoch = epoch
        self.index = index
        self.segmentBytes = segmentBytes
        self.firstNumber = firstNumber
        self.previousChain = previousChain
    }

    /// The file's name.
    static func name(index: UInt64) -> String {
        let digits = String(index)
        return String(repeating: "0", count: max(0, 10 - digits.utf8.count)) + digits + ".segment"
    }

    /// The index in a file's name; nil for other files.
    static func index(ofName name: String) -> UInt64? {
        guard name.hasSuffix(".segment"), let index = UInt64(name.dropLast(8)) else { return nil }
        return Self.name(index: index) == name ? index : nil
    }
}
