/// The next segment, filled with zeros before it is needed.
///
/// Overwriting blocks that exist makes a sync 1.4 to 1.7 times cheaper than extending a file. The
/// zeros go out in steps of bounded size while the present segment fills, so no commit waits for a
/// whole segment to be written.
struct SegmentPreparation<D: Disk>: Sendable {
    static var name: String { "prepared" }
    private static var stepBytes: Int { 1 << 20 }

    private let disk: D
    private let folder: String
    private let segmentBytes: Int
    private var file: D.File?
    private var written = 0

    private var path: String { "\(folder)/\(Self.name)" }

    init(disk: D, folder: String, segmentBytes: Int) {
        self.disk = disk
        self.folder = folder
        self.segmentBytes = segmentBytes
    }

    /// Writes at most one step of zeros, so that preparing keeps twice ahead of `usedBytes`.
    mutating func advance(usedBytes: Int) throws(DiskError) {
        let goal = min(segmentBytes, usedBytes * 2)
        guard written < goal, goal == segmentBytes || goal - written >= Self.stepBytes else {
            return
        }
        try step()
    }

    /// Fills what is missing, writes the header and gives the file its name in the log.
    mutating func finish(_ header: SegmentHeader) throws(DiskError) -> D.File {
        while written < segmentBytes { try step() }
        let file = try opened()
        let block = header.encoded()
        try block.lend { (bytes) throws(DiskError) in try file.write(bytes, at: 0) }
        try file.sync()
        try disk.rename(path, to: "\(folder)/\(SegmentHeader.name(index: header.index))")
        self.file = nil
        written = 0
        try disk.syncFolder(folder)
        return file
    }

    /// Removes what an earlier run had prepared; it may hold a header already.
    static func removeLeftover(_ disk: D, _ folder: String) throws(DiskError) {
        if try disk.list(folder).contains(name) { try disk.remove("\(folder)/\(name)") }
    }

    private mutating func step() throws(DiskError) {
        let file = try opened()
        let count = min(Self.stepBytes, segmentBytes - written)
        try file.fillZeros(count, at: written)
        try file.sync()
        written += count
    }

    private mutating func opened() throws(DiskError) -> D.File {
        if let file { return file }
        let opened = try disk.open(path, .create)
        file = opened
        written = 0
        return opened
    }
}
