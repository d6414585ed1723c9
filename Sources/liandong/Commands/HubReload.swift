import Domain
import Foundation
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

    init(
        settings: HubSettings,
        pair: KeyPair,
        county: CountyConfiguration,
        holders: [(publicKey: String, user: String)]
    ) {
        self.settings = settings
        publicKey = pair.publicKey
        state = HubState(folder: settings.dataFolder, county: county, holders: holders)
    }

    /// The keys by those whom they let in.
    static func principals(
        _ holders: [(publicKey: String, user: String)]
    ) throws -> [CurvePublicKey: Principal] {
        var principals: [CurvePublicKey: Principal] = [:]
        for holder in holders {
            principals[try CurvePublicKey(z85: holder.publicKey)] = Principal(text: holder.user)
        }
        return principals
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
        guard mistakes.isEmpty else { return refuse(mistakes, log) }
        do {
            let fresh = try HubSettings(file: settings.file)
            let folder = KeyFolder(settings.keysFolder)
            let county = try CountyConfiguration(folder: settings.folder)
            let holders = try folder.publicKeys()
            let principals = try HubReload.principals(holders)
            let isOtherKey = try folder.hubPair().publicKey != publicKey
            let waitsForRestart =
                settings.restartNeeded(for: fresh) + (isOtherKey ? ["hub.key"] : [])
            guard county.divisions.county == settings.county else {
                return refuse([HubReload.otherCounty(settings, county)], log)
            }
            let (state, restart) = (state, waitsForRestart)
            let isTaken = hub.adopt(CountyFiles(county)) { adoption in
                let keys = register.replace(with: principals)
                hub.dismiss(keys.removed)
                state.write(
                    .applied(adoption, keys, restart: restart, county: county, holders),
                    log
                )
            }
            if !isTaken { state.write(.behind, log) }
        } catch let error as SettingsError {
            refuse(error.mistakes, log)
        } catch {
            refuse(
                [
                    SettingsMistake(
                        file: settings.keysFolder,
                        problem: "\(error)",
                        remedy: "make the keys anew"
                    )
                ],
                log
            )
        }
    }

    private func refuse(_ mistakes: [SettingsMistake], _ log: Logger) {
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
            [(publicKey: String, user: String)]
        )
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
        holders: [(publicKey: String, user: String)]
    ) {
        path = HubState.path(folder)
        state = Locked(
            State(files: HubState.versions(county), keys: HubState.keys(holders))
        )
    }

    static func path(_ folder: String) -> String { folder + "/config.json" }

    /// The versions of a county's files, as they stand in the journal.
    static func versions(_ county: CountyConfiguration) -> [JSONValue.Member] {
        county.files.map { .init($0.name.token, .string($0.file.version.hex16)) }
    }

    static func keys(_ holders: [(publicKey: String, user: String)]) -> [JSONValue] {
        holders.map { ["principal": .string($0.user), "public": .string($0.publicKey)] }
    }

    func write(_ outcome: Outcome, _ log: Logger) {
        let document = state.withLock { state -> JSONValue in
            if case .serving(let endpoint) = outcome {
                state.endpoint = endpoint
            } else {
                state.sequence += 1
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
