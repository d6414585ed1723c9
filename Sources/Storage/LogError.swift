/// What is wrong at a place in a log.
package enum LogFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// The segment's first block does not verify.
    case headerDamaged
    /// The segment is of a later format than this program knows.
    case formatUnknown(UInt32)
    /// The segment belongs to another log.
    case foreignSegment
    /// The segment's name and its header, or two neighbours, do not fit together.
    case segmentMisplaced
    /// Records that were durable are not there.
    case recordsMissing(from: UInt64, through: UInt64)
    /// A frame does not verify.
    case frameDamaged
    /// The chain value does not follow from the records.
    case chainBroken
    /// The file is shorter than its header says.
    case fileShortened
    /// A record's bytes are not what its number and kind demand.
    case recordMalformed(UInt64)
    /// A record does not fit what its commitment or its key says.
    case recordForged(UInt64)
    /// Derived records whose inputs are gone.
    case recordsUncovered

    /// The number of the record that is concerned, where the fault knows it.
    var number: UInt64? {
        switch self {
        case .recordMalformed(let number), .recordForged(let number): number
        default: nil
        }
    }

    /// A few words for the log and the report.
    package var description: String {
        switch self {
        case .headerDamaged: "the segment's header does not verify"
        case .formatUnknown(let version): "the segment has format \(version); this program knows 1"
        case .foreignSegment: "the segment belongs to another log"
        case .segmentMisplaced: "the segment does not follow the one before it"
        case .recordsMissing(let from, let through): "entries \(from) to \(through) are missing"
        case .frameDamaged: "a commit does not verify"
        case .chainBroken: "the chain does not follow from the entries"
        case .fileShortened: "the file is shorter than its header says"
        case .recordMalformed(let number): "entry \(number) is malformed"
        case .recordForged(let number): "entry \(number) does not match its commitment"
        case .recordsUncovered: "these decisions rest on inputs that are gone"
        }
    }
}

/// A fault with its place.
package struct LogFinding: Hashable, Sendable, CustomStringConvertible {
    /// How much it matters.
    package enum Weight: Hashable, Sendable {
        /// The unfinished end of a log; the next start keeps it aside and goes on.
        case tail
        /// Durable records are lost or changed; the next start stops.
        case damage
        /// Bytes that no record uses.
        case unused
    }

    /// The file.
    package let path: String
    /// The offset in bytes at which it begins.
    package let offset: Int
    /// The number of the first record that is concerned; nil when unknown.
    package let number: UInt64?
    /// What is wrong.
    package let fault: LogFault
    /// How much it matters.
    package let weight: Weight

    /// One line: place and fault.
    package var description: String {
        let entry = number.map { ", entry \($0)" } ?? ""
        return "\(path), offset \(offset)\(entry): \(fault)"
    }
}

/// The end of a log that was cut at a start, and where it is kept.
package struct LogTail: Hashable, Sendable {
    /// Where and why.
    package let finding: LogFinding
    /// The files that hold what was cut, in the order of the log; none when nothing but zeros was.
    package internal(set) var keptAside: [String]
}

/// A failure of a log.
package enum LogError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The disk failed.
    case disk(DiskError)
    /// The disk is full; nothing was written and the log works again once there is room.
    case full(DiskError)
    /// Another process has the log open.
    case locked(folder: String)
    /// Durable records are lost or changed; the log stays as it is.
    case damaged(LogFinding)
    /// A sync or write failed; what was not synced has no receipt, and the log has to be opened
    /// anew.
    case broken(DiskError)
    /// The commit is larger than the log takes.
    case tooLarge(byteCount: Int, byteCountMax: Int)
    /// The record is not in the log: dropped, or not there yet.
    case outOfRange(number: UInt64, first: UInt64, last: UInt64)

    init(_ error: DiskError) {
        switch error.kind {
        case .full: self = .full(error)
        default: self = .disk(error)
        }
    }

    /// The stable code of the error table.
    package var code: String {
        switch self {
        case .disk: "LD-2101"
        case .full: "LD-2102"
        case .locked: "LD-2103"
        case .damaged: "LD-2104"
        case .broken: "LD-2105"
        case .tooLarge: "LD-2106"
        case .outOfRange: "LD-2107"
        }
    }

    /// What, where, and what to do.
    package var description: String {
        switch self {
        case .disk(let error): "\(code) the disk failed: \(error)"
        case .full(let error):
            "\(code) the disk is full: \(error); make room, the log goes on by itself"
        case .locked(let folder):
            "\(code) \(folder) is open in another process; stop that one first"
        case .damaged(let finding):
            """
            \(code) \(finding); nothing was changed. Restore from a backup, or keep everything from \
            there on aside and let the agencies send again
            """
        case .broken(let error):
            "\(code) a write was not confirmed: \(error); the log is closed and has to be reopened"
        case .tooLarge(let count, let most):
            "\(code) a commit of \(count) bytes is over the limit of \(most)"
        case .outOfRange(let number, let first, let last):
            "\(code) entry \(number) is not in the log, which holds \(first) to \(last)"
        }
    }
}

/// How a log is laid out.
package struct LogOptions: Sendable {
    /// The length of a segment in bytes, a multiple of 4,096.
    package var segmentBytes: Int
    /// The most bytes that may be written and not yet synced; also the largest commit.
    package var unsyncedBytesMax: Int
    /// Readers see records before they are synced.
    package var showsUnsynced: Bool

    /// The largest segment that a header may claim.
    static let segmentBytesMax = 1 << 32

    /// Options; those left out are the usual ones.
    package init(
        segmentBytes: Int = 64 << 20,
        unsyncedBytesMax: Int = 16 << 20,
        showsUnsynced: Bool = false
    ) {
        precondition(segmentBytes % 4096 == 0 && segmentBytes >= 8192, "whole blocks, at least two")
        precondition(segmentBytes <= Self.segmentBytesMax && unsyncedBytesMax >= 4096)
        self.segmentBytes = segmentBytes
        self.unsyncedBytesMax = unsyncedBytesMax
        self.showsUnsynced = showsUnsynced
    }

    /// The most bytes that one commit may take on disk.
    var frameBytesMax: Int { min(segmentBytes - SegmentHeader.blockBytes, unsyncedBytesMax) }
}
