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
        _ start: StreamStart,
        attempt: UInt64
    ) {
        guard !links.room.isShort else {
            refuse(peer, Reception.diskFull, number: attempt)
            return
        }
        let stream = StreamID(agency: agency, name: start.stream, epoch: start.epoch)
        if let holder = holders[stream], let former = peers[holder] {
            replace(former)
        } else if holders.count >= options.streamsMax {
            refuse(
                peer,
                ProtocolError(.tooManyStreams, "Too many streams are open; connect again later."),
                number: attempt
            )
            return
        }
        let receipted = start.receipted.map { ($0.number, $0.digest) }
        guard links.registrar.offer(.greet(id, stream, receipted: receipted)) else {
            refuse(
                peer,
                ProtocolError(.overloaded, "The hub is behind; connect again later."),
                number: attempt
            )
            return
        }
        let session = IntakeHubSession(
            stream: stream,
            attempt: attempt,
            windowBytes: intakeWindow,
            heartbeat: TimeSpan(milliseconds: options.heartbeatMilliseconds),
            silence: TimeSpan(milliseconds: options.silenceMilliseconds),
            now: now
        )
        visitors[peer] = Visitor(
            id: id,
            principal: .agency(agency),
            session: .intake(session)
        )
        peers[id] = peer
        holders[stream] = id
    }

    /// What each agency's session may have under way, so that the engine always has work and never
    /// comes near `lagMax`: what it can do in an eighth of that time at the pace that it shows, less
    /// what waits for it, shared by the sessions.
    ///
    /// An eighth, because an engine that has linked little yet is several times faster than later.
    var intakeWindow: Int {
        let lag = links.lagMilliseconds.load(ordering: .acquiring)
        guard lag <= options.lagMax.milliseconds, !links.room.isShort else { return 0 }
        let synced = links.lastSynced.load(ordering: .acquiring)
        let applied = links.lastApplied.load(ordering: .acquiring)
        let waiting = Int(clamping: synced > applied ? synced - applied : 0)
        let span = Int(clamping: options.lagMax.milliseconds / 8)
        let (reach, isBeyond) = links.enginePace.load(ordering: .acquiring)
            .multipliedReportingOverflow(by: span)
        let room = isBeyond ? Int.max : reach / 1000 - waiting
        guard room > 0 || waiting == 0 else { return 0 }
        let share = max(0, room) / max(1, holders.count)
        guard share < options.creditBytes / Reception.entryBytes else { return options.creditBytes }
        // While nothing waits, the window is at least one event of any size.
        let least = waiting == 0 ? min(Reception.windowBytesMin, options.creditBytes) : 0
        return max(share * Reception.entryBytes, least)
    }

    /// The bytes of a usual event.
    private static var entryBytes: Int { 1024 }
    /// The largest event and some more.
    private static var windowBytesMin: Int { ProtocolLimits.eventBytesMax + (64 << 10) }

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
        switch action {
        case .none: break
        case .send(let frame): send([frame], to: peer)
        case .take(let put, let ranges, let first, let known):
            take(put, ranges, first: first, known: known, visitor.id, session.stream, peer)
        case .restart(let hello, let attempt):
            greet(peer, visitor.principal, hello, attempt: attempt)
        case .end: end(peer)
        case .fail(let frame):
            links.gauges.note { $0.refusals += 1 }
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
        let base = put.events.startIndex
        let parts = ranges.map { $0.lowerBound - base..<$0.upperBound - base }
        var lines = put.events.withUnsafeBytes { gate.inspect(parts, in: $0, from: stream.agency) }
        let digests: [ContentDigest?] = lines.prefix(known).map { line in
            if case .sealedRefusal = line.content { nil } else { line.digest }
        }
        lines.removeFirst(known)
        var isTaken = true
        if !digests.isEmpty {
            isTaken = links.registrar.offer(.resend(id, stream, first: first, digests: digests))
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
        let frames = session.receiptsReady(receipts, now: now)
        visitors[peer]?.session = .intake(session)
        send(frames, to: peer, receipts: lastEntry)
        if session.state == .ended { end(peer) }
    }

    func failIntake(_ peer: Peer, _ error: ProtocolError, number: UInt64? = nil) {
        guard case .intake(var session)? = visitors[peer]?.session else { return }
        links.gauges.note { $0.refusals += 1 }
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
