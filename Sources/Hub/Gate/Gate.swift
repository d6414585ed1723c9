package import Domain

/// Knows how far each sender's stream has come, and takes what is next (门岗).
///
/// The gate looks at form, grants and numbers; it decides nothing about content (DESIGN §4). It
/// lives on the socket thread and never touches the disk: what the journal holds is learnt once,
/// when a stream's session opens.
package struct Gate: Sendable {
    /// What becomes of the lines of one PUT.
    package enum Verdict: Equatable, Sendable {
        /// The first `resent` lines were taken before; the rest are new.
        case take(resent: Int)
        /// Lines are missing between what was taken and this PUT.
        case gap(expected: UInt64)
    }

    /// The next number of each stream that has a session.
    private var next: [StreamID: UInt64] = [:]
    private let agencies: AgencyRegister
    private let streamsMax: Int

    /// A gate for the registered agencies, with a bound on streams that are open at a time.
    package init(agencies: AgencyRegister, streamsMax: Int) {
        self.agencies = agencies
        self.streamsMax = streamsMax
    }

    /// The agency is registered.
    package func knows(_ agency: AgencyID) -> Bool { agencies[agency] != nil }

    /// Opens a stream at the number that the journal expects; `false` when too many are open.
    ///
    /// A stream that is open already keeps the higher number: lines may be under way to the disk.
    package mutating func open(_ stream: StreamID, expecting number: UInt64) -> Bool {
        if let current = next[stream] {
            next[stream] = max(current, number)
            return true
        }
        guard next.count < streamsMax else { return false }
        next[stream] = number
        return true
    }

    /// Forgets a stream; its next session learns the number anew.
    package mutating func close(_ stream: StreamID) {
        next[stream] = nil
    }

    /// Takes `count` lines from number `first` on, if they follow what was taken before.
    package mutating func admit(_ stream: StreamID, first: UInt64, count: Int) -> Verdict {
        let expected = next[stream] ?? 1
        guard first <= expected else { return .gap(expected: expected) }
        let resent = Int(min(UInt64(count), expected - first))
        next[stream] = expected + UInt64(count - resent)
        return .take(resent: resent)
    }

    /// Takes back what was admitted but found no room behind the gate.
    package mutating func withdraw(_ stream: StreamID, to number: UInt64) {
        guard let current = next[stream], number < current else { return }
        next[stream] = number
    }

    /// Whether the open lane must refuse the item: an accusation, by the item's own word or by the
    /// default of the agency's grant (条例 §30).
    package func mustRefuse(_ item: Item) -> Bool {
        let purpose = item.purpose ?? agencies[item.ref.agency]?.defaultPurpose
        return purpose == .accusation
    }
}
