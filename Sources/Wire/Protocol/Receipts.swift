package import Domain

/// The hub's word on contiguous lines of one stream (RECEIPTS, 回执).
package struct Receipts: Equatable, Sendable {
    /// The stream's epoch.
    package var epoch: UInt64
    /// The stream's name.
    package var stream: String
    /// Bytes of PUT bodies that may have been sent in this session.
    package var credit: UInt64
    /// 1 to 1,024 receipts with contiguous numbers.
    package var receipts: [Receipt]

    /// Receipts from their parts.
    package init(epoch: UInt64, stream: String, credit: UInt64, receipts: [Receipt]) {
        self.epoch = epoch
        self.stream = stream
        self.credit = credit
        self.receipts = receipts
    }

    /// The message on the wire; numbers must be contiguous and there must be at least one.
    package var frame: Frame {
        precondition(
            (1...ProtocolLimits.batchMax).contains(receipts.count),
            "1 to 1,024 receipts"
        )
        var bytes = 25 + stream.utf8.count
        // By place: a receipt taken out of the array is counted once more.
        for place in receipts.indices {
            precondition(
                receipts[place].number == receipts[0].number + UInt64(place),
                "receipts with contiguous numbers"
            )
            bytes += 36 + receipts[place].id.utf8.count
        }
        return Frame(.receipts, number: receipts[0].number, bodyBytes: bytes) { writer in
            writer.append(epoch)
            writer.append(credit)
            writer.append(UInt8(stream.utf8.count))
            writer.append(contentsOf: stream.utf8)
            writer.append(UInt32(receipts.count))
            for place in receipts.indices { Receipts.append(receipts[place], to: &writer) }
        }
    }

    private static func append(_ receipt: borrowing Receipt, to writer: inout FrameWriter) {
        let id = receipt.id.utf8
        precondition(id.count <= ItemLimits.idBytesMax, "an id above 128 bytes")
        let (status, code): (UInt8, UInt16) =
            switch receipt.status {
            case .registered: (1, 0)
            case .quarantined(let code): (2, code)
            case .refused(let code): (3, code)
            }
        writer.append(status)
        writer.append(UInt8(id.count))
        writer.append(code)
        writer.append(receipt.digest.words.0)
        writer.append(receipt.digest.words.1)
        writer.append(receipt.digest.words.2)
        writer.append(receipt.digest.words.3)
        writer.append(contentsOf: id)
    }

    init(first: UInt64, body: ArraySlice<UInt8>) throws(ProtocolError) {
        var reader = FrameReader(body)
        epoch = try reader.integer("epoch")
        credit = try reader.integer("credit")
        guard credit <= ProtocolLimits.numberMax else {
            throw .malformed("The credit \(credit) is above 2^53 - 1.")
        }
        let name = try reader.text(Int(try reader.byte("name length")), "stream name")
        guard AgencyID(name: name) != nil else {
            throw .malformed("A stream's name has 1 to 32 characters of a-z, 0-9 and -.")
        }
        stream = name
        let count: UInt32 = try reader.integer("count")
        guard (1...UInt32(ProtocolLimits.batchMax)).contains(count) else {
            throw .malformed("RECEIPTS hold 1 to \(ProtocolLimits.batchMax), not \(count).")
        }
        guard first > 0, first <= ProtocolLimits.numberMax - UInt64(count) else {
            throw .malformed("Stream numbers are 1 to 2^53 - 1.")
        }
        receipts = []
        receipts.reserveCapacity(Int(count))
        for index in 0..<UInt64(count) {
            receipts.append(try Receipts.receipt(first + index, from: &reader))
        }
        try reader.end()
    }

    private static func receipt(
        _ number: UInt64,
        from reader: inout FrameReader
    ) throws(ProtocolError) -> Receipt {
        let status = try reader.byte("status")
        let idCount = Int(try reader.byte("id length"))
        guard idCount <= ItemLimits.idBytesMax else {
            throw .malformed("An id has at most \(ItemLimits.idBytesMax) bytes, not \(idCount).")
        }
        let code: UInt16 = try reader.integer("code")
        let digest = ContentDigest(
            try reader.integer("digest"),
            try reader.integer("digest"),
            try reader.integer("digest"),
            try reader.integer("digest")
        )
        let id = try reader.text(idCount, "id")
        let outcome: Receipt.Status
        switch status {
        case 1 where code == 0: outcome = .registered
        case 2 where code != 0: outcome = .quarantined(code: code)
        case 3 where code != 0: outcome = .refused(code: code)
        default: throw .malformed("A receipt has the status \(status) with the code \(code).")
        }
        return Receipt(number: number, id: id, digest: digest, status: outcome)
    }
}
