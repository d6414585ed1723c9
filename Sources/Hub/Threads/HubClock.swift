package import Domain
import Glibc

/// Where the hub reads time (时钟).
package protocol HubClock: Sendable {
    /// The wall clock.
    func now() -> Timestamp
    /// Milliseconds that never go back and know nothing of the wall clock.
    func monotonicMilliseconds() -> Int64
    /// The same clock in microseconds, for short spans.
    func monotonicMicroseconds() -> Int64
}

/// The machine's clocks.
package struct SystemClock: HubClock {
    /// The machine's clocks.
    package init() {}

    /// The wall clock.
    package func now() -> Timestamp {
        Timestamp(milliseconds: SystemClock.read(CLOCK_REALTIME))
    }

    /// `CLOCK_BOOTTIME`, which goes on while the machine sleeps.
    package func monotonicMilliseconds() -> Int64 { SystemClock.read(CLOCK_BOOTTIME) }

    /// The same clock in microseconds.
    package func monotonicMicroseconds() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_BOOTTIME, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
    }

    private static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}
