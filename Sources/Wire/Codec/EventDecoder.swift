package import Domain

/// Reads one line, a CloudEvents event in JSON, as an item (CONTRACT §1).
///
/// Owns a parser and buffers that are used again for every line, so each thread has its own. It
/// looks at form alone: grants, numbers and content are the gate's and the engine's.
package final class EventDecoder {
    /// What a line turned out to be.
    package enum Outcome: Equatable, Sendable {
        /// An item, and the digest of its content.
        case item(Item, ContentDigest)
        /// No item: why, the `id` where one could be read, and the digest of the line's bytes.
        ///
        /// The reason names the member, what is wrong and what to do, in at most
        /// `EventDecoder.reasonBytesMax` bytes, and never quotes the line.
        case malformed(ErrorCode, reason: String, id: String, lineDigest: ContentDigest)
        /// No item, and by its purpose an accusation: the open lane may keep nothing of it (限知).
        case sealed
    }

    /// The longest reason in bytes.
    package static let reasonBytesMax = 200
    /// The deepest nesting of an event.
    package static let depthMax = 32

    /// All that is used again, in one value, so that a line costs one check of exclusive access.
    private var reader: EventReader

    /// A decoder with buffers for lines of usual size.
    ///
    /// - Parameter lane: The lane that the lines came to; the sealed one keeps also broken accusations aside.
    package init(lane: Lane = .open) {
        reader = EventReader(lane: lane)
    }

    /// Decodes one line that `sender` sent.
    package func decode(line: UnsafeRawBufferPointer, sender: AgencyID) -> Outcome {
        reader.decode(line: line, sender: sender)
    }

    /// Decodes one line that `sender` sent.
    package func decode(line: [UInt8], sender: AgencyID) -> Outcome {
        line.withUnsafeBytes { decode(line: $0, sender: sender) }
    }

    /// Decodes lines that `sender` sent together, and calls `each` with the place of each line and what
    /// it is, in order.
    ///
    /// The same as one after the other, but their digests are computed side by side.
    package func decode(
        lines: [Range<Int>],
        in bytes: UnsafeRawBufferPointer,
        sender: AgencyID,
        _ each: (Int, consuming Outcome) -> Void
    ) {
        reader.decode(lines: lines, in: bytes, sender: sender, each)
    }
}

/// The attributes of an event that mean something here.
enum Attribute: Int, MemberName {
    case specversion, type, source, id, time, subject, data
    /// An extension beside the content: it is no part of the digest.
    case history

    var name: StaticString {
        switch self {
        case .specversion: "specversion"
        case .type: "type"
        case .source: "source"
        case .id: "id"
        case .time: "time"
        case .subject: "subject"
        case .data: "data"
        case .history: "history"
        }
    }
}

/// The names of an object's members that are looked for.
protocol MemberName: RawRepresentable<Int>, CaseIterable {
    var name: StaticString { get }
}

/// The known members of one object, found in one pass over it; others are passed over.
///
/// A member that is `null` counts as absent: exports write it for an empty column.
struct MemberTable<Name: MemberName> {
    private var nodes: [JSONNode?]
    /// All names, the shorter ones first.
    private let names: [(place: Int, text: StaticString)]
    /// Where the names of each length begin in `names`, and where the longest end.
    private let starts: [Int]

    init() {
        let all = Name.allCases.map { (place: $0.rawValue, text: $0.name) }
        names = all.sorted { $0.text.utf8CodeUnitCount < $1.text.utf8CodeUnitCount }
        let longest = names.last?.text.utf8CodeUnitCount ?? 0
        starts = (0...longest + 1).map { [names] length in
            names.firstIndex { $0.text.utf8CodeUnitCount >= length } ?? names.count
        }
        nodes = Array(repeating: nil, count: all.count)
    }

    subscript(name: Name) -> JSONNode? { nodes[name.rawValue] }

    mutating func fill(from object: JSONNode) {
        for index in nodes.indices { nodes[index] = nil }
        var key = object.inside
        for _ in 0..<object.count {
            let value = key.after
            let length = key.bytes.count
            if length + 1 < starts.count, value.kind != .null {
                for index in starts[length]..<starts[length + 1] where key.isText(names[index].text)
                {
                    nodes[names[index].place] = value
                }
            }
            key = value.after
        }
    }
}
