package import Domain
package import Storage

/// A failure of the journal.
package enum JournalError: Error, Hashable, Sendable, CustomStringConvertible {
    /// One of the two logs failed; `.full` goes away when there is room.
    case log(LogError)
    /// No copy of the key table is whole, or the two disagree.
    case keysDamaged([JournalFinding])
    /// The key table has no seeds for entries that exist; it is an older one.
    case keysBehind(path: String, number: UInt64)
    /// A part of the journal is not there.
    case partMissing(path: String)
    /// The entry's time lies before that of the entry ahead of it.
    case timeWentBack(at: Timestamp, last: Timestamp)
    /// The present epoch has no founding entry yet.
    case notFounded(epoch: UInt64)
    /// Only `found` writes founding entries, and kind 0 is never used.
    case kindReserved(EntryKind)
    /// The entry is not in the journal, or not durable yet.
    case noSuchEntry(UInt64)
    /// The cipher refused.
    case sealing(number: UInt64)
    /// A decision derived again is not the one that stands in the log.
    case decisionDiffers(input: UInt64, decision: UInt64)
    /// The list of erased items, or the order of an erasure, is there and cannot be read.
    case erasedListDamaged(path: String)

    /// A failure of the disk as a failure of the journal.
    package init(_ error: DiskError) {
        self = .log(error.kind == .full ? .full(error) : .disk(error))
    }

    /// The disk is full: nothing was written, and the journal works again once there is room.
    package var isFullDisk: Bool {
        if case .log(.full) = self { true } else { false }
    }

    /// The stable code of the error table.
    package var code: String {
        switch self {
        case .log(let error): error.code
        case .keysDamaged: "LD-2201"
        case .keysBehind: "LD-2202"
        case .partMissing: "LD-2203"
        case .timeWentBack: "LD-2204"
        case .notFounded: "LD-2205"
        case .kindReserved: "LD-2206"
        case .noSuchEntry: "LD-2207"
        case .sealing: "LD-2208"
        case .decisionDiffers: "LD-2209"
        case .erasedListDamaged: ErrorCode.erasedListDamaged.text
        }
    }

    /// What, where, and what to do.
    package var description: String {
        switch self {
        case .log(let error):
            error.description
        case .keysDamaged(let findings):
            "\(code) the key table cannot be used: "
                + findings.map(\.description).joined(separator: "; ")
        case .keysBehind(let path, let number):
            """
            \(code) \(path) has no key for entry \(number): the key table is older than the inputs; \
            restore the one that belongs to them
            """
        case .partMissing(let path):
            "\(code) \(path) holds no segments, but the rest of the journal is there; restore it"
        case .timeWentBack(let at, let last):
            """
            \(code) an entry at \(at.milliseconds) ms cannot follow one at \(last.milliseconds) ms; \
            check the clock
            """
        case .notFounded(let epoch):
            "\(code) epoch \(epoch) has no founding entry yet; found it first"
        case .kindReserved(let kind):
            "\(code) kind \(kind.rawValue) is reserved"
        case .noSuchEntry(let number):
            "\(code) entry \(number) is not in the journal or not durable yet"
        case .sealing(let number):
            "\(code) entry \(number) could not be encrypted"
        case .decisionDiffers(let input, let decision):
            """
            \(code) decision \(decision), derived again from entry \(input), is not the one in the \
            log; this engine differs from the one that decided: use that version, or upgrade
            """
        case .erasedListDamaged(let path):
            """
            \(code) \(path) cannot be read, so that nobody knows what has to stay erased; put back the \
            copy beside hub.yaml or that of a backup, then run liandong erase --resume
            """
        }
    }
}

/// Something that is wrong at a place in a journal.
package struct JournalFinding: Hashable, Sendable, CustomStringConvertible {
    /// How much it matters.
    package enum Weight: String, Hashable, Sendable {
        /// The next start stops here.
        case damage
        /// The unfinished end; the next start keeps it aside, and the agencies send again.
        case tail
        /// The next start mends it.
        case healable
        /// Bytes that nothing uses.
        case unused
    }

    /// The file.
    package let path: String
    /// The offset in bytes at which it begins.
    package let offset: Int
    /// The number of the first entry or decision that is concerned.
    package let number: UInt64?
    /// What is wrong.
    package let what: String
    /// What to do.
    package let remedy: String
    /// How much it matters.
    package let weight: Weight

    /// One line: place, fault, remedy.
    package var description: String {
        let entry = number.map { ", number \($0)" } ?? ""
        return "\(path), offset \(offset)\(entry): \(what); \(remedy)"
    }
}

extension JournalFinding {
    init(_ finding: LogFinding) {
        let weight: Weight
        let remedy: String
        switch finding.weight {
        case .damage:
            weight = .damage
            remedy = """
                restore it from a backup, or start once with repair, which keeps everything from \
                there on aside
                """
        case .tail:
            weight = .tail
            remedy = "the next start keeps it aside; nothing receipted is lost for the agencies"
        case .unused:
            weight = .unused
            remedy = "nothing to do"
        }
        self.init(
            path: finding.path,
            offset: finding.offset,
            number: finding.number,
            what: finding.fault.description,
            remedy: remedy,
            weight: weight
        )
    }
}
