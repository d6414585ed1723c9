import Domain
package import Journal
package import Linkage
import Storage
package import Wire

/// An engine and a ledger that follow a journal entry by entry: what a start, the follower and `verify`
/// do, each on its own thread (推演).
package struct Derivation: ~Copyable {
    /// The engine after the last entry.
    package internal(set) var engine: Engine
    /// The ledger after the last entry.
    package internal(set) var ledger: Ledger

    private let decoder = EventDecoder()
    private var found: [Decision] = []

    /// Goes on from a state; without one, from the beginning.
    package init(engine: consuming Engine = Engine(), ledger: Ledger = Ledger()) {
        self.engine = engine
        self.ledger = ledger
    }

    /// Takes the next entry in and gives the bytes of the decisions that follow from it.
    ///
    /// An erased entry decides nothing; what it once decided stands in a founding state.
    ///
    /// - Throws: When this version cannot read the entry; it is passed over then.
    package mutating func take(_ stored: StoredEntry) throws(RecordError) -> [[UInt8]] {
        precondition(stored.number == ledger.next, "entries come in their order")
        defer { ledger.pass(stored) }
        guard let payload = stored.bytes else { return [] }
        let record = try EntryCodec.decode(kind: stored.kind.rawValue, payload: payload)
        let content = try record.entryContent(decoder)
        found.removeAll(keepingCapacity: true)
        engine.apply(Entry(at: stored.at, content: content), into: &found)
        ledger.note(record, number: stored.number, found)
        var decisions: [[UInt8]] = []
        decisions.reserveCapacity(found.count)
        for decision in found {
            let bytes = DecisionCodec.encode(decision)
            ledger.note(decision: bytes, input: stored.number)
            decisions.append(bytes)
        }
        return decisions
    }

    /// Gives the engine to whoever goes on with it; an empty one stays.
    package mutating func takeEngine() -> Engine {
        var taken = Engine(edition: engine.edition)
        swap(&taken, &engine)
        return taken
    }
}

extension Derivation {
    /// Derives the features of all carried items again from the entries before the state.
    mutating func recall<D: Disk>(
        from inputs: inout InputReader<D>,
        _ isCancelled: () -> Bool
    ) throws(StateFault) {
        var (number, next): (UInt64, Int) = (1, 0)
        while number < ledger.next {
            guard !isCancelled() else { throw .unreadable("the hub stops") }
            let page: [StoredEntry]
            do throws(JournalError) {
                page = try inputs.read(from: number, limit: min(512, Int(ledger.next - number)))
            } catch {
                throw .unreadable(error.description)
            }
            guard !page.isEmpty else { throw .unreadable("entry \(number) is not there") }
            for stored in page {
                guard let payload = stored.bytes,
                    stored.kind.rawValue == JournalRecord.Kind.item.rawValue,
                    let record = try? EntryCodec.decode(
                        kind: stored.kind.rawValue,
                        payload: payload
                    ), case .item(let item, _)? = try? record.entryContent(decoder)
                else { continue }
                engine.recall(item, after: &next)
            }
            number += UInt64(page.count)
        }
        engine.finishRecall()
    }
}
