import Hashing
import Storage
import Testing

/// What a log promises while nothing fails, run on both disks.
struct SegmentLogTests {
    enum Kind: CaseIterable {
        case real
        case memory
    }

    private func onDisk(
        _ kind: Kind,
        _ body: (any Disk, String) throws -> Void
    ) throws {
        switch kind {
        case .real:
            let folder = try TemporaryFolder()
            try body(PosixDisk(), folder.path + "/log")
        case .memory:
            try body(MemoryDisk(), "log")
        }
    }

    @Test(arguments: Kind.allCases)
    func recordsComeBackInOrderAfterReopening(_ kind: Kind) throws {
        try onDisk(kind) { disk, folder in try recordsComeBack(disk, folder) }
    }

    private func recordsComeBack(_ disk: some Disk, _ folder: String) throws {
        var written: [[UInt8]] = []
        for _ in 0..<4 {
            let trial = try TrialLog(disk, folder)
            #expect(trial.tail == nil)
            #expect(try trial.lines() == written)
            for _ in 0..<12 {
                let lines = (1...(written.count % 4 + 1)).map { line(written.count + $0) }
                try trial.append(lines)
                try trial.log.sync()
                written += lines
            }
            #expect(trial.log.lastNumber == UInt64(written.count))
            #expect(try trial.lines() == written)
            for first in [2, 17, written.count] {
                let rest = try readLines(trial.log.reader(), from: UInt64(first))
                #expect(rest == Array(written[(first - 1)...]))
            }
        }
        let segments = try disk.list(folder).filter { $0.hasSuffix(".segment") }
        #expect(segments.count > 2, "the test needs more than one segment")
    }

    @Test func readersSeeOnlyWhatIsSynced() throws {
        let trial = try TrialLog(MemoryDisk(), "log")
        try trial.append([line(1)])
        #expect(try trial.lines().isEmpty)
        try trial.log.sync()
        try trial.append([line(2)])
        #expect(try trial.lines() == [line(1)])
        #expect(trial.log.syncedNumber == 1 && trial.log.lastNumber == 2)
    }

    @Test func readersSeeWhatIsWrittenWhereTheLogSaysSo() throws {
        let options = LogOptions(segmentBytes: 8192, showsUnsynced: true)
        let trial = try TrialLog(MemoryDisk(), "log", options: options)
        try trial.append([line(1), line(2)])
        #expect(try trial.lines() == [line(1), line(2)])
    }

    @Test(arguments: Kind.allCases)
    func secondOwnerIsRefused(_ kind: Kind) throws {
        try onDisk(kind) { disk, folder in try refusesSecondOwner(disk, folder) }
    }

    private func refusesSecondOwner<D: Disk>(_ disk: D, _ folder: String) throws {
        func open() throws(LogError) { _ = try TrialLog(disk, folder) }
        do {
            let first = try TrialLog(disk, folder)
            #expect(throws: LogError.locked(folder: folder)) { try open() }
            try first.append([line(1)])
        }
        try open()
    }

    @Test func commitOverTheLimitIsRefusedAndHarmless() throws {
        let trial = try TrialLog(MemoryDisk(), "log")
        do {
            try trial.append([[UInt8](repeating: 1, count: 4096)])
            Issue.record("a commit larger than a segment was taken")
        } catch {
            guard case .tooLarge(_, let most) = error else { throw error }
            #expect(most == 4096)
        }
        try trial.append([line(1)])
        try trial.log.sync()
        #expect(try trial.lines() == [line(1)])
    }

    @Test func unsyncedBytesAreBounded() throws {
        let options = LogOptions(segmentBytes: 65536, unsyncedBytesMax: 4096)
        let trial = try TrialLog(MemoryDisk(), "log", options: options)
        for number in 1...8 { try trial.append([[UInt8](repeating: UInt8(number), count: 900)]) }
        #expect(trial.log.syncedNumber >= 4, "the log syncs by itself when much is waiting")
    }

    @Test func epochBeginsInASegmentOfItsOwn() throws {
        let disk = MemoryDisk()
        let trial = try TrialLog(disk, "log")
        try trial.append([line(1), line(2)])
        try trial.log.sync()
        #expect(trial.log.epoch == 1 && !trial.log.isEpochEmpty)
        try trial.log.roll(epoch: 2)
        #expect(trial.log.epoch == 2 && trial.log.isEpochEmpty)
        let again = try TrialLog(MemoryDisk(image: disk.liveImage()), "log")
        #expect(again.log.epoch == 2 && again.log.isEpochEmpty && again.log.lastNumber == 2)
        try again.append([line(3)])
        try again.log.sync()
        #expect(again.log.epochFirstNumber == 3)
        #expect(try again.lines() == [line(1), line(2), line(3)])
    }

    @Test func oldSegmentsCanBeDropped() throws {
        let disk = MemoryDisk()
        let trial = try TrialLog(disk, "log")
        for number in 1...100 { try trial.append([line(number)]) }
        try trial.log.sync()
        try trial.log.drop(before: 60)
        let first = trial.log.reader().firstNumber
        #expect(first > 1 && first <= 60)
        #expect(throws: LogError.self) { _ = try readLines(trial.log.reader(), from: 1) }
        let again = try TrialLog(MemoryDisk(image: disk.liveImage()), "log")
        #expect(try readLines(again.log.reader(), from: 60) == (60...100).map(line))
        #expect(again.log.reader().firstNumber == first)
    }

    @Test func fullDiskIsSaidAndOvercome() throws {
        let disk = MemoryDisk()
        let trial = try TrialLog(disk, "log")
        disk.limitSpace(to: 20000)
        var written = 0
        var isFull = false
        while !isFull {
            do {
                try trial.append([line(written + 1)])
                try trial.log.sync()
                written += 1
            } catch {
                guard case .full = error else { throw error }
                isFull = true
            }
        }
        #expect(written > 10)
        #expect(try trial.lines() == (1...written).map(line), "it goes on serving")
        disk.limitSpace(to: nil)
        try trial.append([line(written + 1)])
        try trial.log.sync()
        #expect(try trial.lines() == (1...(written + 1)).map(line))
    }

    @Test func anotherLogsSegmentIsRefused() throws {
        let disk = MemoryDisk()
        do {
            let trial = try TrialLog(disk, "log")
            try trial.append([line(1)])
            try trial.log.sync()
        }
        let other = LogIdentity(id: LogID(first: 1, last: 1), kind: .trial)
        do {
            _ = try SegmentLog.open(
                disk,
                folder: "log",
                identity: other,
                options: LogOptions(segmentBytes: 8192),
                visit: checkChain
            )
            Issue.record("a segment of another log was taken")
        } catch {
            guard case .damaged(let finding) = error else { throw error }
            #expect(finding.fault == .foreignSegment)
        }
    }
}
