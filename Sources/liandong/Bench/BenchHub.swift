import ArgumentParser
import Foundation
import Settings

/// The service as the measurements start it; hidden, because it alone can leave encryption and the
/// gate's second look at the masking out.
///
/// The `hub` command has no such option. This one serves loopback only, on a port of the system's
/// choice, and only from a folder that a measurement has made.
struct BenchHub: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hub",
        abstract: "The hub of a measurement; started by bench itself.",
        shouldDisplay: false
    )

    @Option(help: "The folder that the measurement has made.")
    var folder: String
    @Option(help: "What is measured: journal or full.")
    var stages = BenchStages.full
    @Flag(help: "Without encryption, for fixed names.")
    var plain = false

    @Flag(help: "Without the gate's second look at the masking.")
    var unmasked = false

    /// Stands in a folder that a measurement has made.
    static let marker = "measurement"

    func run() async throws {
        guard FileManager.default.fileExists(atPath: "\(folder)/\(BenchHub.marker)") else {
            throw CommandFailure(
                .wrongUse,
                "\(folder) is no folder of a measurement; run a hub with liandong hub"
            )
        }
        let file = "\(folder)/hub.yaml"
        var settings = try reading { () throws(SettingsError) in try HubSettings(file: file) }
        settings.endpoint = "tcp://127.0.0.1:*"
        settings.logLevel = .warning
        let service = try HubService(
            settings: settings,
            log: HubLog.make(settings.logLevel),
            trial: HubTrial(decides: stages == .full, isPlain: plain, checksMasking: !unmasked)
        )
        try await service.runUntilStopped()
    }
}

/// What a measured hub leaves out.
struct HubTrial {
    /// The engine decides.
    var decides = true
    /// No encryption.
    var isPlain = false
    /// The gate refuses personal data in the clear.
    var checksMasking = true
}
