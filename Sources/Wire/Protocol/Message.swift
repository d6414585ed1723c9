internal import Domain

/// A message of the protocol with its number (消息).
///
/// Decoding is total: any bytes give a message or a `ProtocolError`, in time and memory linear in the
/// bytes.
package struct Message: Equatable, Sendable {
    /// What it counts depends on the kind; see `docs/protocol.md` §4.1.
    package var number: UInt64
    /// What it says.
    package var content: Content

    /// All kinds of messages.
    package enum Content: Equatable, Sendable {
        case hello(Hello)
        case welcome(Welcome)
        /// `expect`, from an intake hub alone, is the next number that it would take.
        case ping(expect: UInt64?)
        case pong(expect: UInt64?)
        case bye
        case error(ErrorNotice)
        /// The number is the credit.
        case credit
        case put(Put)
        case receipts(Receipts)
        case subscribe(Subscribe)
        case deliver(Delivery)
        case snapshotEnd(SnapshotEnd)
        case query(Query)
        case answer(Answer)
        case command(CommandRequest)
        case outcome(CommandOutcome)
        case fetch(Fetch)
        case replay(ReplayRequest)
        case settle(Settlement)
        case position(Position)
        case replayChunk(ReplayChunk)
        case replayEnd(ReplayEnd)
        case pace(Pace)
        /// A kind of a later version that may be ignored.
        case optional(kind: UInt8)
    }

    /// A message from its parts.
    package init(number: UInt64, _ content: Content) {
        self.number = number
        self.content = content
    }

    /// A message from the bytes of one ZeroMQ frame.
    package init(decoding bytes: [UInt8]) throws(ProtocolError) {
        try self.init(Frame(decoding: bytes))
    }

    /// A message from a frame.
    ///
    /// - Throws: `malformedFrame`, `messageTooLarge`, `unexpectedMessage` (an unknown kind that may not be
    ///   ignored), `malformedQuery` or `malformedCommand`.
    package init(_ frame: Frame) throws(ProtocolError) {
        number = frame.number
        guard let kind = frame.kind else {
            guard frame.kindCode >= FrameKind.firstOptional else {
                throw ProtocolError(
                    .unexpectedMessage,
                    "Kind \(frame.kindCode) is unknown to version 1; speak the version agreed."
                )
            }
            content = .optional(kind: frame.kindCode)
            return
        }
        let body = frame.body
        guard body.count <= kind.bodyBytesMax else {
            throw ProtocolError(
                .messageTooLarge,
                "The body of \(kind.name) has \(body.count) bytes, at most \(kind.bodyBytesMax)."
            )
        }
        switch kind {
        case .hello: content = .hello(try Hello(body: body))
        case .welcome: content = .welcome(try Welcome(body: body))
        case .ping: content = .ping(expect: try Message.expect(body))
        case .pong: content = .pong(expect: try Message.expect(body))
        case .bye: content = .bye
        case .error: content = .error(try ErrorNotice(body: body))
        case .credit: content = .credit
        case .put: content = .put(try Message.put(number, body))
        case .receipts: content = .receipts(try Receipts(first: number, body: body))
        case .subscribe: content = .subscribe(try Subscribe(body: body))
        case .deliver: content = .deliver(try Delivery(body: body))
        case .snapshotEnd: content = .snapshotEnd(try SnapshotEnd(number: number, body: body))
        case .query: content = .query(try Query(body: body))
        case .answer: content = .answer(try Answer(body: body))
        case .command: content = .command(try CommandRequest(body: body))
        case .outcome: content = .outcome(try CommandOutcome(body: body))
        case .fetch: content = .fetch(try Fetch(number: number, body: body))
        case .replay: content = .replay(try ReplayRequest(body: body))
        case .settle: content = .settle(try Settlement(body: body))
        case .position: content = .position(try Position(number: number, body: body))
        case .replayChunk: content = .replayChunk(try ReplayChunk(body: body))
        case .replayEnd: content = .replayEnd(try ReplayEnd(body: body))
        case .pace: content = .pace(try Pace(body: body))
        }
    }

    /// The kind as a byte.
    package var kindCode: UInt8 {
        switch content {
        case .hello: FrameKind.hello.rawValue
        case .welcome: FrameKind.welcome.rawValue
        case .ping: FrameKind.ping.rawValue
        case .pong: FrameKind.pong.rawValue
        case .bye: FrameKind.bye.rawValue
        case .error: FrameKind.error.rawValue
        case .credit: FrameKind.credit.rawValue
        case .put: FrameKind.put.rawValue
        case .receipts: FrameKind.receipts.rawValue
        case .subscribe: FrameKind.subscribe.rawValue
        case .deliver: FrameKind.deliver.rawValue
        case .snapshotEnd: FrameKind.snapshotEnd.rawValue
        case .query: FrameKind.query.rawValue
        case .answer: FrameKind.answer.rawValue
        case .command: FrameKind.command.rawValue
        case .outcome: FrameKind.outcome.rawValue
        case .fetch: FrameKind.fetch.rawValue
        case .replay: FrameKind.replay.rawValue
        case .settle: FrameKind.settle.rawValue
        case .position: FrameKind.position.rawValue
        case .replayChunk: FrameKind.replayChunk.rawValue
        case .replayEnd: FrameKind.replayEnd.rawValue
        case .pace: FrameKind.pace.rawValue
        case .optional(let kind): kind
        }
    }

    /// The name in the protocol's text.
    package var name: String { FrameKind(rawValue: kindCode)?.name ?? "kind \(kindCode)" }

    private static func expect(_ body: ArraySlice<UInt8>) throws(ProtocolError) -> UInt64? {
        if body.isEmpty { return nil }
        var reader = FrameReader(body)
        let expect: UInt64 = try reader.integer("expected number")
        try reader.end()
        guard (1...ProtocolLimits.numberMax).contains(expect) else {
            throw .malformed("The expected number \(expect) is not 1 to 2^53 - 1.")
        }
        return expect
    }

    private static func put(
        _ first: UInt64,
        _ body: ArraySlice<UInt8>
    ) throws(ProtocolError) -> Put {
        let put = try Put(body: body)
        guard first > 0, first <= ProtocolLimits.numberMax - UInt64(put.count) else {
            throw .malformed("Stream numbers are 1 to 2^53 - 1; this PUT begins with \(first).")
        }
        return put
    }
}

extension Frame {
    /// The message that an intake hub or any other side sends as a sign of life.
    static func beat(_ kind: FrameKind, number: UInt64, expect: UInt64? = nil) -> Frame {
        Frame(kind, number: number, bodyBytes: 8) { writer in
            if let expect { writer.append(expect) }
        }
    }
}
