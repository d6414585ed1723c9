package import Domain
package import Linkage

/// Tells the hub's time, and notices steps of the wall clock (守时).
///
/// It compares the wall clock with `CLOCK_BOOTTIME`. Within a minute of it the wall clock is believed;
/// beyond, the hub goes on by `CLOCK_BOOTTIME` from the last good reading, and deadlines are held, until
/// the wall clock returns, stands steady for five minutes, or an operator confirms it. The journal
/// thread owns it.
package struct Timekeeper: Sendable {
    /// A stepped clock that stands so long is believed.
    package static let steadyFor = TimeSpan.minutes(5)
    /// A clock that never comes to rest holds deadlines so long; then `CLOCK_BOOTTIME` alone is believed.
    package static let heldMax = TimeSpan.hours(1)
    /// A start this long after the last entry is a step to be confirmed rather than an outage.
    package static let outageMax = TimeSpan.days(7)
    /// Small differences add up for so long before they are forgotten.
    private static let anchoredFor = TimeSpan.hours(1)
    /// While a clock jumps about, one of its steps in so long enters the journal.
    private static let tellEvery = TimeSpan.seconds(10)

    /// A step that waits to be settled.
    private struct Step {
        /// The stepped clock less `CLOCK_BOOTTIME`.
        var offset: Int64
        var steadySince: Int64
        var heldSince: Int64
        var toldAt: Int64
    }

    /// The believed wall clock less `CLOCK_BOOTTIME`.
    private var offset: Int64
    private var anchor: Int64
    private var anchoredAt: Int64
    /// How far `at` runs ahead of the believed wall clock.
    private var ahead: Int64
    private var step: Step?
    private var deafUntil = Int64.min

    /// Deadlines are held.
    package var isHeld: Bool { step != nil }

    /// A keeper for a journal that ends at `last`.
    ///
    /// - Parameters:
    ///   - last: The time of the last entry; `nil` for a new journal.
    ///   - standing: What the entries say of the clock.
    ///   - wall: The wall clock.
    ///   - monotonic: `CLOCK_BOOTTIME` in milliseconds.
    package init(
        after last: Timestamp?,
        standing: ClockStanding,
        wall: Timestamp,
        monotonic: Int64
    ) {
        let reading = wall.milliseconds - monotonic
        (offset, anchor, anchoredAt) = (reading, reading, monotonic)
        ahead = 0
        guard let last else { return }
        let expected = standing.wall(at: last)
        let isBehind = wall < expected - ClockChange.tolerance
        let isFarAhead = wall > expected + Timekeeper.outageMax
        var isStillStepped = isBehind || isFarAhead
        if let known = standing.step, known.size > TimeSpan(milliseconds: 0) {
            isStillStepped = isBehind || wall > known.to - ClockChange.tolerance
        }
        if isStillStepped {
            // The hub goes on from its last entry: how long it was down is not known.
            offset = expected.milliseconds - monotonic
            anchor = offset
            ahead = standing.ahead.milliseconds
            step = Step(
                offset: reading,
                steadySince: monotonic,
                heldSince: monotonic,
                toldAt: monotonic
            )
        } else {
            ahead = max(0, last.milliseconds - wall.milliseconds)
        }
    }

    /// What must enter the journal first, after a start.
    package func opening(
        after last: Timestamp,
        standing: ClockStanding,
        wall: Timestamp
    ) -> ClockChange? {
        let expected = standing.wall(at: last)
        if step != nil {
            return standing.isHeld ? nil : ClockChange(event: .stepped, from: expected, to: wall)
        }
        // The time that the hub was down let the wall clock catch up, or a step was undone meanwhile.
        guard standing.isHeld || standing.ahead.milliseconds > 0 else { return nil }
        return ClockChange(event: .confirmed, from: expected, to: wall)
    }

    /// The hub's time: never behind, never ahead of what was confirmed.
    package func time(at monotonic: Int64) -> Timestamp {
        Timestamp(milliseconds: offset + monotonic + ahead)
    }

    /// Looks at the wall clock; at least once a second.
    ///
    /// - Returns: What must enter the journal now.
    package mutating func look(at wall: Timestamp, monotonic: Int64) -> ClockChange? {
        let reading = wall.milliseconds - monotonic
        let believed = Timestamp(milliseconds: offset + monotonic)
        guard let known = step else {
            return notice(reading, believed: believed, wall: wall, monotonic: monotonic)
        }
        if Timekeeper.isNear(reading, anchor) {
            step = nil
            settle(reading, monotonic)
            return ClockChange(event: .returned, from: believed, to: wall)
        }
        if !Timekeeper.isNear(reading, known.offset) {
            step?.offset = reading
            step?.steadySince = monotonic
            guard monotonic - known.toldAt >= Timekeeper.tellEvery.milliseconds else { return nil }
            step?.toldAt = monotonic
            return ClockChange(event: .stepped, from: believed, to: wall)
        }
        if monotonic - known.steadySince >= Timekeeper.steadyFor.milliseconds {
            return confirm(wall, monotonic: monotonic, officer: "")
        }
        if monotonic - known.heldSince >= Timekeeper.heldMax.milliseconds {
            step = nil
            deafUntil = monotonic + Timekeeper.heldMax.milliseconds
            return ClockChange(event: .returned, from: believed, to: wall)
        }
        return nil
    }

    /// Believes the stepped clock from now on; `nil` when no step waits.
    package mutating func confirm(
        _ wall: Timestamp,
        monotonic: Int64,
        officer: String
    ) -> ClockChange? {
        guard step != nil else { return nil }
        let believed = Timestamp(milliseconds: offset + monotonic)
        let last = time(at: monotonic)
        step = nil
        settle(wall.milliseconds - monotonic, monotonic)
        // `at` never goes back: set back, it runs on from where it is, so that no deadline waits.
        ahead = max(0, last.milliseconds - wall.milliseconds)
        return ClockChange(event: .confirmed, from: believed, to: wall, officer: officer)
    }

    private mutating func notice(
        _ reading: Int64,
        believed: Timestamp,
        wall: Timestamp,
        monotonic: Int64
    ) -> ClockChange? {
        guard Timekeeper.isNear(reading, anchor) else {
            guard monotonic >= deafUntil else { return nil }
            step = Step(
                offset: reading,
                steadySince: monotonic,
                heldSince: monotonic,
                toldAt: monotonic
            )
            return ClockChange(event: .stepped, from: believed, to: wall)
        }
        offset = reading
        if monotonic - anchoredAt >= Timekeeper.anchoredFor.milliseconds {
            settle(reading, monotonic)
        }
        return nil
    }

    private mutating func settle(_ reading: Int64, _ monotonic: Int64) {
        (offset, anchor, anchoredAt) = (reading, reading, monotonic)
    }

    private static func isNear(_ one: Int64, _ other: Int64) -> Bool {
        abs(one - other) <= ClockChange.tolerance.milliseconds
    }
}
