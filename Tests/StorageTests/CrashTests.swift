import Hashing
import Storage
import Testing

/// Failures at every single operation, and what a machine finds after the power was gone.
struct CrashTests {
    /// What was written and what was confirmed by a sync.
    private struct Account {
        var written: [[UInt8]] = []
        var synced = 0
    }

    /// Writes to a log until the end or the first error, with one to three commits a sync.
    private func work(_ disk: MemoryDisk, _ account: inout Account) throws(LogError) {
        let trial = try TrialLog(disk, "log")
        for step in 0..<16 {
            let first = account.written.count
            let lines = (1...(step % 3 + 1)).map { line(first + $0) }
            account.written += lines
            try trial.append(lines)
            if step % 5 != 1 {
                try trial.log.sync()
                account.synced = account.written.count
            }
        }
    }

    /// The log holds all that was synced, at most all that was written, and each once.
    private func check(_ lines: [[UInt8]], _ account: Account, _ note: Comment) {
        #expect(lines.count >= account.synced, note)
        #expect(lines == Array(account.written.prefix(lines.count)), note)
    }

    @Test(arguments: 0..<4)
    func powerLossAtEveryOperationLosesNothingSynced(_ part: Int) throws {
        var operation = 1 + part
        var isComplete = false
        while !isComplete {
            let disk = MemoryDisk()
            var account = Account()
            disk.fail(at: operation, by: .powerLoss)
            do throws(LogError) {
                try work(disk, &account)
                isComplete = true
            } catch {
                // The image below is what counts.
            }
            for seed in UInt64(0)..<3 {
                let note: Comment = "operation \(operation), seed \(seed)"
                let found = MemoryDisk(image: disk.crashImage(seed: seed))
                let trial = try TrialLog(found, "log")
                let lines = try trial.lines()
                check(lines, account, note)
                try trial.append([line(lines.count + 1)])
                try trial.log.sync()
                let after = MemoryDisk(image: found.crashImage(seed: seed))
                let again = try TrialLog(after, "log")
                #expect(try again.lines() == lines + [line(lines.count + 1)], note)
            }
            operation += 4
        }
        #expect(operation > 40, "the work has that many operations at least")
    }

    @Test func errorAtEveryOperationGivesNoFalseReceipt() throws {
        var operation = 1
        var isComplete = false
        while !isComplete {
            let disk = MemoryDisk()
            var account = Account()
            disk.fail(at: operation, by: .error)
            do throws(LogError) {
                try work(disk, &account)
                isComplete = true
            } catch {
                // The service opens the log anew, in the same machine.
            }
            disk.fail(at: nil, by: .error)
            let note: Comment = "operation \(operation)"
            let trial = try TrialLog(disk, "log")
            let lines = try trial.lines()
            check(lines, account, note)
            // All that is shown now is receipted sooner or later, so it has to be durable.
            for seed in UInt64(0)..<3 {
                let after = try TrialLog(MemoryDisk(image: disk.crashImage(seed: seed)), "log")
                #expect(try after.lines() == lines, note)
            }
            operation += 1
        }
    }

    @Test func failedSyncClosesTheLog() throws {
        let disk = MemoryDisk()
        let trial = try TrialLog(disk, "log")
        try trial.append([line(1)])
        try trial.log.sync()
        try trial.append([line(2)])
        disk.fail(at: disk.operationCount + 1, by: .error)
        for _ in 0..<2 {
            do {
                try trial.log.sync()
                Issue.record("a sync after a failed one succeeded")
            } catch {
                guard case .broken = error else { throw error }
            }
        }
        do {
            try trial.append([line(3)])
            Issue.record("a commit after a failed sync was taken")
        } catch {
            guard case .broken = error else { throw error }
        }
        #expect(trial.log.syncedNumber == 1)
    }

    @Test func powerLossInRecoveryLosesNothing() throws {
        let disk = MemoryDisk()
        var account = Account()
        disk.fail(at: 35, by: .powerLoss)
        do throws(LogError) { try work(disk, &account) } catch {}
        for seed in UInt64(0)..<8 {
            let image = disk.crashImage(seed: seed)
            var operation = 1
            var isComplete = false
            while !isComplete {
                let second = MemoryDisk(image: image)
                second.fail(at: operation, by: .powerLoss)
                do throws(LogError) {
                    _ = try TrialLog(second, "log")
                    isComplete = true
                } catch {}
                let third = MemoryDisk(image: second.crashImage(seed: seed &+ 100))
                let trial = try TrialLog(third, "log")
                check(try trial.lines(), account, "operation \(operation), seed \(seed)")
                operation += 1
            }
        }
    }
}
