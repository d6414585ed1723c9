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
