package import Hashing

/// A digest over decisions in their order (结论摘要): SHA-256 of each one's length and bytes.
///
/// It holds nothing of the journal's numbering, so that a hub, a replay and an evaluation over the
/// same inputs agree however often time ticked between them.
package struct DecisionDigest: Sendable {
    private var hasher = SHA256Hasher()
    /// How many decisions went in.
    package private(set) var count = 0

    /// A digest of nothing.
    package init() {}

    /// Adds the canonical bytes of a decision.
    package mutating func add(_ decision: [UInt8]) {
        count += 1
        hasher.update(number: UInt32(decision.count))
        hasher.update(decision)
    }

    /// The digest so far.
    package var value: Digest32 { hasher.finalize() }
}
