import Domain
import Foundation
import Hashing
import Hub
import Journal
import Storage
import Testing
import Wire

private let noon = Timestamp(milliseconds: 1_780_000_000_000)

private func record(_ number: Int, at time: Timestamp = noon) -> AuditRecord {
    AuditRecord(
        at: time,
        who: "officer/duty",
        .asked,
        "case",
        result: number % 3 == 0 ? "LD-1004" : "ok",
        [.init("case", .string("441424-C-\(number)"))]
    )
}

/// A disk with an audit log of so many lines.
private func kept(_ count: Int) throws -> MemoryDisk {
    let disk = MemoryDisk()
    var log = try AuditLog(disk, dataFolder: "data")
    for number in 0..<count { try log.append([record(number)]) }
    try log.sync()
    return disk
}

private func file(_ disk: MemoryDisk) throws -> String {
    "data/audit/" + (try #require(try disk.list("data/audit").first))
}

private func lines(_ disk: MemoryDisk) throws -> [[UInt8]] {
    let bytes = try #require(try SmallFile.read(disk, try file(disk), bytesMax: .max))
    return bytes.split(separator: 10).map(Array.init)
}

private func rewrite(_ disk: MemoryDisk, _ lines: [[UInt8]]) throws {
    let path = try file(disk)
    try disk.remove(path)
    let new = try disk.open(path, .create)
    let bytes = Array(lines.joined(separator: [10])) + [10]
    var failure: DiskError?
    bytes.withUnsafeBytes { buffer in
        do throws(DiskError) {
            try new.write(buffer, at: 0)
        } catch {
            failure = error
        }
    }
    if let failure { throw failure }
}

@Suite struct AuditTests {
    @Test func whatIsWrittenIsReadAgainInItsOrder() throws {
        let disk = try kept(20)
        var read: [AuditRecord] = []
        let report = try AuditCheck.run(disk, dataFolder: "data") { line in
            if let record = line.record, record.act != .began { read.append(record) }
        }
        #expect(report.findings.isEmpty)
        #expect(report.first == 1 && report.last == 21)
        #expect(read == (0..<20).map { record($0) })
    }

    @Test func aMonthLargerThanWhatIsReadAtOnceIsReadWhole() throws {
        let disk = MemoryDisk()
        var log = try AuditLog(disk, dataFolder: "data")
        try log.append((0..<12_000).map { record($0) })
        try log.sync()
        let size = try disk.open(try file(disk), .read).size()
        #expect(size > 2 << 20, "one chunk holds it")
        var count = 0
        let report = try AuditCheck.run(disk, dataFolder: "data") { _ in count += 1 }
        #expect(report.findings.isEmpty && report.last == 12_001 && count == 12_001)
        // A line that never ends is told and does not fill the memory.
        var damaged = try lines(disk)
        damaged[5] = [UInt8](repeating: 0x41, count: 3 << 20)
        try rewrite(disk, damaged)
        let found = try AuditCheck.run(disk, dataFolder: "data").findings
        #expect(found.first?.line == 6 && found.count < 10, "\(found.prefix(3))")
    }

    @Test func aLogGoesOnWhereItWasClosedAlsoInAnotherMonth() throws {
        let disk = try kept(3)
        var log = try AuditLog(disk, dataFolder: "data")
        #expect(log.number == 4)
        try log.append([record(3), record(4, at: noon + .days(40))])
        // The clock went back: the month that is over is not written to again.
        try log.append([record(5)])
        try log.sync()
        #expect(try disk.list("data/audit").count == 2)
        let report = try AuditCheck.run(disk, dataFolder: "data")
        #expect(report.findings.isEmpty)
        // Six records, and the beginnings of two months.
        #expect(report.last == 8)
    }

    @Test func theEndOfALineThatAPowerCutLeftIsCutOff() throws {
        let disk = try kept(5)
        var all = try lines(disk)
        let last = all.removeLast()
        try rewrite(disk, all)
        let handle = try disk.open(try file(disk), .write)
        let size = try handle.size()
        var failure: DiskError?
        last.prefix(20).withUnsafeBytes { buffer in
            do throws(DiskError) {
                try handle.write(buffer, at: size)
            } catch {
                failure = error
            }
        }
        #expect(failure == nil)
        #expect(try !AuditCheck.run(disk, dataFolder: "data").findings.isEmpty)
        var log = try AuditLog(disk, dataFolder: "data")
        #expect(log.number == 5)
        try log.append([record(9)])
        let report = try AuditCheck.run(disk, dataFolder: "data")
        #expect(report.findings.isEmpty && report.last == 6)
    }

    @Test func everyChangeDropSwapAndForgeryIsFoundWithItsPlace() throws {
        for seed in UInt64(1)...200 {
            var random = SplitMix64(seed: seed)
            let disk = try kept(30)
            var all = try lines(disk)
            let place = Int(random.next() % 29)
            switch random.next() % 4 {
            case 0:
                let byte = Int(random.next() % UInt64(all[place].count))
                all[place][byte] ^= UInt8(1 + random.next() % 255)
                // A line more or less is a change of another kind.
                if all[place][byte] == 10 { all[place][byte] = 32 }
            case 1: all.remove(at: place)
            case 2: all.swapAt(place, place + 1)
            default:
                let text = String(decoding: all[place], as: UTF8.self)
                all[place] = Array(
                    text.replacingOccurrences(of: #""who":""#, with: #""who":"x"#).utf8
                )
            }
            try rewrite(disk, all)
            let findings = try AuditCheck.run(disk, dataFolder: "data").findings
            let found = try #require(findings.first, "seed \(seed)")
            #expect(abs(found.line - (place + 1)) <= 1, "seed \(seed): \(found)")
        }
    }

    @Test func aJournalThatIsNotWhatTheAuditLogSaysIsFoundWithItsPlace() throws {
        let hub = try TrialHub()
        for number in 1...12 { hub.push(number...number) }
        let inputs = try InputPass.run(hub.disk, folder: "hub") { _ in true }
        let last = try #require(try hub.logged().last).number
        let marks = try DecisionPass.run(hub.disk, folder: "hub", marks: [last - 3]) { _, _ in true
        }
        let heads = JournalHeads(
            inputs: LogHead(number: inputs.lastNumber, chain: inputs.chain),
            decisions: LogHead(number: last - 3, chain: try #require(marks.marks[last - 3]))
        )
        // As it stands in a line of the audit log.
        let written = try #require(heads.record(at: noon))
        #expect(JournalHeads(written) == heads)
        func findings(_ disk: MemoryDisk) -> [AuditCheck.Finding] {
            JournalHeads.check([(7, heads)], disk, folder: "hub")
        }
        #expect(findings(hub.disk).isEmpty)

        let whole = hub.disk.liveImage()
        for folder in ["inputs", "decisions"] {
            let path = "hub/\(folder)/0000000001.segment"
            let used = try #require(whole.files[path]?.lastIndex { $0 != 0 })
            var image = whole
            image.files[path]?[4096 + (used - 4096) / 2] ^= 4
            let found = findings(MemoryDisk(image: image))
            #expect(found.map(\.file) == [folder])
            #expect(found.first?.problem.contains("offset") == true, "\(found)")
        }

        var forged = heads
        forged.decisions.number -= 1
        let found = JournalHeads.check([(7, forged)], hub.disk, folder: "hub")
        let problem = "decision \(last - 4) is not the one that audit line 7 noted"
        #expect(found == [.init(file: "decisions", line: 0, problem: problem)])
    }

    @Test func aLogWrittenAnewIsFoundByTheHeadsOfTheSecondPlace() throws {
        let disk = try kept(10)
        var heads: [AuditCheck.Head] = []
        _ = try AuditCheck.run(disk, dataFolder: "data") { line in
            if line.number == 7 {
                heads = [.init(number: 7, chain: line.chain.hex, at: noon.rfc3339)]
            }
        }
        #expect(try AuditCheck.run(disk, dataFolder: "data", heads: heads).findings.isEmpty)
        let other = MemoryDisk()
        var log = try AuditLog(other, dataFolder: "data")
        for number in 1...10 { try log.append([record(number)]) }
        #expect(try AuditCheck.run(other, dataFolder: "data").findings.isEmpty)
        let findings = try AuditCheck.run(other, dataFolder: "data", heads: heads).findings
        #expect(findings.map(\.line) == [7])
    }

    @Test func aLogCutShortIsFoundByTheHeadsOfTheSecondPlace() throws {
        let disk = try kept(10)
        var heads: [AuditCheck.Head] = []
        _ = try AuditCheck.run(disk, dataFolder: "data") { line in
            heads = [.init(number: line.number, chain: line.chain.hex, at: noon.rfc3339)]
        }
        try rewrite(disk, try lines(disk).dropLast(4))
        #expect(try AuditCheck.run(disk, dataFolder: "data").findings.isEmpty)
        #expect(try AuditCheck.run(disk, dataFolder: "data", heads: heads).findings.count == 1)
    }
}
