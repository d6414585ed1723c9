internal import Domain

// What the hub sends.
extension DeskClientSession {
    /// A message came from the hub.
    ///
    /// Any bytes in any state have a result: `docs/protocol.md` §10.3.
    package mutating func received(_ bytes: [UInt8], now: Uptime) -> ReceivedAction {
        let message: Message
        do throws(ProtocolError) {
            message = try Message(decoding: bytes)
        } catch {
            return isOpen ? end(SessionEnd(error)) : .none
        }
        switch state {
        case .idle, .ended:
            return .none
        case .greeting:
            return receivedInGreeting(message, now: now)
        case .open, .snapshot, .live, .replay:
            pulse.heard(at: now)
            let action = receivedInOpen(message, bodyBytes: bytes.count - 16, now: now)
            switch action {
            case .delivered, .snapshotComplete, .answered, .outcome, .refused, .replayed,
                .replayEnded:
                noteAnswer(at: now)
            case .none, .send, .opened, .settled, .ended: break
            }
            return action
        }
    }

    private mutating func end(_ end: SessionEnd) -> ReceivedAction {
        state = .ended
        return .ended(end)
    }

    /// What is left of an earlier session on this connection is ignored.
    private mutating func receivedInGreeting(_ message: Message, now: Uptime) -> ReceivedAction {
        switch message.content {
        case .welcome(let welcome) where message.number == attempt:
            guard ProtocolLimits.versions.contains(welcome.version) else {
                return end(SessionEnd(.malformed("WELCOME names no version of HELLO.")))
            }
            state = .open
            pulse.heartbeat = welcome.heartbeat
            pulse.silence = welcome.silence
            pulse.heard(at: now)
            pulse.sent(at: now)
            granted = windowBytes
            return .opened(welcome, send: Frame(.credit, number: granted))
        case .error(let notice) where notice.isFatal && [0, attempt].contains(message.number):
            return end(SessionEnd(notice))
        case .welcome, .error, .hello, .ping, .pong, .bye, .credit, .put, .receipts, .subscribe,
            .deliver, .snapshotEnd, .query, .answer, .command, .outcome, .fetch, .settle,
            .position, .replay, .replayChunk, .replayEnd, .pace, .optional:
            return .none
        }
    }

    private mutating func receivedInOpen(
        _ message: Message,
        bodyBytes: Int,
        now: Uptime
    ) -> ReceivedAction {
        switch message.content {
        case .deliver(let delivery):
            let credit = taken(bodyBytes, now: now)
            return take(delivery, number: message.number, credit: credit, now: now)
        case .snapshotEnd(let end):
            return take(end)
        case .position(let position):
            let isOfThis = position.incarnation == incarnation
            return isOfThis && (state == .snapshot || state == .live) ? .settled(position) : .none
        case .replayChunk(let chunk):
            let credit = taken(bodyBytes, now: now)
            return take(chunk, first: message.number, credit: credit)
        case .replayEnd(let end):
            return take(end, number: message.number)
        case .answer(let answer):
            let credit = taken(bodyBytes, now: now)
            guard let place = openQueries.firstIndex(of: message.number) else {
                return unexpected(message)
            }
            openQueries.remove(at: place)
            return .answered(request: message.number, answer, send: credit)
        case .outcome(let outcome):
            guard let place = openCommands.firstIndex(of: message.number) else {
                return unexpected(message)
            }
            openCommands.remove(at: place)
            return .outcome(request: message.number, outcome)
        case .ping:
            if let gap = tailGap(hub: message.number, now: now) { return gap }
            return .send(.beat(.pong, number: lastDelivered))
        case .pong:
            return tailGap(hub: message.number, now: now) ?? .none
        case .error(let notice):
            return take(notice, number: message.number)
        case .bye:
            return end(.draining)
        case .optional:
            return .none
        case .hello, .welcome, .credit, .put, .receipts, .subscribe, .query, .command, .fetch,
            .settle, .replay, .pace:
            return unexpected(message)
        }
    }

    /// Counts what came, and grants more when half the window is used.
    private mutating func taken(_ bodyBytes: Int, now: Uptime) -> Frame? {
        bytesReceived += UInt64(bodyBytes)
        guard granted < bytesReceived + windowBytes / 2 else { return nil }
        granted = bytesReceived + windowBytes
        pulse.sent(at: now)
        return Frame(.credit, number: granted)
    }

    private mutating func take(
        _ delivery: Delivery,
        number: UInt64,
        credit: Frame?,
        now: Uptime
    ) -> ReceivedAction {
        let isOfFormer =
            delivery.incarnation < incarnation || state == .open || state == .replay
        if isOfFormer { return credit.map { .send($0) } ?? .none }
        guard delivery.incarnation == incarnation,
            delivery.phase == (state == .live ? .live : .snapshot)
        else { return gap(hub: number) }
        if number <= lastDelivered {
            // What FETCH brings twice is no news; what was not settled in time is.
            guard delivery.again > 0 else { return credit.map { .send($0) } ?? .none }
            return .delivered(delivery, number: number, send: credit)
        }
        guard number == lastDelivered + 1 else {
            return fetch(hub: number, now: now) ?? credit.map { .send($0) } ?? .none
        }
        lastDelivered = number
        fetchedAt = nil
        return .delivered(delivery, number: number, send: credit)
    }

    private mutating func take(
        _ chunk: ReplayChunk,
        first: UInt64,
        credit: Frame?
    ) -> ReceivedAction {
        if chunk.incarnation < incarnation || state != .replay {
            return credit.map { .send($0) } ?? .none
        }
        guard chunk.incarnation == incarnation, first == lastDelivered + 1 else {
            return gap(hub: first)
        }
        lastDelivered += UInt64(chunk.records.count)
        return .replayed(chunk, first: first, send: credit)
    }

    private mutating func take(_ end: ReplayEnd, number: UInt64) -> ReceivedAction {
        if end.incarnation < incarnation || state != .replay { return .none }
        guard end.incarnation == incarnation, number == lastDelivered else {
            return gap(hub: number)
        }
        state = .open
        return .replayEnded(end)
    }

    private mutating func take(_ end: SnapshotEnd) -> ReceivedAction {
        if end.incarnation < incarnation || state == .open || state == .replay { return .none }
        guard state == .snapshot, end.incarnation == incarnation, end.count == lastDelivered else {
            return gap(hub: end.count)
        }
        state = .live
        return .snapshotComplete(count: end.count)
    }

    private mutating func take(_ notice: ErrorNotice, number: UInt64) -> ReceivedAction {
        if notice.isFatal { return end(SessionEnd(notice)) }
        if let place = openQueries.firstIndex(of: number) {
            openQueries.remove(at: place)
        } else if let place = openCommands.firstIndex(of: number) {
            openCommands.remove(at: place)
        } else if number == incarnation, number > 0 {
            state = .open
        } else {
            return .none
        }
        return .refused(request: number, notice)
    }

    private mutating func tailGap(hub: UInt64, now: Uptime) -> ReceivedAction? {
        switch state {
        case .live: hub > lastDelivered ? fetch(hub: hub, now: now) : nil
        // Once its first record is here, the hub's number is that of this replay or of none.
        case .replay: lastDelivered > 0 && hub != lastDelivered ? gap(hub: hub) : nil
        case .idle, .greeting, .open, .snapshot, .ended: nil
        }
    }

    /// Asks for the delivery that is missing, once in a heartbeat; a snapshot cannot be asked for.
    private mutating func fetch(hub: UInt64, now: Uptime) -> ReceivedAction? {
        guard state == .live else { return gap(hub: hub) }
        if let fetchedAt, now < fetchedAt + pulse.heartbeat { return nil }
        fetchedAt = now
        pulse.sent(at: now)
        return .send(
            Fetch(
                first: lastDelivered + 1,
                incarnation: incarnation,
                received: bytesReceived,
                credit: granted
            ).frame
        )
    }

    private mutating func gap(hub: UInt64) -> ReceivedAction {
        end(
            SessionEnd(
                .numberGap,
                "Delivery \(lastDelivered + 1) is missing, the hub is at \(hub); subscribe again.",
                advice: .again
            )
        )
    }

    private mutating func unexpected(_ message: Message) -> ReceivedAction {
        end(
            SessionEnd(
                ProtocolError(
                    .unexpectedMessage,
                    "The hub sent \(message.name) \(message.number) without being asked; report it."
                )
            )
        )
    }
}
