import ArgumentParser
import Domain
import Foundation
import LiandongClient
import Settings
import ZeroMQ

/// A ready folder for any county.
struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Make a ready folder for a county: configuration, keys, agencies.",
        discussion: """
            All keys are made here, for a trial county; a real agency makes its own on its own machine with
            liandong keys request, and is let in with liandong keys admit.
            Afterwards: liandong hub --config DIR/hub.yaml, and for each agency
            liandong push --config DIR/agencies/NAME/agency.yaml FILE.
            Example: liandong init ./wuhua --division 441424
            --sealed makes the lane of accusations too; it needs a system user of its own, so it is made on
            wish: until it runs, accusations wait in the agencies' outboxes and nobody else's disk.
            Example: liandong init ./wuhua --division 441424 --sealed ./wuhua-sealed
            """
    )

    @Argument(help: "The folder to make; it must be missing or empty.")
    var folder: String
    @Option(help: "The county's code, GB/T 2260, six digits.")
    var division: String
    @Option(help: "A CSV of the townships: code (nine digits) and name.")
    var towns: String?
    @Option(help: "Where the hub will listen.")
    var endpoint = CountyTemplate.endpoint
    @Option(help: "Make the sealed lane (限知) as well, in this folder of its own.")
    var sealed: String?
    @Option(help: "Where the sealed hub will listen.")
    var sealedEndpoint = CountyTemplate.sealedEndpoint
    @Flag(help: "Time is the highest item time: for imports and demonstrations only.")
    var scenarioClock = false

    func run() throws {
        guard let county = Division(code: division), !county.isTownship, !county.isUnknown else {
            throw CommandFailure(.wrongUse, "--division \(division): give six digits, 441424")
        }
        if let sealed, !isApart(sealed) {
            throw CommandFailure(
                .wrongUse,
                "--sealed \(sealed): name a folder that is neither in \(folder) nor around it; "
                    + "the lanes share nothing"
            )
        }
        // Of each lane one pair for the hub, one for each agency, one for the officer.
        var keys: [KeyPair] = []
        let lanes = sealed == nil ? 1 : 2
        for _ in 0..<lanes * (CountyTemplate.agencies.count + 2) {
            keys.append(try KeyPair.random())
        }
        try reading { () throws(SettingsError) in
            let divisions =
                if let towns {
                    try TownList.read(file: towns, county: county)
                } else {
                    TownList.standard(county: county)
                }
            let template = CountyTemplate(
                divisions: divisions,
                endpoint: endpoint,
                hasScenarioClock: scenarioClock,
                sealedEndpoint: sealed == nil ? nil : sealedEndpoint
            )
            try template.write(
                folder: folder,
                sealedFolder: sealed,
                newKeys: { keys.removeLast() },
                newCountyKey: { CountyKeys.newLine(epoch: 1) }
            )
        }
        Terminal.complain("\(folder) is ready. Next: liandong hub --config \(folder)/hub.yaml")
        Terminal.complain(
            "These keys are for trying it out: all secret halves lie in this one folder. A real agency makes "
                + "its own (liandong keys request) and you let it in (liandong keys admit), then revoke the "
                + "one made here."
        )
        if let sealed {
            Terminal.complain(
                "\(sealed) is the sealed lane. Give it to a user of its own and run it as that user: "
                    + "chown -R liandong-sealed: \(sealed) "
                    + "&& liandong hub --config \(sealed)/hub.yaml"
            )
        }
    }

    /// Neither folder lies in the other.
    private func isApart(_ other: String) -> Bool {
        let (open, sealed) = (InitCommand.plain(folder), InitCommand.plain(other))
        return !open.hasPrefix(sealed) && !sealed.hasPrefix(open)
    }

    private static func plain(_ path: String) -> String {
        URL(fileURLWithPath: path).standardizedFileURL.path + "/"
    }
}

extension KeyPair {
    /// A new CURVE pair.
    static func random() throws(CommandFailure) -> KeyPair {
        do {
            let pair = try CurveKeyPair.generate()
            let secret = pair.secret.withZ85 { text in
                text.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
            }
            guard let keys = KeyPair(publicKey: pair.publicKey.z85, secretKey: secret) else {
                throw CommandFailure(.fellShort, "libzmq made a key that is no Z85 text")
            }
            return keys
        } catch let failure as CommandFailure {
            throw failure
        } catch {
            throw CommandFailure(.fellShort, "no key could be made: \(error)")
        }
    }
}
