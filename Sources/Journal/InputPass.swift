package import Hashing
package import Storage

/// One pass over the inputs in a hub's folder (登记簿通读), beside the running hub or after it stopped.
///
/// It reads only and takes no lock; head, order, chain, and the payloads that are asked for are
/// checked on the way. Beside a running hub it sees what is written, synced or not.
package enum InputPass {
    /// Looks at a place before what is there is believed.
    private static let looksMax = 8

    /// How a pass ended.
    package struct End: Hashable, Sendable {
        /// The number of the last entry that verified.
        package var lastNumber: UInt64 = 0
        /// The chain after it.
        package var chain = Digest32.zero
        /// The chain after each of the entries that were asked for and that end a commit.
        package var marks: [UInt64: Digest32] = [:]
        /// An unfinished end, which the next start keeps aside.
        package var tail: JournalFinding?
    }

    /// Lends each entry that is wanted in order, until the log ends.
    ///
    /// - Parameters:
    ///   - disk: Where the folder is.
    ///   - folder: The data folder.
    ///   - marks: Entries behind which the chain is wanted.
    ///   - wants: Whether an entry is to be opened, by number and kind; the others cost no cipher.
    ///   - visit: Is lent each entry that is wanted; false ends the pass.
    /// - Returns: How far it came.
    /// - Throws: Damage with its place, after what lies before it was lent; keys that cannot be read.
    @discardableResult
    package static func run<D: Disk>(
        _ disk: D,
        folder: String,
        marks: Set<UInt64> = [],
        wants: (UInt64, EntryKind) -> Bool = { _, _ in true },
        visit: (StoredEntry) -> Bool
    ) throws(JournalError) -> End {
        let folders = JournalFolders(folder)
        var end = End()
        var seen: LogFinding?
        for _ in 0..<looksMax {
            let found = try look(disk, folders, marks, &end, wants, visit)
            guard let found else { return end }
            if found == seen { break }
            seen = found
        }
        guard let seen else { return end }
        if seen.weight == .damage { throw .log(.damaged(seen)) }
        end.tail = JournalFinding(seen)
        return end
    }

    private static func look<D: Disk>(
        _ disk: D,
        _ folders: JournalFolders,
        _ marks: Set<UInt64>,
        _ end: inout End,
        _ wants: (UInt64, EntryKind) -> Bool,
        _ visit: (StoredEntry) -> Bool
    ) throws(JournalError) -> LogFinding? {
        let table = try keys(disk, folders.root)
        let after = end.lastNumber
        var goesOn = true
        do throws(LogError) {
            return try withoutActuallyEscaping(wants) { (wants) throws(LogError) in
                try withoutActuallyEscaping(visit) { (visit) throws(LogError) in
                    var check = InputCheck(
                        keys: table,
                        wants: { $0 > after && goesOn && wants($0, $1) },
                        lend: { goesOn = visit($0) }
                    )
                    return try LogPass.run(disk, folder: folders.inputs) {
                        (frame) throws(LogFault) in
                        // An entry of a block that was made after the table was read: the next look.
                        guard table.reaches(frame.header.lastNumber) else { return false }
                        try check.check(frame)
                        end.lastNumber = max(end.lastNumber, frame.header.lastNumber)
                        if marks.contains(frame.header.lastNumber) {
                            end.marks[frame.header.lastNumber] = frame.header.chain
                        }
                        if frame.header.lastNumber == end.lastNumber {
                            end.chain = frame.header.chain
                        }
                        return goesOn
                    }
                }
            }
        } catch {
            throw .log(error)
        }
    }

    /// The newest whole copy of the key table; one that is being changed is looked at again.
    static func keys<D: Disk>(_ disk: D, _ folder: String) throws(JournalError) -> KeyTable {
        var copies: [Result<KeyTable, KeyFault>] = []
        for _ in 0..<looksMax {
            do throws(DiskError) {
                copies = try KeyRing<D>.copies(disk, folder)
            } catch {
                throw JournalError(error)
            }
            let whole = copies.compactMap { try? $0.get() }
            if let newest = whole.max(by: { $0.generation < $1.generation }) { return newest }
        }
        throw .keysDamaged(
            zip(KeyRing<D>.names, copies).map {
                KeyRing<D>.finding("\(folder)/\($0)", $1, weight: .damage)
            }
        )
    }
}
