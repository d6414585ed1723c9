import Domain
import Hub
import Journal
import Linkage
import Logging
import Storage
import Testing
import Wire

/// A new epoch carries on what the one before has decided.
@Suite struct EpochTests {
    private static let log = Logger(label: "trial") { _ in SwiftLogNoOpLogHandler() }

    private static func found(
        _ trial: SnapshotTrial,
        _ edition: EngineEdition = .rehearsal
    ) throws -> EpochFounder<MemoryDisk>.Report {
        try EpochFounder.found(
            trial.disk,
            folder: "hub",
            layout: trial.layout,
            edition: edition,
            now: Timestamp(milliseconds: 0),
            log: log
        )
    }

    @Test func identifiersCasesAlertsAndDeadlinesGoOver() throws {
        var trial = try SnapshotTrial()
        try trial.append(items: 60)
        let before = try trial.engine()
        let expected = before.carriedCounts
        let known = try trial.start(snapshotEntries: 1000)
        let report = try EpochTests.found(trial)
        #expect(report.epoch == 2 && report.entry == trial.lastNumber + 1)
        #expect(report.carried == expected)
        #expect(expected.cases > 0 && expected.openAlerts > 0 && expected.deadlines > 0)
        let after = try trial.start(snapshotEntries: 1000, edition: .rehearsal)
        // One decision: that the epoch holds. Nothing is raised again.
        #expect(after.decisions == known.decisions + 1 && after.entries == report.entry)
        let again = try trial.start(snapshotEntries: 1000, edition: .rehearsal)
        #expect(again.decisions == after.decisions)
        let later = try trial.engine(.rehearsal)
        #expect(later.alerts(after: nil, limit: 500) == before.alerts(after: nil, limit: 500))
        #expect(later.counts == before.counts)
    }

    @Test func newEpochDecidesTheSameAfterEveryRestart() throws {
        var trial = try SnapshotTrial()
        try trial.append(items: 45)
        _ = try EpochTests.found(trial)
        try trial.append(items: 30)
        let other = try SnapshotTrial(like: trial)
        let whole = try trial.start(snapshotEntries: 10_000, edition: .rehearsal)
        #expect(whole.snapshotEntry == 0)
        _ = try other.start(snapshotEntries: 10, edition: .rehearsal)
        let second = try other.start(snapshotEntries: 10_000, edition: .rehearsal)
        #expect(second.snapshotEntry > 45 && second.decisions == whole.decisions)
        #expect(second.spoilt.isEmpty)
        // Items of the new epoch still find those of the old one.
        let engine = try trial.engine(.rehearsal)
        #expect(engine.carriedCounts.items == 75)
        #expect(
            engine.cases(after: nil, limit: 500, itemsMin: 2).contains { row in row.items.value > 10
            }
        )
    }

    @Test func hubRefusesAnotherEnginesEpochAndNamesTheCommand() throws {
        var trial = try SnapshotTrial()
        try trial.append(items: 5)
        do {
            _ = try trial.start(snapshotEntries: 10, edition: .rehearsal)
            Issue.record("the hub goes on in another engine's epoch")
        } catch {
            #expect("\(error)".contains("LD-1130") && "\(error)".contains("liandong upgrade"))
        }
    }

    @Test func powerLossWhileFoundingLeavesOneEpochOrTheOther() throws {
        var trial = try SnapshotTrial()
        try trial.append(items: 25)
        _ = try trial.start(snapshotEntries: 10)
        var (operation, isComplete, founded, retried) = (1, false, 0, 0)
        while !isComplete {
            let other = try SnapshotTrial(like: trial)
            other.disk.fail(at: other.disk.operationCount + operation, by: .powerLoss)
            isComplete = (try? EpochTests.found(other)) != nil
            for seed in UInt64(0)..<2 {
                let image = other.disk.crashImage(seed: seed)
                let after = try SnapshotTrial(like: other, image: image)
                let note: Comment = "operation \(operation), seed \(seed)"
                do {
                    let start = try after.start(snapshotEntries: 1000)
                    #expect(start.entries == trial.lastNumber, note)
                    retried += 1
                    #expect(try EpochTests.found(after).epoch == 2, note)
                } catch let error as HubError {
                    if case .epochUnfinished = error {
                        #expect(try EpochTests.found(after).epoch == 2, note)
                    } else {
                        founded += 1
                    }
                }
                let start = try after.start(snapshotEntries: 1000, edition: .rehearsal)
                #expect(start.entries == trial.lastNumber + 1, note)
            }
            operation += 3
        }
        #expect(founded > 0 && retried > 3)
    }

    @Test func anUnknownEnginesEpochNeedsItsSnapshotAtTheEnd() throws {
        var trial = try SnapshotTrial()
        try trial.append(items: 25)
        let last = try EpochFounder.prepare(
            trial.disk,
            folder: "hub",
            layout: trial.layout,
            log: EpochTests.log
        )
        #expect(last == trial.lastNumber)
        let paths = StateFolder(trial.disk, journal: "hub").newestFirst()
        #expect(paths.count == 1)
    }
}
