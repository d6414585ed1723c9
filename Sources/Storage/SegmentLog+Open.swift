internal import Hashing

extension SegmentLog {
    /// Opens the log in `folder`, makes it when there is none, and brings it to a sound end.
    ///
    /// Every frame is checked and lent to `visit` in order, which may refuse it by throwing or have
    /// the rest cut. What may not have reached the medium is written once more and synced, since a
    /// page that a failed sync left behind reads well and may never be written (fsync's errors are
    /// told once).
    ///
    /// A new log is made with `identity`. `isWhole` says that it has to begin with record 1. `cutsDamage` is for repair: damage is treated like a tail
    /// and everything from there on is kept aside. Throws `.locked`, `.damaged`, with nothing
    /// changed, `.full` and `.disk`.
    package static func open(
        _ disk: D,
        folder: String,
        identity: LogIdentity,
        options: LogOptions,
        isWhole: Bool = false,
        cutsDamage: Bool = false,
        visit: (LogFrame) throws(LogFault) -> FrameVerdict
    ) throws(LogError) -> OpenedLog<D> {
        let lock: D.Lock
        do throws(DiskError) {
            try disk.makeFolder(folder)
            lock = try disk.lock("\(folder)/lock")
        } catch {
            throw error.kind == .locked ? .locked(folder: folder) : LogError(error)
        }
        var walk = LogWalk(disk: disk, folder: folder, identity: identity, isWhole: isWhole)
        try walk.run(visit)
        var extent = walk.extent
        var tail = extent.tail.map { LogTail(finding: $0.finding, keptAside: []) }
        if let damage = walk.findings.first(where: { $0.weight == .damage }) {
            guard cutsDamage else { throw .damaged(damage) }
            tail = LogTail(finding: damage, keptAside: [])
            try extent.cut(at: damage)
        }
        do throws(DiskError) {
            try SegmentPreparation<D>.removeLeftover(disk, folder)
            if let place = extent.tail {
                tail?.keptAside = try TailCut(disk: disk, folder: folder, place: place)
                    .perform(on: extent.segments.last)
            }
            return OpenedLog(
                log: try start(disk, folder, identity, options, lock, extent),
                tail: tail,
                notes: walk.findings.filter { $0.weight == .unused }
            )
        } catch {
            throw LogError(error)
        }
    }

    private static func start(
        _ disk: D,
        _ folder: String,
        _ identity: LogIdentity,
        _ options: LogOptions,
        _ lock: D.Lock,
        _ found: LogExtent
    ) throws(DiskError) -> SegmentLog<D> {
        var extent = found
        var preparation = SegmentPreparation(
            disk: disk,
            folder: folder,
            segmentBytes: options.segmentBytes
        )
        if let last = extent.segments.last {
            let file = try disk.open(last.path, .write)
            try confirm(last, file, unsyncedBytesMax: options.unsyncedBytesMax)
            try disk.syncFolder(folder)
            return SegmentLog(
                disk: disk,
                folder: folder,
                options: options,
                lock: lock,
                extent: extent,
                current: (last.header, file, last.endOffset),
                preparation: preparation
            )
        }
        let header = SegmentHeader(
            identity: identity,
            epoch: 1,
            index: 1,
            segmentBytes: options.segmentBytes,
            firstNumber: 1,
            previousChain: .zero
        )
        let file = try preparation.finish(header)
        extent.segments = [
            SegmentExtent(
                header: header,
                path: "\(folder)/\(SegmentHeader.name(index: header.index))"
            )
        ]
        return SegmentLog(
            disk: disk,
            folder: folder,
            options: options,
            lock: lock,
            extent: extent,
            current: (header, file, SegmentHeader.blockBytes),
            preparation: preparation
        )
    }

    /// Writes the last frames once more and syncs them.
    private static func confirm(
        _ segment: SegmentExtent,
        _ file: D.File,
        unsyncedBytesMax: Int
    ) throws(DiskError) {
        var window = try FrameWindow(file: file, header: segment.header, windowBytes: 1 << 20)
        var offset = max(SegmentHeader.blockBytes, segment.endOffset - unsyncedBytesMax)
        while offset < segment.endOffset {
            let bytes = try window.bytes(offset, min(1 << 20, segment.endOffset - offset))
            let start = offset
            try bytes.lend { (all) throws(DiskError) in try file.write(all, at: start) }
            offset += bytes.count
        }
        try file.sync()
    }
}

/// A log that has been opened, and what recovery did.
package struct OpenedLog<D: Disk>: ~Copyable, Sendable {
    /// The log.
    package var log: SegmentLog<D>
    /// The end that was cut, if any; to be told to people.
    package let tail: LogTail?
    /// Changed bytes that no record uses.
    package let notes: [LogFinding]

    /// Takes the log out.
    package consuming func take() -> SegmentLog<D> { log }
}

extension LogExtent {
    /// Turns damage into a place to cut at.
    fileprivate mutating func cut(at damage: LogFinding) throws(LogError) {
        guard let index = damage.segmentIndex,
            segments.first?.header.index != index || !damage.isOfHeader
        else { throw .damaged(damage) }
        if damage.isOfHeader {
            // Its header is bad or does not fit, so the whole segment goes.
            segments.removeAll { $0.header.index >= index }
        }
        guard let last = segments.last else { throw .damaged(damage) }
        tail = TailExtent(
            segmentIndex: last.header.index,
            offset: last.endOffset,
            lastUsed: damage.isOfHeader ? last.endOffset - 1 : last.header.segmentBytes - 1,
            finding: damage
        )
        lastNumber = last.lastNumber
        lastChain = last.lastChain
    }
}

extension LogFinding {
    /// It stands in a segment's first block, as a chain that does not go on from the segment before.
    fileprivate var isOfHeader: Bool { offset < SegmentHeader.blockBytes }

    /// The index of the segment whose file is named.
    fileprivate var segmentIndex: UInt64? {
        path.split(separator: "/").last.flatMap { SegmentHeader.index(ofName: String($0)) }
    }
}
