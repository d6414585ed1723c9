import ArgumentParser
import Catalogue
import Foundation
import LiandongClient
import Settings
import Wire
import ZeroMQ

/// CURVE keys: make, list.
struct KeysCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: "Make and list CURVE keys.",
        subcommands: [New.self, List.self]
    )

    struct New: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a key pair; the secret half stays in the file.",
            discussion: """
                Send the .pub file to the hub's operator, who puts it into the hub's keys folder as
                agency-NAME.pub, officer-NAME.pub or operator-NAME.pub and starts the hub again.
                With --courier FILE.courier.key and FILE.courier are made, for bundles.
                Example: liandong keys new agency.key
                """
        )

        @Flag(help: "Make courier keys: one pair that signs, one that bundles are sealed to.")
        var courier = false

        @Argument(help: "The file to make, mode 0600; the public half goes beside it.")
        var file: String

        func run() throws {
            if courier { return try makeCourierKeys() }
            let keys = try KeyPair.random()
            let stem = file.hasSuffix(".key") ? String(file.dropLast(4)) : file
            try reading { () throws(SettingsError) in
                try KeyFile.write(keys, to: file)
                try KeyFile.write(publicKey: keys.publicKey, to: stem + ".pub")
            }
            Terminal.print("\(stem).pub  \(keys.publicKey)")
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
            Terminal.print(CourierKeyFile.publicPath(file))
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Who may connect to the hub.",
            discussion: "Example: liandong keys list --config DIR/hub.yaml"
        )

        @Option(help: "The hub's file.")
        var config = "hub.yaml"
        @OptionGroup var format: FormatOptions

        func run() throws {
            let holders = try reading { () throws(SettingsError) in
                try KeyFolder(try HubSettings(file: config).keysFolder).publicKeys()
            }
            let rows = holders.map { holder -> JSONValue in
                ["principal": .string(holder.user), "public": .string(holder.publicKey)]
            }
            output(["rows": .array(rows)], isJSON: format.isJSON) {
                var table = Table([.init(title: "principal"), .init(title: "public key")])
                for holder in holders { table.add([holder.user, holder.publicKey]) }
                return table.lines(columnsMax: Terminal.columns)
            }
        }
    }
}
