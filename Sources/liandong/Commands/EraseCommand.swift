import ArgumentParser
import Domain
import Foundation
import Hub
import Journal
import Settings
import Storage
import Wire

/// Destroys texts in a stopped hub's journal.
struct EraseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "erase",
        abstract: "Erase texts from a stopped hub's journal for good (销毁).",
        discussion: """
            Destroys the keys of everything that was sent of the items and about them: the item and its
            revisions, the same sent again, lines kept aside, steps of its life. A new epoch begins;
            identifiers, cases, alerts, deadlines and counts stay, and nothing is raised or sent again.
            Snapshots, what earlier epochs began with and ends kept aside are overwritten and removed.
            An erased item that is sent again is receipted and leaves no text. Nothing brings it back:
            try --dry-run first. Bring the backups up to date afterwards (liandong backup): until then
            they hold the texts.
            --due erases what is past the spans of retention.yaml, and removes months of the audit log
            that are older than its delivery_ledger and security_log; a line of that log says which.
            --resume finishes an erasure that was cut off, and erases what a copy from before brought back.
            Example: liandong erase --config DIR/hub.yaml --item xinfang/XF-1 --reason '当事人申请,局长批准' \
            --by 李主任
            """
    )

    @Option(help: "The hub's file.")
    var config = "hub.yaml"
    @Option(help: "An item, AGENCY/ID; may be given again.")
    var item: [String] = []
    @Option(help: "A file with one item a line, AGENCY/ID.")
    var file: String?
    @Flag(help: "What is past its span in retention.yaml.")
    var due = false
    @Option(help: "With --due: a day or a moment instead of now.")
    var at: String?
    @Flag(help: "Finish what was cut off, and erase again what stands in the list of erased items.")
    var resume = false
    @Option(help: "Why; it stands in the journal.")
    var reason: String?
    @Option(help: "Who orders it; it stands in the journal.")
    var by: String?
    @Flag(help: "Only tell what would be erased.")
    var dryRun = false
    @OptionGroup var format: FormatOptions

    /// More names than one order has ever needed.
    private static let itemsMax = 1_000_000

    func run() throws {
        let now = SystemClock().now()
        let settings = try reading { () throws(SettingsError) in try HubSettings(file: config) }
        let choice = try choice(settings, now)
        let (name, why) = try answerable()
        let report: EpochFounder<PosixDisk>.Erased
        do throws(HubError) {
            report = try EpochFounder.erase(
                PosixDisk(),
                folder: settings.dataFolder,
                beside: settings.folder,
                layout: JournalOptions(
                    inputSegmentBytes: settings.limits.segmentBytes,
                    decisionSegmentBytes: settings.limits.segmentBytes
                ),
                edition: Rehearsal.edition,
                choice: choice,
                by: name,
                reason: why,
                isTrial: dryRun,
                now: now,
                log: HubLog.make(settings.logLevel)
            )
        } catch {
            OperatorNote.leave(.erase, object, settings.dataFolder, result: "failed", ["by": name])
            throw EraseCommand.failure(error)
        }
        OperatorNote.leave(
            .erase,
            object,
            settings.dataFolder,
            [
                "by": name, "items": "\(report.items)", "entries": "\(report.entries)",
                "entry": report.entry.map { "\($0)" } ?? "none",
            ]
        )
        let months: Result<[String], HubError> =
            try due ? removeAuditMonths(settings, .init(by: name, reason: why), now) : .success([])
        tell(report, months: (try? months.get()) ?? [])
        if case .failure(let error) = months { throw EraseCommand.failure(error) }
    }

    /// Months of the audit log go by the longest class that stands in it.
    private func removeAuditMonths(
        _ settings: HubSettings,
        _ order: AuditRetention.Order,
        _ now: Timestamp
    ) throws(CommandFailure) -> Result<[String], HubError> {
        let spans = try reading { () throws(SettingsError) in
            try RetentionSettings(folder: settings.folder)
        }
        let named = try moment()
        do throws(HubError) {
            return .success(
                try AuditRetention.run(
                    PosixDisk(),
                    dataFolder: settings.dataFolder,
                    keptFor: max(spans.deliveryLedger, spans.securityLog),
                    at: named ?? now,
                    order: order,
                    isTrial: dryRun,
                    now: now
                )
            )
        } catch {
            return .failure(error)
        }
    }

    /// What is erased, for the audit log; which items they are stands in the journal.
    private var object: String {
        let what = resume ? "listed" : due ? "due" : "items"
        return dryRun ? what + " (dry run)" : what
    }

    /// What a failed erasure means for the command.
    private static func failure(_ error: HubError) -> CommandFailure {
        switch error {
        case .erasureRefused: CommandFailure(.wrongUse, error.description)
        case .journal(.log(.locked(let folder))):
            CommandFailure(
                .wrongUse,
                "\(ErrorCode.folderInUse.text) a hub runs on \(folder); stop it (systemctl stop "
                    + "liandong-hub), erase, and start it again: a running hub holds the texts in memory"
            )
        default: CommandFailure(.fellShort, error.description)
        }
    }

    private func choice(
        _ settings: HubSettings,
        _ now: Timestamp
    ) throws(CommandFailure) -> ErasureChoice {
        let names = try self.names()
        guard [!names.isEmpty, due, resume].count(where: \.self) == 1 else {
            throw CommandFailure(.wrongUse, "give items (--item, --file), --due or --resume")
        }
        if resume { return .listed }
        guard due else {
            guard at == nil else { throw CommandFailure(.wrongUse, "--at needs --due") }
            var refs: [ItemRef] = []
            for name in names { refs.append(try EraseCommand.item(name)) }
            return .items(refs)
        }
        let spans = try reading { () throws(SettingsError) in
            try RetentionSettings(folder: settings.folder)
        }
        return .due(
            RetentionSpans(
                text: spans.text,
                mediaReference: spans.mediaReference,
                pseudonyms: spans.pseudonyms
            ),
            at: try moment() ?? now,
            withdrawn: try EraseCommand.withdrawn(settings.dataFolder)
        )
    }

    private static func withdrawn(_ folder: String) throws(CommandFailure) -> [ItemRef] {
        do throws(JournalError) {
            return try DecisionPass.withdrawn(PosixDisk(), folder: folder)
        } catch {
            throw CommandFailure(.fellShort, error.description)
        }
    }

    private func moment() throws(CommandFailure) -> Timestamp? {
        guard let at else { return nil }
        guard let found = Timestamp(rfc3339: at) ?? Timestamp(rfc3339: at + "T00:00:00+08:00")
        else { throw CommandFailure(.wrongUse, "--at \(at): write 2027-01-31, or a moment") }
        return found
    }

    /// Nobody's erasure for no reason stands in a journal.
    private func answerable() throws(CommandFailure) -> (by: String, reason: String) {
        let (by, reason) = (by ?? "", reason ?? "")
        if resume { return (by.isEmpty ? "liandong erase --resume" : by, reason) }
        if dryRun { return (by, reason) }
        for (key, text, bytesMax) in [
            ("--by", by, Erasure.nameBytesMax), ("--reason", reason, Erasure.reasonBytesMax),
        ] {
            guard (1...bytesMax).contains(text.utf8.count),
                text.unicodeScalars.allSatisfy({ $0.value >= 32 && $0.value != 127 })
            else {
                throw CommandFailure(
                    .wrongUse,
                    "\(ErrorCode.erasureRefused.text) \(key): write 1 to \(bytesMax) bytes without "
                        + "control characters; nothing was erased"
                )
            }
        }
        return (by, reason)
    }

    private func names() throws(CommandFailure) -> [String] {
        guard let file else { return item }
        guard let text = try? String(contentsOfFile: file, encoding: .utf8) else {
            throw CommandFailure(.wrongUse, "--file \(file) is no text in UTF-8 that can be read")
        }
        let lines = text.split(whereSeparator: \.isNewline)
            .map { $0.trimmingCharacters(in: .whitespaces) }
            .filter { !$0.isEmpty && !$0.hasPrefix("#") }
        guard lines.count <= Self.itemsMax, !lines.isEmpty else {
            throw CommandFailure(.wrongUse, "--file \(file): write 1 to \(Self.itemsMax) items")
        }
        return item + lines
    }

    private static func item(_ text: String) throws(CommandFailure) -> ItemRef {
        let plain = text.hasPrefix("/agency/") ? String(text.dropFirst(8)) : text
        guard let name = ItemName(plain), let agency = AgencyID(source: name.source),
            !name.id.isEmpty
        else {
            throw CommandFailure(
                .wrongUse,
                "\(ErrorCode.erasureRefused.text) “\(text)” names no item: write AGENCY/ID, "
                    + "xinfang/XF-1; nothing was erased"
            )
        }
        return ItemRef(agency: agency, id: name.id)
    }

    private func tell(_ report: EpochFounder<PosixDisk>.Erased, months: [String]) {
        let classes = report.classes.sorted { $0.key < $1.key }
        let document: JSONValue = [
            "dry_run": .bool(dryRun),
            "items": .integer(Int64(report.items)),
            "entries": .integer(Int64(report.entries)),
            "classes": .object(classes.map { .init($0.key, .integer(Int64($0.value))) }),
            "erased_before": .integer(Int64(report.erasedBefore)),
            "listed": .integer(Int64(report.listed)),
            "epoch": report.epoch.map { .integer(Int64($0)) } ?? .null,
            "entry": report.entry.map { .integer(Int64(clamping: $0)) } ?? .null,
            "resumed": .bool(report.wasResumed),
            "snapshots_removed": .integer(Int64(report.removed.snapshots)),
            "states_removed": .integer(Int64(report.removed.states)),
            "tails_removed": .integer(Int64(report.removed.tails)),
            "audit_months": .array(months.map { .string($0) }),
        ]
        output(document, isJSON: format.isJSON) {
            var lines: [String] = []
            if report.wasResumed { lines.append("an erasure that was cut off is finished") }
            let what =
                "\(report.items) items in \(report.entries) entries ("
                + classes.map { "\($0.key) \($0.value)" }.joined(separator: ", ") + ")"
            if dryRun {
                lines.append(
                    report.entries == 0 ? "nothing would be erased" : "would be erased: \(what)"
                )
            } else if let epoch = report.epoch {
                lines.append("erased: \(what); epoch \(epoch) carries on")
                lines.append(
                    "\(report.removed.snapshots) snapshots, \(report.removed.states) founding states, "
                        + "\(report.removed.tails) ends kept aside overwritten and removed"
                )
                lines.append(
                    "Older backups still hold the texts: run liandong backup to each of them now."
                )
            } else {
                lines.append("nothing to erase")
            }
            if report.erasedBefore > 0 {
                lines.append("\(report.erasedBefore) of the named items were erased before")
            }
            if !months.isEmpty {
                lines.append(
                    "months of the audit log \(dryRun ? "that would be " : "")removed: "
                        + months.joined(separator: ", ")
                )
            }
            return lines
        }
    }
}

extension HubService {
    /// Refuses to serve texts that were erased: the list beside `hub.yaml` outlives the data folder, and a
    /// copy that somebody put in its place knows nothing of it.
    static func requireErased(_ settings: HubSettings) throws(CommandFailure) {
        do throws(JournalError) {
            let kept = try ErasedItems.read(PosixDisk(), folder: settings.folder)
            let applied = try ErasedItems.read(PosixDisk(), folder: settings.dataFolder)
            guard !kept.isSubset(of: applied) else { return }
        } catch {
            throw CommandFailure(.fellShort, error.description)
        }
        throw CommandFailure(
            .fellShort,
            "\(ErrorCode.erasureNotApplied.text) \(settings.dataFolder) does not know all items that "
                + "\(settings.folder)/\(ErasedItems.fileName) says were erased, as a copy from before; run "
                + "liandong erase --config \(settings.file) --resume"
        )
    }
}
