internal import Domain

/// One message as it stands on the wire: a header of 16 bytes and a body.
///
/// Made by decoding or by encoding, and always well-formed as far as the header goes. Holds the bytes
/// once; `body` is a view into them.
package struct Frame: Hashable, Sendable {
    /// Header and body, as one ZeroMQ frame.
    package let bytes: [UInt8]

    /// A frame from the bytes of one ZeroMQ frame.
    ///
    /// - Throws: `malformedFrame`, `unsupportedVersion` (another framing byte) or `messageTooLarge`.
    package init(decoding bytes: [UInt8]) throws(ProtocolError) {
        guard bytes.count >= ProtocolLimits.headerBytes else {
            throw .malformed("A message needs a header of 16 bytes; this one has \(bytes.count).")
        }
        guard bytes[0] == Frame.magic.0, bytes[1] == Frame.magic.1 else {
            throw .malformed("A message begins with the bytes 4C 44; this is another protocol.")
        }
        guard bytes[2] == ProtocolLimits.framing else {
            throw ProtocolError(
                .unsupportedVersion,
                "The framing byte is \(bytes[2]), this side speaks \(ProtocolLimits.framing)."
            )
        }
        guard bytes.count <= ProtocolLimits.messageBytesMax else {
            throw ProtocolError(
                .messageTooLarge,
                "A body has at most \(ProtocolLimits.bodyBytesMax) bytes; make smaller batches."
            )
        }
        self.bytes = bytes
        let length = UInt32(bigEndian: bytes, at: 4)
        guard Int(length) == bytes.count - ProtocolLimits.headerBytes else {
            throw .malformed(
                "The header says \(length) bytes of body, "
                    + "\(bytes.count - ProtocolLimits.headerBytes) follow."
            )
        }
        guard number <= ProtocolLimits.numberMax else {
            throw .malformed("The number \(number) is above 2^53 - 1.")
        }
    }

    /// A frame whose body is what `write` appends.
    ///
    /// - Parameters:
    ///   - kind: What the message is.
    ///   - number: At most 2^53 - 1; what it counts depends on the kind.
    ///   - bodyBytes: How many bytes to reserve.
    ///   - write: Appends the body.
    package init(
        _ kind: FrameKind,
        number: UInt64,
        bodyBytes: Int = 0,
        _ write: (inout FrameWriter) -> Void = { _ in }
    ) {
        precondition(number <= ProtocolLimits.numberMax, "a number above 2^53 - 1")
        var writer = FrameWriter(reserving: ProtocolLimits.headerBytes + bodyBytes)
        writer.append(Frame.magic.0)
        writer.append(Frame.magic.1)
        writer.append(ProtocolLimits.framing)
        writer.append(kind.rawValue)
        writer.append(UInt32(0))
        writer.append(number)
        write(&writer)
        let length = writer.bytes.count - ProtocolLimits.headerBytes
        precondition(length <= ProtocolLimits.bodyBytesMax, "a body above 4 MiB")
        writer.replace(UInt32(length), at: 4)
        self.bytes = writer.bytes
    }

    /// The kind; `nil` when this version does not know it.
    package var kind: FrameKind? { FrameKind(rawValue: kindCode) }

    /// The kind as a byte.
    package var kindCode: UInt8 { bytes[3] }

    /// What it counts depends on the kind; at most 2^53 - 1.
    package var number: UInt64 { UInt64(bigEndian: bytes, at: 8) }

    /// What follows the header.
    package var body: ArraySlice<UInt8> { bytes[ProtocolLimits.headerBytes...] }

    private static let magic: (UInt8, UInt8) = (0x4C, 0x44)
}

/// What a message is (`docs/protocol.md` §4.1).
package enum FrameKind: UInt8, CaseIterable, Hashable, Sendable {
    // Every session.
    case hello = 0x01
    case welcome = 0x02
    case ping = 0x03
    case pong = 0x04
    case bye = 0x05
    case error = 0x06
    case credit = 0x07
    // Intake.
    case put = 0x10
    case receipts = 0x11
    // Desk.
    case subscribe = 0x20
    case deliver = 0x21
    case snapshotEnd = 0x22
    case query = 0x23
    case answer = 0x24
    case command = 0x25
    case outcome = 0x26
    case fetch = 0x27
    case replay = 0x28
    case settle = 0x29
    case position = 0x2A
    case replayChunk = 0x2B
    case replayEnd = 0x2C
    case pace = 0x2D

    /// The first of the kinds that are ignored by who does not know them.
    package static let firstOptional: UInt8 = 0x80

    /// The name in the protocol's text.
    package var name: String {
        switch self {
        case .hello: "HELLO"
        case .welcome: "WELCOME"
        case .ping: "PING"
        case .pong: "PONG"
        case .bye: "BYE"
        case .error: "ERROR"
        case .credit: "CREDIT"
        case .put: "PUT"
        case .receipts: "RECEIPTS"
        case .subscribe: "SUBSCRIBE"
        case .deliver: "DELIVER"
        case .snapshotEnd: "SNAPSHOT_END"
        case .query: "QUERY"
        case .answer: "ANSWER"
        case .command: "COMMAND"
        case .outcome: "OUTCOME"
        case .fetch: "FETCH"
        case .replay: "REPLAY"
        case .settle: "SETTLE"
        case .position: "POSITION"
        case .replayChunk: "REPLAY_CHUNK"
        case .replayEnd: "REPLAY_END"
        case .pace: "PACE"
        }
    }

    /// The most bytes that its body may have.
    package var bodyBytesMax: Int {
        switch self {
        case .put, .receipts: ProtocolLimits.bodyBytesMax
        case .deliver, .answer, .outcome, .replayChunk: ProtocolLimits.answerBytesMax
        case .command: ProtocolLimits.commandBytesMax
        case .hello, .welcome, .error, .subscribe, .query, .snapshotEnd, .fetch,
            .replay, .settle, .position, .replayEnd, .pace:
            ProtocolLimits.smallBodyBytesMax
        case .ping, .pong: 8
        case .bye, .credit: 0
        }
    }
}
