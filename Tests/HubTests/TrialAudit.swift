import Domain
import Hub
import Storage
import Wire

/// Keeps what the hub notes of who did what, for a test to look at.
final class TrialAudit: AuditSink {
    private let kept = Locked<[AuditRecord]>([])

    func note(_ record: AuditRecord) { kept.withLock { $0.append(record) } }
    var problem: String? { nil }
    func finish() {}

    /// Everything that was noted, in its order.
    var records: [AuditRecord] { kept.withLock { $0 } }

    /// Those of some acts.
    func of(_ acts: AuditRecord.Act...) -> [AuditRecord] {
        records.filter { acts.contains($0.act) }
    }

    /// Writes everything as the audit log of a data folder.
    func write(_ disk: MemoryDisk, folder: String) throws {
        var log = try AuditLog(disk, dataFolder: folder)
        try log.append(records)
        try log.sync()
    }
}

extension AuditRecord {
    /// A particular by its name.
    func particular(_ name: String) -> JSONValue? {
        particulars.first { $0.key == name }?.value
    }
}
