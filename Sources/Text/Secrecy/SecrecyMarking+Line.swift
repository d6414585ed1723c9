extension SecrecyMarking {
    /// The first marking in a line of JSON, whole or broken; `nil` when there is none.
    ///
    /// Every string of the line is looked at but the names of members, and what stands between strings as
    /// well, since of a broken line nobody knows which is which. Of a line that is not UTF-8 the word in
    /// GB 18030 is enough: it is no item in any case.
    ///
    /// - Parameter line: The bytes as they came.
    /// - Returns: The marking, or `nil`.
    package static func first(inLine line: UnsafeRawBufferPointer) -> SecrecyMarking? {
        guard mayStand(in: line) else { return nil }
        if let marking = firstGB18030(in: line) { return marking }
        var pieces = LoosePieces(line)
        while let piece = pieces.next() {
            if let marking = first(in: piece.text, isTitle: piece.name == "title") {
                return marking
            }
        }
        return nil
    }

    /// The first marking in a line of JSON, whole or broken; `nil` when there is none.
    package static func first(inLine line: [UInt8]) -> SecrecyMarking? {
        line.withUnsafeBytes { first(inLine: $0) }
    }

    /// Whether 密 stands in the line, or an escape that may be one: in nearly none.
    private static func mayStand(in line: UnsafeRawBufferPointer) -> Bool {
        guard line.count >= 3, let start = line.baseAddress else { return false }
        let bytes = start.assumingMemoryBound(to: UInt8.self)
        // Zero where one of them stands. Without a way out of the loop, and without sums that may trap, it
        // looks at many bytes at a time.
        var least: UInt8 = .max
        for place in 0..<(line.count &- 2) {
            let first = bytes[place]
            let second = bytes[place &+ 1]
            let third = bytes[place &+ 2]
            least = min(least, (first ^ 0xE5) | (second ^ 0xAF) | (third ^ 0x86))
            least = min(least, (first ^ 0x5C) | (second ^ 0x75) | (third ^ 0x35))
            least = min(least, (second ^ 0xC3) | (third ^ 0xDC))
        }
        return least == 0
    }

    private static func holds(
        _ bytes: [UInt8],
        in line: UnsafeRawBufferPointer,
        at place: Int
    ) -> Bool {
        place >= 0 && place + bytes.count <= line.count
            && bytes.indices.allSatisfy { line[place + $0] == bytes[$0] }
    }

    /// One of the words in GB 18030; its bytes are in no UTF-8.
    private static func firstGB18030(in line: UnsafeRawBufferPointer) -> SecrecyMarking? {
        for place in line.indices where line[place] == 0xDC {
            let start = place - 3
            if holds([0xBE, 0xF8, 0xC3, 0xDC], in: line, at: start) { return .topSecret }
            if holds([0xBB, 0xFA, 0xC3, 0xDC], in: line, at: start) { return .secret }
            if holds([0xC3, 0xD8, 0xC3, 0xDC], in: line, at: start) { return .confidential }
        }
        return nil
    }
}
