/// What an entry takes the engine of late, from which credit follows (研判耗时).
///
/// Some entries cost a hundred times what others do, and credit that is given while the cheap ones come
/// is spent on the dear ones: so the highest mean of the last seconds counts. One owner, one thread.
package struct EnginePace: Sendable {
    /// Nanoseconds for each entry, of late and at most.
    private var mean = EnginePace.assumed * 1000
    private var peak = EnginePace.assumed * 1000
    private var seen: UInt64 = 0
    private var decayedAt: Int64 = 0

    /// Microseconds for each entry; before it was measured, what an item takes on a county's machine.
    package var microsecondsPerEntry: Int64 { max(1, peak / 1000) }

    /// What an item takes on a county's machine, in microseconds.
    package static let assumed: Int64 = 100
    /// The first entries may say that this machine is faster than was assumed.
    private static let entriesToLearn: UInt64 = 4096
    /// Milliseconds in which a peak falls to a third.
    private static let remembered: Int64 = 10_000

    /// Nothing was measured.
    package init() {}

    /// Takes in what entries took together; `now` is the uptime in milliseconds.
    package mutating func note(entries: UInt64, microseconds: Int64, at now: Int64) {
        guard entries > 0 else { return }
        // A few entries alone say little: waking up and flushing cost as much as they do.
        let count = Int64(clamping: min(entries, 4096))
        let fresh = min(microseconds, 60_000_000) * 1000 / Int64(clamping: entries)
        mean = (mean * 256 + fresh * count) / (256 + count)
        let span = min(now - decayedAt, EnginePace.remembered)
        let isLearning = seen < EnginePace.entriesToLearn
        seen = min(seen + entries, EnginePace.entriesToLearn)
        let decay = peak * span / EnginePace.remembered
        if decay > 0 || isLearning { decayedAt = now }
        peak = isLearning ? mean : max(mean, peak - decay)
    }
}
