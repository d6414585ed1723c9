import Analysis
import Domain
import Hashing
import Hub
import Journal
import Linkage
import Storage
import Wire

/// One look at a stopped hub's folder: its bytes, and what a fresh engine decides from them.
///
/// The log may end earlier than the inputs: what a crash lost is derived at the next start. Of several
/// epochs the last is decided again, from its founding state.
struct Verification {
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
    /// What the snapshots hold.
    private(set) var states = VerifiedStates()
    /// The epoch that was decided again.
    private(set) var epoch: UInt64 = 1
    /// That epoch belongs to an engine that this program does not hold.
    private(set) var isForeign = false

    typealias Ways = (ticks: DecidedAgain.Ticks, forks: Bool)

    /// - Parameters:
    ///   - folder: The data folder.
    ///   - ways: How a fresh engine decides again; `nil` looks at the bytes alone.
    ///   - wanted: An epoch; `nil` for the last.
    /// - Throws: When the folder cannot be read.
    init(folder: String, again ways: Ways?, epoch wanted: UInt64? = nil) throws(JournalError) {
        guard let ways else {
            report = try JournalReport.of(PosixDisk(), folder: folder)
            return
        }
        var begin =
            if let wanted {
                try VerifiedEpoch(folder, epoch: wanted)
            } else {
                try VerifiedEpoch.last(of: folder)
            }
        var pass = try Pass(folder, ways, begin)
        if wanted == nil, !pass.fresh.engine.isFounded, begin.epoch > 1 {
            // Its state was written and its entry was not: the epoch before is the last.
            begin = try VerifiedEpoch(folder, epoch: begin.epoch - 1)
            pass = try Pass(folder, ways, begin)
        }
        report = pass.report
        states = pass.states
        epoch = begin.epoch
        isForeign = pass.fresh.engine.isForeign || begin.isUnusable
        if let fault = begin.fault { states.note(wrong: fault) }
        guard pass.isRead, report.isSound, !isForeign else { return }
        let fresh = pass.fresh
        let (counted, placed) = (fresh.engine.count, fresh.engine.placesOfLogged)
        var again = Again(digest: pass.logged)
        again.entryKinds = JournalRecord.Kind.allCases.map {
            .init("\($0)", .integer(Int64(fresh.engine.entryKinds[$0] ?? 0)))
        }
        again.decisionKinds = Decision.Content.Tag.allCases.map {
            .init($0.token, .integer(Int64(fresh.engine.decisionKinds[$0] ?? 0)))
        }
        again.missing = max(0, counted - pass.logged.count)
        again.unreadable = fresh.engine.unreadable
        let isPlaced = ways.ticks == .removed || placed == pass.places.finalize()
        if fresh.engine.digestOfLogged == pass.logged.value, isPlaced {
            again.compared = pass.logged.count
        } else {
            let place = try Verification.firstDifference(folder, ways, begin, pass.firstDecision)
            again.compared = Int(place - pass.firstDecision)
            again.firstDifference = place
        }
        self.again = again
    }

    /// Holds what cannot be copied, so that a closure can go on with it.
    private final class Fresh {
        var engine: DecidedAgain

        init(_ engine: consuming DecidedAgain) { self.engine = engine }
    }

    /// One pass over both logs.
    private struct Pass {
        let report: JournalReport
        let fresh: Fresh
        var states = VerifiedStates()
        var logged = DecisionDigest()
        var places = SHA256Hasher()
        /// The first decision of the epoch.
        var firstDecision: UInt64 = 1
        var isRead = true

        init(
            _ folder: String,
            _ ways: Ways,
            _ begin: borrowing VerifiedEpoch
        ) throws(JournalError) {
            var (logged, places) = (DecisionDigest(), SHA256Hasher())
            var first: UInt64 = 1
            let epoch = begin.epoch
            do throws(JournalError) {
                _ = try DecisionPass.run(PosixDisk(), folder: folder) { stored, _ in
                    if stored.epoch < epoch {
                        first = stored.number + 1
                    } else if stored.epoch == epoch {
                        logged.add(stored.bytes)
                        places.update(number: stored.input)
                    }
                    return true
                }
            } catch {
                // The report names what is wrong, here and elsewhere.
                isRead = false
            }
            let fresh = Fresh(begin.decidedAgain(logged: logged.count, ways))
            var states = VerifiedStates(folder, begin, compares: ways.ticks == .kept)
            var progress = Progress("verify", total: logged.count)
            let logCount = logged.count
            report = try JournalReport.of(PosixDisk(), folder: folder) { entry in
                guard entry.epoch <= epoch else { return }
                fresh.engine.take(entry)
                states.take(entry, fresh.engine)
                progress.advance(to: min(fresh.engine.count, logCount))
            }
            fresh.engine.finish()
            progress.finish()
            self.fresh = fresh
            self.states = states
            self.logged = logged
            self.places = places
            firstDecision = first
        }
    }

    /// A second look that keeps eight bytes of each decision; only where something differs.
    private static func firstDifference(
        _ folder: String,
        _ ways: Ways,
        _ begin: borrowing VerifiedEpoch,
        _ first: UInt64
    ) throws(JournalError) -> UInt64 {
        var fresh = begin.decidedAgain(logged: 0, ways, keepsMarks: true)
        let epoch = begin.epoch
        _ = try JournalReport.of(PosixDisk(), folder: folder) { entry in
            if entry.epoch <= epoch { fresh.take(entry) }
        }
        fresh.finish()
        let marks = fresh.marks ?? []
        var place = first
        _ = try DecisionPass.run(PosixDisk(), folder: folder) { stored, _ in
            guard stored.number >= first, stored.epoch == epoch else { return true }
            let index = Int(stored.number - first)
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
