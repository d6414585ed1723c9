internal import Domain

// What the client sends.
extension DeskHubSession {
    /// A message came from the client.
    ///
    /// Any bytes in any state have a result: `docs/protocol.md` §10.4.
    package mutating func received(_ bytes: [UInt8], now: Uptime) -> ReceivedAction {
        if state == .ended { return .none }
        let message: Message
        do throws(ProtocolError) {
            message = try Message(decoding: bytes)
        } catch {
            return receivedMalformed(bytes, error, now: now)
        }
        pulse.heard(at: now)
        switch message.content {
        case .hello(let hello):
            state = .ended
            dropQueue()
            return .restart(hello, attempt: message.number)
        case .bye:
            state = .ended
            dropQueue()
            return .end
        case .optional, .error, .pong:
            return .none
        case .ping:
            guard isOpen else { return .none }
            return .send([.beat(.pong, number: lastSent)])
        case .credit where isOpen:
            credit = max(credit, message.number)
            let frames = dequeue(now: now)
            return frames.isEmpty ? .none : .send(frames)
        case .subscribe(let subscribe) where isOpen:
            return take(subscribe, request: message.number, now: now)
        case .query(let query) where isOpen:
            return take(query, request: message.number, now: now)
        case .command(let command) where isOpen:
            return take(command, request: message.number, now: now)
        case .credit, .subscribe, .query, .command, .welcome, .put, .receipts, .deliver,
            .snapshotEnd, .answer, .outcome:
            return .fail(
                fail(
                    ProtocolError(
                        .unexpectedMessage,
                        "\(message.name) has no place in a desk session here; say HELLO again."
                    ),
                    number: message.number
                )
            )
        }
    }

    /// A question or command that is JSON but no good costs its sender that request alone.
    private mutating func receivedMalformed(
        _ bytes: [UInt8],
        _ error: ProtocolError,
        now: Uptime
    ) -> ReceivedAction {
        guard isOpen, error.code == .malformedQuery || error.code == .malformedCommand else {
            return .fail(fail(error))
        }
        pulse.heard(at: now)
        return refused(UInt64(bigEndian: bytes, at: 8), error, now: now)
    }

    private mutating func refused(
        _ request: UInt64,
        _ error: ProtocolError,
        now: Uptime
    ) -> ReceivedAction {
        pulse.sent(at: now)
        return .send([ErrorNotice(error, isFatal: false).frame(number: request)])
    }

    private mutating func take(
        _ subscribe: Subscribe,
        request: UInt64,
        now: Uptime
    ) -> ReceivedAction {
        dropDeliveries()
        credit = max(credit, subscribe.credit)
        let frames = dequeue(now: now)
        let patterns: [SubjectPattern]
        do throws(ProtocolError) {
            guard request > 0 else { throw .malformed("The number of a SUBSCRIBE is from 1 on.") }
            patterns = try subscribe.patterns()
        } catch {
            state = .open
            pulse.sent(at: now)
            return .send(frames + [ErrorNotice(error, isFatal: false).frame(number: request)])
        }
        state = .snapshot
        incarnation = request
        return .subscribe(incarnation: request, patterns, send: frames)
    }

    private mutating func take(
        _ query: Query,
        request: UInt64,
        now: Uptime
    ) -> ReceivedAction {
        guard openQueries.count < ProtocolLimits.openQueriesMax, !openQueries.contains(request)
        else {
            return refused(request, .tooMany("queries", ProtocolLimits.openQueriesMax), now: now)
        }
        openQueries.append(request)
        return .ask(request: request, query)
    }

    private mutating func take(
        _ command: CommandRequest,
        request: UInt64,
        now: Uptime
    ) -> ReceivedAction {
        guard openCommands.count < ProtocolLimits.openCommandsMax, !openCommands.contains(request)
        else {
            return refused(request, .tooMany("commands", ProtocolLimits.openCommandsMax), now: now)
        }
        openCommands.append(request)
        return .command(request: request, command)
    }
}

extension ProtocolError {
    fileprivate static func tooMany(_ what: String, _ count: Int) -> ProtocolError {
        ProtocolError(.overloaded, "At most \(count) \(what) are open at once; wait for one.")
    }
}
