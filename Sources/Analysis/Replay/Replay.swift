package import Domain
package import Hashing
internal import Journal
internal import Wire

/// A walk through a span of the decision log (回放): which decisions are shown, how many they are, and
/// a digest of them.
///
/// A pure value: the caller brings the decisions in the order of the log. The same log gives the
/// same count and digest, beside a running hub as after a stop.
package struct Replay {
    /// What becomes of a decision.
    package enum Verdict: Hashable, Sendable {
        /// It is shown, and counted.
        case shown
        /// It lies before the span, or nobody asked for its subject.
        case passed
        /// The span ends before it.
        case ended
    }

    /// The span.
    ///
    /// It goes from the first decision at or after its beginning to the last before the first at or
    /// after its end. A deadline that a step of the clock held carries its own, earlier time and stands
    /// where it was decided, so that spans one after the other are the log, each decision once.
    package let period: Period
    /// What is asked for; every decision when there is none.
    package let patterns: [SubjectPattern]
    private var hasBegun = false
    private var shown = DecisionDigest()

    /// A replay that has shown nothing yet.
    package init(period: Period, patterns: [SubjectPattern]) {
        self.period = period
        self.patterns = patterns
    }

    /// Judges the next decision of the log; `bytes` are those that stand there.
    package mutating func take(_ decision: Decision, bytes: [UInt8]) -> Verdict {
        guard decision.at < period.to else { return .ended }
        hasBegun = hasBegun || decision.at >= period.from
        guard hasBegun, isAskedFor(decision) else { return .passed }
        shown.add(bytes)
        return .shown
    }

    /// Decisions shown.
    package var count: Int { shown.count }

    /// The digest of the decisions shown; over a whole log without subjects it equals that of
    /// `verify` and, for the same inputs, of `evaluate`.
    package var digest: Digest32 { shown.value }

    private func isAskedFor(_ decision: Decision) -> Bool {
        guard !patterns.isEmpty else { return true }
        let subjects = decision.subjects
        return patterns.contains { pattern in subjects.contains { pattern.matches($0) } }
    }
}
