import ArgumentParser
import Foundation
import Settings

/// `--passphrase-file` or `--key-file`.
struct OpenerOptions: ParsableArguments {
    @Option(help: "A file with a passphrase of 12 characters or more, mode 0600.")
    var passphraseFile: String?
    @Option(help: "A file of 32 random bytes or more, mode 0600, for an unattended start.")
    var keyFile: String?

    /// What was named; `nil` when nothing was.
    func opener() throws -> (kind: WrappedSecret.Kind, path: String)? {
        switch (passphraseFile, keyFile) {
        case (let path?, nil): return (.passphrase, path)
        case (nil, let path?): return (.keyFile, path)
        case (nil, nil): return nil
        case (_?, _?):
            throw CommandFailure(.wrongUse, "give --passphrase-file or --key-file, not both")
        }
    }

    /// Wraps a file that was just made, where something was named.
    func wrap(_ file: String) throws {
        guard let (kind, path) = try opener() else { return }
        try reading { () throws(SettingsError) in
            try SecretFile.wrap(file, kind, secret: path)
        }
    }
}

extension KeysCommand {
    struct Wrap: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Put a secret key file under a passphrase or key file (封装).",
            discussion: """
                The settings file that uses it then needs key_secret: the passphrase file or key file, or
                credential:NAME for a credential of systemd. What lay on the disk before may still be found
                there: wrap keys when they are made, or make new ones.
                Example: liandong keys wrap DIR/keys/hub.key --key-file /etc/liandong/opener
                """
        )

        @Argument(help: "hub.key, agency.key, county.key, NAME.courier.key …")
        var file: String
        @OptionGroup var opener: OpenerOptions

        func run() throws {
            guard try opener.opener() != nil else {
                throw CommandFailure(.wrongUse, "give --passphrase-file F or --key-file F")
            }
            try opener.wrap(file)
            Terminal.print("\(file) is wrapped; name what opens it in key_secret")
        }
    }

    struct Unwrap: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take a secret key file out of its wrapping.",
            discussion:
                "Example: liandong keys unwrap DIR/keys/hub.key --key-file /etc/liandong/opener"
        )

        @Argument(help: "The wrapped file.")
        var file: String
        @OptionGroup var opener: OpenerOptions

        func run() throws {
            guard let (_, path) = try opener.opener() else {
                throw CommandFailure(.wrongUse, "give --passphrase-file F or --key-file F")
            }
            try reading { () throws(SettingsError) in
                try SecretFile.unwrap(file, secret: path)
            }
            Terminal.print("\(file) is plain; its owner alone may read it")
        }
    }
}
