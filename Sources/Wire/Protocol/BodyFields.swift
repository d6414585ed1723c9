internal import Domain

/// The fields of a JSON body, read with the name of the message and the field in every error.
struct BodyFields {
    let value: JSONValue
    private let kind: FrameKind
    /// The object within the body, `receipted.`; empty for the body itself.
    private let path: String

    init(_ kind: FrameKind, _ body: ArraySlice<UInt8>) throws(ProtocolError) {
        guard body.count <= kind.bodyBytesMax else {
            throw ProtocolError(
                .messageTooLarge,
                "The body of \(kind.name) has \(body.count) bytes, at most \(kind.bodyBytesMax)."
            )
        }
        let limits = JSONLimits(bytesMax: kind.bodyBytesMax, depthMax: 32)
        do throws(JSONError) {
            value = try JSONValue(parsing: Array(body), limits: limits)
        } catch {
            throw .malformed("The body of \(kind.name): \(error.explanation).")
        }
        guard value.members != nil else {
            throw .malformed("The body of \(kind.name) is \(value.kindName), not an object.")
        }
        self.kind = kind
        path = ""
    }

    private init(_ kind: FrameKind, _ value: JSONValue, path: String) {
        self.kind = kind
        self.value = value
        self.path = path
    }

    /// The error for a field that is missing or not what it must be.
    func wrong(_ key: String, _ rule: String) -> ProtocolError {
        .malformed("`\(path)\(key)` of \(kind.name) must be \(rule).")
    }

    /// The field stands there and is not null.
    func has(_ key: String) -> Bool {
        value[key].map { !$0.isNull } ?? false
    }

    func text(_ key: String, bytes: ClosedRange<Int>) throws(ProtocolError) -> String {
        guard let text = value[key]?.text, bytes.contains(text.utf8.count) else {
            throw wrong(key, "a string of \(bytes.lowerBound) to \(bytes.upperBound) bytes")
        }
        return text
    }

    func optionalText(_ key: String, bytes: ClosedRange<Int>) throws(ProtocolError) -> String? {
        has(key) ? try text(key, bytes: bytes) : nil
    }

    func number(
        _ key: String,
        in range: ClosedRange<UInt64> = 0...ProtocolLimits.numberMax
    ) throws(ProtocolError) -> UInt64 {
        guard let number = value[key]?.int, number >= 0, range.contains(UInt64(number)) else {
            throw wrong(key, "a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return UInt64(number)
    }

    func optionalNumber(
        _ key: String,
        in range: ClosedRange<UInt64>
    ) throws(ProtocolError) -> UInt64? {
        has(key) ? try number(key, in: range) : nil
    }

    func flag(_ key: String) throws(ProtocolError) -> Bool {
        guard let flag = value[key]?.flag else { throw wrong(key, "true or false") }
        return flag
    }

    func hex16(_ key: String) throws(ProtocolError) -> UInt64 {
        guard let text = value[key]?.text, let number = UInt64(hex16: text) else {
            throw wrong(key, "16 hexadecimal digits in lower case")
        }
        return number
    }

    func array(_ key: String, count: ClosedRange<Int>) throws(ProtocolError) -> [JSONValue] {
        guard let elements = value[key]?.elements, count.contains(elements.count) else {
            throw wrong(key, "an array of \(count.lowerBound) to \(count.upperBound) elements")
        }
        return elements
    }

    /// The fields of an inner object; `nil` when it is missing or null.
    func object(_ key: String) throws(ProtocolError) -> BodyFields? {
        guard has(key), let inner = value[key] else { return nil }
        guard inner.members != nil else { throw wrong(key, "an object or null") }
        return BodyFields(kind, inner, path: path + key + ".")
    }
}

extension Frame {
    /// A frame whose body is JSON.
    init(_ kind: FrameKind, number: UInt64, json: JSONValue) {
        let body = json.bytes
        self.init(kind, number: number, bodyBytes: body.count) { $0.append(contentsOf: body) }
    }
}
