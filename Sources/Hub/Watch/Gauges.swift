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
        package var diskFreeBytes: Int?
        /// The journal takes nothing more, and why.
        package var journalFailure: String?

        /// Nothing measured yet.
        package init() {}
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
