import ArgumentParser
import Domain
import Hashing
import Journal
import Linkage
import Storage
import Wire

/// Checks that the journal is whole and says what the decisions say.
struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check a stopped hub's journal: keys, chain, commitments, decisions.",
        discussion: """
            Reads only. Every fault is named with file, offset and number. Then a fresh engine decides
            everything again, and each decision must equal the one in the log.
            Example: liandong verify DIR/data
            """
    )

    @Argument(help: "The data folder.")
    var folder: String
    @OptionGroup var format: FormatOptions
    @Flag(help: "Check the bytes only, without deciding again.")
    var bytesOnly = false

    func run() throws {
        let report: JournalReport
        let again: DecidedAgain?
        do throws(JournalError) {
            report = try JournalReport.of(PosixDisk(), folder: folder)
            again = bytesOnly || !report.isSound ? nil : try decideAgain(report.lastInput)
        } catch {
            throw CommandFailure(.fellShort, error.description)
        }
        let isSound = report.isSound && again?.firstDifference == nil
        let document: JSONValue = [
            "sound": .bool(isSound),
            "entries": .integer(Int64(report.inputCount)),
            "decisions": .integer(Int64(report.decisionCount)),
            "epochs": .integer(Int64(report.epochCount)),
            "inputs_chain": .string(report.inputChain.hex),
            "decisions_chain": .string(report.decisionChain.hex),
            "erased": .integer(Int64(report.erasedCount)),
            "findings": .array(report.findings.map { .string($0.description) }),
            "decisions_digest": again.map { .string($0.digest.value.hex) } ?? .null,
            "decided_again": again.map { .integer(Int64($0.compared)) } ?? .null,
            "missing_at_end": again.map { .integer(Int64($0.missing)) } ?? .null,
            "first_difference": again?.firstDifference.map { .integer(Int64($0)) } ?? .null,
        ]
        output(document, isJSON: format.isJSON) {
            var lines = report.findings.map(\.description)
            lines.append(
                "\(report.inputCount) entries in \(report.epochCount) epochs, "
                    + "\(report.decisionCount) decisions, \(report.erasedCount) erased"
            )
            if let again {
                lines.append(
                    again.firstDifference.map { "decision \($0) differs from a fresh engine's" }
                        ?? "\(again.compared) decisions equal a fresh engine's"
                )
            }
            return lines + [isSound ? "sound" : "NOT sound"]
        }
        if !isSound { throw CommandFailure(.fellShort, "\(folder) is not sound") }
    }

    /// Feeds a fresh engine and compares byte for byte.
    ///
    /// The log may end earlier than the inputs: what a crash lost is derived at the next start.
    private func decideAgain(_ last: UInt64) throws(JournalError) -> DecidedAgain {
        var progress = Progress("核验")
        defer { progress.finish() }
        var opened = try OpenedJournal<PosixDisk>.open(PosixDisk(), folder: folder)
        let journal = opened.takeInputs()
        let log = opened.takeDecisions()
        var inputs = journal.reader()
        var decisions = log.reader()
        let decoder = EventDecoder()
        var engine = Engine()
        var result = DecidedAgain()
        var next: UInt64 = 1
        var page: [StoredDecision] = []
        var position = 0
        var found: [Decision] = []
        while let stored = try inputs.entry(next) {
            defer { next += 1 }
            progress.advance(to: Int(next), of: Int(last))
            guard let payload = stored.bytes,
                let record = try? EntryCodec.decode(kind: stored.kind.rawValue, payload: payload),
                let content = try? record.entryContent(decoder)
            else { continue }
            found.removeAll(keepingCapacity: true)
            engine.apply(Entry(at: stored.at, content: content), into: &found)
            for decision in found {
                let number = UInt64(result.compared) + 1
                if position == page.count {
                    page = try decisions.read(from: number, limit: 1024)
                    position = 0
                }
                guard position < page.count else {
                    result.missing += 1
                    continue
                }
                result.compared += 1
                result.digest.add(page[position].bytes)
                let kept = page[position]
                position += 1
                if kept.bytes != DecisionCodec.encode(decision) || kept.input != next {
                    result.firstDifference = number
                    return result
                }
            }
        }
        return result
    }

    private struct DecidedAgain {
        var compared = 0
        var missing = 0
        var digest = DecisionDigest()
        var firstDifference: UInt64?
    }
}
