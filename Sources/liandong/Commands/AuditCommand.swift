import ArgumentParser
import Domain
import Foundation
import Hashing
import Hub
import Journal
import Settings
import Storage
import Wire

/// The audit log: show, verify.
struct AuditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Who did what at the hub, and whether the log is what was written (审计).",
        subcommands: [Show.self, Verify.self]
    )

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lines of the audit log.",
            discussion: """
                Example: liandong audit show --config DIR/hub.yaml --who officer/duty --act read
                """
        )

        @Option(help: "The hub's file.")
        var config = "hub.yaml"
        @Option(help: "Whose, as officer/duty.")
        var who: String?
        @Option(help: "What was done, as asked, delivered, refused.")
        var act: String?
        @Option(help: "What it was done to; a part of the text.")
        var object: String?
        @Option(help: "From when, as 2026-07-01T00:00:00+08:00.")
        var from: String?
        @Option(help: "Before when.")
        var to: String?
        @OptionGroup var format: FormatOptions

        func run() throws {
            let from = try from.map(AuditCommand.time)
            let to = try to.map(AuditCommand.time)
            if let act, AuditRecord.Act(rawValue: act) == nil {
                let acts = AuditRecord.Act.allCases.map(\.rawValue).joined(separator: ", ")
                throw CommandFailure(.wrongUse, "--act \(act): give one of \(acts)")
            }
            let isJSON = format.isJSON
            let settings = try reading { () throws(SettingsError) in try HubSettings(file: config) }
            let asked = ["who": who, "act": act, "object": object].compactMapValues { $0 }
            OperatorNote.leave(.audit, "show", settings.dataFolder, asked)
            let report = try AuditCommand.walk(config) { line in
                guard let record = line.record,
                    who.map({ $0 == record.who }) ?? true,
                    act.map({ $0 == record.act.rawValue }) ?? true,
                    object.map({ record.object.contains($0) }) ?? true,
                    from.map({ record.at >= $0 }) ?? true, to.map({ record.at < $0 }) ?? true
                else { return }
                Terminal.print(isJSON ? line.json : AuditCommand.text(record, line.number))
            }
            if let finding = report.findings.first {
                throw CommandFailure(.fellShort, "\(finding); see liandong audit verify")
            }
        }
    }

    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Whether every line follows from the one before, and the heads agree.",
            discussion: """
                --heads names the file in the second place (audit_heads of hub.yaml). Without it a log that was
                written anew from its beginning is not found. The log begins with number 1, or behind months
                that liandong erase --due removed, which a line of it says. After liandong restore the heads
                that were noted before it stay at fault: begin a new file and keep the old one.
                Example: liandong audit verify --config DIR/hub.yaml --heads /mnt/shenji/liandong.heads
                """
        )

        @Option(help: "The hub's file.")
        var config = "hub.yaml"
        @Option(help: "The heads of the second place; audit_heads of the hub's file when left out.")
        var heads: String?
        @OptionGroup var format: FormatOptions

        func run() throws {
            let settings = try reading { () throws(SettingsError) in try HubSettings(file: config) }
            let file = heads ?? settings.auditHeads
            var heads: [(line: UInt64, heads: JournalHeads)] = []
            var report = try AuditCommand.walk(config, heads: try AuditCommand.heads(file)) {
                line in
                if let found = line.record.flatMap({ JournalHeads($0) }) {
                    heads.append((line.number, found))
                }
            }
            report.findings += JournalHeads.check(heads, PosixDisk(), folder: settings.dataFolder)
            let document: JSONValue = [
                "first": .integer(Int64(report.first)), "last": .integer(Int64(report.last)),
                "heads": .integer(Int64(report.heads)),
                "removed": .array(
                    report.removals.map {
                        [
                            "month": .string($0.what.month), "at": .string($0.at.rfc3339),
                            "line": .integer(Int64($0.line)),
                        ]
                    }
                ),
                "findings": .array(
                    report.findings.map {
                        [
                            "file": .string($0.file), "line": .integer(Int64($0.line)),
                            "problem": .string($0.problem),
                        ]
                    }
                ),
            ]
            output(document, isJSON: format.isJSON) {
                let span = "lines \(report.first) to \(report.last), \(report.heads) heads agree"
                let removed = report.removals.map {
                    "month \($0.what.month) was removed at \($0.at.rfc3339), line \($0.line)"
                }
                let found = report.findings.isEmpty ? [span] : report.findings.map(\.description)
                return found + removed
            }
            if let finding = report.findings.first {
                throw CommandFailure(
                    .fellShort,
                    "the audit log is not what was written: \(finding)"
                )
            }
        }
    }

    /// What the second place says of the log; nothing where none is named.
    static func heads(_ file: String) throws(CommandFailure) -> [AuditCheck.Head] {
        guard !file.isEmpty else { return [] }
        var found: [AuditCheck.Head] = []
        for (index, line) in try TextLines.read(file).enumerated() where !line.isEmpty {
            guard let head = AuditCheck.Head(line: String(decoding: line, as: UTF8.self)) else {
                throw CommandFailure(
                    .fellShort,
                    "\(file):\(index + 1): is no head; the line is NUMBER CHAIN TIME"
                )
            }
            found.append(head)
        }
        return found
    }

    fileprivate static func walk(
        _ config: String,
        heads: [AuditCheck.Head] = [],
        _ visit: (AuditLine) -> Void = { _ in }
    ) throws -> AuditCheck.Report {
        let settings = try reading { () throws(SettingsError) in try HubSettings(file: config) }
        do {
            return try AuditCheck.run(
                PosixDisk(),
                dataFolder: settings.dataFolder,
                heads: heads,
                visit
            )
        } catch {
            throw CommandFailure(.fellShort, "the audit log cannot be read: \(error)")
        }
    }

    fileprivate static func time(_ text: String) throws -> Timestamp {
        guard let time = Timestamp(rfc3339: text) else {
            throw CommandFailure(.wrongUse, "“\(text)” is no time: write 2026-07-01T00:00:00+08:00")
        }
        return time
    }

    /// `12  2026-07-01T09:12:00+08:00  officer/duty  asked case  ok  case=441424-C-…`.
    fileprivate static func text(_ record: AuditRecord, _ number: UInt64) -> String {
        let more = record.particulars.map { "\($0.key)=\($0.value.text ?? $0.value.line)" }
        return "\(number)  \(record.at.rfc3339)  \(record.who)  \(record.act.rawValue) "
            + "\(record.object)  \(record.result)  " + more.joined(separator: " ")
    }
}

extension AuditLine {
    /// The line as it stands in the log.
    fileprivate var json: String {
        guard let record else { return "" }
        let members: [JSONValue.Member] = [.init("n", .integer(Int64(number)))]
        let rest: [JSONValue.Member] = [
            .init("at", .string(record.at.rfc3339)), .init("who", .string(record.who)),
            .init("act", .string(record.act.rawValue)), .init("object", .string(record.object)),
            .init("result", .string(record.result)),
        ]
        let chain = JSONValue.Member("chain", .string(chain.hex))
        return JSONValue.object(members + rest + record.particulars + [chain]).line
    }
}
