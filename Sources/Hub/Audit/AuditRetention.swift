package import Domain
import Journal
package import Storage
import Wire

/// Removes months of a stopped hub's audit log whose span is over (审计日志期满移除).
///
/// For each month the log first says in a line what goes: the month, the number and chain of its last line
/// and the number of the first that stays. A power cut between the two leaves a month that the next call
/// removes, and at no moment a log that begins where no line says so.
package enum AuditRetention {
    /// The shortest time that the log is kept, whatever is asked for: who was told what stands in it
    /// (网络数据安全管理条例 §12, three years).
    package static let leastKept = TimeSpan.days(1096)

    /// Who has months removed, and why.
    package struct Order: Equatable, Sendable {
        /// Who orders it.
        package var by: String
        /// Why.
        package var reason: String

        /// An order from its parts.
        package init(by: String, reason: String) {
            self.by = by
            self.reason = reason
        }
    }

    /// Removes the months that ended more than a span ago; durable on return.
    ///
    /// The month that the log goes on in stays, however old it is.
    ///
    /// - Parameters:
    ///   - disk: Where the log lies.
    ///   - dataFolder: The data folder of a stopped hub; its lock is taken.
    ///   - span: How long the log is kept; `leastKept` where it is shorter.
    ///   - moment: The moment by which spans are over; `now` where it is later, so that nobody ends a
    ///     span by naming a day to come.
    ///   - order: Who has it done, and why; it stands in the log.
    ///   - isTrial: Only tells what would be removed.
    ///   - now: The wall clock.
    /// - Returns: The months, `2023-06`, the oldest first.
    /// - Throws: `auditStays` when the log is not sound or cannot be written; `journal` when a hub runs on
    ///   the folder or the disk refuses.
    package static func run<D: Disk>(
        _ disk: D,
        dataFolder: String,
        keptFor span: TimeSpan,
        at moment: Timestamp,
        order: Order,
        isTrial: Bool = false,
        now: Timestamp
    ) throws(HubError) -> [String] {
        let lock: D.Lock
        let report: AuditCheck.Report
        do throws(DiskError) {
            lock = try disk.lock("\(dataFolder)/lock")
            guard try disk.list(dataFolder).contains(AuditCheck.folderName) else { return [] }
            report = try AuditCheck.run(disk, dataFolder: dataFolder)
        } catch {
            throw error.kind == .locked
                ? .journal(.log(.locked(folder: dataFolder))) : .journal(JournalError(error))
        }
        defer { withExtendedLifetime(lock) {} }
        let due = Self.due(report.months, before: min(moment, now) - max(span, leastKept))
        guard !due.isEmpty else { return [] }
        // What is not as it was written is evidence.
        if let finding = report.findings.first { throw .auditStays(finding.description) }
        guard !isTrial else { return due.map(\.name) }
        do throws(AuditError) {
            var log = try AuditLog(disk, dataFolder: dataFolder)
            for month in due { try remove(month, from: &log, disk, dataFolder, order, now) }
        } catch {
            throw .auditStays(error.description)
        }
        return due.map(\.name)
    }

    private static func due(
        _ months: [AuditCheck.Month],
        before time: Timestamp
    ) -> [AuditCheck.Month] {
        let older = months.dropLast().prefix { month in
            guard let end = end(of: month.name), let last = month.last?.record?.at else {
                return false
            }
            return end <= time && last <= time
        }
        return Array(older)
    }

    /// The moment at which a month is over; `nil` for what names none.
    private static func end(of month: String) -> Timestamp? {
        let parts = month.split(separator: "-").compactMap { Int($0) }
        guard parts.count == 2 else { return nil }
        let (year, next) = parts[1] == 12 ? (parts[0] + 1, 1) : (parts[0], parts[1] + 1)
        return Timestamp(rfc3339: "\(year)-\(next < 10 ? "0" : "")\(next)-01T00:00:00+08:00")
    }

    private static func remove<D: Disk>(
        _ month: AuditCheck.Month,
        from log: inout AuditLog<D>,
        _ disk: D,
        _ dataFolder: String,
        _ order: Order,
        _ now: Timestamp
    ) throws(AuditError) {
        guard let last = month.last else { return }
        let what = AuditRemoval(
            month: month.name,
            last: LogHead(number: last.number, chain: last.chain)
        )
        let reasons: [JSONValue.Member] = [
            .init("by", .string(order.by)), .init("reason", .string(order.reason)),
        ]
        let line = AuditRecord(
            at: now,
            who: "operator",
            .removed,
            month.name,
            what.particulars + reasons
        )
        try log.append([line])
        try log.sync()
        let folder = "\(dataFolder)/\(AuditCheck.folderName)"
        do throws(DiskError) {
            try disk.remove("\(folder)/\(AuditLine.fileName(month.name))")
            try disk.syncFolder(folder)
        } catch {
            throw AuditError(error, folder: folder)
        }
    }
}
