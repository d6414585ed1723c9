public import Domain
public import Text

/// An item as it leaves the agency (待发件): checked, masked, free of secrecy markings.
public struct OutgoingItem: Hashable, Sendable {
    /// Why an item is for the sealed lane (入限知的缘由).
    public enum SealedReason: Hashable, Sendable {
        /// It says so itself: its purpose is an accusation.
        case purpose
        /// It names no purpose, and the agency's default is an accusation.
        case defaultPurpose
        /// Its wording accuses an official: the screen's version, and the words of its tables that struck.
        case wording(version: Int, words: [String])
    }

    /// Its identity.
    public let ref: ItemRef
    /// What it is.
    public let kind: ItemKind
    /// When the agency received it.
    public let time: Timestamp
    /// The lane that may carry it.
    public package(set) var lane: Lane
    /// Why it is for the sealed lane; `nil` for the open one.
    public let sealedReason: SealedReason?
    /// The CloudEvents object, UTF-8 JSON on one line.
    public let event: [UInt8]
    /// What was masked.
    public let masked: MaskTally

    package init(
        ref: ItemRef,
        kind: ItemKind,
        time: Timestamp,
        lane: Lane,
        sealedReason: SealedReason? = nil,
        event: [UInt8],
        masked: MaskTally = MaskTally()
    ) {
        self.ref = ref
        self.kind = kind
        self.time = time
        self.lane = lane
        self.sealedReason = sealedReason
        self.event = event
        self.masked = masked
    }
}

extension OutgoingItem {
    /// The item whose life a step speaks of; `nil` for any other item.
    var subject: ItemRef? {
        guard kind.isLife, let tree = try? JSONReader.read(event[...]),
            let source = tree.value(at: ["data", "item", "source"])?.text,
            let agency = AgencyID(source: source),
            let id = tree.value(at: ["data", "item", "id"])?.text
        else { return nil }
        return ItemRef(agency: agency, id: id)
    }
}

/// What became of one row of an export (逐行结果).
public enum RowOutcome: Hashable, Sendable {
    /// An item, with remarks that do not stop it.
    case item(OutgoingItem, remarks: [Mistake])
    /// It accuses those who keep the lanes themselves: their superior alone may get it, and it lies in no outbox
    /// (上级); the mistake is for whoever has no superior's key.
    case forSuperior(OutgoingItem, Mistake)
    /// The row is set aside, with every mistake in it.
    case setAside([Mistake])
    /// A blank line, a repeated heading or a row of sums.
    case skipped
}
