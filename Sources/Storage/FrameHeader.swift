package import Hashing

/// The head of a frame; one frame is one commit.
///
///     0   4  "LDFR"
///     4   4  count of records
///     8   8  number of the first record
///     16  4  length of the body in bytes
///     20  4  CRC-32C of the body
///     24 32  chain value after the last record
///     56  4  count of earlier records that were not synced when the frame was written
///     60  4  CRC-32C of the log's identity, the segment's index, the offset and bytes 0 to 59
///     64     body: for each record its length (4) and its bytes; zeros up to a multiple of 64
///
/// The head's check covers the body's, so it vouches for both; and it covers the place, so a frame
/// that was copied elsewhere, or lies inside a record, is none.
package struct FrameHeader: Equatable, Sendable {
    /// The number of the first record.
    package let firstNumber: UInt64
    /// How many records the commit has, at least one.
    package let count: Int
    /// The length of the body in bytes, without the padding.
    package let bodyBytes: Int
    /// The chain value after the last record.
    package let chain: Digest32
    let bodyCheck: UInt32
    let unsyncedCount: Int

    /// The length of the head, and what frames are aligned to.
    static let byteCount = 64
    private static let magic: UInt32 = 0x5246_444c  // "LDFR"

    /// The number of the last record.
    package var lastNumber: UInt64 { firstNumber + UInt64(count) - 1 }

    /// The last record that was known to be durable when the frame was written.
    var syncedNumber: UInt64 { firstNumber - 1 - UInt64(unsyncedCount) }

    /// The length on disk, padding included.
    var frameBytes: Int { Self.frameBytes(bodyBytes: bodyBytes) }

    static func frameBytes(bodyBytes: Int) -> Int {
        (byteCount + bodyBytes + byteCount - 1) / byteCount * byteCount
    }

    func encode(into bytes: UnsafeMutableRawBufferPointer, at place: FramePlace) {
        bytes.put(Self.magic, at: 0)
        bytes.put(UInt32(count), at: 4)
        bytes.put(firstNumber, at: 8)
        bytes.put(UInt32(bodyBytes), at: 16)
        bytes.put(bodyCheck, at: 20)
        chain.withUnsafeBytes { bytes.put($0, at: 24) }
        bytes.put(UInt32(unsyncedCount), at: 56)
        bytes.put(place.check(UnsafeRawBufferPointer(bytes).part(0, 60)), at: 60)
    }

    /// The head at the start of `bytes`, at least 64 of them; nil when it does not verify.
    init?(decoding bytes: UnsafeRawBufferPointer, at place: FramePlace) {
        guard bytes.number(at: 0) == Self.magic else { return nil }
        guard bytes.number(at: 60) == place.check(bytes.part(0, 60)) else { return nil }
        self.init(
            firstNumber: bytes.number(at: 8),
            count: Int(bytes.number(at: 4, as: UInt32.self)),
            bodyBytes: Int(bytes.number(at: 16, as: UInt32.self)),
            chain: Digest32(bytes: bytes.part(24, 32)),
            bodyCheck: bytes.number(at: 20),
            unsyncedCount: Int(bytes.number(at: 56, as: UInt32.self))
        )
        // There is a number behind the last one, whatever somebody forged.
        guard count > 0, UInt64(unsyncedCount) < firstNumber,
            firstNumber <= UInt64.max - UInt64(count)
        else { return nil }
    }

    init(
        firstNumber: UInt64,
        count: Int,
        bodyBytes: Int,
        chain: Digest32,
        bodyCheck: UInt32,
        unsyncedCount: Int
    ) {
        self.firstNumber = firstNumber
        self.count = count
        self.bodyBytes = bodyBytes
        self.chain = chain
        self.bodyCheck = bodyCheck
        self.unsyncedCount = unsyncedCount
    }
}

/// Where a frame lies; goes into its check.
struct FramePlace {
    private var check: CRC32C
    private let offset: Int

    init(identity: LogIdentity, segmentIndex: UInt64, offset: Int) {
        var check = CRC32C()
        let place = (
            identity.id.first.littleEndian, identity.id.last.littleEndian,
            UInt64(identity.kind.rawValue).littleEndian, segmentIndex.littleEndian,
            UInt64(offset).littleEndian
        )
        withUnsafeBytes(of: place) { check.update($0) }
        self.check = check
        self.offset = offset
    }

    func check(_ head: UnsafeRawBufferPointer) -> UInt32 {
        var check = check
        check.update(head)
        return check.value
    }
}

/// A frame as lent to whoever walks a log; valid only during the call.
package struct LogFrame {
    /// The head.
    package let header: FrameHeader
    /// The epoch of its segment.
    package let epoch: UInt64
    /// The chain value before its first record; nil where it is not known, as when reading by
    /// number or behind damage.
    package let previousChain: Digest32?
    let body: UnsafeRawBufferPointer

    /// Lends each record with its number, in order.
    package func forEachRecord(
        _ visit: (UInt64, UnsafeRawBufferPointer) throws(LogFault) -> Void
    ) throws(LogFault) {
        var offset = 0
        for index in 0..<header.count {
            let number = header.firstNumber + UInt64(index)
            guard offset + 4 <= body.count else { throw .recordMalformed(number) }
            let length = Int(body.number(at: offset, as: UInt32.self))
            offset += 4
            guard length <= body.count - offset else { throw .recordMalformed(number) }
            try visit(number, body.part(offset, length))
            offset += length
        }
        guard offset == body.count else { throw .recordMalformed(header.lastNumber) }
    }
}
