import Domain
import Journal
import Wire

extension Registrar {
    /// Tells a sender where its stream stands, and whether its last receipt is of the same content.
    mutating func greet(
        _ session: SessionID,
        _ stream: StreamID,
        _ receipted: (number: UInt64, digest: ContentDigest)?
    ) throws(JournalError) {
        let expect = streams.expected(stream)
        if expect == 1, streams.count(of: stream.agency) >= options.streamsPerAgencyMax {
            links.tell(
                .refusedStream(
                    session,
                    .tooManyStreams,
                    reason: "The agency has used \(options.streamsPerAgencyMax) streams already; "
                        + "go on with one of them or ask the operator for more."
                )
            )
            return
        }
        var conflict: UInt64?
        if let receipted, receipted.number < expect {
            let position = StreamPosition(stream: stream, number: receipted.number)
            if let known = try receipt(at: position), !known.speaks(of: receipted.digest) {
                conflict = receipted.number
            }
        }
        links.tell(.greeted(session, expect: expect, conflict: conflict))
    }

    /// Adds new lines to the commit and returns the receipts that may leave after its sync.
    mutating func register(
        _ stream: StreamID,
        _ first: UInt64,
        _ lines: [IntakeLine],
        _ batch: ArraySlice<UInt8>
    ) -> [Receipt] {
        let now = now
        let records = ItemRecords(stream)
        let firstEntry = nextEntry
        var receipts: [Receipt] = []
        receipts.reserveCapacity(lines.count)
        // A span lends each line; taking it out would count its content and its texts up and down.
        let found = lines.span
        batch.withUnsafeBytes { bytes in
            for index in found.indices {
                let number = first + UInt64(index)
                let event = UnsafeRawBufferPointer(rebasing: bytes[found[index].bytes])
                let at = stamp.next(now: now, itemTime: found[index].itemTime)
                commit.contents.append(Entry(at: at, content: found[index].content))
                guard found[index].itemTime != nil else {
                    let record = record(
                        of: found[index],
                        at: StreamPosition(stream: stream, number: number),
                        event
                    )
                    commit.batch.add(at: at, kind: EntryKind(record.kind)) {
                        EntryCodec.append(record, to: &$0)
                    }
                    if var receipt = record.receipt {
                        receipt.id = found[index].id
                        receipts.append(receipt)
                    }
                    continue
                }
                commit.batch.add(at: at, kind: EntryKind(.item)) {
                    records.append(
                        number: number,
                        id: found[index].id,
                        found[index].digest,
                        event: event,
                        to: &$0
                    )
                }
                receipts.append(
                    Receipt(
                        number: number,
                        id: found[index].id,
                        digest: found[index].digest,
                        status: .registered
                    )
                )
            }
        }
        let isNext = streams.note(
            StreamPosition(stream: stream, number: first),
            count: lines.count,
            firstEntry: firstEntry
        )
        precondition(isNext, "the gate let line \(first) in out of turn")
        return receipts
    }

    /// The record of a line that is no item.
    private func record(
        of line: IntakeLine,
        at position: StreamPosition,
        _ bytes: UnsafeRawBufferPointer
    ) -> JournalRecord {
        guard case .quarantine(let quarantined) = line.content else {
            return .sealedRefusal(position)
        }
        return .quarantine(
            position,
            .init(
                code: quarantined.code,
                reason: quarantined.reason,
                id: quarantined.id,
                lineDigest: line.digest,
                line: bytes
            )
        )
    }

    /// Gives receipts for lines that the journal has already, equal to the first ones.
    mutating func receiptAgain(
        _ session: SessionID,
        _ stream: StreamID,
        _ first: UInt64,
        _ lines: [KnownLine]
    ) throws(JournalError) {
        var receipts: [Receipt] = []
        receipts.reserveCapacity(lines.count)
        for (offset, line) in lines.enumerated() {
            let number = first + UInt64(offset)
            let position = StreamPosition(stream: stream, number: number)
            guard var receipt = try receipt(at: position) else {
                links.tell(.conflict(session, number: number))
                return
            }
            if let digest = line.digest, !receipt.speaks(of: digest) {
                links.tell(.conflict(session, number: number))
                return
            }
            if case .refused = receipt.status { receipt.id = line.id }
            receipts.append(receipt)
        }
        links.tell(.receipts(session, receipts, lastEntry: 0))
    }

    /// The receipt that a position was first given; `nil` when its text was erased since.
    private mutating func receipt(at position: StreamPosition) throws(JournalError) -> Receipt? {
        guard let entry = streams.entry(position),
            let stored = try reader.entry(entry), let payload = stored.bytes
        else { return nil }
        return try? EntryCodec.decode(kind: stored.kind.rawValue, payload: payload).receipt
    }
}

extension Receipt {
    /// Whether it speaks of this content; a refusal keeps no digest and speaks of any.
    fileprivate func speaks(of other: ContentDigest) -> Bool {
        if case .refused = status { true } else { digest == other }
    }
}

extension EntryKind {
    /// The number of a record's kind.
    init(_ kind: JournalRecord.Kind) {
        self.init(rawValue: kind.rawValue)
    }
}
