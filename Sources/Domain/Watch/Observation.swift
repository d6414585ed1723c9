/// What the hub noticed about itself or about a feed (自检).
///
/// It enters the journal as any input does, and the engine makes an alert of it: so a replay shows the
/// same alerts, and an officer signs for them as for any other.
package struct Observation: Equatable, Sendable {
    /// What can be noticed; numbers are never reused.
    package enum Condition: UInt8, CaseIterable, Sendable {
        /// The agency's connection fell silent without an end (链路中断).
        case linkDown = 1
        /// The agency's connection ended without a goodbye and did not come back (报送程序中断).
        case daemonGone = 2
        /// The agency's daemon is there, and its oldest line waits for a receipt (发送积压).
        case outboxStuck = 3
        /// The agency's daemon is there, and nothing comes for longer than is usual (长时间无来件).
        case quiet = 4
        /// The engine is behind the journal (研判滞后).
        case lag = 5
        /// A sync to disk takes too long (写盘缓慢).
        case slowSync = 6
        /// The disk is nearly full (磁盘空间不足).
        case diskLow = 7
        /// At the rate of the last day the disk is full within a week (磁盘增长过快).
        case diskGrowth = 8
        /// The wall clock was stepped and is not confirmed (时钟跳变).
        case clock = 9
        /// The hub did not run (停机).
        case outage = 10
        /// Items came that were cut off from the hub (补传).
        case backlog = 11

        /// The name in alerts' signals, in JSON and in metrics.
        package var token: String {
            switch self {
            case .linkDown: "link-down"
            case .daemonGone: "daemon-gone"
            case .outboxStuck: "outbox-stuck"
            case .quiet: "quiet"
            case .lag: "lag"
            case .slowSync: "slow-sync"
            case .diskLow: "disk-low"
            case .diskGrowth: "disk-growth"
            case .clock: "clock"
            case .outage: "outage"
            case .backlog: "backlog"
            }
        }

        /// It is about an agency's feed, not about the hub.
        package var isOfFeed: Bool {
            switch self {
            case .linkDown, .daemonGone, .outboxStuck, .quiet, .backlog: true
            case .lag, .slowSync, .diskLow, .diskGrowth, .clock, .outage: false
            }
        }

        /// The hub may say it; the others follow from entries, and the engine says them by itself.
        package var isObserved: Bool { self != .clock && self != .backlog }
    }

    /// What was noticed.
    package var condition: Condition
    /// Whose feed; `nil` for the hub.
    package var agency: AgencyID?
    /// Since when; of an outage, the last sign of life before it.
    package var since: Timestamp
    /// What was measured: seconds for feeds and the clock, milliseconds for lag and sync, MiB left on
    /// the disk, hours until it is full, items of a backlog; of an outage, the decisions that had to be
    /// derived again.
    package var value: Int
    /// The bound that it passed; of an outage, the unfinished tails that were kept aside.
    package var bound: Int
    /// The condition is over.
    package var isOver: Bool

    /// An observation from its parts.
    package init(
        _ condition: Condition,
        agency: AgencyID? = nil,
        since: Timestamp,
        value: Int,
        bound: Int,
        isOver: Bool = false
    ) {
        self.condition = condition
        self.agency = agency
        self.since = since
        self.value = value
        self.bound = bound
        self.isOver = isOver
    }
}
