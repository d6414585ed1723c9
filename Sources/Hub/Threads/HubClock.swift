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

/// The machine's clocks with a wall clock that a file sets wrong, for acceptance runs alone.
///
/// The file holds whole milliseconds to be added; one that is missing or no number adds none.
package struct WrongClock: HubClock {
    private let errorFile: String
    private let system = SystemClock()

    /// Clocks that read their error from a file at every look.
    package init(errorFile: String) {
        self.errorFile = errorFile
    }

    /// The wall clock, set wrong.
    package func now() -> Timestamp {
        let descriptor = open(errorFile, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return system.now() }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 32)
        let count = max(0, read(descriptor, &bytes, bytes.count))
        let digits = bytes.prefix(count).filter { $0 > 0x20 }
        let error = Int64(String(decoding: digits, as: UTF8.self)) ?? 0
        return system.now() + TimeSpan(milliseconds: error)
    }

    /// `CLOCK_BOOTTIME`, which is right.
    package func monotonicMilliseconds() -> Int64 { system.monotonicMilliseconds() }

    /// The same clock in microseconds.
    package func monotonicMicroseconds() -> Int64 { system.monotonicMicroseconds() }
}
