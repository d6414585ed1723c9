/// Appends big-endian integers and bytes to the body of a frame.
package struct FrameWriter: Sendable {
    /// What was written so far.
    package private(set) var bytes: [UInt8]

    init(reserving count: Int) {
        bytes = []
        bytes.reserveCapacity(count)
    }

    /// Appends an integer, the highest byte first.
    package mutating func append<Value: FixedWidthInteger & UnsignedInteger>(_ value: Value) {
        var shift = Value.bitWidth
        while shift > 0 {
            shift -= 8
            bytes.append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }

    /// Appends bytes as they are.
    package mutating func append(contentsOf more: some Collection<UInt8>) {
        bytes.append(contentsOf: more)
    }

    mutating func replace(_ value: UInt32, at offset: Int) {
        for index in 0..<4 {
            bytes[offset + index] = UInt8(truncatingIfNeeded: value >> (24 - 8 * index))
        }
    }
}

/// Reads big-endian integers and bytes; every read is checked against the end.
struct FrameReader {
    private(set) var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) {
        rest = bytes
    }

    mutating func byte(_ what: StaticString) throws(ProtocolError) -> UInt8 {
        guard let first = rest.popFirst() else { throw FrameReader.short(what) }
        return first
    }

    mutating func integer<Value: FixedWidthInteger & UnsignedInteger>(
        _ what: StaticString
    ) throws(ProtocolError) -> Value {
        var value: Value = 0
        for byte in try bytes(Value.bitWidth / 8, what) {
            value = value << 8 | Value(byte)
        }
        return value
    }

    mutating func bytes(
        _ count: Int,
        _ what: StaticString
    ) throws(ProtocolError) -> ArraySlice<UInt8> {
        guard count <= rest.count else { throw FrameReader.short(what) }
        let part = rest.prefix(count)
        rest = rest.dropFirst(count)
        return part
    }

    mutating func text(_ count: Int, _ what: StaticString) throws(ProtocolError) -> String {
        guard let text = String(validating: try bytes(count, what), as: UTF8.self) else {
            throw .malformed("The \(what) is not UTF-8.")
        }
        return text
    }

    func end() throws(ProtocolError) {
        guard rest.isEmpty else {
            throw .malformed("\(rest.count) bytes follow where the body should end.")
        }
    }

    private static func short(_ what: StaticString) -> ProtocolError {
        .malformed("The body ends within the \(what).")
    }
}

extension UInt32 {
    init(bigEndian bytes: [UInt8], at offset: Int) {
        self = bytes[offset..<offset + 4].reduce(0) { $0 << 8 | UInt32($1) }
    }
}

extension UInt64 {
    init(bigEndian bytes: [UInt8], at offset: Int) {
        self = bytes[offset..<offset + 8].reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// Sixteen hexadecimal digits in lower case.
    package var hex16: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(
            decoding: (0..<16).map { digits[Int(self >> UInt64(60 - 4 * $0) & 15)] },
            as: UTF8.self
        )
    }

    /// A value from exactly sixteen hexadecimal digits in lower case.
    package init?(hex16 text: some StringProtocol) {
        guard text.utf8.count == 16 else { return nil }
        self = 0
        for byte in text.utf8 {
            switch byte {
            case 48...57: self = self << 4 | UInt64(byte - 48)
            case 97...102: self = self << 4 | UInt64(byte - 87)
            default: return nil
            }
        }
    }
}
