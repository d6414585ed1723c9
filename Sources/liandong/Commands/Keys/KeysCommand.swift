import ArgumentParser
import Catalogue
import Domain
import Foundation
import Hub
import LiandongClient
import Settings
import Wire
import ZeroMQ

/// Keys: make, let in, change, revoke, list.
struct KeysCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: "Make keys, let them in, change, revoke and list them.",
        subcommands: [
            New.self, Request.self, Admit.self, Rotate.self, Revoke.self, List.self, Show.self,
            Wrap.self, Unwrap.self, County.self,
        ]
    )

    struct New: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a key pair; the secret half stays in the file.",
            discussion: """
                For an agency or officer who joins, liandong keys request does this and more.
                With --courier FILE.courier.key and FILE.courier are made, for bundles.
                Example: liandong keys new agency.key
                """
        )

        @Flag(help: "Make courier keys: one pair that signs, one that bundles are sealed to.")
        var courier = false
        @OptionGroup var opener: OpenerOptions

        @Argument(help: "The file to make, mode 0600; the public half goes beside it.")
        var file: String

        func run() throws {
            if courier { return try makeCourierKeys() }
            let (path, publicKey) = try KeysCommand.makePair(file, opener)
            Terminal.print("\(path)  \(publicKey)")
        }

        private func makeCourierKeys() throws {
            let keys = CourierKeys()
            try reading { () throws(SettingsError) in
                try CourierKeyFile.write(
                    stem: file,
                    publicKeys: keys.publicKeys.texts,
                    secretKeys: keys.texts
                )
            }
            try opener.wrap(CourierKeyFile.secretPath(file))
            Terminal.print(CourierKeyFile.publicPath(file))
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Who may connect to the hub, by which keys, from when until when.",
            discussion: """
                State: open, waiting (its time has not come), ended, revoked.
                Example: liandong keys list --config DIR/hub.yaml
                """
        )

        @Option(help: "The hub's file.")
        var config = "hub.yaml"
        @OptionGroup var format: FormatOptions

        func run() throws {
            let holders = try reading { () throws(SettingsError) in
                try KeyFolder(try HubSettings(file: config).keysFolder).principals()
            }
            let now = SystemClock().now()
            let rows = holders.map { KeysCommand.row($0, at: now) }
            output(["rows": .array(rows)], isJSON: format.isJSON) {
                var table = Table(
                    ["holder", "state", "from", "until", "fingerprint", "file"].map {
                        .init(title: $0)
                    }
                )
                for holder in holders {
                    table.add([
                        holder.holder, holder.life.state(at: now).rawValue,
                        holder.life.from?.rfc3339 ?? "", holder.life.until?.rfc3339 ?? "",
                        holder.fingerprint.text, holder.file,
                    ])
                }
                return table.lines(columnsMax: max(160, Terminal.columns))
            }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "The fingerprint of a public key, to be compared with what the other side reads.",
            discussion: "Example: liandong keys show hub.pub"
        )

        @Argument(help: "A .pub file, or a .key file, of which only the public half is looked at.")
        var file: String
        @OptionGroup var format: FormatOptions

        func run() throws {
            let key = try reading { () throws(SettingsError) in try KeyFile.readPublic(file) }
            let fingerprint = Fingerprint(publicKey: key)
            output(
                ["public": .string(key), "fingerprint": .string(fingerprint.text)],
                isJSON: format.isJSON
            ) { fingerprint.lines }
        }
    }

    /// Makes a pair and writes both files; the path of the public one, and the key.
    ///
    /// With an opener the secret half is on the disk in its wrapping alone.
    static func makePair(
        _ file: String,
        _ opener: OpenerOptions
    ) throws -> (publicPath: String, publicKey: String) {
        let keys = try KeyPair.random()
        let stem = file.hasSuffix(".key") ? String(file.dropLast(4)) : file
        let wrapping = try opener.opener()
        try reading { () throws(SettingsError) in
            try KeyFile.write(keys, to: file, wrapping: wrapping)
            try KeyFile.write(publicKey: keys.publicKey, to: stem + ".pub")
        }
        return (stem + ".pub", keys.publicKey)
    }

    /// A key as a row of `--format json`.
    static func row(_ key: KeyFolder.Principal, at now: Timestamp) -> JSONValue {
        .object(present: [
            "principal": .string(key.user), "holder": .string(key.holder),
            "public": .string(key.publicKey), "fingerprint": .string(key.fingerprint.text),
            "file": .string(key.file), "state": .string(key.life.state(at: now).rawValue),
            "from": key.life.from.map { .string($0.rfc3339) },
            "until": key.life.until.map { .string($0.rfc3339) },
            "revoked": key.life.revoked.map { .string($0.rfc3339) },
            "reason": key.life.reason.isEmpty ? nil : .string(key.life.reason),
        ])
    }
}
