internal import Hashing
internal import Storage

/// The key table in memory and its two copies on disk, shared by the writer and all readers.
///
/// A change is written and synced to the first copy, then to the second, so that one whole copy
/// exists at any moment. Both are overwritten in place: what was destroyed is gone from the file's
/// blocks. (Backups, snapshots of the file system and flash memory that keeps old blocks are beyond
/// it; docs/journal.md says so.)
final class KeyRing<D: Disk>: Sendable {
    private let files: [D.File]
    private let table: Locked<KeyTable>

    init(files: [D.File], table: KeyTable) {
        self.files = files
        self.table = Locked(table)
    }

    /// Grows with each change; whoever holds payloads or keys back looks at it.
    var generation: UInt64 { table.withLock { $0.generation } }

    /// The node that covers an entry; nil when the entry was destroyed.
    func node(of number: UInt64) -> KeyNode? {
        table.withLock { $0.node(of: number) }
    }

    func reaches(_ number: UInt64) -> Bool {
        table.withLock { $0.reaches(number) }
    }

    /// Makes seeds for the block of an entry and some blocks ahead, on both copies, synced.
    func prepare(through number: UInt64, ahead: Int, random: () -> UInt64) throws(DiskError) {
        try table.withLock { (table) throws(DiskError) in
            guard !table.reaches(number) else { return }
            var grown = table
            let count = Int(KeyTree.block(of: number)) - table.blocks.count + 1 + ahead
            grown.add(
                seeds: (0..<count).map { _ in
                    Digest32(words: random(), random(), random(), random())
                }
            )
            try write(grown, over: table)
            table = grown
        }
    }

    /// Destroys the keys of entries, on both copies, synced.
    func destroy(_ numbers: [UInt64]) throws(DiskError) {
        try table.withLock { (table) throws(DiskError) in
            var reduced = table
            reduced.destroy(numbers)
            // In memory it counts at once: whatever the disk says, nobody reads it from now on.
            let before = table
            table = reduced
            try write(reduced, over: before)
        }
    }

    private func write(_ new: KeyTable, over old: KeyTable) throws(DiskError) {
        for file in files { try Self.write(new, to: file) }
    }

    static func write(_ table: KeyTable, to file: D.File) throws(DiskError) {
        var bytes = table.encoded()
        let size = try file.size()
        if bytes.count < size {
            bytes.append(contentsOf: repeatElement(0, count: size - bytes.count))
        }
        var failure: DiskError?
        unsafe bytes.withUnsafeBytes { all in
            do throws(DiskError) {
                unsafe try file.write(all, at: 0)
                try file.sync()
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
    }
}
