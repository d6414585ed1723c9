import Domain
import Journal
import Storage
import Synchronization
import Testing
import Wire

/// One pass over the decisions in a folder, with and without a hub that writes them.
struct DecisionPassTests {
    private static let folder = "hub/decisions/"

    /// What a busy writer tells those that read beside it.
    private final class Writer: Sendable {
        let isOver = Mutex(false)
    }

    private static func decision(_ number: Int) -> Decision {
        Decision(
            at: Timestamp(milliseconds: 1_700_000_000_000 + Int64(number) * 1000),
            content: .configured(name: 1, version: UInt64(number))
        )
    }

    /// Appends the decisions of inputs; one for each input.
    private static func append<D: Disk>(
        _ numbers: ClosedRange<Int>,
        to log: inout DecisionStore<D>
    ) throws(JournalError) {
        for number in numbers {
            try log.append([DecisionCodec.encode(decision(number))], input: UInt64(number))
        }
    }

    /// A hub's disk with 300 decisions in several segments, and the hub still running.
    private func running(_ disk: MemoryDisk) throws -> DecisionStore<MemoryDisk> {
        var log = try openTrial(disk).decisions
        for start in stride(from: 1, through: 300, by: 10) {
            try Self.append(start...(start + 9), to: &log)
            try log.flush()
        }
        return log
    }

    private func pass(
        _ disk: some Disk,
        folder: String = "hub"
    ) throws(JournalError) -> (numbers: [Int], end: DecisionPass.End) {
        var numbers: [Int] = []
        let end = try DecisionPass.run(disk, folder: folder) { stored, decision in
            if decision == Self.decision(Int(stored.input)) { numbers.append(Int(stored.number)) }
            return true
        }
        return (numbers, end)
    }

    @Test func everyDecisionThatWasWrittenIsLentBesideTheWriter() throws {
        let disk = MemoryDisk()
        var log = try running(disk)
        let (numbers, end) = try pass(disk)
        #expect(numbers == Array(1...300))
        #expect(end.lastNumber == 300 && end.tail == nil)
        // What waits in memory is not there yet, and the pass took nothing from the writer.
        try Self.append(301...305, to: &log)
        #expect(try pass(disk).numbers.count == 300)
        try log.sync()
        #expect(try pass(disk).numbers == Array(1...305))
    }

    @Test func visitorThatHadEnoughIsNotAskedAgain() throws {
        let disk = MemoryDisk()
        _ = try running(disk)
        var count = 0
        let end = try DecisionPass.run(disk, folder: "hub") { _, _ in
            count += 1
            return count < 17
        }
        #expect(count == 17)
        #expect(end.lastNumber == 17 && end.tail == nil)
    }

    @Test func unfinishedEndIsToldAndWhatLiesBeforeIsLent() throws {
        let disk = MemoryDisk()
        _ = try running(disk)
        var image = disk.liveImage()
        let last = try #require(image.paths.last { $0.hasPrefix(Self.folder) && $0.hasSuffix("t") })
        var bytes = try #require(image.files[last])
        let end = try #require(bytes.lastIndex { $0 != 0 })
        bytes[end] ^= 1
        image.files[last] = bytes
        let found = try pass(MemoryDisk(image: image))
        #expect(found.numbers == Array(1...290))
        #expect(found.end.tail?.path == last)
        #expect(found.end.tail?.number == 291)
    }

    @Test func damageNamesItsPlaceAfterWhatLiesBeforeIt() throws {
        let disk = MemoryDisk()
        var log = try running(disk)
        try log.sync()
        var image = disk.liveImage()
        let second = try #require(
            image.paths.filter { $0.hasPrefix(Self.folder) && $0.hasSuffix("t") }.dropFirst().first
        )
        image.files[second]?[4096 + 70] ^= 1
        let spoiled = MemoryDisk(image: image)
        var lent: [UInt64] = []
        let error = #expect(throws: JournalError.self) {
            try DecisionPass.run(spoiled, folder: "hub") { stored, _ in
                lent.append(stored.number)
                return true
            }
        }
        let words = try #require(error?.description)
        #expect(words.contains(second) && words.contains("offset 4096"), "\(words)")
        #expect(!lent.isEmpty && lent == Array(1...UInt64(lent.count)))
    }

    @Test func theChainBehindADecisionIsTheSameInWhateverFramesItLies() throws {
        let (first, second) = (MemoryDisk(), MemoryDisk())
        var frames = try running(first)
        #expect(frames.durable.number == 0)
        try frames.sync()
        #expect(frames.durable == LogHead(number: 300, chain: frames.digest))
        var whole = try openTrial(second).decisions
        try Self.append(1...300, to: &whole)
        try whole.sync()
        let marks: Set<UInt64> = [5, 117, 300, 301]
        let found = try DecisionPass.run(first, folder: "hub", marks: marks) { _, _ in true }.marks
        let other = try DecisionPass.run(second, folder: "hub", marks: marks) { _, _ in true }.marks
        #expect(found == other && Set(found.keys) == [5, 117, 300])
        #expect(found[300] == frames.durable.chain && found[5] != found[117])
    }

    @Test func missingFolderIsNamed() throws {
        let error = #expect(throws: JournalError.self) {
            _ = try pass(MemoryDisk(), folder: "gone")
        }
        #expect(error?.description.contains("gone/decisions") == true)
    }

    @Test func passesBesideABusyWriterSeeAGrowingWholeBeginning() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/hub"
        let writer = Writer()
        // The folder is there before anybody looks.
        _ = try openTrial(PosixDisk(), path)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { writer.isOver.withLock { $0 = true } }
                var log = try openTrial(PosixDisk(), path).decisions
                for number in 1...1200 {
                    try Self.append(number...number, to: &log)
                    try log.flush()
                }
                try log.sync()
            }
            group.addTask {
                var last = 0
                while !writer.isOver.withLock({ $0 }) {
                    let (numbers, end) = try pass(PosixDisk(), folder: path)
                    #expect(numbers == (0..<numbers.count).map { $0 + 1 })
                    #expect(numbers.count >= last && UInt64(numbers.count) == end.lastNumber)
                    last = numbers.count
                }
            }
            try await group.waitForAll()
        }
        #expect(try pass(PosixDisk(), folder: path).numbers == Array(1...1200))
    }
}
