/// What readers share with the writer of a log: where records lie and how far they may read.
final class LogIndex: Sendable {
    struct Segment: Sendable {
        let header: SegmentHeader
        let path: String
        var marks: [FrameMark]
    }

    private struct State {
        var segments: [Segment]
        var readable: UInt64
    }

    private let state: Locked<State>
    /// The identity of the log.
    let identity: LogIdentity

    init(identity: LogIdentity, segments: [Segment], readable: UInt64) {
        self.identity = identity
        state = Locked(State(segments: segments, readable: readable))
    }

    /// The number of the last record that may be read; 0 when there is none.
    var readable: UInt64 { state.withLock { $0.readable } }

    /// The number of the first record that is still there.
    var firstNumber: UInt64 { state.withLock { $0.segments.first?.header.firstNumber ?? 1 } }

    func setReadable(_ number: UInt64) {
        state.withLock { $0.readable = number }
    }

    func add(_ segment: Segment) {
        state.withLock { $0.segments.append(segment) }
    }

    func mark(number: UInt64, offset: Int) {
        state.withLock { state in
            let last = state.segments.count - 1
            var extent = SegmentExtent(header: state.segments[last].header, path: "")
            extent.marks = state.segments[last].marks.suffix(1)
            let before = extent.marks.count
            extent.mark(number: number, offset: offset)
            if extent.marks.count > before, let mark = extent.marks.last {
                state.segments[last].marks.append(mark)
            }
        }
    }

    /// The segment that holds a record, and a place in it at or before the record.
    func locate(_ number: UInt64) -> (segment: Segment, offset: Int)? {
        state.withLock { state in
            let after = Self.firstIndex(state.segments) { $0.header.firstNumber > number }
            guard after > 0 else { return nil }
            let segment = state.segments[after - 1]
            let mark = Self.firstIndex(segment.marks) { $0.number > number }
            let offset = mark > 0 ? segment.marks[mark - 1].offset : SegmentHeader.blockBytes
            return (segment, offset)
        }
    }

    /// The oldest segment, when it may go because all its records are before `number`.
    func removeFirst(before number: UInt64) -> Segment? {
        state.withLock { state in
            guard state.segments.count > 1, state.segments[1].header.firstNumber <= number else {
                return nil
            }
            return state.segments.removeFirst()
        }
    }

    private static func firstIndex<Element>(
        _ list: [Element],
        where isAfter: (Element) -> Bool
    ) -> Int {
        var low = 0
        var high = list.count
        while low < high {
            let middle = (low + high) / 2
            if isAfter(list[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
