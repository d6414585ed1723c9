internal import Crypto
public import Domain
import Text

/// The two outboxes of an agency (双发件箱): every item lies in exactly one, the open or the sealed.
///
/// Each has a folder, a stream and a hub of its own. While the county has no sealed lane, accusations wait beside
/// the open stream, unsent, and go over by themselves when it is there. One thread uses it.
public final class LaneOutboxes {
    /// What the open hub gets.
    public let open: Outbox
    /// What the sealed hub gets; `nil` while the county has none.
    public let sealed: Outbox?
    /// What lies in the sealed outbox or waits for it, by the bytes of the event.
    private var moved: Set<SHA256Digest> = []
    /// The items that wait for the sealed outbox.
    private var waiting: Set<ItemRef> = []

    /// The line that stands for one that was moved: the hub refuses it as it refused the first, and the text goes
    /// to the wrong lane once at most.
    package static let standIn = Array(#"{"data":{"purpose":"accusation"}}"#.utf8)

    /// What became of items that were put in.
    public struct Put: Hashable, Sendable {
        /// Numbered in the open outbox.
        public var open = 0
        /// Numbered in the sealed outbox.
        public var sealed = 0
        /// Kept aside, because there is no sealed lane.
        public var waiting = 0
        /// Calls for help that went to the open lane beside an accusation (危及生命).
        public var calls = 0
        /// Items that the open hub had and that are taken back there, since they are accusations now (撤回).
        public var withdrawn = 0
    }

    /// Takes over two outboxes; what waited for the sealed one goes there now.
    ///
    /// - Parameters:
    ///   - open: The outbox for the open hub.
    ///   - sealed: The outbox for the sealed hub.
    ///   - now: The time.
    /// - Throws: When one of the two cannot be read or written; nothing is lost then.
    public init(open: Outbox, sealed: Outbox?, at now: Timestamp) throws(OutboxError) {
        precondition(open.lane == .open && sealed?.lane ?? .sealed == .sealed, "each its lane")
        self.open = open
        self.sealed = sealed
        for item in try open.waitingItems() { noteWaiting(LaneOutboxes.item(item, of: agency)) }
        guard let sealed else { return }
        try readSealed(sealed)
        let waiting = try open.waitingItems()
        guard !waiting.isEmpty else { return }
        // On the sealed disk before they are gone from the open one; a crash in between repeats them to the
        // sealed hub, which knows them again.
        let items = waiting.map { LaneOutboxes.item($0, of: agency) }
        for start in stride(from: 0, to: items.count, by: 256) {
            try sealed.put(Array(items[start..<min(items.count, start + 256)]), at: now)
        }
        try open.clearWaiting()
        self.waiting = []
    }

    private var agency: AgencyID { open.stream.agency }

    private func noteWaiting(_ item: OutgoingItem) {
        moved.insert(SHA256.hash(data: item.event))
        waiting.insert(item.ref)
    }

    private func readSealed(_ sealed: Outbox) throws(OutboxError) {
        var next = sealed.oldestKept
        while next <= sealed.lastNumber {
            let page = try sealed.items(from: next, countMax: 256, bytesMax: 4 << 20)
            guard let last = page.last else { return }
            for item in page { moved.insert(SHA256.hash(data: item.event)) }
            next = last.number + 1
        }
    }

    /// Puts items in, each into its outbox, and returns when the disk has them.
    ///
    /// The sealed ones first: what was cut off is put in again by whoever reads the rows again.
    ///
    /// - Parameters:
    ///   - items: The items, in order; none is for the superior alone.
    ///   - now: The time.
    /// - Returns: How many went where.
    /// - Throws: `full` or `disk`, as one outbox does.
    @discardableResult
    public func put(_ items: [OutgoingItem], at now: Timestamp) throws(OutboxError) -> Put {
        var done = Put()
        let (secret, plain) = parted(items)
        var alongside: [OutgoingItem] = []
        if !secret.isEmpty {
            alongside = secret.flatMap(openNotes)
            try seal(secret, at: now)
            if sealed == nil { done.waiting = secret.count } else { done.sealed = secret.count }
            done.withdrawn = alongside.count { $0.kind.isLife }
            done.calls = alongside.count - done.withdrawn
        }
        if !(plain + alongside).isEmpty {
            try open.put(plain + alongside, at: now)
            done.open = plain.count + alongside.count
        }
        return done
    }

    /// Which items go to the sealed lane and which to the open one.
    ///
    /// A step in an accusation's life goes where the accusation went, whatever its sender calls it: it would
    /// name it to the open lane.
    private func parted(
        _ items: [OutgoingItem]
    ) -> (secret: [OutgoingItem], plain: [OutgoingItem]) {
        var secret: [OutgoingItem] = []
        var plain: [OutgoingItem] = []
        var sealedNow: Set<ItemRef> = []
        for var item in items {
            if item.lane == .open, item.kind.isLife, let subject = item.subject,
                sealedNow.contains(subject) || isSealed(subject)
            {
                item.lane = .sealed
            }
            if item.lane == .sealed {
                secret.append(item)
                if !item.kind.isLife { sealedNow.insert(item.ref) }
            } else {
                plain.append(item)
            }
        }
        return (secret, plain)
    }

    private func isSealed(_ ref: ItemRef) -> Bool {
        waiting.contains(ref) || sealed?.holds(ref) == true
    }

    /// What the open hub must learn when an item is an accusation: that somebody needs help, and that it has the
    /// item no more where it has it from before.
    ///
    /// - Parameter item: The accusation.
    /// - Returns: At most two items of the open lane.
    package func openNotes(of item: OutgoingItem) -> [OutgoingItem] {
        notes(of: item, isThere: open.holds(item.ref))
    }

    private func notes(of item: OutgoingItem, isThere: Bool) -> [OutgoingItem] {
        guard !item.kind.isLife else { return [] }
        let withdrawal = isThere ? OpenNote.withdrawal(of: item, key: callKey) : nil
        let call = OpenNote.helpCall(for: item.ref, item.event, key: callKey)
        return [withdrawal, call].compactMap(\.self)
    }

    /// Moves items that the open hub refused for their lane; those that were moved already stay as they are.
    ///
    /// - Parameters:
    ///   - numbers: Their numbers in the open stream.
    ///   - now: The time.
    /// - Returns: The items that were moved now.
    /// - Throws: When an outbox cannot be read or written; the items are still in the open one then.
    package func move(
        _ numbers: [UInt64],
        at now: Timestamp
    ) throws(OutboxError) -> [ItemRef] {
        var items: [OutgoingItem] = []
        for number in numbers {
            let found = try open.items(from: number, countMax: 1, bytesMax: 1)
            guard let item = found.first, item.number == number, !isMoved(item.event) else {
                continue
            }
            items.append(LaneOutboxes.item(item, of: agency))
        }
        guard !items.isEmpty else { return [] }
        // Before the move, since what was moved is not looked at again; what is said twice changes nothing.
        let notes = items.flatMap { self.notes(of: $0, isThere: open.isRegistered($0.ref)) }
        if !notes.isEmpty { try open.put(notes, at: now) }
        try seal(items, at: now)
        return items.map(\.ref)
    }

    /// Whether an event lies in the sealed outbox or waits for it.
    package func isMoved(_ event: [UInt8]) -> Bool {
        !moved.isEmpty && moved.contains(SHA256.hash(data: event))
    }

    private func seal(_ items: [OutgoingItem], at now: Timestamp) throws(OutboxError) {
        try (sealed ?? open).put(items, at: now)
        for item in items {
            moved.insert(SHA256.hash(data: item.event))
            if sealed == nil, !item.kind.isLife { waiting.insert(item.ref) }
        }
    }

    /// Calls for help are named by it: only this agency knows which accusation one came with.
    private var callKey: UInt64 { (sealed ?? open).stream.epoch }

    /// What is needed to put a stored event into the sealed outbox.
    private static func item(_ stored: StoredItem, of agency: AgencyID) -> OutgoingItem {
        OutgoingItem(
            ref: ItemRef(agency: agency, id: stored.id),
            kind: .complaint,
            time: stored.putAt,
            lane: .sealed,
            event: stored.event,
            masked: MaskTally()
        )
    }
}

@available(*, unavailable)
extension LaneOutboxes: Sendable {}
