import Domain
import Hub
import Journal
import Linkage
import Logging
import Storage
import Testing
import Wire

/// A text that was erased is gone, and everything that was decided from it stays.
@Suite struct ErasureTests {
    private static let log = Logger(label: "trial") { _ in SwiftLogNoOpLogHandler() }

    private static func refs(_ numbers: [Int]) throws -> [ItemRef] {
        let agency = try #require(AgencyID(name: "zhengshu"))
        return numbers.map { ItemRef(agency: agency, id: "t\($0)") }
    }

    private static func erase(
        _ trial: SnapshotTrial,
        _ choice: ErasureChoice,
        isTrial: Bool = false
    ) throws -> EpochFounder<MemoryDisk>.Erased {
        try EpochFounder.erase(
            trial.disk,
            folder: "hub",
            beside: "county",
            layout: trial.layout,
            choice: choice,
            by: "李主任",
            reason: "当事人申请",
            isTrial: isTrial,
            now: Timestamp(milliseconds: 0),
            log: log
        )
    }

    /// A journal of 40 items, two of which came twice, with decisions and snapshots.
    private static func filled() throws -> SnapshotTrial {
        var trial = try SnapshotTrial()
        try trial.disk.makeFolder("county")
        try trial.append(items: 40)
        try trial.append(items: 2, from: 3)
        _ = try trial.start(snapshotEntries: 10)
        return trial
    }

    /// The engine that a hub goes on with in an epoch.
    private static func engine(_ trial: SnapshotTrial, epoch: UInt64) throws -> Engine {
        var reader = trial.reader()
        var derivation =
            epoch > 1 ? try trial.shelf().founding(epoch: epoch, inputs: &reader) : Derivation()
        while let stored = try reader.entry(derivation.ledger.next) {
            _ = try derivation.take(stored)
        }
        return derivation.takeEngine()
    }

    private static func unreadable(_ trial: SnapshotTrial) throws -> [UInt64] {
        var reader = trial.reader()
        return try reader.read(from: 1, limit: 10_000).filter { $0.bytes == nil }.map(\.number)
    }

    @Test func textsGoAndCasesAlertsAndCountsStay() throws {
        let trial = try Self.filled()
        let before = try Self.engine(trial, epoch: 1)
        let chain = try JournalReport.of(trial.disk, folder: "hub")
        #expect(!StateFolder(trial.disk, journal: "hub").newestFirst().isEmpty)
        let known = try trial.start(snapshotEntries: 1000)
        let report = try Self.erase(trial, .items(Self.refs([3, 10])))
        // Item 3 came twice.
        #expect(report.items == 2 && report.entries == 3 && report.epoch == 2)
        #expect(try Self.unreadable(trial).count == 3)
        #expect(StateFolder(trial.disk, journal: "hub").newestFirst().isEmpty)
        let after = try JournalReport.of(trial.disk, folder: "hub")
        #expect(after.isSound && after.erasedCount == 3)
        #expect(after.inputCount == chain.inputCount + 2)
        let start = try trial.start(snapshotEntries: 10)
        #expect(start.decisions == known.decisions + 1)
        let later = try Self.engine(trial, epoch: 2)
        #expect(later.counts == before.counts)
        #expect(later.alerts(after: nil, limit: 500) == before.alerts(after: nil, limit: 500))
        #expect(
            later.cases(after: nil, limit: 500, itemsMin: 1)
                == before.cases(after: nil, limit: 500, itemsMin: 1)
        )
    }

    @Test func erasingTwiceSaysSoAndFoundsNothing() throws {
        let trial = try Self.filled()
        _ = try Self.erase(trial, .items(Self.refs([5])))
        let image = trial.disk.liveImage()
        let again = try Self.erase(trial, .items(Self.refs([5])))
        #expect(again.epoch == nil && again.erasedBefore == 1 && again.entries == 0)
        #expect(trial.disk.liveImage().files["hub/keys.a"] == image.files["hub/keys.a"])
    }

    @Test func anUnknownItemErasesNothing() throws {
        let trial = try Self.filled()
        do {
            _ = try Self.erase(trial, .items(Self.refs([5, 4711])))
            Issue.record("an unknown item was erased")
        } catch {
            #expect("\(error)".contains("LD-1160") && "\(error)".contains("t4711"))
        }
        #expect(try Self.unreadable(trial).isEmpty)
    }

    @Test func aTrialOnlyTells() throws {
        let trial = try Self.filled()
        let report = try Self.erase(trial, .items(Self.refs([3])), isTrial: true)
        #expect(report.entries == 2 && report.epoch == nil)
        #expect(try Self.unreadable(trial).isEmpty)
        #expect(try ErasedItems.read(trial.disk, folder: "hub").isEmpty)
    }

    @Test func theStateOfTheNewEpochHoldsNothingOfTheContent() throws {
        let trial = try Self.filled()
        let known = try trial.start(snapshotEntries: 1000)
        _ = try Self.erase(trial, .items(Self.refs([7])))
        _ = try trial.start(snapshotEntries: 1000)
        #expect(known.decisions > 0)
        let before = try Self.engine(trial, epoch: 2)
        // The same content again is a revision to an engine that has forgotten what it was.
        var more = trial
        try more.append(items: 1, from: 7)
        let engine = try Self.engine(more, epoch: 2)
        #expect(engine.counts.revised == before.counts.revised + 1)
        #expect(engine.counts.sameAgain == before.counts.sameAgain)
    }

    @Test func powerLossAnywhereLeavesTheOldJournalOrAnErasureThatCanBeFinished() throws {
        let trial = try Self.filled()
        let (last, names) = (trial.lastNumber, try Self.refs([3, 10]))
        var (operation, isComplete, kept, refused) = (1, false, 0, 0)
        while !isComplete {
            let other = try SnapshotTrial(like: trial)
            other.disk.fail(at: other.disk.operationCount + operation, by: .powerLoss)
            isComplete = (try? Self.erase(other, .items(names))) != nil
            let seed = UInt64(operation)
            let after = try SnapshotTrial(like: other, image: other.disk.crashImage(seed: seed))
            let note: Comment = "operation \(operation), seed \(seed)"
            do {
                let start = try after.start(snapshotEntries: 1000)
                let gone = try Self.unreadable(after).count
                // Nothing was erased, or all was and the epoch is whole.
                #expect(start.entries == last && gone == 0 || gone == 3, note)
                kept += 1
            } catch let error as HubError {
                switch error {
                case .erasureUnfinished: refused += 1
                case .epochUnfinished: break
                default: Issue.record("\(note): \(error)")
                }
            }
            let copy = after.disk
            try? copy.makeFolder("county")
            _ = try Self.erase(after, .items(names))
            #expect(try Self.unreadable(after).count == 3, note)
            let report = try JournalReport.of(copy, folder: "hub")
            #expect(report.isSound && report.epochCount == 2, note)
            #expect(try after.start(snapshotEntries: 1000).entries == last + 2, note)
            #expect(try ErasureOrder.read(copy, folder: "hub") == nil, note)
            operation += 2
        }
        #expect(kept > 3 && refused > 3, "\(kept) kept, \(refused) refused")
    }

    @Test func anErasureThatWasCutOffStopsHubUpgradeAndBackup() throws {
        let trial = try Self.filled()
        var operation = 1
        var cut: SnapshotTrial?
        while cut == nil {
            let other = try SnapshotTrial(like: trial)
            other.disk.fail(at: other.disk.operationCount + operation, by: .powerLoss)
            let isDone = (try? Self.erase(other, .items(Self.refs([3])))) != nil
            #expect(!isDone)
            let after = try SnapshotTrial(like: other, image: other.disk.crashImage(seed: 1))
            if case .erasureUnfinished? = Self.error({ _ = try after.start(snapshotEntries: 9) }) {
                cut = after
            }
            operation += 1
        }
        let found = try #require(cut)
        let upgrade = Self.error {
            _ = try EpochFounder.found(
                found.disk,
                folder: "hub",
                layout: found.layout,
                now: Timestamp(milliseconds: 0),
                log: Self.log
            )
        }
        guard case .erasureUnfinished? = upgrade else {
            Issue.record("an epoch was founded: \(String(describing: upgrade))")
            return
        }
        #expect(throws: BackupError.self) {
            _ = try JournalBackup.make(
                found.disk,
                of: "hub",
                to: "copy",
                now: Timestamp(milliseconds: 0)
            )
        }
        #expect(try Self.erase(found, .listed).wasResumed)
        _ = try found.start(snapshotEntries: 9)
    }

    private static func error(_ body: () throws -> Void) -> HubError? {
        do {
            try body()
            return nil
        } catch {
            return error as? HubError
        }
    }

    @Test func aCopyFromBeforeIsErasedWhenItComesBack() throws {
        let trial = try Self.filled()
        let now = Timestamp(milliseconds: 0)
        _ = try JournalBackup.make(trial.disk, of: "hub", to: "copy", now: now)
        _ = try Self.erase(trial, .items(Self.refs([3, 10])))
        var erased = 0
        _ = try JournalRestore.run(trial.disk, from: "copy", to: "again") {
            (folder) throws(BackupError) in
            do {
                erased =
                    try EpochFounder.erase(
                        trial.disk,
                        folder: folder,
                        beside: "county",
                        layout: trial.layout,
                        choice: .listed,
                        by: "restore",
                        reason: "restore",
                        foundsAlways: true,
                        now: now,
                        log: Self.log
                    )
                    .items
            } catch {
                throw .notFounded("\(error)")
            }
        }
        #expect(erased == 2)
        let report = try JournalReport.of(trial.disk, folder: "again")
        #expect(report.isSound && report.erasedCount == 3)
        // A copy that is brought up to date loses the keys, and what earlier epochs began with.
        _ = try JournalBackup.make(trial.disk, of: "hub", to: "copy", now: now)
        #expect(try JournalReport.of(trial.disk, folder: "copy").erasedCount == 3)
        let lists = try ["hub", "county", "copy"].map {
            try ErasedItems.read(trial.disk, folder: $0)
        }
        #expect(lists[0].count == 2 && lists.allSatisfy { $0 == lists[0] })
    }

    @Test func whatIsPastItsSpanGoesByTheShortestOne() throws {
        let trial = try Self.filled()
        var spans = RetentionSpans(
            text: .days(1000),
            mediaReference: .days(1000),
            pseudonyms: .days(1000)
        )
        // The items are of 10 to 27 March 2025, each with a pseudonym.
        let at = try #require(Timestamp(rfc3339: "2025-04-10T00:00:00+08:00"))
        let none = try Self.erase(trial, .due(spans, at: at, withdrawn: []), isTrial: true)
        #expect(none.entries == 0)
        spans.mediaReference = .days(1)
        #expect(
            try Self.erase(trial, .due(spans, at: at, withdrawn: []), isTrial: true).entries == 0
        )
        spans.pseudonyms = .days(1)
        let all = try Self.erase(trial, .due(spans, at: at, withdrawn: []))
        #expect(all.entries == 42 && all.items == 40 && all.classes["pseudonyms"] == 42)
        #expect(try JournalReport.of(trial.disk, folder: "hub").isSound)
        _ = try trial.start(snapshotEntries: 10)
    }

    @Test func anErasedItemThatIsSentAgainIsReceiptedAndLeavesNoText() throws {
        let hub = try TrialHub()
        let time = hub.clock.now().rfc3339
        let lines = (1...5).map { TrialHub.line($0, time) }
        let first = hub.sendAgain(1, lines)
        #expect(first.count == 5)
        hub.stop()
        let agency = try #require(AgencyID(name: "xinfang"))
        let report = try EpochFounder.erase(
            hub.disk,
            folder: "hub",
            beside: nil,
            layout: hub.layout,
            choice: .items([ItemRef(agency: agency, id: "XF-3")]),
            by: "李主任",
            reason: "当事人申请",
            now: hub.clock.now(),
            log: Self.log
        )
        #expect(report.entries == 1)
        try hub.start()
        // Under its old number, and under a new one: the same receipt but for the number.
        #expect(hub.sendAgain(1, lines) == first)
        let again = hub.sendAgain(6, [lines[2], TrialHub.line(6, time)])
        #expect(again.map(\.id) == ["XF-3", "XF-6"] && again[0].digest == first[2].digest)
        #expect(again.allSatisfy { $0.status == .registered })
        hub.stop()
        var texts = 0
        var ids: [String] = []
        _ = try InputPass.run(hub.disk, folder: "hub") { stored in
            guard let payload = stored.bytes,
                let record = try? EntryCodec.decode(kind: stored.kind.rawValue, payload: payload)
            else { return true }
            if case .item(_, let id, _, _) = record { ids.append(id) }
            if payload.firstRange(of: lines[2].suffix(60)) != nil { texts += 1 }
            return true
        }
        #expect(texts == 0 && ids == ["XF-1", "XF-2", "XF-4", "XF-5", "XF-6"])
        try hub.start()
        #expect(hub.sendAgain(6, [lines[2]]) == [again[0]])
        // Another item under the number of the erased one is still a conflict.
        #expect(hub.sendAgain(3, [lines[3]]).isEmpty)
    }
}
