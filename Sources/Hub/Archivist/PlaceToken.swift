import Hashing
import Journal
import Storage

/// What a token says once it is opened (位置凭据).
enum PlaceToken {
    /// How far a durable subscription is settled.
    case subscription(LogPlace)
    /// Behind a chunk of a replay: the place, the replay's end, what went before and what was asked.
    case replay(LogPlace, until: UInt64, DecisionDigest, question: UInt64)

    /// The bytes that are sealed.
    var bytes: [UInt8] {
        switch self {
        case .subscription(let place):
            [1] + Self.bytes(place.epoch) + Self.bytes(place.number)
        case .replay(let place, let until, let digest, let question):
            [2] + Self.bytes(place.epoch) + Self.bytes(place.number) + Self.bytes(until)
                + Self.bytes(UInt64(digest.count)) + digest.value.bytes + Self.bytes(question)
        }
    }

    /// What bytes say; `nil` for other ones.
    init?(_ bytes: [UInt8]) {
        func number(_ at: Int) -> UInt64 { bytes[at..<at + 8].reduce(0) { $0 << 8 | UInt64($1) } }
        switch (bytes.first, bytes.count) {
        case (1, 17): self = .subscription(LogPlace(epoch: number(1), number: number(9)))
        case (2, 73):
            guard let count = Int(exactly: number(25)),
                let value = Digest32(bytes: Array(bytes[33..<65]))
            else { return nil }
            self = .replay(
                LogPlace(epoch: number(1), number: number(9)),
                until: number(17),
                DecisionDigest(count: count, value: value),
                question: number(65)
            )
        default: return nil
        }
    }

    private static func bytes(_ number: UInt64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: number >> UInt64(56 - 8 * $0)) }
    }
}
