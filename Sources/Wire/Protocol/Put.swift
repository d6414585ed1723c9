/// A batch of events that an agency sends (PUT, 推送).
///
/// Line n, from 0, has the stream number `first + n`. The lines are not looked into: what stands in a
/// line cannot make a PUT malformed.
package struct Put: Hashable, Sendable {
    /// How the events stand beside each other.
    package enum Encoding: UInt8, Hashable, Sendable {
        /// One event a line, LF between them.
        case lines = 0
        /// One JSON array of events (the CloudEvents batch format).
        case array = 1
    }

    /// How the events stand beside each other.
    package var encoding: Encoding
    /// The number of events, 1 to 1,024.
    package var count: Int
    /// The events.
    package var events: ArraySlice<UInt8>

    /// Bytes of a body before the events.
    package static let prefixBytes = 8

    /// A batch from its parts.
    package init(encoding: Encoding, count: Int, events: ArraySlice<UInt8>) {
        self.encoding = encoding
        self.count = count
        self.events = events
    }

    /// Bytes of the body of a PUT in JSON Lines whose lines have `lineBytes` in all.
    package static func bodyBytes(lines count: Int, lineBytes: Int) -> Int {
        prefixBytes + lineBytes + max(count - 1, 0)
    }

    /// The frame of a PUT in JSON Lines.
    ///
    /// - Parameters:
    ///   - first: The stream number of the first line.
    ///   - lines: 1 to 1,024 lines without LF in them.
    /// - Returns: A message whose body is at most 4 MiB, for which the caller sees.
    package static func frame(
        first: UInt64,
        lines: some Collection<some Collection<UInt8>>
    ) -> Frame {
        precondition((1...ProtocolLimits.batchMax).contains(lines.count), "1 to 1,024 lines a PUT")
        let lineBytes = lines.reduce(0) { $0 + $1.count }
        return Frame(
            .put,
            number: first,
            bodyBytes: bodyBytes(lines: lines.count, lineBytes: lineBytes)
        ) { writer in
            writer.append(UInt32(Encoding.lines.rawValue) << 24)
            writer.append(UInt32(lines.count))
            var isFirst = true
            for line in lines {
                if !isFirst { writer.append(UInt8(10)) }
                isFirst = false
                writer.append(contentsOf: line)
            }
        }
    }

    /// Where each event stands, as ranges of indices of `events`, in order and without copying.
    ///
    /// Linear in the bytes, without recursion.
    ///
    /// - Throws: `malformedFrame` when the body is no array or `count` disagrees.
    package func ranges() throws(ProtocolError) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        ranges.reserveCapacity(count)
        switch encoding {
        case .lines: splitLines(into: &ranges)
        case .array: try splitArray(into: &ranges)
        }
        guard ranges.count == count else {
            throw .malformed(
                "The PUT announces \(count) events and holds "
                    + "\(ranges.count > count ? "more" : "\(ranges.count)"); count them again."
            )
        }
        return ranges
    }

    /// Stops at one line more than announced, so that a lie costs no memory.
    private func splitLines(into ranges: inout [Range<Int>]) {
        let base = events.startIndex
        events.withUnsafeBytes { bytes in
            var start = 0
            while ranges.count <= count {
                guard let end = ByteScan.first(10, in: bytes, from: start) else {
                    if start < bytes.count || ranges.isEmpty {
                        ranges.append(base + start..<base + bytes.count)
                    }
                    return
                }
                ranges.append(base + start..<base + end)
                start = end + 1
            }
        }
    }

    private func splitArray(into ranges: inout [Range<Int>]) throws(ProtocolError) {
        var scanner = ArrayScanner()
        for index in events.indices {
            switch scanner.step(events[index], at: index) {
            case .within: continue
            case .element(let range):
                ranges.append(range)
                if ranges.count > count { return }
            case .broken: throw .malformed("The body of the PUT is no JSON array of events.")
            }
        }
        guard scanner.isComplete else {
            throw .malformed("The JSON array of the PUT is not closed.")
        }
    }
}

/// Finds the elements of one JSON array, byte by byte.
///
/// Brackets within an element are only counted: whether they pair is for the element's own parser, so
/// that one bad event is quarantined alone wherever that can be told.
private struct ArrayScanner {
    enum Step {
        case within
        case element(Range<Int>)
        case broken
    }

    private enum Place {
        case beforeArray
        /// Before an element; `mayClose` only directly after the opening bracket.
        case beforeElement(mayClose: Bool)
        case element(start: Int, end: Int, depth: Int)
        case string(start: Int, depth: Int, escaped: Bool)
        case afterArray
    }

    private var place = Place.beforeArray

    var isComplete: Bool {
        if case .afterArray = place { true } else { false }
    }

    mutating func step(_ byte: UInt8, at index: Int) -> Step {
        let isSpace = byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
        switch place {
        case .beforeArray:
            if byte == 0x5B {
                place = .beforeElement(mayClose: true)
            } else if !isSpace {
                return .broken
            }
        case .beforeElement(let mayClose):
            if isSpace { return .within }
            switch byte {
            case 0x5D where mayClose: place = .afterArray
            case 0x5D, 0x7D, 0x2C: return .broken
            default: begin(byte, at: index)
            }
        case .element(let start, let end, let depth):
            return within(byte, at: index, start, end, depth, isSpace: isSpace)
        case .string(let start, let depth, let escaped):
            if escaped {
                place = .string(start: start, depth: depth, escaped: false)
            } else if byte == 0x5C {
                place = .string(start: start, depth: depth, escaped: true)
            } else if byte == 0x22 {
                place = .element(start: start, end: index + 1, depth: depth)
            }
        case .afterArray:
            if !isSpace { return .broken }
        }
        return .within
    }

    private mutating func begin(_ byte: UInt8, at index: Int) {
        switch byte {
        case 0x22: place = .string(start: index, depth: 0, escaped: false)
        case 0x5B, 0x7B: place = .element(start: index, end: index + 1, depth: 1)
        default: place = .element(start: index, end: index + 1, depth: 0)
        }
    }

    private mutating func within(
        _ byte: UInt8,
        at index: Int,
        _ start: Int,
        _ end: Int,
        _ depth: Int,
        isSpace: Bool
    ) -> Step {
        switch byte {
        case 0x22:
            place = .string(start: start, depth: depth, escaped: false)
        case 0x5B, 0x7B:
            place = .element(start: start, end: index + 1, depth: depth + 1)
        case 0x5D where depth == 0:
            place = .afterArray
            return .element(start..<end)
        case 0x7D where depth == 0:
            return .broken
        case 0x5D, 0x7D:
            place = .element(start: start, end: index + 1, depth: depth - 1)
        case 0x2C where depth == 0:
            place = .beforeElement(mayClose: false)
            return .element(start..<end)
        default:
            if !isSpace { place = .element(start: start, end: index + 1, depth: depth) }
        }
        return .within
    }
}

extension Put {
    init(body: ArraySlice<UInt8>) throws(ProtocolError) {
        var reader = FrameReader(body)
        let code = try reader.byte("encoding")
        guard let encoding = Encoding(rawValue: code) else {
            throw .malformed("The encoding of the PUT is \(code); 0 and 1 are known.")
        }
        guard try reader.bytes(3, "reserved bytes").allSatisfy({ $0 == 0 }) else {
            throw .malformed("The three bytes after the encoding of the PUT are not zero.")
        }
        let count: UInt32 = try reader.integer("count")
        guard (1...UInt32(ProtocolLimits.batchMax)).contains(count) else {
            throw .malformed("A PUT has 1 to \(ProtocolLimits.batchMax) events, not \(count).")
        }
        self.init(encoding: encoding, count: Int(count), events: reader.rest)
    }
}
