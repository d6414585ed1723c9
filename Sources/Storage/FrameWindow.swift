internal import Hashing

/// A segment's file seen through a window of bounded size, frame by frame.
struct FrameWindow<File: DiskFile>: Sendable {
    /// What lies at a place.
    enum Sight {
        case frame(FrameHeader)
        /// Sixty-four zeros.
        case blank
        /// Something that does not verify.
        case damaged
        /// No room for a head is left.
        case end
    }

    let file: File
    let header: SegmentHeader
    /// The bytes that are there, at most what the header says.
    let size: Int
    private let windowBytes: Int
    private var buffer: [UInt8] = []
    private var start = 0
    private var filled = 0

    init(file: File, header: SegmentHeader, windowBytes: Int = 256 << 10) throws(DiskError) {
        self.file = file
        self.header = header
        self.windowBytes = windowBytes
        size = min(try file.size(), header.segmentBytes)
    }

    /// Reads and verifies what lies at `offset`.
    mutating func look(at offset: Int) throws(DiskError) -> Sight {
        guard offset + FrameHeader.byteCount <= header.segmentBytes else { return .end }
        guard offset + FrameHeader.byteCount <= size else { return .damaged }
        try load(offset, FrameHeader.byteCount)
        let place = FramePlace(
            identity: header.identity,
            segmentIndex: header.index,
            offset: offset
        )
        let frame = buffer.withUnsafeBytes { bytes in
            FrameHeader(decoding: bytes.part(offset - start, FrameHeader.byteCount), at: place)
        }
        guard let frame else {
            return isBlank(offset, FrameHeader.byteCount) ? .blank : .damaged
        }
        guard frame.bodyBytes <= size - offset - FrameHeader.byteCount else { return .damaged }
        try load(offset, FrameHeader.byteCount + frame.bodyBytes)
        let check = withBody(of: frame, at: offset) { CRC32C.of($0) }
        return check == frame.bodyCheck ? .frame(frame) : .damaged
    }

    /// Lends the body of a frame that `look` has just found.
    func withBody<Result, Failure: Error>(
        of frame: FrameHeader,
        at offset: Int,
        _ visit: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try buffer.lend { (bytes) throws(Failure) in
            try visit(bytes.part(offset - start + FrameHeader.byteCount, frame.bodyBytes))
        }
    }

    /// What follows `offset` to the end of the file.
    struct Rest {
        /// The next frame that verifies and has the number `least` or a higher one.
        var next: (offset: Int, frame: FrameHeader)?
        /// Some later frame of the file tells that `least` was durable when it was written.
        var provesDurable = false
        /// The last byte that is not zero.
        var lastUsed: Int?
    }

    /// Looks at every place where a frame could begin, from `offset` on.
    mutating func rest(from offset: Int, least: UInt64) throws(DiskError) -> Rest {
        var rest = Rest()
        var at = offset
        while at < size {
            try load(at, min(FrameHeader.byteCount, size - at))
            // Long stretches of zeros are the rule; pass them a window at a time.
            let available = start + filled - at
            let last = buffer.withUnsafeBytes { $0.part(at - start, available).lastNonzero }
            guard let last else {
                at += max(
                    FrameHeader.byteCount,
                    available / FrameHeader.byteCount * FrameHeader.byteCount
                )
                continue
            }
            rest.lastUsed = max(rest.lastUsed ?? 0, at + last)
            let stop = at + last
            while at <= stop {
                let begin = at
                if case .frame(let frame) = try look(at: at), frame.firstNumber >= least {
                    if rest.next == nil { rest.next = (at, frame) }
                    if frame.syncedNumber >= least { rest.provesDurable = true }
                    at += frame.frameBytes
                    rest.lastUsed = max(rest.lastUsed ?? 0, begin + 64 + frame.bodyBytes - 1)
                } else {
                    at += FrameHeader.byteCount
                }
            }
        }
        return rest
    }

    /// The raw bytes of a stretch, for keeping them aside or writing them anew.
    mutating func bytes(_ offset: Int, _ count: Int) throws(DiskError) -> [UInt8] {
        try load(offset, count)
        return Array(buffer[(offset - start)..<(offset - start + count)])
    }

    private func isBlank(_ offset: Int, _ count: Int) -> Bool {
        buffer.withUnsafeBytes { $0.part(offset - start, count).isBlank }
    }

    /// Moves the window so that it shows `count` bytes from `offset`, which lie within the file.
    private mutating func load(_ offset: Int, _ count: Int) throws(DiskError) {
        if offset >= start, offset + count <= start + filled { return }
        let wanted = min(max(count, windowBytes), size - offset)
        if buffer.count < wanted {
            buffer = [UInt8](repeating: 0, count: wanted)
        }
        let file = file
        filled = 0
        start = offset
        filled = try buffer.lendMutable { (bytes) throws(DiskError) in
            try file.read(into: bytes.part(0, wanted), at: offset)
        }
        guard filled >= count else {
            throw DiskError(
                kind: .failed,
                operation: "pread",
                path: SegmentHeader.name(index: header.index),
                errorNumber: PosixDisk.inputOutput
            )
        }
    }
}
