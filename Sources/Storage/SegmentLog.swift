package import Hashing

/// A log of numbered records in segments (分段日志): appended in commits, synced in groups, recovered
/// at the start and readable by number.
///
/// One commit is one frame of 1 to n records and is there wholly or not at all. `commit` writes,
/// `sync` makes durable; only what is synced may be receipted. One owner at a time; readers on other
/// threads come from `reader()`. The format and the rules of recovery stand in `docs/journal.md`.
package struct SegmentLog<D: Disk>: ~Copyable, Sendable {
    let disk: D
    let folder: String
    let options: LogOptions
    let index: LogIndex
    private let lock: D.Lock
    private var header: SegmentHeader
    private var file: D.File
    private var position: Int
    private var preparation: SegmentPreparation<D>
    private var buffer = FrameBuffer()
    private var unsyncedBytes = 0
    private var failure: DiskError?

    /// The log's identity.
    package let identity: LogIdentity
    /// The number of the last record, synced or not; 0 when there is none.
    package private(set) var lastNumber: UInt64
    /// The number of the last durable record.
    package private(set) var syncedNumber: UInt64
    /// The chain value after the last record.
    package private(set) var chain: Digest32

    /// The epoch of the records that are appended now.
    package var epoch: UInt64 { header.epoch }
    /// No record of the present epoch has been appended yet.
    package var isEpochEmpty: Bool { lastNumber + 1 == epochFirstNumber }
    /// The number of the first record of the present epoch.
    package private(set) var epochFirstNumber: UInt64

    init(
        disk: D,
        folder: String,
        options: LogOptions,
        lock: D.Lock,
        extent: LogExtent,
        current: (header: SegmentHeader, file: D.File, position: Int),
        preparation: SegmentPreparation<D>
    ) {
        self.disk = disk
        self.folder = folder
        self.options = options
        self.lock = lock
        header = current.header
        file = current.file
        position = current.position
        self.preparation = preparation
        identity = current.header.identity
        lastNumber = extent.lastNumber
        syncedNumber = extent.lastNumber
        chain = extent.lastChain
        epochFirstNumber =
            extent.segments.first { $0.header.epoch == current.header.epoch }?.header.firstNumber
            ?? current.header.firstNumber
        index = LogIndex(
            identity: current.header.identity,
            segments: extent.segments.map {
                LogIndex.Segment(header: $0.header, path: $0.path, marks: $0.marks)
            },
            readable: extent.lastNumber
        )
    }

    /// Begins to collect the records of a commit; what was collected and not committed is forgotten.
    package mutating func begin() {
        buffer.reset()
    }

    /// Adds a record of `byteCount` bytes, which `fill` writes; a record whose filling failed is
    /// not added.
    package mutating func addRecord<Failure: Error>(
        byteCount: Int,
        _ fill: (UnsafeMutableRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) {
        try buffer.add(byteCount: byteCount, fill)
    }

    /// Adds a record.
    package mutating func addRecord(_ bytes: [UInt8]) {
        buffer.add(byteCount: bytes.count) { target in
            bytes.lend { target.copyMemory(from: $0) }
        }
    }

    /// Makes room for a record of `byteCount` bytes and gives its place among what is collected, to
    /// be filled by `withCollected`.
    package mutating func reserveRecord(byteCount: Int) -> Range<Int> {
        buffer.reserve(byteCount: byteCount)
    }

    /// Lends all that is collected, with the places that `reserveRecord` gave.
    package mutating func withCollected<Failure: Error>(
        _ fill: (UnsafeMutableRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) {
        try buffer.lend(fill)
    }

    /// The bytes that the commit that is being collected will take on disk.
    package var collectedBytes: Int { FrameHeader.frameBytes(bodyBytes: buffer.bodyBytes) }

    /// How many records are collected.
    package var collectedCount: Int { buffer.count }

    /// The most bytes that a commit may take on disk.
    package var commitBytesMax: Int { options.frameBytesMax }

    /// Writes the collected records as one commit and gives the number of the first.
    ///
    /// `chain` is the value after the last of them. `.full` and `.tooLarge` leave the log as it was;
    /// after `.broken` it refuses all.
    package mutating func commit(chain: Digest32) throws(LogError) -> UInt64 {
        precondition(buffer.count > 0, "a commit has at least one record")
        if let failure { throw .broken(failure) }
        let frameBytes = FrameHeader.frameBytes(bodyBytes: buffer.bodyBytes)
        guard frameBytes <= options.frameBytesMax else {
            throw .tooLarge(byteCount: frameBytes, byteCountMax: options.frameBytesMax)
        }
        if unsyncedBytes + frameBytes > options.unsyncedBytesMax { try sync() }
        if position + frameBytes > header.segmentBytes { try roll(epoch: header.epoch) }
        try prepareAhead()
        let frame = FrameHeader(
            firstNumber: lastNumber + 1,
            count: buffer.count,
            bodyBytes: buffer.bodyBytes,
            chain: chain,
            bodyCheck: buffer.bodyCheck,
            unsyncedCount: Int(lastNumber - syncedNumber)
        )
        let place = FramePlace(
            identity: identity,
            segmentIndex: header.index,
            offset: position
        )
        do throws(DiskError) {
            try buffer.write(frame, at: place, to: file, offset: position)
        } catch {
            throw rejected(error)
        }
        index.mark(number: frame.firstNumber, offset: position)
        position += frameBytes
        unsyncedBytes += frameBytes
        lastNumber = frame.lastNumber
        self.chain = chain
        if options.showsUnsynced { index.setReadable(lastNumber) }
        return frame.firstNumber
    }

    /// Makes all commits durable; after an error the log refuses everything until it is reopened.
    package mutating func sync() throws(LogError) {
        if let failure { throw .broken(failure) }
        guard unsyncedBytes > 0 else { return }
        do throws(DiskError) {
            try file.sync()
        } catch {
            failure = error
            throw .broken(error)
        }
        unsyncedBytes = 0
        syncedNumber = lastNumber
        index.setReadable(lastNumber)
    }

    /// Syncs, and goes on in a new segment that belongs to `epoch`.
    package mutating func roll(epoch: UInt64) throws(LogError) {
        precondition(epoch >= header.epoch, "epochs go up")
        try sync()
        let next = SegmentHeader(
            identity: identity,
            epoch: epoch,
            index: header.index + 1,
            segmentBytes: options.segmentBytes,
            firstNumber: lastNumber + 1,
            previousChain: chain
        )
        do throws(DiskError) {
            file = try preparation.finish(next)
        } catch {
            throw rejected(error)
        }
        if epoch > header.epoch { epochFirstNumber = next.firstNumber }
        header = next
        position = SegmentHeader.blockBytes
        index.add(
            LogIndex.Segment(
                header: next,
                path: "\(folder)/\(SegmentHeader.name(index: next.index))",
                marks: []
            )
        )
    }

    /// Removes the segments whose records all come before `number`; the last one stays.
    package mutating func drop(before number: UInt64) throws(LogError) {
        do throws(DiskError) {
            var isChanged = false
            while let segment = index.removeFirst(before: number) {
                try disk.remove(segment.path)
                isChanged = true
            }
            if isChanged { try disk.syncFolder(folder) }
        } catch {
            throw LogError(error)
        }
    }

    /// A reader for any one thread.
    package func reader() -> LogReader<D> {
        LogReader(disk: disk, index: index)
    }

    /// The bytes that the disk still has room for; `nil` when it does not say.
    package func freeBytes() -> Int? {
        do throws(DiskError) {
            return try disk.freeBytes(folder)
        } catch {
            return nil
        }
    }

    private mutating func prepareAhead() throws(LogError) {
        do throws(DiskError) {
            try preparation.advance(usedBytes: position)
        } catch {
            // The present segment still has room; a roll will say so if the disk stays full.
            if error.kind != .full { throw rejected(error) }
        }
    }

    /// A full disk leaves the log usable; everything else closes it.
    private mutating func rejected(_ error: DiskError) -> LogError {
        if error.kind == .full { return .full(error) }
        failure = error
        return .broken(error)
    }
}

/// The bytes of the commit that is being collected; grows to the largest and is used again.
private struct FrameBuffer: ~Copyable, Sendable {
    private var bytes = [UInt8](repeating: 0, count: 128 << 10)
    private var used = FrameHeader.byteCount
    private(set) var count = 0

    var bodyBytes: Int { used - FrameHeader.byteCount }

    var bodyCheck: UInt32 {
        bytes.lend { CRC32C.of($0.part(FrameHeader.byteCount, bodyBytes)) }
    }

    mutating func reset() {
        used = FrameHeader.byteCount
        count = 0
    }

    mutating func add<Failure: Error>(
        byteCount: Int,
        _ fill: (UnsafeMutableRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) {
        let before = used
        let place = reserve(byteCount: byteCount)
        do throws(Failure) {
            try bytes.lendMutable { (all) throws(Failure) in
                try fill(all.part(place.lowerBound, byteCount))
            }
        } catch {
            used = before
            count -= 1
            throw error
        }
    }

    mutating func lend<Failure: Error>(
        _ fill: (UnsafeMutableRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) {
        try bytes.lendMutable(fill)
    }

    mutating func reserve(byteCount: Int) -> Range<Int> {
        // Room for the padding is kept as well.
        let needed = used + 4 + byteCount + FrameHeader.byteCount + Self.pageBytes
        if needed > bytes.count {
            let growth = max(needed - bytes.count, bytes.count)
            bytes.append(contentsOf: repeatElement(0, count: growth))
        }
        let start = used + 4
        bytes.lendMutable { $0.put(UInt32(byteCount), at: start - 4) }
        used += 4 + byteCount
        count += 1
        return start..<used
    }

    mutating func write(
        _ header: FrameHeader,
        at place: FramePlace,
        to file: some DiskFile,
        offset: Int
    ) throws(DiskError) {
        let used = used
        // Behind the last frame a segment is zero. Writing zeros up to the end of the page saves the
        // system from reading that page in first.
        let end = offset + header.frameBytes
        let padded = (end + Self.pageBytes - 1) / Self.pageBytes * Self.pageBytes - offset
        try bytes.lendMutable { (all) throws(DiskError) in
            header.encode(into: all.part(0, FrameHeader.byteCount), at: place)
            all.part(used, padded - used).clear()
            try file.write(UnsafeRawBufferPointer(all).part(0, padded), at: offset)
        }
    }

    private static var pageBytes: Int { 4096 }
}
