import ArgumentParser
import Domain
import Foundation
import Hub
import Settings
import Wire

extension KeysCommand {
    struct Admit: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let a key in by the request that its holder sent (准入).",
            discussion: """
                Have the holder read the fingerprint aloud, by telephone or face to face, and compare it
                before you answer: the request itself may have been swapped on its way. Scripts give what
                they were told by --fingerprint. A running hub opens the key at once.
                Example: liandong keys admit agency-minzheng.request --config DIR/hub.yaml
                """
        )

        @OptionGroup var admission: AdmissionOptions

        func run() throws { try admission.run(othersEnd: nil) }
    }

    struct Rotate: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let a holder's next key in and give the ones before it an end (换钥).",
            discussion: """
                Both open during the overlap, so that nothing is lost: the holder changes key_file within it
                and starts again. A key that may have been stolen is revoked at once instead.
                Example: liandong keys rotate agency-minzheng.2.request --overlap 7d --config DIR/hub.yaml
                """
        )

        @Option(help: "How long the keys before it stay open: 90s, 24h, 7d; at most 90d.")
        var overlap = "7d"
        @OptionGroup var admission: AdmissionOptions

        func run() throws {
            guard let span = TimeSpan(text: overlap), span <= .days(90) else {
                throw CommandFailure(
                    .wrongUse,
                    "--overlap \(overlap): write 24h or 7d, at most 90d"
                )
            }
            try admission.run(othersEnd: span)
        }
    }

    struct Revoke: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Revoke keys: they open nothing any more, on open sessions too, within a second (吊销).",
            discussion: """
                WHO is a holder (agency/xinfang: all its keys), a fingerprint, or a file of the keys folder.
                A revoked key stays in the register and is never let in again.
                Example: liandong keys revoke officer/duty --reason 手机遗失 --config DIR/hub.yaml
                """
        )

        @Argument(help: "agency/NAME, officer/NAME, operator/NAME, a fingerprint or a file.")
        var who: String
        @Option(help: "Why, one line.")
        var reason = ""
        @Option(help: "The hub's file.")
        var config = "hub.yaml"
        @OptionGroup var format: FormatOptions

        func run() throws {
            guard reason.utf8.count <= 400,
                !reason.unicodeScalars.contains(where: { $0.value < 32 })
            else {
                throw CommandFailure(.wrongUse, "--reason: write one line of at most 400 bytes")
            }
            let now = SystemClock().now()
            let hub = try reading { () throws(SettingsError) in try HubSettings(file: config) }
            let keys = try reading { () throws(SettingsError) in
                try KeyFolder(hub.keysFolder).revoke(who, at: now, reason: reason)
            }
            let notes = KeyNotes(of: hub)
            for key in keys where key.life.revoked == now {
                notes.tell("key_revoked", key, at: now)
            }
            let force = try KeyForce(hub).wait(for: keys)
            let rows = keys.map { KeysCommand.row($0, at: now) }
            output(
                ["rows": .array(rows), "in_force": .string(force.rawValue)],
                isJSON: format.isJSON
            ) { keys.map { "revoked: \($0.holder)  \($0.fingerprint)" } + [force.text] }
        }
    }
}

/// What `keys admit` and `keys rotate` share.
struct AdmissionOptions: ParsableArguments {
    @Argument(help: "The file that liandong keys request made.")
    var request: String
    @Option(help: "The fingerprint as the holder told it by another way; without it you are asked.")
    var fingerprint: String?
    @Option(help: "From when it opens, 2026-03-05T14:30:00+08:00; at once when left out.")
    var from: String?
    @Option(help: "When it ends; never when left out.")
    var until: String?
    @Option(help: "The hub's file.")
    var config = "hub.yaml"
    @OptionGroup var format: FormatOptions

    func run(othersEnd overlap: TimeSpan?) throws {
        let now = SystemClock().now()
        let (hub, wish) = try reading { () throws(SettingsError) in
            (try HubSettings(file: config), try KeyRequest(file: request))
        }
        let life = KeyLife(from: try time(from, "--from") ?? now, until: try time(until, "--until"))
        if let until = life.until, until <= max(now, life.from ?? now) {
            throw CommandFailure(.wrongUse, "--until \(until.rfc3339) is over before the key opens")
        }
        try compare(wish)
        let folder = KeyFolder(hub.keysFolder)
        let (admitted, limited) = try reading { () throws(SettingsError) in
            try folder.admit(wish, life: life, othersEnd: overlap.map { now + $0 })
        }
        let notes = KeyNotes(of: hub)
        notes.tell("key_admitted", admitted, at: now)
        for key in limited { notes.tell("key_limited", key, at: now) }
        let force = try KeyForce(hub).wait(for: [admitted] + limited)
        let hubKey = try? KeyFile.readPublic(folder.hubPublicPath)
        let hubPrint = hubKey.map { Fingerprint(publicKey: $0) }
        output(
            .object(present: [
                "admitted": KeysCommand.row(admitted, at: now),
                "limited": .array(limited.map { KeysCommand.row($0, at: now) }),
                "in_force": .string(force.rawValue),
                "hub_fingerprint": hubPrint.map { .string($0.text) },
            ]),
            isJSON: format.isJSON
        ) {
            var lines = ["admitted: \(admitted.holder)  \(admitted.file)  \(admitted.fingerprint)"]
            lines += limited.map {
                "ends \($0.life.until?.rfc3339 ?? ""): \($0.file)  \($0.fingerprint)"
            }
            lines.append(force.text)
            if let hubPrint {
                lines.append(
                    "send \(folder.hubPublicPath) back; its fingerprint, to be read aloud:"
                )
                lines += hubPrint.lines.map { "    " + $0 }
            }
            return lines
        }
    }

    private func time(_ text: String?, _ option: String) throws -> Timestamp? {
        guard let text else { return nil }
        guard let time = Timestamp(rfc3339: text) else {
            throw CommandFailure(.wrongUse, "\(option) \(text): write 2026-03-05T14:30:00+08:00")
        }
        return time
    }

    /// The request is the holder's own only if the fingerprint is what the holder said.
    private func compare(_ request: KeyRequest) throws {
        if let fingerprint {
            guard Fingerprint(text: fingerprint) == request.fingerprint else {
                throw CommandFailure(
                    .wrongUse,
                    "\(ErrorCode.wrongFingerprint.text) the request of \(request.holder) holds another key, "
                        + "fingerprint \(request.fingerprint); nothing was let in: ask the holder"
                )
            }
            return
        }
        guard isatty(STDIN_FILENO) == 1 else {
            throw CommandFailure(
                .wrongUse,
                "\(request.holder) \(request.fingerprint): compare it with the holder and give "
                    + "--fingerprint, or run this at a terminal"
            )
        }
        Terminal.complain("\(request.holder) 的公钥指纹:")
        for line in request.fingerprint.lines { Terminal.complain("    " + line) }
        Terminal.complain("请对方口头逐组念出,完全一致才输入“一致”或 yes:")
        guard let answer = readLine(), ["一致", "yes"].contains(answer) else {
            throw CommandFailure(
                .wrongUse,
                "\(ErrorCode.wrongFingerprint.text) not confirmed; nothing was let in"
            )
        }
    }
}

/// Whether the running hub goes by changed keys.
struct KeyForce {
    enum Outcome: String {
        case running
        case atStart = "at_start"

        var text: String {
            switch self {
            case .running: "the running hub goes by it"
            case .atStart: "no hub runs; it goes by it at its next start"
            }
        }
    }

    private let hub: HubSettings

    init(_ hub: HubSettings) {
        self.hub = hub
    }

    /// Waits until the hub, if one runs, says that it goes by these keys.
    func wait(for keys: [KeyFolder.Principal]) throws -> Outcome {
        let deadline = ContinuousClock.now + .seconds(10)
        let wanted = HubState.keys(keys)
        while let state = HubProcess.state(of: hub.dataFolder) {
            let known = state.list("keys")
            if wanted.allSatisfy({ known.contains($0) }) { return .running }
            guard ContinuousClock.now < deadline else {
                throw CommandFailure(
                    .fellShort,
                    "\(ErrorCode.notAdopted.text) the register is written, and the running hub has not said "
                        + "within 10 s that it goes by it: see its log, or stop it"
                )
            }
            usleep(20_000)
        }
        return .atStart
    }
}
