import Domain
import Hashing
import Journal
import Storage
import Wire

// Pages of the decision log.
extension Archivist {
    /// Decisions for a subscription.
    mutating func read(_ reading: LogReading) throws(JournalError) -> LogPage {
        var page = LogPage(incarnation: reading.incarnation, notices: [], next: reading.from)
        let last = min(reading.until, reader.lastNumber)
        let names = links.names.withLock { $0 }
        let answers = Answers(names: names, titles: titles)
        let withdrawn = links.withdrawn.withLock { $0 }
        let sight = Sight(rights: reading.rights, right: .watch, now: reading.now)
        var bytes = 0
        var lookedAt = 0
        while page.next <= last, lookedAt < Self.lookedAtMax {
            let stored = try reader.read(from: page.next, limit: Self.readMax)
            guard !stored.isEmpty else { break }
            for one in stored {
                let isFull = bytes >= reading.bytesMax || page.notices.count >= reading.countMax
                guard one.number <= last, !isFull else { return page }
                lookedAt += 1
                page.next = one.number + 1
                guard !reading.without.contains(one.number),
                    let logged = try? DecisionCodec.decode(one.bytes),
                    let decision = logged.leavingOut(withdrawn)
                else { continue }
                guard decision.isAskedFor(by: reading.patterns),
                    maySee(decision, sight)
                else { continue }
                let notice = answers.notice(decision, number: one.number)
                bytes += notice.body.count
                page.notices.append(notice)
            }
        }
        return page
    }

    /// One decision as officers see it; `nil` when it is not in the log.
    mutating func notice(_ number: UInt64) throws(JournalError) -> Notice? {
        guard number > 0, number <= reader.lastNumber,
            let stored = try reader.read(from: number, limit: 1).first,
            let logged = try? DecisionCodec.decode(stored.bytes),
            let decision = logged.leavingOut(links.withdrawn.withLock { $0 })
        else { return nil }
        let names = links.names.withLock { $0 }
        return Answers(names: names, titles: titles).notice(decision, number: number)
    }

    /// Finds the span of a replay.
    mutating func openReplay(
        _ session: SessionID,
        _ incarnation: UInt64,
        _ holder: String,
        _ request: ReplayRequest
    ) throws(JournalError) {
        var span = ReplaySpan(first: 1, last: reader.lastNumber, digest: DecisionDigest())
        switch request.end {
        case .now: break
        case .time(let time): span.last = try firstNumber(atOrAfter: time) - 1
        case .number(let number): span.last = min(span.last, number)
        }
        switch request.beginning {
        case .start: break
        case .time(let time): span.first = try firstNumber(atOrAfter: time)
        case .number(let number): span.first = number
        case .token(let token):
            guard let bytes = seal.open(token, for: holder),
                case .replay(let place, let until, let digest, request.question)? =
                    PlaceToken(bytes)
            else {
                links.tell(
                    .refusedQuery(
                        session,
                        number: incarnation,
                        .badToken,
                        reason: "The token resume is none that this hub gave for this replay; "
                            + "begin the replay again."
                    )
                )
                return
            }
            span.first = try found(place) + 1
            span.last = min(until, reader.lastNumber)
            span.digest = digest
        }
        if span.first <= span.last { span.begins = try beginning(of: span) }
        links.tell(.replay(session, incarnation: incarnation, span))
    }

    /// The time of a span's first decision that may be anybody's, from which the pace is reckoned.
    private mutating func beginning(of span: ReplaySpan) throws(JournalError) -> Timestamp? {
        var next = span.first
        while next <= span.last {
            let stored = try reader.read(from: next, limit: Self.readMax)
            guard let last = stored.last else { return nil }
            for one in stored where DecisionCodec.decision(one.bytes) != nil {
                return DecisionCodec.time(of: one.bytes)
            }
            next = last.number + 1
        }
        return nil
    }

    /// Decisions for a replay, as many as fit.
    mutating func replay(_ reading: ReplayReading) throws(JournalError) -> ReplayPage {
        var page = ReplayPage(
            incarnation: reading.incarnation,
            records: ReplayRecords(),
            next: reading.from,
            digest: reading.digest,
            token: ""
        )
        let withdrawn = links.withdrawn.withLock { $0 }
        let sight = Sight(rights: reading.rights, right: .replay, now: reading.now)
        // Nothing that was decided is asked of anything but its place then.
        let readsOutlines =
            reading.form == .log && reading.patterns.isEmpty && withdrawn.isEmpty
            && !links.clearances.isKept
            && reading.rights.access.recused(at: reading.now).isEmpty
        var epoch: UInt64 = 0
        var lookedAt = 0
        pages: while page.next <= reading.until, lookedAt < Self.lookedAtMax {
            let stored = try reader.read(from: page.next, limit: Self.readMax)
            guard !stored.isEmpty else { break }
            for one in stored {
                guard one.number <= reading.until else { break pages }
                // That a line was refused for its lane is nobody's to learn, not even when, nor what a withdrawn
                // item was: it holds up no pace and ends no page.
                let isOutlined = readsOutlines && sight.coversOutline(of: one.bytes)
                let read =
                    isOutlined
                    ? ReplayedDecision(asLogged: one.bytes)
                    : DecisionCodec.decision(one.bytes).flatMap {
                        ReplayedDecision($0, one.bytes, without: withdrawn)
                    }
                guard let read else {
                    epoch = one.epoch
                    page.next = one.number + 1
                    continue
                }
                let time = DecisionCodec.time(of: one.bytes)
                if let through = reading.through, let time, time > through {
                    page.waitsFor = time
                    break pages
                }
                if let (record, digested) = record(read, reading, sight) {
                    let isFirst = page.records.count == 0
                    let bytes = page.records.bytes.count + record.count + 4
                    guard isFirst || bytes <= reading.bytesMax else { break pages }
                    page.records.append(record)
                    page.numbers.add(one.number)
                    page.digest.add(digested)
                    page.last = time
                }
                lookedAt += 1
                epoch = one.epoch
                page.next = one.number + 1
            }
        }
        let place = LogPlace(epoch: epoch, number: page.next - 1)
        let token = PlaceToken.replay(
            place,
            until: reading.until,
            page.digest,
            question: reading.question
        )
        page.token = seal.seal(token.bytes, for: reading.holder)
        return page
    }

    /// Whether a decision may be seen now and might be seen when it was made.
    private func maySee(_ decision: Decision, _ sight: Sight) -> Bool {
        let (rights, right, now, then) = (sight.rights, sight.right, sight.now, decision.at)
        return sight.covers(decision)
            && !links.recusals.hides(decision.matters, from: rights.access.recused(at: now))
            && !links.clearances.hides(
                decision.matters,
                from: rights.clearances(for: right, decision.subjects, now: now, then: then)
            )
    }

    /// A decision as the replay shows it and as it goes into the digest; `nil` where it is not asked for.
    private func record(
        _ replayed: ReplayedDecision,
        _ reading: ReplayReading,
        _ sight: Sight
    ) -> (shown: [UInt8], digested: [UInt8])? {
        let bytes = replayed.bytes
        guard let decision = replayed.decision else { return (bytes, bytes) }
        guard reading.patterns.isEmpty || decision.isAskedFor(by: reading.patterns),
            maySee(decision, sight)
        else { return nil }
        if reading.form == .log { return (bytes, bytes) }
        let names = links.names.withLock { $0 }
        let readership = Readership(reading.rights.access, links.grants.current, at: reading.now)
        let notice = Answers(names: names, titles: titles).notice(decision, number: 0)
        let subject =
            decision.subjects.first.map { JSONValue.string($0.text).bytes } ?? Array("null".utf8)
        let shown =
            Array(#"{"subject":"#.utf8) + subject + Array(#","decision":"#.utf8)
            + notice.body(for: readership)
            + Array("}".utf8)
        return (shown, bytes)
    }
}

// Places in the log.
extension Archivist {
    /// The end of the log as it can be read now.
    mutating func end() throws(JournalError) -> LogPlace {
        let last = reader.lastNumber
        guard last > 0 else { return LogPlace(epoch: 0, number: 0) }
        let stored = try reader.read(from: last, limit: 1).first
        return LogPlace(epoch: stored?.epoch ?? 0, number: last)
    }

    /// A place as it is in the log at hand, which may be a restored one: never behind what its epoch
    /// holds here, so that a decision may come twice and none is passed over.
    mutating func found(_ place: LogPlace) throws(JournalError) -> UInt64 {
        let epoch = place.epoch
        let behind = try firstNumber { $0.epoch > epoch }
        return min(place.number, behind - 1)
    }

    /// The number of the first decision at or after a time; one behind the last where there is none.
    ///
    /// Decisions' own times may go back by as long as a step of the clock held a deadline; the times of
    /// the entries that they follow from never do, and no decision is later than its entry.
    mutating func firstNumber(atOrAfter time: Timestamp) throws(JournalError) -> UInt64 {
        let records = records
        var number = try firstNumber { (stored) throws(JournalError) in
            try records.time(of: stored.input).map { $0 >= time } ?? true
        }
        while number <= reader.lastNumber {
            let page = try reader.read(from: number, limit: Self.readMax)
            guard !page.isEmpty else { break }
            for stored in page {
                if (DecisionCodec.time(of: stored.bytes) ?? time) >= time { return stored.number }
                number = stored.number + 1
            }
        }
        return number
    }

    /// Half the log each time: whatever is asked for holds from some decision on.
    private mutating func firstNumber(
        where holds: (StoredDecision) throws(JournalError) -> Bool
    ) throws(JournalError) -> UInt64 {
        var low: UInt64 = 1
        var high = reader.lastNumber + 1
        while low < high {
            let middle = low + (high - low) / 2
            guard let stored = try reader.read(from: middle, limit: 1).first else { break }
            if try holds(stored) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}

/// What somebody may see of the decisions of a page.
private struct Sight {
    let rights: Rights
    let right: Right
    let now: Timestamp
    private let view: Rights.View

    init(rights: Rights, right: Right, now: Timestamp) {
        self.rights = rights
        self.right = right
        self.now = now
        view = rights.view(right)
    }

    /// Whether grants let it be seen.
    ///
    /// Most who read a log may see all of a place; for them no subject is made, which costs more than the rest.
    func covers(_ decision: Decision) -> Bool {
        if let place = decision.place, view.covers(place, now: now, then: decision.at) {
            return true
        }
        return rights.maySee(right, decision.subjects, now: now, then: decision.at)
    }

    /// Whether the place of a decision is enough to tell that grants let it be seen.
    func coversOutline(of bytes: [UInt8]) -> Bool {
        guard let outline = DecisionOutline(bytes) else { return false }
        return view.covers(outline.place, now: now, then: outline.at)
    }
}

/// A decision without withdrawn items, and its bytes.
private struct ReplayedDecision {
    /// `nil` where it need not be read: it is shown as it stands in the log.
    let decision: Decision?
    let bytes: [UInt8]

    init(asLogged bytes: [UInt8]) {
        decision = nil
        self.bytes = bytes
    }

    /// `nil` where nothing of it is left.
    init?(_ logged: Decision, _ stored: [UInt8], without withdrawn: Set<ItemRef>) {
        if logged.readsTheSame(without: withdrawn) {
            (decision, bytes) = (logged, stored)
        } else {
            guard let rest = logged.leavingOut(withdrawn) else { return nil }
            (decision, bytes) = (rest, DecisionCodec.encode(rest))
        }
    }
}

extension Decision {
    /// Whether one of the patterns matches one of its subjects.
    fileprivate func isAskedFor(by patterns: [SubjectPattern]) -> Bool {
        guard place != nil else { return false }
        return patterns.contains(where: \.matchesAll)
            || subjects.contains { subject in patterns.contains { $0.matches(subject) } }
    }
}

extension DecisionCodec {
    /// A decision that may be somebody's; `nil` for a line that was refused for its lane.
    fileprivate static func decision(_ bytes: [UInt8]) -> Decision? {
        guard let decision = try? decode(bytes) else { return nil }
        if case .refusedSealed = decision.content { return nil }
        return decision
    }
}

extension ReplayRequest {
    /// What a token is bound to: a replay that asks for something else has another digest.
    var question: UInt64 {
        var hasher = SHA256Hasher()
        for subject in subjects { hasher.update(subject + "\n") }
        return hasher.finalize().word0
    }
}

/// What the archivist's thread goes on with.
struct Archive<D: Disk>: Sendable {
    let inputs: InputReader<D>
    let decisions: DecisionReader<D>
    let book: DurableBook<D>
    let grants: GrantBook<D>
    let seal: PositionSeal
    /// The last entry's time: until then the hub was there.
    let lastTime: Timestamp?
}
