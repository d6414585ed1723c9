import ArgumentParser
import Domain
import Foundation
import Hub
import LiandongClient
import LiandongClientZeroMQ
import Settings
import Wire
import ZeroMQ

/// An agency's daemon or a one-off.
struct PushCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "push",
        abstract: "Push items through the outbox to the hub (推送).",
        discussion: """
            JSON Lines of CloudEvents, or CSV and JSON with the mapping of agency.yaml; - reads JSON
            Lines from standard input as they come. What is in the outbox survives a crash and is sent
            by the next push. Exit 0 only when every item has its receipt.
            Accusations go to the sealed hub alone (限知): by their purpose, by the agency's default, or by
            their wording; standard error says which and why, never the text.
            Example: liandong push --config DIR/agencies/xinfang/agency.yaml today.jsonl
            --dry-run sends nothing and keeps nothing: an officer's line asks which items the hub has
            that each would repeat. Persons are left aside, accusations are not asked about.
            Example: liandong push --config DIR/agencies/xinfang/agency.yaml --dry-run \
              --officer DIR/officer.yaml draft.jsonl
            """
    )

    @Option(help: "The agency's file.")
    var config = "agency.yaml"
    @Option(help: "Give up after so many seconds without the hub; what is in the outbox stays.")
    var patience = 120
    @Option(help: "The longest pause in seconds between two attempts to reach the hub.")
    var retry = 30
    @Option(help: "Write what has no receipt into bundles for a courier instead: OUT, OUT.2 ….")
    var bundle: String?
    @Option(help: "The own courier keys, FILE.courier.key; beside agency.yaml when left out.")
    var courierKey: String?
    @Option(help: "The hub's public courier keys; hub.courier beside agency.yaml when left out.")
    var hubCourier: String?
    @Option(help: "The sealed hub's public courier keys; sealed.courier beside agency.yaml.")
    var sealedCourier: String?
    @Flag(help: "Print a line of JSON with the totals so far each time all is receipted.")
    var stream = false
    @Flag(
        name: .customLong("as-history"),
        help: "Old items: they count and are linked, and raise no alert (历史导入)."
    )
    var isHistory = false
    @Flag(
        name: .customLong("dry-run"),
        help: "Send nothing; show which items of the hub each would repeat (试查重复)."
    )
    var isDryRun = false
    @Option(help: "With --dry-run: the file of the officer who asks.")
    var officer = "officer.yaml"
    @OptionGroup var format: FormatOptions
    @Argument(help: "A file, or - for standard input; none sends what the outbox holds.")
    var file: String?

    func run() throws {
        let settings = try reading { () throws(SettingsError) in try AgencySettings(file: config) }
        if isDryRun { return try tryOut(settings) }
        let lanes = try AgencyOutbox.open(settings)
        let wakeup = try Wakeup()
        let input = try PushInput(
            settings: settings,
            file: file,
            isHistory: isHistory,
            wakeup: wakeup
        )
        let superior = try settings.superiorFile.map {
            try SuperiorBundles(settings, courier: $0, own: courierKey)
        }
        if let bundle {
            let push = LaneBundles(
                lanes: lanes,
                input: input,
                open: try AgencyCourier(settings, own: courierKey, hub: hubCourier),
                sealed: try lanes.sealed.map { _ in
                    try AgencyCourier(settings, own: courierKey, sealedHub: sealedCourier)
                },
                superior: superior,
                path: bundle
            )
            return try push.run(isJSON: format.isJSON)
        }
        var push = Push(
            lanes: lanes,
            input: input,
            file: file,
            patience: TimeSpan.seconds(Int64(patience)),
            pushers: AgencyPushers(settings, lanes, retry: retry, wakeup),
            superior: superior,
            tellTotals: stream
                ? { Terminal.print(PushCommand.document($0, lanes).line) } : nil
        )
        let outcome = try push.run()
        report(outcome, lanes)
        if !outcome.sealed.trouble.isEmpty {
            throw CommandFailure(.unreachable, outcome.sealed.trouble)
        }
        if outcome.fellShort {
            throw CommandFailure(.fellShort, "not every row is an item of its hub")
        }
    }

    private func tryOut(_ settings: AgencySettings) throws {
        guard let file else {
            throw CommandFailure(.wrongUse, "--dry-run needs a file, or - for standard input")
        }
        let wakeup = try Wakeup()
        let input = try PushInput(
            settings: settings,
            file: file,
            isHistory: isHistory,
            wakeup: wakeup
        )
        var asker = OfficerOptions()
        asker.config = officer
        var trial = DryRun(input: input, officer: asker, isJSON: format.isJSON)
        try trial.run()
        if trial.setAside > 0 {
            throw CommandFailure(.fellShort, "\(trial.setAside) rows are no items")
        }
    }

    private func report(_ outcome: PushOutcome, _ lanes: LaneOutboxes) {
        for mistake in outcome.mistakes { Terminal.complain(mistake.description) }
        output(PushCommand.document(outcome, lanes), isJSON: format.isJSON) {
            var lines = ["已发 \(outcome.items) 件,回执 \(outcome.receipted) 件。"]
            let sealed = outcome.sealed
            if sealed.items + sealed.receipted > 0 {
                lines.append("限知通道 \(sealed.items) 件,回执 \(sealed.receipted) 件。")
            }
            if sealed.withdrawn > 0 {
                lines.append("其中 \(sealed.withdrawn) 件原在开放平台,已在那里撤回。")
            }
            if outcome.superior > 0 { lines.append("交上级 \(outcome.superior) 件,见信使包。") }
            if outcome.setAside > 0 { lines.append("留置本机 \(outcome.setAside) 行,原因见上。") }
            let quarantined = outcome.quarantined + sealed.quarantined
            if quarantined > 0 { lines.append("待校验 \(quarantined) 件。") }
            if outcome.waiting > 0 {
                lines.append("检举控告 \(outcome.waiting) 件未发出,等待限知通道。")
            }
            return lines
        }
    }

    private static func document(_ outcome: PushOutcome, _ lanes: LaneOutboxes) -> JSONValue {
        let sealed: JSONValue = [
            "items": .integer(Int64(outcome.sealed.items)),
            "receipted": .integer(Int64(outcome.sealed.receipted)),
            "quarantined": .integer(Int64(outcome.sealed.quarantined)),
            "refused": .integer(Int64(outcome.sealed.refused)),
            "screened": .integer(Int64(outcome.sealed.screened)),
            "moved": .integer(Int64(outcome.sealed.moved)),
            "calls_for_help": .integer(Int64(outcome.sealed.calls)),
            "withdrawn_from_open": .integer(Int64(outcome.sealed.withdrawn)),
            "unreceipted": .integer(Int64(lanes.sealed?.counts.unreceipted ?? 0)),
        ]
        return [
            "items": .integer(Int64(outcome.items)),
            "receipted": .integer(Int64(outcome.receipted)),
            "set_aside": .integer(Int64(outcome.setAside)),
            "quarantined": .integer(Int64(outcome.quarantined)),
            "refused": .integer(Int64(outcome.refused)),
            "waiting_for_sealed": .integer(Int64(lanes.open.counts.waitingForSealed)),
            "sealed": sealed,
            "superior": .integer(Int64(outcome.superior)),
            "reconnects": .integer(Int64(outcome.interruptions)),
        ]
    }
}
