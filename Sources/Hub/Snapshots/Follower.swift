import Glibc
import Hashing
import Journal
import Linkage
import Logging
import Storage
import Synchronization

/// A place in the journal at which the follower has to be where the live engine was (比对点).
struct SnapshotMark: Sendable {
    /// The last entry that the live engine had applied.
    let entry: UInt64
    /// Its epoch.
    let epoch: UInt64
    /// Decisions that it had made.
    let decisions: UInt64
    /// The chain of these decisions.
    let decisionChain: Digest32
    /// What its items were judged by.
    let trail: Trail
}

/// A second engine that writes snapshots and holds the live one against itself (跟随引擎).
///
/// A thread of its own at low priority runs it. At a mark it goes on from the snapshot before, reads the
/// journal up to the mark, compares, and writes the next snapshot. So every snapshot is the one before
/// and the rest, and what a snapshot forgot shows as a difference. Between two marks it holds no engine.
struct Follower<D: Disk>: ~Copyable {
    private let shelf: StateShelf<D>
    private let links: Links
    private let clock: any HubClock
    private var reader: InputReader<D>
    private var isStopped = false

    /// Entries read at a time.
    private static var pageEntries: Int { 256 }

    init(
        shelf: StateShelf<D>,
        reader: InputReader<D>,
        links: Links,
        clock: any HubClock
    ) {
        self.shelf = shelf
        self.reader = reader
        self.links = links
        self.clock = clock
    }

    /// Works until the mailbox is closed.
    mutating func run() {
        // Not the idle class: a thread that holds a lock must get the processor back in time.
        setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 19)
        while turn(waitingMilliseconds: 1000) {}
    }

    /// Works off the marks that wait; `false` when the mailbox is closed and empty.
    mutating func turn(waitingMilliseconds milliseconds: Int) -> Bool {
        guard let marks = links.follower.take(waitingMilliseconds: milliseconds) else {
            return false
        }
        for mark in marks where !isStopped && !links.follower.isClosed { follow(to: mark) }
        if !marks.isEmpty { links.isFollowing.store(isStopped, ordering: .releasing) }
        return true
    }

    private mutating func follow(to mark: SnapshotMark) {
        let links = links
        let isCancelled = { links.follower.isClosed }
        let before = clock.monotonicMilliseconds()
        var found = shelf.newest(
            epoch: mark.epoch,
            last: mark.entry,
            inputs: &reader,
            decisions: nil,
            isCancelled: isCancelled
        )
        note(spoilt: found.spoilt)
        do throws(StateFault) {
            var derivation: Derivation
            if let newest = found.derivation.take() {
                derivation = newest
            } else {
                derivation = try begin(epoch: mark.epoch)
            }
            guard try advance(&derivation, to: mark.entry) else { return }
            guard isEqual(derivation, mark) else { return }
            let header = try shelf.write(
                derivation,
                keys: reader.stateKeys,
                spoilt: Set(found.spoilt.keys),
                isCancelled: isCancelled
            )
            guard let header else { return }
            let span = clock.monotonicMilliseconds() - before
            links.gauges.note { gauges in
                gauges.snapshotEntry = header.entry
                gauges.snapshotBytes = header.byteCount
                gauges.snapshotMilliseconds = span
            }
            links.log.info(
                "a snapshot was written",
                metadata: [
                    "entry": "\(header.entry)", "bytes": "\(header.byteCount)",
                    "milliseconds": "\(span)",
                ]
            )
        } catch {
            links.gauges.note { $0.snapshotFailures += 1 }
            links.log.warning("no snapshot was written", metadata: ["why": "\(error)"])
        }
    }

    private func note(spoilt: [String: StateFault]) {
        for (path, fault) in spoilt.sorted(by: { $0.key < $1.key }) {
            links.log.warning(
                "a snapshot cannot be used",
                metadata: ["snapshot": "\(path)", "why": "\(fault)"]
            )
        }
    }

    /// The beginning of an epoch: nothing for the first.
    private mutating func begin(epoch: UInt64) throws(StateFault) -> Derivation {
        guard epoch > 1 else { return Derivation(engine: Engine(edition: shelf.edition)) }
        return try shelf.founding(epoch: epoch, inputs: &reader) { [links] in
            links.follower.isClosed
        }
    }

    /// Reads the journal up to an entry; `false` when the hub stops.
    private mutating func advance(
        _ derivation: inout Derivation,
        to last: UInt64
    ) throws(StateFault) -> Bool {
        while derivation.ledger.next <= last {
            if links.follower.isClosed { return false }
            let next = derivation.ledger.next
            let limit = min(Self.pageEntries, Int(last - next) + 1)
            do throws(JournalError) {
                let page = try reader.read(from: next, limit: limit)
                guard !page.isEmpty else { throw .noSuchEntry(next) }
                // An entry that cannot be read decided nothing in the live engine either.
                for stored in page { _ = try? derivation.take(stored) }
            } catch {
                throw .unreadable(error.description)
            }
        }
        return true
    }

    /// Holds the two engines against each other; after a difference no snapshot is written any more.
    private mutating func isEqual(_ derivation: borrowing Derivation, _ mark: SnapshotMark) -> Bool
    {
        let ledger = derivation.ledger
        let trail = derivation.engine.trail
        if ledger.decisions == mark.decisions, ledger.decisionChain == mark.decisionChain,
            trail == mark.trail
        {
            return true
        }
        isStopped = true
        links.gauges.note { $0.snapshotDifferences += 1 }
        links.log.critical(
            """
            the follower differs from the live engine; no snapshot is written any more, the service \
            goes on; run liandong verify
            """,
            metadata: [
                "entry": "\(mark.entry)",
                "decisions": "\(mark.decisions) live, \(ledger.decisions) following",
                "decisions_equal": "\(ledger.decisionChain == mark.decisionChain)",
                "trail_equal": "\(trail == mark.trail)",
            ]
        )
        return false
    }
}
