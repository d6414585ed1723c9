import Storage

/// Copies of the audit log's files in a backup (审计日志备份).
///
/// The files only grow, so a backup that is brought up to date takes what was added; what it took before it
/// keeps as it was, so that a log changed in its middle later differs from its copy.
package enum AuditCopies {
    /// Where the audit log lies in a data folder and in a backup.
    package static let folderName = "audit"

    private static let pieceBytes = 1 << 20
    private static let newline: UInt8 = 0x0A

    /// Brings the copies up to date, whole lines alone; months past their span go.
    ///
    /// - Parameters:
    ///   - disk: Where both folders are.
    ///   - source: A data folder, whose hub may run.
    ///   - target: The backup's folder.
    /// - Returns: Bytes that were copied.
    /// - Throws: What the disk refused.
    static func make<D: Disk>(
        _ disk: D,
        from source: String,
        to target: String
    ) throws(DiskError) -> Int {
        guard try disk.list(source).contains(folderName) else { return 0 }
        let (from, to) = ("\(source)/\(folderName)", "\(target)/\(folderName)")
        try disk.makeFolder(to)
        let names = try disk.list(from)
        var present = try disk.list(to)
        for name in present where !names.contains(name) { try disk.remove("\(to)/\(name)") }
        present.removeAll { !names.contains($0) }
        var bytes = 0
        for name in names {
            let old = try disk.open("\(from)/\(name)", .read)
            let new = try disk.open("\(to)/\(name)", present.contains(name) ? .write : .create)
            bytes += try copy(old, new)
        }
        try disk.syncFolder(to)
        return bytes
    }

    private static func copy(
        _ old: some DiskFile,
        _ new: some DiskFile
    ) throws(DiskError) -> Int {
        var place = try new.size()
        let (begin, end) = (place, try old.size())
        // Longer than what it is a copy of: the log was begun anew.
        if place > end {
            try new.cut(to: 0)
            place = 0
        }
        while place < end {
            var piece = [UInt8](repeating: 0, count: min(pieceBytes, end - place))
            var result = Result<Int, DiskError>.success(0)
            unsafe piece.withUnsafeMutableBytes { buffer in
                result = Result { () throws(DiskError) in
                    try unsafe old.read(into: buffer, at: place)
                }
            }
            let whole = piece.prefix(try result.get()).lastIndex(of: newline).map { $0 + 1 } ?? 0
            // A line that the hub is writing just now.
            guard whole > 0 else { break }
            var written = Result<Void, DiskError>.success(())
            unsafe piece.withUnsafeBytes { buffer in
                let lines = unsafe UnsafeRawBufferPointer(rebasing: buffer[..<whole])
                written = Result { () throws(DiskError) in try unsafe new.write(lines, at: place) }
            }
            try written.get()
            place += whole
        }
        try new.sync()
        return max(0, place - min(begin, place))
    }
}
