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
            if let marking = first(in: piece.text, isTitle: piece.isTitle) { return marking }
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

/// The strings of a text that ought to be JSON, and what stands between them, read without trust.
private struct LoosePieces {
    struct Piece {
        let text: String
        /// The value of a member `title`.
        let isTitle: Bool
    }

    /// `'`, comma, colon, semicolon, braces and bar.
    private static let parts: Set<UInt8> = [0x27, 0x2C, 0x3A, 0x3B, 0x7B, 0x7C, 0x7D]

    private let line: UnsafeRawBufferPointer
    private var place = 0
    private var isInside = false
    private var name = ""

    init(_ line: UnsafeRawBufferPointer) { self.line = line }

    /// The next piece that is no member's name; `nil` at the end of the line.
    mutating func next() -> Piece? {
        while place < line.count {
            let isString = isInside
            let text = piece()
            if isString, isName {
                name = text
                continue
            }
            let isTitle = isString && name == "title"
            if isString { name = "" }
            return Piece(text: text, isTitle: isTitle)
        }
        return nil
    }

    /// Whether a colon follows.
    private var isName: Bool {
        var next = place
        while next < line.count, line[next] == 32 || line[next] == 9 { next += 1 }
        return next < line.count && line[next] == 0x3A
    }

    /// What stands before the next quotation mark, with its escapes read.
    ///
    /// Between strings, what parts members and columns ends a line.
    private mutating func piece() -> String {
        let wasInside = isInside
        var bytes: [UInt8] = []
        while place < line.count {
            let byte = line[place]
            place += 1
            if byte == 0x22 {
                isInside.toggle()
                break
            }
            switch byte {
            case 0x5C: appendEscape(to: &bytes)
            default: bytes.append(!wasInside && LoosePieces.parts.contains(byte) ? 10 : byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private mutating func appendEscape(to bytes: inout [UInt8]) {
        guard place < line.count else { return }
        let letter = line[place]
        place += 1
        switch letter {
        case 0x6E, 0x72: bytes.append(10)
        case 0x74: bytes.append(9)
        case 0x75: appendScalar(to: &bytes)
        default: bytes.append(letter)
        }
    }

    /// Four digits of a character; half of a pair, or no digits, leave nothing.
    private mutating func appendScalar(to bytes: inout [UInt8]) {
        guard place + 4 <= line.count else { return }
        var value: UInt32 = 0
        for offset in 0..<4 {
            guard let digit = Character(Unicode.Scalar(line[place + offset])).hexDigitValue else {
                return
            }
            value = value << 4 | UInt32(digit)
        }
        place += 4
        if let scalar = Unicode.Scalar(value) {
            bytes.append(contentsOf: String(Character(scalar)).utf8)
        }
    }
}
