package import Domain
package import Hashing
import Journal
package import Storage
import Wire

/// The audit log (审计日志): one JSON object a line, one file a month, each line chained to the one before.
///
///     {"n":12,"at":"2026-07-01T09:12:00+08:00","who":"officer/duty","act":"asked",…,"chain":"64 hex"}
///
/// The chain of a line is SHA-256 of the chain before it and of the line without its own. Whoever changes,
/// drops or swaps a line changes every chain behind it; whoever writes them all anew is found by the heads
/// that were written to a second place. One owner.
package struct AuditLog<D: Disk>: ~Copyable {
    private let disk: D
    private let folder: String
    private var file: D.File?
    private var month = ""
    private var end = 0
    /// The number of the last line; 0 before the first.
    package private(set) var number: UInt64
    /// The chain of the last line.
    package private(set) var chain: Digest32

    /// The folder of the log within a data folder.
    package static var folderName: String { AuditCopies.folderName }

    /// Opens the log of a data folder, or begins it; the end of a line that a power cut left is cut off.
    ///
    /// - Parameters:
    ///   - disk: Where it lies.
    ///   - dataFolder: The hub's data folder.
    /// - Throws: What the disk refused, or a last line that is none.
    package init(_ disk: D, dataFolder: String) throws(AuditError) {
        self.disk = disk
        folder = "\(dataFolder)/\(Self.folderName)"
        number = 0
        chain = .zero
        do throws(DiskError) {
            try disk.makeFolder(folder)
            for name in try disk.list(folder).reversed() where AuditLine.month(of: name) != nil {
                let path = "\(folder)/\(name)"
                let file = try disk.open(path, .write)
                let (skipped, bytes) = try Self.tail(of: file)
                let whole = (bytes.lastIndex(of: 0x0A) ?? -1) + 1
                if whole < bytes.count { try file.cut(to: skipped + whole) }
                guard whole > 0 else { continue }
                let start = (bytes[..<(whole - 1)].lastIndex(of: 0x0A) ?? -1) + 1
                guard let line = AuditLine(bytes[start..<(whole - 1)]) else {
                    throw DiskError(kind: .failed, operation: "read", path: path, errorNumber: 0)
                }
                (number, chain) = (line.number, line.chain)
                (self.file, month) = (file, AuditLine.month(of: name) ?? "")
                end = skipped + whole
                return
            }
        } catch {
            throw AuditError(error, folder: folder)
        }
    }

    /// Writes records, in their order; they last after `sync`.
    ///
    /// - Throws: What the disk refused; nothing of them counts as written then.
    package mutating func append(_ records: [AuditRecord]) throws(AuditError) {
        var rest = records[...]
        while let first = rest.first {
            let month = AuditLine.month(of: first.at)
            let same = rest.prefix { AuditLine.month(of: $0.at) == month }
            try write(same, month: month)
            rest = rest.dropFirst(same.count)
        }
    }

    /// Makes what was written last.
    package mutating func sync() throws(AuditError) {
        do throws(DiskError) {
            try file?.sync()
        } catch {
            throw AuditError(error, folder: folder)
        }
    }

    /// Has the log of a data folder that came back from a backup say so, behind its last line (自备份恢复).
    ///
    /// Heads that a second place noted after the backup are not what the log says from there on.
    ///
    /// - Parameters:
    ///   - disk: Where it lies.
    ///   - dataFolder: The data folder, which no hub has open.
    ///   - backup: The backup's folder.
    ///   - entry: The founding entry of the epoch that goes on from it.
    ///   - now: The wall clock.
    /// - Throws: What the disk refused, or a last line that is none.
    package static func noteRestore(
        _ disk: D,
        dataFolder: String,
        from backup: String,
        entry: UInt64,
        at now: Timestamp
    ) throws(AuditError) {
        var log = try AuditLog(disk, dataFolder: dataFolder)
        let line = AuditRecord(
            at: now,
            who: "operator",
            .restored,
            "backup",
            [.init("from", .string(backup)), .init("entry", .integer(Int64(clamping: entry)))]
        )
        try log.append([line])
        try log.sync()
    }

    private mutating func write(
        _ records: ArraySlice<AuditRecord>,
        month: String
    ) throws(AuditError) {
        do throws(DiskError) {
            var records = Array(records)
            // A month that is over is not written to again, should the clock go back.
            if file == nil || month > self.month {
                let first = AuditRecord(at: records[0].at, who: "hub", .began, month)
                records.insert(first, at: 0)
                try file?.sync()
                file = try opened(month)
                try disk.syncFolder(folder)
                (self.month, end) = (month, 0)
            }
            var (number, chain, bytes) = (number, chain, [UInt8]())
            for record in records {
                number += 1
                let line = AuditLine.bytes(of: record, number: number, after: chain)
                chain = line.chain
                bytes += line.bytes
            }
            var failure: DiskError?
            bytes.withUnsafeBytes { buffer in
                do throws(DiskError) {
                    try file?.write(buffer, at: end)
                } catch {
                    failure = error
                }
            }
            if let failure {
                // Half a line is no line; where this fails as well, the next opening cuts it.
                try? file?.cut(to: end)
                throw failure
            }
            end += bytes.count
            (self.number, self.chain) = (number, chain)
        } catch {
            throw AuditError(error, folder: folder)
        }
    }

    /// The file of a month that begins; one may be there that a crash left without a line.
    private func opened(_ month: String) throws(DiskError) -> D.File {
        let path = "\(folder)/\(AuditLine.fileName(month))"
        do throws(DiskError) {
            return try disk.open(path, .create)
        } catch {
            guard let file = try? disk.open(path, .write), (try? file.size()) == 0 else {
                throw error
            }
            return file
        }
    }

    /// The most bytes of a line.
    private static var lineBytesMax: Int { 64 << 10 }

    /// The end of a file, long enough for a whole line and the beginning of another.
    private static func tail(of file: D.File) throws(DiskError) -> (skipped: Int, [UInt8]) {
        let size = try file.size()
        let skipped = max(0, size - 2 * lineBytesMax)
        var bytes = [UInt8](repeating: 0, count: size - skipped)
        var failure: DiskError?
        bytes.withUnsafeMutableBytes { buffer in
            do throws(DiskError) {
                _ = try file.read(into: buffer, at: skipped)
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return (skipped, bytes)
    }
}

/// A line of the audit log on its way to and from bytes.
package struct AuditLine: Equatable, Sendable {
    /// Its number, from 1 without gaps.
    package let number: UInt64
    /// The chain that it says.
    package let chain: Digest32
    /// The object without the chain, which the chain covers.
    let body: [UInt8]
    /// What it says, as JSON.
    let object: JSONValue

    /// A line without its end; `nil` when it is none.
    package init?(_ line: some Collection<UInt8>) {
        let bytes = Array(line)
        // ,"chain":"64 hex"}
        let tail = Self.mark.count + 66
        guard bytes.count > tail, bytes.suffix(2).elementsEqual(Array("\"}".utf8)),
            bytes[(bytes.count - tail)...].starts(with: Self.mark),
            let digest = Digest32(
                hex: String(decoding: bytes.suffix(66).prefix(64), as: UTF8.self)
            ),
            digest.hex.utf8.elementsEqual(bytes.suffix(66).prefix(64))
        else { return nil }
        body = Array(bytes[..<(bytes.count - tail)]) + [0x7D]
        chain = digest
        guard let value = try? JSONValue(parsing: body), let number = value["n"]?.int, number > 0
        else { return nil }
        self.number = UInt64(number)
        object = value
    }

    /// What the line says; `nil` when it is no record.
    package var record: AuditRecord? { AuditRecord(object) }

    /// The chain that the line should have behind another.
    func chain(after last: Digest32) -> Digest32 { Digest32.sha256(last.bytes + body) }

    static func bytes(
        of record: AuditRecord,
        number: UInt64,
        after last: Digest32
    ) -> (bytes: [UInt8], chain: Digest32) {
        let body = JSONValue.object(record.members(number: number)).bytes
        let chain = Digest32.sha256(last.bytes + body)
        return (Array(body.dropLast()) + mark + Array(chain.hex.utf8) + Array("\"}\n".utf8), chain)
    }

    /// `2026-07` of a file's name; `nil` for another file.
    package static func month(of name: String) -> String? {
        guard name.hasSuffix(".jsonl"), name.utf8.count == 13 else { return nil }
        return String(name.dropLast(6))
    }

    static func month(of time: Timestamp) -> String { String(time.rfc3339.prefix(7)) }

    static func fileName(_ month: String) -> String { month + ".jsonl" }

    private static let mark = Array(#","chain":""#.utf8)
}

/// Why the audit log cannot be kept.
package struct AuditError: Error, CustomStringConvertible, Sendable {
    /// What the disk said.
    package let cause: DiskError
    /// Where.
    package let folder: String

    init(_ cause: DiskError, folder: String) {
        self.cause = cause
        self.folder = folder
    }

    /// There is no room on the disk.
    package var isFullDisk: Bool { cause.kind == .full }

    /// What, where and what to do.
    package var description: String {
        "\(ErrorCode.auditNotKept.text) the audit log in \(folder) cannot be kept: \(cause); "
            + "run liandong audit verify, and put a damaged file aside"
    }
}
