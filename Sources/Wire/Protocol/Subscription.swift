package import Domain

/// What a desk wants to see from now on (SUBSCRIBE, 订阅).
package struct Subscribe: Equatable, Sendable {
    /// 1 to 64 patterns, as written; whether they are well-formed is for `patterns`.
    package var subjects: [String]
    /// Bytes of DELIVER, ANSWER and REPLAY_CHUNK bodies that the client takes, absolute in this session.
    package var credit: UInt64
    /// The terms of a durable subscription; `nil` for one that ends with the session.
    package var durable: DurableTerms?

    /// A wish from its parts.
    package init(subjects: [String], credit: UInt64, durable: DurableTerms? = nil) {
        self.subjects = subjects
        self.credit = credit
        self.durable = durable
    }

    /// The patterns.
    ///
    /// - Throws: `malformedSubject`, naming the first that is none.
    package func patterns() throws(ProtocolError) -> [SubjectPattern] {
        try SubjectPattern.read(subjects)
    }

    /// The message on the wire; `request` becomes the incarnation.
    package func frame(request: UInt64) -> Frame {
        var members: [JSONValue.Member] = [
            .init("subjects", .array(subjects.map { .string($0) })),
            .init("credit", .integer(Int64(credit))),
        ]
        if let durable { members.append(.init("durable", durable.json)) }
        return Frame(.subscribe, number: request, json: .object(members))
    }

    init(body: ArraySlice<UInt8>) throws(ProtocolError) {
        let fields = try BodyFields(.subscribe, body)
        subjects = try fields.subjects(count: 1...ProtocolLimits.subjectsMax)
        credit = try fields.number("credit")
        durable = try fields.object("durable").map { (inner) throws(ProtocolError) in
            try DurableTerms(inner)
        }
    }
}

extension SubjectPattern {
    /// Patterns from their texts.
    ///
    /// - Throws: `malformedSubject`, naming the first that is none.
    package static func read(_ texts: [String]) throws(ProtocolError) -> [SubjectPattern] {
        var patterns: [SubjectPattern] = []
        for text in texts {
            guard let pattern = SubjectPattern(text: text) else {
                throw ProtocolError(
                    .malformedSubject,
                    "Subject \(patterns.count + 1) is no pattern; write like alert.red.44.14.>."
                )
            }
            patterns.append(pattern)
        }
        return patterns
    }
}

extension BodyFields {
    func subjects(count: ClosedRange<Int>) throws(ProtocolError) -> [String] {
        var subjects: [String] = []
        for element in try array("subjects", count: count) {
            guard let text = element.text, text.utf8.count <= SubjectPattern.bytesMax else {
                throw wrong("subjects", "strings of at most 256 bytes")
            }
            subjects.append(text)
        }
        return subjects
    }
}

/// One decision for a desk (DELIVER).
package struct Delivery: Equatable, Sendable {
    /// Which part of a subscription it belongs to.
    package enum Phase: String, Hashable, Sendable {
        /// An alert that was active when the subscription began.
        case snapshot
        /// A change after that.
        case live
    }

    /// The number of the SUBSCRIBE that it answers.
    package var incarnation: UInt64
    /// Snapshot or live.
    package var phase: Phase
    /// The subject, `alert.red.44.14.24.120.labour.wages`.
    package var subject: String
    /// How often it was delivered in this incarnation before this time.
    package var again: Int
    /// The decision, an object.
    package var decision: JSONValue

    /// A delivery from its parts.
    package init(
        incarnation: UInt64,
        phase: Phase,
        subject: String,
        again: Int = 0,
        decision: JSONValue
    ) {
        self.incarnation = incarnation
        self.phase = phase
        self.subject = subject
        self.again = again
        self.decision = decision
    }

    /// The message on the wire.
    package func frame(number: UInt64) -> Frame {
        Delivery.frame(
            number: number,
            incarnation: incarnation,
            phase: phase,
            subject: subject,
            again: again,
            decision: decision.bytes
        )
    }

    /// The message around a decision, one JSON object, that was printed once for many sessions.
    static func frame(
        number: UInt64,
        incarnation: UInt64,
        phase: Phase,
        subject: String,
        again: Int,
        decision: [UInt8]
    ) -> Frame {
        Frame(.deliver, number: number, bodyBytes: decision.count + 160) { writer in
            writer.append(contentsOf: #"{"incarnation":\#(incarnation),"#.utf8)
            writer.append(contentsOf: #""phase":"\#(phase.rawValue)","subject":"#.utf8)
            writer.append(contentsOf: JSONValue.string(subject).bytes)
            if again > 0 { writer.append(contentsOf: #","again":\#(again)"#.utf8) }
            writer.append(contentsOf: #","decision":"#.utf8)
            writer.append(contentsOf: decision)
            writer.append(UInt8(ascii: "}"))
        }
    }

    init(body: ArraySlice<UInt8>) throws(ProtocolError) {
        let fields = try BodyFields(.deliver, body)
        incarnation = try fields.number("incarnation", in: 1...ProtocolLimits.numberMax)
        guard let phase = Phase(rawValue: try fields.text("phase", bytes: 1...16)) else {
            throw fields.wrong("phase", "snapshot or live")
        }
        self.phase = phase
        subject = try fields.text("subject", bytes: 1...SubjectPattern.bytesMax)
        again = Int(try fields.optionalNumber("again", in: 0...1_000_000) ?? 0)
        guard let decision = fields.value["decision"], decision.members != nil else {
            throw fields.wrong("decision", "an object")
        }
        self.decision = decision
    }
}

/// The snapshot is complete; what follows is live (SNAPSHOT_END).
package struct SnapshotEnd: Equatable, Sendable {
    /// The number of the SUBSCRIBE that it answers.
    package var incarnation: UInt64
    /// How many DELIVERs the snapshot had.
    package var count: UInt64

    /// An end from its parts.
    package init(incarnation: UInt64, count: UInt64) {
        self.incarnation = incarnation
        self.count = count
    }

    /// The message on the wire; its number is the count, that of the last DELIVER.
    package var frame: Frame {
        Frame(
            .snapshotEnd,
            number: count,
            json: [
                "incarnation": .integer(Int64(incarnation)), "count": .integer(Int64(count)),
            ]
        )
    }

    init(number: UInt64, body: ArraySlice<UInt8>) throws(ProtocolError) {
        let fields = try BodyFields(.snapshotEnd, body)
        incarnation = try fields.number("incarnation", in: 1...ProtocolLimits.numberMax)
        count = try fields.number("count")
        guard count == number else { throw fields.wrong("count", "the number of the message") }
    }
}
