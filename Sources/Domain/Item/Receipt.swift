/// A sender's stream: contiguous numbers from 1 in one incarnation of an outbox (发送流).
public struct StreamID: Hashable, Sendable {
    /// The agency that sends.
    public let agency: AgencyID
    /// The stream's name, of the same form as an agency's.
    public let name: String
    /// Chosen at random when the outbox was made, so that a new outbox never continues an old one.
    public let epoch: UInt64

    /// A stream from its parts.
    public init(agency: AgencyID, name: String, epoch: UInt64) {
        self.agency = agency
        self.name = name
        self.epoch = epoch
    }
}

/// Where one line stands in its sender's stream.
public struct StreamPosition: Hashable, Sendable {
    /// The stream.
    public let stream: StreamID
    /// The number, from 1.
    public let number: UInt64

    /// A position from its parts.
    public init(stream: StreamID, number: UInt64) {
        self.stream = stream
        self.number = number
    }
}

/// The hub's word on one line, true even if the power fails a moment later (回执).
public struct Receipt: Equatable, Sendable {
    /// What became of the line.
    public enum Status: Hashable, Sendable {
        /// Registered as an item.
        case registered
        /// Kept aside for a person, with the code of the mistake (待校验).
        case quarantined(code: UInt16)
        /// Not kept, with the code of the reason; only its number is.
        case refused(code: UInt16)
    }

    /// The number in the sender's stream.
    public var number: UInt64
    /// The `id` of the item; empty where none could be read.
    public var id: String
    /// SHA-256 of the content's canonical form; of the line's bytes where it is no item.
    public var digest: ContentDigest
    /// What became of it.
    public var status: Status

    /// A receipt from its parts.
    public init(number: UInt64, id: String, digest: ContentDigest, status: Status) {
        self.number = number
        self.id = id
        self.digest = digest
        self.status = status
    }
}

/// SHA-256 of the canonical form (RFC 8785) of an item's content.
public struct ContentDigest: Hashable, Sendable {
    /// The digest as four big-endian words.
    public var words: (UInt64, UInt64, UInt64, UInt64)

    /// A digest from four big-endian words.
    public init(_ first: UInt64, _ second: UInt64, _ third: UInt64, _ fourth: UInt64) {
        words = (first, second, third, fourth)
    }

    /// The same words.
    public static func == (left: ContentDigest, right: ContentDigest) -> Bool {
        left.words == right.words
    }

    /// The first word is as good as all four.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(words.0)
    }
}
