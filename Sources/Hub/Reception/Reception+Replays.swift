import Domain
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
        if request.isByNumber, case .officer = visitor.principal {
            refuseRequest(
                peer,
                incarnation,
                ProtocolError(
                    .notPermitted,
                    "Numbers of the log are the operator's; give times, or a token."
                )
            )
            return
        }
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
            withDesk(peer) { $0.session.endReplay(end, now: now) }
            return
        }
        if feed.mayRead(now: now), let next = feed.next, let holder = visitors[peer]?.principal {
            let reading = ReplayReading(
                incarnation: feed.incarnation,
                holder: holder.text,
                from: next,
                until: feed.last,
                patterns: feed.patterns,
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
    /// It names decisions by their numbers in the log.
    var isByNumber: Bool {
        if case .number = beginning { return true }
        if case .number = end { return true }
        return false
    }
}
