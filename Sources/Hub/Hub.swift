package import Domain
import Journal
package import Logging
import Storage
import Synchronization
package import Wire

/// The running service without its network: four threads over one journal (联动枢纽).
///
/// The journal thread (`Registrar`) writes and receipts, the engine's thread (`Linker`) decides and
/// answers, the archivist's (`Archivist`) reads the past for sessions, and whoever owns the network runs `Reception` on a thread of its own. They share nothing
/// but bounded mailboxes and gauges.
package final class Hub: Sendable {
    /// What `status` shows.
    package let gauges = Gauges()
    /// What was found at the start.
    package let start: StartReport

    private let options: HubOptions
    private let agencies: AgencyRegister
    private let links: Links
    private let clock: any HubClock
    private let registrar: OwnThread
    private let linker: OwnThread
    private let archivist: OwnThread
    private let follower: OwnThread
    private let sentinel: OwnThread
    private let open: [(condition: Observation.Condition, agency: AgencyID?)]

    /// Opens the journal, recovers, and starts the three threads behind the network.
    ///
    /// - Parameters:
    ///   - folder: The data folder.
    ///   - options: Bounds and rhythms.
    ///   - configuration: The county's files in canonical JSON; what changed since the last start
    ///     enters the journal.
    ///   - clock: Where the hub reads time.
    ///   - log: Where it logs.
    ///   - flight: Where it notes how far it has come; `nil` notes nothing.
    ///   - security: Where it notes what matters to whoever guards it.
    ///   - audit: Where it keeps who did what; `nil` keeps nothing.
    ///   - systemd: Whom it tells that it is ready and alive.
    ///   - wake: Called from any thread when the reception has letters.
    /// - Throws: When the journal cannot be opened, with the place and what to do.
    package init(
        folder: String,
        options: HubOptions,
        configuration: CountyFiles,
        clock: any HubClock = SystemClock(),
        log: Logger,
        flight: FlightRecorder? = nil,
        security: SecurityLog? = nil,
        audit: (any AuditSink)? = nil,
        systemd: SystemdNotifier? = nil,
        wake: @escaping @Sendable () -> Void
    ) throws {
        flight?.note(.recovering)
        self.options = options
        self.clock = clock
        agencies = configuration.agencies
        let links = Links(
            options: options,
            gauges: gauges,
            flight: flight,
            log: log,
            security: security,
            audit: audit,
            wake: wake
        )
        self.links = links
        let layout = JournalOptions(
            inputSegmentBytes: options.segmentBytes,
            decisionSegmentBytes: options.segmentBytes
        )
        let shelf = StateShelf(
            PosixDisk(),
            journal: folder,
            edition: options.edition,
            random: layout.random
        )
        var recovery = try Recovery.open(
            PosixDisk(),
            folder: folder,
            layout: layout,
            shelf: shelf,
            options: options,
            configuration: configuration,
            clock: clock,
            log: log
        )
        start = try recovery.run()
        gauges.note { [start] in
            $0.isClockHeld = start.isClockHeld
            $0.bounds.lagMilliseconds = options.lagMax.milliseconds
            $0.bounds.diskFreeBytes = options.diskFreeMin
            $0.bounds.residentBytes = options.memoryMax
        }
        if let change = start.clockChange { links.tell(of: change, at: change.from) }
        links.begin(start)
        let reader = recovery.reader
        open = recovery.openConditions
        let parts = try recovery.handOver()
        links.grants.begin(parts.grants)
        registrar = OwnThread(name: "journal") {
            var registrar = Registrar(
                ledgers: parts.ledgers.take(),
                options: options,
                clock: clock,
                links: links
            )
            registrar.run()
        }
        // It says what nobody may see any more, which the archivist has to know before it reads to anybody.
        let ready = Handover(
            Linker(followed: parts.followed.take(), links: links, clock: clock)
        )
        linker = OwnThread(name: "engine") {
            var linker = ready.take()
            linker.run()
        }
        archivist = OwnThread(name: "archive") {
            var archivist = Archivist(
                archive: parts.archive.take(),
                links: links,
                options: options,
                clock: clock
            )
            archivist.run()
        }
        follower = OwnThread(name: "follower") {
            var follower = Follower(shelf: shelf, reader: reader, links: links, clock: clock)
            follower.run()
        }
        let own = open.filter { $0.agency == nil }.map(\.condition)
        sentinel = OwnThread(name: "sentinel") {
            var sentinel = Sentinel(
                folder: folder,
                options: options,
                links: links,
                clock: clock,
                open: own,
                systemd: systemd
            )
            sentinel.run()
        }
    }

    /// The reception, for the one thread that owns the network.
    package func makeReception() -> Reception {
        Reception(
            options: options,
            agencies: agencies,
            links: links,
            clock: clock,
            open: open.compactMap { each in each.agency.map { (each.condition, $0) } }
        )
    }

    /// The network is open: agencies and officers are served from now on.
    ///
    /// - Parameter terms: What it goes by, for the audit log: versions of files, a digest of the keys.
    package func noteServing(by terms: [JSONValue.Member] = []) {
        links.flight?.note(.serving)
        let now = clock.now()
        links.audit?.note(
            AuditRecord(
                at: now,
                who: "hub",
                .served,
                "serving",
                [.init("entries", .integer(Int64(start.entries)))] + terms
            )
        )
        gauges.note { $0.servingSince = now }
    }

    /// Takes changed files into force, all at one point of the journal (配置生效).
    ///
    /// What did not change makes no entry. Gate, engine and names follow at once; sessions of
    /// agencies that are gone end.
    ///
    /// - Parameters:
    ///   - configuration: All files, read and checked.
    ///   - then: Called on the journal's thread, or in the sealed lane on the engine's, when the entries are
    ///     durable; never when the journal fails, and only when there is room again while the disk is full.
    /// - Returns: `false`, and nothing happens, when the journal thread is too far behind.
    package func adopt(
        _ configuration: CountyFiles,
        then: @escaping @Sendable (Adoption) -> Void
    ) -> Bool {
        links.registrar.offer(.configuration(configuration, then: then))
    }

    /// Ends the sessions of connections whose keys open nothing any more.
    ///
    /// - Parameter credentials: The door's names for the keys, as `Peer` has them.
    package func dismiss(_ credentials: [String]) {
        guard !credentials.isEmpty else { return }
        links.tell(.dismissed(Set(credentials)))
    }

    /// The time by which keys open and end.
    ///
    /// It is the wall clock's, or the hub's own where that is later, so that a clock set back opens no key that
    /// had ended. With a scenario clock it is the wall clock's.
    package var keyTime: Timestamp {
        let wall = clock.now()
        guard !options.hasScenarioClock else { return wall }
        return max(wall, links.hubTime(at: clock.monotonicMilliseconds()))
    }

    /// Asks the reception to take nothing more; it is done when what was taken is receipted.
    package func drain() {
        links.flight?.note(.draining)
        links.tell(.drain)
    }

    /// Writes and decides what is left, closes both logs and ends the threads.
    ///
    /// Call it when the reception is done.
    package func finish() {
        links.sentinel.close()
        sentinel.join()
        links.registrar.close()
        registrar.join()
        links.linker.close()
        links.follower.close()
        linker.join()
        links.archivist.close()
        archivist.join()
        follower.join()
        links.auditHead(at: clock.now())
        links.audit?.note(AuditRecord(at: clock.now(), who: "hub", .served, "stopped"))
        links.audit?.finish()
        links.flight?.note(.stopped)
    }

    /// Has the audit log say what an operator changed, or what changed by itself.
    ///
    /// - Parameters:
    ///   - who: `operator`, or `hub` for what comes about with time.
    ///   - object: What was changed: `configuration grants`, `key officer/duty`.
    ///   - result: `ok`, `refused`, `opens`, `closes`, `needs_restart`.
    ///   - particulars: Version, entry, fingerprint, reason.
    package func noteChange(
        by who: String,
        of object: String,
        result: String = "ok",
        _ particulars: [JSONValue.Member] = []
    ) {
        links.audit?.note(
            AuditRecord(at: clock.now(), who: who, .changed, object, result: result, particulars)
        )
    }

    /// Why the journal takes nothing more; `nil` while it works.
    package var failure: String? { gauges.now.journalFailure }
}

/// The county's files as they enter the journal.
package struct CountyFiles: Sendable {
    /// Each file with its canonical bytes, in the order in which they enter the journal.
    package var files: [CountyFile]
    /// The agencies among them.
    package var agencies: AgencyRegister

    /// Files from their parts.
    package init(
        files: [CountyFile],
        agencies: AgencyRegister
    ) {
        self.files = files
        self.agencies = agencies
    }
}

/// One of the county's files.
package struct CountyFile: Sendable {
    /// Which file.
    package var name: ConfigurationFile.Name { content.name }
    /// Its canonical bytes, as they enter the journal.
    package var canonical: [UInt8]
    /// What it says.
    package var content: ConfigurationFile

    /// A file from its parts.
    package init(canonical: [UInt8], content: ConfigurationFile) {
        self.canonical = canonical
        self.content = content
    }
}

/// What came of files that were handed to a running hub (配置生效).
package struct Adoption: Sendable {
    /// The files that changed, in the order of their entries.
    package var changed: [ConfigurationFile.Name]
    /// The numbers of their entries; empty when nothing changed.
    package var entries: Range<UInt64>
}

/// What a start found (启动情况).
package struct StartReport: Sendable {
    /// Entries in the journal.
    package var entries: UInt64 = 0
    /// Decisions in the decision log.
    package var decisions: UInt64 = 0
    /// Decisions that had to be derived again because the log had lost them.
    package var derivedAgain: UInt64 = 0
    /// Files to which an unfinished tail was set aside.
    package var tails: [String] = []
    /// The last entry of the snapshot that it went on from; 0 when it began at the beginning.
    package var goneOnFrom: UInt64 = 0
    /// The last entry of the newest snapshot, which the start itself may have written.
    package var snapshotEntry: UInt64 = 0
    /// Snapshots that could not be used.
    package var spoiltSnapshots: [String] = []
    /// The journal was made just now.
    package var isNew = false
    /// Configuration files that had changed and entered the journal.
    package var changedFiles: [String] = []
    /// What the wall clock turned out to be since the last entry.
    package var clockChange: ClockChange?
    /// Deadlines are held.
    package var isClockHeld = false
    /// How long the hub did not run, where that was more than a minute.
    package var outage: Observation?
    /// Decisions that stood in the log before the start.
    var known: UInt64 = 0
    /// The time of the last entry before the start.
    var lastBefore = Timestamp(milliseconds: 0)
}
