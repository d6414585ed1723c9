import Domain
import OrderedCollections
import Synchronization
import Wire

extension Reception {
    /// Begins an agency's session; the WELCOME waits until the journal has said where it stands.
    func greetIntake(
        _ peer: Peer,
        _ id: SessionID,
        _ agency: AgencyID,
        _ rights: Rights,
        _ start: StreamStart,
        attempt: UInt64
    ) {
        guard !links.room.isShort else {
            refuse(peer, .agency(agency), Reception.diskFull, number: attempt)
            return
        }
        let stream = StreamID(agency: agency, name: start.stream, epoch: start.epoch)
        if let holder = holders[stream], let former = peers[holder] {
            replace(former)
        } else if holders.count >= options.streamsMax {
            refuse(
                peer,
                .agency(agency),
                ProtocolError(.tooManyStreams, "Too many streams are open; connect again later."),
                number: attempt
            )
            return
        }
        let receipted = start.receipted.map { ($0.number, $0.digest) }
        guard links.registrar.offer(.greet(id, stream, receipted: receipted)) else {
            refuse(
                peer,
                .agency(agency),
                ProtocolError(.overloaded, "The hub is behind; connect again later."),
                number: attempt
            )
            return
        }
        let session = IntakeHubSession(
            stream: stream,
            attempt: attempt,
            windowBytes: pace.firstWindow(
                of: agency,
                creditBytes: options.creditBytes,
                now: now
            ),
            heartbeat: TimeSpan(milliseconds: options.heartbeatMilliseconds),
            silence: TimeSpan(milliseconds: options.silenceMilliseconds),
            now: now
        )
        visitors[peer] = Visitor(
            id: id,
            principal: .agency(agency),
            session: .intake(session),
            rights: rights,
            lastPut: now
        )
        peers[id] = peer
        holders[stream] = id
        audit(peer, .entered, "intake", [.init("stream", .string(stream.name))])
        feeds.began(agency)
    }

    /// A newer session of the same stream takes over: the older process must stop.
    private func replace(_ peer: Peer) {
        failIntake(
            peer,
            ProtocolError(.sessionReplaced, "Another session of this stream has begun.")
        )
    }

    /// A message in an agency's session.
    func receiveIntake(_ peer: Peer, _ bytes: [UInt8]) {
        guard let visitor = visitors[peer], case .intake(var session) = visitor.session else {
            return
        }
        let action = session.received(bytes, now: now)
        visitors[peer]?.session = .intake(session)
        if let waits = session.oldestMilliseconds {
            feeds.waits(session.stream.agency, milliseconds: waits)
        }
        switch action {
        case .none: break
        case .send(let frame): send([frame], to: peer)
        case .take(let put, let ranges, let first, let known):
            take(put, ranges, first: first, known: known, visitor.id, session.stream, peer)
        case .restart(let hello, let attempt):
            greet(peer, visitor.principal, hello, attempt: attempt)
        case .end: end(peer)
        case .fail(let frame):
            countRefusal(.malformedFrame)
            auditRefusals(in: [frame], of: peer)
            send([frame], to: peer)
            end(peer)
        }
    }

    /// Looks at each line and hands the PUT to the journal thread: first what was taken before,
    /// then what is new, so that receipts come back in the order of the numbers.
    private func take(
        _ put: Put,
        _ ranges: [Range<Int>],
        first: UInt64,
        known: Int,
        _ id: SessionID,
        _ stream: StreamID,
        _ peer: Peer
    ) {
        guard let access = visitors[peer]?.rights.access else { return }
        let base = put.events.startIndex
        let parts = ranges.map { $0.lowerBound - base..<$0.upperBound - base }
        auditPush(ranges.count, from: peer)
        let time = wallTime
        var lines = put.events.withUnsafeBytes {
            gate.inspect(parts, in: $0, from: stream.agency, access, at: time)
        }
        noteTaken(lines, of: stream.agency, peer)
        let resent = lines.prefix(known).map { ResentLine($0) }
        lines.removeFirst(known)
        var isTaken = true
        if !resent.isEmpty {
            isTaken = links.registrar.offer(.resend(id, stream, first: first, lines: resent))
        }
        if isTaken, !lines.isEmpty {
            let start = first + UInt64(known)
            isTaken = links.registrar.offer(
                .intake(id, stream, first: start, lines: lines, batch: put.events),
                bytes: put.events.count
            )
        }
        if !isTaken {
            // What was not taken has no receipt, so the client sends it again.
            failIntake(peer, ProtocolError(.overloaded, "The hub is behind; connect again."))
        }
    }

    /// Notes for pace, feeds and gauges what came; a line that is refused for its lane is none of it.
    ///
    /// Others would see by their credit, or by a feed that is quiet no more, that something came which stands
    /// nowhere.
    private func noteTaken(_ lines: [IntakeLine], of agency: AgencyID, _ peer: Peer) {
        let own = lines.count { !$0.isRefused }
        guard own > 0 else { return }
        let bytes = lines.reduce(own - 1) { $0 + ($1.isRefused ? 0 : $1.bytes.count) }
        visitors[peer]?.lastPut = now
        feeds.lines(agency, at: now)
        pace.note(lines: own, bytes: bytes)
        links.gauges.note { $0.takenBytes[agency, default: 0] += UInt64(bytes) }
    }

    /// The journal knows where the stream stands.
    func greeted(_ id: SessionID, expect: UInt64, conflict: UInt64?) {
        guard let peer = peers[id] else { return }
        if let conflict {
            failIntake(peer, Reception.conflict(conflict))
            return
        }
        guard case .intake(var session)? = visitors[peer]?.session else { return }
        let frame = session.welcome(
            session: id.number,
            hub: options.county.code,
            lane: options.lane,
            expect: expect,
            now: now
        )
        visitors[peer]?.session = .intake(session)
        send([frame], to: peer)
    }

    /// Lines are on the disk.
    func receipted(_ id: SessionID, _ receipts: [Receipt], lastEntry: UInt64) {
        guard let peer = peers[id], case .intake(var session)? = visitors[peer]?.session else {
            // The session ended meanwhile; the client asks again in its next one.
            return
        }
        // What is released is granted again only as far as the engine keeps up.
        noteBacklog()
        if let visitor = visitors[peer] {
            session.windowBytes = windowBytes(visitor, session, now)
        }
        let frames = session.receiptsReady(receipts, now: now)
        visitors[peer]?.session = .intake(session)
        send(frames, to: peer, receipts: lastEntry)
        if session.state == .ended { end(peer) }
    }

    func failIntake(_ peer: Peer, _ error: ProtocolError, number: UInt64? = nil) {
        guard case .intake(var session)? = visitors[peer]?.session else { return }
        countRefusal(error.code)
        audit(peer, .refused, "session", result: error.code.text)
        send([session.fail(error, number: number)], to: peer)
        end(peer)
    }

    /// What senders are told while nothing can be written.
    static var diskFull: ProtocolError {
        ProtocolError(.diskFull, "The hub's disk is full; it goes on by itself when there is room.")
    }

    static func conflict(_ number: UInt64) -> ProtocolError {
        ProtocolError(
            .numberConflict,
            "The hub has another content under \(number); two outboxes use one stream."
        )
    }
}
