import ArgumentParser

/// Measurements of this machine and this build (测速).
struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measure: intake, engine, fan-out, replay (测速).",
        discussion: """
            Each starts processes of its own over loopback, in a temporary folder that it removes, and
            prints its figures. docs/performance.md says what they mean.
            Example: liandong bench intake --producers 8 --batch 64 --stages journal --format json
            """,
        subcommands: [
            BenchIntake.self, BenchEngine.self, BenchFanout.self, BenchReplay.self,
            BenchHub.self, BenchProducers.self,
        ]
    )
}

/// How much of the way of an item the measured hub goes.
enum BenchStages: String, ExpressibleByArgument, CaseIterable {
    /// Everything but `Engine.apply`.
    case journal
    /// Everything.
    case full
}
