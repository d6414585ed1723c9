internal import Hashing

/// Which log a segment or frame belongs to; part of every check, so that bytes of another log, or
/// of another place in this one, never pass.
package struct LogIdentity: Hashable, Sendable {
    /// The random number of 16 bytes that the log was founded with.
    package let id: LogID
    /// What the log holds.
    package let kind: LogKind

    /// The identity of a log.
    package init(id: LogID, kind: LogKind) {
        self.id = id
        self.kind = kind
    }
}

/// A random number of 16 bytes that names a journal or an outbox.
package struct LogID: Hashable, Sendable, CustomStringConvertible {
    /// The first eight bytes.
    package let first: UInt64
    /// The last eight bytes.
    package let last: UInt64

    /// A number from its two halves.
    package init(first: UInt64, last: UInt64) {
        self.first = first
        self.last = last
    }

    /// Thirty-two hexadecimal digits.
    package var description: String {
        Hexadecimal.encode(
            withUnsafeBytes(of: (first.littleEndian, last.littleEndian)) { Array($0) }
        )
    }
}

/// What a log holds.
package struct LogKind: RawRepresentable, Hashable, Sendable {
    /// The number in segment headers.
    package let rawValue: UInt32

    /// A kind by its number.
    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// A hub's inputs.
    package static let inputs = LogKind(rawValue: 1)
    /// A hub's decisions.
    package static let decisions = LogKind(rawValue: 2)
    /// An agency's items on their way to the hub.
    package static let outbox = LogKind(rawValue: 3)
    /// Whatever a test puts there.
    package static let trial = LogKind(rawValue: 99)
}
