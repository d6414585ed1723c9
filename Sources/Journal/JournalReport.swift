internal import Domain
package import Hashing
package import Storage

/// What a look at a stopped journal found (核验).
package struct JournalReport: Sendable {
    /// All that is wrong: keys first, then inputs, then decisions, each in the order of the log.
    package let findings: [JournalFinding]
    /// Entries that verified, payload included where it is not erased.
    package let inputCount: Int
    /// The number of the last entry that verified.
    package let lastInput: UInt64
    /// The chain of the inputs after it; with the number it says which history this is.
    package let inputChain: Digest32
    /// Epochs that were founded.
    package let epochCount: Int
    /// Entries whose key was destroyed.
    package let erasedCount: Int
    /// Decisions that verified.
    package let decisionCount: Int
    /// The chain of the decisions after the last that verified.
    package let decisionChain: Digest32
    /// The last input that a decision names.
    package let coveredInput: UInt64

    /// A start would go through without losing anything durable.
    package var isSound: Bool { findings.allSatisfy { $0.weight != .damage } }

    /// Walks everything in a journal's folder: both copies of the key table, both logs, chain,
    /// order, commitments and payloads.
    ///
    /// For a stopped hub: it reads only, and takes no lock. It goes on behind damage, so that all of
    /// it is named with file, offset, number and remedy. Throws when the disk cannot be read.
    ///
    /// - Parameters:
    ///   - disk: Where the folder is.
    ///   - folder: The data folder.
    ///   - entry: Is lent each entry that verified, in order; its frame may still be found broken.
    /// - Returns: What was found.
    /// - Throws: When the disk cannot be read.
    package static func of(
        _ disk: some Disk,
        folder: String,
        entry: ((StoredEntry) -> Void)? = nil
    ) throws(JournalError) -> JournalReport {
        let folders = JournalFolders(folder)
        var findings: [JournalFinding] = []
        let keys = try checkKeys(disk, folder, &findings)
        let present: [String]
        do throws(DiskError) {
            present = try disk.list(folder)
        } catch {
            throw JournalError(error)
        }
        for name in ["inputs", "decisions"] where !present.contains(name) {
            throw .partMissing(path: "\(folder)/\(name)")
        }
        do throws(LogError) {
            var inputs = InputCheck(keys: keys, lend: entry)
            let inputReport = try LogReport.of(
                disk,
                folder: folders.inputs,
                identity: keys.map { LogIdentity(id: $0.id, kind: .inputs) },
                isWhole: true
            ) { (frame) throws(LogFault) in try inputs.check(frame) }
            var decisions = DecisionLogCheck(lastInput: .max)
            let decisionReport = try LogReport.of(
                disk,
                folder: folders.decisions,
                identity: keys.map { LogIdentity(id: $0.id, kind: .decisions) },
                isWhole: true
            ) { (frame) throws(LogFault) in _ = try decisions.check(frame) }
            findings += (inputReport.findings + decisionReport.findings)
                .map { JournalFinding($0) }
            findings += cross(
                folders,
                keys,
                inputReport,
                decisionReport,
                covered: decisions.covered
            )
            return JournalReport(
                findings: findings,
                inputCount: inputs.count,
                lastInput: inputReport.lastNumber,
                inputChain: inputReport.lastChain,
                epochCount: inputs.foundingCount,
                erasedCount: inputs.erasedCount,
                decisionCount: decisions.count,
                decisionChain: decisionReport.lastChain,
                coveredInput: decisions.covered
            )
        } catch {
            throw .log(error)
        }
    }

    private static func checkKeys<D: Disk>(
        _ disk: D,
        _ folder: String,
        _ findings: inout [JournalFinding]
    ) throws(JournalError) -> KeyTable? {
        let copies: [Result<KeyTable, KeyFault>]
        do throws(DiskError) {
            copies = try KeyRing<D>.copies(disk, folder)
        } catch {
            throw JournalError(error)
        }
        let tables = copies.map { try? $0.get() }
        let newest = KeyRing<D>.newest(tables)
        for (index, name) in KeyRing<D>.names.enumerated()
        where newest == nil || tables[index] != newest {
            findings.append(
                KeyRing<D>.finding(
                    "\(folder)/\(name)",
                    copies[index],
                    weight: newest == nil ? .damage : .healable
                )
            )
        }
        return newest
    }

    /// What one part says about another.
    private static func cross(
        _ folders: JournalFolders,
        _ keys: KeyTable?,
        _ inputs: LogReport,
        _ decisions: LogReport,
        covered: UInt64
    ) -> [JournalFinding] {
        var findings: [JournalFinding] = []
        let wasUsed = decisions.lastNumber > 0 || keys?.reaches(1) == true
        for (report, path) in [(inputs, folders.inputs), (decisions, folders.decisions)]
        where report.segmentCount == 0 && (wasUsed || inputs.segmentCount > 0) {
            findings.append(
                JournalFinding(
                    path: path,
                    offset: 0,
                    number: nil,
                    what: "there are no segments",
                    remedy: "restore the folder from the newest backup",
                    weight: .damage
                )
            )
        }
        if covered > inputs.lastNumber, inputs.findings.allSatisfy({ $0.weight != .damage }) {
            findings.append(
                JournalFinding(
                    path: folders.decisions,
                    offset: 0,
                    number: covered,
                    what: "decisions rest on inputs after \(inputs.lastNumber), which are gone",
                    remedy: "the next start keeps them aside; the agencies send those inputs again",
                    weight: .tail
                )
            )
        }
        return findings
    }
}
