public import Domain
package import Storage

/// The bounds of an outbox.
public struct OutboxLimits: Hashable, Sendable {
    /// The most items that wait for their receipt.
    public var itemsMax = 200_000
    /// The most bytes on disk, receipted items included.
    public var bytesMax = 1 << 30
    /// How long receipted items are kept for sending again.
    public var keepReceipted = TimeSpan.days(7)
    /// The most accusations that wait for the sealed lane.
    public var waitingMax = 20_000
    /// Where a segment ends and the next begins.
    package var segmentBytes = 4 << 20
    /// The age at which a segment ends, so that whole segments grow old together.
    package var segmentAge = TimeSpan.days(1)

    /// The bounds for one stream of an agency.
    public init() {}
}

/// An item as it lies in the outbox.
public struct StoredItem: Hashable, Sendable {
    /// Its number in the stream, from 1.
    public let number: UInt64
    /// When it was put in.
    public let putAt: Timestamp
    /// The agency's own number.
    public let id: String
    /// The CloudEvents object, UTF-8 JSON.
    public let event: [UInt8]
}

/// What lies in an outbox.
public struct OutboxCounts: Hashable, Sendable {
    /// Without a receipt (待回执).
    public var unreceipted = 0
    /// Registered by the hub, as far as still kept.
    public var registered = 0
    /// Kept aside by the hub (待校验), as far as still kept.
    public var quarantined = 0
    /// Refused by the hub, as far as still kept.
    public var refused = 0
    /// Accusations that wait for the sealed lane (等待限知).
    public var waitingForSealed = 0
    /// Bytes on disk.
    public var bytes = 0
}

/// One stream of an agency's outbox on disk (发件箱): what is put in survives `kill -9`.
///
/// Numbers run from 1 without gaps through one epoch. `put` returns after `fdatasync`; until then
/// nothing of the batch counts and nothing of it is sent. Receipts are written without a sync of
/// their own: a lost one is asked for again. One process holds a stream at a time. Not safe for
/// several threads: its owner calls it from one.
public final class Outbox {
    /// Agency, name and epoch of the stream.
    public private(set) var stream: StreamID
    /// The lane whose items are numbered here and sent.
    public let lane: Lane
    /// The folder of the stream.
    public let path: String
    /// The bounds.
    public let limits: OutboxLimits
    /// The last number given out; 0 before the first.
    public var lastNumber: UInt64 { log.nextNumber - 1 }
    /// Everything up to this number has a receipt; 0 before the first.
    public var receiptedThrough: UInt64 { log.receiptedThrough }

    /// The lowest number whose event is still kept; `lastNumber + 1` when none is.
    public var oldestKept: UInt64 { log.oldestKept }

    private let folder: OutboxFolder
    private var epochFolder: OutboxFolder
    private var log: OutboxLog
    private var waiting: OutboxWaiting
    private var numbers: OutboxNumbers
    private let lock: any Sendable
    private var failure: OutboxError?

    /// Opens a stream's outbox and makes it where there is none.
    ///
    /// - Parameters:
    ///   - root: The agency's folder; each stream has a folder of its name in it.
    ///   - agency: The agency that sends.
    ///   - name: The stream's name, `main`.
    ///   - lane: The lane that the stream is for; a folder of one is never opened for the other.
    ///   - limits: The bounds.
    ///   - newEpoch: A random number but 0, taken when the outbox is made now.
    /// - Throws: `locked` when another process has it; `damaged` or `lost` when items without
    ///   receipt cannot be read.
    public convenience init(
        root: String,
        agency: AgencyID,
        name: String,
        lane: Lane = .open,
        limits: OutboxLimits = OutboxLimits(),
        newEpoch: UInt64
    ) throws(OutboxError) {
        try self.init(
            disk: PosixDisk(),
            root: root,
            agency: agency,
            name: name,
            lane: lane,
            limits: limits,
            newEpoch: newEpoch
        )
    }

    /// The same on a disk of the caller's choice.
    package init(
        disk: any Disk,
        root: String,
        agency: AgencyID,
        name: String,
        lane: Lane = .open,
        limits: OutboxLimits,
        newEpoch: UInt64
    ) throws(OutboxError) {
        guard AgencyID(name: name) != nil else { throw .badName(name) }
        let rootFolder = try OutboxFolder(disk, path: root)
        let folder = try rootFolder.folder(name)
        try rootFolder.sync()
        let lock = try folder.lock()
        let label = Outbox.label(agency, name, lane)
        let epoch = try Outbox.epoch(folder, label: label, newEpoch: newEpoch)
        let epochFolder = try folder.folder(Outbox.folderName(epoch))
        try folder.sync()
        try Outbox.removeEpochs(of: folder, but: epoch)
        self.log = try OutboxLog(folder: epochFolder)
        self.epochFolder = epochFolder
        self.waiting = try OutboxWaiting(folder: folder)
        self.numbers = try OutboxNumbers(folder: folder)
        self.lane = lane
        self.folder = folder
        self.lock = lock
        self.path = folder.path
        self.limits = limits
        self.stream = StreamID(agency: agency, name: name, epoch: epoch)
        noteKept()
    }

    /// What lies here on its way, or was registered and is still kept.
    private func noteKept() {
        var receipts: [Receipt] = []
        var underWay: [ItemRef] = []
        for (number, id) in log.idsAtOpening {
            if let receipt = log.receipt(of: number) {
                receipts.append(receipt)
            } else {
                underWay.append(ItemRef(agency: stream.agency, id: id))
            }
        }
        numbers.note(receipts, of: stream.agency)
        numbers.take(underWay)
        log.idsAtOpening = []
    }

    /// The lane's hub has the item, or will have it when the outbox is empty.
    package func holds(_ ref: ItemRef) -> Bool { numbers.holds(ref) }

    /// The lane's hub has the item.
    package func isRegistered(_ ref: ItemRef) -> Bool { numbers.isRegistered(ref) }

    /// Puts items in and returns when the disk has them.
    ///
    /// Items of the sealed lane are kept outside the numbered stream of the open one and wait for 限知; one
    /// that waits already is not kept twice. The sealed stream takes no item of the open lane.
    ///
    /// - Parameters:
    ///   - items: The items, in order.
    ///   - now: The time.
    /// - Returns: The numbers given out, and how many of the items wait for the sealed lane.
    /// - Throws: `full` before anything is written; `disk` when nothing of the batch counts.
    @discardableResult
    public func put(
        _ items: [OutgoingItem],
        at now: Timestamp
    ) throws(OutboxError) -> (numbers: Range<UInt64>, waiting: Int) {
        if let failure { throw failure }
        let sealed = items.filter { $0.lane != lane }
        precondition(lane == .open || sealed.isEmpty, "an open item for the sealed outbox")
        let first = log.nextNumber
        var frames: [[UInt8]] = []
        for item in items where item.lane == lane {
            let number = first + UInt64(frames.count)
            let frame = OutboxFrame.item(
                number: number,
                at: now,
                id: item.ref.id,
                event: item.event
            )
            frames.append(frame.bytes)
        }
        let bytes = frames.reduce(0) { $0 + $1.count }
        try makeRoom(items: frames.count, sealed: sealed.count, bytes: bytes, at: now)
        do {
            try waiting.hold(sealed, at: now)
            if !frames.isEmpty {
                try log.append(frames, in: epochFolder, at: now, limits: limits)
                numbers.take(items.lazy.filter { [lane] in $0.lane == lane }.map(\.ref))
            }
        } catch {
            // After a failed sync nobody knows what the disk has: recovery must look.
            if case .disk(_, "fdatasync", _) = error { failure = error }
            throw error
        }
        return (first..<first + UInt64(frames.count), sealed.count)
    }

    /// The accusations that wait for the sealed lane, in the order in which they came.
    package func waitingItems() throws(OutboxError) -> [StoredItem] { try waiting.items() }

    /// Forgets those that wait, when the sealed outbox has them on its disk.
    package func clearWaiting() throws(OutboxError) { try waiting.clear() }

    /// Items from a number on, receipted ones too, for sending and for healing.
    ///
    /// - Parameters:
    ///   - number: The first number; one that is no longer kept gives the first that is.
    ///   - countMax: The most items.
    ///   - bytesMax: The most bytes of events; one item is given even if it is larger.
    /// - Returns: Consecutive items, but for numbers whose text is gone.
    /// - Throws: `disk` or `damaged` when an item cannot be read.
    public func items(
        from number: UInt64,
        countMax: Int,
        bytesMax: Int
    ) throws(OutboxError) -> [StoredItem] {
        try log.items(from: number, countMax: countMax, bytesMax: bytesMax)
    }

    /// Records the hub's receipts.
    ///
    /// - Parameters:
    ///   - receipts: In any order; one that is known already changes nothing.
    ///   - now: The time.
    /// - Throws: `unknownNumber` or `conflictingReceipt`, with the receipts before it recorded.
    public func record(_ receipts: [Receipt], at now: Timestamp) throws(OutboxError) {
        if let failure { throw failure }
        try log.record(receipts, at: now)
        numbers.note(receipts, of: stream.agency)
        try log.prune(in: epochFolder, at: now, limits: limits)
    }

    /// Lets receipted items go that are older than seven days; call it once an hour.
    public func prune(at now: Timestamp) throws(OutboxError) {
        if let failure { throw failure }
        try log.prune(in: epochFolder, at: now, limits: limits)
    }

    /// The receipt up to which every number has one, for HELLO; `nil` before the first.
    public var lastReceipted: Receipt? { log.lastReceipted }

    /// The receipt of a number, as far as still kept.
    public func receipt(of number: UInt64) -> Receipt? { log.receipt(of: number) }

    /// Receipts that are not `registered`, oldest first, for people to look at.
    ///
    /// - Parameter countMax: The most receipts.
    /// - Returns: The receipts.
    public func problems(countMax: Int) -> [Receipt] { log.problems(countMax: countMax) }

    /// How long the oldest item without receipt has waited; `nil` when none does.
    public func oldestUnreceiptedAge(at now: Timestamp) -> TimeSpan? {
        log.oldestUnreceipted.map { now - $0 }
    }

    /// What lies in the outbox.
    public var counts: OutboxCounts {
        var counts = log.counts
        counts.waitingForSealed = waiting.count
        counts.bytes += waiting.bytes
        return counts
    }

    private func makeRoom(
        items: Int,
        sealed: Int,
        bytes: Int,
        at now: Timestamp
    ) throws(OutboxError) {
        var counts = counts
        if counts.bytes + bytes > limits.bytesMax {
            try log.prune(
                in: epochFolder,
                at: now,
                limits: limits,
                toFree: counts.bytes + bytes - limits.bytesMax
            )
            counts = self.counts
        }
        if counts.unreceipted + items > limits.itemsMax || counts.bytes + bytes > limits.bytesMax
            || counts.waitingForSealed + sealed > limits.waitingMax
        {
            throw .full(items: counts.unreceipted, bytes: counts.bytes, path: path)
        }
    }

    /// Begins a new epoch in which every kept line is numbered anew from 1 and has no receipt.
    ///
    /// For a hub that expects a number older than the oldest kept. The old epoch stays whole until
    /// the new one is on disk; a crash in between leaves one of the two.
    ///
    /// - Parameter epoch: A random number but 0, unlike the epoch before.
    /// - Throws: `disk` or `damaged`; the old epoch goes on.
    public func beginEpoch(_ epoch: UInt64) throws(OutboxError) {
        if let failure { throw failure }
        precondition(epoch != 0 && epoch != stream.epoch, "a new epoch has a new number")
        try Outbox.removeEpochs(of: folder, but: stream.epoch)
        let fresh = try folder.folder(Outbox.folderName(epoch))
        var copy = try OutboxLog(folder: fresh)
        var next = log.oldestKept
        while next <= lastNumber {
            let batch = try log.items(from: next, countMax: 256, bytesMax: 4 << 20)
            guard let last = batch.last else { break }
            for item in batch {
                let frame = OutboxFrame.item(
                    number: copy.nextNumber,
                    at: item.putAt,
                    id: item.id,
                    event: item.event
                )
                try copy.append(
                    [frame.bytes],
                    in: fresh,
                    at: item.putAt,
                    limits: limits,
                    syncs: false
                )
            }
            next = last.number + 1
        }
        try copy.sync(in: fresh)
        try folder.sync()
        let label = Outbox.label(stream.agency, stream.name, lane)
        try Outbox.writeStream(folder, label, epoch: epoch)
        stream = StreamID(agency: stream.agency, name: stream.name, epoch: epoch)
        log = copy
        epochFolder = fresh
        try Outbox.removeEpochs(of: folder, but: epoch)
    }

    /// What a stream's folder says of itself.
    private static func label(_ agency: AgencyID, _ name: String, _ lane: Lane) -> String {
        agency.name + "/" + name + (lane == .open ? "" : "@" + lane.rawValue)
    }

    private static func epoch(
        _ folder: OutboxFolder,
        label: String,
        newEpoch: UInt64
    ) throws(OutboxError) -> UInt64 {
        let names = try folder.names()
        if names.contains("stream") {
            let file = try folder.file("stream")
            guard
                case .stream(let epoch, let found)? =
                    OutboxFrame.read(try file.readAll(), at: 0)?.frame
            else { throw .damaged(path: file.path, offset: 0) }
            guard found == label else {
                throw .foreignFolder(path: folder.path)
            }
            return epoch
        }
        if let epoch = names.first(where: { $0.hasPrefix("epoch-") }) {
            throw .damaged(path: folder.path + "/stream, which " + epoch + " needs", offset: 0)
        }
        precondition(newEpoch != 0, "an epoch is never 0")
        try writeStream(folder, label, epoch: newEpoch)
        return newEpoch
    }

    /// Names the epoch in force; the rename is the moment of change.
    private static func writeStream(
        _ folder: OutboxFolder,
        _ label: String,
        epoch: UInt64
    ) throws(OutboxError) {
        let file = try folder.file("stream.new")
        try file.cut(to: 0)
        try file.append(OutboxFrame.stream(epoch: epoch, name: label).bytes)
        try file.sync()
        try folder.rename("stream.new", to: "stream")
        try folder.sync()
    }

    /// Takes out what a crash left of an epoch that never was, or is no more.
    private static func removeEpochs(
        of folder: OutboxFolder,
        but epoch: UInt64
    ) throws(OutboxError) {
        for name in try folder.names()
        where name.hasPrefix("epoch-") && name != folderName(epoch) {
            let old = try folder.folder(name)
            for file in try old.names() { try old.remove(file) }
            try folder.removeFolder(name)
        }
    }

    private static func folderName(_ epoch: UInt64) -> String {
        let digits = String(epoch, radix: 16)
        return "epoch-" + String(repeating: "0", count: 16 - digits.count) + digits
    }
}

@available(*, unavailable)
extension Outbox: Sendable {}
