import Catalogue
import Domain
import Hub
import LiandongClient
import LiandongClientZeroMQ
import Settings
import Wire
import ZeroMQ

/// What a push has done.
struct PushOutcome {
    var items = 0
    var receipted = 0
    var setAside = 0
    var waiting = 0
    var quarantined = 0
    var refused = 0
    var interruptions = 0
    /// What went to the sealed lane.
    var sealed = SealedOutcome()
    /// Bundles for the superior.
    var superior = 0
    /// The first mistakes, for a person.
    var mistakes: [Mistake] = []

    /// The same of the sealed lane (限知).
    struct SealedOutcome {
        var items = 0
        var receipted = 0
        var quarantined = 0
        var refused = 0
        /// Of the items, those that their wording brought there.
        var screened = 0
        /// Of the items, those that the open hub had refused for its lane.
        var moved = 0
        /// Calls for help that went to the open lane beside them.
        var calls = 0
        /// Of the items, those that the open hub had and that are taken back there.
        var withdrawn = 0
        /// Why its hub is not reached; empty where it is.
        var trouble = ""
    }

    static let mistakesMax = 50

    var fellShort: Bool {
        setAside + waiting + quarantined + refused + sealed.quarantined + sealed.refused > 0
    }

    /// Whatever was asked for the first mistakes.
    mutating func note(_ mistakes: [Mistake]) {
        let room = PushOutcome.mistakesMax - self.mistakes.count
        self.mistakes += mistakes.prefix(max(0, room))
    }

    /// Takes a row; gives what goes into the outboxes because of it.
    ///
    /// - Parameters:
    ///   - row: What became of a row.
    ///   - superior: Where items go that the superior alone may get.
    ///   - lanes: The outboxes that it is for.
    /// - Returns: The item; nothing for a row that is set aside or passed over; of one that the superior alone may
    ///   get what the open lane must still learn: a call for help, and that it has the item no more.
    /// - Throws: When the superior's bundle cannot be written.
    mutating func take(
        _ row: RowOutcome,
        _ superior: SuperiorBundles?,
        _ lanes: LaneOutboxes
    ) throws(CommandFailure) -> [OutgoingItem] {
        switch row {
        case .item(let item, let remarks):
            note(remarks)
            tell(item)
            return [item]
        case .forSuperior(let item, let mistake):
            tell(item)
            if let superior {
                let path = try superior.write(item)
                self.superior += 1
                Terminal.complain(Words.goesToSuperior(item.ref.id, file: path))
            } else {
                setAside += 1
                note([mistake])
                Terminal.complain(Words.handInOnPaper)
            }
            return lanes.openNotes(of: item)
        case .setAside(let mistakes):
            setAside += 1
            note(mistakes)
        case .skipped: break
        }
        return []
    }

    /// Counts items that lie in their outboxes now.
    mutating func note(_ put: LaneOutboxes.Put) {
        items += put.open
        sealed.items += put.sealed
        sealed.calls += put.calls
        sealed.withdrawn += put.withdrawn
        waiting += put.waiting
    }

    /// Notes where an item of the sealed lane goes, and why, for the sender alone.
    mutating func tell(_ item: OutgoingItem) {
        guard let reason = item.sealedReason else { return }
        let words: String
        switch reason {
        case .purpose: words = Words.sealedByPurpose
        case .defaultPurpose: words = Words.sealedByDefault
        case .wording(let version, let struck):
            sealed.screened += 1
            words = Words.sealedByWording(version: version, words: struck)
        }
        Terminal.complain(Words.goesSealed(item.ref.id, why: words))
    }
}

/// Feeds both outboxes and turns their pushers until all is receipted.
struct Push: ~Copyable {
    private let lanes: LaneOutboxes
    private let input: PushInput
    private let file: String?
    private let patience: TimeSpan
    /// What earlier pushes have left in the outboxes.
    private let backlog: Int
    private var open: Pusher<ZeroMQConnection>
    private var sealed: Pusher<ZeroMQConnection>?
    private var isSealedOpen = false
    private var isSealedSettled = false
    private let superior: SuperiorBundles?
    private let clock = SystemClock()
    private var outcome = PushOutcome()
    private var pending: [OutgoingItem] = []
    private var openContact: Int64
    private var sealedContact: Int64
    private var lastReason = "no answer"
    private var sealedReason = "no answer"
    private let tellTotals: ((PushOutcome) -> Void)?
    private var told = 0

    /// Items put into the outboxes with one sync each.
    private static let batchMax = 256

    init(
        lanes: LaneOutboxes,
        input: PushInput,
        file: String?,
        patience: TimeSpan,
        pushers: consuming AgencyPushers,
        superior: SuperiorBundles?,
        tellTotals: ((PushOutcome) -> Void)? = nil
    ) {
        self.tellTotals = tellTotals
        self.lanes = lanes
        self.input = input
        self.file = file
        self.patience = patience
        self.superior = superior
        backlog = lanes.open.counts.unreceipted + (lanes.sealed?.counts.unreceipted ?? 0)
        open = pushers.open
        sealed = pushers.sealed
        let now = SystemClock().monotonicMilliseconds()
        openContact = now
        sealedContact = now
    }

    mutating func run() throws(CommandFailure) -> PushOutcome {
        var hasEnded = false
        // Standard input may never end, and nobody knows how much will come.
        var progress = file == "-" || file == nil ? nil : Progress("推送")
        while true {
            if pending.count < Push.batchMax, !hasEnded { hasEnded = try take() }
            try put()
            let isIdle = open.isDrained && pending.isEmpty && isSealedDone
            if isIdle { tell() }
            // A hub that stands behind says so at the greeting, and is healed before the end.
            if hasEnded, isIdle, open.isSettled || lanes.open.lastNumber == 0 { break }
            try turn(isIdle: isIdle)
            try turnSealed()
            progress?.advance(
                to: outcome.receipted + outcome.sealed.receipted,
                of: backlog + outcome.items + outcome.sealed.items
            )
        }
        progress?.finish()
        open.close()
        sealed?.close()
        return outcome
    }

    /// Nothing of the sealed lane is waited for: all is receipted, or its hub cannot be reached.
    private var isSealedDone: Bool {
        guard let outbox = lanes.sealed, outcome.sealed.trouble.isEmpty else { return true }
        guard outbox.receiptedThrough == outbox.lastNumber else { return false }
        return !isSealedOpen || outbox.lastNumber == 0 || isSealedSettled
    }

    /// Tells the totals when they have changed.
    mutating func tell() {
        let rows =
            outcome.items + outcome.sealed.items + outcome.waiting + outcome.setAside
            + outcome.superior
        guard let tellTotals, rows > told else { return }
        told = rows
        tellTotals(outcome)
    }

    /// Takes rows that have been read; `true` when there will be no more.
    private mutating func take() throws(CommandFailure) -> Bool {
        guard let rows = input.take() else { return true }
        for row in rows {
            pending += try outcome.take(row, superior, lanes)
        }
        return false
    }

    private mutating func put() throws(CommandFailure) {
        while !pending.isEmpty {
            let batch = Array(pending.prefix(Push.batchMax))
            do throws(OutboxError) {
                let done = try lanes.put(batch, at: clock.now())
                outcome.note(done)
            } catch {
                // A full outbox empties with the receipts; anything else needs a person.
                if case .full = error { return }
                throw CommandFailure(.fellShort, error.description)
            }
            pending.removeFirst(batch.count)
        }
    }

    private mutating func turn(isIdle: Bool) throws(CommandFailure) {
        let wait = isIdle ? 200 : isSealedDone ? 20 : 2
        let events: [Pusher<ZeroMQConnection>.Event]
        do throws(Pusher<ZeroMQConnection>.Stop) {
            events = try open.turn(waiting: wait, at: clock.now())
        } catch {
            throw Push.failure(error)
        }
        for event in events { note(event) }
        let now = clock.monotonicMilliseconds()
        if open.isOpen || open.isDrained && !isSealedDone { openContact = now }
        guard now - openContact < patience.milliseconds else {
            throw CommandFailure(
                .unreachable,
                "no hub for \(patience.text) (\(lastReason)); "
                    + "\(lanes.open.counts.unreceipted) items stay in the outbox"
            )
        }
    }

    /// The sealed hub's troubles stop nothing of the open lane; they are told at the end.
    private mutating func turnSealed() throws(CommandFailure) {
        guard outcome.sealed.trouble.isEmpty, let outbox = lanes.sealed else {
            return
        }
        var events: [Pusher<ZeroMQConnection>.Event] = []
        do throws(Pusher<ZeroMQConnection>.Stop) {
            let wait = outbox.receiptedThrough == outbox.lastNumber ? 0 : 20
            events = try sealed?.turn(waiting: wait, at: clock.now()) ?? []
        } catch {
            if case .refused = error {
                outcome.sealed.trouble = error.description
                return
            }
            throw Push.failure(error)
        }
        for event in events { noteSealed(event) }
        isSealedOpen = sealed?.isOpen ?? false
        isSealedSettled = sealed?.isSettled ?? false
        let now = clock.monotonicMilliseconds()
        if isSealedOpen || outbox.receiptedThrough == outbox.lastNumber {
            sealedContact = now
        }
        // A daemon whose input goes on tries again for as long as it runs.
        if now - sealedContact >= patience.milliseconds, file != "-" {
            outcome.sealed.trouble =
                "no sealed hub for \(patience.text) (\(sealedReason)); "
                + "\(outbox.counts.unreceipted) items stay in the sealed outbox"
        }
    }

    private static func failure(_ stop: Pusher<ZeroMQConnection>.Stop) -> CommandFailure {
        switch stop {
        case .refused: CommandFailure(.unreachable, stop.description)
        case .wrongDigest, .outbox: CommandFailure(.fellShort, stop.description)
        case .connection: CommandFailure(.wrongUse, stop.description)
        }
    }

    private mutating func note(_ event: Pusher<ZeroMQConnection>.Event) {
        switch event {
        case .opened: break
        case .moved(let items):
            for item in items {
                Terminal.complain(Words.goesSealed(item.id, why: Words.sealedByHub))
            }
            if lanes.sealed == nil {
                outcome.waiting += items.count
            } else {
                outcome.sealed.items += items.count
                outcome.sealed.moved += items.count
            }
        case .receipted(let count, let problems):
            outcome.receipted += count
            for problem in problems where problem.status != Receipt.Status.ofOtherLane {
                Push.note(problem, &outcome.quarantined, &outcome.refused)
            }
        case .interrupted(let reason):
            outcome.interruptions += 1
            lastReason = reason
        }
    }

    private mutating func noteSealed(_ event: Pusher<ZeroMQConnection>.Event) {
        switch event {
        case .opened, .moved: break
        case .receipted(let count, let problems):
            outcome.sealed.receipted += count
            for problem in problems {
                Push.note(problem, &outcome.sealed.quarantined, &outcome.sealed.refused)
            }
        case .interrupted(let reason): sealedReason = reason
        }
    }

    private static func note(_ problem: Receipt, _ quarantined: inout Int, _ refused: inout Int) {
        switch problem.status {
        case .registered: break
        case .quarantined(let code):
            quarantined += 1
            Terminal.complain("待校验 \(problem.id): LD-\(code)")
        case .refused(let code):
            refused += 1
            Terminal.complain("退回 第\(problem.number)号: LD-\(code)")
        }
    }
}
