package import Domain
import Storage

/// What `status` shows, written by the thread that knows it (运行状态).
package final class Gauges: Sendable {
    /// One reading of all gauges.
    package struct Reading: Sendable {
        /// When the service began to serve.
        package var servingSince: Timestamp?
        /// The last entry in the journal that a sync covers.
        package var lastEntry: UInt64 = 0
        /// Of the entries, lines that were refused for their lane: no officer's count has them.
        package var sealedRefusals: UInt64 = 0
        /// The last entry that the engine applied.
        package var appliedEntry: UInt64 = 0
        /// `at` of the last applied entry.
        package var appliedAt: Timestamp?
        /// Milliseconds between the sync of the last applied entry and its application.
        package var lagMilliseconds: Int64 = 0
        /// Microseconds that the last sync took.
        package var syncMicroseconds: Int64 = 0
        /// The longest sync of this run, in microseconds.
        package var syncMicrosecondsMax: Int64 = 0
        /// Syncs of this run.
        package var syncs: UInt64 = 0
        /// Sessions of agencies.
        package var intakeSessions = 0
        /// Sessions of officers.
        package var deskSessions = 0
        /// Decisions made in the journal's life.
        package var decisions: UInt64 = 0
        /// Messages and sessions that were turned away in this run.
        package var refusals: UInt64 = 0
        /// The last entry of the newest snapshot that was written or started from; 0 for none.
        package var snapshotEntry: UInt64 = 0
        /// Bytes of that snapshot's state; 0 before one was written in this run.
        package var snapshotBytes = 0
        /// Milliseconds that writing it took, reading the journal up to it included.
        package var snapshotMilliseconds: Int64 = 0
        /// Snapshots that could not be written.
        package var snapshotFailures: UInt64 = 0
        /// Times that the follower differed from the live engine; any is a fault of the program or
        /// of the machine's memory.
        package var snapshotDifferences: UInt64 = 0
        /// Since when no receipt leaves because the disk is full, in milliseconds since 1970.
        package var diskFullSince: Int64?
        /// What the disk lacks, and where.
        package var diskFullReason: String?
        /// Bytes free on the journal's disk, as last looked at.
        package var diskFreeBytes: Int64?
        /// The same by code.
        package var refusalsByCode: [UInt16: UInt64] = [:]
        /// How long syncs took.
        package var syncTimes = SyncTimes()
        /// Bytes of payloads journaled in this run.
        package var journaledBytes: UInt64 = 0
        /// Bytes of PUT bodies taken in this run, by agency.
        package var takenBytes: [AgencyID: UInt64] = [:]
        /// Bytes that sessions may still send.
        package var creditBytes: UInt64 = 0
        /// Credit is held back to the engine's pace.
        package var isPressed = false
        /// What each entry takes the engine of late.
        package var entryMicroseconds: Int64 = 0
        /// Entries that wait for the engine.
        package var backlogEntries: UInt64 = 0
        /// Subscriptions in force.
        package var subscriptions = 0
        /// How each feed stands, by agency's name.
        package var feeds: [FeedReading] = []
        /// Connections, with and without a session.
        package var connections = 0
        /// Connections accepted in this run.
        package var accepted: UInt64 = 0
        /// Handshakes refused for their key, and failed for another reason.
        package var refusedKeys: UInt64 = 0
        package var failedHandshakes: UInt64 = 0
        /// Accepts that failed for want of descriptors, and times that the entrance was closed.
        package var acceptFailures: UInt64 = 0
        package var turnedAway: UInt64 = 0
        package var entranceClosings: UInt64 = 0
        /// Newcomers are let in.
        package var isEntranceOpen = true
        /// Bytes of memory in use.
        package var residentBytes: Int64 = 0
        /// The disk of the data folder.
        package var diskTotalBytes: Int64 = 0
        package var diskGrowthBytesPerDay: Int64 = 0
        /// All three threads made progress when the sentinel last looked.
        package var isAlive = true
        /// The hub is being stopped.
        package var isDraining = false
        /// The bounds that these are held against.
        package var bounds = Bounds()
        /// Steps of the wall clock in this run.
        package var clockSteps: UInt64 = 0
        /// A step of the wall clock waits to be settled, and deadlines are held.
        package var isClockHeld = false
        /// The journal takes nothing more, and why.
        package var journalFailure: String?
        /// Why the audit log, or its head in the second place, cannot be kept just now.
        package var auditProblem: String?

        /// Nothing measured yet.
        package init() {}

        /// Bounds that make the hub degraded.
        package struct Bounds: Sendable {
            /// Lag in milliseconds.
            package var lagMilliseconds: Int64 = 2000
            /// Free bytes on the disk.
            package var diskFreeBytes: Int64 = 0
            /// Bytes of memory.
            package var residentBytes = Int64.max
        }
    }

    private let reading = Locked(Reading())

    /// Gauges at zero.
    package init() {}

    /// Writes some gauges together.
    package func note(_ change: (inout Reading) -> Void) {
        reading.withLock { change(&$0) }
    }

    /// All gauges at one moment.
    package var now: Reading { reading.withLock { $0 } }
}

/// How the hub is, in one word (服务状态).
package enum HubState: String, Sendable {
    case starting, ready, degraded, draining, failed
}

extension Gauges.Reading {
    /// How the hub is.
    package var state: HubState {
        if journalFailure != nil { return .failed }
        if isDraining { return .draining }
        if servingSince == nil { return .starting }
        return troubles.isEmpty ? .ready : .degraded
    }

    /// What is not as it should be, each with a word for scripts and one for people.
    package var troubles: [(code: String, what: String)] {
        var found: [(String, String)] = []
        if let journalFailure { found.append(("journal", journalFailure)) }
        if !isAlive { found.append(("standstill", "a thread makes no progress")) }
        if lagMilliseconds > bounds.lagMilliseconds {
            found.append(("lag", "the engine is \(lagMilliseconds) ms behind"))
        }
        if isClockHeld { found.append(("clock", "a step of the wall clock waits to be confirmed")) }
        if let diskFullReason { found.append(("disk_full", diskFullReason)) }
        if let diskFreeBytes, diskFreeBytes < bounds.diskFreeBytes {
            found.append(("disk", "\(diskFreeBytes >> 20) MiB are free"))
        }
        if residentBytes > bounds.residentBytes {
            found.append(("memory", "\(residentBytes >> 20) MiB are in use"))
        }
        if let auditProblem { found.append(("audit", auditProblem)) }
        if !isEntranceOpen { found.append(("connections", "newcomers are refused: too many")) }
        return found
    }
}

/// How one feed stands, for status and metrics (报送状态).
package struct FeedReading: Sendable {
    /// The agency.
    package var agency: AgencyID
    /// Sessions open.
    package var sessions: Int
    /// How long its oldest line without a receipt has waited.
    package var oldestMilliseconds: Int64
    /// How long no line has come.
    package var silentMilliseconds: Int64
    /// What stands open.
    package var open: [Observation.Condition]

    /// A reading from its parts.
    package init(
        agency: AgencyID,
        sessions: Int,
        oldestMilliseconds: Int64,
        silentMilliseconds: Int64,
        open: [Observation.Condition]
    ) {
        self.agency = agency
        self.sessions = sessions
        self.oldestMilliseconds = oldestMilliseconds
        self.silentMilliseconds = silentMilliseconds
        self.open = open
    }
}

/// How long syncs took, in bands (写盘时间).
package struct SyncTimes: Sendable {
    /// The upper bounds of the bands in microseconds; one more band has none.
    package static let bounds: [Int64] = [
        100, 250, 500, 1000, 2500, 5000, 10_000, 25_000, 50_000, 100_000, 250_000, 1_000_000,
    ]
    /// Syncs in each band.
    package private(set) var counts = [UInt64](repeating: 0, count: SyncTimes.bounds.count + 1)
    /// Microseconds in all.
    package private(set) var microseconds: UInt64 = 0

    /// No sync yet.
    package init() {}

    mutating func note(_ microseconds: Int64) {
        let place = SyncTimes.bounds.firstIndex { microseconds <= $0 } ?? SyncTimes.bounds.count
        counts[place] += 1
        self.microseconds += UInt64(max(0, microseconds))
    }
}
