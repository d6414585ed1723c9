package import Hashing

/// Reads records by number, beside the writer and on a thread of its own.
///
/// Sees what was synced (or, where the log says so, written). Reading in order costs one look-up per
/// call and one read per 64 KiB.
package struct LogReader<D: Disk>: Sendable {
    private let disk: D
    private let index: LogIndex
    private var place: (number: UInt64, segmentIndex: UInt64, offset: Int)?
    private var open: (segmentIndex: UInt64, file: D.File)?

    init(disk: D, index: LogIndex) {
        self.disk = disk
        self.index = index
    }

    /// The number of the last record that may be read now; 0 when there is none.
    package var lastNumber: UInt64 { index.readable }

    /// The number of the first record that is still there.
    package var firstNumber: UInt64 { index.firstNumber }

    /// Lends each frame that holds a record from `number` on, until one of them returns false or
    /// the last readable record has been lent.
    ///
    /// The first frame may begin before `number`.
    package mutating func forEachFrame(
        from number: UInt64,
        _ visit: (LogFrame) throws(LogFault) -> Bool
    ) throws(LogError) {
        let last = index.readable
        guard number <= last else { return }
        guard number >= index.firstNumber, number > 0 else {
            throw .outOfRange(number: number, first: index.firstNumber, last: last)
        }
        var wanted = number
        while wanted <= last {
            guard let found = index.locate(wanted) else { return }
            var offset = found.offset
            if let place, place.number <= wanted,
                place.segmentIndex == found.segment.header.index, place.offset > offset
            {
                offset = place.offset
            }
            let outcome: Result<Bool, LogError>
            do throws(DiskError) {
                outcome = try read(found.segment, from: offset, &wanted, last: last, visit)
            } catch {
                throw LogError(error)
            }
            if try outcome.get() { return }
        }
    }

    /// The log's identity.
    package var identity: LogIdentity { index.identity }

    /// The chain value after a record; nil when it cannot be read yet.
    ///
    /// Costs a look at two frames.
    ///
    /// - Parameters:
    ///   - number: The record; 0 stands before the first.
    ///   - link: The value after a record, from the one before and the record's bytes.
    /// - Returns: The value; nil when the record cannot be read yet.
    /// - Throws: When the log cannot be read.
    package mutating func chain(
        after number: UInt64,
        link: (Digest32, UnsafeRawBufferPointer) -> Digest32
    ) throws(LogError) -> Digest32? {
        guard number > 0 else { return .zero }
        var frame: FrameHeader?
        try forEachFrame(from: number) { (found) throws(LogFault) in
            frame = found.header
            return false
        }
        guard let frame, number <= index.readable else { return nil }
        if frame.lastNumber == number { return frame.chain }
        var chain = index.locate(frame.firstNumber)?.segment.header.previousChain ?? .zero
        if index.locate(frame.firstNumber)?.segment.header.firstNumber != frame.firstNumber {
            try forEachFrame(from: frame.firstNumber - 1) { (found) throws(LogFault) in
                chain = found.header.chain
                return false
            }
        }
        try forEachFrame(from: number) { (found) throws(LogFault) in
            try found.forEachRecord { (record, bytes) throws(LogFault) in
                if record <= number { chain = link(chain, bytes) }
            }
            return false
        }
        return chain
    }

    private mutating func read(
        _ segment: LogIndex.Segment,
        from start: Int,
        _ wanted: inout UInt64,
        last: UInt64,
        _ visit: (LogFrame) throws(LogFault) -> Bool
    ) throws(DiskError) -> Result<Bool, LogError> {
        let first = wanted
        var window = try FrameWindow(
            file: try file(of: segment),
            header: segment.header,
            windowBytes: 64 << 10
        )
        var offset = start
        while wanted <= last {
            guard case .frame(let frame) = try window.look(at: offset) else {
                // The next segment holds it, or else it should be here.
                if wanted > first, let next = index.locate(wanted),
                    next.segment.header.index != segment.header.index
                {
                    return .success(false)
                }
                return .failure(damaged(segment, offset, wanted, .frameDamaged))
            }
            if frame.lastNumber >= wanted {
                place = (frame.firstNumber, segment.header.index, offset)
                do throws(LogFault) {
                    let goesOn = try window.withBody(of: frame, at: offset) {
                        (body) throws(LogFault) in
                        try visit(
                            LogFrame(
                                header: frame,
                                epoch: segment.header.epoch,
                                previousChain: nil,
                                body: body
                            )
                        )
                    }
                    if !goesOn { return .success(true) }
                } catch {
                    return .failure(damaged(segment, offset, error.number ?? wanted, error))
                }
                wanted = frame.lastNumber + 1
            }
            offset += frame.frameBytes
        }
        return .success(true)
    }

    private func damaged(
        _ segment: LogIndex.Segment,
        _ offset: Int,
        _ number: UInt64,
        _ fault: LogFault
    ) -> LogError {
        .damaged(
            LogFinding(
                path: segment.path,
                offset: offset,
                number: number,
                fault: fault,
                weight: .damage
            )
        )
    }

    private mutating func file(of segment: LogIndex.Segment) throws(DiskError) -> D.File {
        if let open, open.segmentIndex == segment.header.index { return open.file }
        let file = try disk.open(segment.path, .read)
        open = (segment.header.index, file)
        return file
    }
}
