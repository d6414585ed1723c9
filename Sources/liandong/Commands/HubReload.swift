import Domain
import Foundation
import Hashing
import Hub
import Logging
import Settings
import Storage
import Transport
import Wire
import ZeroMQ

/// Takes changed files and keys into force while the hub runs (配置生效): all or nothing.
///
/// What came of it stands in the data folder, in `config.json`, for `liandong config`.
struct HubReload {
    private let settings: HubSettings
    private let publicKey: String
    private let state: HubState
    private let notes: KeyNotes

    init(
        settings: HubSettings,
        publicKey: String,
        state: HubState,
        notes: KeyNotes
    ) {
        self.settings = settings
        self.publicKey = publicKey
        self.state = state
        self.notes = notes
    }

    /// The keys with those whom they let in, and for how long.
    static func leases(
        _ holders: [KeyFolder.Principal]
    ) throws -> [CurvePublicKey: KeyLease] {
        var leases: [CurvePublicKey: KeyLease] = [:]
        for holder in holders {
            guard let principal = Principal(text: holder.user) else { continue }
            leases[try CurvePublicKey(z85: holder.publicKey)] = KeyLease(
                principal,
                from: holder.life.from,
                until: holder.life.until,
                isRevoked: holder.life.revoked != nil
            )
        }
        return leases
    }

    /// The hub serves: `liandong config apply` finds it from now on.
    func tellServing(at endpoint: String, _ log: Logger) {
        state.write(.serving(endpoint: endpoint), log)
    }

    /// Reads and checks everything, then hands it to the hub; a mistake leaves all as it was.
    func run(_ hub: Hub, _ register: KeyRegister, _ log: Logger) {
        log.notice("SIGHUP: the configuration is read again")
        let name = settings.file.split(separator: "/").last.map(String.init) ?? "hub.yaml"
        let mistakes = CountyFolder.check(settings.folder, hubFile: name)
        guard mistakes.isEmpty else { return refuse(mistakes, hub, log) }
        do {
            let reading = register.beginReading()
            let fresh = try HubSettings(file: settings.file)
            let folder = KeyFolder(of: settings)
            let county = try CountyConfiguration(folder: settings.folder)
            let holders = try folder.principals()
            let leases = try HubReload.leases(holders)
            let isOtherKey = try KeyFile.readPublic(folder.hubKeyPath) != publicKey
            let waitsForRestart =
                settings.restartNeeded(for: fresh) + (isOtherKey ? ["hub.key"] : [])
            guard county.divisions.county == settings.county else {
                return refuse([HubReload.otherCounty(settings, county)], hub, log)
            }
            let (state, notes, restart) = (state, notes, waitsForRestart)
            let isTaken = hub.adopt(CountyFiles(county)) { adoption in
                let now = hub.keyTime
                let keys = register.replace(with: leases, at: now, reading: reading)
                hub.dismiss(keys.closed.map(\.user))
                notes.tell(keys, holders, at: now)
                HubReload.note(adoption, county, restart: restart, hub)
                state.write(
                    .applied(adoption, keys, restart: restart, county: county, holders),
                    log
                )
            }
            if !isTaken { state.write(.behind, log) }
        } catch let error as SettingsError {
            refuse(error.mistakes, hub, log)
        } catch {
            refuse(
                [
                    SettingsMistake(
                        file: settings.keysFolder,
                        problem: "\(error)",
                        remedy: "make the keys anew"
                    )
                ],
                hub,
                log
            )
        }
    }

    /// What an operator changed, for the audit log.
    private static func note(
        _ adoption: Adoption,
        _ county: CountyConfiguration,
        restart: [String],
        _ hub: Hub
    ) {
        for (name, entry) in zip(adoption.changed, adoption.entries) {
            let version = county.files.first { $0.name == name }?.file.version
            hub.noteChange(
                by: "operator",
                of: "configuration \(name.token)",
                [
                    .init("entry", .integer(Int64(entry))),
                    .init("version", version.map { .string($0.hex16) } ?? .null),
                ]
            )
        }
        for name in restart {
            hub.noteChange(by: "operator", of: "setting \(name)", result: "needs_restart")
        }
    }

    private func refuse(_ mistakes: [SettingsMistake], _ hub: Hub, _ log: Logger) {
        hub.noteChange(
            by: "operator",
            of: "configuration",
            result: "refused",
            [.init("mistakes", .integer(Int64(mistakes.count)))]
        )
        for mistake in mistakes {
            log.error("the configuration is refused", metadata: ["why": "\(mistake)"])
        }
        state.write(.refused(mistakes), log)
    }

    private static func otherCounty(
        _ settings: HubSettings,
        _ county: CountyConfiguration
    ) -> SettingsMistake {
        SettingsMistake(
            file: settings.file,
            path: "county",
            problem: "\(county.divisions.county.code) is not the county that the hub serves, "
                + settings.county.code,
            remedy: "give each county a folder of its own"
        )
    }
}

/// The file in the data folder that says what is in force and what became of the last change.
final class HubState: Sendable {
    enum Outcome: Sendable {
        case serving(endpoint: String)
        case applied(
            Adoption,
            KeyRegister.Change,
            restart: [String],
            county: CountyConfiguration,
            [KeyFolder.Principal]
        )
        /// Keys opened or ended by themselves, or by a change of their register alone.
        case keys([KeyFolder.Principal])
        case refused([SettingsMistake])
        case behind
    }

    private struct State {
        var sequence: Int64 = 0
        var endpoint = ""
        var files: [JSONValue.Member]
        var keys: [JSONValue]
    }

    private let path: String
    private let state: Locked<State>

    init(
        folder: String,
        county: CountyConfiguration,
        holders: [KeyFolder.Principal]
    ) {
        path = HubState.path(folder)
        state = Locked(
            State(files: HubState.versions(county), keys: HubState.keys(holders))
        )
    }

    /// What is in force, for the audit log: the files' versions, how many keys, and a digest of all that the
    /// register says of them, so that a key that came or went while the hub was down shows.
    var terms: [JSONValue.Member] {
        state.withLock { state in
            let keys = JSONValue.array(state.keys)
            var hasher = SHA256Hasher()
            hasher.update(keys.bytes)
            return [
                .init("files", .object(state.files)),
                .init("keys", .integer(Int64(state.keys.count))),
                .init("keys_digest", .string(hasher.finalize().hex)),
            ]
        }
    }

    static func path(_ folder: String) -> String { folder + "/config.json" }

    /// The versions of a county's files, as they stand in the journal.
    static func versions(_ county: CountyConfiguration) -> [JSONValue.Member] {
        county.files.map { .init($0.name.token, .string($0.file.version.hex16)) }
    }

    /// The keys as the hub says it goes by them.
    static func keys(_ holders: [KeyFolder.Principal]) -> [JSONValue] {
        holders.map { holder in
            .object(present: [
                "principal": .string(holder.user), "public": .string(holder.publicKey),
                "from": holder.life.from.map { .string($0.rfc3339) },
                "until": holder.life.until.map { .string($0.rfc3339) },
                "revoked": holder.life.revoked.map { .string($0.rfc3339) },
            ])
        }
    }

    func write(_ outcome: Outcome, _ log: Logger) {
        let document = state.withLock { state -> JSONValue in
            switch outcome {
            case .serving(let endpoint): state.endpoint = endpoint
            // No answer to a change of the county's files, which is what the sequence counts.
            case .keys(let holders): state.keys = HubState.keys(holders)
            case .applied, .refused, .behind: state.sequence += 1
            }
            if case .applied(_, _, _, let county, let holders) = outcome {
                state.files = HubState.versions(county)
                state.keys = HubState.keys(holders)
            }
            let common: [JSONValue.Member] = [
                .init("pid", .integer(Int64(ProcessInfo.processInfo.processIdentifier))),
                .init("sequence", .integer(state.sequence)),
                .init("at", .string(SystemClock().now().rfc3339)),
                .init("endpoint", .string(state.endpoint)),
                .init("files", .object(state.files)),
                .init("keys", .array(state.keys)),
            ]
            return .object(common + HubState.members(outcome))
        }
        if case .applied = outcome {
            let what = JSONValue.object(HubState.members(outcome)).line
            log.notice("the configuration is applied", metadata: ["what": "\(what)"])
        }
        do {
            let fresh = path + ".new"
            try Data(document.bytes).write(to: URL(fileURLWithPath: fresh))
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: fresh)
            guard rename(fresh, path) == 0 else { throw CocoaError(.fileWriteUnknown) }
        } catch {
            log.error("\(path) cannot be written", metadata: ["why": "\(error)"])
        }
    }

    private static func members(_ outcome: Outcome) -> [JSONValue.Member] {
        func names(_ principals: [Principal]) -> JSONValue {
            .array(principals.map { .string($0.text) })
        }
        switch outcome {
        case .serving: return [.init("outcome", "serving")]
        case .behind: return [.init("outcome", "behind")]
        case .keys: return [.init("outcome", "keys")]
        case .refused(let mistakes):
            return [
                .init("outcome", "refused"), .init("mistakes", .array(mistakes.map(\.json))),
            ]
        case .applied(let adoption, let keys, let restart, _, _):
            return [
                .init("outcome", "applied"),
                .init("changed", .array(adoption.changed.map { .string($0.token) })),
                .init("first_entry", .integer(Int64(adoption.entries.lowerBound))),
                .init("keys_added", names(keys.added)),
                .init("keys_removed", names(keys.removed)),
                .init("needs_restart", .array(restart.map { .string($0) })),
            ]
        }
    }
}
