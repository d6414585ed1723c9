import Analysis
import ArgumentParser
import Domain
import Hashing
import Journal
import Storage
import Wire

/// Checks that the journal is whole and says what the decisions say.
struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check a stopped hub's journal: keys, chain, commitments, decisions.",
        discussion: """
            Reads only. Every fault is named with file, offset and number. Then a fresh engine decides
            everything again, and each decision must equal the one in the log; of several epochs the
            last, from the state that it began with. A snapshot must hold what the fresh engine holds at
            its entry; one that is merely broken is named and passed over, as a start does.
            With --ticks added or removed the fresh engine gets the entries with ticks in every pause or
            with none but the last, and must decide the same.
            --epoch decides an earlier epoch again. That needs all texts up to its end: where some were
            erased it is refused with which and why (LD-1164), and the log stands as the evidence.
            Example: liandong verify DIR/data
            """
    )

    @Argument(help: "The data folder.")
    var folder: String
    @OptionGroup var format: FormatOptions
    @Flag(help: "Check the bytes only, without deciding again.")
    var bytesOnly = false
    @Option(help: "The ticks that the fresh engine gets: kept, added or removed.")
    var ticks = DecidedAgain.Ticks.kept
    @Flag(help: "Let the fresh engine go on as a fork of itself after every entry.")
    var fork = false

    @Option(help: "Decide this epoch again instead of the last.")
    var epoch: UInt64?

    func run() throws {
        if let epoch {
            guard !bytesOnly, epoch > 0 else {
                throw CommandFailure(.wrongUse, "--epoch: give 1 or more, without --bytes-only")
            }
            try ErasedPast(folder, through: epoch).requireNothing()
        }
        let verification: Verification
        do throws(JournalError) {
            verification = try Verification(
                folder: folder,
                again: bytesOnly ? nil : (ticks: ticks, forks: fork),
                epoch: epoch
            )
        } catch {
            throw CommandFailure(.fellShort, error.description)
        }
        let report = verification.report
        let again = verification.again
        let isSound =
            report.isSound && again?.firstDifference == nil && (again?.unreadable ?? 0) == 0
            && verification.states.isSound
        let document: JSONValue = [
            "sound": .bool(isSound),
            "entries": .integer(Int64(report.inputCount)),
            "decisions": .integer(Int64(report.decisionCount)),
            "epochs": .integer(Int64(report.epochCount)),
            "inputs_chain": .string(report.inputChain.hex),
            "decisions_chain": .string(report.decisionChain.hex),
            "erased": .integer(Int64(report.erasedCount)),
            "epoch": .integer(Int64(verification.epoch)),
            "snapshots": .integer(Int64(verification.states.compared)),
            "snapshots_unusable": .array(verification.states.unusable.map { .string($0) }),
            "states_wrong": .array(verification.states.wrong.map { .string($0) }),
            "findings": .array(report.findings.map { .string($0.description) }),
            "decisions_digest": again.map { .string($0.digest.value.hex) } ?? .null,
            "decided_again": again.map { .integer(Int64($0.compared)) } ?? .null,
            "entry_kinds": again.map { .object($0.entryKinds) } ?? .null,
            "decision_kinds": again.map { .object($0.decisionKinds) } ?? .null,
            "unreadable": again.map { .integer(Int64($0.unreadable)) } ?? .null,
            "missing_at_end": again.map { .integer(Int64($0.missing)) } ?? .null,
            "first_difference": again?.firstDifference.map { .integer(Int64($0)) } ?? .null,
        ]
        output(document, isJSON: format.isJSON) {
            var lines = report.findings.map(\.description)
            lines += verification.states.unusable.map { "\($0); a start passes it over" }
            lines += verification.states.wrong
            lines.append(
                "\(report.inputCount) entries in \(report.epochCount) epochs, "
                    + "\(report.decisionCount) decisions, \(report.erasedCount) erased"
            )
            if verification.states.compared > 0 {
                lines.append(
                    "\(verification.states.compared) snapshots equal a fresh engine's state"
                )
            }
            if verification.isForeign {
                lines.append("epoch \(verification.epoch) belongs to an engine that is not here")
            }
            if let again {
                lines.append(
                    again.firstDifference.map { "decision \($0) differs from a fresh engine's" }
                        ?? "\(again.compared) decisions equal a fresh engine's"
                )
                if again.unreadable > 0 {
                    lines.append("\(again.unreadable) entries cannot be read by this version")
                }
            }
            return lines + [isSound ? "sound" : "NOT sound"]
        }
        if !isSound { throw CommandFailure(.fellShort, "\(folder) is not sound") }
    }
}

extension DecidedAgain.Ticks: ExpressibleByArgument {}
