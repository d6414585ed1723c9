import Storage

/// Which faults a run has and how often (故障配比).
///
/// Each run switches some kinds off, so that rare ones are not drowned by common ones (swarm testing,
/// Groce et al., ISSTA 2012).
struct Swarm {
    /// A kind of fault.
    enum Fault: String, CaseIterable {
        /// The network: a connection is cut, stands still, swallows everything, loses single messages.
        case cut, clog
        case halfOpen = "half_open"
        case loss
        /// The hub's process or machine ends.
        case kill
        case powerLoss = "power_loss"
        /// The hub's disk: a failed write or sync, no space.
        case diskError = "disk_error"
        case diskFull = "disk_full"
        /// An agency's daemon or machine ends.
        case agencyKill = "agency_kill"
        case agencyPowerLoss = "agency_power_loss"
        /// An officer's program ends.
        case officerKill = "officer_kill"
        /// A thread of the hub gets no turn for a while.
        case stall
        /// The hub's wall clock is stepped.
        case clockJump = "clock_jump"
    }

    /// Mean milliseconds between two faults of a kind; none for a kind that is off.
    private(set) var pause: [Fault: Int] = [:]
    /// The longest time that a message is under way, in milliseconds.
    let delayMax: Int

    init(_ random: inout SplitMix64) {
        delayMax = random.pick([1, 5, 50, 400])
        for fault in Fault.allCases where random.chance(permille: 400) {
            pause[fault] = random.pick([4000, 10_000, 25_000])
        }
    }

    /// When a fault comes next; `nil` for a kind that is off.
    func next(_ fault: Fault, after now: Int64, _ random: inout SplitMix64) -> Int64? {
        pause[fault].map { now + 1 + Int64(random.below(2 * $0)) }
    }
}
