import Domain
import Hub
import Settings
import Simulation
import Testing

/// Two worlds that differ in one sealed item, and an attacker who guesses which is which.
@Suite struct GameTests {
    #if DEBUG
    private static let pairs = 4
    private static let isFast = false
    #else
    private static let pairs = 40
    private static let isFast = true
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

    @Test(
        .enabled(if: isFast, "a debug build plays for minutes"),
        arguments: GameWorld.Way.allCases
    )
    func withoutALeakTheAttackerIsBlind(way: GameWorld.Way) throws {
        let report = try GameTests.play(way, nil, training: 120, trials: 120)
        #expect(report.mistakes.isEmpty)
        // Half is blind; two in three would be over three standard deviations off.
        #expect(report.share < 2.0 / 3, "\(report.traits)")
    }

    @Test(.enabled(if: isFast, "a debug build plays for minutes"), arguments: Leak.allCases)
    func whateverIsPlantedTheSameAttackerFindsIt(leak: Leak) throws {
        let report = try GameTests.play(.sealed, leak, training: 120, trials: 40)
        #expect(report.share >= 0.9, "\(report.share) by \(report.traits)")
    }

    @Test func theSameSeedGivesTheSameGame() throws {
        let first = try GameTests.play(.refused, nil, training: 8, trials: 8)
        let second = try GameTests.play(.refused, nil, training: 8, trials: 8)
        #expect(first.right == second.right)
        #expect(first.traits.map(\.name) == second.traits.map(\.name))
    }

    private static func play(
        _ way: GameWorld.Way,
        _ leak: Leak?,
        training: Int,
        trials: Int
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
