package import Domain
package import Hashing
package import Storage
internal import Wire

/// One pass over the decisions in a hub's folder (研判记录通读), beside the running hub or after it
/// has stopped.
///
/// It reads only and takes no lock; chain and order are checked on the way. It goes up to what is
/// complete: a running hub writes its decisions within a moment of making them, and what a crash
/// kept from being written is written by the next start.
package enum DecisionPass {
    /// Looks at a place before what is there is believed.
    private static let looksMax = 8

    /// How a pass ended.
    package struct End: Hashable, Sendable {
        /// The number of the last decision that was lent.
        package var lastNumber: UInt64
        /// The chain behind each of the decisions that were asked for.
        package var marks: [UInt64: Digest32] = [:]
        /// An unfinished end, which the next start keeps aside.
        package var tail: JournalFinding?
    }

    /// Lends each decision in order, until `visit` returns false or the log ends.
    ///
    /// - Parameters:
    ///   - disk: Where the folder is.
    ///   - folder: The data folder.
    ///   - marks: Decisions behind which the chain is wanted.
    ///   - visit: Is lent each decision; false ends the pass.
    /// - Returns: How far it came.
    /// - Throws: Damage with file, offset and number, after what lies before it was lent.
    package static func run(
        _ disk: some Disk,
        folder: String,
        marks: Set<UInt64> = [],
        _ visit: (StoredDecision, Decision) -> Bool
    ) throws(JournalError) -> End {
        let folders = JournalFolders(folder)
        var end = End(lastNumber: 0)
        var seen: LogFinding?
        do throws(LogError) {
            for _ in 0..<looksMax {
                var check = DecisionLogCheck(lastInput: .max)
                let found = try LogPass.run(disk, folder: folders.decisions) {
                    (frame) throws(LogFault) in
                    _ = try check.check(frame)
                    guard frame.header.lastNumber > end.lastNumber else { return true }
                    if !marks.isEmpty { try note(marks, of: frame, in: &end.marks) }
                    return try lend(frame, after: &end.lastNumber, visit)
                }
                guard let found else { return end }
                if found == seen { break }
                seen = found
            }
        } catch {
            throw .log(error)
        }
        guard let seen else { return end }
        if seen.weight == .damage { throw .log(.damaged(seen)) }
        end.tail = JournalFinding(seen)
        return end
    }

    /// The chain behind marked decisions, wherever in a frame they lie: what a start derives again need not
    /// lie in the frames in which it lay before.
    private static func note(
        _ marks: Set<UInt64>,
        of frame: LogFrame,
        in found: inout [UInt64: Digest32]
    ) throws(LogFault) {
        guard var chain = frame.previousChain else { return }
        unsafe try frame.forEachRecord { (number, record) throws(LogFault) in
            unsafe chain = DecisionChain.link(chain, record)
            if marks.contains(number) { found[number] = chain }
        }
    }

    /// The items that were withdrawn up to the end of the log (撤回), in the order in which they were.
    ///
    /// A pass over the whole log; damage throws as in `run`.
    package static func withdrawn(
        _ disk: some Disk,
        folder: String
    ) throws(JournalError) -> [ItemRef] {
        var found: [ItemRef] = []
        _ = try run(disk, folder: folder) { _, decision in
            if case .itemWithdrawn(let ref, _, _, _) = decision.content { found.append(ref) }
            return true
        }
        return found
    }

    private static func lend(
        _ frame: LogFrame,
        after lastNumber: inout UInt64,
        _ visit: (StoredDecision, Decision) -> Bool
    ) throws(LogFault) -> Bool {
        var goesOn = true
        unsafe try frame.forEachRecord { (number, record) throws(LogFault) in
            guard goesOn, number > lastNumber else { return }
            let stored = unsafe StoredDecision(
                number: number,
                input: record.number(at: 0),
                epoch: frame.epoch,
                bytes: Array(record.part(8, record.count - 8))
            )
            let decision: Decision
            do throws(RecordError) {
                decision = try DecisionCodec.decode(stored.bytes)
            } catch {
                throw .recordMalformed(number)
            }
            lastNumber = number
            goesOn = visit(stored, decision)
        }
        return goesOn
    }
}
