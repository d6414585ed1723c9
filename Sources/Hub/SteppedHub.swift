package import Journal
package import Logging
package import Storage

/// The same hub without threads: whoever owns it says whose turn it is (simulation).
///
/// The reception, the journal's part and the engine's part are those of ``Hub``; only their order is the
/// owner's, and so is when the sessions hear of a log's failure.
package struct SteppedHub<D: Disk>: ~Copyable {
    /// The sessions; takes messages and gives messages.
    package let reception: Reception
    /// Why the journal takes nothing more; `nil` while it works.
    package private(set) var failure: JournalError?

    /// What was found at the start.
    package let start: StartReport

    private let links: Links
    private var registrar: Registrar<D>
    private var linker: Linker<D>
    private var archivist: Archivist<D>
    private var follower: Follower<D>

    /// Opens the journal and recovers.
    ///
    /// - Parameters:
    ///   - disk: Where the journal lies.
    ///   - folder: The data folder.
    ///   - layout: How the journal is laid out, and where its keys come from.
    ///   - options: Bounds and rhythms.
    ///   - configuration: The county's files.
    ///   - clock: Where the hub reads time.
    ///   - log: Where it logs.
    ///   - audit: Where it keeps who did what; `nil` keeps nothing.
    /// - Throws: When the journal cannot be opened, with the place and what to do.
    package init(
        disk: D,
        folder: String,
        layout: JournalOptions,
        options: HubOptions,
        configuration: CountyFiles,
        clock: any HubClock,
        log: Logger,
        audit: (any AuditSink)? = nil
    ) throws {
        let links = Links(
            options: options,
            gauges: Gauges(),
            flight: nil,
            log: log,
            audit: audit,
            wake: {}
        )
        let shelf = StateShelf(
            disk,
            journal: folder,
            edition: options.edition,
            random: layout.random
        )
        var recovery = try Recovery.open(
            disk,
            folder: folder,
            layout: layout,
            shelf: shelf,
            options: options,
            configuration: configuration,
            clock: clock,
            log: log
        )
        let start = try recovery.run()
        links.begin(start)
        let reader = recovery.reader
        let open = recovery.openConditions
        let parts = try recovery.handOver()
        links.grants.begin(parts.grants)
        self.links = links
        self.start = start
        registrar = Registrar(
            ledgers: parts.ledgers.take(),
            options: options,
            clock: clock,
            links: links
        )
        linker = Linker(followed: parts.followed.take(), links: links, clock: clock)
        archivist = Archivist(
            archive: parts.archive.take(),
            links: links,
            options: options,
            clock: clock
        )
        follower = Follower(shelf: shelf, reader: reader, links: links, clock: clock)
        reception = Reception(
            options: options,
            agencies: configuration.agencies,
            links: links,
            clock: clock,
            open: open.compactMap { each in each.agency.map { (each.condition, $0) } }
        )
    }

    /// The journal's part: writes, syncs and receipts what waits.
    package mutating func register() {
        guard failure == nil else { return }
        do throws(JournalError) {
            _ = try registrar.turn(waitingMilliseconds: 0)
        } catch {
            failure = error
        }
    }

    /// The engine's part: decides and answers what waits.
    package mutating func decide() {
        guard failure == nil else { return }
        do throws(JournalError) {
            _ = try linker.turn(waitingMilliseconds: 0)
        } catch {
            failure = error
        }
    }

    /// The archivist's part: reads for sessions and keeps their places.
    package mutating func look() {
        guard failure == nil else { return }
        _ = archivist.turn(waitingMilliseconds: 0)
    }

    /// The follower's part: writes the snapshot that is due.
    package mutating func follow() {
        _ = follower.turn(waitingMilliseconds: 0)
    }

    /// What the hub measures.
    package var gauges: Gauges.Reading { links.gauges.now }

    /// Tells the sessions that a log failed, as the threads of a hub that still has power do.
    package func tellFailure() {
        if let failure { links.fail(failure) }
    }
}
