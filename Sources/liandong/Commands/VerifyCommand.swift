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
            everything again, and each decision must equal the one in the log.
            With --ticks added or removed the fresh engine gets the entries with ticks in every pause or
            with none but the last, and must decide the same.
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

    func run() throws {
        let verification: Verification
        do throws(JournalError) {
            verification = try Verification(
                folder: folder,
                again: bytesOnly ? nil : (ticks: ticks, forks: fork)
            )
        } catch {
            throw CommandFailure(.fellShort, error.description)
        }
        let report = verification.report
        let again = verification.again
        let isSound =
            report.isSound && again?.firstDifference == nil && (again?.unreadable ?? 0) == 0
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
            "entry_kinds": again.map { .object($0.entryKinds) } ?? .null,
            "decision_kinds": again.map { .object($0.decisionKinds) } ?? .null,
            "unreadable": again.map { .integer(Int64($0.unreadable)) } ?? .null,
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
                if again.unreadable > 0 {
                    lines.append("\(again.unreadable) entries cannot be read by this version")
                }
            }
            return lines + [isSound ? "sound" : "NOT sound"]
        }
        if !isSound { throw CommandFailure(.fellShort, "\(folder) is not sound") }
    }
}

/// One look at a stopped hub's folder: its bytes, and what a fresh engine decides from them.
///
/// The log may end earlier than the inputs: what a crash lost is derived at the next start.
private struct Verification {
    struct Again {
        /// Decisions that are in the log, each equal to the fresh engine's where nothing differs.
        var compared = 0
        /// Decisions that the log has not yet.
        var missing = 0
        var firstDifference: UInt64?
        /// Entries that this version cannot read, so that it decided nothing from them.
        var unreadable = 0
        /// Of the log's decisions.
        var digest = DecisionDigest()
        var entryKinds: [JSONValue.Member] = []
        var decisionKinds: [JSONValue.Member] = []
    }

    let report: JournalReport
    private(set) var again: Again?

    typealias Ways = (ticks: DecidedAgain.Ticks, forks: Bool)

    init(folder: String, again ways: Ways?) throws(JournalError) {
        guard let ways else {
            report = try JournalReport.of(PosixDisk(), folder: folder)
            return
        }
        var logged = DecisionDigest()
        var places = SHA256Hasher()
        var isRead = true
        do throws(JournalError) {
            _ = try DecisionPass.run(PosixDisk(), folder: folder) { stored, _ in
                logged.add(stored.bytes)
                places.update(number: stored.input)
                return true
            }
        } catch {
            // The report names what is wrong, here and elsewhere.
            isRead = false
        }
        var fresh = DecidedAgain(logged: logged.count, ticks: ways.ticks, forks: ways.forks)
        var progress = Progress("verify", total: logged.count)
        report = try JournalReport.of(PosixDisk(), folder: folder) { entry in
            fresh.take(entry)
            progress.advance(to: min(fresh.count, logged.count))
        }
        fresh.finish()
        progress.finish()
        guard isRead, report.isSound else { return }
        var again = Again(digest: logged)
        again.entryKinds = JournalRecord.Kind.allCases.map {
            .init("\($0)", .integer(Int64(fresh.entryKinds[$0] ?? 0)))
        }
        again.decisionKinds = Decision.Content.Tag.allCases.map {
            .init($0.token, .integer(Int64(fresh.decisionKinds[$0] ?? 0)))
        }
        again.missing = max(0, fresh.count - logged.count)
        again.unreadable = fresh.unreadable
        let isPlaced = ways.ticks == .removed || fresh.placesOfLogged == places.finalize()
        if fresh.digestOfLogged == logged.value, isPlaced {
            again.compared = logged.count
        } else {
            let place = try Verification.firstDifference(folder, ways)
            again.compared = Int(place) - 1
            again.firstDifference = place
        }
        self.again = again
    }

    /// A second look that keeps eight bytes of each decision; only where something differs.
    private static func firstDifference(
        _ folder: String,
        _ ways: Ways
    ) throws(JournalError) -> UInt64 {
        var fresh = DecidedAgain(
            logged: 0,
            keepsMarks: true,
            ticks: ways.ticks,
            forks: ways.forks
        )
        _ = try JournalReport.of(PosixDisk(), folder: folder) { fresh.take($0) }
        fresh.finish()
        let marks = fresh.marks ?? []
        var place: UInt64 = 1
        _ = try DecisionPass.run(PosixDisk(), folder: folder) { stored, _ in
            let index = Int(stored.number) - 1
            let isEqual =
                index < marks.count
                && marks[index]
                    == DecidedAgain.mark(
                        stored.bytes,
                        input: ways.ticks == .removed ? 0 : stored.input
                    )
            place = stored.number + (isEqual ? 1 : 0)
            return isEqual
        }
        return place
    }
}

extension DecidedAgain.Ticks: ExpressibleByArgument {}
