package import Domain
import Linkage

/// Which journal entry holds each number of each sender's stream (流水登记).
///
/// Eight bytes a line ever taken. Rebuilt from the journal at start; owned by the journal thread.
package struct StreamLedger: Sendable {
    private var entries: [StreamID: [UInt64]] = [:]

    /// An empty ledger.
    package init() {}

    /// The number that a stream must send next, from 1.
    package func expected(_ stream: StreamID) -> UInt64 {
        UInt64(entries[stream]?.count ?? 0) + 1
    }

    /// Notes that a stream's next line stands in this entry; `false` when it is not the next.
    package mutating func note(_ position: StreamPosition, entry: UInt64) -> Bool {
        guard position.number == expected(position.stream) else { return false }
        entries[position.stream, default: []].append(entry)
        return true
    }

    /// Notes that a stream's next lines, `position` being the first, stand in entries one behind the
    /// other; `false` when it is not the next.
    package mutating func note(
        _ position: StreamPosition,
        count: Int,
        firstEntry: UInt64
    ) -> Bool {
        guard position.number == expected(position.stream) else { return false }
        entries[position.stream, default: []]
            .append(contentsOf: firstEntry..<firstEntry + UInt64(count))
        return true
    }

    /// The entry that holds a number; `nil` when the stream has not come so far.
    package func entry(_ position: StreamPosition) -> UInt64? {
        guard let numbers = entries[position.stream], position.number >= 1,
            position.number <= UInt64(numbers.count)
        else { return nil }
        return numbers[Int(position.number - 1)]
    }

    /// Streams that one agency has ever used.
    package func count(of agency: AgencyID) -> Int {
        entries.keys.count { $0.agency == agency }
    }
}

// In a state: streams by agency, name and epoch.
extension StreamLedger {
    func write(to writer: inout StateWriter) {
        let streams = entries.keys.sorted { left, right in
            if left.agency != right.agency { return left.agency < right.agency }
            return left.name == right.name ? left.epoch < right.epoch : left.name < right.name
        }
        writer.put(texts: streams.map(\.agency.name))
        writer.put(texts: streams.map(\.name))
        writer.put(list: streams.map(\.epoch))
        for stream in streams { writer.put(list: entries[stream] ?? []) }
    }

    init(_ reader: inout StateReader) throws(StateError) {
        let agencies = try reader.texts("the streams' agencies")
        let names = try reader.texts("the streams' names")
        let epochs: [UInt64] = try reader.list("the streams' epochs", count: agencies.count)
        try reader.check(names.count == agencies.count, "the streams' names")
        for (place, name) in names.enumerated() {
            guard let agency = AgencyID(name: agencies[place]) else {
                throw .badField("the streams' agencies")
            }
            let stream = StreamID(agency: agency, name: name, epoch: epochs[place])
            entries[stream] = try reader.list("a stream's entries")
        }
        try reader.check(entries.count == names.count, "the streams")
    }
}
