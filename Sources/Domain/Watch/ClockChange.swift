/// A step of the hub's wall clock, or what became of one (时钟跳变).
///
/// The hub goes by `CLOCK_BOOTTIME` between two readings of the wall clock; where the wall clock is
/// more than a minute away from that, it has been stepped, and nothing falls due until somebody says
/// which of the two is right (DESIGN §2).
package struct ClockChange: Equatable, Sendable {
    /// What happened.
    package enum Event: UInt8, CaseIterable, Sendable {
        /// The wall clock was stepped: deadlines are held.
        case stepped = 1
        /// It stands again where it stood before the step: deadlines go on as if nothing had been.
        case returned = 2
        /// Five steady minutes or a person confirmed the stepped clock: the hub goes by it.
        case confirmed = 3

        /// The token in JSON and logs.
        package var token: String {
            switch self {
            case .stepped: "stepped"
            case .returned: "returned"
            case .confirmed: "confirmed"
            }
        }
    }

    /// What happened.
    package var event: Event
    /// What the wall clock would have shown without a step.
    package var from: Timestamp
    /// What it showed.
    package var to: Timestamp
    /// The operator who confirmed it; empty where nobody did.
    package var officer: String

    /// How far it was stepped; negative when it was set back.
    package var size: TimeSpan { to - from }

    /// The largest difference from `CLOCK_BOOTTIME` that is no step.
    package static let tolerance = TimeSpan.seconds(60)

    /// A change from its parts.
    package init(event: Event, from: Timestamp, to: Timestamp, officer: String = "") {
        self.event = event
        self.from = from
        self.to = to
        self.officer = officer
    }
}
