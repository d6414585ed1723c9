// JSON as bytes: compact for machines, indented for people.
extension JSONValue {
    /// The value as compact JSON in UTF-8, members in their order.
    package var bytes: [UInt8] {
        var bytes: [UInt8] = []
        write(to: &bytes)
        return bytes
    }

    /// Appends the value as compact JSON in UTF-8.
    ///
    /// A number must be finite: JSON has no other.
    package func write(to bytes: inout [UInt8]) {
        switch self {
        case .null: bytes.append(contentsOf: "null".utf8)
        case .bool(let flag): bytes.append(contentsOf: (flag ? "true" : "false").utf8)
        case .integer(let value): JSONText.append(integer: value, to: &bytes)
        case .number(let value): JSONText.append(readable: value, to: &bytes)
        case .string(let text): JSONText.append(quoted: text, to: &bytes)
        case .array(let elements):
            bytes.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                element.write(to: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let members):
            bytes.append(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                JSONText.append(quoted: member.key, to: &bytes)
                bytes.append(UInt8(ascii: ":"))
                member.value.write(to: &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    /// The value as compact JSON on one line.
    package var line: String { String(decoding: bytes, as: UTF8.self) }

    /// The value for people: two spaces a level, short arrays of plain values on one line.
    package var prettyText: String {
        var bytes: [UInt8] = []
        writePretty(to: &bytes, indent: 0)
        return String(decoding: bytes, as: UTF8.self)
    }

    private var isPlain: Bool {
        switch self {
        case .array, .object: false
        default: true
        }
    }

    private func writePretty(to bytes: inout [UInt8], indent: Int) {
        let children: [(key: String?, value: JSONValue)]
        let brackets: (UInt8, UInt8)
        switch self {
        case .array(let elements)
        where !elements.isEmpty && !(elements.count <= 8 && elements.allSatisfy(\.isPlain)):
            children = elements.map { (nil, $0) }
            brackets = (UInt8(ascii: "["), UInt8(ascii: "]"))
        case .object(let members) where !members.isEmpty:
            children = members.map { ($0.key, $0.value) }
            brackets = (UInt8(ascii: "{"), UInt8(ascii: "}"))
        case .array(let elements) where !elements.isEmpty:
            bytes.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { bytes.append(contentsOf: ", ".utf8) }
                element.write(to: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
            return
        default:
            write(to: &bytes)
            return
        }
        bytes.append(brackets.0)
        for (index, child) in children.enumerated() {
            bytes.append(contentsOf: (index > 0 ? ",\n" : "\n").utf8)
            bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * indent + 2))
            if let key = child.key {
                JSONText.append(quoted: key, to: &bytes)
                bytes.append(contentsOf: ": ".utf8)
            }
            child.value.writePretty(to: &bytes, indent: indent + 1)
        }
        bytes.append(UInt8(ascii: "\n"))
        bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * indent))
        bytes.append(brackets.1)
    }
}

/// How numbers and strings are written, the same in compact and in canonical form.
enum JSONText {
    /// Appends a string in quotes with the escapes of RFC 8785 §3.2.2.2.
    static func append(quoted text: String, to bytes: inout [UInt8]) {
        var text = text
        text.withUTF8 { append(quoted: $0, to: &bytes) }
    }

    /// Appends UTF-8 in quotes.
    static func append(quoted text: UnsafeBufferPointer<UInt8>, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        var start = 0
        let raw = UnsafeRawBufferPointer(text)
        while true {
            let end = ByteScan.plainEnd(in: raw, from: start)
            if end > start {
                bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[start..<end]))
            }
            if end == text.count { break }
            append(escaped: text[end], to: &bytes)
            start = end + 1
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static let hexDigits = Array("0123456789abcdef".utf8)

    private static func append(escaped byte: UInt8, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\\"))
        switch byte {
        case 0x08: bytes.append(UInt8(ascii: "b"))
        case 0x09: bytes.append(UInt8(ascii: "t"))
        case 0x0A: bytes.append(UInt8(ascii: "n"))
        case 0x0C: bytes.append(UInt8(ascii: "f"))
        case 0x0D: bytes.append(UInt8(ascii: "r"))
        case 0x22, 0x5C: bytes.append(byte)
        default:
            bytes.append(contentsOf: "u00".utf8)
            bytes.append(hexDigits[Int(byte >> 4)])
            bytes.append(hexDigits[Int(byte & 15)])
        }
    }

    /// Appends a whole number in full.
    static func append(integer value: Int64, to bytes: inout [UInt8]) {
        if (0...9).contains(value) {
            bytes.append(48 + UInt8(value))
        } else {
            bytes.append(contentsOf: String(value).utf8)
        }
    }

    /// Appends a number so that it is read back: a whole one from 2^63 on has an exponent, because
    /// whole numbers beyond 64 bits are refused.
    static func append(readable value: Double, to bytes: inout [UInt8]) {
        append(number: value, wholeDigitsMax: value.magnitude < 0x1p63 ? 21 : 0, to: &bytes)
    }

    /// Appends a number as ECMAScript's `Number::toString` writes it (RFC 8785 §3.2.2.3).
    static func append(
        number value: Double,
        wholeDigitsMax: Int = 21,
        to bytes: inout [UInt8]
    ) {
        precondition(value.isFinite, "JSON has no infinite number")
        if value == 0 {
            bytes.append(48)
            return
        }
        if value < 0 { bytes.append(UInt8(ascii: "-")) }
        let (digits, point) = shortestDigits(of: value.magnitude)
        if point >= 1, point <= wholeDigitsMax {
            if digits.count <= point {
                bytes.append(contentsOf: digits)
                bytes.append(contentsOf: repeatElement(48, count: point - digits.count))
            } else {
                bytes.append(contentsOf: digits[..<point])
                bytes.append(UInt8(ascii: "."))
                bytes.append(contentsOf: digits[point...])
            }
        } else if (-5...0).contains(point) {
            bytes.append(contentsOf: "0.".utf8)
            bytes.append(contentsOf: repeatElement(48, count: -point))
            bytes.append(contentsOf: digits)
        } else {
            bytes.append(digits[0])
            if digits.count > 1 {
                bytes.append(UInt8(ascii: "."))
                bytes.append(contentsOf: digits[1...])
            }
            bytes.append(contentsOf: (point > 0 ? "e+" : "e-").utf8)
            bytes.append(contentsOf: String((point - 1).magnitude).utf8)
        }
    }

    /// The fewest decimal digits that read back as the number, and where the point stands among
    /// them: `value = 0.d₁d₂… × 10^point`.
    ///
    /// Swift's `description` prints exactly those digits, the closest to the value where there
    /// are several; only their layout differs from ECMAScript's.
    private static func shortestDigits(of value: Double) -> (digits: [UInt8], point: Int) {
        var digits: [UInt8] = []
        var point: Int?
        var exponent = 0
        let text = Array(value.description.utf8)
        for (index, byte) in text.enumerated() {
            if byte == UInt8(ascii: ".") {
                point = digits.count
            } else if byte == UInt8(ascii: "e") {
                exponent = Int(String(decoding: text[(index + 1)...], as: UTF8.self)) ?? 0
                break
            } else {
                digits.append(byte)
            }
        }
        var place = (point ?? digits.count) + exponent
        while digits.count > 1, digits.last == 48 { digits.removeLast() }
        while digits.count > 1, digits.first == 48 {
            digits.removeFirst()
            place -= 1
        }
        return (digits, place)
    }
}
