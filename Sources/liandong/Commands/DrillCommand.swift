import ArgumentParser
import Catalogue
import Domain
import Foundation
import Glibc
import Hub
import Journal
import LiandongClient
import LiandongClientZeroMQ
import Settings
import Storage
import Wire

/// A restore that is only an exercise.
struct DrillCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drill",
        abstract: "Restore a backup beside the running hub and prove that nothing is lost (恢复演练).",
        discussion: """
            Brings the backup back in a temporary folder, starts a hub there with keys of its own on a free
            port of this machine, and sends it, stream by stream, what agencies have sent the real hub since,
            as their outboxes would. Then it compares all receipts. The real hub and its agencies go on
            and notice nothing. Exit 1 when a line is lost.
            Example: liandong drill DIR --backup /mnt/copies/wuhua
            """
    )

    @Argument(help: "The county's folder.")
    var folder: String
    @Option(help: "The backup's folder.")
    var backup: String
    @Option(help: "Where the drill's folder is made; it needs as much room as the journal.")
    var scratch: String?
    @OptionGroup var format: FormatOptions

    func run() throws {
        let settings = try reading { () throws(SettingsError) in
            try HubSettings(file: CountyPath.hubFile(folder))
        }
        let base = scratch ?? FileManager.default.temporaryDirectory.path
        let home = base + "/liandong-drill-\(UInt64.random(in: 0...UInt64.max).hex16)"
        let interrupted = DemoProcess.clearWhenInterrupted(home)
        defer {
            DemoProcess.killAll()
            try? FileManager.default.removeItem(atPath: home)
            withExtendedLifetime(interrupted) {}
        }
        let report = try Drill(home: home, backup: backup, settings: settings).run()
        output(report.json, isJSON: format.isJSON) { report.text }
        if report.lost > 0 {
            throw CommandFailure(.fellShort, "\(report.lost) lines would be lost")
        }
    }
}

/// What a drill found.
struct DrillReport {
    var manifest: BackupManifest
    /// The last entry of the real journal that was looked at.
    var through: UInt64 = 0
    var restoreSeconds = 0.0
    var startSeconds = 0.0
    var healSeconds = 0.0
    var streams = 0
    /// Lines that came after the backup, all of which must be receipted again.
    var lines = 0
    /// Of them, lines whose bytes the journal does not keep whole: another stood in for each.
    var standIns = 0
    var lost = 0
    /// Commands after the backup, which nobody sends again.
    var commands: [(at: Timestamp, Command)] = []

    private static let commandsMax = 20

    var json: JSONValue {
        let named = commands.prefix(Self.commandsMax).map { at, command -> JSONValue in
            [
                "at": .string(at.rfc3339), "officer": .string(command.officer),
                "what": .string(Self.text(command)),
            ]
        }
        return [
            "backup": manifest.json,
            "compared_through": .integer(Int64(through)),
            "restore_seconds": .number(restoreSeconds),
            "start_seconds": .number(startSeconds),
            "heal_seconds": .number(healSeconds),
            "streams": .integer(Int64(streams)),
            "lines_after_backup": .integer(Int64(lines)),
            "stand_ins": .integer(Int64(standIns)),
            "lost": .integer(Int64(lost)),
            "commands_not_healed": .integer(Int64(commands.count)),
            "commands": .array(named),
        ]
    }

    var text: [String] {
        var text = [
            "备份截至第\(Words.grouped(Int(manifest.lastEntry)))条 (\(Words.moment(manifest.lastAt)));"
                + "演练比对至第\(Words.grouped(Int(through)))条",
            "恢复 \(Seconds.text(restoreSeconds)) 秒,启动 \(Seconds.text(startSeconds)) 秒,"
                + "补传 \(Seconds.text(healSeconds)) 秒",
            "备份之后各单位来件 \(Words.grouped(lines)) 件 (\(streams) 路),由发件箱补回,丢失 \(lost)",
        ]
        if standIns > 0 {
            text.append("其中 \(standIns) 件为待校验或退回件,日志不存全文,以替身代发")
        }
        text.append(
            commands.isEmpty
                ? "备份之后没有值班员指令"
                : "备份之后值班员指令 \(commands.count) 条,不能补回,须重新下达:"
        )
        for (at, command) in commands.prefix(Self.commandsMax) {
            text.append("  \(Words.moment(at)) \(command.officer) \(Self.text(command))")
        }
        return text
    }

    private static func text(_ command: Command) -> String {
        switch command.action {
        case .acknowledge(let alert, let report, _): "签收 \(alert.text) 第\(report)报"
        case .confirmClock: "确认时钟"
        case .edit(.merge(let kept, let other), _):
            "并案 \(text(kept)) 与 \(text(other))"
        case .edit(.split(let seen, let items), _):
            "拆分 \(text(seen)) 移出\(items.count)件"
        case .edit(.move(_, let from, let to), _): "移案 \(text(from)) 至 \(text(to))"
        case .undo(let number, _): "撤销第\(number)号并案拆分"
        case .setLife(let seen, let isClosed, _):
            (isClosed ? "办结 " : "重启 ") + text(seen)
        case .withdraw(let ref): "撤回 \(ref.agency.name)/\(ref.id)"
        case .classify(let ref, _, _): "分类 \(ref.agency.name)/\(ref.id)"
        }
    }

    private static func text(_ seen: SeenCase) -> String {
        seen.id?.text ?? "第\(seen.items.first ?? 0)件"
    }
}

/// Restores, starts, heals and compares.
private struct Drill {
    let home: String
    let backup: String
    let settings: HubSettings

    /// Bytes of lines held at a time.
    private static let portionBytes = 64 << 20

    /// What one stream brought after the backup.
    private struct Stream {
        var id: StreamID
        var first: UInt64
        var events: [[UInt8]] = []
        /// What each line's receipt must name; `nil` for a line that another stood in for.
        var digests: [ContentDigest?] = []

        var next: UInt64 { first + UInt64(events.count) }

        mutating func append(_ event: [UInt8], _ digest: ContentDigest?) {
            events.append(event)
            digests.append(digest)
        }
    }

    /// Lines of all streams, of consecutive entries.
    private struct Portion {
        var streams: [StreamID: Stream] = [:]
        var order: [StreamID] = []
        var bytes = 0
        var lastEntry: UInt64

        mutating func take(_ position: StreamPosition, _ event: [UInt8], _ digest: ContentDigest?) {
            if streams[position.stream] == nil {
                order.append(position.stream)
                streams[position.stream] = Stream(id: position.stream, first: position.number)
            }
            // A text that was erased meanwhile leaves its number behind.
            while let next = streams[position.stream]?.next, next < position.number {
                streams[position.stream]?.append(Drill.standIn, nil)
            }
            streams[position.stream]?.append(event, digest)
            bytes += event.count + 64
        }
    }

    private static let standIn = Array("{}".utf8)

    func run() throws -> DrillReport {
        let clock = ContinuousClock()
        var begun = clock.now
        let county = try makeCounty()
        var report = DrillReport(
            manifest: try RestoreCommand.restore(backup, to: county.settings).0
        )
        report.restoreSeconds = (clock.now - begun).seconds
        begun = clock.now
        let endpoint = try start(county.settings)
        report.startSeconds = (clock.now - begun).seconds
        begun = clock.now
        report.through = try end(after: report.manifest)
        var next = report.manifest.lastEntry
        var streams: Set<StreamID> = []
        while next < report.through {
            let portion = try read(after: next, through: report.through, into: &report)
            for id in portion.order {
                guard let stream = portion.streams[id] else { continue }
                streams.insert(id)
                try heal(stream, endpoint, county, into: &report)
            }
            guard portion.lastEntry > next else { break }
            next = portion.lastEntry
        }
        report.streams = streams.count
        report.healSeconds = (clock.now - begun).seconds
        return report
    }

    // MARK: The drill's own hub

    private struct Keys {
        var hub: KeyPair
        var agencies: [AgencyID: KeyPair]
        var settings: HubSettings
    }

    /// A county of the backup's files with keys that exist for this drill alone.
    private func makeCounty() throws -> Keys {
        try FileManager.default.createDirectory(
            atPath: home + "/keys",
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: home)
        let source = backup + "/" + CountyCopy.name
        for name in ConfigurationFile.Name.allCases.map({ $0.token + ".yaml" }) {
            try FileManager.default.copyItem(
                atPath: source + "/" + name,
                toPath: home + "/" + name
            )
        }
        let county = try reading { () throws(SettingsError) in
            try CountyConfiguration(folder: home)
        }
        let text = """
            endpoint: tcp://127.0.0.1:*
            data: data
            keys: keys
            county: "\(county.divisions.county.code)"
            scenario_clock: \(settings.hasScenarioClock)
            log_level: warning
            limits:
              segment_bytes: \(settings.limits.segmentBytes)
              disk_reserve: 0
              streams_per_agency: \(settings.limits.streamsPerAgency)
              streams: \(settings.limits.streams)
            """
        try Data(text.utf8).write(to: URL(fileURLWithPath: home + "/hub.yaml"))
        var agencies: [AgencyID: KeyPair] = [:]
        let hub = try KeyPair.random()
        for agency in county.agencies.agencies { agencies[agency.id] = try KeyPair.random() }
        let made = try reading { [agencies] () throws(SettingsError) in
            let keys = KeyFolder(home + "/keys")
            try KeyFile.write(hub, to: keys.hubKeyPath)
            for (agency, pair) in agencies {
                let path = keys.publicPath(.agency, agency.name)
                try KeyFile.write(publicKey: pair.publicKey, to: path)
            }
            return try HubSettings(file: home + "/hub.yaml")
        }
        return Keys(hub: hub, agencies: agencies, settings: made)
    }

    /// Starts the hub as a process and gives its endpoint.
    private func start(_ settings: HubSettings) throws -> String {
        let process = try DemoProcess.make("hub", "--config", settings.file)
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = try DemoProcess.appending(to: home + "/hub.log")
        try DemoProcess.run(process)
        let bytes = [UInt8](pipe.fileHandleForReading.availableData)
        guard let line = bytes.split(separator: 10).first,
            let told = try? JSONValue(parsing: Array(line)), !told.string("endpoint").isEmpty
        else {
            process.waitUntilExit()
            let log = (try? String(contentsOfFile: home + "/hub.log", encoding: .utf8)) ?? ""
            throw CommandFailure(.fellShort, "the restored hub does not start: \(log.suffix(800))")
        }
        return told.string("endpoint")
    }

    // MARK: What came after the backup

    /// Where the comparison ends; the real journal must be a continuation of the backup.
    private func end(after manifest: BackupManifest) throws -> UInt64 {
        let synced = FlightPage.synced(settings.dataFolder)
        let end: InputPass.End
        do throws(JournalError) {
            end = try InputPass.run(
                PosixDisk(),
                folder: settings.dataFolder,
                wants: { _, _ in false },
                visit: { _ in true }
            )
        } catch {
            throw CommandFailure(.fellShort, error.description)
        }
        guard end.lastNumber >= manifest.lastEntry else {
            throw CommandFailure(
                .wrongUse,
                "the backup ends with entry \(manifest.lastEntry), "
                    + "\(settings.dataFolder) with \(end.lastNumber); it is another hub's"
            )
        }
        return min(end.lastNumber, synced)
    }

    /// The lines of the next entries of the real journal, beside its running hub.
    private func read(
        after last: UInt64,
        through end: UInt64,
        into report: inout DrillReport
    ) throws -> Portion {
        var portion = Portion(lastEntry: last)
        var commands: [(at: Timestamp, Command)] = []
        var standIns = 0
        do throws(JournalError) {
            try InputPass.run(
                PosixDisk(),
                folder: settings.dataFolder,
                wants: { number, _ in number > last && number <= end },
                visit: { stored in
                    portion.lastEntry = stored.number
                    guard let payload = stored.bytes,
                        let record = try? EntryCodec.decode(
                            kind: stored.kind.rawValue,
                            payload: payload
                        )
                    else { return true }
                    if case .command(let command) = record { commands.append((stored.at, command)) }
                    if let position = record.position {
                        let (event, digest) = Drill.line(record)
                        if digest == nil { standIns += 1 }
                        portion.take(position, event, digest)
                    }
                    return portion.bytes < Drill.portionBytes && stored.number < end
                }
            )
        } catch {
            throw CommandFailure(.fellShort, error.description)
        }
        report.commands += commands
        report.standIns += standIns
        return portion
    }

    /// A line as its agency would send it again, and the digest that its receipt must name.
    private static func line(_ record: JournalRecord) -> ([UInt8], ContentDigest?) {
        switch record {
        case .item(_, _, let digest, let event): return (event, digest)
        case .quarantine(_, let quarantine) where !quarantine.line.isEmpty:
            let isWhole = ContentDigest(hashing: quarantine.line) == quarantine.lineDigest
            return (quarantine.line, isWhole ? quarantine.lineDigest : nil)
        default: return (standIn, nil)
        }
    }

    /// Sends a stream's lines to the drill's hub and compares the receipts with the real ones.
    private func heal(
        _ stream: Stream,
        _ endpoint: String,
        _ keys: Keys,
        into report: inout DrillReport
    ) throws {
        report.lines += stream.events.count
        guard let pair = keys.agencies[stream.id.agency] else {
            // The agency was registered after the backup; its configuration comes back by hand.
            report.lost += stream.events.count
            return
        }
        let receipts: [Receipt]
        do throws(LineCarrier.Failure) {
            receipts = try LineCarrier.carry(
                LineCarrier.Lines(
                    stream: stream.id.name,
                    epoch: stream.id.epoch,
                    first: stream.first,
                    events: stream.events
                ),
                agent: Version.agent,
                patience: .minutes(1)
            ) { () throws(ConnectionError) in
                try ZeroMQConnection(
                    endpoint: endpoint,
                    hubKey: keys.hub.publicKey,
                    secretKey: pair.secretKey
                )
            }
        } catch {
            throw CommandFailure(
                .fellShort,
                "\(stream.id.agency.name)/\(stream.id.name): \(error.description)"
            )
        }
        for (receipt, digest) in zip(receipts, stream.digests) {
            if let digest, receipt.digest != digest { report.lost += 1 }
        }
        report.lost += stream.events.count - receipts.count
    }
}
