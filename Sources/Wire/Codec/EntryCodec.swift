package import Domain

/// Journal records to bytes and back (`docs/journal-entries.md`).
///
/// Every payload begins with the version of its layout. Decoding is total: any bytes give a record
/// or a typed error.
package enum EntryCodec {
    /// The layout that this code writes.
    package static let version: UInt8 = 1

    /// The layout of a founding entry that takes an epoch over.
    package static let carryingVersion: UInt8 = 2

    /// The layout of a founding entry of the sealed lane; what carries an epoch over follows a flag.
    package static let sealedVersion: UInt8 = 3

    /// The payload of a record.
    package static func encode(_ record: JournalRecord) -> [UInt8] {
        var bytes: [UInt8] = []
        append(record, to: &bytes)
        return bytes
    }

    /// Appends the payload of a record.
    package static func append(_ record: JournalRecord, to bytes: inout [UInt8]) {
        var writer = RecordWriter(appendingTo: bytes)
        bytes = []
        defer { bytes = writer.bytes }
        if case .founding(let founding) = record, founding.lane == .sealed {
            writer.append(sealedVersion)
        } else if case .founding(let founding) = record, founding.carried != nil {
            writer.append(carryingVersion)
        } else {
            writer.append(version)
        }
        switch record {
        case .founding(let founding):
            writer.append(founding.engineVersion)
            writer.append(founding.county.number)
            writer.append(founding.hasScenarioClock)
            writer.append(founding.epoch)
            if founding.lane == .sealed { writer.append(founding.carried != nil) }
            if let carried = founding.carried {
                writer.append(carried.state)
                writer.append(UInt32(carried.files.count))
                for file in carried.files {
                    writer.append(file.name.rawValue)
                    writer.append(file.version)
                }
            }
        case .configuration(let name, let canonical):
            writer.append(name.rawValue)
            writer.append(block: canonical)
        case .item(let position, let id, let digest, let event):
            writer.append(position)
            writer.append(id)
            writer.append(digest)
            writer.append(block: event)
        case .quarantine(let position, let quarantine):
            writer.append(position)
            writer.append(quarantine.code.rawValue)
            writer.append(quarantine.id)
            writer.append(quarantine.lineDigest)
            writer.append(quarantine.reason)
            writer.append(block: quarantine.line)
        case .sealedRefusal(let position):
            writer.append(position)
        case .command(let command):
            writer.append(command.officer)
            writer.append(command.idempotencyKey)
            switch command.action {
            case .acknowledge(let alert, let report, let note):
                writer.append(1 as UInt8)
                writer.append(alert)
                writer.append(report)
                writer.append(note)
            case .confirmClock: writer.append(2 as UInt8)
            case .edit(let edit, let note):
                writer.append(2 + edit.kind.rawValue)
                writer.append(edit)
                writer.append(note)
            case .undo(let number, let note):
                writer.append(6 as UInt8)
                writer.append(number)
                writer.append(note)
            case .setLife(let seen, let isClosed, let note):
                writer.append(7 as UInt8)
                writer.append(seen)
                writer.append(isClosed)
                writer.append(note)
            case .withdraw(let ref):
                writer.append(8 as UInt8)
                writer.append(ref)
            case .classify(let ref, let purpose, let note):
                writer.append(9 as UInt8)
                writer.append(ref)
                writer.append(purpose.rawValue)
                writer.append(note)
            }
        case .tick: break
        case .clock(let change): writer.append(change)
        case .observation(let observation): writer.append(observation)
        case .withheld(let position, let withheld):
            writer.append(position)
            writer.append(withheld.id)
            writer.append(withheld.code?.rawValue ?? 0)
        case .erasure(let erasure): erasure.write(to: &writer)
        }
    }

    /// The record of a payload.
    package static func decode(
        kind number: UInt16,
        payload: [UInt8]
    ) throws(RecordError) -> JournalRecord {
        guard let kind = JournalRecord.Kind(rawValue: number) else { throw .unknownKind(number) }
        var reader = RecordReader(payload)
        let version = try reader.number("the version", as: UInt8.self)
        let record: JournalRecord
        switch version {
        case EntryCodec.version: record = try body(kind, &reader)
        case EntryCodec.carryingVersion where kind == .founding:
            record = try founding(&reader, lane: .open, carries: true)
        case EntryCodec.sealedVersion where kind == .founding:
            record = try founding(&reader, lane: .sealed, carries: nil)
        default: throw .unknownVersion(version)
        }
        try reader.end()
        return record
    }

    private static func body(
        _ kind: JournalRecord.Kind,
        _ reader: inout RecordReader
    ) throws(RecordError) -> JournalRecord {
        switch kind {
        case .founding:
            return try founding(&reader, lane: .open, carries: false)
        case .configuration:
            return .configuration(
                try reader.choice("the file's name"),
                canonical: try reader.block("the canonical JSON")
            )
        case .item:
            return .item(
                try reader.position(),
                id: try reader.text("the id"),
                try reader.digest("the digest"),
                event: try reader.block("the event")
            )
        case .quarantine: return .quarantine(try reader.position(), try quarantine(&reader))
        case .sealedRefusal: return .sealedRefusal(try reader.position())
        case .command: return .command(try command(&reader))
        case .tick: return .tick
        case .clock: return .clock(try reader.clockChange())
        case .observation:
            let start = reader.offset
            let observation = try reader.observation()
            guard observation.condition.isObserved else {
                throw .badField("the condition", offset: start)
            }
            return .observation(observation)
        case .withheld:
            let position = try reader.position()
            let id = try reader.text("the id")
            let start = reader.offset
            let code: UInt16 = try reader.number("the code")
            guard code == 0 || ErrorCode(rawValue: code) != nil else {
                throw .badField("the code", offset: start)
            }
            return .withheld(position, .init(id: id, code: ErrorCode(rawValue: code)))
        case .erasure: return .erasure(try Erasure(&reader))
        }
    }

    /// A founding entry; without `carries` it says itself whether an epoch is carried over.
    private static func founding(
        _ reader: inout RecordReader,
        lane: Lane,
        carries: Bool?
    ) throws(RecordError) -> JournalRecord {
        var founding = Founding(
            engineVersion: try reader.number("the engine's version"),
            county: try reader.division("the county"),
            hasScenarioClock: try reader.flag("the scenario clock"),
            lane: lane,
            epoch: try reader.number("the epoch")
        )
        let isCarrying: Bool
        if let carries {
            isCarrying = carries
        } else {
            isCarrying = try reader.flag("what is carried over")
        }
        if isCarrying {
            let state = try reader.digest("the state's digest")
            var files: [Founding.FileVersion] = []
            for _ in 0..<(try reader.number("the files", as: UInt32.self)) {
                files.append(
                    .init(
                        name: try reader.choice("a file's name"),
                        version: try reader.number("a file's version")
                    )
                )
            }
            founding.carried = Founding.Carried(state: state, files: files)
        }
        return .founding(founding)
    }

    private static func quarantine(
        _ reader: inout RecordReader
    ) throws(RecordError) -> JournalRecord.Quarantine {
        let code: ErrorCode = try reader.choice("the code")
        let id = try reader.text("the id")
        let digest = try reader.digest("the line's digest")
        let reason = try reader.text("the reason")
        let start = reader.offset
        let line = try reader.block("the line")
        let isBounded = line.count <= JournalRecord.Quarantine.lineBytesMax
        guard isBounded, code != .secrecyMarking || line.isEmpty else {
            throw .badField("the line", offset: start)
        }
        return JournalRecord.Quarantine(
            code: code,
            reason: reason,
            id: id,
            lineDigest: digest,
            line: line
        )
    }

    private static func command(_ reader: inout RecordReader) throws(RecordError) -> Command {
        let officer = try reader.text("the officer")
        let key = try reader.text("the command's key")
        let start = reader.offset
        let action: Command.Action
        let number = try reader.number("the action", as: UInt8.self)
        switch number {
        case 1:
            action = .acknowledge(
                try reader.alertID("the alert"),
                report: try reader.int("the report"),
                note: try reader.text("the note")
            )
        case 2: action = .confirmClock
        case 3...5:
            guard let kind = CaseEdit.Kind(rawValue: number - 2) else {
                throw .badField("the action", offset: start)
            }
            action = .edit(try reader.edit(kind), note: try reader.text("the note"))
        case 6:
            action = .undo(
                edit: try reader.number("the edit"),
                note: try reader.text("the note")
            )
        case 7:
            action = .setLife(
                try reader.seenCase(),
                isClosed: try reader.flag("closed"),
                note: try reader.text("the note")
            )
        case 8: action = .withdraw(try reader.ref("the item"))
        case 9:
            let ref = try reader.ref("the item")
            guard let purpose = Purpose(rawValue: try reader.text("the purpose")) else {
                throw .badField("the purpose", offset: start)
            }
            action = .classify(ref, purpose, note: try reader.text("the note"))
        default: throw .badField("the action", offset: start)
        }
        return Command(officer: officer, idempotencyKey: key, action: action)
    }
}

/// Writes the items of one stream as records, straight from the bytes that came.
package struct ItemRecords {
    /// What all items of the stream begin with.
    private let head: [UInt8]

    /// Records of a stream.
    package init(_ stream: StreamID) {
        var writer = RecordWriter()
        writer.append(EntryCodec.version)
        writer.append(stream)
        head = writer.bytes
    }

    /// Appends what `EntryCodec.encode` makes of an item.
    package func append(
        number: UInt64,
        id: String,
        _ digest: ContentDigest,
        event: UnsafeRawBufferPointer,
        to bytes: inout [UInt8]
    ) {
        bytes.reserveAtLeast(bytes.count + head.count + id.utf8.count + event.count + 64)
        bytes.append(contentsOf: head)
        let words = (
            number.bigEndian, UInt32(id.utf8.count).bigEndian
        )
        withUnsafeBytes(of: words.0) { bytes.append(contentsOf: $0) }
        withUnsafeBytes(of: words.1) { bytes.append(contentsOf: $0) }
        bytes.append(contentsOf: id.utf8)
        let (first, second, third, fourth) = digest.words
        let ordered = (first.bigEndian, second.bigEndian, third.bigEndian, fourth.bigEndian)
        withUnsafeBytes(of: ordered) { bytes.append(contentsOf: $0) }
        withUnsafeBytes(of: UInt32(event.count).bigEndian) { bytes.append(contentsOf: $0) }
        bytes.append(contentsOf: event)
    }
}

extension [UInt8] {
    /// Room for so many bytes, growing by doubling.
    fileprivate mutating func reserveAtLeast(_ count: Int) {
        if capacity < count { reserveCapacity(Swift.max(count, 2 * capacity)) }
    }
}
