/// Cuts the end off a log and keeps what was cut aside.
///
/// The shortened segment is written as a new file that takes the place of the old one in one step,
/// so a loss of power at any moment leaves either the log as it was or the log cut.
struct TailCut<D: Disk> {
    private static var chunkBytes: Int { 1 << 20 }

    let disk: D
    let folder: String
    let place: TailExtent

    private var asideFolder: String { "\(folder)/aside" }

    /// Cuts; gives the files that hold what was cut, in the order of the log.
    func perform(on segment: SegmentExtent?) throws(DiskError) -> [String] {
        try disk.makeFolder(asideFolder)
        var kept: [String] = []
        // The last segment goes first, so that a log cut half way has no hole.
        for index in try LogWalk.segmentIndexes(disk, folder).reversed()
        where index > place.segmentIndex {
            let name = SegmentHeader.name(index: index)
            let target = try freePath(name)
            try disk.rename("\(folder)/\(name)", to: target)
            try disk.syncFolder(asideFolder)
            try disk.syncFolder(folder)
            kept.insert(target, at: 0)
        }
        if let segment, segment.header.index == place.segmentIndex,
            place.lastUsed >= place.offset || place.isShort
        {
            if let tail = try shorten(segment) { kept.insert(tail, at: 0) }
        }
        return kept
    }

    private func shorten(_ segment: SegmentExtent) throws(DiskError) -> String? {
        var window = try FrameWindow(
            file: try disk.open(segment.path, .read),
            header: segment.header
        )
        let end = min(place.lastUsed + 1, window.size)
        var tailPath: String?
        if end > place.offset {
            let name = SegmentHeader.name(index: place.segmentIndex).dropLast(8)
            let path = try freePath("\(name)-\(place.offset).tail")
            let aside = try disk.open(path, .create)
            try copy(&window, from: place.offset, to: end, into: aside, shift: place.offset)
            try aside.sync()
            try disk.syncFolder(asideFolder)
            tailPath = path
        }
        let path = "\(folder)/\(SegmentPreparation<D>.name)"
        let fresh = try disk.open(path, .create)
        let block = segment.header.encoded()
        try block.lend { (bytes) throws(DiskError) in try fresh.write(bytes, at: 0) }
        try copy(&window, from: block.count, to: place.offset, into: fresh, shift: 0)
        try blank(fresh, from: place.offset, to: segment.header.segmentBytes)
        try fresh.sync()
        try disk.rename(path, to: segment.path)
        try disk.syncFolder(folder)
        return tailPath
    }

    private func copy(
        _ window: inout FrameWindow<D.File>,
        from start: Int,
        to end: Int,
        into file: D.File,
        shift: Int
    ) throws(DiskError) {
        var offset = start
        while offset < end {
            let bytes = try window.bytes(offset, min(Self.chunkBytes, end - offset))
            let target = offset - shift
            try bytes.lend { (all) throws(DiskError) in try file.write(all, at: target) }
            offset += bytes.count
        }
    }

    private func blank(_ file: D.File, from start: Int, to end: Int) throws(DiskError) {
        let zeros = [UInt8](repeating: 0, count: min(Self.chunkBytes, end - start))
        var offset = start
        while offset < end {
            let count = min(zeros.count, end - offset)
            let target = offset
            try zeros.lend { (all) throws(DiskError) in
                try file.write(all.part(0, count), at: target)
            }
            offset += count
        }
    }

    /// A path aside that no earlier cut has taken.
    private func freePath(_ name: String) throws(DiskError) -> String {
        let taken = Set(try disk.list(asideFolder))
        var candidate = name
        var attempt = 2
        while taken.contains(candidate) {
            candidate = "\(name).\(attempt)"
            attempt += 1
        }
        return "\(asideFolder)/\(candidate)"
    }
}
