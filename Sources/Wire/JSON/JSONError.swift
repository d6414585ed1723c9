/// Why bytes are no JSON text that this product takes, and where.
package struct JSONError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What is wrong.
    package enum Reason: Equatable, Sendable {
        /// Nothing there but white space.
        case empty
        /// More bytes than the limit.
        case tooLarge(bytesMax: Int)
        /// Deeper nesting than the limit.
        case tooDeep(depthMax: Int)
        /// Bytes that are no UTF-8, or an escape of half a surrogate pair.
        case notUTF8
        /// Not JSON.
        case syntax
        /// A number that neither 64 bits nor a double can hold.
        case numberOutOfRange
        /// An object that has one key twice.
        case duplicateKey(String)
        /// No memory for the parser.
        case outOfMemory
    }

    /// What is wrong.
    package var reason: Reason
    /// The byte at which it shows, from 0; `nil` when it is about the whole.
    package var offset: Int?

    /// An error from its parts.
    package init(_ reason: Reason, offset: Int? = nil) {
        self.reason = reason
        self.offset = offset
    }

    /// What is wrong, where, and what to do; never text of the input but a duplicate key.
    package var description: String {
        if case .duplicateKey(let key) = reason {
            return "the key \"\(key)\" stands twice in one object; keep one"
        }
        return explanation
    }

    /// The same without any text of the input.
    package var explanation: String {
        let place = offset.map { " at byte \($0)" } ?? ""
        switch reason {
        case .empty: return "no JSON value; send one object"
        case .tooLarge(let bytesMax): return "more than \(bytesMax) bytes; send less"
        case .tooDeep(let depthMax):
            return "nested deeper than \(depthMax)\(place); flatten it"
        case .notUTF8: return "no valid UTF-8\(place); convert the text to UTF-8 first"
        case .syntax: return "not JSON\(place); check quotes, commas and brackets there"
        case .numberOutOfRange:
            return "a number beyond 64 bits\(place); send it as a string"
        case .duplicateKey: return "a key stands twice in one object; keep one"
        case .outOfMemory: return "no memory to parse it; try again later"
        }
    }
}

/// How much JSON is taken.
package struct JSONLimits: Equatable, Sendable {
    /// The longest text in bytes.
    package var bytesMax: Int
    /// The deepest nesting of arrays and objects.
    package var depthMax: Int

    /// For messages and files: 16 MiB, 64 deep.
    package static let standard = JSONLimits(bytesMax: 16 << 20, depthMax: 64)

    /// Limits from their parts.
    package init(bytesMax: Int, depthMax: Int) {
        precondition((1...1024).contains(depthMax), "a depth from 1 to 1024")
        self.bytesMax = bytesMax
        self.depthMax = depthMax
    }
}
