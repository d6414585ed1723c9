package import Domain

/// Why bytes of the journal are no record, or one that this version cannot use.
package enum RecordError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The bytes end inside a field.
    case truncated(field: String, offset: Int)
    /// A field holds what it must not.
    case badField(String, offset: Int)
    /// Bytes follow the last field.
    case trailing(count: Int)
    /// A kind of record that this version does not know.
    case unknownKind(UInt16)
    /// A layout that this version does not know.
    case unknownVersion(UInt8)
    /// An event that was taken once and is no item to this version.
    case noItem(ErrorCode, reason: String)
    /// The event's content has another digest than the record says.
    case otherDigest
    /// A configuration that this version does not take.
    case badConfiguration([ConfigurationMistake])

    /// What is wrong and what to do.
    package var description: String {
        switch self {
        case .truncated(let field, let offset):
            "the record ends inside \(field) at byte \(offset); run verify on the journal"
        case .badField(let field, let offset):
            "\(field) at byte \(offset) of the record is invalid; run verify on the journal"
        case .trailing(let count):
            "\(count) bytes follow the record; run verify on the journal"
        case .unknownKind(let kind):
            "records of kind \(kind) are unknown; use the version that wrote the journal, or newer"
        case .unknownVersion(let version):
            "layout \(version) is unknown; use the version that wrote the journal, or newer"
        case .noItem(let code, let reason):
            "the event is no item to this version (\(code.text): \(reason)); upgrade the journal"
        case .otherDigest: "the event's content differs from its digest; run verify on the journal"
        case .badConfiguration(let mistakes):
            "the configuration is not taken: "
                + mistakes.prefix(3).map(\.description).joined(separator: "; ")
        }
    }
}

/// Appends big-endian numbers and length-prefixed texts to a record.
struct RecordWriter {
    private(set) var bytes: [UInt8]

    init(appendingTo bytes: [UInt8] = []) { self.bytes = bytes }

    mutating func append<Number: FixedWidthInteger>(_ value: Number) {
        withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
    }

    /// 32 bits of length, then the bytes.
    mutating func append(block: [UInt8]) {
        append(UInt32(block.count))
        bytes.append(contentsOf: block)
    }

    /// 32 bits of length, then UTF-8.
    mutating func append(_ text: String) {
        append(UInt32(text.utf8.count))
        bytes.append(contentsOf: text.utf8)
    }

    mutating func append(_ flag: Bool) { append(flag ? 1 : 0 as UInt8) }

    mutating func append(_ value: Int) { append(Int64(value)) }

    mutating func append(_ time: Timestamp) { append(time.milliseconds) }

    mutating func append(_ ref: ItemRef) {
        append(ref.agency.name)
        append(ref.id)
    }

    mutating func append(_ digest: ContentDigest) {
        append(digest.words.0)
        append(digest.words.1)
        append(digest.words.2)
        append(digest.words.3)
    }

    mutating func append(_ position: StreamPosition) {
        append(position.stream)
        append(position.number)
    }

    mutating func append(_ stream: StreamID) {
        append(stream.agency.name)
        append(stream.name)
        append(stream.epoch)
    }

    mutating func append(_ id: CaseID) {
        append(id.county)
        append(id.number)
    }

    mutating func append(_ id: AlertID) {
        append(id.county)
        append(id.number)
    }
}

/// Reads what `RecordWriter` wrote; every read is checked against the end and the field's rules.
struct RecordReader {
    private let bytes: [UInt8]
    private(set) var offset: Int

    init(_ bytes: [UInt8], from offset: Int = 0) {
        self.bytes = bytes
        self.offset = offset
    }

    private mutating func take(_ count: Int, _ field: String) throws(RecordError) -> Range<Int> {
        guard count <= bytes.count - offset else {
            throw .truncated(field: field, offset: offset)
        }
        defer { offset += count }
        return offset..<(offset + count)
    }

    mutating func number<Number: FixedWidthInteger>(
        _ field: String,
        as type: Number.Type = Number.self
    ) throws(RecordError) -> Number {
        let place = try take(MemoryLayout<Number>.size, field)
        let value = bytes.withUnsafeBytes {
            $0.loadUnaligned(fromByteOffset: place.lowerBound, as: Number.self)
        }
        return Number(bigEndian: value)
    }

    mutating func int(_ field: String) throws(RecordError) -> Int {
        Int(try number(field, as: Int64.self))
    }

    mutating func flag(_ field: String) throws(RecordError) -> Bool {
        let start = offset
        switch try number(field, as: UInt8.self) {
        case 0: return false
        case 1: return true
        default: throw .badField(field, offset: start)
        }
    }

    mutating func block(_ field: String) throws(RecordError) -> [UInt8] {
        let count = Int(try number(field, as: UInt32.self))
        return Array(bytes[try take(count, field)])
    }

    mutating func text(_ field: String) throws(RecordError) -> String {
        let start = offset
        let count = Int(try number(field, as: UInt32.self))
        let place = try take(count, field)
        // Records are read by the million; unlike a slice of an array, a span is checked without generic code.
        guard let text = try? UTF8Span(validating: bytes.span.extracting(place)) else {
            throw .badField(field, offset: start)
        }
        return String(copying: text)
    }

    /// Goes past a text without looking at it.
    mutating func passText(_ field: String) throws(RecordError) {
        _ = try take(Int(try number(field, as: UInt32.self)), field)
    }

    /// A number that stands for a case of an enumeration.
    mutating func choice<Choice: RawRepresentable>(
        _ field: String
    ) throws(RecordError) -> Choice where Choice.RawValue: FixedWidthInteger {
        let start = offset
        return try required(Choice(rawValue: try number(field)), field, start)
    }

    /// A level; its raw value is a machine word, one byte of it is kept.
    mutating func level(_ field: String) throws(RecordError) -> AlertLevel {
        let start = offset
        let value = try number(field, as: UInt8.self)
        return try required(AlertLevel(rawValue: Int(value)), field, start)
    }

    mutating func time(_ field: String) throws(RecordError) -> Timestamp {
        Timestamp(milliseconds: try number(field))
    }

    mutating func agency(_ field: String) throws(RecordError) -> AgencyID {
        let start = offset
        return try required(AgencyID(name: try text(field)), field, start)
    }

    mutating func ref(_ field: String) throws(RecordError) -> ItemRef {
        ItemRef(agency: try agency(field), id: try text(field))
    }

    mutating func division(_ field: String) throws(RecordError) -> Division {
        let start = offset
        return try required(Division(checking: try number(field)), field, start)
    }

    mutating func category(_ field: String) throws(RecordError) -> Category {
        let start = offset
        return try required(Category(key: try text(field)), field, start)
    }

    mutating func digest(_ field: String) throws(RecordError) -> ContentDigest {
        ContentDigest(
            try number(field),
            try number(field),
            try number(field),
            try number(field)
        )
    }

    mutating func position() throws(RecordError) -> StreamPosition {
        let agency = try agency("the stream's agency")
        let name = try self.agency("the stream's name").name
        let stream = StreamID(
            agency: agency,
            name: name,
            epoch: try number("the stream's epoch")
        )
        return StreamPosition(stream: stream, number: try number("the stream's number"))
    }

    mutating func caseID(_ field: String) throws(RecordError) -> CaseID {
        CaseID(county: try number(field), number: try identifier(field))
    }

    mutating func alertID(_ field: String) throws(RecordError) -> AlertID {
        AlertID(county: try number(field), number: try identifier(field))
    }

    /// 60 bits; the upper four are zero, so that one identifier has one form.
    private mutating func identifier(_ field: String) throws(RecordError) -> UInt64 {
        let start = offset
        let value = try number(field, as: UInt64.self)
        return try required(value >> 60 == 0 ? value : nil, field, start)
    }

    mutating func end() throws(RecordError) {
        if offset < bytes.count { throw .trailing(count: bytes.count - offset) }
    }

    private func required<Value>(
        _ value: Value?,
        _ field: String,
        _ start: Int
    ) throws(RecordError) -> Value {
        guard let value else { throw .badField(field, offset: start) }
        return value
    }
}
