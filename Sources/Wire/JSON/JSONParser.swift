internal import CSimdjson

/// A reusable parser of JSON texts; one thread at a time.
///
/// Its buffers grow to the largest text so far and stay, so that parsing allocates nothing once it
/// has warmed up. What it lends is valid inside the closure alone.
package final class JSONParser {
    private let handle: OpaquePointer?
    private let limits: JSONLimits

    /// A parser within limits.
    package init(limits: JSONLimits = .standard) {
        self.limits = limits
        handle = ld_json_parser_new(UInt32(limits.depthMax))
    }

    deinit {
        if let handle { ld_json_parser_free(handle) }
    }

    /// Parses one JSON text into a value.
    package func value(of bytes: UnsafeRawBufferPointer) throws(JSONError) -> JSONValue {
        try withNodes(of: bytes) { (nodes) throws(JSONError) in JSONValue(nodes.root) }
    }

    /// Parses one JSON text into a value.
    package func value(of bytes: [UInt8]) throws(JSONError) -> JSONValue {
        try bytes.withUnsafeBufferPointer { (bytes) throws(JSONError) in
            try value(of: UnsafeRawBufferPointer(bytes))
        }
    }

    /// Parses one JSON text and lends its nodes.
    func withNodes<Result>(
        of bytes: UnsafeRawBufferPointer,
        _ body: (borrowing JSONNodes) throws(JSONError) -> Result
    ) throws(JSONError) -> Result {
        guard let handle else { throw JSONError(.outOfMemory) }
        guard bytes.count <= limits.bytesMax else {
            throw JSONError(.tooLarge(bytesMax: limits.bytesMax))
        }
        guard let base = bytes.baseAddress, !bytes.isEmpty else { throw JSONError(.empty) }
        var nodes: UnsafePointer<ld_json_node>?
        var count = 0
        let code = ld_json_parse(
            handle,
            base.assumingMemoryBound(to: UInt8.self),
            bytes.count,
            &nodes,
            &count
        )
        guard Int(code) == LD_JSON_OK, let nodes else {
            throw error(code: code, at: nodes, in: bytes)
        }
        return try body(JSONNodes(first: nodes, count: count))
    }

    /// simdjson says what is wrong but not where; a slow reader finds the place.
    private func error(
        code: Int32,
        at node: UnsafePointer<ld_json_node>?,
        in bytes: UnsafeRawBufferPointer
    ) -> JSONError {
        switch Int(code) {
        case LD_JSON_SIZE: return JSONError(.tooLarge(bytesMax: limits.bytesMax))
        case LD_JSON_MEMORY: return JSONError(.outOfMemory)
        case LD_JSON_DUPLICATE:
            let key = node.map { JSONNode(pointer: $0).string } ?? ""
            return JSONError(.duplicateKey(key))
        default: break
        }
        if let fault = JSONFault.find(in: bytes, depthMax: limits.depthMax) { return fault }
        return Int(code) == LD_JSON_NUMBER_RANGE
            ? JSONError(.numberOutOfRange) : JSONError(.syntax)
    }
}

/// The nodes of one text in document order, lent by a parser.
struct JSONNodes: ~Copyable {
    fileprivate let first: UnsafePointer<ld_json_node>
    fileprivate let count: Int

    fileprivate init(first: UnsafePointer<ld_json_node>, count: Int) {
        self.first = first
        self.count = count
    }

    /// The value of the text.
    var root: JSONNode { JSONNode(pointer: first) }
}

/// One node of a parsed text; a pointer, so it must not leave the closure that it was lent to.
struct JSONNode {
    fileprivate let pointer: UnsafePointer<ld_json_node>

    enum Kind: UInt32 {
        case null, no, yes, integer, unsigned, number, string, array, object
    }

    var kind: Kind { Kind(rawValue: pointer.pointee.kind) ?? .null }

    /// The bytes of a string, unescaped UTF-8.
    var bytes: UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: pointer.pointee.bytes, count: Int(pointer.pointee.length))
    }

    /// The parser has checked the UTF-8 of the whole text, escapes included, so that it is not
    /// checked once more.
    var string: String {
        String(copying: UTF8Span(unchecked: Span(_unsafeElements: bytes)))
    }

    var integer: Int64 { Int64(bitPattern: pointer.pointee.bits) }

    var unsigned: UInt64 { pointer.pointee.bits }

    var number: Double { Double(bitPattern: pointer.pointee.bits) }

    /// The number of elements or members.
    var count: Int { Int(pointer.pointee.length) }

    /// The first node inside a container.
    var inside: JSONNode { JSONNode(pointer: pointer + 1) }

    /// The node after this one and all that it contains.
    var after: JSONNode { JSONNode(pointer: pointer + Int(pointer.pointee.next)) }

    /// Whether a key or string is exactly these bytes.
    func isText(_ text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard bytes.count == count else { return false }
        guard let base = bytes.baseAddress else { return count == 0 }
        for index in 0..<count where base[index] != text.utf8Start[index] { return false }
        return true
    }
}

extension JSONValue {
    /// A value from a node and what it contains; the depth is bounded by the parser.
    init(_ node: JSONNode) {
        switch node.kind {
        case .null: self = .null
        case .no: self = .bool(false)
        case .yes: self = .bool(true)
        case .integer: self = .integer(node.integer)
        case .unsigned: self = .number(Double(node.unsigned))
        case .number: self = .number(node.number)
        case .string: self = .string(node.string)
        case .array:
            var elements: [JSONValue] = []
            elements.reserveCapacity(node.count)
            var element = node.inside
            for _ in 0..<node.count {
                elements.append(JSONValue(element))
                element = element.after
            }
            self = .array(elements)
        case .object:
            var members: [Member] = []
            members.reserveCapacity(node.count)
            var key = node.inside
            for _ in 0..<node.count {
                let value = key.after
                members.append(Member(key.string, JSONValue(value)))
                key = value.after
            }
            self = .object(members)
        }
    }
}
