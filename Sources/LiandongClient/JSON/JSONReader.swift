/// Reads JSON (RFC 8259) into a tree and says line and column of a mistake.
///
/// Bounds: 64 levels. A key that stands twice in one object is a mistake, because readers differ in
/// which of the two they take.
package struct JSONReader {
    /// A mistake of form.
    package struct Failure: Error, Hashable, Sendable {
        /// The line in the document, from 1.
        package var line: Int
        /// The byte in the line, from 1.
        package var column: Int
        /// What is wrong.
        package var what: String
    }

    private static let depthMax = 64
    private let bytes: ArraySlice<UInt8>
    private var index: Int

    private init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        self.index = bytes.startIndex
    }

    /// The one document that the bytes hold.
    package static func read(_ bytes: ArraySlice<UInt8>) throws(Failure) -> JSONTree {
        var reader = JSONReader(bytes)
        let tree = try reader.value(depth: 0)
        reader.skipSpace()
        guard reader.index == bytes.endIndex else {
            throw reader.failure("text follows the end of the document")
        }
        return tree
    }

    /// The elements of the document's one array, each with the line on which it begins.
    ///
    /// `path` leads from the top through objects to the array; with an empty path the top may also
    /// be one object, which is then the only element.
    package static func readElements(
        _ bytes: ArraySlice<UInt8>,
        at path: ArraySlice<String>
    ) throws(Failure) -> [(line: Int, tree: JSONTree)] {
        var reader = JSONReader(bytes)
        return try reader.elements(at: path)
    }

    private mutating func elements(
        at path: ArraySlice<String>
    ) throws(Failure) -> [(line: Int, tree: JSONTree)] {
        skipSpace()
        if let key = path.first {
            guard take(123) else { throw failure("an object with the key “\(key)” is expected") }
            skipSpace()
            while !take(125) {
                let name = try string()
                try expect(58, "“:” is expected after a key")
                if name == key { return try elements(at: path.dropFirst()) }
                _ = try value(depth: 1)
                try separator(closing: 125)
            }
            throw failure("the key “\(key)” is not there")
        }
        guard take(91) else { return [(line, try value(depth: 0))] }
        var found: [(line: Int, tree: JSONTree)] = []
        var counted = (index: bytes.startIndex, line: 1)
        skipSpace()
        while !take(93) {
            counted.line += bytes[counted.index..<index].count { $0 == 10 }
            counted.index = index
            found.append((counted.line, try value(depth: 1)))
            try separator(closing: 93)
        }
        return found
    }

    private mutating func value(depth: Int) throws(Failure) -> JSONTree {
        guard depth < JSONReader.depthMax else { throw failure("more than 64 levels") }
        skipSpace()
        guard index < bytes.endIndex else { throw failure("the document ends too early") }
        switch bytes[index] {
        case 123: return try object(depth: depth)
        case 91: return try array(depth: depth)
        case 34: return .string(try string())
        case 116: return try word("true", .bool(true))
        case 102: return try word("false", .bool(false))
        case 110: return try word("null", .null)
        default: return try number()
        }
    }

    private mutating func object(depth: Int) throws(Failure) -> JSONTree {
        var members = JSONTree.Members()
        index += 1
        skipSpace()
        while !take(125) {
            guard index < bytes.endIndex, bytes[index] == 34 else {
                throw failure("a key in quotation marks is expected")
            }
            let key = try string()
            try expect(58, "“:” is expected after a key")
            guard members[key] == nil else { throw failure("the key “\(key)” stands twice") }
            members[key] = try value(depth: depth + 1)
            try separator(closing: 125)
        }
        return .object(members)
    }

    private mutating func array(depth: Int) throws(Failure) -> JSONTree {
        var elements: [JSONTree] = []
        index += 1
        skipSpace()
        while !take(93) {
            elements.append(try value(depth: depth + 1))
            try separator(closing: 93)
        }
        return .array(elements)
    }

    private mutating func string() throws(Failure) -> String {
        guard take(34) else { throw failure("a string is expected") }
        var text: [UInt8] = []
        while index < bytes.endIndex {
            let byte = bytes[index]
            index += 1
            switch byte {
            case 34:
                guard let string = String(validating: text, as: UTF8.self) else {
                    throw failure("the string is not UTF-8")
                }
                return string
            case 92: try escape(into: &text)
            case 0..<32: throw failure("a control character stands in a string")
            default: text.append(byte)
            }
        }
        throw failure("a string has no end")
    }

    private mutating func escape(into text: inout [UInt8]) throws(Failure) {
        guard index < bytes.endIndex else { throw failure("a string has no end") }
        let byte = bytes[index]
        index += 1
        switch byte {
        case 34, 47, 92: text.append(byte)
        case 98: text.append(8)
        case 102: text.append(12)
        case 110: text.append(10)
        case 114: text.append(13)
        case 116: text.append(9)
        case 117:
            var code = try hexadecimal()
            if (0xD800...0xDBFF).contains(code) {
                guard take(92), take(117) else { throw failure("half a surrogate pair") }
                let low = try hexadecimal()
                guard (0xDC00...0xDFFF).contains(low) else {
                    throw failure("half a surrogate pair")
                }
                code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(code) else { throw failure("half a surrogate pair") }
            text += Array(String(scalar).utf8)
        default: throw failure("an unknown escape in a string")
        }
    }

    private mutating func hexadecimal() throws(Failure) -> UInt32 {
        guard bytes.endIndex - index >= 4,
            bytes[index..<index + 4].allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
            let code = UInt32(String(decoding: bytes[index..<index + 4], as: UTF8.self), radix: 16)
        else { throw failure("four hexadecimal digits are expected") }
        index += 4
        return code
    }

    private mutating func number() throws(Failure) -> JSONTree {
        let start = index
        _ = take(45)
        if !take(48) { try digits() }
        if take(46) { try digits() }
        if take(101) || take(69) {
            if !take(43) { _ = take(45) }
            try digits()
        }
        guard index - start <= 64 else { throw failure("a number of more than 64 characters") }
        return .number(String(decoding: bytes[start..<index], as: UTF8.self))
    }

    private mutating func digits() throws(Failure) {
        let start = index
        while index < bytes.endIndex, (48...57).contains(bytes[index]) { index += 1 }
        guard index > start else { throw failure("a value is expected") }
    }

    private mutating func word(_ word: String, _ tree: JSONTree) throws(Failure) -> JSONTree {
        guard bytes[index...].starts(with: word.utf8) else { throw failure("a value is expected") }
        index += word.utf8.count
        return tree
    }

    private mutating func separator(closing: UInt8) throws(Failure) {
        skipSpace()
        if take(44) {
            skipSpace()
            if index < bytes.endIndex, bytes[index] == closing {
                throw failure("a comma stands before the closing bracket")
            }
        } else {
            guard index < bytes.endIndex, bytes[index] == closing else {
                throw failure("a comma or the closing bracket is expected")
            }
        }
    }

    private mutating func expect(_ byte: UInt8, _ what: String) throws(Failure) {
        skipSpace()
        guard take(byte) else { throw failure(what) }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard index < bytes.endIndex, bytes[index] == byte else { return false }
        index += 1
        return true
    }

    private mutating func skipSpace() {
        while index < bytes.endIndex, [32, 9, 10, 13].contains(bytes[index]) { index += 1 }
    }

    private var line: Int { 1 + bytes[bytes.startIndex..<index].count { $0 == 10 } }

    private func failure(_ what: String) -> Failure {
        let before = bytes[bytes.startIndex..<min(index, bytes.endIndex)]
        let start = before.lastIndex(of: 10).map { $0 + 1 } ?? bytes.startIndex
        return Failure(line: line, column: index - start + 1, what: what)
    }
}
