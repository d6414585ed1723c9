import CJemalloc

/// The allocator behind every array, string and object of the process: jemalloc in place of the C
/// library's.
///
/// What an item consists of is made on one thread and freed on another, which jemalloc does at less cost.
/// The linker keeps the library because it is asked for its version.
enum Allocator {
    /// Its name and version, for the log.
    static var text: String {
        var version: UnsafePointer<CChar>?
        var length = MemoryLayout.size(ofValue: version)
        guard mallctl("version", &version, &length, nil, 0) == 0, let version else {
            return "unknown"
        }
        return "jemalloc \(String(cString: version))"
    }
}
