package import Domain

/// How fast a replay goes (回放速度): 1 is real time by the decisions' `at`, 60 a minute a second.
package struct ReplayPace: Sendable {
    /// Times faster than real time, above 0.
    package let speed: Double
    private var first: Timestamp?

    /// A pace; `nil` unless the speed is above 0 and finite.
    package init?(speed: Double) {
        guard speed > 0, speed.isFinite else { return nil }
        self.speed = speed
    }

    /// How long to wait before a decision is shown.
    ///
    /// - Parameters:
    ///   - time: The decision's `at`; the first one is shown at once.
    ///   - elapsed: What has passed since the first one.
    /// - Returns: The wait, never negative: who lags behind catches up.
    package mutating func wait(for time: Timestamp, elapsed: TimeSpan) -> TimeSpan {
        let start = first ?? time
        first = start
        let due = Double((time - start).milliseconds) / speed
        // More than a century is no rhythm; the bound keeps the number whole.
        let milliseconds = Int64(min(due, 4e12)) - elapsed.milliseconds
        return TimeSpan(milliseconds: max(0, milliseconds))
    }
}
