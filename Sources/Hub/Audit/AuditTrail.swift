import Domain
import Glibc
import Hashing
package import Logging
package import Storage
import Wire

/// Takes records from every thread and keeps the audit log on one of its own (审计).
///
/// Nobody waits for it. It is bounded: what finds no room is counted, and the count is the next line, so
/// that the log says itself what it lacks.
package final class AuditTrail: Sendable {
    private let mailbox: Mailbox<AuditRecord>
    private let lost = Locked<UInt64>(0)
    private let thread: OwnThread
    private let trouble = Locked<String?>(nil)

    /// Records that wait at most.
    private static let recordsMax = 65_536

    /// Begins to keep the log of a data folder.
    ///
    /// - Parameters:
    ///   - log: The log, opened.
    ///   - headsFile: The second place: a file to which the head is added each minute; empty for none.
    ///   - clock: Where time is read.
    ///   - logger: Where failures are told.
    package init(
        _ log: consuming AuditLog<PosixDisk>,
        headsFile: String,
        clock: any HubClock,
        logger: Logger
    ) {
        let mailbox = Mailbox<AuditRecord>(lettersMax: AuditTrail.recordsMax)
        self.mailbox = mailbox
        let handover = Handover(log)
        thread = OwnThread(name: "audit") { [lost, trouble] in
            var keeper = AuditKeeper(
                log: handover.take(),
                headsFile: headsFile,
                clock: clock,
                logger: logger
            )
            while let records = mailbox.take(waitingMilliseconds: 200) {
                let missing = lost.withLock { count in
                    defer { count = 0 }
                    return count
                }
                let problem = keeper.keep(records, missing: missing)
                trouble.withLock { $0 = problem }
            }
            let problem = keeper.finish()
            trouble.withLock { $0 = problem }
        }
    }

    /// Adds a record; any thread.
    package func note(_ record: AuditRecord) {
        if !mailbox.offer(record) { lost.withLock { $0 += 1 } }
    }

    /// Why the log, or its head in the second place, cannot be kept just now; `nil` when both can.
    package var problem: String? { trouble.withLock { $0 } }

    /// Writes what waits and ends.
    package func finish() {
        mailbox.close()
        thread.join()
    }
}

/// The audit thread's own state.
private struct AuditKeeper: ~Copyable {
    private var log: AuditLog<PosixDisk>
    private let headsFile: String
    private let clock: any HubClock
    private let logger: Logger
    /// What a full disk has not taken; bounded like the mailbox.
    private var unwritten: [AuditRecord] = []
    private var missing: UInt64 = 0
    private var syncedAt: Int64 = 0
    private var isDirty = false
    private var headAt: Int64
    private var headNumber: UInt64
    private var wasTold = false
    /// Why the head could not be written when it was last due.
    private var headProblem: String?

    private static let headEvery: Int64 = 60_000
    private static let unwrittenMax = 65_536

    init(
        log: consuming AuditLog<PosixDisk>,
        headsFile: String,
        clock: any HubClock,
        logger: Logger
    ) {
        headNumber = log.number
        self.log = log
        self.headsFile = headsFile
        self.clock = clock
        self.logger = logger
        headAt = clock.monotonicMilliseconds() - Self.headEvery
    }

    /// Keeps records; why it could not, `nil` when it could.
    mutating func keep(_ records: [AuditRecord], missing count: UInt64) -> String? {
        missing += count
        unwritten += records
        if unwritten.count > Self.unwrittenMax {
            missing += UInt64(unwritten.count - Self.unwrittenMax)
            unwritten.removeFirst(unwritten.count - Self.unwrittenMax)
        }
        do throws(AuditError) {
            if !unwritten.isEmpty || missing > 0 {
                var batch = unwritten
                if missing > 0 {
                    let what = AuditRecord(
                        at: clock.now(),
                        who: "hub",
                        .lost,
                        result: "lost",
                        [.init("records", .integer(Int64(clamping: missing)))]
                    )
                    batch.append(what)
                }
                try log.append(batch)
                unwritten = []
                missing = 0
                isDirty = true
            }
            let now = clock.monotonicMilliseconds()
            if isDirty, now - syncedAt >= 1000 {
                try log.sync()
                (isDirty, syncedAt) = (false, now)
            }
            if now - headAt >= Self.headEvery { writeHead(now) }
            wasTold = false
            return headProblem
        } catch {
            if !wasTold {
                logger.error("the audit log cannot be kept", metadata: ["why": "\(error)"])
            }
            wasTold = true
            return "\(error)"
        }
    }

    /// Writes what waits; why it could not, `nil` when it could.
    mutating func finish() -> String? {
        let problem = keep([], missing: 0)
        try? log.sync()
        writeHead(clock.monotonicMilliseconds())
        return problem ?? headProblem
    }

    /// Adds the head to the second place, once a minute and only where there is a new one.
    private mutating func writeHead(_ now: Int64) {
        headAt = now
        guard !headsFile.isEmpty, log.number > headNumber else { return }
        let head = AuditCheck.Head(
            number: log.number,
            chain: log.chain.hex,
            at: clock.now().rfc3339
        )
        let line = Array((head.text + "\n").utf8)
        let descriptor = open(headsFile, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        defer { if descriptor >= 0 { close(descriptor) } }
        guard descriptor >= 0, write(descriptor, line, line.count) == line.count else {
            let why = PosixDisk.name(ofError: errno)
            if headProblem == nil {
                logger.error(
                    "the head of the audit log cannot be written",
                    metadata: ["file": "\(headsFile)", "why": "\(why)"]
                )
            }
            headProblem =
                "\(ErrorCode.auditNotKept.text) the head of the audit log cannot be written to the "
                + "second place, \(headsFile): \(why); make it writable for the hub's user"
            return
        }
        (headNumber, headProblem) = (log.number, nil)
    }
}
