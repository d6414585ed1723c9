import Glibc
import Synchronization

/// How far the hub had come when it was stopped, readable after a kill (飞行记录).
///
/// A page of a file in the data folder, mapped into memory: a plain store costs nanoseconds and
/// outlives the process, though not the machine. After a power cut the journal alone counts; this
/// only tells an operator, and the crash tests, what was under way.
package final class FlightRecorder: Sendable {
    /// What the hub was doing.
    package enum Phase: UInt64, Sendable {
        case recovering = 1
        case serving = 2
        case draining = 3
        case stopped = 4
    }

    /// The words of the page.
    package enum Mark: Int, CaseIterable, Sendable {
        /// The value of `Phase`.
        case phase = 1
        /// The last entry handed to the disk.
        case written = 2
        /// The last entry that a successful sync covers.
        case synced = 3
        /// The last entry whose receipt was handed to the network.
        case receipted = 4
        /// The last entry that the engine has applied.
        case applied = 5
    }

    /// The first eight bytes of the file, "LDFLIGHT".
    package static let magic: UInt64 = 0x4c44_464c_4947_4854
    private static let pageBytes = 4096

    private nonisolated(unsafe) let words: UnsafeMutablePointer<Atomic<UInt64>>

    /// Maps the file, making it where it is missing; `nil` when the system refuses.
    package init?(path: String) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        // A page without blocks would end the process when the first store finds the disk full.
        guard ftruncate(descriptor, off_t(FlightRecorder.pageBytes)) == 0,
            posix_fallocate(descriptor, 0, off_t(FlightRecorder.pageBytes)) == 0,
            let page = mmap(
                nil,
                FlightRecorder.pageBytes,
                PROT_READ | PROT_WRITE,
                MAP_SHARED,
                descriptor,
                0
            ), page != MAP_FAILED
        else { return nil }
        words = page.bindMemory(to: Atomic<UInt64>.self, capacity: 8)
        words[0].store(FlightRecorder.magic.bigEndian, ordering: .relaxed)
    }

    deinit {
        munmap(UnsafeMutableRawPointer(words), FlightRecorder.pageBytes)
    }

    /// Notes how far something has come.
    package func note(_ mark: Mark, _ value: UInt64) {
        words[mark.rawValue].store(value, ordering: .releasing)
    }

    /// Notes what the hub is doing.
    package func note(_ phase: Phase) {
        note(.phase, phase.rawValue)
    }

    /// What was last noted.
    package subscript(mark: Mark) -> UInt64 {
        words[mark.rawValue].load(ordering: .acquiring)
    }
}
