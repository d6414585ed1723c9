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

// In a state: what the clock says, and the step that waits.
extension ClockStanding {
    func write(to writer: inout StateWriter) {
        writer.begin(.clock)
        writer.put(ahead.milliseconds)
        writer.put(UInt8(isHeld ? 1 : 0))
        guard let step else { return }
        writer.put(step.event.rawValue)
        writer.put(step.from.milliseconds)
        writer.put(step.to.milliseconds)
        writer.put(step.officer)
    }

    init(_ reader: inout StateReader) throws(StateError) {
        try reader.begin(.clock)
        ahead = TimeSpan(milliseconds: try reader.number("how far the clock is ahead"))
        guard try reader.flag("a step that waits") else { return }
        let event = ClockChange.Event(rawValue: try reader.number("the clock's event"))
        guard let event else { throw .badField("the clock's event") }
        step = ClockChange(
            event: event,
            from: Timestamp(milliseconds: try reader.number("the time before")),
            to: Timestamp(milliseconds: try reader.number("the time after")),
            officer: try reader.text("the officer")
        )
    }
}
