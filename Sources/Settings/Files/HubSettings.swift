package import Domain
package import Wire

/// What `hub.yaml` says (服务设置): where the hub listens, where its folders are, and its bounds.
package struct HubSettings: Equatable, Sendable {
    /// How much is logged, from the most to the least.
    package enum LogLevel: String, CaseIterable, Sendable {
        case trace, debug, info, notice, warning, error, critical
    }

    /// The file as it was named.
    package var file: String
    /// The folder of the file, in which the county's six files lie.
    package var folder: String
    /// Where sessions come in, `tcp://127.0.0.1:5747`; the port may be `*`.
    package var endpoint: String
    /// The folder of the journal.
    package var dataFolder: String
    /// The folder of the keys.
    package var keysFolder: String
    /// The file that opens wrapped keys; `nil` where none is named.
    package var keySecret: String?
    /// The county that the hub serves; equal to the one of `divisions.yaml`.
    package var county: Division
    /// `at` is the highest item time so far: demonstrations, imports and evaluation only.
    package var hasScenarioClock: Bool
    /// The lane that the hub serves; fixed when its journal begins.
    package var lane: Lane
    /// The gate looks for accusations by their wording; off with a scenario clock alone.
    package var screensWording: Bool
    /// The bounds and rhythms.
    package var limits: HubLimits
    /// How much is logged.
    package var logLevel: LogLevel
    /// The port of health and metrics on 127.0.0.1; 0 for none.
    package var healthPort: Int
    /// The second place that the head of the audit log goes to; empty for none.
    package var auditHeads: String

    private static let keys = [
        "endpoint", "data", "keys", "key_secret", "county", "scenario_clock", "lane",
        "accusation_screen", "log_level", "health_port", "audit_heads", "limits",
    ]

    /// Reads a file; relative paths in it begin at its folder.
    ///
    /// Throws all mistakes with their lines.
    package init(file: String) throws(SettingsError) {
        self = try YAMLFile(path: file).read { HubSettings($0, file: file) }
    }

    /// Settings from the file's value; `nil` where a mistake was noted.
    package init?(_ node: ConfigurationNode, file: String) {
        guard let table = node.table(keys: HubSettings.keys) else { return nil }
        let endpoint = table.required("endpoint").flatMap { EndpointText.read($0, isBound: true) }
        let data = table.required("data")?.text(bytesMax: 4096)
        let keys = table.required("keys")?.text(bytesMax: 4096)
        let county = table.required("county").flatMap { DivisionText.read($0, digits: 6) }
        let secret = table.optional("key_secret").map { KeySecretText.read($0, file) }
        let scenario = table.optional("scenario_clock").map { $0.flag() } ?? false
        let lanes = Lane.allCases.map { (word: $0.rawValue, value: $0) }
        let lane = table.optional("lane").map { $0.choice(lanes) } ?? .open
        let screen = table.optional("accusation_screen").map { $0.flag() } ?? true
        if screen == false, scenario == false {
            table.optional("accusation_screen")?.fault(
                "a hub in service looks for accusations",
                "write true; false is for demonstrations and evaluation with scenario_clock: true"
            )
        }
        let words = LogLevel.allCases.map { (word: $0.rawValue, value: $0) }
        let level = table.optional("log_level").map { $0.choice(words) } ?? .notice
        let limits = table.optional("limits").map { HubLimits($0) } ?? HubLimits()
        let heads = table.optional("audit_heads").map { $0.text(bytesMax: 1024) } ?? ""
        let port = table.optional("health_port").map { $0.integer(in: 0...65_535) } ?? 0
        guard let port, let heads, let endpoint, let data, let keys, let county, let scenario,
            let level, let limits, let lane, let screen
        else { return nil }
        self.file = file
        folder = FileText.folder(of: file)
        self.endpoint = endpoint
        dataFolder = FileText.resolve(data, besides: file)
        keysFolder = FileText.resolve(keys, besides: file)
        keySecret = secret ?? nil
        self.county = county
        hasScenarioClock = scenario
        self.lane = lane
        screensWording = screen
        self.limits = limits
        logLevel = level
        healthPort = port
        auditHeads = heads.isEmpty ? "" : FileText.resolve(heads, besides: file)
    }
}

extension HubSettings {
    /// What another version of the file changes that only a restart brings into force.
    package func restartNeeded(for other: HubSettings) -> [String] {
        let parts: [(String, Bool)] = [
            ("endpoint", endpoint == other.endpoint),
            ("data", dataFolder == other.dataFolder),
            ("keys", keysFolder == other.keysFolder),
            ("key_secret", keySecret == other.keySecret),
            ("county", county == other.county),
            ("scenario_clock", hasScenarioClock == other.hasScenarioClock),
            ("lane", lane == other.lane),
            ("accusation_screen", screensWording == other.screensWording),
            ("limits", limits == other.limits),
            ("log_level", logLevel == other.logLevel),
            ("audit_heads", auditHeads == other.auditHeads),
        ]
        return parts.filter { !$0.1 }.map(\.0)
    }
}

/// The bounds and rhythms of a hub (运行参数); each has a default that suits a county.
package struct HubLimits: Equatable, Sendable {
    /// Sessions open at a time.
    package var sessions = 512
    /// Streams open at a time.
    package var streams = 256
    /// Streams that one agency may open.
    package var streamsPerAgency = 16
    /// Bytes of PUT bodies that one session may have under way.
    package var creditBytes = 4 << 20
    /// Lines that wait for the journal thread.
    package var intakeLines = 4096
    /// Bytes that wait for the journal thread.
    package var intakeBytes = 64 << 20
    /// Entries that wait for the engine.
    package var ringEntries = 65_536
    /// Entries that one sync covers at most.
    package var commitEntries = 1024
    /// Bytes that one sync covers at most.
    package var commitBytes = 8 << 20
    /// Bytes of a segment of the journal.
    package var segmentBytes = 64 << 20
    /// Bytes that stay free on the journal's disk; below them nothing new is taken in.
    package var diskReserve = 256 << 20
    /// Silence after which either side sends a heartbeat.
    package var heartbeat = TimeSpan.seconds(5)
    /// Silence after which a session is over.
    package var silence = TimeSpan.seconds(15)
    /// Lag of the engine beyond which no further credit is granted.
    package var lag = TimeSpan.seconds(2)
    /// Time that passes without an entry before a tick is journaled.
    package var tick = TimeSpan.minutes(1)
    /// Entries after which a snapshot is written.
    package var snapshotEntries = 20_000
    /// Time after which one is written when there are entries at all.
    package var snapshotEvery = TimeSpan.hours(6)

    /// Connections at a time, with and without a session.
    package var connections = 4096
    /// Sessions that one key may hold.
    package var sessionsPerIdentity = 256
    /// How long a newcomer may take to shake hands.
    package var handshake = TimeSpan.seconds(5)
    /// How far the engine may be behind before credit shrinks to its pace.
    package var pace = TimeSpan(milliseconds: 50)
    /// Memory beyond which no credit but the reserve is granted.
    package var memoryBytes = 2 << 30
    /// Bytes that should stay free on the disk.
    package var diskFreeBytes = 1 << 30
    /// Lag, and the length of a sync, that are told to the officers.
    package var lagAlarm = TimeSpan.seconds(10)
    package var syncAlarm = TimeSpan.seconds(1)
    /// A feed whose connection has not come back, whose oldest line waits, from which nothing comes.
    package var feedAbsent = TimeSpan.seconds(60)
    package var feedStuck = TimeSpan.minutes(5)
    package var feedQuiet = TimeSpan.hours(72)

    /// The defaults.
    package init() {}

    init?(_ node: ConfigurationNode) {
        let keys = Self.counts.map(\.key) + Self.sizes.map(\.key) + Self.spans.map(\.key)
        guard let table = node.table(keys: keys) else { return nil }
        for field in Self.counts {
            guard let node = table.optional(field.key) else { continue }
            if let number = node.integer(in: field.range) { self[keyPath: field.place] = number }
        }
        for field in Self.sizes {
            guard let node = table.optional(field.key) else { continue }
            if let size = SizeText.read(node, in: field.range) { self[keyPath: field.place] = size }
        }
        for field in Self.spans {
            guard let node = table.optional(field.key) else { continue }
            if let span = node.span(in: field.range) { self[keyPath: field.place] = span }
        }
        if silence < TimeSpan(milliseconds: 2 * heartbeat.milliseconds) {
            (table.optional("silence") ?? table.optional("heartbeat"))?.fault(
                "silence is less than twice the heartbeat",
                "a session must survive one lost heartbeat; write silence: 3 times heartbeat"
            )
        }
        if streamsPerAgency > streams {
            (table.optional("streams_per_agency") ?? table.optional("streams"))?.fault(
                "streams_per_agency is above streams",
                "lower the one or raise the other"
            )
        }
    }

    private struct Field<Value: Comparable & Sendable>: Sendable {
        let key: String
        let place: any WritableKeyPath<HubLimits, Value> & Sendable
        let range: ClosedRange<Value>
    }

    private static let counts: [Field<Int>] = [
        Field(key: "sessions", place: \.sessions, range: 1...10_000),
        Field(key: "connections", place: \.connections, range: 64...100_000),
        Field(key: "sessions_per_identity", place: \.sessionsPerIdentity, range: 1...10_000),
        Field(key: "streams", place: \.streams, range: 1...10_000),
        Field(key: "streams_per_agency", place: \.streamsPerAgency, range: 1...1000),
        Field(key: "intake_lines", place: \.intakeLines, range: 64...1_000_000),
        Field(key: "ring_entries", place: \.ringEntries, range: 64...10_000_000),
        Field(key: "commit_entries", place: \.commitEntries, range: 1...65_536),
        Field(key: "snapshot_entries", place: \.snapshotEntries, range: 10...100_000_000),
    ]
    private static let sizes: [Field<Int>] = [
        Field(key: "credit_bytes", place: \.creditBytes, range: 512 << 10...1 << 30),
        Field(key: "intake_bytes", place: \.intakeBytes, range: 8 << 20...8 << 30),
        Field(key: "commit_bytes", place: \.commitBytes, range: 1 << 20...256 << 20),
        Field(key: "segment_bytes", place: \.segmentBytes, range: 1 << 20...4 << 30),
        Field(key: "disk_reserve", place: \.diskReserve, range: 0...1 << 40),
        Field(key: "memory_bytes", place: \.memoryBytes, range: 128 << 20...1 << 40),
        Field(key: "disk_free_bytes", place: \.diskFreeBytes, range: 64 << 20...1 << 40),
    ]
    private static let spans: [Field<TimeSpan>] = [
        Field(key: "heartbeat", place: \.heartbeat, range: .seconds(1) ... .minutes(5)),
        Field(key: "silence", place: \.silence, range: .seconds(2) ... .hours(1)),
        Field(
            key: "lag",
            place: \.lag,
            range: TimeSpan(milliseconds: 100) ... .minutes(10)
        ),
        Field(key: "handshake", place: \.handshake, range: .seconds(1) ... .minutes(1)),
        Field(
            key: "pace",
            place: \.pace,
            range: TimeSpan(milliseconds: 10) ... .seconds(10)
        ),
        Field(key: "lag_alarm", place: \.lagAlarm, range: .seconds(1) ... .hours(1)),
        Field(
            key: "sync_alarm",
            place: \.syncAlarm,
            range: TimeSpan(milliseconds: 10) ... .minutes(1)
        ),
        Field(key: "feed_absent", place: \.feedAbsent, range: .seconds(15) ... .days(1)),
        Field(key: "feed_stuck", place: \.feedStuck, range: .seconds(15) ... .days(1)),
        Field(key: "feed_quiet", place: \.feedQuiet, range: .minutes(10) ... .days(366)),
        Field(key: "tick", place: \.tick, range: .minutes(1) ... .hours(1)),
        Field(key: "snapshot_every", place: \.snapshotEvery, range: .minutes(1) ... .days(7)),
    ]
}
