package import Domain

/// What the entries say of the hub's wall clock (时钟状态).
///
/// While a step waits to be settled no deadline fires; once it is settled all that are due fire, each
/// stamped with its own time.
package struct ClockStanding: Equatable, Sendable {
    /// The step that waits to be settled.
    package private(set) var step: ClockChange?
    /// How far `at`, which never goes back, runs ahead of the confirmed wall clock.
    package private(set) var ahead = TimeSpan(milliseconds: 0)

    /// A clock that was never stepped.
    package init() {}

    /// Deadlines are held.
    package var isHeld: Bool { step != nil }

    /// Takes a change of the clock in.
    package mutating func take(_ change: ClockChange, at time: Timestamp) {
        switch change.event {
        case .stepped: step = change
        case .returned: step = nil
        case .confirmed:
            step = nil
            ahead = max(TimeSpan(milliseconds: 0), time - change.to)
        }
    }

    /// What the wall clock shows when entries are stamped `time`.
    package func wall(at time: Timestamp) -> Timestamp { time - ahead }
}
