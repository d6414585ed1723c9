import Domain
import Foundation
import Hashing
import Hub
import Journal
import Logging
import Settings
import Storage
import Testing
import Wire

private func noon(_ text: String) throws -> Timestamp {
    try #require(Timestamp(rfc3339: text + "T12:00:00+08:00"))
}

/// A disk with an audit log of two lines on each of these days, and a head behind each day.
private func kept(_ days: [String]) throws -> (disk: MemoryDisk, heads: [AuditCheck.Head]) {
    let disk = MemoryDisk()
    try disk.makeFolder("data")
    var heads: [AuditCheck.Head] = []
    for day in days { heads.append(try goOn(disk, day)) }
    return (disk, heads)
}

private func goOn(_ disk: MemoryDisk, _ day: String) throws -> AuditCheck.Head {
    var log = try AuditLog(disk, dataFolder: "data")
    let at = try noon(day)
    let record = AuditRecord(at: at, who: "officer/duty", .asked, "case")
    try log.append([record, record])
    try log.sync()
    return AuditCheck.Head(number: log.number, chain: log.chain.hex, at: at.rfc3339)
}

private func check(
    _ disk: MemoryDisk,
    _ heads: [AuditCheck.Head] = []
) throws -> [AuditCheck.Finding] {
    try AuditCheck.run(disk, dataFolder: "data", heads: heads).findings
}

private func remove(
    _ disk: MemoryDisk,
    now day: String,
    at moment: String? = nil,
    span: TimeSpan = RetentionSettings().deliveryLedger,
    isTrial: Bool = false
) throws -> [String] {
    try AuditRetention.run(
        disk,
        dataFolder: "data",
        keptFor: span,
        at: try noon(moment ?? day),
        order: .init(by: "李主任", reason: "保存期满"),
        isTrial: isTrial,
        now: try noon(day)
    )
}

private let months = ["2023-05-10", "2023-06-10", "2023-07-10"]

@Suite struct AuditRetentionTests {
    @Test("a log whose oldest months are gone is found, with and without the second place")
    func oldestMonthsGone() throws {
        let (disk, heads) = try kept(months)
        #expect(try check(disk, heads).isEmpty)
        try disk.remove("data/audit/2023-05.jsonl")
        for heads in [[], heads] {
            let found = try #require(try check(disk, heads).first)
            #expect(found.file == "audit/2023-06.jsonl" && found.line == 1)
            #expect(found.problem.contains("begins with number 4"), "\(found)")
        }
        #expect(try check(disk, heads).contains { $0.problem.contains("1 heads before it") })
    }

    @Test("a log that begins with number 1 and not with a chain of its own is found")
    func forgedBeginning() throws {
        let disk = try kept(months).disk
        let path = "data/audit/2023-05.jsonl"
        let bytes = try #require(try SmallFile.read(disk, path, bytesMax: .max))
        let text = String(decoding: bytes, as: UTF8.self)
        let forged = text.replacingOccurrences(of: #""who":"hub""#, with: #""who":"hab""#)
        try SmallFile.replace(
            disk,
            folder: "data/audit",
            name: "2023-05.jsonl",
            with: Array(forged.utf8)
        )
        let found = try #require(try check(disk).first)
        #expect(found.file == "audit/2023-05.jsonl" && found.line == 1)
    }

    @Test("months past their span are removed, the log says so and stays sound")
    func monthsPastTheirSpan() throws {
        var (disk, heads) = try kept(months + ["2026-06-20"])
        #expect(try remove(disk, now: "2026-06-30", isTrial: true) == ["2023-05"])
        #expect(try disk.list("data/audit").count == 4)
        #expect(try remove(disk, now: "2026-06-30") == ["2023-05"])
        #expect(try remove(disk, now: "2026-06-30") == [])
        heads.append(try goOn(disk, "2026-07-03"))
        #expect(try remove(disk, now: "2026-07-04") == ["2023-06"])
        #expect(
            try disk.list("data/audit") == ["2023-07.jsonl", "2026-06.jsonl", "2026-07.jsonl"]
        )
        let report = try AuditCheck.run(disk, dataFolder: "data", heads: heads)
        #expect(report.findings.isEmpty, "\(report.findings)")
        #expect(report.removals.map(\.what.month) == ["2023-05", "2023-06"])
        #expect(report.first == 7)
        // The first line is held against the last one that was removed.
        let what = try #require(report.removals.last).what
        #expect(what.first == 7 && !what.covers(6, chain: "other"))
    }

    @Test("no month goes before three years, whatever span and day are given")
    func neverBeforeThreeYears() throws {
        let disk = try kept(months).disk
        #expect(AuditRetention.leastKept == RetentionSettings().deliveryLedger)
        #expect(try remove(disk, now: "2026-05-30", at: "2099-01-01", span: .days(1)) == [])
        // The month that the log goes on in stays.
        #expect(try remove(disk, now: "2036-01-01") == ["2023-05", "2023-06"])
    }

    @Test("a removal that somebody wrote before the span was over is found by the heads")
    func removalTooEarly() throws {
        var (disk, heads) = try kept(["2026-05-10", "2026-06-10"])
        let last = heads[0]
        let chain = try #require(Digest32(hex: last.chain))
        let what = AuditRemoval(month: "2026-05", last: LogHead(number: last.number, chain: chain))
        var log = try AuditLog(disk, dataFolder: "data")
        let at = try noon("2026-06-11")
        try log.append([
            AuditRecord(at: at, who: "operator", .removed, "2026-05", what.particulars)
        ])
        try disk.remove("data/audit/2026-05.jsonl")
        #expect(try check(disk).isEmpty)
        heads.removeLast()
        let found = try check(disk, heads)
        #expect(found.count == 1 && found[0].problem.contains("from number 3 on"), "\(found)")
    }

    @Test("of a log that is not sound nothing is removed")
    func unsoundLogStays() throws {
        let disk = try kept(months).disk
        try disk.remove("data/audit/2023-06.jsonl")
        #expect(throws: HubError.self) { try remove(disk, now: "2036-01-01") }
        #expect(try disk.list("data/audit").count == 2)
    }

    @Test("a removal that fails anywhere leaves a log that is sound")
    func removalCutOff() throws {
        let image = try kept(months + ["2026-06-20"]).disk.liveImage()
        let counted = MemoryDisk(image: image)
        let before = counted.operationCount
        _ = try remove(counted, now: "2036-01-01")
        for operation in 1...(counted.operationCount - before) {
            let disk = MemoryDisk(image: image)
            disk.fail(at: disk.operationCount + operation, by: .error)
            #expect(throws: HubError.self) { try remove(disk, now: "2036-01-01") }
            let findings = try check(disk)
            #expect(findings.isEmpty, "operation \(operation): \(findings)")
        }
    }

    @Test("after a restore the heads that were noted before it are one finding that says why")
    func restoreIsExplained() throws {
        let (disk, old) = try kept(["2026-05-10", "2026-06-10"])
        let copy = disk.liveImage()
        var heads = old
        for day in ["2026-06-11", "2026-06-12", "2026-06-13"] {
            heads.append(try goOn(disk, day))
        }
        let restored = MemoryDisk(image: copy)
        let day = try noon("2026-06-20")
        try AuditLog.noteRestore(
            restored,
            dataFolder: "data",
            from: "/mnt/copies/wuhua",
            entry: 40,
            at: day
        )
        let ends = try check(restored, heads)
        #expect(ends.count == 1 && ends[0].problem.contains("3 heads"), "\(ends)")
        heads.append(try goOn(restored, "2026-06-21"))
        let found = try check(restored, heads)
        #expect(found.count == 1, "\(found)")
        #expect(found.first?.problem.contains("a backup was restored (number 7)") == true)
        // A new file of heads agrees.
        #expect(try check(restored, Array(heads.suffix(1))).isEmpty)
    }

    @Test("a head that takes the number of an older one does not hide it")
    func twoHeadsOfOneNumber() throws {
        let (disk, heads) = try kept(["2026-05-10"])
        var other = heads[0]
        other.chain = String(repeating: "0", count: 64)
        #expect(try check(disk, [other, heads[0]]).count == 1)
        #expect(try check(disk, [heads[0], other]).count == 1)
    }

    @Test("a second place that cannot be written is told as trouble of the audit log")
    func secondPlaceAway() throws {
        let folder = NSTemporaryDirectory() + "liandong-audit-\(UInt64.random(in: 0...UInt64.max))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for (heads, isAway) in [("\(folder)/away/heads", true), ("\(folder)/heads", false)] {
            let trail = AuditTrail(
                try AuditLog(PosixDisk(), dataFolder: folder),
                headsFile: heads,
                clock: SystemClock(),
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            )
            trail.note(AuditRecord(at: try noon("2026-06-10"), who: "hub", .served, "serving"))
            trail.finish()
            #expect((trail.problem?.contains("LD-1170") ?? false) == isAway)
        }
    }
}
