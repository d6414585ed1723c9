import Domain
import Hashing
import Journal
import Storage
import Testing
import Wire

/// A backup is whole, of one history, and comes back byte for byte.
@Suite struct BackupTests {
    private static let now = Timestamp(milliseconds: 1_750_000_000_000)

    /// A journal with founding entries that a backup can read.
    private static func fill(_ disk: MemoryDisk, entries: Int) throws {
        let opened = try openTrial(disk)
        var inputs = opened.inputs
        var log = opened.decisions
        if inputs.lastNumber == 0 {
            let founding = Founding(
                engineVersion: 2,
                county: try #require(Division(code: "441424")),
                hasScenarioClock: false,
                epoch: 1
            )
            try inputs.found(at: entry(1).at, payload: EntryCodec.encode(.founding(founding)))
        }
        while Int(inputs.lastNumber) < entries {
            let next = Int(inputs.lastNumber) + 1
            try inputs.append([entry(next)])
            try inputs.sync()
            try log.append(decisions(UInt64(next)), input: UInt64(next))
            try log.flush()
        }
        try log.sync()
        try inputs.close()
    }

    private static func backUp(
        _ disk: MemoryDisk,
        through last: UInt64 = .max
    ) throws -> BackupManifest {
        try JournalBackup.make(disk, of: "hub", to: "copy", through: last, now: now).manifest
    }

    private static func contents(_ disk: MemoryDisk, _ folder: String) throws -> Contents {
        try Contents(try openTrial(disk, folder))
    }

    @Test func aBackupComesBackAsTheSameJournal() throws {
        let disk = MemoryDisk()
        try Self.fill(disk, entries: 60)
        let manifest = try Self.backUp(disk)
        #expect(manifest.lastEntry == 60)
        let restored = try JournalRestore.run(disk, from: "copy", to: "again", founding: { _ in })
        #expect(restored.lastEntry == 60)
        #expect(try Self.contents(disk, "again") == Self.contents(disk, "hub"))
    }

    @Test func durableSubscriptionsComeBackWithTheJournal() throws {
        let disk = MemoryDisk()
        try Self.fill(disk, entries: 20)
        let folder = "hub/" + PositionSeal.subscriptions
        try disk.makeFolder(folder)
        for name in ["aa", "bb"] {
            try SmallFile.replace(disk, folder: folder, name: name, with: Array(name.utf8))
        }
        let seal = try PositionSeal.open(disk, folder: "hub", random: { 7 })
        let token = seal.seal([1, 2, 3], for: "officer/chen")
        _ = try Self.backUp(disk)
        try disk.remove(folder + "/aa")
        _ = try Self.backUp(disk)
        _ = try JournalRestore.run(disk, from: "copy", to: "again", founding: { _ in })
        let names = try disk.list("again/" + PositionSeal.subscriptions)
        #expect(names == ["bb"])
        let restored = try PositionSeal.open(disk, folder: "again", random: { 8 })
        #expect(restored.open(token, for: "officer/chen") == [1, 2, 3])
        #expect(restored.open(token, for: "officer/li") == nil)
    }

    @Test("the audit log comes back in whole lines, and a backup never loses what it took of it")
    func auditCopies() throws {
        let disk = MemoryDisk()
        try Self.fill(disk, entries: 20)
        let folder = "hub/" + AuditCopies.folderName
        try disk.makeFolder(folder)
        func keep(_ month: String, _ text: String) throws {
            try SmallFile.replace(disk, folder: folder, name: month, with: Array(text.utf8))
        }
        func backUp() throws -> [String] {
            try JournalBackup.make(disk, of: "hub", to: "copy", now: Self.now).audit.map(\.file)
        }
        try keep("2026-06.jsonl", "one\ntwo\n")
        try keep("2026-07.jsonl", "three\nfo")
        #expect(try backUp() == [])
        var copy = ["2026-06.jsonl": "one\ntwo\n", "2026-07.jsonl": "three\n"]
        #expect(try Self.audit(disk, "copy") == copy)
        try keep("2026-07.jsonl", "three\nfour\n")
        #expect(try backUp() == [])
        copy["2026-07.jsonl"] = "three\nfour\n"
        // A month is gone; of the other a line was changed, or the end was cut off.
        try disk.remove(folder + "/2026-06.jsonl")
        try keep("2026-07.jsonl", "THREE\nfour\nfive\n")
        #expect(try backUp() == ["audit/2026-06.jsonl", "audit/2026-07.jsonl"])
        try keep("2026-07.jsonl", "three\n")
        #expect(try backUp() == ["audit/2026-06.jsonl", "audit/2026-07.jsonl"])
        #expect(try Self.audit(disk, "copy") == copy)
        try disk.remove(folder + "/2026-07.jsonl")
        try disk.removeFolder(folder)
        #expect(try backUp() == ["audit/2026-06.jsonl", "audit/2026-07.jsonl"])
        _ = try JournalRestore.run(disk, from: "copy", to: "again", founding: { _ in })
        #expect(try Self.audit(disk, "again") == copy)
    }

    @Test("a month that the audit log says was removed stays in the backup and is no finding")
    func auditCopiesOfRemovedMonths() throws {
        let disk = MemoryDisk()
        try Self.fill(disk, entries: 20)
        let folder = "hub/" + AuditCopies.folderName
        try disk.makeFolder(folder)
        let chain = Digest32.sha256("second")
        func keep(_ month: String, _ lines: [JSONValue]) throws {
            let bytes: [UInt8] = lines.flatMap { $0.bytes + [0x0A] }
            try SmallFile.replace(disk, folder: folder, name: month + ".jsonl", with: bytes)
        }
        func line(_ number: Int64, _ chain: String, _ more: [JSONValue.Member] = []) -> JSONValue {
            .object([.init("n", .integer(number))] + more + [.init("chain", .string(chain))])
        }
        func backUp() throws -> [String] {
            try JournalBackup.make(disk, of: "hub", to: "copy", now: Self.now).audit.map(\.file)
        }
        try keep("2023-05", [line(1, "first"), line(2, chain.hex)])
        try keep("2026-06", [line(3, "third")])
        #expect(try backUp() == [])
        try disk.remove(folder + "/2023-05.jsonl")
        #expect(try backUp() == ["audit/2023-05.jsonl"])
        func removed(_ last: LogHead) -> [JSONValue.Member] {
            [.init("act", .string("removed")), .init("object", .string("2023-05"))]
                + AuditRemoval(month: "2023-05", last: last).particulars
        }
        let other = removed(LogHead(number: 2, chain: Digest32.sha256("other")))
        try keep("2026-07", [line(4, "fourth", other)])
        #expect(try backUp() == ["audit/2023-05.jsonl"])
        let right = removed(LogHead(number: 2, chain: chain))
        try keep("2026-08", [line(5, "fifth", right)])
        #expect(try backUp() == [])
        #expect(try Self.audit(disk, "copy").count == 4)
    }

    /// The copies of the audit log in a folder.
    private static func audit(_ disk: MemoryDisk, _ folder: String) throws -> [String: String] {
        let from = "\(folder)/\(AuditCopies.folderName)"
        return try disk.list(from).reduce(into: [:]) { found, name in
            let bytes = try SmallFile.read(disk, "\(from)/\(name)", bytesMax: .max) ?? []
            found[name] = String(decoding: bytes, as: UTF8.self)
        }
    }

    @Test func aLaterBackupToTheSamePlaceWritesOnlyWhatIsNew() throws {
        let disk = MemoryDisk()
        try Self.fill(disk, entries: 200)
        let first = try JournalBackup.make(disk, of: "hub", to: "copy", now: Self.now)
        try Self.fill(disk, entries: 220)
        let second = try JournalBackup.make(disk, of: "hub", to: "copy", now: Self.now)
        #expect(second.manifest.lastEntry == 220)
        #expect(second.bytesWritten * 3 < first.bytesWritten, "\(second.bytesWritten)")
        _ = try JournalRestore.run(disk, from: "copy", to: "again", founding: { _ in })
        #expect(try Self.contents(disk, "again") == Self.contents(disk, "hub"))
    }

    @Test func nothingBeyondWhatTheHubHasSyncedIsTaken() throws {
        let disk = MemoryDisk()
        try Self.fill(disk, entries: 60)
        #expect(try Self.backUp(disk, through: 41).lastEntry == 41)
        #expect(try Self.backUp(disk).lastEntry == 60)
    }

    @Test func aBackupOfAnotherHistoryIsRefusedAndLeftAlone() throws {
        let disk = MemoryDisk()
        try Self.fill(disk, entries: 40)
        let manifest = try Self.backUp(disk, through: 20)
        _ = try JournalRestore.run(disk, from: "copy", to: "other", founding: { _ in })
        // The same journal goes on twice from entry 20, with other entries.
        var other = try openTrial(disk, "other").inputs
        try other.append([entry(99)])
        for number in 100..<130 { try other.append([entry(number)]) }
        try other.close()
        _ = try Self.backUp(disk)
        #expect(throws: BackupError.self) {
            try JournalBackup.make(disk, of: "other", to: "copy", now: Self.now)
        }
        #expect(manifest.lastEntry == 20)
        #expect(try JournalBackup.verify(disk, "copy").lastEntry == 40)
    }

    @Test func aFolderThatHoldsSomethingElseIsNeverTouched() throws {
        let disk = MemoryDisk()
        try Self.fill(disk, entries: 10)
        #expect(throws: BackupError.self) {
            try JournalBackup.make(disk, of: "hub", to: "hub", now: Self.now)
        }
        _ = try Self.backUp(disk)
        #expect(throws: BackupError.self) {
            try JournalRestore.run(disk, from: "copy", to: "hub", founding: { _ in })
        }
        #expect(throws: BackupError.self) {
            try JournalRestore.run(disk, from: "nowhere", to: "again", founding: { _ in })
        }
    }

    @Test(arguments: [UInt64(1), 2, 3, 4, 5, 6])
    func oneFlippedBitIsFound(seed: UInt64) throws {
        let disk = MemoryDisk()
        try Self.fill(disk, entries: 60)
        _ = try Self.backUp(disk)
        var image = disk.liveImage()
        var random = SplitMix64(seed: seed)
        // Behind the last frame there are zeros that nothing reads, so the flip lies in the first segment.
        let path = "copy/inputs/0000000001.segment"
        var bytes = try #require(image.files[path])
        let place = 4096 + random.below(2048)
        bytes[place] ^= 1 << UInt8(random.below(8))
        image.files[path] = bytes
        #expect(throws: BackupError.self, "seed \(seed), byte \(place)") {
            try JournalRestore.run(
                MemoryDisk(image: image),
                from: "copy",
                to: "again",
                founding: { _ in }
            )
        }
    }

    @Test func aBackupThatIsBrokenOffAnywhereLeavesTheOneBeforeOrTheNewOne() throws {
        let base = MemoryDisk()
        try Self.fill(base, entries: 50)
        _ = try Self.backUp(base)
        try Self.fill(base, entries: 70)
        let image = base.liveImage()
        let counted = MemoryDisk(image: image)
        _ = try Self.backUp(counted)
        for operation in 1...counted.operationCount {
            let disk = MemoryDisk(image: image)
            disk.fail(at: operation, by: .powerLoss)
            #expect(throws: (any Error).self) { try Self.backUp(disk) }
            let after = MemoryDisk(image: disk.crashImage(seed: UInt64(operation)))
            let found = try JournalBackup.verify(after, "copy").lastEntry
            #expect((50...70).contains(found), "operation \(operation): \(found)")
            #expect(try Self.backUp(after).lastEntry == 70, "operation \(operation)")
        }
    }

    @Test func whatAnEpochBeganWithGoesAlongAndIsMissed() throws {
        let disk = MemoryDisk()
        try Self.fill(disk, entries: 20)
        var opened = try openTrial(disk)
        try opened.decisions.sync()
        let founding = Founding(
            engineVersion: 2,
            county: try #require(Division(code: "441424")),
            hasScenarioClock: false,
            epoch: 2
        )
        let payload = EntryCodec.encode(.founding(founding))
        try opened.inputs.found(at: entry(21).at, payload: payload)
        try opened.decisions.begin(epoch: 2)
        try opened.decisions.sync()
        try opened.inputs.close()
        #expect(throws: BackupError.self, "the state that epoch 2 began with is missing") {
            try Self.backUp(disk)
        }
        let states = StateFolder(disk, journal: "hub")
        try disk.makeFolder(states.epochs)
        let file = try disk.open(states.founding(2), .create)
        try Array("state".utf8).lend { (bytes) throws(DiskError) in try file.write(bytes, at: 0) }
        #expect(try Self.backUp(disk).epochs == 2)
        #expect(disk.liveImage().files["copy/epochs/0000000002.state"] == Array("state".utf8))
    }

    @Test func aRestoreThatCannotFoundLeavesNothingToStartFrom() throws {
        let disk = MemoryDisk()
        try Self.fill(disk, entries: 10)
        _ = try Self.backUp(disk)
        #expect(throws: BackupError.self) {
            try JournalRestore.run(
                disk,
                from: "copy",
                to: "again",
                founding: { (_) throws(BackupError) in throw .notFounded("no") }
            )
        }
        #expect(throws: DiskError.self) { try disk.list("again") }
        _ = try JournalRestore.run(disk, from: "copy", to: "again", founding: { _ in })
        #expect(try Self.contents(disk, "again") == Self.contents(disk, "hub"))
    }

    @Test func aPassOverInputsOpensOnlyWhatIsWanted() throws {
        let disk = MemoryDisk()
        try Self.fill(disk, entries: 30)
        var seen: [UInt64] = []
        let end = try InputPass.run(
            disk,
            folder: "hub",
            wants: { number, _ in number % 10 == 0 },
            visit: { entry in
                seen.append(entry.number)
                return true
            }
        )
        #expect(seen == [10, 20, 30])
        #expect(end.lastNumber == 30)
        #expect(end.tail == nil)
    }
}
