import Domain
import Foundation
import Hub
import Settings
import Transport
import Wire
import ZeroMQ

/// What is noted about keys for whoever guards the hub (密钥记录); every change of a key passes here.
struct KeyNotes: Sendable {
    private let security: SecurityLog
    /// The hub that is told of changes while it runs; it alone writes its audit log.
    private let hub: Hub?
    /// Where an operator's act is left for the audit log; `nil` in the running hub.
    private let spoolFolder: String?

    init(_ security: SecurityLog, hub: Hub? = nil, spoolFolder: String? = nil) {
        self.security = security
        self.hub = hub
        self.spoolFolder = spoolFolder
    }

    /// The notes of a hub whose folder a command works on.
    init(of hub: HubSettings) {
        self.init(
            SecurityLog(path: hub.dataFolder + "/security.log"),
            spoolFolder: hub.dataFolder
        )
    }

    /// The running hub opened or closed keys.
    func tell(_ change: KeyRegister.Change, _ holders: [KeyFolder.Principal], at now: Timestamp) {
        for turn in change.opened { note("key_opens", turn, [:], at: now) }
        for turn in change.closed {
            let life = holders.first { $0.publicKey == turn.key.z85 }?.life
            let why = life.map { $0.state(at: now).rawValue } ?? "taken_away"
            note("key_closes", turn, ["why": why], at: now)
        }
    }

    /// An operator's command changed the register.
    ///
    /// - Parameters:
    ///   - event: `key_admitted`, `key_limited`, `key_revoked`.
    ///   - key: Whose and which.
    ///   - now: When.
    func tell(_ event: String, _ key: KeyFolder.Principal, at now: Timestamp) {
        let particulars = [
            "holder": key.holder, "fingerprint": key.fingerprint.text, "by": NSUserName(),
            "from": key.life.from?.rfc3339, "until": key.life.until?.rfc3339,
            "reason": key.life.reason.isEmpty ? nil : key.life.reason,
        ]
        security.note(event, at: now, particulars.compactMapValues { $0 })
        guard let spoolFolder else { return }
        let more = ["fingerprint", "from", "until", "reason"].compactMap { name in
            particulars[name].flatMap { $0 }.map { (name, $0) }
        }
        OperatorNote.leave(
            .keys,
            "\(event) \(key.holder)",
            spoolFolder,
            Dictionary(uniqueKeysWithValues: more)
        )
    }

    private func note(
        _ event: String,
        _ turn: KeyRegister.Turn,
        _ more: [String: String],
        at now: Timestamp
    ) {
        var particulars = more
        particulars["holder"] = turn.principal.text
        particulars["fingerprint"] = Fingerprint(publicKey: turn.key.z85).text
        security.note(event, at: now, particulars)
        hub?.noteChange(
            by: "hub",
            of: "key \(turn.principal.text)",
            result: event == "key_opens" ? "opens" : "closes",
            ["fingerprint", "why"].compactMap { name in
                particulars[name].map { .init(name, .string($0)) }
            }
        )
    }
}
