package import Hashing

/// A copy of a log in another folder (日志副本), made while the log's owner goes on writing.
///
/// What is copied is whole frames up to a place that the caller chooses, each checked on the way.
/// Segments that the target has already, whole, are left alone. The copies lie under names of their
/// own until `publish` gives them their names in the log, so that a copy that was broken off leaves
/// the one before it as it was.
package struct LogCopy<D: Disk> {
    private static var chunkBytes: Int { 1 << 20 }
    private static var suffix: String { ".copy" }

    private let disk: D
    private let target: String
    private var written: [String] = []

    /// The number of the last record that the copy holds.
    package private(set) var lastNumber: UInt64 = 0
    /// The chain after it.
    package private(set) var chain = Digest32.zero
    /// Bytes that were written.
    package private(set) var bytes = 0

    /// Walks the log and writes what the target lacks; `publish` must follow.
    ///
    /// - Parameters:
    ///   - disk: Where both folders are.
    ///   - source: The log's folder; it is only read.
    ///   - target: The copy's folder, which exists.
    ///   - visit: Checks each frame; `.cut` ends the copy before it.
    /// - Throws: `damaged` with its place, which beside a running owner may be a write in the making;
    ///   `full` and `disk`.
    package init(
        _ disk: D,
        from source: String,
        to target: String,
        visit: (LogFrame) throws(LogFault) -> FrameVerdict
    ) throws(LogError) {
        self.disk = disk
        self.target = target
        var walk = LogWalk(disk: disk, folder: source, identity: nil, isWhole: true)
        try walk.run(visit)
        if let damage = walk.findings.first(where: { $0.weight == .damage }) {
            throw .damaged(damage)
        }
        lastNumber = walk.extent.lastNumber
        chain = walk.extent.lastChain
        do throws(DiskError) {
            try removeLeftovers()
            let segments = walk.extent.segments
            for (place, segment) in segments.enumerated() {
                try copy(segment, isLast: place == segments.count - 1)
            }
        } catch {
            throw LogError(error)
        }
    }

    /// Gives the copied segments their names in the log; durable on return.
    package func publish() throws(LogError) {
        do throws(DiskError) {
            for name in written {
                try disk.rename("\(target)/\(name)\(Self.suffix)", to: "\(target)/\(name)")
            }
            try disk.syncFolder(target)
        } catch {
            throw LogError(error)
        }
    }

    private func removeLeftovers() throws(DiskError) {
        for name in try disk.list(target) where name.hasSuffix(Self.suffix) {
            try disk.remove("\(target)/\(name)")
        }
    }

    private mutating func copy(_ segment: SegmentExtent, isLast: Bool) throws(DiskError) {
        let name = SegmentHeader.name(index: segment.header.index)
        if !isLast, try holds(segment, name) { return }
        let source = try disk.open(segment.path, .read)
        let path = "\(target)/\(name)\(Self.suffix)"
        let copy = try disk.open(path, .create)
        var offset = 0
        var chunk = [UInt8](repeating: 0, count: min(Self.chunkBytes, segment.endOffset))
        while offset < segment.endOffset {
            let wanted = min(chunk.count, segment.endOffset - offset)
            let count = try chunk.lendMutable { (all) throws(DiskError) in
                try source.read(into: all.part(0, wanted), at: offset)
            }
            guard count > 0 else { break }
            let place = offset
            try chunk.lend { (all) throws(DiskError) in
                try copy.write(all.part(0, count), at: place)
            }
            offset += count
        }
        // Behind the last frame a segment is zeros; a file that is only longer holds them.
        try copy.cut(to: segment.header.segmentBytes)
        try copy.sync()
        bytes += offset
        written.append(name)
    }

    /// Whether the target has the whole segment from an earlier copy; its frames are checked later.
    private func holds(_ segment: SegmentExtent, _ name: String) throws(DiskError) -> Bool {
        guard try disk.list(target).contains(name) else { return false }
        let file = try disk.open("\(target)/\(name)", .read)
        guard try file.size() == segment.header.segmentBytes,
            let header = try? LogWalk<D>.header(of: file), header == segment.header
        else { return false }
        // The last segment of an earlier copy ends before this one did.
        var window = try FrameWindow(file: file, header: header)
        var offset = SegmentHeader.blockBytes
        while offset < segment.endOffset, case .frame(let frame) = try window.look(at: offset) {
            offset += frame.frameBytes
        }
        return offset == segment.endOffset
    }
}
