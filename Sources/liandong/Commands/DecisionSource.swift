import Analysis
import ArgumentParser
import Catalogue
import Domain
import Journal
import Settings
import Storage
import Wire

/// `--config`, `--from` and `--to`, the same for every question about a span of the decision log.
struct SpanOptions: ParsableArguments {
    @Option(help: "The hub's file.")
    var config = "hub.yaml"
    @Option(help: "The beginning: a day, 2024-06-01, or 2024-06-01T08:00:00+08:00.")
    var from: String
    @Option(help: "The end: a day, which belongs to the span, or a moment, which does not.")
    var to: String

    /// Reads the settings and the county's names.
    func read() throws -> DecisionSource {
        let period: Period
        do throws(PeriodMistake) {
            period = try Period(from: from, to: to)
        } catch {
            throw CommandFailure(.wrongUse, error.description)
        }
        let (settings, county) = try reading { () throws(SettingsError) in
            let settings = try HubSettings(file: config)
            return (settings, try CountyConfiguration(folder: settings.folder))
        }
        return DecisionSource(
            folder: settings.dataFolder,
            period: period,
            divisions: county.divisions,
            names: CountyNames(
                divisions: county.divisions,
                categories: county.categories,
                agencies: county.agencies
            )
        )
    }
}

/// The decision log of a hub's folder, with the county's names as they are configured now.
struct DecisionSource {
    let folder: String
    let period: Period
    let divisions: DivisionRegister
    let names: CountyNames

    /// Goes along the log from its beginning as if the items had never been there that were withdrawn
    /// since; damage fails the command with its place.
    ///
    /// A decision that names such an item beside others has other bytes than in the log.
    func pass(
        _ visit: (StoredDecision, Decision) -> Bool
    ) throws(CommandFailure) -> DecisionPass.End {
        do throws(JournalError) {
            let withdrawn = Set(try DecisionPass.withdrawn(PosixDisk(), folder: folder))
            return try DecisionPass.run(PosixDisk(), folder: folder) { stored, logged in
                guard let decision = logged.leavingOut(withdrawn) else { return true }
                var stored = stored
                if decision != logged { stored.bytes = DecisionCodec.encode(decision) }
                return visit(stored, decision)
            }
        } catch {
            throw CommandFailure(.fellShort, error.description)
        }
    }

    /// Fails the command, once its answer is printed, when the log ends in something unfinished: the
    /// answer goes only so far.
    func requireEnd(_ end: DecisionPass.End) throws(CommandFailure) {
        guard let tail = end.tail else { return }
        throw CommandFailure(
            .fellShort,
            "the answer ends at decision \(end.lastNumber): \(tail.description); "
                + "start the hub, which derives what is missing"
        )
    }
}
