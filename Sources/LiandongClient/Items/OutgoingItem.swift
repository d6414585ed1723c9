public import Domain

/// An item as it leaves the agency (待发件): checked, masked, free of secrecy markings.
public struct OutgoingItem: Hashable, Sendable {
    /// The lane that may carry it.
    public enum Lane: Hashable, Sendable {
        /// The open hub.
        case open
        /// An accusation (检举控告): the sealed lane (限知) alone.
        case sealed
    }

    /// Its identity.
    public let ref: ItemRef
    /// What it is.
    public let kind: ItemKind
    /// When the agency received it.
    public let time: Timestamp
    /// The lane that may carry it.
    public let lane: Lane
    /// The CloudEvents object, UTF-8 JSON on one line.
    public let event: [UInt8]
    /// What was masked.
    public let masked: MaskTally

    package init(
        ref: ItemRef,
        kind: ItemKind,
        time: Timestamp,
        lane: Lane,
        event: [UInt8],
        masked: MaskTally
    ) {
        self.ref = ref
        self.kind = kind
        self.time = time
        self.lane = lane
        self.event = event
        self.masked = masked
    }
}

/// What became of one row of an export (逐行结果).
public enum RowOutcome: Hashable, Sendable {
    /// An item, with remarks that do not stop it.
    case item(OutgoingItem, remarks: [Mistake])
    /// The row is set aside, with every mistake in it.
    case setAside([Mistake])
    /// A blank line, a repeated heading or a row of sums.
    case skipped
}
