import Domain
import Hashing
import Journal
import OrderedCollections
import Wire

// Replays.
extension Reception {
    func replay(
        _ visitor: Visitor,
        _ desk: Desk,
        _ peer: Peer,
        _ incarnation: UInt64,
        _ request: ReplayRequest,
        _ patterns: [SubjectPattern]
    ) {
        leaveFeed(desk, peer)
        noteWatched()
        if request.isByNumber, !visitor.mayDo(.log, wallTime) {
            refuse(.log, "a replay by numbers instead of times", peer, incarnation)
            return
        }
        audit(
            peer,
            .replayed,
            patterns.map(\.text).joined(separator: " "),
            [.init("step", "begun"), .init("span", .string(request.auditSpan))]
        )
        desk.feed = .replay(
            ReplayFeed(incarnation: incarnation, request: request, patterns: patterns)
        )
        askArchivist(
            .openReplay(
                visitor.id,
                incarnation: incarnation,
                holder: visitor.principal.text,
                request
            ),
            peer,
            incarnation
        )
    }

    /// The archivist found the span.
    func replayBegins(_ id: SessionID, _ incarnation: UInt64, _ span: ReplaySpan) {
        guard let (desk, peer, found) = replaying(id, incarnation) else { return }
        var feed = found
        feed.begin(span, now: now)
        desk.feed = .replay(feed)
        pump(desk, peer, id)
    }

    /// Decisions of the replay.
    func replayed(_ id: SessionID, _ page: ReplayPage) {
        guard let (desk, peer, found) = replaying(id, page.incarnation) else { return }
        var feed = found
        feed.take(page)
        feed.waiting = page.records.count > 0 ? page : nil
        desk.feed = .replay(feed)
        pump(desk, peer, id)
    }

    func pumpReplay(_ desk: Desk, _ peer: Peer, _ id: SessionID) {
        guard case .replay(var feed) = desk.feed else { return }
        if let page = feed.waiting {
            let outcome = desk.session.chunk(
                incarnation: feed.incarnation,
                form: feed.request.form,
                token: page.token,
                records: page.records,
                now: now
            )
            guard case .sent(let frame) = outcome else { return }
            send([frame], to: peer)
            auditReplay(page.numbers, to: peer)
            feed.waiting = nil
        }
        if feed.isComplete {
            let end = ReplayEnd(
                incarnation: feed.incarnation,
                count: UInt64(feed.digest.count),
                digest: feed.digest.value,
                through: feed.through
            )
            desk.feed = .nothing
            auditTally(of: peer)
            audit(
                peer,
                .replayed,
                "",
                [
                    .init("step", "ended"), .init("count", .integer(Int64(end.count))),
                    .init("digest", .string(end.digest.hex)),
                ]
            )
            withDesk(peer) { $0.session.endReplay(end, now: now) }
            return
        }
        if feed.mayRead(now: now), let next = feed.next, let visitor = visitors[peer] {
            let reading = ReplayReading(
                incarnation: feed.incarnation,
                holder: visitor.principal.text,
                from: next,
                until: feed.last,
                patterns: feed.patterns,
                rights: visitor.rights,
                now: wallTime,
                question: feed.request.question,
                form: feed.request.form,
                digest: feed.digest,
                bytesMax: ProtocolLimits.chunkBytes,
                through: feed.shownThrough(now: now)
            )
            feed.isReading = links.archivist.offer(.replay(id, reading))
        }
        desk.feed = .replay(feed)
    }

    private func replaying(
        _ id: SessionID,
        _ incarnation: UInt64
    ) -> (desk: Desk, peer: Peer, feed: ReplayFeed)? {
        guard let peer = peers[id], case .desk(let desk)? = visitors[peer]?.session,
            case .replay(let feed) = desk.feed, feed.incarnation == incarnation
        else { return nil }
        return (desk, peer, feed)
    }
}

extension ReplayRequest {
    /// From where to where, for the audit log.
    fileprivate var auditSpan: String {
        let begin =
            switch beginning {
            case .start: "start"
            case .time(let time): time.rfc3339
            case .number(let number): "\(number)"
            case .token: "token"
            }
        let close =
            switch end {
            case .now: "now"
            case .time(let time): time.rfc3339
            case .number(let number): "\(number)"
            }
        return begin + " " + close
    }

    /// It names decisions by their numbers in the log.
    var isByNumber: Bool {
        if case .number = beginning { return true }
        if case .number = end { return true }
        return false
    }
}
