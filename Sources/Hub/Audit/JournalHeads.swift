package import Domain
import Hashing
package import Journal
package import Storage
import Wire

/// Where both logs of the hub stood when the audit log said so (登记簿与研判记录的末端).
///
/// Whoever writes either log anew has to write the audit log anew as well, whose own heads lie in a second
/// place.
package struct JournalHeads: Hashable, Sendable {
    /// The inputs.
    package var inputs: LogHead
    /// The decisions, as far as they were on the disk for good; 0 where the audit log does not say.
    package var decisions: LogHead

    /// Heads from their parts.
    package init(inputs: LogHead, decisions: LogHead) {
        self.inputs = inputs
        self.decisions = decisions
    }

    /// Heads from their record; `nil` when it is no such record.
    package init?(_ record: AuditRecord) {
        func head(_ number: String, _ chain: String) -> LogHead? {
            guard let last = record.particulars.first(where: { $0.key == number })?.value.int,
                let text = record.particulars.first(where: { $0.key == chain })?.value.text,
                let digest = Digest32(hex: text), last > 0
            else { return nil }
            return LogHead(number: UInt64(last), chain: digest)
        }
        guard record.act == .headed, let inputs = head("entry", "journal_chain") else { return nil }
        self.inputs = inputs
        decisions = head("decision", "decision_chain") ?? LogHead(number: 0, chain: .zero)
    }

    /// The record that says it; `nil` before the first entry.
    package func record(at time: Timestamp) -> AuditRecord? {
        guard inputs.number > 0 else { return nil }
        var particulars: [JSONValue.Member] = [
            .init("entry", .integer(Int64(inputs.number))),
            .init("journal_chain", .string(inputs.chain.hex)),
        ]
        if decisions.number > 0 {
            particulars += [
                .init("decision", .integer(Int64(decisions.number))),
                .init("decision_chain", .string(decisions.chain.hex)),
            ]
        }
        return AuditRecord(at: time, who: "hub", .headed, "journal", particulars)
    }

    /// What the two logs do not say as the audit log does.
    ///
    /// - Parameters:
    ///   - heads: What the audit log says, by the numbers of its lines.
    ///   - disk: Where the logs lie.
    ///   - folder: The hub's data folder.
    /// - Returns: What is wrong, inputs first; damage is a finding like any other.
    package static func check(
        _ heads: [(line: UInt64, heads: JournalHeads)],
        _ disk: some Disk,
        folder: String
    ) -> [AuditCheck.Finding] {
        guard !heads.isEmpty else { return [] }
        let inputs = heads.map { ($0.line, $0.heads.inputs) }
        let decisions = heads.map { ($0.line, $0.heads.decisions) }.filter { $0.1.number > 0 }
        var found: [AuditCheck.Finding] = []
        do throws(JournalError) {
            let end = try InputPass.run(
                disk,
                folder: folder,
                marks: Set(inputs.map(\.1.number)),
                wants: { _, _ in false },
                visit: { _ in true }
            )
            let log = Log(
                file: "inputs",
                record: "entry",
                lastNumber: end.lastNumber,
                marks: end.marks,
                tail: end.tail
            )
            found += inputs.compactMap { log.finding($0.0, $0.1) }
        } catch {
            found.append(AuditCheck.Finding(file: "inputs", line: 0, problem: "\(error)"))
        }
        do throws(JournalError) {
            let marks = Set(decisions.map(\.1.number))
            let end = try DecisionPass.run(disk, folder: folder, marks: marks) { _, _ in true }
            let log = Log(
                file: "decisions",
                record: "decision",
                lastNumber: end.lastNumber,
                marks: end.marks,
                tail: end.tail
            )
            found += decisions.compactMap { log.finding($0.0, $0.1) }
        } catch {
            found.append(AuditCheck.Finding(file: "decisions", line: 0, problem: "\(error)"))
        }
        return found
    }

    /// How far one of them goes, and what its chain was where somebody asks.
    private struct Log {
        let file: String
        let record: String
        let lastNumber: UInt64
        let marks: [UInt64: Digest32]
        let tail: JournalFinding?

        func finding(_ line: UInt64, _ head: LogHead) -> AuditCheck.Finding? {
            guard marks[head.number] != head.chain else { return nil }
            guard head.number > lastNumber else {
                return AuditCheck.Finding(
                    file: file,
                    line: 0,
                    problem: "\(record) \(head.number) is not the one that audit line \(line) noted"
                )
            }
            let why = tail.map { " (\($0))" } ?? ""
            return AuditCheck.Finding(
                file: file,
                line: 0,
                problem:
                    "ends at \(record) \(lastNumber)\(why); audit line \(line) noted \(head.number)"
            )
        }
    }
}
