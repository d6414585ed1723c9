import Domain
import Foundation
import Glibc
import LiandongClient
import LiandongClientZeroMQ
import Settings
import Wire

/// One demonstration: a hub, four daemons, an officer's program, and a kill in mid push.
///
/// Everything it tells is read from these processes; the simulator's truth is used by the closing
/// comparison alone.
struct DemoRun {
    /// What came of the whole.
    struct Told {
        var sessions = 0
        var wrongKeyExit: Int32 = 0
        var receipted = 0
        var setAside = 0
        var cut: PowerCut?
        var hub = HubReading()
    }

    /// A kill -9 while lines were on their way (断电).
    struct PowerCut {
        let written: UInt64
        let synced: UInt64
        let before: Int
        let milliseconds: Int
        /// What `verify` said before the hub was started again.
        let verified: JSONValue
    }

    let county: DemoCounty
    let source: DemoSource
    private let daemons: [AgencyDaemon]
    let diary: AlertDiary
    let alone: AloneFeeds
    private let stranger: Process

    init(_ source: DemoSource) throws {
        self.source = source
        county = try DemoCounty()
        do {
            try county.start()
            daemons = try CountyTemplate.agencies.map { [county] in
                try AgencyDaemon($0, in: county)
            }
            diary = try AlertDiary(in: county)
            alone = AloneFeeds(source, try CountySource(hub: county.path("hub.yaml")))
            stranger = try DemoRun.startStranger(in: county, source)
        } catch {
            county.clear()
            throw error
        }
    }

    /// Sends everything and reads from the hub what it made of it.
    func run(cut: Bool) throws -> Told {
        var told = Told()
        // The cut comes early, so that the hub has little to decide again.
        let cutStep = cut ? source.steps.count / 8 : -1
        var progress = Progress("demo", total: source.count)
        for (number, step) in source.steps.enumerated() {
            if number == cutStep {
                told.cut = try cutPower(during: step)
            } else {
                for part in step {
                    guard let daemon = daemon(of: part.agency) else { continue }
                    try daemon.send(part.lines)
                    try daemon.wait()
                }
            }
            if number == 0 { told.sessions = daemons.count }
            progress.advance(to: receipted)
        }
        progress.finish()
        stranger.waitUntilExit()
        told.wrongKeyExit = stranger.terminationStatus
        for daemon in daemons { _ = try daemon.finish() }
        told.receipted = receipted
        told.setAside = daemons.reduce(0) { $0 + $1.setAside }
        told.hub = try HubReading(of: county)
        guard told.hub.isDecided else {
            throw CommandFailure(.fellShort, "the hub's engine did not catch up within a minute")
        }
        return told
    }

    private var receipted: Int { daemons.reduce(0) { $0 + $1.receipted } }

    private func daemon(of agency: AgencyID) -> AgencyDaemon? {
        daemons.first { $0.agency == agency }
    }

    /// Kills the hub while the lines of a step are under way, and starts it again.
    private func cutPower(during step: [DemoSource.Part]) throws -> PowerCut? {
        let before = receipted
        let entries = county.flight.written
        for part in step { try daemon(of: part.agency)?.send(part.lines) }
        // Wait until the first lines have reached the hub: that is in mid push.
        for _ in 0..<2000 where county.flight.written == entries { usleep(200) }
        county.kill()
        let (written, synced) = county.flight
        let verified = try DemoProcess.verify(county)
        let began = ContinuousClock.now
        try county.start()
        let took = (ContinuousClock.now - began).milliseconds
        try diary.open(in: county)
        for part in step { try daemon(of: part.agency)?.wait() }
        return PowerCut(
            written: written,
            synced: synced,
            before: before,
            milliseconds: took,
            verified: verified
        )
    }

    /// A program with the address, the hub's key and an item, and a key that nobody registered.
    private static func startStranger(
        in county: DemoCounty,
        _ source: DemoSource
    ) throws -> Process {
        let part = source.steps.first?.first
        let home = county.path("stranger")
        try FileManager.default.copyItem(
            atPath: county.path("agencies", (part?.agency ?? CountyTemplate.agencies[0]).name),
            toPath: home
        )
        let key = URL(fileURLWithPath: home + "/agency.key")
        try Data(KeyFile.text(KeyPair.random()).utf8).write(to: key)
        let item = URL(fileURLWithPath: home + "/item.jsonl")
        try Data((part?.lines.first ?? []) + [10]).write(to: item)
        let process = try DemoProcess.make(
            "push",
            "--config",
            home + "/agency.yaml",
            "--retry",
            "1",
            "--patience",
            "3",
            item.path
        )
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try DemoProcess.run(process)
        return process
    }
}

extension Duration {
    /// Whole milliseconds.
    var milliseconds: Int {
        Int(components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000)
    }
}
