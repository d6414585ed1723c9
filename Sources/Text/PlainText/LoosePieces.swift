/// The strings of a text that ought to be JSON, and what stands between them, read without trust.
struct LoosePieces {
    struct Piece {
        let text: String
        /// The member that it is the value of; empty where nobody knows.
        let name: String
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
            defer { if isString { name = "" } }
            return Piece(text: text, name: isString ? name : "")
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
