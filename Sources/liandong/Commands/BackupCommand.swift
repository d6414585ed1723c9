import ArgumentParser
import Catalogue
import Domain
import Foundation
import Hub
import Journal
import Settings
import Storage
import Wire

/// A copy of everything that a hub needs to come back.
struct BackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copy the journal, its keys and the county's files while the hub runs (备份).",
        discussion: """
            The first copy takes all, later ones to the same place what is new. Every copy is verified from
            the first byte to the last before its manifest, backup.json, names its last entry. It holds
            what the data folder holds: keep it on an encrypted disk. Months of the audit log that are gone,
            shorter or other than what an earlier backup took are named, exit 1; their copies stay.
            Example: liandong backup DIR --to /mnt/copies/wuhua
            """
    )

    @Argument(help: "The county's folder.")
    var folder: String
    @Option(help: "The backup's folder: missing, empty, or one of an earlier backup.")
    var to: String
    @Flag(help: "Leave out the hub's secret key; keep it elsewhere then.")
    var withoutHubKey = false
    @OptionGroup var format: FormatOptions

    func run() throws {
        let settings = try reading { () throws(SettingsError) in
            try HubSettings(file: CountyPath.hubFile(folder))
        }
        let begun = ContinuousClock.now
        let manifest: BackupManifest
        let bytes: Int
        let audit: [AuditCopies.Finding]
        do throws(BackupError) {
            (manifest, bytes, audit) = try JournalBackup.make(
                PosixDisk(),
                of: settings.dataFolder,
                to: to,
                through: FlightPage.synced(settings.dataFolder),
                now: SystemClock().now()
            )
        } catch {
            OperatorNote.leave(.backup, to, settings.dataFolder, result: "failed")
            throw CommandFailure(error)
        }
        do throws(CommandFailure) {
            try reading { () throws(SettingsError) in
                try CountyCopy.make(of: settings, to: to, hasHubKey: !withoutHubKey)
            }
        } catch {
            OperatorNote.leave(.backup, to, settings.dataFolder, result: "failed")
            throw error
        }
        OperatorNote.leave(
            .backup,
            to,
            settings.dataFolder,
            result: audit.isEmpty ? "ok" : "audit_differs",
            [
                "entry": "\(manifest.lastEntry)", "decisions": "\(manifest.decisions)",
                "hub_key": withoutHubKey ? "no" : "yes",
            ]
        )
        let seconds = (ContinuousClock.now - begun).seconds
        var document = manifest.json.members ?? []
        document += [
            .init("backup", .string(to)), .init("bytes_written", .integer(Int64(bytes))),
            .init("hub_key", .bool(!withoutHubKey)), .init("verified", true),
            .init("audit_findings", .array(audit.map { .string($0.description) })),
            .init("seconds", .number(seconds)),
        ]
        output(.object(document), isJSON: format.isJSON) {
            [
                "\(to): entries 1 to \(manifest.lastEntry) of \(manifest.lastAt.rfc3339), "
                    + "\(manifest.decisions) decisions, verified",
                "\(Words.grouped(bytes)) bytes written in \(Seconds.text(seconds)) s",
            ]
        }
        if !audit.isEmpty {
            throw CommandFailure(
                .fellShort,
                audit.map { "the audit log is not what was copied before: \($0); the copy stays" }
                    .joined(separator: "\n")
                    + "\nRun liandong audit verify, keep \(to) as evidence and begin a new backup "
                    + "in another folder."
            )
        }
    }
}

/// A backup comes back.
struct RestoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Bring a backup back where no journal is (恢复).",
        discussion: """
            Verifies the backup and the copy. Files that DIR has already stay as they are; the data folder
            must be missing or empty. A new epoch begins, so that what is numbered from now on is never
            taken for what the lost hub numbered. What came after the backup is sent again by the agencies' outboxes,
            which keep it for seven days; officers' commands after it have to be given again.
            Example: liandong restore /mnt/copies/wuhua --to DIR
            """
    )

    @Argument(help: "The backup's folder.")
    var backup: String
    @Option(help: "The county's folder to bring back.")
    var to: String
    @OptionGroup var format: FormatOptions

    func run() throws {
        let begun = ContinuousClock.now
        let (settings, written) = try reading { () throws(SettingsError) in
            try CountyCopy.restore(from: backup, to: to)
        }
        let (manifest, epoch, erased, untold) = try RestoreCommand.restore(backup, to: settings)
        let seconds = (ContinuousClock.now - begun).seconds
        var document = manifest.json.members ?? []
        document += [
            .init("folder", .string(to)), .init("data", .string(settings.dataFolder)),
            .init("files_written", .array(written.map { .string($0) })),
            .init("epoch", .integer(Int64(epoch))),
            .init("erased_again", .integer(Int64(erased))),
            .init("audit_problem", untold.map { .string($0) } ?? .null),
            .init("seconds", .number(seconds)),
        ]
        output(.object(document), isJSON: format.isJSON) {
            [
                "\(settings.dataFolder): entries 1 to \(manifest.lastEntry), "
                    + "restored in \(Seconds.text(seconds)) s; epoch \(epoch) goes on from there",
                "\(erased) items that were erased since the copy was made are erased in it too.",
                "Later items come back from the agencies' outboxes when they connect. "
                    + "Commands of officers after \(manifest.lastAt.rfc3339) do not: give them again.",
                untold.map { "The audit log does not say that it was restored: \($0)" }
                    ?? "The audit log says that it was restored; what it held after the backup is gone.",
                settings.auditHeads.isEmpty ? "" : Self.headsAdvice(settings.auditHeads),
                "Next: liandong hub --config \(settings.file)",
            ].filter { !$0.isEmpty }
        }
    }

    /// Heads that were noted before the loss never agree again.
    private static func headsAdvice(_ file: String) -> String {
        "Before the hub starts: keep \(file) with the papers of the incident and name a new file in "
            + "audit_heads; against the old one liandong audit verify falls short from now on."
    }

    static func restore(
        _ backup: String,
        to settings: HubSettings
    ) throws(CommandFailure) -> (BackupManifest, epoch: UInt64, erased: Int, untold: String?) {
        var epoch: UInt64 = 0
        var erased = 0
        var untold: String?
        do throws(BackupError) {
            let manifest = try JournalRestore.run(
                PosixDisk(),
                from: backup,
                to: settings.dataFolder
            ) { (folder) throws(BackupError) in
                do throws(HubError) {
                    // What was erased since the copy was made is erased in it before it has its name.
                    let report = try EpochFounder.erase(
                        PosixDisk(),
                        folder: folder,
                        beside: settings.folder,
                        layout: JournalOptions(
                            inputSegmentBytes: settings.limits.segmentBytes,
                            decisionSegmentBytes: settings.limits.segmentBytes
                        ),
                        choice: .listed,
                        by: "liandong restore",
                        reason: "restored from \(backup)",
                        foundsAlways: true,
                        now: SystemClock().now(),
                        log: HubLog.make(settings.logLevel)
                    )
                    epoch = report.epoch ?? 0
                    erased = report.items
                    untold = RestoreCommand.note(folder, from: backup, entry: report.entry ?? 0)
                } catch {
                    throw .notFounded(error.description)
                }
            }
            return (manifest, epoch, erased, untold)
        } catch {
            throw CommandFailure(error)
        }
    }
}

extension RestoreCommand {
    /// Has the restored audit log say so, and gives why it does not.
    ///
    /// `nil` when it does; a journal comes back without it too.
    private static func note(_ folder: String, from backup: String, entry: UInt64) -> String? {
        do throws(AuditError) {
            try AuditLog.noteRestore(
                PosixDisk(),
                dataFolder: folder,
                from: backup,
                entry: entry,
                at: SystemClock().now()
            )
            return nil
        } catch {
            return error.description
        }
    }
}

extension CommandFailure {
    /// What a backup that failed means for the command.
    init(_ error: BackupError) {
        switch error {
        case .refused, .inUse: self.init(.wrongUse, error.description)
        case .unsound, .notFounded, .journal: self.init(.fellShort, error.description)
        }
    }
}

/// Paths of a county's folder.
enum CountyPath {
    static func hubFile(_ folder: String) -> String {
        folder.hasSuffix("/") ? folder + "hub.yaml" : folder + "/hub.yaml"
    }
}

/// The flight recorder's page of a data folder, read from outside.
enum FlightPage {
    /// The last entry that the hub has synced; every one when it was stopped in order.
    static func synced(_ folder: String) -> UInt64 {
        let page = FileManager.default.contents(atPath: folder + "/flight") ?? Data()
        func word(_ mark: FlightRecorder.Mark) -> UInt64? {
            let start = mark.rawValue * 8
            guard page.count >= start + 8 else { return nil }
            return (0..<8).reduce(0) { $0 | UInt64(page[start + $1]) << UInt64($1 * 8) }
        }
        guard let phase = word(.phase), let synced = word(.synced),
            phase != FlightRecorder.Phase.stopped.rawValue, synced > 0
        else { return .max }
        return synced
    }
}

/// Seconds for people.
enum Seconds {
    static func text(_ seconds: Double) -> String {
        let tenths = Int((seconds * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }
}

extension Duration {
    /// The whole of it in seconds, for figures.
    var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}
