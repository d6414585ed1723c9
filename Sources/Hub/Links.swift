import Domain
import Journal
import Logging
import Synchronization

/// What the three threads share: their mailboxes, gauges and the alarm (内部通路).
final class Links: Sendable {
    let registrar: Mailbox<RegistrarLetter>
    let linker: Mailbox<LinkerLetter>
    let gauges: Gauges
    let flight: FlightRecorder?
    let log: Logger
    /// The engine decides.
    let decides: Bool
    /// When the engine's next deadline is due, in milliseconds; `Int64.max` when there is none.
    let nextDue = Atomic<Int64>(.max)
    /// The last entry that a sync covers.
    let lastSynced = Atomic<UInt64>(0)
    /// Somebody subscribes, so that decisions must be printed.
    let isWatched = Atomic<Bool>(false)
    /// How far the engine is behind the journal.
    let lagMilliseconds = Atomic<Int64>(0)
    /// The last entry that the engine has applied.
    let lastApplied = Atomic<UInt64>(0)
    /// Entries a second that the engine does while it works.
    let enginePace = Atomic<Int>(2000)
    private let reception: Mailbox<ReceptionLetter>
    private let wake: @Sendable () -> Void

    init(
        options: HubOptions,
        gauges: Gauges,
        flight: FlightRecorder?,
        log: Logger,
        wake: @escaping @Sendable () -> Void
    ) {
        registrar = Mailbox(
            lettersMax: options.intakeLettersMax,
            bytesMax: options.intakeBytesMax
        )
        // For the ring an entry is what a byte is for the intake.
        linker = Mailbox(lettersMax: options.ringEntriesMax, bytesMax: options.ringEntriesMax)
        // Bounded by what sessions may have under way: credit, four queries, sixteen commands.
        reception = Mailbox(lettersMax: .max)
        self.gauges = gauges
        self.flight = flight
        self.log = log
        decides = options.decides
        self.wake = wake
    }

    /// What the start has found; what an earlier run left under way is settled by the recovery.
    func begin(_ start: StartReport) {
        for mark in [FlightRecorder.Mark.written, .synced, .receipted, .applied] {
            flight?.note(mark, start.entries)
        }
        lastSynced.store(start.entries, ordering: .releasing)
        lastApplied.store(start.entries, ordering: .releasing)
        gauges.note { gauges in
            gauges.lastEntry = start.entries
            gauges.appliedEntry = start.entries
            gauges.decisions = start.decisions
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
