package import Domain
import OrderedCollections
import Synchronization
package import Wire

/// How much each session may have under way, so that nobody waits long behind another (节奏).
///
/// The engine takes entries in the journal's order, so an urgent item waits for whatever was journaled
/// before it. What may be under way in all is therefore what the engine does within `HubOptions.pace`;
/// agencies share it equally, and so do the busy sessions of one agency: more connections bring nobody
/// more. The socket thread owns it.
package struct IntakePace {
    /// A session that has sent nothing for so long is idle.
    package static let idleAfter = TimeSpan(milliseconds: 500)
    /// The most that a new session may send at once, and the least that one gets in the end whose next
    /// message is longer than its share.
    package static let firstBytes = 512 << 10
    /// What an agency whose feed is held up still gets, once a second: an urgent item fits into it.
    package static let reserveBytes = ItemLimits.eventBytesMax + (64 << 10)
    private static let reserveEvery = TimeSpan.seconds(1)
    /// A message longer than the share is waited for so long.
    private static let wholeMessageEvery = TimeSpan.seconds(5)
    /// The least share, so that many sessions together still make progress.
    private static let leastBytes = 16 << 10

    /// What the engine is behind, in entries, and how many it does within the pace.
    package private(set) var backlog: UInt64 = 0
    package private(set) var entriesMax = UInt64.max
    /// The hub has no room: behind by more than `lag`, or short of memory.
    package private(set) var isStopped = false
    private var bytesPerEntry = 1024
    private var busy: [AgencyID: Int] = [:]
    private var reserves: [AgencyID: Uptime] = [:]
    private var wholeMessages: [AgencyID: Uptime] = [:]
    /// What sessions that began since then were given to begin with.
    private var beginnings = (bytes: 0, since: Uptime(milliseconds: 0))

    /// The engine keeps up so well that anybody may send a whole message.
    package var isCalm: Bool { !isStopped && backlog < max(entriesMax / 4, 1) }
    /// Nothing but the reserve is granted.
    package var isPressed: Bool { isStopped || backlog >= entriesMax }

    /// Nobody is bounded before the engine was measured.
    package init() {}

    /// Looks at the engine and at who is busy.
    package mutating func look(
        backlog: UInt64,
        microsecondsPerEntry: Int64,
        pace: TimeSpan,
        isStopped: Bool,
        busy: [AgencyID: Int]
    ) {
        self.backlog = backlog
        self.isStopped = isStopped
        self.busy = busy
        entriesMax =
            microsecondsPerEntry > 0
            ? UInt64(max(64, pace.milliseconds * 1000 / microsecondsPerEntry)) : .max
    }

    /// The engine goes on between two looks.
    package mutating func note(backlog: UInt64) { self.backlog = backlog }

    /// A PUT came.
    package mutating func note(lines: Int, bytes: Int) {
        guard lines > 0 else { return }
        bytesPerEntry = max(64, (bytesPerEntry * 15 + bytes / lines) / 16)
    }

    /// The window of a session that begins: what those that began just now leave of the pace.
    package mutating func firstWindow(
        of agency: AgencyID,
        creditBytes: Int,
        now: Uptime
    ) -> Int {
        let share = window(
            of: agency,
            isIdle: false,
            unspent: 0,
            creditBytes: creditBytes,
            now: now
        )
        if now >= beginnings.since + IntakePace.idleAfter { beginnings = (0, now) }
        let (room, isOver) = Int(clamping: entriesMax).multipliedReportingOverflow(
            by: bytesPerEntry
        )
        let rest = max(IntakePace.leastBytes, (isOver ? .max : room) - beginnings.bytes)
        let bytes = min(share, IntakePace.firstBytes, rest)
        beginnings.bytes += bytes
        return bytes
    }

    /// The window of a session.
    ///
    /// - Parameters:
    ///   - agency: Whose session it is.
    ///   - isIdle: It has sent nothing for a while, and everything is receipted.
    ///   - unspent: Bytes that it may still send.
    ///   - creditBytes: The most that one session may have under way.
    ///   - now: The time.
    /// - Returns: Bytes that it may have under way.
    package mutating func window(
        of agency: AgencyID,
        isIdle: Bool,
        unspent: UInt64,
        creditBytes: Int,
        now: Uptime
    ) -> Int {
        // A feed that waits for room looks idle too, but it has spent what it had: only one that has
        // some and does not use it has nothing to send, or a longer message.
        let hasRoom = isIdle && unspent >= UInt64(IntakePace.leastBytes / 2)
        if isPressed {
            guard isIdle, reserves[agency].map({ now >= $0 + IntakePace.reserveEvery }) ?? true
            else {
                return 0
            }
            reserves[agency] = now
            return min(creditBytes, hasRoom ? IntakePace.reserveBytes : IntakePace.leastBytes)
        }
        guard entriesMax < .max else { return creditBytes }
        let entries = Int(clamping: entriesMax - backlog)
        let (bytes, isOver) = entries.multipliedReportingOverflow(by: bytesPerEntry)
        let agencies = max(1, busy.count)
        let share = (isOver ? .max : bytes) / agencies / max(1, busy[agency] ?? 1)
        var least = IntakePace.leastBytes
        if hasRoom, isCalm,
            wholeMessages[agency].map({ now >= $0 + IntakePace.wholeMessageEvery }) ?? true
        {
            wholeMessages[agency] = now
            least = IntakePace.firstBytes
        }
        return min(creditBytes, max(least, share))
    }
}

extension Reception {
    /// Looks at the engine and at who is busy, before windows are given.
    func lookAtPace(_ now: Uptime) {
        var busy: [AgencyID: Int] = [:]
        for peer in peersInOrder {
            guard let visitor = visitors[peer], case .agency(let agency) = visitor.principal,
                now < visitor.lastPut + IntakePace.idleAfter
            else { continue }
            busy[agency, default: 0] += 1
        }
        let lag = links.lagMilliseconds.load(ordering: .acquiring)
        pace.look(
            backlog: backlog,
            microsecondsPerEntry: links.entryMicroseconds.load(ordering: .acquiring),
            pace: options.pace,
            isStopped: lag > options.lagMax.milliseconds
                || links.isShortOfMemory.load(ordering: .acquiring),
            busy: busy
        )
    }

    /// How far the engine is, between two looks.
    func noteBacklog() { pace.note(backlog: backlog) }

    /// Entries that are durable and not applied, without lines that were refused for their lane: what others
    /// may send must not tell that there was one.
    private var backlog: UInt64 {
        let synced = links.lastSynced.load(ordering: .acquiring)
        let waiting = synced - min(links.applied.load(ordering: .acquiring), synced)
        let refused = links.refusedSynced.load(ordering: .acquiring)
        let refusedWaiting = refused - min(links.refusedApplied.load(ordering: .acquiring), refused)
        return waiting - min(refusedWaiting, waiting)
    }

    /// What a session may have under way now.
    func windowBytes(_ visitor: Visitor, _ session: IntakeHubSession, _ now: Uptime) -> Int {
        // On a full disk not even the reserve could be receipted.
        if links.room.isShort { return 0 }
        return pace.window(
            of: session.stream.agency,
            isIdle: now >= visitor.lastPut + IntakePace.idleAfter && !session.hasOpenLines,
            unspent: session.unusedCredit,
            creditBytes: options.creditBytes,
            now: now
        )
    }
}
