import ArgumentParser
import Domain
import Foundation
import Health
import Hub
import Logging
import ServiceLifecycle
import Settings
import Storage
import Transport
import UnixSignals
import Wire
import ZeroMQ

/// The service.
struct HubCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hub",
        abstract: "Run the hub; SIGTERM drains and syncs, SIGHUP applies changed configuration.",
        discussion: """
            Prints one line of JSON when agencies and officers can connect; logs go to standard error.
            SIGHUP takes the county's files and keys into force, all or nothing; liandong config apply
            sends it and says what came of it.
            Example: liandong hub --config DIR/hub.yaml
            """
    )

    @Option(help: "The hub's file.")
    var config = "hub.yaml"

    func run() async throws {
        let settings = try reading { () throws(SettingsError) in try HubSettings(file: config) }
        let log = HubLog.make(settings.logLevel)
        try await HubService(settings: settings, log: log).runUntilStopped()
    }
}

/// Reads settings; a mistake is wrong configuration.
func reading<Value>(_ read: () throws(SettingsError) -> Value) throws(CommandFailure) -> Value {
    do throws(SettingsError) {
        return try read()
    } catch {
        throw CommandFailure(.wrongUse, error.description)
    }
}

/// SIGHUP: the operator has changed the county's files or keys.
struct HangupService: Service {
    let hub: HubService

    func run() async throws {
        let hangups = await UnixSignalsSequence(trapping: .sighup)
        for await _ in hangups.cancelOnGracefulShutdown() { hub.reloadConfiguration() }
    }
}

/// Runs the hub on its own threads until it is told to stop.
final class HubService: Service {
    private let settings: HubSettings
    private let log: Logger
    private let hub: Hub
    private let wakeup: Wakeup
    private let keys: KeyRegister
    /// What the operator asks while the hub runs.
    private let reload: Locked<HubReload>
    private let state: HubState
    private let keyGuard: KeyGuard
    private let door: DoorSettings
    private let security: SecurityLog
    private let doorFailure = Locked<String?>(nil)

    init(settings: HubSettings, log: Logger, trial: HubTrial = HubTrial()) throws {
        self.settings = settings
        self.log = log
        let loose = CountyFolder.sealedMistakes(settings)
        guard loose.isEmpty else {
            throw CommandFailure(.wrongUse, SettingsError(loose).description)
        }
        let folder = KeyFolder(of: settings)
        let (pair, holders, county) = try reading { () throws(SettingsError) in
            (
                try folder.hubPair(), try folder.principals(),
                try CountyConfiguration(folder: settings.folder)
            )
        }
        let leases = try HubReload.leases(holders)
        let unprotected =
            trial.isPlain ? DoorSettings.unprotected(endpoint: settings.endpoint) : nil
        door =
            try unprotected
            ?? DoorSettings(
                endpoint: settings.endpoint,
                keys: CurveKeyPair(secret: CurveSecretKey(z85: pair.secretKey)),
                connectionsMax: settings.limits.connections,
                handshake: .milliseconds(settings.limits.handshake.milliseconds)
            )
        let wakeup = try Wakeup()
        self.wakeup = wakeup
        try FileManager.default.createDirectory(
            atPath: settings.dataFolder,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        try HubService.requireErased(settings)
        let retention = try reading { () throws(SettingsError) in
            try RetentionSettings(folder: settings.folder)
        }
        var options = HubOptions(settings)
        options.decides = trial.decides
        options.checksMasking = trial.checksMasking
        log.info(
            "starting",
            metadata: ["version": "\(Version.text)", "allocator": "\(Allocator.text)"]
        )
        if folder.isHubKeyPlain {
            log.notice(
                "the hub's secret key lies plain on the disk; liandong keys wrap puts it under a key file",
                metadata: ["file": "\(folder.hubKeyPath)"]
            )
        }
        let security = SecurityLog(
            path: settings.dataFolder + "/security.log",
            keptFor: retention.securityLog
        )
        self.security = security
        do {
            let audit = AuditTrail(
                try AuditLog(PosixDisk(), dataFolder: settings.dataFolder),
                headsFile: settings.auditHeads,
                clock: SystemClock(),
                logger: log
            )
            hub = try Hub(
                folder: settings.dataFolder,
                options: options,
                configuration: CountyFiles(county),
                clock: HubService.clock(log),
                log: log,
                flight: FlightRecorder(path: settings.dataFolder + "/flight"),
                security: security,
                audit: audit,
                systemd: SystemdNotifier(
                    socket: ProcessInfo.processInfo.environment["NOTIFY_SOCKET"]
                ),
                wake: { wakeup.wake() }
            )
        } catch {
            throw CommandFailure(.fellShort, "\(error)")
        }
        keys = KeyRegister(leases, at: hub.keyTime)
        let notes = KeyNotes(security, hub: hub)
        state = HubState(folder: settings.dataFolder, county: county, holders: holders)
        reload = Locked(
            HubReload(settings: settings, publicKey: pair.publicKey, state: state, notes: notes)
        )
        keyGuard = KeyGuard(folder, hub: hub, register: keys, state: state, notes: notes, log: log)
    }

    /// Serves until the system says stop.
    func runUntilStopped() async throws {
        var services: [ServiceGroupConfiguration.ServiceConfiguration] = [
            .init(
                service: HangupService(hub: self),
                successTerminationBehavior: .ignore
            ),
            .init(
                service: self,
                successTerminationBehavior: .gracefullyShutdownGroup,
                failureTerminationBehavior: .gracefullyShutdownGroup
            ),
        ]
        if settings.healthPort > 0 {
            // A health page that cannot be served stops nothing: the hub's work is elsewhere.
            services.append(
                .init(
                    service: HealthService(server: health(port: settings.healthPort)),
                    successTerminationBehavior: .ignore,
                    failureTerminationBehavior: .ignore
                )
            )
        }
        let group = ServiceGroup(
            configuration: .init(
                services: services,
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: log
            )
        )
        try await group.run()
        if let failure { throw CommandFailure(.fellShort, failure) }
    }

    /// The machine's clocks; an acceptance run may set the wall clock wrong (`docs/configuration.md`).
    private static func clock(_ log: Logger) -> any HubClock {
        guard let file = ProcessInfo.processInfo.environment["LIANDONG_CLOCK_ERROR"] else {
            return SystemClock()
        }
        log.warning("the wall clock is set wrong on purpose", metadata: ["file": "\(file)"])
        return WrongClock(errorFile: file)
    }

    /// Health and metrics of this hub.
    func health(port: Int) -> HealthServer {
        HealthServer(gauges: hub.gauges, port: port, log: log)
    }

    /// Why the hub ended by itself; `nil` when it was told to.
    private var failure: String? { doorFailure.withLock { $0 } ?? hub.failure }

    func run() async throws {
        await withGracefulShutdownHandler {
            await withCheckedContinuation { continuation in
                _ = OwnThread(name: "door") { [self] in
                    serve()
                    keyGuard.stop()
                    hub.finish()
                    continuation.resume()
                }
            }
        } onGracefulShutdown: { [hub] in
            hub.drain()
        }
    }

    /// Takes changed files and keys into force; a mistake leaves everything as it was.
    func reloadConfiguration() {
        reload.withLock { $0.run(hub, keys, log) }
    }

    private func serve() {
        do {
            var door = try Door(
                settings: door,
                keys: keys,
                reception: hub.makeReception(),
                wakeup: wakeup,
                log: log
            )
            keyGuard.start()
            hub.noteServing(by: state.terms)
            let report = hub.start
            reload.withLock { $0.tellServing(at: door.endpoint, log) }
            let line: JSONValue = [
                "event": "serving",
                "endpoint": .string(door.endpoint),
                "lane": .string(settings.lane.rawValue),
                "entries": .integer(Int64(report.entries)),
                "decisions": .integer(Int64(report.decisions)),
                "derived_again": .integer(Int64(report.derivedAgain)),
                "snapshot": .integer(Int64(report.goneOnFrom)),
                "tails": .array(report.tails.map { .string($0) }),
                "new": .bool(report.isNew),
                "outage": report.outage.map { .string($0.since.rfc3339) } ?? .null,
                "clock": report.clockChange.map { .string($0.event.token) } ?? .null,
            ]
            Terminal.print(line.line)
            try door.serve()
        } catch {
            log.critical("the network failed", metadata: ["why": "\(error)"])
            doorFailure.withLock { $0 = "\(error)" }
        }
    }
}

extension HubOptions {
    /// Options as `hub.yaml` has them.
    init(_ settings: HubSettings) {
        self.init(county: settings.county)
        let limits = settings.limits
        hasScenarioClock = settings.hasScenarioClock
        lane = settings.lane
        screensWording = settings.screensWording
        sessionsMax = limits.sessions
        streamsMax = limits.streams
        streamsPerAgencyMax = limits.streamsPerAgency
        creditBytes = limits.creditBytes
        intakeLettersMax = limits.intakeLines
        intakeBytesMax = limits.intakeBytes
        ringEntriesMax = limits.ringEntries
        commitEntriesMax = limits.commitEntries
        commitBytesMax = limits.commitBytes
        segmentBytes = limits.segmentBytes
        diskReserveBytes = limits.diskReserve
        heartbeatMilliseconds = limits.heartbeat.milliseconds
        silenceMilliseconds = limits.silence.milliseconds
        lagMax = limits.lag
        tickEvery = limits.tick
        edition = Rehearsal.edition
        snapshotEntries = limits.snapshotEntries
        snapshotEvery = limits.snapshotEvery
        sessionsPerIdentityMax = limits.sessionsPerIdentity
        pace = limits.pace
        memoryMax = Int64(limits.memoryBytes)
        diskFreeMin = Int64(limits.diskFreeBytes)
        lagAlarm = limits.lagAlarm
        syncAlarm = limits.syncAlarm
        feeds.absent = limits.feedAbsent
        feeds.stuck = limits.feedStuck
        feeds.quiet = limits.feedQuiet
    }
}

/// The health page as a service of the group.
struct HealthService: Service {
    let server: HealthServer

    func run() async throws { try await server.run() }
}

/// Structured logs on standard error.
enum HubLog {
    static func make(_ level: HubSettings.LogLevel) -> Logger {
        var logger = Logger(label: "liandong") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = Logger.Level(rawValue: level.rawValue) ?? .info
        return logger
    }
}
