import Domain
import OrderedCollections
import Storage
import Wire

// Subscriptions.
extension Reception {
    func subscribe(
        _ visitor: Visitor,
        _ desk: Desk,
        _ peer: Peer,
        _ incarnation: UInt64,
        _ patterns: [SubjectPattern],
        _ terms: DurableTerms?
    ) {
        leaveFeed(desk, peer)
        audit(
            peer,
            .subscribed,
            patterns.map(\.text).joined(separator: " "),
            terms.map { [.init("name", .string($0.name))] } ?? []
        )
        desk.feed = .subscription(
            LogFeed(incarnation: incarnation, patterns: patterns, durable: nil)
        )
        noteWatched()
        guard let terms else {
            askLinker(
                .point(visitor.id, incarnation: incarnation, withAlerts: true),
                peer,
                incarnation
            )
            return
        }
        let key = DurableKey(holder: visitor.principal.text, name: terms.name)
        if let other = durableHolders[key], other != visitor.id, let otherPeer = peers[other] {
            let error = ProtocolError(
                .sessionReplaced,
                "Another session of \(key.holder) took over \(key.name)."
            )
            withDesk(otherPeer) { .fail($0.session.fail(error)) }
        }
        durableHolders[key] = visitor.id
        durableTerms[visitor.id] = (key, terms)
        let subjects = patterns.map(\.text)
        askArchivist(
            .open(visitor.id, incarnation: incarnation, key, terms, subjects: subjects),
            peer,
            incarnation
        )
    }

    /// The archivist found where a durable subscription stands.
    func durable(_ id: SessionID, _ incarnation: UInt64, _ standing: DurableStanding) {
        guard let (desk, peer, found) = subscription(id, incarnation),
            let terms = durableTerms[id]?.terms
        else { return }
        var feed = found
        feed.durable = DurableFeed(standing, terms: terms)
        feed.next = standing.settled.number + 1
        desk.subscription = feed
        askLinker(
            .point(id, incarnation: incarnation, withAlerts: !standing.hasBegun),
            peer,
            incarnation
        )
    }

    /// The log stood there, with these alerts active.
    func point(_ id: SessionID, _ incarnation: UInt64, _ number: UInt64, _ notices: [Notice]) {
        published = max(published, number)
        guard let (desk, peer, found) = subscription(id, incarnation) else { return }
        var feed = found
        feed.snapshot = notices.filter { mayGet($0, feed.patterns, peer) }[...]
        feed.isOpen = true
        if feed.next == nil { feed.next = number + 1 }
        desk.subscription = feed
        pump(desk, peer, id)
    }

    /// Decisions for whoever has seen all that were before.
    func decided(_ first: UInt64, _ last: UInt64, _ notices: [Notice]) {
        published = max(published, last)
        for (id, peer) in peers {
            guard case .desk(let desk)? = visitors[peer]?.session,
                case .subscription(let feed) = desk.feed, feed.isOpen, let next = feed.next
            else { continue }
            if next >= first, next <= last, desk.session.state == .live, !feed.isReading {
                let from = next
                take(notices.drop { $0.number < from }, through: last, desk, peer)
            }
            pump(desk, peer, id)
        }
    }

    /// A page from the log.
    func page(_ id: SessionID, _ page: LogPage) {
        guard let (desk, peer, found) = subscription(id, page.incarnation) else { return }
        var feed = found
        feed.isReading = false
        desk.subscription = feed
        // A FETCH went back meanwhile: what was read is not what comes next.
        guard feed.next == feed.readingFrom else {
            pump(desk, peer, id)
            return
        }
        take(page.notices[...], through: page.next - 1, desk, peer)
        pump(desk, peer, id)
    }

    /// Delivers what matches as far as there is room, and keeps the place.
    private func take(
        _ notices: ArraySlice<Notice>,
        through last: UInt64,
        _ desk: Desk,
        _ peer: Peer
    ) {
        guard case .subscription(var feed) = desk.feed else { return }
        // The only reference, so that notes of deliveries copy nothing.
        desk.feed = .nothing
        defer { desk.feed = .subscription(feed) }
        for notice in notices {
            guard mayGet(notice, feed.patterns, peer), let subject = notice.subjects.first else {
                continue
            }
            guard feed.hasRoom else {
                feed.next = notice.number
                return
            }
            let outcome = desk.session.deliver(
                incarnation: feed.incarnation,
                subject: subject.text,
                decision: body(of: notice, for: peer),
                now: now
            )
            switch outcome {
            case .sent(let frame):
                send([frame], to: peer)
                auditDelivery(notice, to: peer)
                feed.sent(notice, as: frame.number, now: now)
            case .full(let bytes):
                feed.needed = bytes
                feed.next = notice.number
                return
            case .over: return
            }
        }
        feed.next = last + 1
    }

    /// Whether a decision is asked for, and may be seen by whoever holds the session.
    private func mayGet(_ notice: Notice, _ patterns: [SubjectPattern], _ peer: Peer) -> Bool {
        guard notice.isAskedFor(by: patterns), let rights = visitors[peer]?.rights else {
            return false
        }
        let time = wallTime
        return rights.maySee(.watch, notice.subjects, now: time)
            && !links.recusals.hides(notice.matters, from: rights.access.recused(at: time))
            && !links.clearances.hides(
                notice.matters,
                from: rights.clearances(for: .watch, notice.subjects, now: time)
            )
    }

    /// A decision as whoever holds the session may read it.
    private func body(of notice: Notice, for peer: Peer) -> [UInt8] {
        notice.body(for: readership(of: peer))
    }

    private func readership(of peer: Peer) -> Readership {
        guard let access = visitors[peer]?.rights.access else { return .none }
        return Readership(access, links.grants.current, at: wallTime)
    }

    /// An alert that was made ready before an item of it was withdrawn; its correction comes by itself.
    private func restsOnWithdrawn(_ notice: Notice) -> Bool {
        guard notice.level != nil else { return false }
        return links.withdrawn.withLock { withdrawn in
            !withdrawn.isEmpty && notice.matters.items.contains(where: withdrawn.contains)
        }
    }

    /// Delivers what waits and asks for more, as far as there is room.
    func pump(_ desk: Desk, _ peer: Peer, _ id: SessionID) {
        switch desk.feed {
        case .nothing: break
        case .subscription: pumpSubscription(desk, peer, id)
        case .replay: pumpReplay(desk, peer, id)
        }
    }

    private func pumpSubscription(_ desk: Desk, _ peer: Peer, _ id: SessionID) {
        guard let feed = desk.subscription, feed.isOpen else { return }
        if desk.session.state == .snapshot {
            takeSnapshot(desk, peer)
            guard desk.session.state == .live else { return }
        }
        guard let rights = visitors[peer]?.rights, var feed = desk.subscription,
            let next = feed.next, next <= published,
            !feed.isReading, feed.hasRoom, desk.session.room >= feed.needed
        else { return }
        let reading = LogReading(
            incarnation: feed.incarnation,
            from: next,
            until: published,
            patterns: feed.patterns,
            rights: rights,
            now: wallTime,
            without: feed.durable?.without ?? [],
            bytesMax: min(desk.session.room, ProtocolLimits.chunkBytes),
            countMax: feed.countMax
        )
        guard links.archivist.offer(.read(id, reading)) else { return }
        feed.isReading = true
        feed.readingFrom = next
        desk.subscription = feed
    }

    private func takeSnapshot(_ desk: Desk, _ peer: Peer) {
        guard var feed = desk.subscription else { return }
        while let notice = feed.snapshot.first {
            guard feed.hasRoom else { break }
            guard mayGet(notice, feed.patterns, peer), !restsOnWithdrawn(notice),
                let subject = notice.subjects.first
            else {
                feed.snapshot.removeFirst()
                continue
            }
            let outcome = desk.session.deliver(
                incarnation: feed.incarnation,
                subject: subject.text,
                decision: body(of: notice, for: peer),
                now: now
            )
            guard case .sent(let frame) = outcome else { break }
            send([frame], to: peer)
            auditDelivery(notice, to: peer)
            feed.sent(notice, as: frame.number, now: now)
            feed.snapshot.removeFirst()
        }
        let isComplete = feed.snapshot.isEmpty
        if isComplete { feed.durable?.snapshotIsComplete() }
        desk.subscription = feed
        guard isComplete else { return }
        // Without alerts at its beginning it has begun, and must not begin again.
        if let id = visitors[peer]?.id, feed.durable?.hasBegun == true { noteProgress(desk, id) }
        withDesk(peer) { $0.session.endSnapshot(incarnation: feed.incarnation, now: now) }
    }

    /// The client misses a delivery.
    func fetch(_ desk: Desk, _ peer: Peer, _ id: SessionID, _ first: UInt64) {
        guard var feed = desk.subscription else { return }
        guard feed.goBack(to: first) else {
            refuseRequest(
                peer,
                feed.incarnation,
                ProtocolError(
                    .pastTheSnapshot,
                    "Delivery \(first) is too old to be sent again; subscribe again."
                )
            )
            return
        }
        desk.session.rewind(incarnation: feed.incarnation, to: first)
        desk.subscription = feed
        pump(desk, peer, id)
    }

    private func subscription(
        _ id: SessionID,
        _ incarnation: UInt64
    ) -> (desk: Desk, peer: Peer, feed: LogFeed)? {
        guard let peer = peers[id], case .desk(let desk)? = visitors[peer]?.session,
            let feed = desk.subscription, feed.incarnation == incarnation
        else { return nil }
        return (desk, peer, feed)
    }

    /// A subscription or replay is over.
    func leaveFeed(_ desk: Desk, _ peer: Peer) {
        desk.feed = .nothing
        if let id = visitors[peer]?.id { releaseDurable(id) }
    }

    /// Whoever comes next may take the durable subscription up.
    func releaseDurable(_ id: SessionID) {
        guard let (key, _) = durableTerms.removeValue(forKey: id) else { return }
        if durableHolders[key] == id { durableHolders[key] = nil }
        _ = links.archivist.offer(.close(key, id))
    }
}

// Settlement.
extension Reception {
    func settle(_ desk: Desk, _ peer: Peer, _ id: SessionID, _ settlement: Settlement) {
        guard var feed = desk.subscription, var durable = feed.durable else { return }
        let settled = durable.take(settlement, now: now)
        feed.durable = durable
        desk.subscription = feed
        if case .givenUp(let reason) = settlement.word {
            noteProgress(desk, id, givenUp: settled, reason: reason)
        } else if !settled.isEmpty {
            noteProgress(desk, id)
        }
        pump(desk, peer, id)
    }

    /// Has the archivist write how far a durable subscription has come.
    ///
    /// A full mailbox loses nothing: what is not noted as settled comes again.
    private func noteProgress(
        _ desk: Desk,
        _ id: SessionID,
        givenUp: [UInt64] = [],
        reason: String = ""
    ) {
        guard var feed = desk.subscription, let next = feed.next,
            var progress = feed.durable?.progress(
                incarnation: feed.incarnation,
                next: next,
                lastNumber: desk.session.lastNumber
            )
        else { return }
        desk.subscription = feed
        progress.givenUp = givenUp
        progress.reason = reason
        _ = links.archivist.offer(.settle(id, progress))
    }

    /// Deliveries that nobody settled in time.
    func deliverAgain(_ desk: Desk, _ peer: Peer, _ id: SessionID) {
        guard var feed = desk.subscription, feed.durable != nil else { return }
        let due = feed.durable?.dueAgain(now: now) ?? []
        guard !due.isEmpty else { return }
        desk.subscription = feed
        for (number, waiting) in due {
            if let notice = waiting.notice {
                again(id, feed.incarnation, number, notice)
            } else {
                let letter = ArchivistLetter.again(
                    id,
                    incarnation: feed.incarnation,
                    delivery: number,
                    decision: waiting.decision
                )
                if !links.archivist.offer(letter), var present = desk.subscription {
                    present.durable?.cameAgain(number, wasSent: false, now: now)
                    desk.subscription = present
                }
            }
        }
    }

    /// A delivery once more, under its number.
    func again(_ id: SessionID, _ incarnation: UInt64, _ delivery: UInt64, _ notice: Notice?) {
        guard let (desk, peer, found) = subscription(id, incarnation),
            let waiting = found.durable?.unsettled[delivery]
        else { return }
        var feed = found
        guard let notice, notice.number > 0 || !restsOnWithdrawn(notice) else {
            feed.durable?.letGo(delivery)
            desk.subscription = feed
            noteProgress(desk, id)
            return
        }
        var wasSent = false
        if let subject = notice.subjects.first, mayGet(notice, found.patterns, peer) {
            let outcome = desk.session.redeliver(
                incarnation: incarnation,
                number: delivery,
                again: waiting.again + 1,
                subject: subject.text,
                decision: body(of: notice, for: peer),
                now: now
            )
            if case .sent(let frame) = outcome {
                send([frame], to: peer)
                auditDelivery(notice, to: peer)
                wasSent = true
            }
        }
        feed.durable?.cameAgain(delivery, wasSent: wasSent, now: now)
        desk.subscription = feed
    }

    /// How far a durable subscription is settled on the disk.
    func position(_ id: SessionID, _ position: Position) {
        guard let peer = peers[id] else { return }
        withDesk(peer) { $0.session.position(position, now: now) }
    }
}
