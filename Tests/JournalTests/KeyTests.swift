import Domain
import Hashing
import Journal
import Storage
import Testing

/// Keys that can be destroyed one by one, and the table they lie in.
struct KeyTests {
    private func filled() throws -> (image: DiskImage, count: UInt64) {
        let disk = MemoryDisk()
        var synced: UInt64 = 0
        try fill(disk, synced: &synced)
        return (disk.liveImage(), synced)
    }

    /// The first seed that a trial's generator gives: two numbers go to the identifier before it.
    private var firstSeed: [UInt8] {
        var generator = SplitMix64(seed: 2026)
        _ = (generator.next(), generator.next())
        return Digest32(
            words: generator.next(),
            generator.next(),
            generator.next(),
            generator.next()
        ).bytes
    }

    private func contains(_ image: DiskImage, _ bytes: [UInt8]) -> Bool {
        image.files.values.contains { file in
            file.indices.contains { start in
                file[start] == bytes[0] && file[start...].starts(with: bytes)
            }
        }
    }

    @Test func destroyedEntriesAreGoneAndTheOthersStay() throws {
        let (image, count) = try filled()
        let disk = MemoryDisk(image: image)
        let opened = try openTrial(disk)
        let before = try Contents(opened).inputs
        var inputs = opened.inputs
        let gone: Set<UInt64> = [2, 3, 7, count]
        var reader = inputs.reader()
        #expect(try reader.entry(2)?.bytes != nil)
        try inputs.destroy(gone.sorted())
        #expect(try reader.entry(2)?.payload == .erased, "what was read ahead is gone as well")
        func check(_ read: [StoredEntry]) {
            for (entry, old) in zip(read, before) {
                #expect(entry.bytes == (gone.contains(entry.number) ? nil : old.bytes))
                #expect(entry.at == old.at && entry.kind == old.kind)
            }
            #expect(read.count == before.count)
        }
        check(try reader.read(from: 1, limit: .max))
        try inputs.append([entry(Int(count) + 1)])
        try inputs.sync()
        for seed in UInt64(0)..<5 {
            let found = MemoryDisk(image: disk.crashImage(seed: seed))
            let report = try JournalReport.of(found, folder: "hub")
            #expect(report.findings.isEmpty && report.erasedCount == gone.count)
            #expect(report.inputCount == Int(count) + 1)
            let again = try openTrial(found)
            var readerAgain = again.inputs.reader()
            check(try readerAgain.read(from: 1, limit: Int(count)))
            #expect(try readerAgain.entry(count + 1)?.bytes == payload(Int(count) + 1))
        }
    }

    @Test func seedOfADestroyedEntryIsNowhereOnTheDisk() throws {
        let (image, _) = try filled()
        #expect(contains(image, firstSeed), "the test looks for the right bytes")
        let disk = MemoryDisk(image: image)
        let opened = try openTrial(disk)
        var inputs = opened.inputs
        try inputs.destroy([5])
        for seed in UInt64(0)..<5 { #expect(!contains(disk.crashImage(seed: seed), firstSeed)) }
        #expect(!contains(disk.liveImage(), firstSeed))
    }

    @Test func destroyingInterruptedAnywhereLeavesAWholeTable() throws {
        let (image, count) = try filled()
        var isComplete = false
        var operation = 1
        while !isComplete {
            let disk = MemoryDisk(image: image)
            let opened = try openTrial(disk)
            var inputs = opened.inputs
            disk.fail(at: disk.operationCount + operation, by: .powerLoss)
            do throws(JournalError) {
                try inputs.destroy([4, 9])
                isComplete = true
            } catch {}
            for seed in UInt64(0)..<4 {
                let again = try openTrial(MemoryDisk(image: disk.crashImage(seed: seed)))
                let read = try Contents(again).inputs
                #expect(read.count == Int(count))
                let erased = read.filter { $0.bytes == nil }.map(\.number)
                #expect(erased == [4, 9] || erased.isEmpty && !isComplete, "\(operation) \(seed)")
            }
            operation += 1
        }
        #expect(operation > 4)
    }

    @Test func unknownEntriesCannotBeDestroyed() throws {
        let opened = try openTrial(MemoryDisk())
        var inputs = opened.inputs
        try inputs.found(at: entry(1).at, payload: [])
        for number in [UInt64(0), 2] {
            do {
                try inputs.destroy([number])
                Issue.record("entry \(number) was destroyed")
            } catch {
                #expect(error == .noSuchEntry(number))
            }
        }
    }

    @Test(arguments: ["hub/keys.a", "hub/keys.b"] as [String])
    func damagedCopyIsHealedFromTheOther(_ path: String) throws {
        let (image, count) = try filled()
        for change in 0..<4 {
            var changed = image
            switch change {
            case 0: changed.files[path]?[40] ^= 1
            case 1: changed.files[path]?[4096 + 20] ^= 0x10
            case 2: changed.files[path] = Array((image.files[path] ?? []).prefix(4100))
            default: changed.files[path] = nil
            }
            let report = try JournalReport.of(MemoryDisk(image: changed), folder: "hub")
            #expect(report.findings.map(\.path) == [path] && report.isSound)
            let disk = MemoryDisk(image: changed)
            let opened = try openTrial(disk)
            #expect(opened.recovery.healedKeys?.path == path)
            #expect(try Contents(opened).inputs.count == Int(count))
            #expect(disk.crashImage(seed: 1).files[path] == image.files[path], "\(change)")
        }
    }

    @Test func newerCopyThatIsDamagedIsNotWrittenOverWithAnOlderOne() throws {
        let disk = MemoryDisk()
        let options = JournalOptions(inputSegmentBytes: 1 << 20, decisionSegmentBytes: 8192)
        var inputs = try openTrial(disk, options: options).inputs
        let at = entry(1).at
        try inputs.found(at: at, payload: [])
        try inputs.sync()
        let older = try #require(disk.liveImage().files["hub/keys.b"])
        // So many entries that the table grows.
        while disk.liveImage().files["hub/keys.b"] == older, inputs.lastNumber < 100_000 {
            let kind = EntryKind(rawValue: 2)
            try inputs.append((0..<512).map { _ in JournalEntry(at: at, kind: kind, payload: [7]) })
        }
        try inputs.sync()
        let last = inputs.lastNumber
        try inputs.close()
        var changed = disk.liveImage()
        let newer = try #require(changed.files["hub/keys.a"])
        #expect(newer != older)
        // The power went between the two copies, and one bit of the newer one has changed.
        changed.files["hub/keys.b"] = older
        changed.files["hub/keys.a"]?[4096 + 20] ^= 1
        let damaged = MemoryDisk(image: changed)
        do {
            _ = try openTrial(damaged, options: options)
            Issue.record("a journal was opened with keys that are older than its entries")
        } catch {
            guard case .keysBehind(_, let number) = error else { throw error }
            #expect(number == last)
        }
        for name in ["hub/keys.a", "hub/keys.b"] {
            let isUntouched = damaged.liveImage().files[name] == changed.files[name]
            #expect(isUntouched, "\(name)")
        }
        // Whoever repairs the bit has everything again.
        var repaired = damaged.liveImage()
        repaired.files["hub/keys.a"] = newer
        let opened = try openTrial(MemoryDisk(image: repaired), options: options)
        #expect(opened.inputs.lastNumber == last)
    }

    @Test func twoDamagedCopiesStopTheStart() throws {
        let (image, _) = try filled()
        var changed = image
        changed.files["hub/keys.a"]?[4096 + 20] ^= 1
        changed.files["hub/keys.b"] = nil
        let disk = MemoryDisk(image: changed)
        do {
            _ = try openTrial(disk)
            Issue.record("a journal without keys was opened")
        } catch {
            guard case .keysDamaged(let findings) = error else { throw error }
            #expect(findings.map(\.path) == ["hub/keys.a", "hub/keys.b"])
            #expect(findings.map(\.offset) == [4096, 0])
        }
        #expect(disk.liveImage() == changed)
        let report = try JournalReport.of(MemoryDisk(image: changed), folder: "hub")
        #expect(!report.isSound)
    }

    @Test func journalGoesOnAcrossBlocksOfKeys() throws {
        let disk = MemoryDisk()
        let options = JournalOptions(inputSegmentBytes: 1 << 20, decisionSegmentBytes: 8192)
        let opened = try openTrial(disk, options: options)
        var inputs = opened.inputs
        let at = entry(1).at
        let kind = EntryKind(rawValue: 2)
        try inputs.found(at: at, payload: [])
        for part in 0..<17 {
            try inputs.append(
                (0..<256).map { index in
                    JournalEntry(at: at, kind: kind, payload: [UInt8(index), UInt8(part)])
                }
            )
        }
        try inputs.sync()
        try inputs.destroy([4096])
        var reader = inputs.reader()
        let read = try reader.read(from: 4094, limit: 5)
        #expect(read.map(\.bytes) == [[252, 15], [253, 15], nil, [255, 15], [0, 16]])
    }
}
