package import Hashing

/// What a look at a stopped log found.
package struct LogReport: Sendable {
    /// All that is wrong, in the order of the log.
    package let findings: [LogFinding]
    /// The number of the last record that verified; 0 when there is none.
    package let lastNumber: UInt64
    /// The chain after that record.
    package let lastChain: Digest32
    /// How many segments there are.
    package let segmentCount: Int
    /// The identity that the segments state; nil for an empty folder or an unreadable first header.
    package let identity: LogIdentity?

    /// Walks a log without changing or locking anything; for a stopped service.
    ///
    /// `isWhole` says that the log has to begin with record 1.
    /// Goes on behind damage, so that all of it is named. A frame behind damage comes without its
    /// previous chain value.
    package static func of<D: Disk>(
        _ disk: D,
        folder: String,
        identity: LogIdentity?,
        isWhole: Bool = false,
        visit: (LogFrame) throws(LogFault) -> Void
    ) throws(LogError) -> LogReport {
        var walk = LogWalk(
            disk: disk,
            folder: folder,
            identity: identity,
            isWhole: isWhole,
            findsAll: true
        )
        try walk.run { (frame) throws(LogFault) in
            try visit(frame)
            return .keep
        }
        return LogReport(
            findings: walk.findings,
            lastNumber: walk.extent.lastNumber,
            lastChain: walk.extent.lastChain,
            segmentCount: walk.extent.segments.count,
            identity: walk.identity
        )
    }
}
