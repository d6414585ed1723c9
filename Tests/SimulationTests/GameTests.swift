import Domain
import Hub
import Settings
import Simulation
import Testing

/// Two worlds that differ in one sealed item, and an attacker who guesses which is which.
@Suite struct GameTests {
    #if DEBUG
    private static let pairs = 4
    private static let training = 60
    private static let trials = 60
    #else
    private static let pairs = 40
    private static let training = 300
    private static let trials = 300
    #endif

    @Test func anItemOfTheSealedLaneChangesNoByteThatTheOpenHubSends() throws {
        let ground = try GameTests.ground(.sealed)
        for seed in 0..<UInt64(GameTests.pairs) {
            let with = try GameWorld(ground, seed: seed, hasItem: true).run()
            let without = try GameWorld(ground, seed: seed, hasItem: false).run()
            #expect(with.mistakes.isEmpty && without.mistakes.isEmpty, "\(with.mistakes)")
            #expect(with.sight == without.sight, "seed \(seed)")
            #expect(with.sight.messages.count { !$0.isOwn } > 60)
        }
    }

    @Test(arguments: GameWorld.Way.allCases)
    func withoutALeakTheAttackerIsBlind(way: GameWorld.Way) throws {
        let report = try GameTests.play(way, nil)
        #expect(report.mistakes.isEmpty)
        // Half is blind; two in three would be nine standard deviations off in a release build.
        #expect(report.share < 2.0 / 3, "\(report.traits)")
    }

    @Test(arguments: Leak.allCases)
    func whateverIsPlantedTheSameAttackerFindsIt(leak: Leak) throws {
        let report = try GameTests.play(.sealed, leak)
        #expect(report.share >= 0.9, "\(report.share) by \(report.traits)")
    }

    @Test func theSameSeedGivesTheSameGame() throws {
        let first = try GameTests.play(.refused, nil)
        let second = try GameTests.play(.refused, nil)
        #expect(first.right == second.right)
        #expect(first.traits.map(\.name) == second.traits.map(\.name))
    }

    private static func play(
        _ way: GameWorld.Way,
        _ leak: Leak?
    ) throws
        -> DistinguishingGame.Report
    {
        try DistinguishingGame(on: ground(way), leak: leak, seed: 7)
            .play(training: training, trials: trials)
    }

    private static func ground(_ way: GameWorld.Way) throws -> GameWorld.Ground {
        let template = CountyTemplate()
        let county = try CountyConfiguration(template: template)
        let files = CountyFiles(
            files: county.files.map { CountyFile(canonical: $0.canonical, content: $0.file) },
            agencies: county.agencies
        )
        return try GameWorld.Ground(
            county: template.divisions.county,
            configuration: files,
            way: way
        )
    }
}
