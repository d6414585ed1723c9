package import Domain
package import Hashing

/// A bounded walk through the decisions of the past (REPLAY, 回放).
package struct ReplayRequest: Equatable, Sendable {
    /// Where a replay begins.
    package enum Beginning: Equatable, Sendable {
        /// With the first decision of the log.
        case start
        /// With the first decision at or after a time.
        case time(Timestamp)
        /// With a decision by its number in the log; an operator's right.
        case number(UInt64)
        /// Behind a chunk, by its token; count and digest go on.
        case token(String)
    }

    /// Where a replay ends.
    package enum End: Equatable, Sendable {
        /// With the last decision that the log has when the replay begins.
        case now
        /// Before the first decision at or after a time.
        case time(Timestamp)
        /// With a decision by its number in the log, which belongs to it; an operator's right.
        case number(UInt64)
    }

    /// How decisions stand in the chunks.
    package enum Form: UInt8, CaseIterable, Hashable, Sendable {
        /// `{"subject","decision"}` for people and scripts.
        case json = 0
        /// The bytes of the log, over which the digest goes.
        case log = 1

        /// The token in the request.
        package var token: String { self == .json ? "json" : "log" }
    }

    /// Where it begins.
    package var beginning: Beginning
    /// Where it ends.
    package var end: End
    /// Patterns, at most 64; every decision when there is none.
    package var subjects: [String]
    /// Times faster than real time by the decisions' own times; 0 is without a bound.
    package var speed: Int
    /// How decisions are shown.
    package var form: Form
    /// Bytes that the client takes, absolute in this session.
    package var credit: UInt64

    /// The fastest bounded pace.
    package static let speedMax = 1_000_000

    /// A wish from its parts.
    package init(
        from beginning: Beginning = .start,
        to end: End = .now,
        subjects: [String] = [],
        speed: Int = 0,
        form: Form = .json,
        credit: UInt64 = 0
    ) {
        self.beginning = beginning
        self.end = end
        self.subjects = subjects
        self.speed = speed
        self.form = form
        self.credit = credit
    }

    /// The message on the wire; `request` becomes the incarnation.
    package func frame(request: UInt64) -> Frame {
        var members: [JSONValue.Member] = []
        switch beginning {
        case .start: break
        case .time(let time): members.append(.init("from", .string(time.rfc3339)))
        case .number(let number): members.append(.init("first", .integer(Int64(number))))
        case .token(let token): members.append(.init("resume", .string(token)))
        }
        switch end {
        case .now: break
        case .time(let time): members.append(.init("to", .string(time.rfc3339)))
        case .number(let number): members.append(.init("last", .integer(Int64(number))))
        }
        members += [
            .init("subjects", .array(subjects.map { .string($0) })),
            .init("speed", .integer(Int64(speed))),
            .init("form", .string(form.token)),
            .init("credit", .integer(Int64(credit))),
        ]
        return Frame(.replay, number: request, json: .object(members))
    }

    init(body: ArraySlice<UInt8>) throws(ProtocolError) {
        let fields = try BodyFields(.replay, body)
        let numbers = 1...ProtocolLimits.numberMax
        let tokenBytes = 1...ProtocolLimits.tokenBytesMax
        if let token = try fields.optionalText("resume", bytes: tokenBytes) {
            beginning = .token(token)
        } else if let number = try fields.optionalNumber("first", in: numbers) {
            beginning = .number(number)
        } else if let time = try fields.time("from") {
            beginning = .time(time)
        } else {
            beginning = .start
        }
        if let number = try fields.optionalNumber("last", in: numbers) {
            end = .number(number)
        } else if let time = try fields.time("to") {
            end = .time(time)
        } else {
            end = .now
        }
        subjects = try fields.subjects(count: 0...ProtocolLimits.subjectsMax)
        let speeds = 0...UInt64(ReplayRequest.speedMax)
        speed = Int(try fields.optionalNumber("speed", in: speeds) ?? 0)
        let text = try fields.optionalText("form", bytes: 1...8) ?? Form.json.token
        guard let form = Form.allCases.first(where: { $0.token == text }) else {
            throw fields.wrong("form", "json or log")
        }
        self.form = form
        credit = try fields.number("credit")
    }
}

extension BodyFields {
    fileprivate func time(_ key: String) throws(ProtocolError) -> Timestamp? {
        guard let text = try optionalText(key, bytes: 1...64) else { return nil }
        guard let time = Timestamp(rfc3339: text) else { throw wrong(key, "a time in RFC 3339") }
        return time
    }
}

/// Decisions of a replay, in order and without a gap (REPLAY_CHUNK).
package struct ReplayChunk: Equatable, Sendable {
    /// The number of the REPLAY.
    package var incarnation: UInt64
    /// How the records stand.
    package var form: ReplayRequest.Form
    /// An opaque token for the place behind the last record.
    package var token: String
    /// The records, at least one; the first has the number of the message.
    package var records: [ArraySlice<UInt8>]

    /// The message on the wire: its body within 1 MiB.
    package static func frame(
        number: UInt64,
        incarnation: UInt64,
        form: ReplayRequest.Form,
        token: String,
        records: ReplayRecords
    ) -> Frame {
        let bytes = 20 + token.utf8.count + records.bytes.count
        return Frame(.replayChunk, number: number, bodyBytes: bytes) { writer in
            writer.append(incarnation)
            writer.append(form.rawValue)
            writer.append(UInt8(0))
            writer.append(UInt16(token.utf8.count))
            writer.append(contentsOf: token.utf8)
            writer.append(UInt32(records.count))
            writer.append(contentsOf: records.bytes)
        }
    }

    init(body: ArraySlice<UInt8>) throws(ProtocolError) {
        var reader = FrameReader(body)
        incarnation = try reader.integer("incarnation")
        guard let form = ReplayRequest.Form(rawValue: try reader.byte("form")) else {
            throw .malformed("The form of a REPLAY_CHUNK is 0 or 1.")
        }
        self.form = form
        _ = try reader.byte("reserved byte")
        let length: UInt16 = try reader.integer("length of the token")
        token = try reader.text(Int(length), "token")
        let count: UInt32 = try reader.integer("count of records")
        guard count >= 1, Int(count) <= reader.rest.count / 4 else {
            throw .malformed("A REPLAY_CHUNK of \(count) records in \(reader.rest.count) bytes.")
        }
        records = []
        records.reserveCapacity(Int(count))
        for _ in 0..<count {
            let length: UInt32 = try reader.integer("length of a record")
            records.append(try reader.bytes(Int(length), "record"))
        }
        try reader.end()
    }
}

/// Records on their way into a chunk: each behind its length.
package struct ReplayRecords: Equatable, Sendable {
    /// The records with their lengths.
    package private(set) var bytes: [UInt8] = []
    /// How many they are.
    package private(set) var count = 0

    /// No record yet.
    package init() {}

    /// Appends a record.
    package mutating func append(_ record: [UInt8]) {
        let length = UInt32(record.count)
        for shift in [24, 16, 8, 0] as [UInt32] {
            bytes.append(UInt8(truncatingIfNeeded: length >> shift))
        }
        bytes.append(contentsOf: record)
        count += 1
    }
}

/// The replay has shown everything (REPLAY_END).
package struct ReplayEnd: Equatable, Sendable {
    /// The number of the REPLAY.
    package var incarnation: UInt64
    /// Decisions shown since the replay's beginning, those before a resumption included.
    package var count: UInt64
    /// The chain over their bytes in the log (`docs/journal-entries.md`), 64 hexadecimal digits.
    package var digest: Digest32
    /// The time of the last of them; `nil` without one.
    package var through: Timestamp?

    /// An end from its parts.
    package init(incarnation: UInt64, count: UInt64, digest: Digest32, through: Timestamp?) {
        self.incarnation = incarnation
        self.count = count
        self.digest = digest
        self.through = through
    }

    /// The message on the wire; `number` is that of the last record of this incarnation.
    package func frame(number: UInt64) -> Frame {
        Frame(
            .replayEnd,
            number: number,
            json: [
                "incarnation": .integer(Int64(incarnation)), "count": .integer(Int64(count)),
                "digest": .string(digest.hex),
                "through": through.map { .string($0.rfc3339) } ?? .null,
            ]
        )
    }

    init(body: ArraySlice<UInt8>) throws(ProtocolError) {
        let fields = try BodyFields(.replayEnd, body)
        incarnation = try fields.number("incarnation", in: 1...ProtocolLimits.numberMax)
        count = try fields.number("count")
        guard let digest = Digest32(hex: try fields.text("digest", bytes: 64...64)) else {
            throw fields.wrong("digest", "64 hexadecimal digits")
        }
        self.digest = digest
        through = try fields.time("through")
    }
}

/// How fast a replay goes on (PACE): another speed, a pause, or the end of one.
package struct Pace: Equatable, Sendable {
    /// The number of the REPLAY.
    package var incarnation: UInt64
    /// Times faster than real time; 0 is without a bound.
    package var speed: Int
    /// It stands still.
    package var isPaused: Bool

    /// A pace from its parts.
    package init(incarnation: UInt64, speed: Int, isPaused: Bool = false) {
        self.incarnation = incarnation
        self.speed = speed
        self.isPaused = isPaused
    }

    /// The message on the wire.
    package var frame: Frame {
        Frame(
            .pace,
            number: 0,
            json: [
                "incarnation": .integer(Int64(incarnation)), "speed": .integer(Int64(speed)),
                "paused": .bool(isPaused),
            ]
        )
    }

    init(body: ArraySlice<UInt8>) throws(ProtocolError) {
        let fields = try BodyFields(.pace, body)
        incarnation = try fields.number("incarnation", in: 1...ProtocolLimits.numberMax)
        speed = Int(try fields.number("speed", in: 0...UInt64(ReplayRequest.speedMax)))
        isPaused = try fields.flag("paused")
    }
}
