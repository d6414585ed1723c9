import Domain
import Foundation
import Hub
import Storage
import Testing
import Wire

/// What operators do beside the hub comes into the audit log.
@Suite struct OperatorSpoolTests {
    private static let noon = Timestamp(milliseconds: 1_780_000_000_000)

    /// A data folder of its own, with an audit log.
    private func folder(hasLog: Bool = true) throws -> String {
        let folder =
            FileManager.default.temporaryDirectory.path + "/liandong-spool-"
            + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        if hasLog { _ = try AuditLog(PosixDisk(), dataFolder: folder) }
        return folder
    }

    private func act(_ object: String) -> OperatorAct {
        OperatorAct(at: Self.noon, user: "wang", .account, object, ["format": "text"])
    }

    private func look(
        _ taker: inout OperatorSpool.Taker,
        _ audit: TrialAudit,
        at time: Timestamp
    ) {
        let failure = taker.look(into: audit, at: time)
        #expect(failure == nil)
    }

    private func isThere(_ folder: String, _ name: String) -> Bool {
        FileManager.default.fileExists(atPath: folder + "/" + name)
    }

    private func write(_ audit: TrialAudit, _ folder: String) throws {
        var log = try AuditLog(PosixDisk(), dataFolder: folder)
        try log.append(audit.records)
        try log.sync()
    }

    @Test(arguments: [0, 1, 2, 3, 4, 5, 399, 400, 401])
    func aLineIsBoundedInBytesAlsoWhereOneCharacterHasNoEnd(bytes: Int) {
        let endless = "e" + String(repeating: "\u{301}", count: 5000)
        let kinds = ["a", "é", "联", "𠮷"].map { String(repeating: $0, count: 500) }
        for text in kinds + [endless] {
            let short = AuditBounds.text(text, bytes)
            #expect(short.utf8.count <= bytes && short.utf8.count > bytes - 4)
            #expect(text.utf8.starts(with: short.utf8))
        }
        #expect(AuditBounds.text("联动", 6) == "联动")
    }

    @Test func anActBecomesALineAndItsFileGoesOnceTheLineStands() throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try OperatorSpool.leave(act("case-1"), folder: folder)
        try OperatorSpool.leave(act("case-1"), folder: folder)
        let audit = TrialAudit()
        var taker = OperatorSpool.Taker(folder: folder)
        look(&taker, audit, at: Self.noon + .minutes(1))
        #expect(audit.records.map(\.who) == ["operator/wang", "operator/wang"])
        #expect(audit.records.map(\.act) == [.operated, .operated])
        #expect(audit.records.map(\.object) == ["account", "account"])
        #expect(audit.records.map { $0.particular("of")?.text } == ["case-1", "case-1"])
        // A clock that was wrong at the act does not move the log.
        #expect(audit.records.allSatisfy { $0.at == Self.noon + .minutes(1) })
        #expect(audit.records.allSatisfy { $0.particular("done")?.text == Self.noon.rfc3339 })
        #expect(Set(audit.records.map { $0.particular("spool")?.text }).count == 2)
        // It is not in the log yet: the file stays, and nothing is noted twice.
        look(&taker, audit, at: Self.noon + .minutes(2))
        #expect(audit.records.count == 2 && isThere(folder, OperatorSpool.takenName))
        try write(audit, folder)
        look(&taker, audit, at: Self.noon + .minutes(3))
        #expect(audit.records.count == 2 && !isThere(folder, OperatorSpool.takenName))
        #expect(!isThere(folder, OperatorSpool.fileName))
    }

    @Test(arguments: [false, true])
    func aCrashLosesNothingAndDoublesNothing(isWritten: Bool) throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try OperatorSpool.leave(act("case-1"), folder: folder)
        let before = TrialAudit()
        var taker = OperatorSpool.Taker(folder: folder)
        look(&taker, before, at: Self.noon)
        if isWritten { try write(before, folder) }
        // What comes while the first file is being taken waits for its turn.
        try OperatorSpool.leave(act("case-2"), folder: folder)

        let after = TrialAudit()
        var again = OperatorSpool.Taker(folder: folder)
        look(&again, after, at: Self.noon)
        #expect(after.records.count == (isWritten ? 0 : 1))
        if !isWritten { try write(after, folder) }
        look(&again, after, at: Self.noon)
        look(&again, after, at: Self.noon)
        #expect(after.records.last?.particular("of")?.text == "case-2")
    }

    @Test func whereNoHubKeptALogNothingIsLeft() throws {
        let folder = try folder(hasLog: false)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try OperatorSpool.leave(act("case-1"), folder: folder)
        #expect(!isThere(folder, OperatorSpool.fileName))
    }

    @Test func aLineThatIsNoneIsSaidToBeUnreadable() throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try Data("{\"act\":\"nothing\"}\n".utf8)
            .write(to: URL(fileURLWithPath: folder + "/" + OperatorSpool.fileName))
        let audit = TrialAudit()
        var taker = OperatorSpool.Taker(folder: folder)
        look(&taker, audit, at: Self.noon)
        #expect(audit.records.map(\.result) == ["unreadable"])
        #expect(audit.records.map(\.who) == ["hub"])
    }

    @Test func theFileIsItsOwnersAloneAndItsLinesAndSizeAreBounded() throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let long = String(repeating: "长", count: 10_000)
        var act = act(long)
        act.particulars = ["a": long, "b": long, "c": long]
        try OperatorSpool.leave(act, folder: folder)
        let path = folder + "/" + OperatorSpool.fileName
        let found = try FileManager.default.attributesOfItem(atPath: path)
        #expect((found[.posixPermissions] as? NSNumber)?.intValue == 0o600)
        #expect(((found[.size] as? NSNumber)?.intValue ?? .max) < 4096)
        try Data(count: OperatorSpool.bytesMax).write(to: URL(fileURLWithPath: path))
        #expect(throws: OperatorSpool.Failure.self) {
            try OperatorSpool.leave(act, folder: folder)
        }
    }
}
