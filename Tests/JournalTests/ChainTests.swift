import Domain
import Hashing
import Journal
import Storage
import Testing

/// Somebody who knows the format changes the journal and sets every check right again.
struct ChainTests {
    private struct Commit {
        var records: [[UInt8]]
        var chain: Digest32
    }

    /// The inputs of a journal with a dozen commits, and the rest of its files.
    private func original() throws -> (image: DiskImage, commits: [Commit], identity: LogIdentity) {
        let disk = MemoryDisk()
        var inputs = try openTrial(disk).inputs
        let identity = LogIdentity(id: inputs.id, kind: .inputs)
        try inputs.found(at: entry(1).at, payload: [])
        for first in stride(from: 2, to: 20, by: 2) {
            try inputs.append([entry(first), entry(first + 1)])
            try inputs.sync()
        }
        var commits: [Commit] = []
        let image = disk.liveImage()
        _ = try LogReport.of(
            MemoryDisk(image: image),
            folder: "hub/inputs",
            identity: nil
        ) { (frame) throws(LogFault) in
            var commit = Commit(records: [], chain: frame.header.chain)
            try frame.forEachRecord { _, bytes in commit.records.append(Array(bytes)) }
            commits.append(commit)
        }
        return (image, commits, identity)
    }

    /// The journal with other inputs in place of its own, all checks right.
    private func forged(
        _ image: DiskImage,
        _ commits: [Commit],
        _ identity: LogIdentity
    ) throws -> MemoryDisk {
        let disk = MemoryDisk()
        try disk.makeFolder("hub")
        do {
            var log = try SegmentLog.open(
                disk,
                folder: "hub/inputs",
                identity: identity,
                options: LogOptions(segmentBytes: 8192)
            ) { _ in .keep }.take()
            for commit in commits {
                log.begin()
                for record in commit.records { log.addRecord(record) }
                _ = try log.commit(chain: commit.chain)
            }
            try log.sync()
        }
        var mixed = image
        for path in image.paths where path.hasPrefix("hub/inputs/") { mixed.files[path] = nil }
        for (path, bytes) in disk.liveImage().files { mixed.files[path] = bytes }
        return MemoryDisk(image: mixed)
    }

    /// The number in an entry's head, so that a moved entry looks right.
    private func renumber(_ record: inout [UInt8], _ number: UInt64) {
        for index in 0..<8 { record[index] = UInt8(truncatingIfNeeded: number >> (8 * index)) }
    }

    @Test func journalCopiedWithoutChangeIsSound() throws {
        let (image, commits, identity) = try original()
        let disk = try forged(image, commits, identity)
        let report = try JournalReport.of(disk, folder: "hub")
        #expect(report.findings.isEmpty && report.inputCount == 19)
        #expect(try openTrial(disk).inputs.lastNumber == 19)
    }

    enum Forgery: CaseIterable {
        case swapsTwo
        case dropsOne
        case changesKind
        case changesCommitment
        case changesTime
    }

    @Test(arguments: Forgery.allCases)
    func forgeryBreaksTheChain(_ forgery: Forgery) throws {
        var (image, commits, identity) = try original()
        switch forgery {
        case .swapsTwo:
            commits[3].records.swapAt(0, 1)
            renumber(&commits[3].records[0], 6)
            renumber(&commits[3].records[1], 7)
            // Their times change places as well, or the order alone would betray them.
            let first = commits[3].records[0][8..<16]
            commits[3].records[0].replaceSubrange(8..<16, with: commits[3].records[1][8..<16])
            commits[3].records[1].replaceSubrange(8..<16, with: first)
        case .dropsOne:
            commits[3].records.removeLast()
            for (index, number) in zip(4..<commits.count, stride(from: UInt64(7), to: 99, by: 2)) {
                renumber(&commits[index].records[0], number)
                renumber(&commits[index].records[1], number + 1)
            }
        case .changesKind: commits[3].records[0][16] ^= 0x40
        case .changesCommitment: commits[3].records[0][30] ^= 1
        case .changesTime: commits[3].records[0][8] ^= 1
        }
        let disk = try forged(image, commits, identity)
        let report = try JournalReport.of(disk, folder: "hub")
        let finding = try #require(report.findings.first { $0.weight == .damage })
        #expect(finding.number == 6 && finding.path.hasPrefix("hub/inputs/"))
        do {
            _ = try openTrial(disk)
            Issue.record("a forged journal was opened")
        } catch {
            guard case .log(.damaged(let found)) = error else { throw error }
            #expect(found.fault == .chainBroken && found.path == finding.path)
            #expect(found.offset == finding.offset)
        }
    }

    @Test func forgedPayloadIsFoundByItsCommitment() throws {
        var (image, commits, identity) = try original()
        commits[3].records[1][60] ^= 1
        let disk = try forged(image, commits, identity)
        let report = try JournalReport.of(disk, folder: "hub")
        #expect(report.findings.map(\.number) == [7] && !report.isSound)
        let opened = try openTrial(disk)
        var reader = opened.inputs.reader()
        #expect(try reader.read(from: 1, limit: 6).count == 6)
        do {
            _ = try reader.read(from: 7, limit: 1)
            Issue.record("a forged payload was read")
        } catch {
            guard case .log(.damaged(let found)) = error else { throw error }
            #expect(found.number == 7)
        }
    }
}
