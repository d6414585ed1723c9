import ArgumentParser
import Foundation

/// One command with subcommands; what each does lives in the targets below.
@main
struct Liandong: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "liandong",
        abstract: "The linkage hub for public complaints (群众诉求信息联动).",
        discussion: """
            Agencies push, the hub links and warns, duty officers sign. Start with:
              liandong init DIR --division 441424
              liandong hub --config DIR/hub.yaml

            Exit codes: 0 done, 1 the work failed or fell short, 2 wrong use or configuration,
            3 not reachable or not permitted.
            """,
        version: Version.text,
        groupedSubcommands: [
            CommandGroup(
                name: "The hub's machine",
                subcommands: [
                    DemoCommand.self, InitCommand.self, HubCommand.self, VerifyCommand.self,
                    UpgradeCommand.self, SimulateCommand.self, GenerateCommand.self,
                    RehearseCommand.self,
                    BenchCommand.self, ConfigCommand.self, KeysCommand.self, BackupCommand.self,
                    RestoreCommand.self, EraseCommand.self, DrillCommand.self, GrantCommand.self,
                    AuditCommand.self,
                ]
            ),
            CommandGroup(
                name: "Questions over items and journals",
                subcommands: [ReplayCommand.self, HeatCommand.self, EvaluateCommand.self]
            ),
            CommandGroup(
                name: "Agencies",
                subcommands: [
                    MapCommand.self, PushCommand.self, ReceiptsCommand.self, BundleCommand.self,
                ]
            ),
            CommandGroup(
                name: "Officers",
                subcommands: [
                    StatusCommand.self, WatchCommand.self, AlertCommand.self, CaseCommand.self,
                    VisitCommand.self, ItemCommand.self, TransferCommand.self,
                    QuarantineCommand.self, ClockCommand.self,
                ]
            ),
        ]
    )

    static func main() async {
        CoreDumps.forbid()
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch let failure as CommandFailure {
            Terminal.complain("liandong: \(failure.message)")
            Foundation.exit(failure.code.rawValue)
        } catch {
            leave(error)
        }
    }

    /// ArgumentParser's own exit code for wrong use is 64; ours is 2 (CONTRACT §3).
    private static func leave(_ error: any Error) -> Never {
        let code = exitCode(for: error)
        if code == .validationFailure {
            Terminal.complain(fullMessage(for: error))
            Foundation.exit(CommandFailure.Code.wrongUse.rawValue)
        }
        exit(withError: error)
    }
}

/// The version that clients tell the hub.
enum Version {
    static let text = "0.1.0"
    static let agent = "liandong/" + text
}

/// Why a command ends without having done its work.
struct CommandFailure: Error {
    enum Code: Int32 {
        /// The work failed or fell short.
        case fellShort = 1
        /// Wrong use or wrong configuration.
        case wrongUse = 2
        /// Not reachable or not permitted.
        case unreachable = 3
    }

    let code: Code
    let message: String

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}

/// What a report is printed as.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
    case text
    case json
}

/// `--format`, the same for every command that reports.
struct FormatOptions: ParsableArguments {
    @Option(help: "text for people, json for programs (one document, or one a line).")
    var format = OutputFormat.text

    var isJSON: Bool { format == .json }
}
