import Glibc

/// What the process has used of the machine.
enum Usage {
    /// Processor seconds of all threads.
    static var cpuSeconds: Double { seconds(CLOCK_PROCESS_CPUTIME_ID) }
    /// Processor seconds of the calling thread.
    static var threadSeconds: Double { seconds(CLOCK_THREAD_CPUTIME_ID) }

    /// The most memory that was resident, in bytes.
    static var peakBytes: Int64 {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return Int64(usage.ru_maxrss) * 1024
    }

    private static func seconds(_ clock: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1_000_000_000
    }
}
