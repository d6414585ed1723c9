internal import Crypto
internal import Domain

/// A record in a file of the outbox.
///
///     offset  bytes  meaning (integers little-endian)
///     0       4      length of the body
///     4       8      first 8 bytes of SHA-256 of the body
///     12      n      body: 1 byte tag, 8 bytes number, 8 bytes time in milliseconds, then by tag
///
///     tag 1, an item:      2 bytes length of the id, id, event
///     tag 2, a receipt:    1 byte status, 2 bytes code, 32 bytes digest, id
///     tag 3, a checkpoint: as a receipt; everything up to its number has a receipt
///     tag 4, the stream:   8 bytes epoch, agency, a slash, name of the stream
enum OutboxFrame: Hashable {
    case item(number: UInt64, at: Timestamp, id: String, event: [UInt8])
    case receipt(OutboxReceipt)
    case checkpoint(OutboxReceipt)
    case stream(epoch: UInt64, name: String)

    static let headerBytes = 12
    static let bodyBytesMax = 1 << 20

    /// The frame's bytes.
    var bytes: [UInt8] {
        var body: [UInt8] = []
        switch self {
        case .item(let number, let at, let id, let event):
            OutboxFrame.start(&body, tag: 1, number: number, at: at)
            OutboxFrame.put(&body, UInt16(id.utf8.count))
            body += id.utf8
            body += event
        case .receipt(let receipt): receipt.write(to: &body, tag: 2)
        case .checkpoint(let receipt): receipt.write(to: &body, tag: 3)
        case .stream(let epoch, let name):
            OutboxFrame.start(&body, tag: 4, number: 0, at: Timestamp(milliseconds: 0))
            OutboxFrame.put(&body, epoch)
            body += name.utf8
        }
        var frame: [UInt8] = []
        frame.reserveCapacity(body.count + OutboxFrame.headerBytes)
        OutboxFrame.put(&frame, UInt32(body.count))
        frame += OutboxFrame.check(body[...])
        frame += body
        return frame
    }

    /// The frame at an offset and where it ends; `nil` when none verifies there.
    static func read(_ bytes: [UInt8], at offset: Int) -> (frame: OutboxFrame, end: Int)? {
        guard offset + headerBytes <= bytes.count else { return nil }
        let length = Int(get(bytes, offset, as: UInt32.self))
        let start = offset + headerBytes
        guard (17...bodyBytesMax).contains(length), start + length <= bytes.count,
            (1...4).contains(bytes[start])
        else { return nil }
        let body = bytes[start..<start + length]
        guard check(body).elementsEqual(bytes[offset + 4..<start]) else { return nil }
        let number = get(bytes, start + 1, as: UInt64.self)
        let at = Timestamp(milliseconds: Int64(bitPattern: get(bytes, start + 9, as: UInt64.self)))
        let rest = start + 17
        let end = start + length
        switch bytes[start] {
        case 1:
            guard rest + 2 <= end else { return nil }
            let split = rest + 2 + Int(get(bytes, rest, as: UInt16.self))
            guard split <= end else { return nil }
            let id = String(decoding: bytes[rest + 2..<split], as: UTF8.self)
            return (.item(number: number, at: at, id: id, event: Array(bytes[split..<end])), end)
        case 2, 3:
            guard let receipt = OutboxReceipt(bytes[rest..<end], number: number, at: at) else {
                return nil
            }
            return (bytes[start] == 2 ? .receipt(receipt) : .checkpoint(receipt), end)
        default:
            guard rest + 8 <= end else { return nil }
            let name = String(decoding: bytes[rest + 8..<end], as: UTF8.self)
            return (.stream(epoch: get(bytes, rest, as: UInt64.self), name: name), end)
        }
    }

    /// Every frame from the beginning, and where the first that does not verify begins.
    ///
    /// - Returns: `end` is the number of bytes that verify; `hasMore` says that a frame verifies
    ///   somewhere behind it, so that the breach is no torn tail.
    static func scan(
        _ bytes: [UInt8]
    ) -> (frames: [(offset: Int, length: Int, frame: OutboxFrame)], end: Int, hasMore: Bool) {
        var frames: [(offset: Int, length: Int, frame: OutboxFrame)] = []
        var offset = 0
        while let (frame, end) = read(bytes, at: offset) {
            frames.append((offset, end - offset, frame))
            offset = end
        }
        var probe = offset + 1
        var hasMore = false
        while probe + headerBytes < bytes.count, !hasMore {
            hasMore = read(bytes, at: probe) != nil
            probe += 1
        }
        return (frames, offset, hasMore)
    }

    static func start(_ body: inout [UInt8], tag: UInt8, number: UInt64, at: Timestamp) {
        body.append(tag)
        put(&body, number)
        put(&body, UInt64(bitPattern: at.milliseconds))
    }

    static func put(_ bytes: inout [UInt8], _ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.littleEndian) { bytes += $0 }
    }

    static func get<Number: FixedWidthInteger & UnsignedInteger>(
        _ bytes: some RandomAccessCollection<UInt8>,
        _ offset: Int,
        as type: Number.Type
    ) -> Number where Number.Stride == Int {
        var value: Number = 0
        let start = bytes.index(bytes.startIndex, offsetBy: offset)
        let end = bytes.index(start, offsetBy: Number.bitWidth / 8)
        for byte in bytes[start..<end].reversed() { value = value << 8 | Number(byte) }
        return value
    }

    private static func check(_ body: ArraySlice<UInt8>) -> [UInt8] {
        body.withUnsafeBytes { Array(SHA256.hash(data: $0).prefix(8)) }
    }
}

/// A receipt with the time at which it came.
struct OutboxReceipt: Hashable {
    var receipt: Receipt
    var at: Timestamp

    init(_ receipt: Receipt, at: Timestamp) {
        self.receipt = receipt
        self.at = at
    }

    /// From the part of the body behind number and time.
    init?(_ rest: ArraySlice<UInt8>, number: UInt64, at: Timestamp) {
        guard rest.count >= 35, let tag = rest.first else { return nil }
        let code = OutboxFrame.get(rest, 1, as: UInt16.self)
        let status: Receipt.Status
        switch tag {
        case 1: status = .registered
        case 2: status = .quarantined(code: code)
        case 3: status = .refused(code: code)
        default: return nil
        }
        func word(_ index: Int) -> UInt64 { OutboxFrame.get(rest, 3 + 8 * index, as: UInt64.self) }
        self.receipt = Receipt(
            number: number,
            id: String(decoding: rest.dropFirst(35), as: UTF8.self),
            digest: ContentDigest(word(0), word(1), word(2), word(3)),
            status: status
        )
        self.at = at
    }

    func write(to body: inout [UInt8], tag: UInt8) {
        OutboxFrame.start(&body, tag: tag, number: receipt.number, at: at)
        switch receipt.status {
        case .registered:
            body.append(1)
            OutboxFrame.put(&body, UInt16(0))
        case .quarantined(let code):
            body.append(2)
            OutboxFrame.put(&body, code)
        case .refused(let code):
            body.append(3)
            OutboxFrame.put(&body, code)
        }
        let words = receipt.digest.words
        for word in [words.0, words.1, words.2, words.3] { OutboxFrame.put(&body, word) }
        body += receipt.id.utf8.prefix(1024)
    }

    static func == (left: OutboxReceipt, right: OutboxReceipt) -> Bool {
        left.receipt == right.receipt && left.at == right.at
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(receipt.number)
    }
}
