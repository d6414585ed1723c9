import Glibc

/// Keeps keys out of core dumps (内存转储).
enum CoreDumps {
    /// Forbids a core file, and leaves all memory out of what a crash handler is handed.
    ///
    /// A handler that the system pipes cores to heeds no limit, so the filter is emptied too. The process stays
    /// traceable by its own user, because `liandong config apply` finds the hub by its open files.
    static func forbid() {
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        _ = setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
        let descriptor = open("/proc/self/coredump_filter", O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        _ = write(descriptor, "0", 1)
        close(descriptor)
    }
}
