/// A JSON document as a tree that keeps the order of members and the digits of numbers.
///
/// An export's 20-digit number or `1.10` must come out as it went in, and a row's mistake is named with
/// its line: `Wire`'s value, made for the protocol, reads numbers as numbers and knows no lines, and
/// Foundation's decoder loses the order as well.
package enum JSONTree: Hashable, Sendable {
    case null
    case bool(Bool)
    /// The number as it was written.
    case number(String)
    case string(String)
    case array([JSONTree])
    case object(Members)

    /// The members of an object in the order of the document; keys are unique.
    package struct Members: Hashable, Sendable {
        /// One member.
        package struct Member: Hashable, Sendable {
            package var key: String
            package var value: JSONTree
        }

        package private(set) var list: [Member] = []

        /// An object without members.
        package init() {}

        /// The value of a key; setting `nil` takes the member out.
        package subscript(key: String) -> JSONTree? {
            get { list.first { $0.key == key }?.value }
            set {
                let index = list.firstIndex { $0.key == key }
                switch (index, newValue) {
                case (let index?, let value?): list[index].value = value
                case (let index?, nil): list.remove(at: index)
                case (nil, let value?): list.append(Member(key: key, value: value))
                case (nil, nil): break
                }
            }
        }
    }

    /// The string, where it is one.
    package var text: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// The members, where it is an object.
    package var members: Members? {
        if case .object(let members) = self { members } else { nil }
    }

    /// The elements, where it is an array.
    package var elements: [JSONTree]? {
        if case .array(let elements) = self { elements } else { nil }
    }

    /// The whole number, where it is one that 64 bits hold.
    package var integer: Int? {
        if case .number(let digits) = self { Int(digits) } else { nil }
    }

    /// The value at a path of keys.
    package func value(at path: some Sequence<String>) -> JSONTree? {
        var node = self
        for key in path {
            guard let next = node.members?[key] else { return nil }
            node = next
        }
        return node
    }

    /// Puts a value at a path of keys and makes the objects on the way.
    package mutating func set(_ value: JSONTree, at path: ArraySlice<String>) {
        guard let key = path.first else {
            self = value
            return
        }
        var members = self.members ?? Members()
        var child = members[key] ?? .object(Members())
        child.set(value, at: path.dropFirst())
        members[key] = child
        self = .object(members)
    }

    /// The document as UTF-8 without white space.
    package var bytes: [UInt8] {
        var output: [UInt8] = []
        write(to: &output, indent: nil)
        return output
    }

    /// The document as UTF-8, indented by two spaces, for people.
    package var prettyBytes: [UInt8] {
        var output: [UInt8] = []
        write(to: &output, indent: 0)
        output.append(10)
        return output
    }

    private func write(to output: inout [UInt8], indent: Int?) {
        switch self {
        case .null: output += "null".utf8
        case .bool(let value): output += (value ? "true" : "false").utf8
        case .number(let digits): output += digits.utf8
        case .string(let text): JSONTree.writeString(text, to: &output)
        case .array(let elements):
            let isFlat = elements.allSatisfy { $0.members == nil && $0.elements == nil }
            let inner = isFlat ? nil : indent.map { $0 + 1 }
            JSONTree.writeList(elements, "[", "]", &output, inner) { element, output in
                element.write(to: &output, indent: inner)
            }
        case .object(let members):
            let inner = indent.map { $0 + 1 }
            JSONTree.writeList(members.list, "{", "}", &output, inner) { member, output in
                JSONTree.writeString(member.key, to: &output)
                output += (inner == nil ? ":" : ": ").utf8
                member.value.write(to: &output, indent: inner)
            }
        }
    }

    private static func writeList<Element>(
        _ elements: [Element],
        _ open: String,
        _ close: String,
        _ output: inout [UInt8],
        _ indent: Int?,
        _ writeElement: (Element, inout [UInt8]) -> Void
    ) {
        output += open.utf8
        for (index, element) in elements.enumerated() {
            if index > 0 { output += ",".utf8 }
            if let indent { output += ("\n" + String(repeating: "  ", count: indent)).utf8 }
            writeElement(element, &output)
        }
        if let indent, !elements.isEmpty {
            output += ("\n" + String(repeating: "  ", count: indent - 1)).utf8
        }
        output += close.utf8
    }

    private static func writeString(_ text: String, to output: inout [UInt8]) {
        output.append(34)
        for byte in text.utf8 {
            switch byte {
            case 34: output += "\\\"".utf8
            case 92: output += "\\\\".utf8
            case 8: output += "\\b".utf8
            case 9: output += "\\t".utf8
            case 10: output += "\\n".utf8
            case 12: output += "\\f".utf8
            case 13: output += "\\r".utf8
            case 0..<32:
                let digits = String(byte, radix: 16)
                output += ("\\u" + String(repeating: "0", count: 4 - digits.count) + digits).utf8
            default: output.append(byte)
            }
        }
        output.append(34)
    }
}
