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
        /// The same while the hub starts.
        case startError = "start_error"
        case startPowerLoss = "start_power_loss"
        /// The hub's disk does wrong and says nothing: a bit changes, a write lands elsewhere.
        case bitRot = "bit_rot"
        case misdirectedWrite = "misdirected_write"
        /// An agency's daemon or machine ends.
        case agencyKill = "agency_kill"
        case agencyPowerLoss = "agency_power_loss"
        /// An officer's program ends.
        case officerKill = "officer_kill"
        /// A thread of the hub gets no turn for a while.
        case stall
        /// The hub's wall clock is stepped.
        case clockJump = "clock_jump"
        /// Minutes or hours pass at once for everybody.
        case leap

        /// The hub's machine counts it when it happens.
        var isOfHub: Bool {
            switch self {
            case .kill, .powerLoss, .diskError, .diskFull, .startError, .startPowerLoss, .bitRot,
                .misdirectedWrite, .stall, .clockJump:
                true
            default: false
            }
        }

        /// Nobody is told of it; rare, because it ends with an operator's repair.
        var isSilent: Bool { self == .bitRot || self == .misdirectedWrite }
    }

    /// Mean milliseconds between two faults of a kind; none for a kind that is off.
    private(set) var pause: [Fault: Int] = [:]
    /// The longest time that a message is under way, in milliseconds.
    let delayMax: Int

    init(_ random: inout SplitMix64) {
        delayMax = random.pick([1, 5, 50, 400])
        for fault in Fault.allCases where random.chance(permille: fault.isSilent ? 150 : 400) {
            pause[fault] = random.pick([4000, 10_000, 25_000]) * (fault == .leap ? 3 : 1)
        }
    }

    /// Faults of this kind happen.
    func has(_ fault: Fault) -> Bool { pause[fault] != nil }

    /// When a fault comes next; `nil` for a kind that is off.
    func next(_ fault: Fault, after now: Int64, _ random: inout SplitMix64) -> Int64? {
        pause[fault].map { now + 1 + Int64(random.below(2 * $0)) }
    }
}
