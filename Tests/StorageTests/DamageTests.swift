import Hashing
import Storage
import Testing

/// What goes wrong on a medium without a word, and how the memory disk puts it right again.
struct DamageTests {
    private let path = "log/0000000001.segment"
    private let options = LogOptions(segmentBytes: 32_768)

    private func trial(_ disk: MemoryDisk, commits: Int) throws -> TrialLog<MemoryDisk> {
        let trial = try TrialLog(disk, "log", options: options)
        for number in 1...commits {
            try trial.append([line(number)])
            try trial.log.sync()
        }
        return trial
    }

    @Test func rotIsSeenByReadersAndAfterACrash() throws {
        let disk = MemoryDisk()
        _ = try trial(disk, commits: 4)
        let before = disk.liveImage()
        #expect(disk.rot(path, at: 4096, bit: 3))
        #expect(disk.damaged == [path])
        let after = MemoryDisk(image: disk.crashImage(seed: 1))
        #expect(after.damaged == [path])
        for found in [disk, after] {
            #expect(found.liveImage() != before)
            found.mend()
            #expect(found.liveImage().files[path] == before.files[path])
            #expect(found.damaged.isEmpty)
        }
        #expect(!disk.rot("log/other", at: 0, bit: 0))
    }

    @Test func whatIsWrittenOverRotHealsIt() throws {
        let disk = MemoryDisk()
        let file = try disk.open("file", .create)
        try [UInt8](repeating: 7, count: 64).withUnsafeBytes { try file.write($0, at: 0) }
        try file.sync()
        #expect(disk.rot("file", at: 10, bit: 0))
        let new = [UInt8](repeating: 9, count: 64)
        try new.withUnsafeBytes { try file.write($0, at: 0) }
        #expect(disk.damaged.isEmpty)
        disk.mend()
        #expect(disk.liveImage().files["file"] == new)
    }

    /// Offsets in the first block: the index and the first number, at the ends of 64 bits.
    @Test(arguments: [(40, UInt64(0)), (40, .max), (56, 0), (56, .max)])
    func aForgedHeadAtTheEndOfTheNumbersIsDamageAndNoTrap(
        offset: Int,
        number: UInt64
    ) throws {
        let disk = MemoryDisk()
        _ = try trial(disk, commits: 2)
        var image = disk.liveImage()
        var block = try #require(image.files[path])
        block.withUnsafeMutableBytes { bytes in
            bytes.put(number, at: offset)
            bytes.put(CRC32C.of(UnsafeRawBufferPointer(bytes).part(0, 124)), at: 124)
        }
        image.files[path] = block
        image.files["log/0000000002.segment"] = block
        let report = try LogReport.of(
            MemoryDisk(image: image),
            folder: "log",
            identity: nil
        ) { _ in }
        #expect(report.findings.contains { $0.fault == .headerDamaged })
    }

    /// The first frame gets the highest number that there is, with its check made right.
    @Test func aForgedFrameAtTheEndOfTheNumbersIsDamageAndNoTrap() throws {
        let disk = MemoryDisk()
        _ = try trial(disk, commits: 2)
        var image = disk.liveImage()
        var bytes = try #require(image.files[path])
        bytes.withUnsafeMutableBytes { bytes in
            bytes.put(UInt64.max - 1, at: 56)
            bytes.put(CRC32C.of(UnsafeRawBufferPointer(bytes).part(0, 124)), at: 124)
            bytes.put(UInt32(2), at: 4096 + 4)
            bytes.put(UInt64.max - 1, at: 4096 + 8)
            var check = CRC32C()
            let all = UnsafeRawBufferPointer(bytes)
            check.update(all.part(16, 16))
            check.update(all.part(12, 4))
            // The kind is a wide number there; then the segment's index and the offset.
            for word in [UInt32(0), 1, 0, 4096, 0] {
                withUnsafeBytes(of: word.littleEndian) { check.update($0) }
            }
            check.update(all.part(4096, 60))
            bytes.put(check.value, at: 4096 + 60)
        }
        image.files[path] = bytes
        let report = try LogReport.of(
            MemoryDisk(image: image),
            folder: "log",
            identity: nil
        ) { _ in }
        #expect(report.findings.contains { $0.fault == .frameDamaged })
    }

    /// A segment whose head says another chain than the one before it ends with goes as a whole: kept
    /// empty, it would stop each start after the repair.
    @Test func aRepairTakesASegmentWhoseChainDoesNotGoOn() throws {
        let disk = MemoryDisk()
        do {
            let trial = try trial(disk, commits: 3)
            try trial.log.roll(epoch: 2)
            try trial.append([line(4)])
            try trial.log.sync()
        }
        var image = disk.liveImage()
        image.files["log/0000000002.segment"]?.withUnsafeMutableBytes { bytes in
            bytes[64] ^= 1
            bytes.put(CRC32C.of(UnsafeRawBufferPointer(bytes).part(0, 124)), at: 124)
        }
        let damaged = MemoryDisk(image: image)
        #expect(throws: LogError.self) { try TrialLog(damaged, "log", options: options) }
        do {
            let repaired = try TrialLog(damaged, "log", options: options, cutsDamage: true)
            #expect(repaired.tail?.keptAside == ["log/aside/0000000002.segment"])
        }
        #expect(try TrialLog(damaged, "log", options: options).lines() == (1...3).map { line($0) })
    }

    @Test(arguments: UInt64(1)...12)
    func aMisdirectedCommitStopsTheNextStartUntilTheDiskIsMended(seed: UInt64) throws {
        let disk = MemoryDisk()
        do {
            let trial = try trial(disk, commits: 80)
            disk.misdirect(below: "log", seed: seed)
            try trial.append([line(81)])
            try trial.log.sync()
            #expect(disk.misdirectedCount == 1)
            try trial.append([line(82)])
            try trial.log.sync()
        }
        #expect(throws: LogError.self, "seed \(seed)") {
            _ = try TrialLog(disk, "log", options: options)
        }
        disk.mend()
        #expect(try TrialLog(disk, "log", options: options).lines() == (1...82).map { line($0) })
    }
}
