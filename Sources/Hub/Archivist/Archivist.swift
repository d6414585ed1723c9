import Domain
import Journal
import Logging
import Storage
import Wire

/// Reads the decision log for sessions and keeps where durable subscriptions stand (档案).
///
/// The archivist's thread runs it, so that a session which reads far behind costs neither the socket
/// thread nor the engine's. Each request is a page with a bound; sessions take turns by asking again.
struct Archivist<D: Disk>: ~Copyable {
    var reader: DecisionReader<D>
    let titles: Titles
    let records: Records<D>
    let seal: PositionSeal
    let links: Links
    let options: HubOptions
    let clock: any HubClock
    private var book: DurableBook<D>
    private let grants: GrantBook<D>
    /// Subscriptions that a session holds.
    private var held: [DurableKey: SessionID] = [:]
    /// Names that are new, or that begin anew: taken up once that is on the disk.
    private var unopened: [(session: SessionID, incarnation: UInt64, standing: DurableStanding)] =
        []
    /// Told once they are on the disk.
    private var untold: [(session: SessionID, progress: DurableProgress)] = []
    private var nextFlush: Int64 = 0
    private var nextSweep: Int64 = 0
    private var nextEnding: Int64 = 0
    private let lastTime: Timestamp?
    private var lastSweep: (wall: Timestamp, uptime: Int64)?

    /// Decisions that one page looks at.
    static var lookedAtMax: Int { 4096 }
    /// Decisions read at a time.
    static var readMax: Int { 256 }
    /// What the clock gains beyond this between two looks is no time of service.
    private static var stepMin: TimeSpan { .days(7) }

    init(archive: consuming Archive<D>, links: Links, options: HubOptions, clock: any HubClock) {
        let records = Records(reader: archive.inputs)
        self.records = records
        titles = Titles(links.texts) { records.item($0) }
        reader = archive.decisions
        seal = archive.seal
        lastTime = archive.lastTime
        book = archive.book
        grants = archive.grants
        self.links = links
        self.options = options
        self.clock = clock
    }

    /// Works until the mailbox is closed and empty.
    mutating func run() {
        while turn(waitingMilliseconds: 200) {}
    }

    /// Works off everything that waits; `false` when the mailbox is closed and empty.
    mutating func turn(waitingMilliseconds milliseconds: Int) -> Bool {
        guard let letters = links.archivist.take(waitingMilliseconds: milliseconds) else {
            _ = book.flush()
            return false
        }
        for letter in letters { take(letter) }
        sweep()
        keep()
        return true
    }

    private mutating func take(_ letter: ArchivistLetter) {
        switch letter {
        case .open(let session, let incarnation, let key, let terms, let subjects):
            answering(session) { (archivist) throws(JournalError) in
                try archivist.open(session, incarnation, key, terms, subjects)
            }
        case .settle(let session, let progress): settle(session, progress)
        case .close(let key, let session): close(key, session)
        case .durables(let session, let number, let holder):
            answer(session, number, holder)
        case .read(let session, let reading):
            answering(session) { (archivist) throws(JournalError) in
                archivist.links.tell(.page(session, try archivist.read(reading)))
            }
        case .again(let session, let incarnation, let delivery, let decision):
            answering(session) { (archivist) throws(JournalError) in
                archivist.links.tell(
                    .again(
                        session,
                        incarnation: incarnation,
                        delivery: delivery,
                        try archivist.notice(decision)
                    )
                )
            }
        case .granted(let version):
            do throws(DiskError) {
                try grants.keep(version)
            } catch {
                // The next start reads it from the journal.
                links.log.warning("grants are not noted", metadata: ["why": "\(error)"])
            }
        case .openReplay(let session, let incarnation, let holder, let request):
            answering(session) { (archivist) throws(JournalError) in
                try archivist.openReplay(session, incarnation, holder, request)
            }
        case .replay(let session, let reading):
            answering(session) { (archivist) throws(JournalError) in
                archivist.links.tell(.replayed(session, try archivist.replay(reading)))
            }
        }
    }

    /// A log that cannot be read costs the session that asked, and is told.
    private mutating func answering(
        _ session: SessionID,
        _ work: (inout Self) throws(JournalError) -> Void
    ) {
        do throws(JournalError) {
            try work(&self)
        } catch {
            links.log.error(
                "the decision log cannot be read",
                metadata: ["session": "\(session.number.hex16)", "error": "\(error)"]
            )
            links.tell(.archiveFailed(session, reason: "\(error)"))
        }
    }
}

// Durable subscriptions.
extension Archivist {
    private mutating func open(
        _ session: SessionID,
        _ incarnation: UInt64,
        _ key: DurableKey,
        _ terms: DurableTerms,
        _ subjects: [String]
    ) throws(JournalError) {
        let now = serviceTime
        let isKnown = book[key] != nil
        var standing: DurableStanding
        if let known = book[key] {
            standing = known
            standing.settled = LogPlace(
                epoch: known.settled.epoch,
                number: try found(known.settled)
            )
        } else {
            if let refusal = refusal(of: key) {
                links.tell(
                    .refusedQuery(session, number: incarnation, .tooManyNames, reason: refusal)
                )
                return
            }
            standing = DurableStanding(key: key, subjects: subjects, settled: try end(), at: now)
            if let place = terms.resume.flatMap({ subscriptionPlace($0, holder: key.holder) }) {
                standing.settled.number = try found(place)
                standing.hasBegun = true
            }
        }
        switch terms.beginning {
        case .start: standing.settled.number = 0
        case .time(let time):
            standing.settled.number = try firstNumber(atOrAfter: time) - 1
        case nil: break
        }
        if terms.beginning != nil {
            standing.hasBegun = true
            standing.aside = []
        }
        standing.settled.epoch = try end().epoch
        standing.subjects = subjects
        standing.usedAt = now
        book.put(standing)
        held[key] = session
        if isKnown, terms.beginning == nil {
            links.tell(.durable(session, incarnation: incarnation, standing))
        } else {
            // Its holder says no more where it begins once he hears of it, so it must not be lost.
            unopened.removeAll { $0.standing.key == key }
            unopened.append((session, incarnation, standing))
        }
    }

    private func refusal(of key: DurableKey) -> String? {
        if book.standings(of: key.holder).count >= options.durablesPerHolderMax {
            return "\(key.holder) has \(options.durablesPerHolderMax) durable subscriptions; "
                + "use one of them."
        }
        if book.count >= options.durablesMax {
            return "The hub keeps \(options.durablesMax) durable subscriptions; use an old one."
        }
        return nil
    }

    private mutating func settle(_ session: SessionID, _ progress: DurableProgress) {
        guard var standing = book[progress.key], held[progress.key] == session else { return }
        let now = serviceTime
        standing.settled.number = progress.decision
        standing.aside = Array(progress.aside.prefix(DurableStanding.asideMax))
        standing.hasBegun = progress.hasBegun
        standing.usedAt = now
        for decision in progress.givenUp {
            standing.givenUp.append(.init(at: now, decision: decision, reason: progress.reason))
            links.log.notice(
                "a delivery was given up",
                metadata: [
                    "holder": "\(progress.key.holder)", "name": "\(progress.key.name)",
                    "decision": "\(decision)", "reason": "\(progress.reason)",
                ]
            )
        }
        standing.givenUp = standing.givenUp.suffix(DurableStanding.givenUpMax)
        book.put(standing)
        untold.removeAll { $0.session == session }
        untold.append((session, progress))
    }

    private mutating func close(_ key: DurableKey, _ session: SessionID) {
        guard held[key] == session else { return }
        held[key] = nil
        guard var standing = book[key] else { return }
        standing.usedAt = serviceTime
        book.put(standing)
    }

    /// Writes what has changed, and tells those whose settlements are on the disk now.
    private mutating func keep() {
        let now = clock.monotonicMilliseconds()
        guard now >= nextFlush else { return }
        if let failure = book.flush() {
            nextFlush = now + 1000
            links.log.error(
                "a durable subscription cannot be written; it is tried again",
                metadata: ["error": "\(failure)"]
            )
        }
        for (session, incarnation, standing) in unopened where book.isWritten(standing.key) {
            links.tell(.durable(session, incarnation: incarnation, standing))
        }
        unopened.removeAll { book.isWritten($0.standing.key) }
        guard !untold.isEmpty, let epoch = try? end().epoch else { return }
        for (session, progress) in untold where book.isWritten(progress.key) {
            let place = PlaceToken.subscription(
                LogPlace(epoch: epoch, number: progress.decision)
            )
            let position = Position(
                incarnation: progress.incarnation,
                settled: progress.delivery,
                token: seal.seal(place.bytes, for: progress.key.holder)
            )
            links.tell(.position(session, position))
        }
        untold.removeAll { book.isWritten($0.progress.key) }
    }

    /// The wall clock, which is never before the journal's end at the start: a name that was used while
    /// the clock was set back is not old when it returns.
    private var serviceTime: Timestamp { max(clock.now(), lastTime ?? clock.now()) }

    /// Ends what nobody used for thirty days in which the hub was there to be used.
    private mutating func sweep() {
        let uptime = clock.monotonicMilliseconds()
        guard uptime >= nextSweep else { return }
        // Often enough to see a step of the clock before the hub believes it.
        nextSweep = uptime + 60_000
        let now = serviceTime
        // A hub that was off for weeks, or whose clock was stepped by a year, was neglected by nobody.
        let due =
            lastSweep.map { $0.wall + TimeSpan(milliseconds: uptime - $0.uptime) }
            ?? lastTime ?? now
        let step = now - due
        let isStep = step > Self.stepMin
        lastSweep = (now, uptime)
        guard isStep || uptime >= nextEnding else { return }
        nextEnding = uptime + 3_600_000
        for var standing in book.standings(of: nil) {
            if held[standing.key] != nil {
                standing.usedAt = now
                book.put(standing)
            } else if isStep {
                // One that was used since the step has its new time already.
                standing.usedAt = min(now, standing.usedAt + step)
                book.put(standing)
            } else if standing.usedAt + options.durableUnusedMax < now {
                book.remove(standing.key)
                links.log.notice(
                    "an unused durable subscription ended",
                    metadata: ["holder": "\(standing.key.holder)", "name": "\(standing.key.name)"]
                )
            }
        }
    }

    private mutating func answer(_ session: SessionID, _ number: UInt64, _ holder: String?) {
        let last = reader.lastNumber
        let rows: [JSONValue] = book.standings(of: holder).map { standing in
            [
                "holder": .string(standing.key.holder), "name": .string(standing.key.name),
                "subjects": .array(standing.subjects.map { .string($0) }),
                "behind": .integer(Int64(last - min(last, standing.settled.number))),
                "held": .bool(held[standing.key] != nil),
                "made_at": .string(standing.madeAt.rfc3339),
                "used_at": .string(standing.usedAt.rfc3339),
                "given_up": .array(
                    standing.givenUp.map {
                        ["at": .string($0.at.rfc3339), "reason": .string($0.reason)]
                    }
                ),
            ]
        }
        links.tell(.answer(session, number: number, Answer(rows: .array(rows))))
    }

    private func subscriptionPlace(_ token: String, holder: String) -> LogPlace? {
        guard let bytes = seal.open(token, for: holder),
            case .subscription(let place)? = PlaceToken(bytes)
        else { return nil }
        return place
    }
}
