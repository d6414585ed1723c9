/// Lists of many items, one behind the other, in pieces that never move (分段存放).
///
/// One array would hold as much again in spare room, and copy all of it while an item waits.
package struct Shelf<Value: Sendable>: Sendable {
    /// Where a list stands: its piece and the place within.
    package struct Run: Sendable {
        fileprivate var start: UInt32 = 0
        /// How many values it has.
        package private(set) var count: UInt8 = 0

        var piece: Int { Int(start >> 16) }
        var range: Range<Int> {
            let first = Int(start & 0xffff)
            return first..<(first + Int(count))
        }
        /// It has none.
        package var isEmpty: Bool { count == 0 }

        fileprivate init(piece: Int, first: Int, count: Int) {
            start = UInt32(piece) << 16 | UInt32(first)
            self.count = UInt8(count)
        }

        /// Nothing.
        init() {}

        /// The place of another shelf that is filled alike.
        init<Other>(_ run: Shelf<Other>.Run) {
            start = run.start
            count = run.count
        }
    }

    /// Values of one piece; a list stands in one.
    package static var pieceCount: Int { 1 << 16 }

    /// The pieces, all but the last as full as the lists allow.
    package private(set) var pieces: [[Value]] = []

    /// A shelf without lists.
    package init() {}

    /// Puts a list of at most 255 values behind the others.
    package mutating func put(_ values: some Collection<Value>) -> Run {
        let count = values.count
        guard count > 0 else { return Run() }
        if (pieces.last?.count ?? Shelf.pieceCount) + count > Shelf.pieceCount {
            var piece: [Value] = []
            // The first grows with a small hub.
            if !pieces.isEmpty { piece.reserveCapacity(Shelf.pieceCount) }
            pieces.append(piece)
        }
        let last = pieces.count - 1
        let first = pieces[last].count
        pieces[last].append(contentsOf: values)
        return Run(piece: last, first: first, count: count)
    }

    /// The values of a list.
    package subscript(run: Run) -> ArraySlice<Value> {
        run.isEmpty ? [] : pieces[run.piece][run.range]
    }

    /// All values in their order.
    var values: FlattenSequence<[[Value]]> { pieces.joined() }
}

// In a state: all values in their order, as one list.
extension Shelf where Value: FixedWidthInteger & BitwiseCopyable {
    /// Writes all values in their order.
    package func write(to writer: inout StateWriter) { writer.put(pieces: pieces) }

    /// Reads a shelf whose lists have these lengths; gives where each stands.
    package static func read(
        _ reader: inout StateReader,
        _ field: String,
        counts: [UInt8]
    ) throws(StateError) -> (shelf: Shelf, runs: [Run]) {
        var runs: [Run] = []
        runs.reserveCapacity(counts.count)
        var sizes: [Int] = []
        for count in counts {
            guard count > 0 else {
                runs.append(Run())
                continue
            }
            if (sizes.last ?? pieceCount) + Int(count) > pieceCount { sizes.append(0) }
            let last = sizes.count - 1
            runs.append(Run(piece: last, first: sizes[last], count: Int(count)))
            sizes[last] += Int(count)
        }
        var shelf = Shelf()
        shelf.pieces = try reader.pieces(field, sizes: sizes)
        return (shelf, runs)
    }
}
