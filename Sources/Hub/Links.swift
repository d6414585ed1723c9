import Domain
import Hashing
import Journal
import Logging
import Storage
import Synchronization
import Wire

/// What the three threads share: their mailboxes, gauges and the alarm (内部通路).
final class Links: Sendable {
    let registrar: Mailbox<RegistrarLetter>
    let linker: Mailbox<LinkerLetter>
    let archivist: Mailbox<ArchivistLetter>
    /// Where texts stand; the engine's thread writes it.
    let texts = TextIndex()
    /// The names in force; the engine's thread writes them.
    let names = Locked(Names())
    /// Who may do what, now and before; the journal thread writes it.
    let grants = GrantHistory()
    /// What recusals hide; the engine's thread writes it.
    let recusals = RecusalBoard()
    /// What the accusations of this lane are about; the engine's thread writes it.
    let clearances: ClearanceBoard
    /// Items that were taken out of the lane; the engine's thread writes it.
    let withdrawn = Locked<Set<ItemRef>>([])
    let follower: Mailbox<SnapshotMark>
    let gauges: Gauges
    let flight: FlightRecorder?
    let log: Logger
    /// The engine decides.
    let decides: Bool
    let security: SecurityLog?
    /// Where it is kept who did what.
    let audit: (any AuditSink)?
    /// When the engine's next deadline is due, in milliseconds; `Int64.max` when there is none.
    let nextDue = Atomic<Int64>(.max)
    /// The last entry that a sync covers.
    let lastSynced = Atomic<UInt64>(0)
    /// Of the entries that a sync covers, and of those that the engine has applied, the refused lines of this
    /// run: nobody waits for one.
    let refusedSynced = Atomic<UInt64>(0)
    let refusedApplied = Atomic<UInt64>(0)
    /// Somebody subscribes, so that decisions must be printed.
    let isWatched = Atomic<Bool>(false)
    /// How far the engine is behind the journal.
    let lagMilliseconds = Atomic<Int64>(0)
    /// A snapshot is under way, or none is written any more.
    let isFollowing = Atomic<Bool>(false)
    /// A snapshot is due after so many entries, or after this time when there are any.
    let snapshotEntries: UInt64
    let snapshotEvery: TimeSpan
    /// The last durable entry and the chain behind it; the journal's thread writes it.
    let journalHead = Locked(LogHead(number: 0, chain: .zero))
    /// Where the log of decisions stands, as far as it is on the disk for good.
    let decisionHead = Locked(LogHead(number: 0, chain: .zero))
    /// Whether the disk has room for more.
    let room = DiskRoom()
    /// The last entry that the engine has applied, and what one takes it of late; before it was
    /// measured, what an item takes on a county's machine.
    let applied = Atomic<UInt64>(0)
    let entryMicroseconds = Atomic<Int64>(EnginePace.assumed)
    /// The process takes more memory than it should.
    let isShortOfMemory = Atomic<Bool>(false)
    /// The longest sync since the sentinel looked.
    let slowestSync = Atomic<Int64>(0)
    /// The hub's time less `CLOCK_BOOTTIME`.
    let timeOffset = Atomic<Int64>(0)
    /// Turns of the socket, the journal's and the engine's thread.
    let beats = Beats()
    /// Closed when the sentinel shall end.
    let sentinel = Mailbox<Bool>(lettersMax: 1)
    private let reception: Mailbox<ReceptionLetter>
    private let wake: @Sendable () -> Void

    init(
        options: HubOptions,
        gauges: Gauges,
        flight: FlightRecorder?,
        log: Logger,
        security: SecurityLog? = nil,
        audit: (any AuditSink)? = nil,
        wake: @escaping @Sendable () -> Void
    ) {
        registrar = Mailbox(
            lettersMax: options.intakeLettersMax,
            bytesMax: options.intakeBytesMax
        )
        // For the ring an entry is what a byte is for the intake.
        linker = Mailbox(lettersMax: options.ringEntriesMax, bytesMax: options.ringEntriesMax)
        archivist = Mailbox(lettersMax: options.archivistLettersMax)
        follower = Mailbox(lettersMax: 1)
        snapshotEntries = UInt64(max(1, options.snapshotEntries))
        snapshotEvery = options.snapshotEvery
        // Bounded by what sessions may have under way: credit, four queries, sixteen commands.
        reception = Mailbox(lettersMax: .max)
        self.gauges = gauges
        self.flight = flight
        self.log = log
        decides = options.decides
        clearances = ClearanceBoard(options.lane)
        self.security = security
        self.audit = audit
        self.wake = wake
    }

    /// What the start has found; what an earlier run left under way is settled by the recovery.
    func begin(_ start: StartReport) {
        for mark in [FlightRecorder.Mark.written, .synced, .receipted, .applied] {
            flight?.note(mark, start.entries)
        }
        lastSynced.store(start.entries, ordering: .releasing)
        applied.store(start.entries, ordering: .releasing)
        gauges.note { gauges in
            gauges.lastEntry = start.entries
            gauges.appliedEntry = start.entries
            gauges.decisions = start.decisions
            gauges.snapshotEntry = start.snapshotEntry
        }
    }

    /// Sends a letter to the socket thread and wakes it.
    func tell(_ letter: ReceptionLetter) {
        _ = reception.offer(letter)
        wake()
    }

    /// Sends letters to the socket thread and wakes it once.
    func tell(_ letters: [ReceptionLetter]) {
        guard !letters.isEmpty else { return }
        _ = reception.offer(contentsOf: letters)
        wake()
    }

    /// Puts changed files into force for everybody who looks them up, then tells the operator.
    func adopt(_ adoption: AdoptedFiles) {
        if let granted = adoption.granted {
            grants.add(granted)
            _ = archivist.offer(.granted(granted))
        }
        tell(.adopted(adoption.files.agencies))
        adoption.then(adoption.outcome)
    }

    /// A step of the clock is an event for whoever guards the hub.
    func tell(of change: ClockChange, at time: Timestamp) {
        log.warning(
            "the wall clock \(change.event.token)",
            metadata: [
                "from": "\(change.from.rfc3339)", "to": "\(change.to.rfc3339)",
                "seconds": "\(change.size.milliseconds / 1000)", "by": "\(change.officer)",
            ]
        )
        security?.note(
            "clock_\(change.event.token)",
            at: time,
            [
                "from": change.from.rfc3339, "to": change.to.rfc3339,
                "size_ms": String(change.size.milliseconds), "officer": change.officer,
            ]
        )
        gauges.note { $0.clockSteps += change.event == .stepped ? 1 : 0 }
    }

    /// Has the audit log say where the journal stands.
    func auditHead(at time: Timestamp) {
        let heads = JournalHeads(
            inputs: journalHead.withLock { $0 },
            decisions: decisionHead.withLock { $0 }
        )
        if let record = heads.record(at: time) { audit?.note(record) }
    }

    /// The hub's time at a moment of `CLOCK_BOOTTIME`.
    func hubTime(at monotonic: Int64) -> Timestamp {
        Timestamp(milliseconds: timeOffset.load(ordering: .acquiring) + monotonic)
    }

    /// What waits for the socket thread.
    func takeReceptionLetters() -> [ReceptionLetter] {
        reception.take(waitingMilliseconds: 0) ?? []
    }

    /// How many letters wait for the socket thread.
    var receptionCount: Int { reception.count }

    /// The journal takes nothing more: every session is told, and the hub ends with an error.
    func fail(_ error: JournalError) {
        log.critical("the journal failed", metadata: ["error": "\(error)"])
        gauges.note { $0.journalFailure = "\(error)" }
        tell(.journalStopped(reason: "\(error)"))
    }
}

/// Counts turns of the three threads, so that one that stands still shows.
final class Beats: Sendable {
    let socket = Atomic<UInt64>(0)
    let journal = Atomic<UInt64>(0)
    let engine = Atomic<UInt64>(0)

    /// All three, in the order of an item's way.
    var all: [UInt64] {
        [
            socket.load(ordering: .acquiring), journal.load(ordering: .acquiring),
            engine.load(ordering: .acquiring),
        ]
    }
}
