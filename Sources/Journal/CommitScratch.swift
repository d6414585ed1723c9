internal import Hashing
internal import Storage

/// Lays entries out as sealed records; what it needs of memory is used again for every commit.
struct CommitScratch<D: Disk>: Sendable {
    /// Where each record of the commit lies.
    var places: [Range<Int>] = []
    /// Which entry of its batch is the first of the commit, and its number.
    private var first = (index: 0, number: UInt64(0))
    private var salted: [Range<Int>] = []
    private var keys: [Digest32] = []
    private var commitments: [Digest32] = []

    /// Begins a commit with this entry of a batch.
    mutating func start(at index: Int, number: UInt64) {
        places.removeAll(keepingCapacity: true)
        first = (index, number)
    }

    private func number(of index: Int) -> UInt64 { first.number + UInt64(index - first.index) }

    /// Lays some entries out with payloads still readable, each behind its salt.
    mutating func begin(
        _ group: Range<Int>,
        of batch: EntryBatch,
        _ ring: KeyRing<D>,
        _ path: inout KeyPath,
        in collected: UnsafeMutableRawBufferPointer
    ) throws(JournalError) {
        salted.removeAll(keepingCapacity: true)
        keys.removeAll(keepingCapacity: true)
        unsafe try batch.bytes.lend { (payloads) throws(JournalError) in
            for index in group {
                let entry = batch.entries[index]
                let number = number(of: index)
                // A seed that was just made, or the rest of a block with destroyed entries before
                // this one.
                guard let node = ring.node(of: number) else { throw .noSuchEntry(number) }
                let secrets = path.secrets(of: KeyTree.leaf(of: number), below: node)
                let place = places[index - first.index]
                unsafe EntryRecord.begin(
                    collected.part(place.lowerBound, place.count),
                    number: number,
                    at: entry.at,
                    kind: entry.kind,
                    payload: payloads.part(entry.payload.lowerBound, entry.payload.count),
                    salt: secrets.salt
                )
                keys.append(secrets.key)
                let start = place.lowerBound + EntryRecord.saltOffset
                salted.append(start..<(place.upperBound - EntryRecord.tagBytes))
            }
        }
    }

    /// Commits to each payload, encrypts and links; gives the chain value after the last.
    mutating func seal(
        _ group: Range<Int>,
        of batch: EntryBatch,
        _ before: Digest32,
        in collected: UnsafeMutableRawBufferPointer
    ) throws(JournalError) -> Digest32 {
        var chain = before
        commitments.removeAll(keepingCapacity: true)
        unsafe Digest32.appendSHA256(
            of: salted,
            in: UnsafeRawBufferPointer(collected),
            to: &commitments
        )
        for index in group {
            let entry = batch.entries[index]
            let place = places[index - first.index]
            let record = unsafe collected.part(place.lowerBound, place.count)
            let head = EntryRecord(
                number: number(of: index),
                at: entry.at,
                kind: entry.kind,
                payloadBytes: entry.payload.count,
                commitment: commitments[index - group.lowerBound]
            )
            unsafe try head.finish(record, key: keys[index - group.lowerBound])
            chain = unsafe EntryRecord.link(chain, UnsafeRawBufferPointer(record))
        }
        return chain
    }
}
