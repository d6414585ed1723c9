import Domain
import Hashing
import Journal
import Storage
import Testing

/// What the journal of inputs promises while nothing fails.
struct InputJournalTests {
    @Test func entriesReadBackEqualOnTheRealDisk() throws {
        let folder = try TemporaryFolder()
        try readsBackEqual(PosixDisk(), folder.path + "/hub")
    }

    @Test func entriesReadBackEqualInMemory() throws {
        try readsBackEqual(MemoryDisk(), "hub")
    }

    private func readsBackEqual<D: Disk>(_ disk: D, _ folder: String) throws {
        var expected: [Reading] = []
        for round in 0..<3 {
            let opened = try openTrial(disk, folder)
            #expect(opened.recovery.isNothing)
            var inputs = opened.inputs
            if round == 0 { try inputs.found(at: entry(1).at, payload: [1, 2, 3]) }
            for _ in 0..<8 {
                let next = Int(inputs.lastNumber) + 1
                let first = try inputs.append((next..<(next + 3)).map(entry))
                #expect(first == UInt64(next))
                try inputs.sync()
            }
            var reader = inputs.reader()
            let read = try reader.read(from: 1, limit: .max).map(Reading.init)
            #expect(read.prefix(expected.count).elementsEqual(expected))
            #expect(read.first?.bytes == [1, 2, 3] && read.first?.kind == .founding)
            for reading in read.dropFirst() {
                let original = entry(Int(reading.number))
                #expect(reading.bytes == original.payload && reading.at == original.at)
                #expect(reading.kind == original.kind)
            }
            expected = read
            #expect(read.count == 1 + (round + 1) * 24)
        }
        let report = try JournalReport.of(disk, folder: folder)
        #expect(report.findings.isEmpty && report.inputCount == expected.count)
    }

    @Test func entriesReadBackTheSameInAnyOrder() throws {
        let opened = try openTrial(MemoryDisk())
        var inputs = opened.inputs
        _ = try inputs.found(at: entry(1).at, payload: payload(1))
        for start in stride(from: 2, to: 602, by: 8) {
            try inputs.append((start..<start + 8).map { entry($0) })
            try inputs.sync()
        }
        let last = Int(inputs.lastNumber)
        var reader = inputs.reader()
        var chance = SplitMix64(seed: 7)
        var number = 0
        for step in 0..<600 {
            // Neighbours and jumps in turn, as an engine asks that falls behind and catches up.
            let jumps = step % 7 == 0
            number = jumps ? Int(chance.next() % UInt64(last)) + 1 : number % last + 1
            let found = try reader.read(from: UInt64(number), limit: 1)
            #expect(found.first?.bytes == payload(number), "seed 7, step \(step), entry \(number)")
        }
    }

    @Test func nothingGoesInBeforeTheFoundingEntry() throws {
        let opened = try openTrial(MemoryDisk())
        var inputs = opened.inputs
        do {
            try inputs.append([entry(1)])
            Issue.record("an entry before the founding one was taken")
        } catch {
            #expect(error == .notFounded(epoch: 1))
        }
        #expect(inputs.foundingNumber == nil)
        let number = try inputs.found(at: entry(1).at, payload: [])
        #expect(number == 1 && inputs.foundingNumber == 1 && inputs.syncedNumber == 1)
    }

    @Test func timeNeverGoesBackAndARefusedCommitLeavesNothing() throws {
        let disk = MemoryDisk()
        let opened = try openTrial(disk)
        var inputs = opened.inputs
        try inputs.found(at: entry(5).at, payload: [])
        do {
            try inputs.append([entry(6), entry(5), entry(4)])
            Issue.record("time went back")
        } catch {
            #expect(error == .timeWentBack(at: entry(5).at, last: entry(6).at))
        }
        #expect(inputs.lastNumber == 1)
        try inputs.append([entry(5), entry(5)])
        try inputs.sync()
        let again = try openTrial(MemoryDisk(image: disk.liveImage()))
        #expect(again.inputs.lastTime == entry(5).at && again.inputs.lastNumber == 3)
    }

    @Test func reservedKindsAreRefused() throws {
        let opened = try openTrial(MemoryDisk())
        var inputs = opened.inputs
        try inputs.found(at: entry(1).at, payload: [])
        for kind in [EntryKind.founding, EntryKind(rawValue: 0)] {
            do {
                try inputs.append([JournalEntry(at: entry(2).at, kind: kind, payload: [])])
                Issue.record("kind \(kind) was taken")
            } catch {
                #expect(error == .kindReserved(kind))
            }
        }
    }

    @Test func readerSeesDurableEntriesOnly() throws {
        let opened = try openTrial(MemoryDisk())
        var inputs = opened.inputs
        try inputs.found(at: entry(1).at, payload: [])
        var reader = inputs.reader()
        try inputs.append([entry(2), entry(3)])
        #expect(try reader.entry(2) == nil)
        try inputs.sync()
        #expect(try reader.entry(2)?.bytes == payload(2))
        #expect(try reader.entry(3)?.bytes == payload(3))
        #expect(try reader.entry(4) == nil)
        try inputs.append([entry(4)])
        try inputs.sync()
        #expect(try reader.entry(4)?.bytes == payload(4))
        #expect(try reader.entry(2)?.bytes == payload(2))
        #expect(try reader.read(from: 3, limit: 1).map(\.number) == [3])
    }

    @Test func epochsAreFoundedOneAfterTheOther() throws {
        let disk = MemoryDisk()
        var synced: UInt64 = 0
        try fill(disk, synced: &synced)
        let opened = try openTrial(disk)
        #expect(opened.inputs.epoch == 2 && opened.decisions.epoch == 2)
        var reader = opened.inputs.reader()
        let all = try reader.read(from: 1, limit: .max)
        let founding = all.filter { $0.kind == .founding }
        #expect(founding.map(\.epoch) == [1, 2])
        #expect(founding.last?.number == opened.inputs.foundingNumber)
        #expect(all.map(\.number) == Array(1...synced))
        #expect(all.map(\.epoch) == all.map { $0.number < founding[1].number ? 1 : 2 })
    }

    @Test func secondHubIsRefused() throws {
        let disk = MemoryDisk()
        let first = try openTrial(disk)
        do {
            _ = try openTrial(disk)
            Issue.record("two hubs opened one journal")
        } catch {
            #expect(error == .log(.locked(folder: "hub")))
        }
        #expect(first.inputs.lastNumber == 0)
    }

    @Test func fullDiskIsSaidAndOvercome() throws {
        let disk = MemoryDisk()
        let opened = try openTrial(disk)
        var inputs = opened.inputs
        try inputs.found(at: entry(1).at, payload: [])
        let before = disk.liveImage().files.values.reduce(0) { $0 + $1.count }
        disk.limitSpace(to: before + 10000)
        var isFull = false
        while !isFull {
            do {
                try inputs.append([entry(Int(inputs.lastNumber) + 1)])
                try inputs.sync()
            } catch {
                #expect(error.isFullDisk)
                isFull = true
            }
        }
        let last = inputs.lastNumber
        #expect(last == inputs.syncedNumber && last > 10)
        disk.limitSpace(to: nil)
        try inputs.append([entry(Int(last) + 1)])
        try inputs.sync()
        let again = try openTrial(MemoryDisk(image: disk.liveImage()))
        #expect(try Contents(again).inputs.count == Int(last) + 1)
    }

    /// The bytes on disk are for years: this digest changes only together with the format version.
    @Test func bytesOnDiskStayWhatTheyAre() throws {
        let disk = MemoryDisk()
        var synced: UInt64 = 0
        try fill(disk, synced: &synced)
        let image = disk.liveImage()
        var hasher = SHA256Hasher()
        for path in image.paths where !path.hasSuffix("prepared") {
            hasher.update(path)
            hasher.update(image.files[path] ?? [])
        }
        #expect(
            hasher.finalize().hex
                == "d53c0cdb67c3c0e9e2c2fcd830c8150fb20d1f9be9c370c4afcc045be705d730"
        )
    }
}
