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
            waitingAnswers = []
            return .restart(hello, attempt: message.number)
        case .bye:
            state = .ended
            waitingAnswers = []
            return .end
        case .optional, .error, .pong:
            return .none
        case .ping(let granted):
            guard isOpen else { return .none }
            credit = max(credit, granted ?? 0)
            return .room([.beat(.pong, number: lastNumber)] + affordableAnswers(now: now))
        case .credit where isOpen:
            credit = max(credit, message.number)
            return .room(affordableAnswers(now: now))
        case .subscribe(let subscribe) where isOpen:
            return take(subscribe, request: message.number, now: now)
        case .query(let query) where isOpen:
            return take(query, request: message.number, now: now)
        case .command(let command) where isOpen:
            return take(command, request: message.number, now: now)
        case .fetch(let fetch) where isOpen:
            return take(fetch)
        case .settle(let settlement) where isOpen:
            guard settlement.incarnation == incarnation, state == .snapshot || state == .live,
                settlement.last <= lastNumber
            else { return .none }
            return .settle(settlement)
        case .replay(let request) where isOpen:
            return take(request, number: message.number, now: now)
        case .pace(let pace) where isOpen:
            guard pace.incarnation == incarnation, state == .replay else { return .none }
            return .pace(pace)
        case .credit, .subscribe, .query, .command, .fetch, .settle, .replay, .pace, .welcome,
            .put, .receipts, .deliver, .snapshotEnd, .answer, .outcome, .position, .replayChunk,
            .replayEnd:
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
        let frames = beginAnew(credit: subscribe.credit, now: now)
        let patterns: [SubjectPattern]
        do throws(ProtocolError) {
            guard request > 0 else { throw .malformed("The number of a SUBSCRIBE is from 1 on.") }
            patterns = try subscribe.patterns()
        } catch {
            pulse.sent(at: now)
            return .send(frames + [ErrorNotice(error, isFatal: false).frame(number: request)])
        }
        state = .snapshot
        incarnation = request
        return .subscribe(incarnation: request, patterns, subscribe.durable, send: frames)
    }

    private mutating func take(
        _ replay: ReplayRequest,
        number: UInt64,
        now: Uptime
    ) -> ReceivedAction {
        let frames = beginAnew(credit: replay.credit, now: now)
        let patterns: [SubjectPattern]
        do throws(ProtocolError) {
            guard number > 0 else { throw .malformed("The number of a REPLAY is from 1 on.") }
            patterns = try SubjectPattern.read(replay.subjects)
        } catch {
            pulse.sent(at: now)
            return .send(frames + [ErrorNotice(error, isFatal: false).frame(number: number)])
        }
        state = .replay
        incarnation = number
        return .replay(incarnation: number, replay, patterns, send: frames)
    }

    private mutating func beginAnew(credit more: UInt64, now: Uptime) -> [Frame] {
        state = .open
        forgetIncarnation()
        credit = max(credit, more)
        return affordableAnswers(now: now)
    }

    /// What is still under way is taken as sent once more; the client counts it when it comes.
    private mutating func take(_ fetch: Fetch) -> ReceivedAction {
        guard fetch.incarnation == incarnation, state == .snapshot || state == .live,
            fetch.first <= lastNumber
        else { return .none }
        bytesSent = min(bytesSent, fetch.received)
        credit = max(credit, fetch.credit)
        return .fetch(first: fetch.first)
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
