import Domain
import Journal
import Storage
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
            if case .known(let known) = try standing(position), !known.speaks(of: receipted.digest)
            {
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
                if mustWithhold(found[index], of: stream.agency) {
                    let position = StreamPosition(stream: stream, number: number)
                    receipts.append(withhold(found[index], at: position, at))
                    continue
                }
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

    /// Whether nothing of a line may be kept: it holds personal data in the clear, or is of an item whose
    /// text was erased or that was withdrawn, or about one.
    ///
    /// One call and no `||`, whose closure over the span the optimizer of Swift 6.3.1 does not survive.
    private func mustWithhold(_ line: IntakeLine, of agency: AgencyID) -> Bool {
        if line.isUnmasked { return true }
        let hasWithdrawn = links.withdrawn.withLock { !$0.isEmpty }
        guard hasWithdrawn || !erased.isEmpty else { return false }
        switch line.content {
        case .item(let item, _):
            return isErased(item.ref) || item.kind.isLife && isErased(item.subjectItem)
        case .quarantine:
            return !line.id.isEmpty && isErased(ItemRef(agency: agency, id: line.id))
        default: return false
        }
    }

    private func isErased(_ ref: ItemRef?) -> Bool {
        guard let ref else { return false }
        return erased.contains(ref) || links.withdrawn.withLock { $0.contains(ref) }
    }

    /// Takes a line's number and nothing of its content (已销毁重报); its receipt is that of any other.
    private mutating func withhold(
        _ line: IntakeLine,
        at position: StreamPosition,
        _ at: Timestamp
    ) -> Receipt {
        var code: ErrorCode?
        if case .quarantine(let quarantined) = line.content { code = quarantined.code }
        let record = JournalRecord.withheld(position, .init(id: line.id, code: code))
        commit.contents.append(Entry(at: at, content: .tick))
        commit.batch.add(at: at, kind: EntryKind(record.kind)) {
            EntryCodec.append(record, to: &$0)
        }
        return Receipt(
            number: position.number,
            id: line.id,
            digest: line.digest,
            status: code.map { .quarantined(code: $0.rawValue) } ?? .registered
        )
    }

    /// Gives receipts for lines that the journal has already, equal to the first ones.
    mutating func receiptAgain(
        _ session: SessionID,
        _ stream: StreamID,
        _ first: UInt64,
        _ lines: [ResentLine]
    ) throws(JournalError) {
        var receipts: [Receipt] = []
        receipts.reserveCapacity(lines.count)
        for (offset, line) in lines.enumerated() {
            let number = first + UInt64(offset)
            let position = StreamPosition(stream: stream, number: number)
            let receipt: Receipt?
            switch try standing(position) {
            case .known(let known): receipt = known.again(for: line)
            case .erased: receipt = erasedReceipt(position, line)
            case .unknown: receipt = nil
            }
            guard var receipt else {
                links.tell(.conflict(session, number: number))
                return
            }
            if case .refused = receipt.status { receipt.id = line.id }
            receipts.append(receipt)
        }
        links.tell(.receipts(session, receipts, lastEntry: 0))
    }

    /// What the journal says of a position in a stream.
    private enum Standing {
        /// The receipt that it was first given.
        case known(Receipt)
        /// Its text was erased, and with it the receipt.
        case erased
        case unknown
    }

    private mutating func standing(_ position: StreamPosition) throws(JournalError) -> Standing {
        guard let entry = streams.entry(position), let stored = try reader.entry(entry) else {
            return .unknown
        }
        guard let payload = stored.bytes else { return .erased }
        let record = try? EntryCodec.decode(kind: stored.kind.rawValue, payload: payload)
        return record?.receipt.map { .known($0) } ?? .unknown
    }

    /// The receipt of a line whose entry was erased, made from what was sent.
    ///
    /// That has to be of an erased item, or bear no number of its own: the digest went with the text.
    private func erasedReceipt(_ position: StreamPosition, _ line: ResentLine) -> Receipt? {
        let agency = position.stream.agency
        guard let digest = line.digest,
            line.id.isEmpty || erased.contains(ItemRef(agency: agency, id: line.id))
                || isErased(line.subject)
        else { return nil }
        return Receipt(
            number: position.number,
            id: line.id,
            digest: digest,
            status: line.code.map { .quarantined(code: $0.rawValue) } ?? .registered
        )
    }
}

extension Receipt {
    /// Whether it speaks of this content; one without a digest, of a refusal or of an erased item, speaks of
    /// any.
    fileprivate func speaks(of other: ContentDigest) -> Bool {
        digest == .none || digest == other
    }

    /// The receipt for a line that came again; `nil` when the line has another content.
    fileprivate func again(for line: ResentLine) -> Receipt? {
        guard let sent = line.digest else { return self }
        guard speaks(of: sent) else { return nil }
        if case .refused = status { return self }
        guard digest == .none else { return self }
        return line.id == id
            ? Receipt(number: number, id: id, digest: sent, status: status) : nil
    }
}

extension EntryKind {
    /// The number of a record's kind.
    init(_ kind: JournalRecord.Kind) {
        self.init(rawValue: kind.rawValue)
    }
}
