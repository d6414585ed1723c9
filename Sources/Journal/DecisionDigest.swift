package import Hashing

/// A digest over decisions in their order (结论摘要).
///
/// A chain: SHA-256 of nothing, then for each decision SHA-256 of the digest so far, its length and its
/// bytes. So whoever knows the digest and the count at one decision goes on from there. It holds
/// nothing of the journal's numbering: a hub, a replay and an evaluation over the same inputs agree
/// however often time ticked between them.
package struct DecisionDigest: Hashable, Sendable {
    /// How many decisions went in.
    package private(set) var count: Int
    /// The digest so far.
    package private(set) var value: Digest32

    /// A digest of nothing.
    package init() {
        count = 0
        value = SHA256Hasher().finalize()
    }

    /// A digest that goes on from where another stood.
    package init(count: Int, value: Digest32) {
        self.count = count
        self.value = value
    }

    /// Adds the canonical bytes of a decision.
    package mutating func add(_ decision: [UInt8]) {
        count += 1
        var hasher = SHA256Hasher()
        hasher.update(value)
        hasher.update(number: UInt32(decision.count))
        hasher.update(decision)
        value = hasher.finalize()
    }
}
