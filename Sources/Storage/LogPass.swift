/// One look along a log from its beginning, beside a process that may be writing it.
package enum LogPass {
    /// Lends each frame that is complete, in order, until one is not or `visit` returns false.
    ///
    /// It reads only and takes no lock. What it meets at the end may be a commit that is just being
    /// written, so a finding is believed only when a second look meets the same one.
    ///
    /// - Returns: What is at the place where the look ended; `nil` at a clean end, or when `visit`
    ///   had enough.
    package static func run<D: Disk>(
        _ disk: D,
        folder: String,
        visit: (LogFrame) throws(LogFault) -> Bool
    ) throws(LogError) -> LogFinding? {
        var walk = LogWalk(disk: disk, folder: folder, identity: nil, isWhole: true)
        var hadEnough = false
        try walk.run { (frame) throws(LogFault) in
            hadEnough = try !visit(frame)
            return hadEnough ? .cut : .keep
        }
        return hadEnough ? nil : walk.findings.first { $0.weight != .unused }
    }
}
