import ArgumentParser
import Catalogue
import Domain
import Hub
import Journal
import Settings
import Storage
import Wire

extension GrantCommand {
    struct Handover: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "What somebody holds who leaves, and what is left to do (离岗移交).",
            discussion: """
                On the hub's machine, from grants.yaml, the keys and the decision log: posts with their ends
                and who comes behind, keys that still open, alerts that they signed for and that are not over,
                recusals. The list ends with what has to be done and a line for the signatures.
                Example: liandong grant handover officer/duty --config DIR/hub.yaml
                """
        )

        @Argument(help: "Who: officer/NAME.")
        var who: String
        @Option(help: "The hub's file.")
        var config = "hub.yaml"
        @OptionGroup var format: FormatOptions

        func run() throws {
            guard case .officer(let name)? = Principal(text: who) else {
                throw CommandFailure(.wrongUse, "“\(who)” is none: give officer/NAME")
            }
            let (settings, county, holders) = try reading { () throws(SettingsError) in
                let settings = try HubSettings(file: config)
                return (
                    settings, try CountyConfiguration(folder: settings.folder),
                    try KeyFolder(of: settings).principals()
                )
            }
            let now = SystemClock().now()
            let keys = holders.filter {
                $0.user == who && [.waiting, .open].contains($0.life.state(at: now))
            }
            let sheet = HandoverSheet(
                who: who,
                at: now,
                list: HandoverList(of: name, county.grants, at: now),
                keys: keys,
                alerts: try Self.alerts(signedBy: name, settings.dataFolder),
                register: county.grants,
                names: CountyNames(
                    divisions: county.divisions,
                    categories: county.categories,
                    agencies: county.agencies
                )
            )
            output(sheet.json, isJSON: format.isJSON) { sheet.lines }
        }

        /// Alerts that somebody signed for and that are not over.
        private static func alerts(
            signedBy officer: String,
            _ folder: String
        ) throws(CommandFailure) -> [Alert] {
            // A hub that has not begun yet has raised none.
            guard let names = try? PosixDisk().list(folder), names.contains("decisions") else {
                return []
            }
            var open: [AlertID: Alert] = [:]
            do throws(JournalError) {
                let withdrawn = Set(try DecisionPass.withdrawn(PosixDisk(), folder: folder))
                _ = try DecisionPass.run(PosixDisk(), folder: folder) { _, logged in
                    guard let alert = logged.leavingOut(withdrawn)?.content.alert else {
                        return true
                    }
                    open[alert.id] = alert.state == .over ? nil : alert
                    return true
                }
            } catch {
                throw CommandFailure(.fellShort, error.description)
            }
            return open.values.filter { $0.acknowledgedBy == officer }
                .sorted { ($0.raisedAt, $0.id.text) < ($1.raisedAt, $1.id.text) }
        }
    }
}

/// The list in words and as a document.
private struct HandoverSheet {
    let who: String
    let at: Timestamp
    let list: HandoverList
    let keys: [KeyFolder.Principal]
    let alerts: [Alert]
    let register: GrantRegister
    let names: CountyNames

    var lines: [String] {
        [HandoverWords.title(who, at: at)]
            + part(
                HandoverWords.posts,
                list.held.map { HandoverWords.post($0, unit: unit($0.post)) }
            )
            + part(
                HandoverWords.keys,
                keys.map { HandoverWords.key($0.fingerprint.text, until: $0.life.until) }
            )
            + part(HandoverWords.alerts, alerts.map(line))
            + part(HandoverWords.recusals, list.recusals.map(HandoverWords.recusal))
            + part(HandoverWords.undone, undone) + ["", HandoverWords.signatures]
    }

    var json: JSONValue {
        func texts(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }
        return [
            "who": .string(who), "at": .string(at.rfc3339),
            "posts": .array(
                list.held.map { held in
                    .object(present: [
                        "post": .string(held.post.name), "unit": .string(held.post.unit.name),
                        "role": .string(held.post.role.rawValue), "deputy": .bool(held.isDeputy),
                        "until": held.until.map { .string($0.rfc3339) },
                        "successors": texts(held.successors),
                    ])
                }
            ),
            "keys": .array(
                keys.map { key in
                    .object(present: [
                        "fingerprint": .string(key.fingerprint.text),
                        "until": key.life.until.map { .string($0.rfc3339) },
                    ])
                }
            ),
            "alerts": texts(alerts.map(\.id.text)),
            "recusals": texts(list.recusals.map(\.matter.text)),
            "undone": texts(undone),
        ]
    }

    private var undone: [String] {
        list.held.flatMap { held in
            (held.until == nil ? [HandoverWords.noEnd(held.post.name)] : [])
                + (held.isDeputy || !held.successors.isEmpty
                    ? [] : [HandoverWords.noSuccessor(held.post.name)])
        }
            + keys.filter { $0.life.until == nil }.map {
                HandoverWords.keyStays($0.fingerprint.text, who)
            }
    }

    private func part(_ title: String, _ lines: [String]) -> [String] {
        ["", title] + (lines.isEmpty ? [HandoverWords.none] : lines).map { "  " + $0 }
    }

    private func unit(_ post: Post) -> String {
        register.unit(post.unit)?.title(at: at) ?? post.unit.name
    }

    private func line(_ alert: Alert) -> String {
        "\(alert.id.text)  \(Words.level(alert.level))  \(names.of(alert.division)) "
            + "\(names.of(alert.category))  \(Words.moment(alert.raisedAt))"
    }
}
