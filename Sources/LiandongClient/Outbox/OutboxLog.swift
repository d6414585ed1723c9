internal import Domain

/// The numbered items of a stream in segments, each with a file of its receipts.
///
/// `items-N.log` holds the items from number N on, `receipts-N.log` what came for them. Whole
/// segments go when everything in them has a receipt and is old; a checkpoint in the newest
/// receipts file keeps what HELLO needs.
struct OutboxLog {
    /// What is known of one number.
    struct Slot {
        var segment: UInt64
        var offset: Int
        /// 0 when the text is gone; that is so only behind a receipt.
        var length: Int
        var putAt: Timestamp
        var receipt: OutboxReceipt?
    }

    /// Two files.
    struct Segment {
        let first: UInt64
        let items: OutboxFile
        let receipts: OutboxFile
        var openedAt: Timestamp?
        var newestReceipt: Timestamp?

        var bytes: Int { items.size + receipts.size }
    }

    var segments: [Segment] = []
    /// The slots of the numbers from `firstNumber` on.
    var slots: [Slot] = []
    var firstNumber: UInt64 = 1
    /// Everything up to here has a receipt.
    var receiptedThrough: UInt64 = 0
    var checkpoint: OutboxReceipt?
    var tally = OutboxCounts()
    /// The ids of the items that were there when it was opened, for whoever opens it.
    var idsAtOpening: [(number: UInt64, id: String)] = []
    /// The next item begins a segment: behind the last one lie numbers without a text.
    private var mustRoll = false

    var nextNumber: UInt64 { firstNumber + UInt64(slots.count) }

    var counts: OutboxCounts {
        var counts = tally
        counts.bytes = segments.reduce(0) { $0 + $1.bytes }
        return counts
    }

    var oldestUnreceipted: Timestamp? { slot(receiptedThrough + 1)?.putAt }

    var lastReceipted: Receipt? {
        if let receipt = slot(receiptedThrough)?.receipt { return receipt.receipt }
        return checkpoint?.receipt.number == receiptedThrough ? checkpoint?.receipt : nil
    }

    func slot(_ number: UInt64) -> Slot? {
        guard number >= firstNumber, number < nextNumber else { return nil }
        return slots[Int(number - firstNumber)]
    }

    func receipt(of number: UInt64) -> Receipt? { slot(number)?.receipt?.receipt }

    func problems(countMax: Int) -> [Receipt] {
        var found: [Receipt] = []
        for slot in slots where found.count < countMax {
            if let receipt = slot.receipt?.receipt, receipt.status != .registered {
                found.append(receipt)
            }
        }
        return found
    }

    // MARK: Opening

    /// Reads what the folder holds and cuts torn tails.
    init(folder: OutboxFolder) throws(OutboxError) {
        let names = try folder.names().filter { $0.hasPrefix("items-") }
        var highest: UInt64 = 0
        for name in names {
            guard let first = UInt64(name.dropFirst(6).prefix(20)) else { continue }
            let segment = Segment(
                first: first,
                items: try folder.file(name),
                receipts: try folder.file(OutboxLog.name("receipts", first))
            )
            if segments.isEmpty { firstNumber = first }
            segments.append(segment)
        }
        var receipts: [OutboxReceipt] = []
        for index in segments.indices {
            try load(index)
            receipts += try loadReceipts(index)
        }
        for receipt in receipts { highest = max(highest, receipt.receipt.number) }
        if highest >= nextNumber {
            pad(through: highest)
            mustRoll = true
        }
        receiptedThrough = firstNumber - 1
        tally.unreceipted = slots.count
        for receipt in receipts { note(receipt) }
        try refuseLost(folder)
    }

    private mutating func load(_ index: Int) throws(OutboxError) {
        let segment = segments[index]
        let scan = OutboxFrame.scan(try segment.items.readAll())
        if scan.hasMore { throw .damaged(path: segment.items.path, offset: scan.end) }
        if scan.end < segment.items.size {
            try segment.items.cut(to: scan.end)
            try segment.items.sync()
        }
        if segment.first > nextNumber { pad(through: segment.first - 1) }
        for entry in scan.frames {
            guard case .item(let number, let at, let id, _) = entry.frame, number == nextNumber
            else {
                throw .damaged(path: segment.items.path, offset: entry.offset)
            }
            if segments[index].openedAt == nil { segments[index].openedAt = at }
            idsAtOpening.append((number, id))
            slots.append(
                Slot(segment: segment.first, offset: entry.offset, length: entry.length, putAt: at)
            )
        }
    }

    private func loadReceiptsFrames(_ file: OutboxFile) throws(OutboxError) -> [OutboxFrame] {
        let scan = OutboxFrame.scan(try file.readAll())
        // A receipt that cannot be read is asked for again, so that a breach is cut like a tail.
        if scan.end < file.size { try file.cut(to: scan.end) }
        return scan.frames.map(\.frame)
    }

    private mutating func loadReceipts(_ index: Int) throws(OutboxError) -> [OutboxReceipt] {
        var receipts: [OutboxReceipt] = []
        for frame in try loadReceiptsFrames(segments[index].receipts) {
            switch frame {
            case .receipt(let receipt): receipts.append(receipt)
            case .checkpoint(let receipt): checkpoint = receipt
            case .item, .stream: break
            }
        }
        return receipts
    }

    private mutating func pad(through number: UInt64) {
        while nextNumber <= number {
            slots.append(
                Slot(
                    segment: segments.last?.first ?? 1,
                    offset: 0,
                    length: 0,
                    putAt: Timestamp(milliseconds: 0)
                )
            )
        }
    }

    /// A number whose text is gone must at least have a receipt, or the stream can never go on.
    private func refuseLost(_ folder: OutboxFolder) throws(OutboxError) {
        for (index, slot) in slots.enumerated() where slot.length == 0 && slot.receipt == nil {
            throw .lost(number: firstNumber + UInt64(index), path: folder.path)
        }
    }

    // MARK: Items

    /// Appends the frames of consecutive items and returns when the disk has them.
    mutating func append(
        _ frames: [[UInt8]],
        in folder: OutboxFolder,
        at now: Timestamp,
        limits: OutboxLimits,
        syncs: Bool = true
    ) throws(OutboxError) {
        if mustRoll || segments.isEmpty || isGrown(at: now, limits) { try roll(in: folder) }
        let index = segments.count - 1
        let file = segments[index].items
        let start = file.size
        try file.append(frames.flatMap { $0 })
        do {
            if syncs { try file.sync() }
        } catch {
            try? file.cut(to: start)
            throw error
        }
        if segments[index].openedAt == nil { segments[index].openedAt = now }
        var offset = start
        for frame in frames {
            slots.append(
                Slot(
                    segment: segments[index].first,
                    offset: offset,
                    length: frame.count,
                    putAt: now
                )
            )
            offset += frame.count
        }
        tally.unreceipted += frames.count
    }

    private func isGrown(at now: Timestamp, _ limits: OutboxLimits) -> Bool {
        guard let last = segments.last else { return true }
        if last.items.size >= limits.segmentBytes { return true }
        return last.openedAt.map { $0 + limits.segmentAge <= now } ?? false
    }

    private mutating func roll(in folder: OutboxFolder) throws(OutboxError) {
        mustRoll = false
        if segments.last?.first == nextNumber { return }
        let first = nextNumber
        let segment = Segment(
            first: first,
            items: try folder.file(OutboxLog.name("items", first)),
            receipts: try folder.file(OutboxLog.name("receipts", first))
        )
        try folder.sync()
        if segments.isEmpty { firstNumber = first }
        segments.append(segment)
    }

    func items(
        from number: UInt64,
        countMax: Int,
        bytesMax: Int
    ) throws(OutboxError) -> [StoredItem] {
        var items: [StoredItem] = []
        var bytes = 0
        var next = max(number, firstNumber)
        while items.count < countMax, let slot = slot(next) {
            defer { next += 1 }
            if slot.length == 0 { continue }
            guard items.isEmpty || bytes + slot.length <= bytesMax else { break }
            guard let segment = segments.first(where: { $0.first == slot.segment }) else {
                continue
            }
            let frame = try segment.items.read(at: slot.offset, count: slot.length)
            guard case .item(_, let at, let id, let event)? = OutboxFrame.read(frame, at: 0)?.frame
            else { throw .damaged(path: segment.items.path, offset: slot.offset) }
            bytes += slot.length
            items.append(StoredItem(number: next, putAt: at, id: id, event: event))
        }
        return items
    }

    static func name(_ kind: String, _ first: UInt64) -> String {
        let digits = String(first)
        return kind + "-" + String(repeating: "0", count: 20 - digits.count) + digits + ".log"
    }

    /// The lowest number whose text is here; `nextNumber` when none is.
    var oldestKept: UInt64 {
        slots.firstIndex { $0.length > 0 }.map { firstNumber + UInt64($0) } ?? nextNumber
    }

    /// Returns when the disk has everything.
    func sync(in folder: OutboxFolder) throws(OutboxError) {
        for segment in segments {
            try segment.items.sync()
            try segment.receipts.sync()
        }
        try folder.sync()
    }

    /// Forgets the slots below the first segment.
    mutating func dropSlots(below number: UInt64) {
        for slot in slots.prefix(Int(number - firstNumber)) {
            count(slot.receipt?.receipt.status, by: -1)
        }
        slots.removeFirst(Int(number - firstNumber))
        firstNumber = number
    }

    mutating func beginSegment(in folder: OutboxFolder) throws(OutboxError) { try roll(in: folder) }

    func index(of first: UInt64) -> Int? { segments.firstIndex { $0.first == first } }

    mutating func count(_ status: Receipt.Status?, by change: Int) {
        switch status {
        case nil: tally.unreceipted += change
        case .registered: tally.registered += change
        case .quarantined: tally.quarantined += change
        case .refused: tally.refused += change
        }
    }
}
