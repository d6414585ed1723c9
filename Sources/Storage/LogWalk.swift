internal import Hashing

/// One pass over a whole log, that recovery and `verify` share.
///
/// Checks every header, frame and link from one segment to the next, lends each frame in order, and
/// weighs what does not verify by the rule of recovery: it is the unfinished tail unless something
/// behind it, a frame or the header of a later segment, proves that it was durable.
struct LogWalk<D: Disk> {
    /// What the owner of the records says to a frame.
    typealias Visit = (LogFrame) throws(LogFault) -> FrameVerdict

    let disk: D
    let folder: String
    /// Nil takes the identity of the first segment.
    var identity: LogIdentity?
    /// Goes on behind damage to find the rest; otherwise stops at the first.
    var findsAll = false

    private(set) var extent = LogExtent()
    private(set) var findings: [LogFinding] = []
    /// What has to come next; nil behind damage.
    private var expected: UInt64?
    private var chain: Digest32?
    /// What came last.
    private var lastNumber: UInt64 = 0
    private var lastChain = Digest32.zero

    /// A walk; `isWhole` says that the log has to begin with record 1.
    init(
        disk: D,
        folder: String,
        identity: LogIdentity?,
        isWhole: Bool,
        findsAll: Bool = false
    ) {
        self.disk = disk
        self.folder = folder
        self.identity = identity
        self.findsAll = findsAll
        if isWhole {
            expected = 1
            chain = .zero
        }
    }

    /// Walks the log.
    mutating func run(_ visit: Visit) throws(LogError) {
        do throws(DiskError) {
            let indexes = try Self.segmentIndexes(disk, folder)
            for (position, index) in indexes.enumerated() {
                let next = position + 1 < indexes.count ? indexes[position + 1] : nil
                try walk(index, next: next, visit)
                if extent.tail != nil || (!findsAll && isDamaged) { break }
            }
        } catch {
            throw LogError(error)
        }
        extent.lastNumber = lastNumber
        extent.lastChain = lastChain
    }

    /// The indexes of the segments in a folder, ascending.
    static func segmentIndexes(_ disk: D, _ folder: String) throws(DiskError) -> [UInt64] {
        try disk.list(folder).compactMap { SegmentHeader.index(ofName: $0) }.sorted()
    }

    private var isDamaged: Bool { findings.contains { $0.weight == .damage } }

    private mutating func walk(
        _ index: UInt64,
        next: UInt64?,
        _ visit: Visit
    ) throws(DiskError) {
        let path = "\(folder)/\(SegmentHeader.name(index: index))"
        let file = try disk.open(path, .read)
        guard let header = try readHeader(file, path, index) else {
            expected = nil
            chain = nil
            return
        }
        var window = try FrameWindow(file: file, header: header)
        var segment = SegmentExtent(header: header, path: path)
        var offset = SegmentHeader.blockBytes
        lastNumber = header.firstNumber - 1
        lastChain = header.previousChain
        var isOpen = findsAll || !isDamaged
        while isOpen {
            let sight = try window.look(at: offset)
            if case .frame(let frame) = sight, frame.firstNumber == expected {
                if visitFrame(frame, in: &segment, &window, at: offset, visit) {
                    offset += frame.frameBytes
                } else {
                    isOpen = false
                }
            } else if let resumed = try close(&segment, &window, at: offset, sight, next: next) {
                offset = resumed
            } else {
                isOpen = false
            }
        }
        segment.endOffset = offset
        segment.lastNumber = lastNumber
        segment.lastChain = lastChain
        extent.segments.append(segment)
    }

    /// Lends one frame; false when the walk ends here.
    private mutating func visitFrame(
        _ frame: FrameHeader,
        in segment: inout SegmentExtent,
        _ window: inout FrameWindow<D.File>,
        at offset: Int,
        _ visit: Visit
    ) -> Bool {
        segment.mark(number: frame.firstNumber, offset: offset)
        let previous = chain
        let header = segment.header
        var verdict = FrameVerdict.keep
        do throws(LogFault) {
            verdict = try window.withBody(of: frame, at: offset) { (body) throws(LogFault) in
                try visit(
                    LogFrame(
                        header: frame,
                        epoch: header.epoch,
                        previousChain: previous,
                        body: body
                    )
                )
            }
        } catch {
            report(error, segment.path, offset, error.number ?? frame.firstNumber, .damage)
            if !findsAll { return false }
        }
        if verdict == .cut {
            let finding = LogFinding(
                path: segment.path,
                offset: offset,
                number: frame.firstNumber,
                fault: .recordsUncovered,
                weight: .tail
            )
            extent.tail = TailExtent(
                segmentIndex: header.index,
                offset: offset,
                lastUsed: window.size - 1,
                finding: finding
            )
            findings.append(finding)
            return false
        }
        expected = frame.lastNumber + 1
        chain = frame.chain
        lastNumber = frame.lastNumber
        lastChain = frame.chain
        return true
    }

    /// Judges a place where the expected frame is not; gives the offset to go on from, if any.
    private mutating func close(
        _ segment: inout SegmentExtent,
        _ window: inout FrameWindow<D.File>,
        at offset: Int,
        _ sight: FrameWindow<D.File>.Sight,
        next: UInt64?
    ) throws(DiskError) -> Int? {
        let path = segment.path
        let least = expected ?? 0
        let rest = try window.rest(from: offset, least: least)
        let isShort = window.size < segment.header.segmentBytes
        let fault: LogFault = isShort && offset + 64 > window.size ? .fileShortened : .frameDamaged
        if rest.provesDurable, let found = rest.next {
            report(fault, path, offset, expected, .damage)
            guard findsAll else { return nil }
            expected = found.frame.firstNumber
            chain = nil
            return found.offset
        }
        guard let next else {
            guard rest.lastUsed != nil || isShort else { return nil }
            report(fault, path, offset, expected, .tail)
            extent.tail = findings.last.map { finding in
                TailExtent(
                    segmentIndex: segment.header.index,
                    offset: offset,
                    lastUsed: rest.lastUsed ?? offset - 1,
                    finding: finding
                )
            }
            return nil
        }
        // What the next segment begins with tells whether anything of this one is missing.
        if let following = try peekHeader(next), let expected, following.firstNumber > expected {
            let missing = LogFault.recordsMissing(
                from: expected,
                through: following.firstNumber - 1
            )
            if next > segment.header.index + 1 {
                let absent = SegmentHeader.name(index: segment.header.index + 1)
                report(missing, "\(folder)/\(absent)", 0, expected, .damage)
            } else {
                report(rest.lastUsed == nil ? missing : fault, path, offset, expected, .damage)
            }
            self.expected = nil
            chain = nil
        } else if rest.lastUsed != nil || isShort {
            report(fault, path, offset, nil, .unused)
        }
        return nil
    }

    private mutating func readHeader(
        _ file: D.File,
        _ path: String,
        _ index: UInt64
    ) throws(DiskError) -> SegmentHeader? {
        let header: SegmentHeader
        do throws(LogFault) {
            header = try Self.header(of: file)
            if let identity, header.identity != identity { throw .foreignSegment }
        } catch {
            report(error, path, 0, expected, .damage)
            return nil
        }
        identity = header.identity
        let before = extent.segments.last?.header
        if header.index != index || before.map({ $0.index + 1 != index }) == true
            || header.epoch < before?.epoch ?? 0
        {
            report(.segmentMisplaced, path, 0, header.firstNumber, .damage)
        } else if let expected, header.firstNumber != expected {
            let fault: LogFault =
                header.firstNumber > expected
                ? .recordsMissing(from: expected, through: header.firstNumber - 1)
                : .segmentMisplaced
            report(fault, path, 0, expected, .damage)
        } else if let chain, header.previousChain != chain {
            report(.chainBroken, path, 64, header.firstNumber, .damage)
        }
        expected = header.firstNumber
        chain = header.previousChain
        return header
    }

    static func header(of file: D.File) throws(LogFault) -> SegmentHeader {
        var block = [UInt8](repeating: 0, count: 128)
        do throws(DiskError) {
            _ = try block.lendMutable { (bytes) throws(DiskError) in
                try file.read(into: bytes, at: 0)
            }
        } catch {
            throw .headerDamaged
        }
        return try block.lend { (bytes) throws(LogFault) in
            try SegmentHeader(decoding: bytes)
        }
    }

    private func peekHeader(_ index: UInt64) throws(DiskError) -> SegmentHeader? {
        let file = try disk.open("\(folder)/\(SegmentHeader.name(index: index))", .read)
        return try? Self.header(of: file)
    }

    private mutating func report(
        _ fault: LogFault,
        _ path: String,
        _ offset: Int,
        _ number: UInt64?,
        _ weight: LogFinding.Weight
    ) {
        findings.append(
            LogFinding(path: path, offset: offset, number: number, fault: fault, weight: weight)
        )
    }
}

/// What the owner of the records says to a frame at a start.
package enum FrameVerdict: Sendable {
    /// It belongs to the log.
    case keep
    /// It and all that follows is kept aside and cut.
    case cut
}

/// What a walk found of a log.
struct LogExtent {
    var segments: [SegmentExtent] = []
    var lastNumber: UInt64 = 0
    var lastChain = Digest32.zero
    var tail: TailExtent?
}

/// What a walk found of a segment.
struct SegmentExtent {
    /// One place in so many bytes is remembered.
    private static let markSpacing = 64 << 10

    let header: SegmentHeader
    let path: String
    var endOffset = SegmentHeader.blockBytes
    var lastNumber: UInt64 = 0
    var lastChain = Digest32.zero
    var marks: [FrameMark] = []

    mutating func mark(number: UInt64, offset: Int) {
        if let last = marks.last, offset - last.offset < Self.markSpacing { return }
        marks.append(FrameMark(number: number, offset: offset))
    }
}

/// The place of a frame, remembered for reading by number.
struct FrameMark: Sendable {
    let number: UInt64
    let offset: Int
}

/// Where a tail begins and ends within its segment.
struct TailExtent {
    let segmentIndex: UInt64
    let offset: Int
    let lastUsed: Int
    let finding: LogFinding

    /// Bytes are missing that the segment should have.
    var isShort: Bool { finding.fault == .fileShortened || lastUsed < offset }
}
