package import Domain

/// Who a client is to the hub, by the key of its connection (`User-Id` of the ZAP handler).
package enum Principal: Hashable, Sendable {
    /// An agency's daemon.
    case agency(AgencyID)
    /// A duty officer's program.
    case officer(String)
    /// The hub's operator.
    case `operator`(String)

    /// A principal from `agency/NAME`, `officer/NAME` or `operator/NAME`.
    package init?(text: some StringProtocol) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let name = AgencyID(name: String(parts[1])) else { return nil }
        switch parts[0] {
        case "agency": self = .agency(name)
        case "officer": self = .officer(name.name)
        case "operator": self = .operator(name.name)
        default: return nil
        }
    }

    /// The printed form, `agency/xinfang`.
    package var text: String {
        switch self {
        case .agency(let agency): "agency/" + agency.name
        case .officer(let name): "officer/" + name
        case .operator(let name): "operator/" + name
        }
    }
}

/// The hub's answer to HELLO (WELCOME).
package struct Welcome: Equatable, Sendable {
    /// The version chosen.
    package var version: Int
    /// Names the session in both logs.
    package var session: UInt64
    /// Who the client is to the hub, `agency/xinfang`.
    package var principal: String
    /// The division code of the hub's county.
    package var hub: String
    /// The lane of the hub; a client sends nothing to another one than it meant.
    package var lane: Lane
    /// Bytes of PUT bodies that may be sent; 0 for a desk.
    package var credit: UInt64
    /// Bounds of messages, events and batches.
    package var limits = Limits()
    /// PING is due when nothing was sent for so long.
    package var heartbeat: TimeSpan
    /// The session is over when nothing was heard for so long.
    package var silence: TimeSpan
    /// Intake: the number of the first line that the hub does not have.
    package var expect: UInt64?

    /// Bounds that the hub states.
    package struct Limits: Equatable, Sendable {
        /// Bytes of a body.
        package var messageBytes = ProtocolLimits.bodyBytesMax
        /// Bytes of an event.
        package var eventBytes = ProtocolLimits.eventBytesMax
        /// Lines of a PUT.
        package var batch = ProtocolLimits.batchMax

        /// The protocol's own.
        package init() {}
    }

    /// An answer from its parts.
    package init(
        version: Int = 1,
        session: UInt64,
        principal: String,
        hub: String,
        lane: Lane = .open,
        credit: UInt64,
        heartbeat: TimeSpan,
        silence: TimeSpan,
        expect: UInt64? = nil
    ) {
        self.version = version
        self.session = session
        self.principal = principal
        self.hub = hub
        self.lane = lane
        self.credit = credit
        self.heartbeat = heartbeat
        self.silence = silence
        self.expect = expect
    }

    /// The message on the wire; `attempt` is the number of the HELLO.
    package func frame(attempt: UInt64) -> Frame {
        let bounds: JSONValue = [
            "message": .integer(Int64(limits.messageBytes)),
            "event": .integer(Int64(limits.eventBytes)),
            "batch": .integer(Int64(limits.batch)),
        ]
        return Frame(
            .welcome,
            number: attempt,
            json: .object(present: [
                "version": .integer(Int64(version)),
                "session": .string(session.hex16),
                "principal": .string(principal),
                "hub": .string(hub),
                "lane": .string(lane.rawValue),
                "credit": .integer(Int64(credit)),
                "limits": bounds,
                "heartbeat_ms": .integer(heartbeat.milliseconds),
                "silence_ms": .integer(silence.milliseconds),
                "expect": expect.map { .integer(Int64($0)) },
            ])
        )
    }

    init(body: ArraySlice<UInt8>) throws(ProtocolError) {
        let fields = try BodyFields(.welcome, body)
        version = Int(try fields.number("version", in: 1...65_535))
        session = try fields.hex16("session")
        principal = try fields.text("principal", bytes: 1...64)
        hub = try fields.text("hub", bytes: 1...16)
        let word = try fields.text("lane", bytes: 1...32)
        guard let lane = Lane(rawValue: word) else {
            throw ProtocolError(.malformedFrame, "The hub serves a lane that is not known here.")
        }
        self.lane = lane
        credit = try fields.number("credit")
        heartbeat = TimeSpan(
            milliseconds: Int64(try fields.number("heartbeat_ms", in: 10...3_600_000))
        )
        silence = TimeSpan(
            milliseconds: Int64(try fields.number("silence_ms", in: 10...36_000_000))
        )
        expect = try fields.optionalNumber("expect", in: 1...ProtocolLimits.numberMax)
        guard let inner = try fields.object("limits") else { return }
        let batchMax = UInt64(ProtocolLimits.batchMax)
        let bodyMax = UInt64(ProtocolLimits.bodyBytesMax)
        let eventMax = UInt64(ProtocolLimits.eventBytesMax)
        limits.messageBytes = Int(try inner.number("message", in: 1024...bodyMax))
        limits.eventBytes = Int(try inner.number("event", in: 1024...eventMax))
        limits.batch = Int(try inner.number("batch", in: 1...batchMax))
    }
}

/// What went wrong, for the other side (ERROR).
package struct ErrorNotice: Error, Equatable, Sendable {
    /// The stable code as printed, also one that this version does not know.
    package var codeText: String
    /// One sentence: what, where, what to do.
    package var reason: String
    /// The session is over.
    package var isFatal: Bool
    /// The stream number to go back to.
    package var expect: UInt64?
    /// The versions that the hub speaks.
    package var versions: [Int]?

    /// The code, when this version knows it.
    package var code: ErrorCode? { ErrorCode(text: codeText) }

    /// A notice from its parts.
    package init(_ error: ProtocolError, isFatal: Bool, expect: UInt64? = nil) {
        codeText = error.code.text
        reason = error.reason
        self.isFatal = isFatal
        self.expect = expect
        versions = error.code == .unsupportedVersion ? ProtocolLimits.versions : nil
    }

    /// The message on the wire; `number` is that of the message it speaks of, else 0.
    package func frame(number: UInt64) -> Frame {
        Frame(
            .error,
            number: number,
            json: .object(present: [
                "code": .string(codeText),
                "reason": .string(reason),
                "fatal": .bool(isFatal),
                "expect": expect.map { .integer(Int64($0)) },
                "versions": versions.map { .array($0.map { .integer(Int64($0)) }) },
            ])
        )
    }

    init(body: ArraySlice<UInt8>) throws(ProtocolError) {
        let fields = try BodyFields(.error, body)
        codeText = try fields.text("code", bytes: 4...8)
        reason = try fields.text("reason", bytes: 0...4096)
        isFatal = try fields.flag("fatal")
        expect = try fields.optionalNumber("expect", in: 1...ProtocolLimits.numberMax)
        guard fields.has("versions") else { return }
        versions = try fields.array("versions", count: 0...16).compactMap { $0.int.map(Int.init) }
    }
}
