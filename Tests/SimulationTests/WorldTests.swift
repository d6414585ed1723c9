import Domain
import Hub
import Settings
import Simulation
import Testing

/// The whole system under seeded faults; a failing seed is told and reproduces.
@Suite struct WorldTests {
    #if DEBUG
    private static let seeds: ClosedRange<UInt64> = 1...24
    #else
    private static let seeds: ClosedRange<UInt64> = 1...400
    #endif

    @Test func noInvariantBreaksUnderFaults() throws {
        for seed in WorldTests.seeds {
            let report = try WorldTests.run(seed)
            #expect(report.broken.isEmpty, "seed \(seed): \(report.broken)")
        }
    }

    @Test func faultsReachEveryPartAndWorkIsDone() throws {
        var faults: Set<String> = []
        var (receipts, alerts, outcomes, restarts) = (0, 0, 0, 0)
        for seed in UInt64(1)...12 {
            let report = try WorldTests.run(seed)
            faults.formUnion(report.faults.keys)
            receipts += report.receipts
            alerts += report.alerts
            outcomes += report.outcomes
            restarts += report.hubStarts - 1
        }
        #expect(faults.count >= 10, "\(faults.sorted())")
        #expect(receipts > 500)
        #expect(alerts > 50)
        #expect(outcomes > 20)
        #expect(restarts > 12)
    }

    @Test func theSameSeedGivesTheSameRun() throws {
        for seed in UInt64(30)...34 {
            let first = try WorldTests.run(seed)
            let second = try WorldTests.run(seed)
            #expect(first == second, "seed \(seed)")
        }
    }

    private static func run(_ seed: UInt64) throws -> SimulationReport {
        let template = CountyTemplate()
        let county = try CountyConfiguration(template: template)
        let files = CountyFiles(
            files: county.files.map { CountyFile(canonical: $0.canonical, content: $0.file) },
            agencies: county.agencies
        )
        var world = World(
            seed: seed,
            county: template.divisions.county,
            configuration: files
        )
        return world.run()
    }
}
