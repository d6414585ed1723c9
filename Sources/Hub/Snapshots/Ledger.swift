package import Domain
package import Hashing
package import Journal
import Linkage
package import Wire

/// What a hub knows of its journal beside the engine: streams, places of texts, configuration (台账).
///
/// Like the engine it follows from the entries alone, one after the other.
package struct Ledger: Sendable {
    /// The number of the entry that comes next.
    package internal(set) var next: UInt64 = 1
    /// The epoch of the last entry.
    package internal(set) var epoch: UInt64 = 0
    /// The time of the last entry.
    package internal(set) var lastAt = Timestamp(milliseconds: 0)
    /// The chain of the inputs after the last entry.
    package internal(set) var chain = Digest32.zero
    /// Decisions so far.
    package internal(set) var decisions: UInt64 = 0
    /// The chain of the decisions so far.
    package internal(set) var decisionChain = Digest32.zero
    /// The founding entry of the epoch; `nil` before it.
    package internal(set) var founding: Founding?
    /// The configuration in force.
    package internal(set) var files: [CountyFile] = []
    /// Lines that did not follow the one before in their stream.
    package internal(set) var gaps: UInt64 = 0

    var streams = StreamLedger()
    var located = Located()
    var outcomes = Outcomes()

    /// The ledger of an empty journal.
    package init() {}

    /// Notes what an entry says and what the engine decided on it.
    package mutating func note(_ record: JournalRecord, number: UInt64, _ found: [Decision]) {
        if let position = record.position, !streams.note(position, entry: number) { gaps += 1 }
        switch record {
        case .founding(let content): founding = content
        case .configuration(let name, let canonical):
            // It was read when it was taken, so it can be read again.
            if let content = try? ConfigurationFile(name: name, canonical: canonical) {
                adopt(CountyFile(canonical: canonical, content: content))
            }
        case .item(let position, let id, _, _):
            located.note(ItemRef(agency: position.stream.agency, id: id), entry: number)
        case .quarantine: located.noteQuarantine(entry: number)
        case .sealedRefusal, .command, .tick, .clock, .observation, .withheld, .erasure: break
        }
        outcomes.note(found)
    }

    /// Notes the bytes of a decision.
    package mutating func note(decision bytes: [UInt8], input: UInt64) {
        decisions += 1
        decisionChain = DecisionChain.link(decisionChain, input: input, bytes)
    }

    /// Goes on behind an entry, whatever became of its bytes.
    package mutating func pass(_ stored: StoredEntry) {
        chain = stored.link(chain)
        next = stored.number + 1
        epoch = stored.epoch
        lastAt = stored.at
    }

    mutating func adopt(_ file: CountyFile) {
        if let place = files.firstIndex(where: { $0.name == file.name }) {
            files[place] = file
        } else {
            files.append(file)
            files.sort { $0.name.rawValue < $1.name.rawValue }
        }
    }
}

/// Which entries hold texts: an item's newest one, and lines kept aside (文本位置).
struct Located: Sendable {
    /// Hashes of items' identities, in the order of their entries.
    private(set) var items: [UInt64] = []
    /// The entries of these items.
    private(set) var entries: [UInt64] = []
    /// The entries of lines kept aside.
    private(set) var quarantined: [UInt64] = []

    mutating func note(_ ref: ItemRef, entry: UInt64) {
        items.append(ref.stableHash)
        entries.append(entry)
    }

    mutating func noteQuarantine(entry: UInt64) { quarantined.append(entry) }

    func write(to writer: inout StateWriter) {
        writer.put(list: items)
        writer.put(list: entries)
        writer.put(list: quarantined)
    }

    init() {}

    init(_ reader: inout StateReader) throws(StateError) {
        items = try reader.list("the located items")
        entries = try reader.list("the items' entries", count: items.count)
        quarantined = try reader.list("the lines kept aside")
    }
}
