/// A JSON value (RFC 8259) whose objects keep the order in which they were written.
///
/// Whole numbers within 64 bits are `integer`; everything with a fraction or an exponent, and whole
/// numbers above `Int64.max`, is `number`. Two objects with the same members in another order are
/// not equal; compare `canonicalBytes` where order does not matter.
package enum JSONValue: Equatable, Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([Member])

    /// A name and its value.
    package struct Member: Equatable, Sendable {
        /// The name.
        package var key: String
        /// The value.
        package var value: JSONValue

        /// A member from its parts.
        package init(_ key: String, _ value: JSONValue) {
            self.key = key
            self.value = value
        }
    }
}

extension JSONValue {
    /// Parses one JSON text from borrowed bytes; a key twice in an object is refused.
    ///
    /// It makes a parser of its own; what parses again and again keeps a `JSONParser`.
    package init(
        parsing bytes: UnsafeRawBufferPointer,
        limits: JSONLimits = .standard
    ) throws(JSONError) {
        self = try JSONParser(limits: limits).value(of: bytes)
    }

    /// Parses one JSON text.
    package init(parsing bytes: [UInt8], limits: JSONLimits = .standard) throws(JSONError) {
        self = try JSONParser(limits: limits).value(of: bytes)
    }

    /// Parses one JSON text.
    package init(parsing text: String, limits: JSONLimits = .standard) throws(JSONError) {
        try self.init(parsing: Array(text.utf8), limits: limits)
    }

    /// An object of what is there: members whose value is `nil` are left out.
    package static func object(present members: KeyValuePairs<String, JSONValue?>) -> JSONValue {
        .object(members.compactMap { key, value in value.map { Member(key, $0) } })
    }
}

// What a value is, when it is that.
extension JSONValue {
    /// The member of an object by its key; `nil` when there is none or this is no object.
    package subscript(key: String) -> JSONValue? {
        members?.first { $0.key == key }?.value
    }

    /// The element of an array; `nil` when there is none or this is no array.
    package subscript(index: Int) -> JSONValue? {
        guard let elements, elements.indices.contains(index) else { return nil }
        return elements[index]
    }

    /// The text of a string.
    package var text: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// A whole number, also one written as `1.0` or `1e3`.
    package var int: Int64? {
        switch self {
        case .integer(let value): value
        case .number(let value): Int64(exactly: value)
        default: nil
        }
    }

    /// Any number.
    package var double: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }

    /// True or false.
    package var flag: Bool? {
        if case .bool(let flag) = self { flag } else { nil }
    }

    /// The elements of an array.
    package var elements: [JSONValue]? {
        if case .array(let elements) = self { elements } else { nil }
    }

    /// The members of an object, in their order.
    package var members: [Member]? {
        if case .object(let members) = self { members } else { nil }
    }

    /// It is `null`.
    package var isNull: Bool { self == .null }

    /// What it is, in words for a message: `a string`, `an object`.
    package var kindName: String {
        switch self {
        case .null: "null"
        case .bool: "true or false"
        case .integer: "a whole number"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral,
    ExpressibleByNilLiteral
{
    /// A string.
    package init(stringLiteral value: String) { self = .string(value) }

    /// A whole number.
    package init(integerLiteral value: Int64) { self = .integer(value) }

    /// True or false.
    package init(booleanLiteral value: Bool) { self = .bool(value) }

    /// An array.
    package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }

    /// An object; the order is kept.
    package init(dictionaryLiteral members: (String, JSONValue)...) {
        self = .object(members.map { Member($0, $1) })
    }

    /// `null`.
    package init(nilLiteral: ()) { self = .null }
}
