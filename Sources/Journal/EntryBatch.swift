package import Domain

/// Entries to be registered as one commit, their bytes in one row (条目批次).
///
/// Made once and used again, so that a commit allocates nothing an entry.
package struct EntryBatch: Sendable {
    /// One entry.
    struct Entry: Sendable {
        let at: Timestamp
        let kind: EntryKind
        /// Where its bytes stand.
        let payload: Range<Int>
    }

    private(set) var entries: [Entry] = []
    private(set) var bytes: [UInt8] = []

    /// No entries.
    package init() {}

    /// The same entries.
    init(_ entries: some Sequence<JournalEntry>) {
        for entry in entries {
            add(at: entry.at, kind: entry.kind) { $0 += entry.payload }
        }
    }

    /// How many entries there are.
    package var count: Int { entries.count }
    /// There is none.
    package var isEmpty: Bool { entries.isEmpty }
    /// The bytes of all entries together.
    package var payloadBytes: Int { bytes.count }

    /// Adds an entry, whose bytes `write` appends.
    package mutating func add(at: Timestamp, kind: EntryKind, _ write: (inout [UInt8]) -> Void) {
        let start = bytes.count
        write(&bytes)
        precondition(bytes.count >= start, "an entry takes nothing from the one before")
        entries.append(Entry(at: at, kind: kind, payload: start..<bytes.count))
    }

    /// Forgets all entries and keeps the room for others, up to what a busy hub needs.
    package mutating func removeAll() {
        entries.removeAll(keepingCapacity: true)
        bytes.removeAll(keepingCapacity: bytes.capacity <= 16 << 20)
    }
}
