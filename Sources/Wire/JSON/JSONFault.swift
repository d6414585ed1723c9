/// Finds the place at which bytes stop being JSON: a plain reader of the grammar of RFC 8259.
///
/// simdjson is fast because it does not keep places. This reader runs only over a text that
/// simdjson has refused, so that a person is told where to look.
struct JSONFault {
    private let bytes: UnsafeRawBufferPointer
    private let depthMax: Int
    private var position = 0

    /// The first fault; `nil` when the bytes follow the grammar after all.
    static func find(in bytes: UnsafeRawBufferPointer, depthMax: Int) -> JSONError? {
        var reader = JSONFault(bytes: bytes, depthMax: depthMax)
        do throws(JSONError) {
            try reader.checkUTF8()
            reader.skipSpace()
            if reader.position == bytes.count { throw JSONError(.empty) }
            try reader.value(depth: 0)
            reader.skipSpace()
            if reader.position < bytes.count { throw reader.fault(.syntax) }
            return nil
        } catch {
            return error
        }
    }

    private init(bytes: UnsafeRawBufferPointer, depthMax: Int) {
        self.bytes = bytes
        self.depthMax = depthMax
    }

    private func fault(_ reason: JSONError.Reason) -> JSONError {
        JSONError(reason, offset: position)
    }

    private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipSpace() {
        while let byte = current, byte == 32 || byte == 9 || byte == 10 || byte == 13 {
            position += 1
        }
    }

    private mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard let byte = current, UInt32(byte) == character.value else { return false }
        position += 1
        return true
    }

    private func checkUTF8() throws(JSONError) {
        var place = 0
        while place < bytes.count {
            guard let length = UTF8Sequence.length(at: place, in: bytes) else {
                throw JSONError(.notUTF8, offset: place)
            }
            place += length
        }
    }

    private mutating func value(depth: Int) throws(JSONError) {
        guard let byte = current else { throw fault(.syntax) }
        switch byte {
        case UInt8(ascii: "{"): try object(depth: depth + 1)
        case UInt8(ascii: "["): try array(depth: depth + 1)
        case UInt8(ascii: "\""): try string()
        case UInt8(ascii: "t"): try word("true")
        case UInt8(ascii: "f"): try word("false")
        case UInt8(ascii: "n"): try word("null")
        default: try number()
        }
    }

    private mutating func object(depth: Int) throws(JSONError) {
        if depth > depthMax { throw fault(.tooDeep(depthMax: depthMax)) }
        position += 1
        skipSpace()
        if skip("}") { return }
        while true {
            skipSpace()
            guard current == UInt8(ascii: "\"") else { throw fault(.syntax) }
            try string()
            skipSpace()
            guard skip(":") else { throw fault(.syntax) }
            skipSpace()
            try value(depth: depth)
            skipSpace()
            if skip("}") { return }
            guard skip(",") else { throw fault(.syntax) }
        }
    }

    private mutating func array(depth: Int) throws(JSONError) {
        if depth > depthMax { throw fault(.tooDeep(depthMax: depthMax)) }
        position += 1
        skipSpace()
        if skip("]") { return }
        while true {
            skipSpace()
            try value(depth: depth)
            skipSpace()
            if skip("]") { return }
            guard skip(",") else { throw fault(.syntax) }
        }
    }

    private mutating func word(_ word: StaticString) throws(JSONError) {
        for index in 0..<word.utf8CodeUnitCount {
            guard current == word.utf8Start[index] else { throw fault(.syntax) }
            position += 1
        }
    }

    private mutating func digits() throws(JSONError) {
        guard let byte = current, (48...57).contains(byte) else { throw fault(.syntax) }
        while let byte = current, (48...57).contains(byte) { position += 1 }
    }

    private mutating func number() throws(JSONError) {
        let start = position
        var isWhole = true
        _ = skip("-")
        if !skip("0") { try digits() }
        let digitsEnd = position
        if skip(".") {
            isWhole = false
            try digits()
        }
        if skip("e") || skip("E") {
            isWhole = false
            if !skip("+") { _ = skip("-") }
            try digits()
        }
        // A whole number has to fit 64 bits; a fraction has to be finite as a double.
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        let fits =
            isWhole
            ? digitsEnd - start <= 18 || Int64(text) != nil || UInt64(text) != nil
            : Double(text)?.isFinite ?? false
        if !fits { throw JSONError(.numberOutOfRange, offset: start) }
    }

    private mutating func string() throws(JSONError) {
        position += 1
        while true {
            guard let byte = current, byte >= 32 else { throw fault(.syntax) }
            if byte == UInt8(ascii: "\"") {
                position += 1
                return
            }
            if byte == UInt8(ascii: "\\") {
                try escape()
            } else {
                position += 1
            }
        }
    }

    private mutating func escape() throws(JSONError) {
        let start = position
        position += 1
        guard let letter = current else { throw fault(.syntax) }
        if letter != UInt8(ascii: "u") {
            guard "\"\\/bfnrt".utf8.contains(letter) else { throw fault(.syntax) }
            position += 1
            return
        }
        position += 1
        let unit = try hexadecimal()
        guard (0xD800...0xDFFF).contains(unit) else { return }
        guard unit < 0xDC00, skip("\\"), skip("u") else {
            throw JSONError(.notUTF8, offset: start)
        }
        guard (0xDC00...0xDFFF).contains(try hexadecimal()) else {
            throw JSONError(.notUTF8, offset: start)
        }
    }

    private mutating func hexadecimal() throws(JSONError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = current, let digit = Character(Unicode.Scalar(byte)).hexDigitValue
            else { throw fault(.syntax) }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }
}

/// The shape of well-formed UTF-8 (RFC 3629): no overlong forms, no surrogates.
enum UTF8Sequence {
    /// The length of the sequence at a place; `nil` when there is no valid one.
    static func length(at place: Int, in bytes: UnsafeRawBufferPointer) -> Int? {
        let lead = bytes[place]
        if lead < 0x80 { return 1 }
        let length: Int
        var second: ClosedRange<UInt8> = 0x80...0xBF
        switch lead {
        case 0xC2...0xDF: length = 2
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: length = 3
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        case 0xF1...0xF3: length = 4
        default: return nil
        }
        guard place + length <= bytes.count, second.contains(bytes[place + 1]) else { return nil }
        for index in 2..<max(2, length) where !(0x80...0xBF).contains(bytes[place + index]) {
            return nil
        }
        return length
    }
}
