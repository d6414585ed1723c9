import Domain
import Hub
import Journal
import Linkage
import Settings
import Storage
import Testing
import Wire

/// Snapshots and starts from them, on disks that lose power and rot.
@Suite struct SnapshotTests {
    @Test func startGoesOnFromTheNewestSnapshotAndDecidesTheSame() throws {
        var trial = try SnapshotTrial()
        try trial.append(items: 30)
        _ = try trial.start(snapshotEntries: 10)
        try trial.append(items: 25)
        let second = try trial.start(snapshotEntries: 1000)
        #expect(second.snapshotEntry > 30 && second.entries == second.snapshotEntry + 25)
        #expect(second.spoilt.isEmpty)
        let whole = try trial.derive()
        let other = try SnapshotTrial(like: trial)
        other.disk.removeSnapshots()
        let third = try other.start(snapshotEntries: 1000)
        #expect(third.snapshotEntry == 0 && third.decisions == second.decisions)
        #expect(try other.derive() == whole)
    }

    @Test func snapshotThroughItsFileAndTheRestEqualTheWholeAtEveryEntry() throws {
        var trial = try SnapshotTrial()
        try trial.append(items: 40)
        let whole = try trial.derive()
        var reader = trial.reader()
        var derivation = Derivation()
        for number in 1...trial.lastNumber {
            let stored = try #require(try reader.entry(number))
            _ = try derivation.take(stored)
            let shelf = trial.shelf()
            _ = try shelf.write(derivation, keys: reader.stateKeys)
            var found = shelf.newest(
                epoch: 1,
                last: number,
                inputs: &reader,
                decisions: nil
            )
            #expect(found.spoilt.isEmpty)
            guard var other = found.derivation.take() else { throw SnapshotTrial.Missing() }
            while other.ledger.next <= trial.lastNumber {
                _ = try other.take(try #require(try reader.entry(other.ledger.next)))
            }
            #expect(SnapshotTrial.digest(of: other) == whole, "from entry \(number)")
        }
        #expect(StateFolder(trial.disk, journal: "hub").newestFirst().count == 2)
    }

    @Test func rottenSnapshotIsPassedOverAndTheOneBeforeIsTaken() throws {
        var trial = try SnapshotTrial()
        try trial.append(items: 20)
        _ = try trial.start(snapshotEntries: 10)
        try trial.append(items: 20)
        let last = try trial.start(snapshotEntries: 10)
        let paths = StateFolder(trial.disk, journal: "hub").newestFirst()
        #expect(paths.count == 2)
        var random = SplitMix64(seed: 31)
        print("rot, seed 31")
        for _ in 0..<60 {
            let other = try SnapshotTrial(like: trial)
            try other.disk.rot(paths[0], &random)
            let start = try other.start(snapshotEntries: 1000)
            // A byte of the first block that nothing uses may be changed.
            let isWhole = start.snapshotEntry == last.entries && start.spoilt.isEmpty
            let isOlder = start.snapshotEntry < last.entries && start.snapshotEntry > 0
            #expect(isWhole || (isOlder && start.spoilt == [paths[0]]))
            #expect(start.decisions == last.decisions)
        }
        let none = try SnapshotTrial(like: trial)
        for path in paths { try none.disk.cut(path, to: 5000) }
        let start = try none.start(snapshotEntries: 1000)
        #expect(start.snapshotEntry == 0 && Set(start.spoilt) == Set(paths))
        #expect(start.decisions == last.decisions)
    }

    @Test func snapshotOfAnotherHistoryIsPassedOver() throws {
        var trial = try SnapshotTrial()
        try trial.append(items: 10)
        var other = try SnapshotTrial(like: trial)
        try trial.append(items: 10)
        _ = try trial.start(snapshotEntries: 10)
        try other.append(items: 15, from: 500)
        let path = try #require(StateFolder(trial.disk, journal: "hub").newestFirst().first)
        other.disk.give(path, from: trial.disk)
        let start = try other.start(snapshotEntries: 1000)
        #expect(start.snapshotEntry == 0 && start.spoilt == [path])
    }

    @Test func powerLossWhileWritingLeavesOneSnapshotThatIsWhole() throws {
        var trial = try SnapshotTrial()
        try trial.append(items: 12)
        _ = try trial.start(snapshotEntries: 5)
        try trial.append(items: 12)
        let known = try trial.start(snapshotEntries: 1000)
        var (operation, isComplete, newer) = (1, false, 0)
        while !isComplete {
            let other = try SnapshotTrial(like: trial)
            var reader = other.reader()
            let shelf = other.shelf()
            var found = shelf.newest(epoch: 1, last: .max, inputs: &reader, decisions: nil)
            guard var derivation = found.derivation.take() else { throw SnapshotTrial.Missing() }
            while derivation.ledger.next <= other.lastNumber {
                _ = try derivation.take(try #require(try reader.entry(derivation.ledger.next)))
            }
            other.disk.fail(at: other.disk.operationCount + operation, by: .powerLoss)
            isComplete = (try? shelf.write(derivation, keys: reader.stateKeys)) != nil
            for seed in UInt64(0)..<3 {
                let image = other.disk.crashImage(seed: seed)
                let after = try SnapshotTrial(like: other, image: image)
                let start = try after.start(snapshotEntries: 1000)
                let note: Comment = "operation \(operation), seed \(seed)"
                #expect(start.spoilt.isEmpty && start.snapshotEntry >= known.snapshotEntry, note)
                #expect(start.decisions == known.decisions, note)
                if start.snapshotEntry > known.snapshotEntry { newer += 1 }
            }
            operation += 1
        }
        #expect(operation > 5 && newer > 0)
    }

    @Test func followerWritesWhatTheLiveEngineStandsAt() throws {
        var trial = try SnapshotTrial()
        try trial.append(items: 40)
        var options = trial.options
        options.snapshotEvery = TimeSpan(milliseconds: 0)
        var hub = try trial.hub(options)
        #expect(hub.gauges.snapshotEntry == 0 && hub.gauges.lastEntry == trial.lastNumber)
        hub.decide()
        hub.follow()
        let gauges = hub.gauges
        #expect(gauges.snapshotEntry == gauges.lastEntry && gauges.snapshotEntry > 40)
        #expect(gauges.snapshotDifferences == 0 && gauges.snapshotFailures == 0)
        #expect(gauges.snapshotBytes > 1000)
    }
}
