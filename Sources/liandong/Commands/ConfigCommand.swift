import ArgumentParser
import Domain
import Foundation
import Journal
import Settings
import Storage
import Wire

/// Configuration: check, diff, apply.
struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Check, compare and apply the configuration.",
        subcommands: [Check.self, Diff.self, Apply.self]
    )

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Name every mistake with file, line and key.",
            discussion: "Example: liandong config check DIR"
        )

        @Argument(help: "The county's folder.")
        var folder: String
        @OptionGroup var format: FormatOptions

        func run() throws {
            let mistakes = CountyFolder.check(folder)
            output(["mistakes": .array(mistakes.map(\.json))], isJSON: format.isJSON) {
                mistakes.isEmpty ? ["\(folder): no mistake"] : mistakes.map(\.description)
            }
            if let hub = try? HubSettings(file: folder + "/hub.yaml") { remark(hub) }
            try ConfigCommand.require(mistakes, folder)
        }

        /// What a hub can start with and the operator should know of.
        private func remark(_ hub: HubSettings) {
            if KeyFolder(of: hub).isHubKeyPlain {
                Terminal.complain(
                    "remark: \(KeyFolder(of: hub).hubKeyPath) lies plain on the disk; "
                        + "see liandong keys wrap --help"
                )
            }
            if hub.auditHeads.isEmpty {
                Terminal.complain(
                    "remark: \(hub.file) names no audit_heads; an audit log that is written anew, or "
                        + "cut short, is not found without a second place"
                )
            }
        }
    }

    struct Diff: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "What the files would change against what is in force in the journal.",
            discussion: """
                Reads the journal beside the running hub, or of a stopped one, and changes nothing.
                Example: liandong config diff DIR
                """
        )

        @Argument(help: "The county's folder.")
        var folder: String
        @OptionGroup var format: FormatOptions

        func run() throws {
            try ConfigCommand.require(CountyFolder.check(folder), folder)
            let files = try CountyFolderFiles(folder)
            let differences = try files.differences()
            let keys = files.keyDifferences()
            let document: JSONValue = [
                "changes": .array(differences.map(\.json)),
                "keys_added": keys.map { .array($0.added.map { .string($0) }) } ?? .null,
                "keys_removed": keys.map { .array($0.removed.map { .string($0) }) } ?? .null,
            ]
            output(document, isJSON: format.isJSON) {
                var lines = differences.map(\.description)
                lines += keys?.added.map { "keys: new: \($0)" } ?? []
                lines += keys?.removed.map { "keys: goes: \($0)" } ?? []
                return lines.isEmpty ? ["\(folder): nothing differs from what is in force"] : lines
            }
        }
    }

    struct Apply: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check the files and take them into force in the running hub.",
            discussion: """
                All or nothing: with a mistake anywhere the old files stay in force. Files that decide
                enter the journal at one point; keys open or shut at once; what hub.yaml changes is named
                and waits for a restart.
                Example: liandong config apply DIR
                """
        )

        @Argument(help: "The county's folder.")
        var folder: String
        @Option(help: "Seconds to wait for the hub.")
        var patience = 30
        @OptionGroup var format: FormatOptions

        func run() throws {
            let mistakes = CountyFolder.check(folder)
            if !mistakes.isEmpty, format.isJSON {
                output(["mistakes": .array(mistakes.map(\.json))], isJSON: true) { [] }
            }
            try ConfigCommand.require(mistakes, folder)
            let files = try CountyFolderFiles(folder)
            let outcome = try files.apply(within: .seconds(Int64(max(1, patience))))
            output(outcome, isJSON: format.isJSON) { Apply.lines(outcome) }
            guard outcome.string("outcome") == "applied" else {
                let why = outcome.list("mistakes").map {
                    "\($0.string("file")): \($0.string("problem"))"
                }
                throw CommandFailure(
                    .fellShort,
                    "LD-1122 the hub did not take the files: "
                        + (why.isEmpty ? outcome.string("outcome") : why.joined(separator: "; "))
                )
            }
        }

        private static func lines(_ outcome: JSONValue) -> [String] {
            func names(_ key: String) -> String {
                outcome.list(key).compactMap(\.text).joined(separator: ", ")
            }
            guard outcome.string("outcome") == "applied" else { return [] }
            let changed = names("changed")
            return [
                changed.isEmpty
                    ? "no file that decides has changed"
                    : "in force from entry \(outcome.integer("first_entry")): \(changed)",
                names("keys_added").isEmpty ? "" : "keys that open now: \(names("keys_added"))",
                names("keys_removed").isEmpty
                    ? "" : "keys that open no more: \(names("keys_removed"))",
                names("needs_restart").isEmpty
                    ? "" : "waits for a restart: \(names("needs_restart"))",
            ].filter { !$0.isEmpty }
        }
    }

    private static func require(_ mistakes: [SettingsMistake], _ folder: String) throws {
        guard !mistakes.isEmpty else { return }
        throw CommandFailure(
            .wrongUse,
            (mistakes.map(\.description) + ["\(mistakes.count) mistakes in \(folder)"])
                .joined(separator: "\n")
        )
    }
}

/// A county's files beside what is in force.
struct CountyFolderFiles {
    let settings: HubSettings
    private let county: CountyConfiguration
    private let holders: [KeyFolder.Principal]

    init(_ folder: String) throws {
        let path = folder.hasSuffix("/") ? folder + "hub.yaml" : folder + "/hub.yaml"
        (settings, county, holders) = try reading { () throws(SettingsError) in
            let settings = try HubSettings(file: path)
            return (
                settings, try CountyConfiguration(folder: folder),
                try KeyFolder(settings.keysFolder).principals()
            )
        }
    }

    /// What the files change against the journal; all of them where there is no journal yet.
    func differences() throws -> [ConfigurationDifference] {
        var inForce: [ConfigurationFile.Name: [UInt8]] = [:]
        let kind = EntryKind(rawValue: JournalRecord.Kind.configuration.rawValue)
        if FileManager.default.fileExists(atPath: settings.dataFolder + "/inputs") {
            do throws(JournalError) {
                _ = try InputPass.run(
                    PosixDisk(),
                    folder: settings.dataFolder,
                    wants: { $1 == kind },
                    visit: { stored in
                        if let payload = stored.bytes,
                            case .configuration(let name, let canonical)? = try? EntryCodec.decode(
                                kind: kind.rawValue,
                                payload: payload
                            )
                        {
                            inForce[name] = canonical
                        }
                        return true
                    }
                )
            } catch {
                throw CommandFailure(.fellShort, error.description)
            }
        }
        return try county.files.flatMap { file in
            ConfigurationDifference.between(
                file.name,
                try inForce[file.name].map { try JSONValue(parsing: $0) },
                try JSONValue(parsing: file.canonical)
            )
        }
    }

    /// What the keys change against those of the running hub; `nil` when none runs.
    func keyDifferences() -> (added: [String], removed: [String])? {
        guard let state = runningState() else { return nil }
        let old = state.list("keys").map { [$0.string("principal"), $0.string("public")] }
        let new = holders.map { [$0.user, $0.publicKey] }
        return (
            new.filter { !old.contains($0) }.map { $0[0] },
            old.filter { !new.contains($0) }.map { $0[0] }
        )
    }

    /// Makes the running hub read the files again and waits for what it says.
    func apply(within patience: TimeSpan) throws -> JSONValue {
        guard var state = runningState() else {
            throw CommandFailure(
                .unreachable,
                "no hub runs on \(settings.dataFolder); it takes the files at its next start"
            )
        }
        let pid = pid_t(state.integer("pid"))
        let wanted = JSONValue.object(HubState.versions(county))
        let keys = JSONValue.array(HubState.keys(holders))
        let deadline = ContinuousClock.now + .milliseconds(patience.milliseconds)
        // A second round when the hub had read the files before they were what they are now.
        for _ in 0..<3 {
            let before = state.integer("sequence")
            guard kill(pid, SIGHUP) == 0 else {
                throw CommandFailure(
                    .unreachable,
                    "the hub (process \(pid)) cannot be reached: \(String(cString: strerror(errno)))"
                )
            }
            repeat {
                guard ContinuousClock.now < deadline else {
                    throw CommandFailure(
                        .fellShort,
                        "LD-1122 the hub has not said within \(patience.text) that it took the files; "
                            + "look at liandong status, whether its disk is full, and at its log"
                    )
                }
                usleep(20_000)
                guard let now = runningState() else {
                    throw CommandFailure(.unreachable, "the hub has ended; see its log")
                }
                state = now
            } while state.integer("sequence") == before
            if state["files"] == wanted, state["keys"] == keys { break }
            if state.string("outcome") == "refused" { break }
        }
        return state
    }

    private func runningState() -> JSONValue? { HubProcess.state(of: settings.dataFolder) }
}

/// The process that has a data folder open.
enum HubProcess {
    /// What the hub on a data folder last wrote; `nil` when none runs.
    static func state(of folder: String) -> JSONValue? {
        guard let data = FileManager.default.contents(atPath: HubState.path(folder)),
            let state = try? JSONValue(parsing: [UInt8](data)),
            holds(pid_t(state.integer("pid")), folder: folder)
        else { return nil }
        return state
    }

    /// Whether a process has the folder's lock file open; a number that was given to another has not.
    static func holds(_ pid: pid_t, folder: String) -> Bool {
        guard pid > 0, let lock = realpath(folder + "/lock", nil) else { return false }
        defer { free(lock) }
        let path = String(cString: lock)
        let descriptors = "/proc/\(pid)/fd"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: descriptors)) ?? []
        return names.contains { name in
            (try? FileManager.default.destinationOfSymbolicLink(atPath: descriptors + "/" + name))
                == path
        }
    }
}
