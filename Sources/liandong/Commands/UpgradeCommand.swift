import ArgumentParser
import Domain
import Foundation
import Hub
import Journal
import Linkage
import Settings
import Storage
import Wire

/// Ends a stopped hub's epoch and founds the next.
struct UpgradeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "upgrade",
        abstract:
            "Found a new epoch on a stopped hub's journal: another engine, other weights (升级).",
        discussion: """
            Completes the old epoch's decisions, carries over identifiers, cases, alerts, signatures and
            running deadlines, and derives the features of all items again from their texts. Nothing is
            raised or sent again. DIR is the folder with hub.yaml; its files hold in the new epoch, and
            with --linkage FILE that file takes the place of linkage.yaml.
            Where the new program does not hold the old engine: run upgrade --prepare with the old
            program first, then this one.
            Example: liandong upgrade DIR --linkage new-weights.yaml
            """
    )

    @Argument(help: "The folder with hub.yaml.")
    var folder: String
    @Option(help: "A linkage file that takes the place of the folder's.")
    var linkage: String?
    @Flag(help: "Only complete the epoch and write a snapshot at its end, for a newer program.")
    var prepare = false
    @OptionGroup var format: FormatOptions

    func run() throws {
        let settings = try reading { () throws(SettingsError) in
            try HubSettings(file: folder + "/hub.yaml")
        }
        let layout = JournalOptions(
            inputSegmentBytes: settings.limits.segmentBytes,
            decisionSegmentBytes: settings.limits.segmentBytes
        )
        if prepare {
            let last = try founding { () throws(HubError) in
                try EpochFounder.prepare(
                    PosixDisk(),
                    folder: settings.dataFolder,
                    layout: layout,
                    log: HubLog.make(settings.logLevel)
                )
            }
            output(["prepared": .integer(Int64(last))], isJSON: format.isJSON) {
                ["prepared up to entry \(last); run upgrade with the newer program now"]
            }
            return
        }
        let replaced = try linkage.map { try ReplacedFile(path: folder + "/linkage.yaml", by: $0) }
        do {
            let county = try reading { () throws(SettingsError) in
                try CountyConfiguration(folder: settings.folder)
            }
            let report = try founding { () throws(HubError) in
                try EpochFounder.found(
                    PosixDisk(),
                    folder: settings.dataFolder,
                    layout: layout,
                    edition: Rehearsal.edition,
                    files: CountyFiles(county).files,
                    now: SystemClock().now(),
                    log: HubLog.make(settings.logLevel)
                )
            }
            tell(report)
        } catch {
            try replaced?.putBack()
            throw error
        }
    }

    private func founding<Value>(
        _ found: () throws(HubError) -> Value
    ) throws(CommandFailure) -> Value {
        do throws(HubError) {
            return try found()
        } catch {
            throw CommandFailure(.fellShort, error.description)
        }
    }

    private func tell(_ report: EpochFounder<PosixDisk>.Report) {
        let carried = report.carried
        let document: JSONValue = [
            "epoch": .integer(Int64(report.epoch)), "entry": .integer(Int64(report.entry)),
            "engine_before": .integer(Int64(report.engineBefore)),
            "engine": .integer(Int64(report.engine)),
            "derived_again": .integer(Int64(report.derivedAgain)),
            "changed": .array(report.changedFiles.map { .string($0) }),
            "items": .integer(Int64(carried.items)), "cases": .integer(Int64(carried.cases)),
            "alerts": .integer(Int64(carried.alerts)),
            "open_alerts": .integer(Int64(carried.openAlerts)),
            "deadlines": .integer(Int64(carried.deadlines)),
        ]
        output(document, isJSON: format.isJSON) {
            [
                "epoch \(report.epoch) founded at entry \(report.entry): engine \(report.engineBefore) "
                    + "-> \(report.engine)",
                "carried over: \(carried.items) items, \(carried.cases) cases, "
                    + "\(carried.alerts) alerts (\(carried.openAlerts) open), "
                    + "\(carried.deadlines) deadlines",
                report.changedFiles.isEmpty
                    ? "no file changed" : "changed: " + report.changedFiles.joined(separator: ", "),
            ]
        }
    }
}

/// A file that another one has taken the place of, kept until the work is done.
private struct ReplacedFile {
    private let path: String
    private let before: Data

    init(path: String, by file: String) throws(CommandFailure) {
        self.path = path
        do {
            before = try Data(contentsOf: URL(fileURLWithPath: path))
            let after = try Data(contentsOf: URL(fileURLWithPath: file))
            try after.write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw CommandFailure(.wrongUse, "\(file): cannot take the place of \(path): \(error)")
        }
    }

    func putBack() throws { try before.write(to: URL(fileURLWithPath: path), options: .atomic) }
}

/// The engine that acceptance runs upgrade to, when the environment asks for it; no county's is.
enum Rehearsal {
    static var edition: EngineEdition {
        ProcessInfo.processInfo.environment["LIANDONG_ENGINE"] == "rehearsal"
            ? .rehearsal : .current
    }
}
