import Domain
import Glibc
package import Wire

/// Where a client's sessions read time; it never goes back.
package protocol ClientClock: Sendable {
    /// Milliseconds since some moment, sleep included.
    var now: Uptime { get }

    /// Rests the thread.
    func rest(milliseconds: Int64)
}

/// The machine's clock.
package struct MonotonicClock: ClientClock {
    /// The machine's clock.
    package init() {}

    /// Milliseconds since the machine started, sleep included.
    package var now: Uptime {
        var time = timespec()
        clock_gettime(CLOCK_BOOTTIME, &time)
        return Uptime(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }

    /// Rests the thread.
    package func rest(milliseconds: Int64) {
        guard milliseconds > 0 else { return }
        var time = timespec(
            tv_sec: Int(milliseconds / 1000),
            tv_nsec: Int(milliseconds % 1000) * 1_000_000
        )
        // A signal only shortens a rest.
        nanosleep(&time, nil)
    }
}
