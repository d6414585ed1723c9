package import Domain

/// Gives each entry the time at which the hub took it in; it never goes back (DESIGN §2).
package struct Stamp: Sendable {
    /// The last time given.
    package private(set) var last: Timestamp
    private let hasScenarioClock: Bool

    /// A stamp that goes on after `last`.
    package init(after last: Timestamp, hasScenarioClock: Bool) {
        self.last = last
        self.hasScenarioClock = hasScenarioClock
    }

    /// The time of an entry.
    ///
    /// With a scenario clock it is the highest item time so far, and the wall clock plays no part.
    ///
    /// - Parameters:
    ///   - now: The wall clock.
    ///   - itemTime: The time of the item, where the entry is one.
    /// - Returns: The time to stamp, never earlier than the one before.
    package mutating func next(now: Timestamp, itemTime: Timestamp?) -> Timestamp {
        let candidate = hasScenarioClock ? itemTime ?? last : now
        last = max(last, candidate)
        return last
    }
}
