import Storage
import Wire

/// Copies of the audit log's files in a backup (审计日志备份).
///
/// The files only grow, so a backup that is brought up to date takes what was added. It never shortens,
/// changes or removes what it took before: a log that somebody cut or changed differs from its copy, and
/// the copy is the evidence. Months that retention removed stay in the backup.
package enum AuditCopies {
    /// Where the audit log lies in a data folder and in a backup.
    package static let folderName = "audit"

    /// A month of the audit log that is not what the backup took of it before (副本不符); the copy stays.
    package struct Finding: Hashable, Sendable, CustomStringConvertible {
        /// The file, `audit/2026-07.jsonl`.
        package let file: String
        /// What is wrong with the source.
        package let problem: String

        /// File and problem.
        package var description: String { "\(file) \(problem)" }
    }

    private static let pieceBytes = 1 << 20
    /// More than a line has.
    private static let lineBytesMax = 128 << 10
    private static let newline: UInt8 = 0x0A

    /// Brings the copies up to date, whole lines alone.
    ///
    /// - Parameters:
    ///   - disk: Where both folders are.
    ///   - source: A data folder, whose hub may run.
    ///   - target: The backup's folder.
    /// - Returns: Bytes that were copied, and the months whose copies were left as they are because the
    ///   source lacks them, is shorter or differs.
    /// - Throws: What the disk refused.
    static func make<D: Disk>(
        _ disk: D,
        from source: String,
        to target: String
    ) throws(DiskError) -> (bytes: Int, findings: [Finding]) {
        let (from, to) = ("\(source)/\(folderName)", "\(target)/\(folderName)")
        let names = try disk.list(source).contains(folderName) ? disk.list(from) : []
        let present = try disk.list(target).contains(folderName) ? disk.list(to) : []
        var findings = try missing(disk, from, names: names, to, present: present)
        guard !names.isEmpty else { return (0, findings) }
        try disk.makeFolder(to)
        var bytes = 0
        for name in names {
            let old = try disk.open("\(from)/\(name)", .read)
            let new = try disk.open("\(to)/\(name)", present.contains(name) ? .write : .create)
            if let problem = try difference(old, new) {
                findings.append(Finding(file: "\(folderName)/\(name)", problem: problem))
            } else {
                bytes += try extend(new, from: old)
            }
        }
        try disk.syncFolder(to)
        return (bytes, findings)
    }

    /// Months that only the backup has, and of which no line of the source says that they were removed.
    private static func missing<D: Disk>(
        _ disk: D,
        _ from: String,
        names: [String],
        _ to: String,
        present: [String]
    ) throws(DiskError) -> [Finding] {
        let gone = present.filter { $0.hasSuffix(".jsonl") && !names.contains($0) }
        guard !gone.isEmpty else { return [] }
        var removals: [AuditRemoval] = []
        for name in names where name.hasSuffix(".jsonl") {
            _ = try LineWalk.run(try disk.open("\(from)/\(name)", .read)) { _, line in
                if let removal = AuditRemoval(bytes: line) { removals.append(removal) }
            }
        }
        var findings: [Finding] = []
        for name in gone {
            let last = try lastLine(of: try disk.open("\(to)/\(name)", .read))
            let number = last?["n"]?.int ?? 0
            let chain = last?["chain"]?.text ?? ""
            let isRemoved = removals.contains {
                number > 0 && $0.covers(UInt64(number), chain: chain)
            }
            if !isRemoved {
                findings.append(
                    Finding(
                        file: "\(folderName)/\(name)",
                        problem: "is gone, and no line of the log says that it was removed"
                    )
                )
            }
        }
        return findings
    }

    private static func lastLine(of file: some DiskFile) throws(DiskError) -> JSONValue? {
        let size = try file.size()
        let start = max(0, size - lineBytesMax)
        let bytes = try file.bytes(at: start, limit: size - start)
        return bytes.split(separator: newline).last.flatMap { try? JSONValue(parsing: Array($0)) }
    }

    /// Where the source is not what its copy has; `nil` when it has at most grown.
    private static func difference(
        _ old: some DiskFile,
        _ new: some DiskFile
    ) throws(DiskError) -> String? {
        let (end, length) = (try old.size(), try new.size())
        guard end >= length else { return "has \(end) bytes, fewer than the \(length) of its copy" }
        var place = 0
        while place < length {
            let limit = min(pieceBytes, length - place)
            let (left, right) = (
                try old.bytes(at: place, limit: limit), try new.bytes(at: place, limit: limit)
            )
            guard left == right else {
                let same = zip(left, right).prefix { $0.0 == $0.1 }.count
                return "differs from its copy at byte \(place + same)"
            }
            place += limit
        }
        return nil
    }

    /// Takes the whole lines that were added; the bytes of them.
    private static func extend(
        _ new: some DiskFile,
        from old: some DiskFile
    ) throws(DiskError) -> Int {
        let begin = try new.size()
        let end = try old.size()
        var place = begin
        while place < end {
            let piece = try old.bytes(at: place, limit: min(pieceBytes, end - place))
            let whole = piece.lastIndex(of: newline).map { $0 + 1 } ?? 0
            // A line that the hub is writing just now.
            guard whole > 0 else { break }
            try new.write(Array(piece.prefix(whole)), at: place)
            place += whole
        }
        if place > begin { try new.sync() }
        return place - begin
    }
}
