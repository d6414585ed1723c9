/// What an entry takes the engine of late, from which credit follows (研判耗时).
///
/// It rises at once and falls slowly: some entries cost a hundred times what others do, and credit that is
/// given while the cheap ones come is spent on the dear ones. One owner, one thread.
package struct EnginePace: Sendable {
    /// Microseconds for each entry; before it was measured, what an item takes on a county's machine.
    package private(set) var microsecondsPerEntry: Int64 = EnginePace.assumed
    private var seen: UInt64 = 0
    private var fellAt: Int64 = 0

    /// What an item takes on a county's machine, in microseconds.
    package static let assumed: Int64 = 100
    /// The first entries may say that this machine is faster than was assumed.
    private static let entriesToLearn: UInt64 = 4096
    /// Milliseconds in which a fall is taken in.
    private static let fallsWithin: Int64 = 5000

    /// Nothing was measured.
    package init() {}

    /// Takes in what entries took together; `now` is the uptime in milliseconds.
    package mutating func note(entries: UInt64, microseconds: Int64, at now: Int64) {
        guard entries > 0 else { return }
        let before = microsecondsPerEntry
        // A few entries alone say little: waking up and flushing cost as much as they do.
        let count = Int64(clamping: min(entries, 4096))
        let mean = (before * 256 + microseconds * count / Int64(entries)) / (256 + count)
        let isLearning = seen < EnginePace.entriesToLearn
        seen += entries
        guard mean < before, !isLearning else {
            fellAt = now
            microsecondsPerEntry = max(1, mean)
            return
        }
        let span = min(now - fellAt, EnginePace.fallsWithin)
        let fall = (before - mean) * span / EnginePace.fallsWithin
        guard fall > 0 else { return }
        fellAt = now
        microsecondsPerEntry = max(1, before - fall)
    }
}
