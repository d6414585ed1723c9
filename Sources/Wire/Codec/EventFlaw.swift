import Domain

/// Why an event is no item: a code, and a sentence for the agency's engineer.
struct EventFlaw: Error {
    let code: ErrorCode
    let reason: String

    /// A flaw; the reason is cut at `EventDecoder.reasonBytesMax` bytes.
    init(_ code: ErrorCode, _ reason: String) {
        self.code = code
        self.reason = reason.prefix(utf8Bytes: EventDecoder.reasonBytesMax)
    }

    /// Bytes that are no JSON at all.
    init(_ error: JSONError) {
        switch error.reason {
        case .tooLarge(let bytesMax):
            self.init(.eventTooLarge, "the event has more than \(bytesMax) bytes; shorten the text")
        case .numberOutOfRange: self.init(.badValue, error.explanation)
        case .outOfMemory: self.init(.overloaded, error.explanation)
        default: self.init(.notJSON, error.explanation)
        }
    }

    static func missing(_ path: String) -> EventFlaw {
        EventFlaw(.missingAttribute, "\(path) is missing or empty; it is required")
    }

    static func wrongType(_ path: String, _ expected: String) -> EventFlaw {
        EventFlaw(.wrongType, "\(path) is not \(expected); send \(expected)")
    }

    static func tooLong(_ path: String, bytesMax: Int) -> EventFlaw {
        EventFlaw(.textTooLong, "\(path) has more than \(bytesMax) bytes of UTF-8; shorten it")
    }
}

extension String {
    /// The longest beginning of at most so many bytes that ends between characters.
    package func prefix(utf8Bytes bytesMax: Int) -> String {
        guard utf8.count > bytesMax else { return self }
        var end = utf8.index(startIndex, offsetBy: bytesMax)
        while end > startIndex, end.samePosition(in: unicodeScalars) == nil {
            end = utf8.index(before: end)
        }
        return String(self[..<end])
    }
}

/// Single values of an event.
enum EventText {
    /// A string that must be there.
    static func required(_ node: JSONNode?, _ path: String) throws(EventFlaw) -> JSONNode {
        guard let node else { throw .missing(path) }
        guard node.kind == .string else { throw .wrongType(path, "a string") }
        if node.bytes.isEmpty { throw .missing(path) }
        return node
    }

    /// A text that may be absent, then empty; line breaks and tabs are allowed in it.
    static func text(
        _ node: JSONNode?,
        _ path: @autoclosure () -> String,
        bytesMax: Int
    ) throws(EventFlaw) -> String {
        guard let node else { return "" }
        guard node.kind == .string else { throw .wrongType(path(), "a string") }
        if node.bytes.count > bytesMax { throw .tooLong(path(), bytesMax: bytesMax) }
        if ByteSearch.hasControl(in: UnsafeRawBufferPointer(node.bytes), allowingBreaks: true) {
            throw EventFlaw(.badValue, "\(path()) has a control character; remove it")
        }
        return node.string
    }

    /// The agency's own number.
    static func identifier(_ node: JSONNode?, _ path: String) throws(EventFlaw) -> String {
        let node = try required(node, path)
        guard node.bytes.count <= ItemLimits.idBytesMax else {
            throw EventFlaw(
                .badIdentity,
                "\(path) has more than \(ItemLimits.idBytesMax) bytes; use the agency's own number"
            )
        }
        if ByteSearch.hasControl(in: UnsafeRawBufferPointer(node.bytes), allowingBreaks: false) {
            throw EventFlaw(.badIdentity, "\(path) has a control character; remove it")
        }
        return node.string
    }

    /// A time in RFC 3339.
    static func time(_ node: JSONNode?, _ path: String) throws(EventFlaw) -> Timestamp? {
        guard let node else { return nil }
        guard node.kind == .string else { throw .wrongType(path, "a string") }
        guard node.bytes.count <= 40, let time = Timestamp(rfc3339: node.string) else {
            throw EventFlaw(
                .badTime,
                "\(path) is no RFC 3339 time with a zone; write it as 2024-03-05T14:30:00+08:00"
            )
        }
        return time
    }

    /// One of a few words.
    static func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ node: JSONNode?,
        _ path: String
    ) throws(EventFlaw) -> Choice? {
        guard let node else { return nil }
        guard node.kind == .string else { throw .wrongType(path, "a string") }
        guard node.bytes.count <= 32, let choice = Choice(rawValue: node.string) else {
            let words = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw EventFlaw(.badValue, "\(path) is none of the known words; use one of: \(words)")
        }
        return choice
    }

    /// A whole number in a range; 0 when absent.
    static func integer(
        _ node: JSONNode?,
        _ path: @autoclosure () -> String,
        in range: ClosedRange<Int>
    ) throws(EventFlaw) -> Int {
        guard let node else { return 0 }
        let value: Int?
        switch node.kind {
        case .integer: value = Int(exactly: node.integer)
        case .number: value = Int(exactly: node.number)
        case .unsigned: value = nil
        default: throw .wrongType(path(), "a whole number")
        }
        guard let value, range.contains(value) else {
            throw EventFlaw(
                .badValue,
                "\(path()) is no whole number from \(range.lowerBound) to \(range.upperBound)"
                    + "; correct it or leave it out"
            )
        }
        return value
    }

    /// True or false; false when absent.
    static func flag(_ node: JSONNode?, _ path: @autoclosure () -> String) throws(EventFlaw) -> Bool
    {
        switch node?.kind {
        case nil, .no: return false
        case .yes: return true
        default: throw .wrongType(path(), "true or false")
        }
    }
}

/// Plain looks at bytes.
enum ByteSearch {
    /// Control characters: below U+0020 and U+007F, and for identifiers also U+0080 to U+009F.
    static func hasControl(in bytes: UnsafeRawBufferPointer, allowingBreaks: Bool) -> Bool {
        guard allowingBreaks else { return hasAnyControl(in: bytes) }
        var place = ByteScan.control(in: bytes, from: 0)
        while place < bytes.count {
            let byte = bytes[place]
            guard byte == 9 || byte == 10 || byte == 13 else { return true }
            place = ByteScan.control(in: bytes, from: place + 1)
        }
        return false
    }

    private static func hasAnyControl(in bytes: UnsafeRawBufferPointer) -> Bool {
        for place in bytes.indices {
            let byte = bytes[place]
            if byte < 0x20 || byte == 0x7F { return true }
            if byte == 0xC2, place + 1 < bytes.count, (0x80...0x9F).contains(bytes[place + 1]) {
                return true
            }
        }
        return false
    }

    /// Whether lower-case ASCII letters occur, in either case.
    static func contains(_ word: StaticString, in bytes: UnsafeRawBufferPointer) -> Bool {
        let count = word.utf8CodeUnitCount
        guard bytes.count >= count else { return false }
        for start in 0...(bytes.count - count) {
            var index = 0
            while index < count, bytes[start + index] | 0x20 == word.utf8Start[index] { index += 1 }
            if index == count { return true }
        }
        return false
    }
}
