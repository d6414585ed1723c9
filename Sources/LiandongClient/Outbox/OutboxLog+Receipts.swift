internal import Domain

extension OutboxLog {
    /// Writes receipts beside their items.
    mutating func record(_ receipts: [Receipt], at now: Timestamp) throws(OutboxError) {
        var fresh: [(segment: Int, receipt: OutboxReceipt)] = []
        var breach: OutboxError?
        for receipt in receipts {
            guard receipt.number >= 1, receipt.number < nextNumber else {
                breach = .unknownNumber(receipt.number, last: nextNumber - 1)
                break
            }
            guard let slot = slot(receipt.number), let index = index(of: slot.segment) else {
                continue
            }
            if let known = slot.receipt?.receipt {
                if known.digest != receipt.digest {
                    breach = .conflictingReceipt(number: receipt.number)
                    break
                }
                if known == receipt { continue }
            }
            fresh.append((index, OutboxReceipt(receipt, at: now)))
        }
        var start = 0
        while start < fresh.count {
            let segment = fresh[start].segment
            var end = start
            var bytes: [UInt8] = []
            while end < fresh.count, fresh[end].segment == segment {
                bytes += OutboxFrame.receipt(fresh[end].receipt).bytes
                end += 1
            }
            try segments[segment].receipts.append(bytes)
            for entry in fresh[start..<end] { note(entry.receipt) }
            start = end
        }
        if let breach { throw breach }
    }

    /// Takes a receipt into the index.
    mutating func note(_ receipt: OutboxReceipt) {
        let number = receipt.receipt.number
        guard slot(number) != nil else { return }
        let place = Int(number - firstNumber)
        count(slots[place].receipt?.receipt.status, by: -1)
        count(receipt.receipt.status, by: 1)
        slots[place].receipt = receipt
        if let index = index(of: slots[place].segment) {
            segments[index].newestReceipt = max(
                segments[index].newestReceipt ?? receipt.at,
                receipt.at
            )
        }
        while slot(receiptedThrough + 1)?.receipt != nil { receiptedThrough += 1 }
    }

    /// Takes the oldest segments out whose items all have receipts and are old.
    ///
    /// `toFree` bytes are needed now, whatever the age.
    mutating func prune(
        in folder: OutboxFolder,
        at now: Timestamp,
        limits: OutboxLimits,
        toFree: Int = 0
    ) throws(OutboxError) {
        var freed = 0
        while let oldest = segments.first, let newest = oldest.newestReceipt {
            let isOld = newest + limits.keepReceipted <= now
            guard isOld || freed < toFree else { return }
            let isLast = segments.count == 1
            let end = isLast ? nextNumber : segments[1].first
            guard end > oldest.first, receiptedThrough >= end - 1 else { return }
            if isLast { try beginSegment(in: folder) }
            try writeCheckpoint()
            try folder.remove(OutboxLog.name("items", oldest.first))
            try folder.remove(OutboxLog.name("receipts", oldest.first))
            try folder.sync()
            freed += oldest.bytes
            segments.removeFirst()
            dropSlots(below: end)
        }
    }

    /// Writes where the receipts stand into the newest segment, before an old one goes.
    private mutating func writeCheckpoint() throws(OutboxError) {
        guard let last = segments.last, let receipt = lastReceipted else { return }
        let entry = OutboxReceipt(receipt, at: last.newestReceipt ?? Timestamp(milliseconds: 0))
        try last.receipts.append(OutboxFrame.checkpoint(entry).bytes)
        try last.receipts.sync()
        checkpoint = entry
    }
}
