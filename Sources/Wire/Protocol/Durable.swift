package import Domain

/// What a durable subscription is to be (长期订阅): it goes on where its holder settled last, from
/// whatever machine.
package struct DurableTerms: Equatable, Sendable {
    /// Where a durable subscription begins, or begins anew.
    package enum Beginning: Equatable, Sendable {
        /// With the first decision of the log.
        case start
        /// With the first decision at or after a time.
        case time(Timestamp)
    }

    /// Its name among those of the same principal: `a-z`, `0-9`, `-`, `_`, `.`.
    package var name: String
    /// Where it goes on instead of where it stands; `nil` goes on, and begins with the active alerts.
    package var beginning: Beginning?
    /// The last POSITION's token; used where the hub no longer knows the name.
    package var resume: String?
    /// Deliveries that may wait for settlement, 1 to 1,024.
    package var inFlight: Int
    /// How long a delivery waits for settlement before it comes again, by the alert's level.
    package var waits: Waits

    /// Times to settle.
    package struct Waits: Equatable, Sendable {
        /// By level; a level that is missing takes `other`.
        package var levels: [AlertLevel: TimeSpan]
        /// For everything else.
        package var other: TimeSpan

        /// One minute for red, two for orange, five for the rest.
        package init(
            levels: [AlertLevel: TimeSpan] = [.red: .minutes(1), .orange: .minutes(2)],
            other: TimeSpan = .minutes(5)
        ) {
            self.levels = levels
            self.other = other
        }

        /// The time for one level, or for what has none.
        package subscript(level: AlertLevel?) -> TimeSpan {
            level.flatMap { levels[$0] } ?? other
        }
    }

    /// Terms from their parts.
    package init(
        name: String,
        beginning: Beginning? = nil,
        resume: String? = nil,
        inFlight: Int = 256,
        waits: Waits = Waits()
    ) {
        self.name = name
        self.beginning = beginning
        self.resume = resume
        self.inFlight = inFlight
        self.waits = waits
    }

    /// The bounds of a time to settle.
    private static let waitSeconds: ClosedRange<UInt64> = 1...86_400

    var json: JSONValue {
        var members: [JSONValue.Member] = [
            .init("name", .string(name)),
            .init("in_flight", .integer(Int64(inFlight))),
            .init(
                "wait_s",
                .object(
                    AlertLevel.allCases.reversed().map { level in
                        .init(level.token, .integer(waits[level].milliseconds / 1000))
                    } + [.init("other", .integer(waits.other.milliseconds / 1000))]
                )
            ),
        ]
        switch beginning {
        case .start: members.append(.init("from", "start"))
        case .time(let time): members.append(.init("from", .string(time.rfc3339)))
        case nil: break
        }
        if let resume { members.append(.init("resume", .string(resume))) }
        return .object(members)
    }

    init(_ fields: BodyFields) throws(ProtocolError) {
        name = try fields.text("name", bytes: ProtocolLimits.durableNameBytes)
        guard name.utf8.allSatisfy(DurableTerms.isNameByte) else {
            throw fields.wrong("name", "of a-z, 0-9, -, _ and .")
        }
        beginning = try fields.beginning("from")
        resume = try fields.optionalText("resume", bytes: 1...ProtocolLimits.tokenBytesMax)
        let most = UInt64(ProtocolLimits.inFlightMax)
        inFlight = Int(try fields.optionalNumber("in_flight", in: 1...most) ?? 256)
        waits = Waits()
        guard let given = try fields.object("wait_s") else { return }
        for level in AlertLevel.allCases {
            if let seconds = try given.optionalNumber(level.token, in: Self.waitSeconds) {
                waits.levels[level] = .seconds(Int64(seconds))
            }
        }
        if let seconds = try given.optionalNumber("other", in: Self.waitSeconds) {
            waits.other = .seconds(Int64(seconds))
        }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 97...122, 48...57, 45, 46, 95: true
        default: false
        }
    }
}

extension BodyFields {
    fileprivate func beginning(
        _ key: String
    ) throws(ProtocolError) -> DurableTerms.Beginning? {
        guard let text = try optionalText(key, bytes: 1...64) else { return nil }
        if text == "start" { return .start }
        guard let time = Timestamp(rfc3339: text) else {
            throw wrong(key, "start or a time in RFC 3339")
        }
        return .time(time)
    }
}

/// The client misses a delivery: the hub goes back and sends from there on (FETCH, 补取).
package struct Fetch: Equatable, Sendable {
    /// The number of the first delivery wanted.
    package var first: UInt64
    /// The subscription that it belongs to.
    package var incarnation: UInt64
    /// Bytes of bodies that came so far; what was lost on the way costs no credit any more.
    package var received: UInt64
    /// Bytes that the client takes, absolute in this session.
    package var credit: UInt64

    /// A wish from its parts.
    package init(first: UInt64, incarnation: UInt64, received: UInt64, credit: UInt64) {
        self.first = first
        self.incarnation = incarnation
        self.received = received
        self.credit = credit
    }

    /// The message on the wire.
    package var frame: Frame {
        Frame(
            .fetch,
            number: first,
            json: [
                "incarnation": .integer(Int64(incarnation)),
                "received": .integer(Int64(received)), "credit": .integer(Int64(credit)),
            ]
        )
    }

    init(number: UInt64, body: ArraySlice<UInt8>) throws(ProtocolError) {
        let fields = try BodyFields(.fetch, body)
        guard number > 0 else { throw .malformed("FETCH names a delivery, from 1 on.") }
        first = number
        incarnation = try fields.number("incarnation", in: 1...ProtocolLimits.numberMax)
        received = try fields.number("received")
        credit = try fields.number("credit")
    }
}

/// What became of deliveries of a durable subscription (SETTLE, 处理回执).
package struct Settlement: Equatable, Sendable {
    /// What is said of them.
    package enum Word: Equatable, Sendable {
        /// They are dealt with and never come again.
        case done
        /// They are to come again after a while.
        case later(TimeSpan)
        /// Somebody is at work: the time to settle begins anew.
        case working
        /// They will not be dealt with here, for a reason that is kept.
        case givenUp(reason: String)
    }

    /// The subscription that they belong to.
    package var incarnation: UInt64
    /// The first of them.
    package var first: UInt64
    /// The last of them.
    package var last: UInt64
    /// What is said.
    package var word: Word

    /// A word from its parts.
    package init(incarnation: UInt64, _ numbers: ClosedRange<UInt64>, _ word: Word) {
        self.incarnation = incarnation
        first = numbers.lowerBound
        last = numbers.upperBound
        self.word = word
    }

    /// The numbers spoken of.
    package var numbers: ClosedRange<UInt64> { first...last }

    /// The message on the wire.
    package var frame: Frame {
        var members: [JSONValue.Member] = [
            .init("incarnation", .integer(Int64(incarnation))),
            .init("first", .integer(Int64(first))),
            .init("last", .integer(Int64(last))),
        ]
        switch word {
        case .done: members.append(.init("word", "done"))
        case .later(let span):
            members.append(.init("word", "later"))
            members.append(.init("delay_ms", .integer(span.milliseconds)))
        case .working: members.append(.init("word", "working"))
        case .givenUp(let reason):
            members.append(.init("word", "given_up"))
            members.append(.init("reason", .string(reason)))
        }
        return Frame(.settle, number: 0, json: .object(members))
    }

    init(body: ArraySlice<UInt8>) throws(ProtocolError) {
        let fields = try BodyFields(.settle, body)
        incarnation = try fields.number("incarnation", in: 1...ProtocolLimits.numberMax)
        first = try fields.number("first", in: 1...ProtocolLimits.numberMax)
        last = try fields.number("last", in: first...ProtocolLimits.numberMax)
        switch try fields.text("word", bytes: 1...16) {
        case "done": word = .done
        case "later":
            let delay = try fields.number("delay_ms", in: 0...604_800_000)
            word = .later(TimeSpan(milliseconds: Int64(delay)))
        case "working": word = .working
        case "given_up":
            let bytes = 1...ProtocolLimits.noteBytesMax
            word = .givenUp(reason: try fields.text("reason", bytes: bytes))
        default: throw fields.wrong("word", "done, later, working or given_up")
        }
    }
}

/// How far a durable subscription is settled, on the hub's disk (POSITION, 进度).
package struct Position: Equatable, Sendable {
    /// The subscription that it belongs to.
    package var incarnation: UInt64
    /// Every delivery up to this one is settled.
    package var settled: UInt64
    /// An opaque token for this place, good for the same principal.
    package var token: String

    /// A place from its parts.
    package init(incarnation: UInt64, settled: UInt64, token: String) {
        self.incarnation = incarnation
        self.settled = settled
        self.token = token
    }

    /// The message on the wire.
    package var frame: Frame {
        Frame(
            .position,
            number: settled,
            json: ["incarnation": .integer(Int64(incarnation)), "token": .string(token)]
        )
    }

    init(number: UInt64, body: ArraySlice<UInt8>) throws(ProtocolError) {
        let fields = try BodyFields(.position, body)
        settled = number
        incarnation = try fields.number("incarnation", in: 1...ProtocolLimits.numberMax)
        token = try fields.text("token", bytes: 1...ProtocolLimits.tokenBytesMax)
    }
}
