package import Domain
package import Linkage

/// The bounds and rhythms of a running hub (运行参数); each has a default that suits a county.
package struct HubOptions: Sendable {
    /// The county that the hub serves.
    package var county: Division
    /// The lane that the hub serves; fixed when its journal begins.
    package var lane = Lane.open
    /// The gate looks for accusations by their wording; off for demonstrations and evaluation alone.
    package var screensWording: Bool = true
    /// The gate looks once more for personal data in the clear; off in a rehearsal of the search for it alone.
    package var checksMasking: Bool = true
    /// `at` is the highest item time so far: demonstrations, imports and evaluation only.
    package var hasScenarioClock: Bool = false
    /// Sessions open at a time, of agencies and officers together.
    package var sessionsMax: Int = 512
    /// Streams open at a time.
    package var streamsMax: Int = 256
    /// Streams that one agency may ever use.
    package var streamsPerAgencyMax: Int = 1024
    /// Bytes of PUT bodies that one session may have under way.
    package var creditBytes: Int = 4 << 20
    /// Lines that wait for the journal thread.
    package var intakeLettersMax: Int = 4096
    /// Bytes that wait for the journal thread.
    package var intakeBytesMax: Int = 64 << 20
    /// Entries that wait for the engine; what does not fit is read back from the journal.
    package var ringEntriesMax: Int = 65_536
    /// Entries that one sync covers at most.
    package var commitEntriesMax: Int = 1024
    /// Bytes that one sync covers at most.
    package var commitBytesMax: Int = 8 << 20
    /// Bytes of a segment of either log.
    package var segmentBytes: Int = 64 << 20
    /// Bytes that stay free on the journal's disk: below them nothing new is taken in.
    ///
    /// `nil` is room for two segments of either log.
    package var diskReserveBytes: Int?
    /// Silence after which either side sends a heartbeat.
    package var heartbeatMilliseconds: Int64 = 5000
    /// Silence after which a session is over.
    package var silenceMilliseconds: Int64 = 15_000
    /// Requests that wait for the archivist's thread.
    package var archivistLettersMax: Int = 65_536
    /// Durable subscriptions that one principal may have.
    package var durablesPerHolderMax: Int = 16
    /// Durable subscriptions in all.
    package var durablesMax: Int = 1024
    /// A durable subscription that nobody used for so long ends.
    package var durableUnusedMax: TimeSpan = .days(30)
    /// Lag of the engine beyond which no further credit is granted.
    package var lagMax: TimeSpan = .seconds(2)
    /// Time that passes without an entry before a tick is journaled.
    package var tickEvery: TimeSpan = .minutes(1)
    /// The engine decides; off only where the way to the receipt is measured alone.
    package var decides: Bool = true
    /// The engine that decides.
    package var edition = EngineEdition.current
    /// Entries after which a snapshot is written.
    package var snapshotEntries: Int = 20_000
    /// Time after which one is written when there are entries at all.
    package var snapshotEvery: TimeSpan = .hours(6)

    /// The reserve in force.
    var diskReserve: Int { diskReserveBytes ?? 4 * segmentBytes }

    /// Sessions that one key may hold at a time.
    package var sessionsPerIdentityMax: Int = 256
    /// How far the engine may be behind before credit shrinks to its pace.
    package var pace: TimeSpan = TimeSpan(milliseconds: 50)
    /// Bytes of memory beyond which no credit but the reserve is granted.
    package var memoryMax: Int64 = 2 << 30
    /// Bytes that should stay free on the disk.
    package var diskFreeMin: Int64 = 1 << 30
    /// Lag, and the length of a sync, that are told to the officers.
    package var lagAlarm: TimeSpan = .seconds(10)
    package var syncAlarm: TimeSpan = .seconds(1)
    /// When a feed is absent, stuck or quiet.
    package var feeds = FeedBook.Bounds()

    /// The defaults for a county.
    package init(county: Division) {
        self.county = county
    }
}
