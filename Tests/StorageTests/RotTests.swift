import Storage
import Testing

/// Changed bytes in a stopped log: the end is kept aside, the middle stops the start.
struct RotTests {
    private func image(commits: Int) throws -> DiskImage {
        let disk = MemoryDisk()
        let trial = try TrialLog(disk, "log")
        for number in 1...commits {
            try trial.append([line(number)])
            try trial.log.sync()
        }
        return disk.liveImage()
    }

    private func segmentPath(_ index: Int) -> String { "log/000000000\(index).segment" }

    @Test func lastCommitIsKeptAside() throws {
        var image = try image(commits: 3)
        // Each frame of this log is a multiple of 64 bytes behind the header block.
        let bytes = try #require(image.files[segmentPath(1)])
        let last = try #require(bytes.lastIndex { $0 != 0 })
        image.files[segmentPath(1)]?[last] ^= 1
        let disk = MemoryDisk(image: image)
        let trial = try TrialLog(disk, "log")
        let tail = try #require(trial.tail)
        #expect(tail.finding.number == 3 && tail.finding.weight == .tail)
        #expect(try trial.lines() == [line(1), line(2)])
        let path = try #require(tail.keptAside.first)
        let kept = try #require(disk.liveImage().files[path])
        #expect(kept.count == last + 1 - tail.finding.offset)
        let again = try TrialLog(MemoryDisk(image: disk.crashImage(seed: 1)), "log")
        #expect(again.tail == nil)
        #expect(try again.lines() == [line(1), line(2)])
    }

    @Test func middleCommitStopsTheStartAndRepairCuts() throws {
        var image = try image(commits: 60)
        image.files[segmentPath(1)]?[4096 + 64 + 5] ^= 0x80
        let disk = MemoryDisk(image: image)
        do {
            _ = try TrialLog(disk, "log")
            Issue.record("the start went over damage")
        } catch {
            guard case .damaged(let finding) = error else { throw error }
            #expect(finding.path == segmentPath(1) && finding.offset == 4096)
            #expect(finding.number == 1)
        }
        #expect(disk.liveImage() == image, "nothing was changed")
        let repaired = try TrialLog(disk, "log", cutsDamage: true)
        #expect(repaired.log.lastNumber == 0)
        let tail = try #require(repaired.tail)
        #expect(tail.keptAside.count > 1)
        try repaired.append([line(1)])
        try repaired.log.sync()
        let again = try TrialLog(MemoryDisk(image: disk.crashImage(seed: 2)), "log")
        #expect(try again.lines() == [line(1)])
    }

    @Test func missingSegmentStopsTheStart() throws {
        var image = try image(commits: 100)
        image.files[segmentPath(2)] = nil
        do {
            _ = try TrialLog(MemoryDisk(image: image), "log")
            Issue.record("the start went over a missing segment")
        } catch {
            guard case .damaged(let finding) = error else { throw error }
            #expect(finding.path == segmentPath(2) && finding.number != nil)
        }
        let report = try LogReport.of(
            MemoryDisk(image: image),
            folder: "log",
            identity: nil
        ) { (frame) throws(LogFault) in _ = try checkChain(frame) }
        #expect(report.findings.contains { $0.weight == .damage })
        #expect(report.lastNumber == 100, "the look goes on behind the damage")
    }

    @Test func forgedCommitWithRightChecksBreaksTheChain() throws {
        // Another log with the same identity whose first line differs: its segment 2 fits by
        // number and check, not by chain.
        let image = try image(commits: 100)
        let other = MemoryDisk()
        let trial = try TrialLog(other, "log")
        try trial.append([[1] + line(1).dropFirst()])
        for number in 2...100 { try trial.append([line(number)]) }
        try trial.log.sync()
        var mixed = image
        mixed.files[segmentPath(2)] = other.liveImage().files[segmentPath(2)]
        do {
            _ = try TrialLog(MemoryDisk(image: mixed), "log")
            Issue.record("a foreign history was taken")
        } catch {
            guard case .damaged(let finding) = error else { throw error }
            #expect(finding.fault == .chainBroken && finding.path == segmentPath(2))
        }
    }

    @Test func frameInsideARecordIsNone() throws {
        let image = try image(commits: 2)
        let frame = try #require(image.files[segmentPath(1)])[4096..<4608]
        let disk = MemoryDisk()
        let trial = try TrialLog(disk, "log")
        // Aligned so that the copied frame begins where a frame could.
        try trial.append([[UInt8](repeating: 0, count: 60) + frame])
        try trial.log.sync()
        var changed = disk.liveImage()
        changed.files[segmentPath(1)]?[4096 + 20] ^= 1
        let again = try TrialLog(MemoryDisk(image: changed), "log")
        #expect(again.tail != nil && again.log.lastNumber == 0)
    }
}
