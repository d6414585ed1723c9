package import Domain
package import Hashing

/// The canonical form of JSON (RFC 8785, JCS): one sequence of bytes for one content.
///
/// Keys are sorted by their UTF-16 code units, numbers are doubles written as ECMAScript writes
/// them, strings carry the fewest escapes. So 1.0 and 1 are the same, and so are whole numbers
/// above 2^53 that round to the same double.
package enum CanonicalJSON {
    /// Appends the canonical form of a value.
    package static func append(_ value: JSONValue, to bytes: inout [UInt8]) {
        switch value {
        case .null, .bool, .string: value.write(to: &bytes)
        case .number(let number): JSONText.append(number: number, to: &bytes)
        case .integer(let number): append(integer: number, to: &bytes)
        case .array(let elements):
            bytes.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                append(element, to: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let members):
            let sorted = members.sorted { $0.key.utf16.lexicographicallyPrecedes($1.key.utf16) }
            bytes.append(UInt8(ascii: "{"))
            for (index, member) in sorted.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                JSONText.append(quoted: member.key, to: &bytes)
                bytes.append(UInt8(ascii: ":"))
                append(member.value, to: &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    /// Appends the canonical form straight from a parsed text, without making values of it.
    static func append(_ node: JSONNode, to bytes: inout [UInt8]) {
        switch node.kind {
        case .null: bytes.append(contentsOf: "null".utf8)
        case .no: bytes.append(contentsOf: "false".utf8)
        case .yes: bytes.append(contentsOf: "true".utf8)
        case .integer: append(integer: node.integer, to: &bytes)
        case .unsigned: JSONText.append(number: Double(node.unsigned), to: &bytes)
        case .number: JSONText.append(number: node.number, to: &bytes)
        case .string: JSONText.append(quoted: node.bytes, to: &bytes)
        case .array:
            bytes.append(UInt8(ascii: "["))
            var element = node.inside
            for index in 0..<node.count {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                append(element, to: &bytes)
                element = element.after
            }
            bytes.append(UInt8(ascii: "]"))
        case .object: append(object: node, to: &bytes)
        }
    }

    private static func append(object: JSONNode, to bytes: inout [UInt8]) {
        let count = object.count
        bytes.append(UInt8(ascii: "{"))
        withUnsafeTemporaryAllocation(of: JSONNode.self, capacity: count) { keys in
            var key = object.inside
            for index in 0..<count {
                keys.initializeElement(at: index, to: key)
                key = key.after.after
            }
            sort(keys)
            for index in 0..<count {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                JSONText.append(quoted: keys[index].bytes, to: &bytes)
                bytes.append(UInt8(ascii: ":"))
                append(keys[index].after, to: &bytes)
            }
        }
        bytes.append(UInt8(ascii: "}"))
    }

    /// Few keys are sorted in place, which costs no allocation; many by the library.
    private static func sort(_ keys: UnsafeMutableBufferPointer<JSONNode>) {
        guard keys.count <= 48 else {
            var keys = keys
            keys.sort { precedes($0.bytes, $1.bytes) }
            return
        }
        for index in keys.indices.dropFirst() {
            let key = keys[index]
            var place = index
            while place > 0, precedes(key.bytes, keys[place - 1].bytes) {
                keys[place] = keys[place - 1]
                place -= 1
            }
            keys[place] = key
        }
    }

    /// The order of UTF-16 code units, read from UTF-8.
    ///
    /// The two orders differ only where a character above U+FFFF (lead byte from F0) meets one from
    /// U+E000 to U+FFFF (lead byte EE or EF): in UTF-16 the former begins with a surrogate below
    /// U+E000 and comes first.
    static func precedes(
        _ left: UnsafeBufferPointer<UInt8>,
        _ right: UnsafeBufferPointer<UInt8>
    ) -> Bool {
        let shorter = min(left.count, right.count)
        for index in 0..<shorter where left[index] != right[index] {
            let (first, second) = (left[index], right[index])
            if first >= 0xEE, second >= 0xEE, (first >= 0xF0) != (second >= 0xF0) {
                return first >= 0xF0
            }
            return first < second
        }
        return left.count < right.count
    }

    private static func append(integer value: Int64, to bytes: inout [UInt8]) {
        if value.magnitude <= 1 << 53 {
            JSONText.append(integer: value, to: &bytes)
        } else {
            JSONText.append(number: Double(value), to: &bytes)
        }
    }
}

extension JSONValue {
    /// The canonical form (RFC 8785).
    package var canonicalBytes: [UInt8] {
        var bytes: [UInt8] = []
        CanonicalJSON.append(self, to: &bytes)
        return bytes
    }
}

extension ContentDigest {
    /// A digest from a SHA-256.
    package init(_ digest: Digest32) {
        self.init(digest.word0, digest.word1, digest.word2, digest.word3)
    }

    /// The SHA-256 of bytes.
    package init(hashing bytes: [UInt8]) {
        self.init(Digest32.sha256(bytes))
    }

    /// The SHA-256 of bytes.
    package init(hashing bytes: UnsafeRawBufferPointer) {
        self.init(Digest32.sha256(bytes))
    }

    /// The digest of an event's content: the members `type`, `subject`, `time` and `data` of the
    /// object, as they were sent, in canonical form (CONTRACT §1).
    package init(contentOf event: JSONValue) {
        let content = (event.members ?? []).filter {
            ["type", "subject", "time", "data"].contains($0.key)
        }
        self.init(hashing: JSONValue.object(content).canonicalBytes)
    }

    /// Sixty-four lower-case hexadecimal digits.
    package var hex: String {
        Digest32(words: words.0, words.1, words.2, words.3).hex
    }

    /// No digest: stands in receipts of refused accusations, of which nothing is kept.
    package static let none = ContentDigest(0, 0, 0, 0)
}
