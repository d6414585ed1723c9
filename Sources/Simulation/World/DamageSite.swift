import Storage

/// A byte of the hub's disk that silent damage may strike (损坏位置).
///
/// Of a log's segment it lies before the newest frame: what the last frame loses looks like a power cut
/// to any journal, and only the agencies know better. The token secret and the durable subscriptions'
/// files are left out: what they lose is asked for again, by their holders.
struct DamageSite {
    let path: String
    let offset: Int

    /// A place among the files below a folder; `nil` when nothing of them may be struck.
    init?(on disk: MemoryDisk, below folder: String, _ random: inout SplitMix64) {
        let image = disk.liveImage()
        let paths = image.paths.filter { path in
            path.hasPrefix(folder + "/")
                && [".segment", ".snapshot", "keys.a", "keys.b"].contains { path.hasSuffix($0) }
        }
        guard !paths.isEmpty else { return nil }
        path = random.pick(paths)
        guard let bytes = image.files[path] else { return nil }
        let end = path.hasSuffix(".segment") ? DamageSite.newestFrame(in: bytes) : bytes.count
        guard end > 0 else { return nil }
        // A segment's header is mostly unused; what lies behind it is what counts.
        let skipsHeader = end > DamageSite.headerBytes && random.chance(permille: 900)
        let begin = skipsHeader ? DamageSite.headerBytes : 0
        guard begin < end else { return nil }
        offset = begin + random.below(end - begin)
    }

    private static let headerBytes = 4096

    /// Where the last frame of a segment begins; 0 when there is none.
    static func newestFrame(in bytes: [UInt8]) -> Int {
        let mark = Array("LDFR".utf8)
        let places = stride(from: headerBytes, to: max(headerBytes, bytes.count - 4), by: 64)
        return places.reversed().first { bytes[$0..<$0 + 4].elementsEqual(mark) } ?? 0
    }
}
