import Analysis
import Domain
import Journal
import Storage

// The log of decisions.
extension Auditor {
    /// The log's decisions are a fresh engine's, and every deadline fired when it was due.
    func checkDecisions(
        _ disk: MemoryDisk,
        _ seen: Seen,
        into report: inout SimulationReport
    ) -> AuditedLog {
        var log = AuditedLog()
        var logged = DecisionDigest()
        var deadlines = AuditedDeadlines()
        do throws(JournalError) {
            _ = try DecisionPass.run(disk, folder: HubHost.folder) { stored, decision in
                log.take(stored, decision)
                logged.add(stored.bytes)
                deadlines.take(decision)
                return true
            }
            report.decisions = logged.count
            report.alerts = deadlines.raised
            // One seed adds ticks, the next takes them away.
            let ticks: DecidedAgain.Ticks = report.seed.isMultiple(of: 2) ? .added : .removed
            var kept = DecidedAgain(logged: logged.count)
            var changed = DecidedAgain(logged: logged.count, ticks: ticks)
            _ = try JournalReport.of(disk, folder: HubHost.folder) { stored in
                kept.take(stored)
                changed.take(stored)
            }
            compare(&kept, "kept", with: logged)
            compare(&changed, ticks.rawValue, with: logged)
        } catch {
            blame("the decisions cannot be read: \(error)")
        }
        for what in deadlines.close(at: seen.lastAt) { blame(what) }
        return log
    }

    private func compare(
        _ fresh: inout DecidedAgain,
        _ ticks: String,
        with logged: DecisionDigest
    ) {
        fresh.finish()
        if fresh.digestOfLogged != logged.value {
            blame("a fresh engine decides otherwise, ticks \(ticks)")
        }
        if fresh.count > logged.count {
            blame("the log lacks \(fresh.count - logged.count) decisions, ticks \(ticks)")
        }
    }
}
