import Domain
import Hashing
import Journal

/// A walk along the lines of an audit log, and what it has met so far (逐行核对).
struct AuditWalk {
    /// A line by which the log goes on from a backup.
    private struct Restore {
        let line: UInt64
        let at: Timestamp
    }

    private var report = AuditCheck.Report()
    private var chain = Digest32.zero
    private var file = ""
    /// The first line of all, and where it stands.
    private var start: (file: String, place: Int, line: AuditLine)?
    private var restores: [Restore] = []
    /// What the second place says of lines that were not met yet; two may say of one.
    private var heads: [UInt64: [AuditCheck.Head]] = [:]
    /// Heads that were noted before a restore and are not what the log says, by the line of the restore.
    private var outlived: [UInt64: [AuditCheck.Head]] = [:]

    init(heads: [AuditCheck.Head]) {
        for head in heads { self.heads[head.number, default: []].append(head) }
    }

    /// The next file.
    mutating func begin(file: String, month: String) {
        self.file = file
        report.months.append(AuditCheck.Month(name: month))
    }

    /// Something is wrong with the present file.
    mutating func tell(_ line: Int, _ problem: String) {
        guard report.findings.count < AuditCheck.findingsMax else { return }
        report.findings.append(.init(file: file, line: line, problem: problem))
    }

    /// The next line of the present file; `nil` when it is none.
    mutating func take(_ text: ArraySlice<UInt8>, at place: Int) -> AuditLine? {
        guard let line = AuditLine(text) else {
            tell(place, "is no line of an audit log")
            return nil
        }
        if place == 1, line.record?.act != .began {
            tell(1, "is not the line that a month begins with")
        }
        if start == nil {
            start = (file, place, line)
            report.first = line.number
        } else {
            if line.number != report.last + 1 {
                tell(place, "has number \(line.number) behind \(report.last)")
            }
            if line.chain != line.chain(after: chain) {
                tell(place, "number \(line.number) does not follow from the line before")
            }
        }
        if let removal = AuditCheck.Removal(line) { report.removals.append(removal) }
        if let record = line.record, record.act == .restored {
            restores.append(Restore(line: line.number, at: record.at))
        }
        compare(line, place)
        report.last = line.number
        chain = line.chain
        if !report.months.isEmpty { report.months[report.months.count - 1].last = line }
        return line
    }

    private mutating func compare(_ line: AuditLine, _ place: Int) {
        for head in heads.removeValue(forKey: line.number) ?? [] {
            report.heads += 1
            guard head.chain != line.chain.hex, !isOutlived(head) else { continue }
            tell(place, "number \(line.number) is not what the second place noted")
        }
    }

    /// Whether a head was noted before a restore took the log back to before it; it is kept then.
    private mutating func isOutlived(_ head: AuditCheck.Head) -> Bool {
        guard let at = Timestamp(rfc3339: head.at),
            let restore = restores.last(where: { $0.line <= head.number && at <= $0.at })
        else { return false }
        outlived[restore.line, default: []].append(head)
        return true
    }

    /// What was found, once every line was taken.
    mutating func finish() -> AuditCheck.Report {
        let rest = heads.values.flatMap(\.self)
        checkEnd(rest.filter { $0.number > report.last })
        tellOutlived()
        checkHeadsBefore(rest.filter { $0.number < report.first })
        checkStart()
        return report
    }

    /// The log begins with number 1, or behind the last line that it says was removed.
    private mutating func checkStart() {
        guard let start, let problem = startProblem(start.line) else { return }
        tellFirst(start.file, start.place, problem)
    }

    private func startProblem(_ line: AuditLine) -> String? {
        guard line.number > 1 else {
            return line.chain == line.chain(after: .zero)
                ? nil : "number 1 does not follow from the beginning of a chain"
        }
        guard let removal = report.removals.last(where: { $0.what.first == line.number }) else {
            return "the log begins with number \(line.number): what was before it is gone, and no "
                + "line says that it was removed"
        }
        return line.chain == line.chain(after: removal.what.last.chain)
            ? nil
            : "number \(line.number) does not follow from the line that was removed last, as "
                + "number \(removal.line) says"
    }

    /// What the second place noted before the first line was removed after its span, or is missing.
    private mutating func checkHeadsBefore(_ before: [AuditCheck.Head]) {
        let missing = before.filter { head in !report.removals.contains { $0.covers(head) } }
        guard let start, let least = missing.map(\.number).min() else { return }
        tellFirst(
            start.file,
            start.place,
            "the log begins with number \(start.line.number), the second place noted "
                + "\(missing.count) heads before it, from number \(least) on, and no line says "
                + "that they were removed after their span"
        )
    }

    private mutating func checkEnd(_ beyond: [AuditCheck.Head]) {
        var most: UInt64 = 0
        for head in beyond where !isOutlived(head) { most = max(most, head.number) }
        guard most > 0 else { return }
        report.findings.append(
            .init(
                file: AuditCheck.folderName,
                line: 0,
                problem: "ends at \(report.last), the second place noted \(most)"
            )
        )
    }

    private mutating func tellOutlived() {
        for restore in restores {
            guard let heads = outlived[restore.line], let most = heads.map(\.number).max() else {
                continue
            }
            report.findings.append(
                .init(
                    file: AuditCheck.folderName,
                    line: 0,
                    problem: "at \(restore.at.rfc3339) a backup was restored (number "
                        + "\(restore.line)): the second place noted \(heads.count) heads, up to "
                        + "number \(most), of lines that the backup did not have; keep these heads "
                        + "with the papers of the incident and name a new file in audit_heads"
                )
            )
        }
    }

    /// The beginning of the log stands before all else.
    private mutating func tellFirst(_ file: String, _ line: Int, _ problem: String) {
        report.findings.insert(.init(file: file, line: line, problem: problem), at: 0)
    }
}

extension AuditCheck.Removal {
    /// Whether what a head is of was removed after its span, by the time at which the head was noted.
    fileprivate func covers(_ head: AuditCheck.Head) -> Bool {
        guard what.covers(head.number, chain: head.chain), let noted = Timestamp(rfc3339: head.at)
        else { return false }
        return at + Self.headDelayMax - AuditRetention.leastKept >= noted
    }

    /// A head is noted a minute after its line; a day is enough for a second place that was away.
    private static let headDelayMax = TimeSpan.days(1)
}
