import Analysis
import ArgumentParser
import Catalogue
import Domain
import Foundation
import Hub
import Journal
import Settings
import Storage
import Wire

/// Heat spots of a period.
struct HeatCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "heat",
        abstract: "Heat spots: items by place, class or day, with the change (热点研判).",
        discussion: """
            On the hub's machine: counts the registrations in the decision log, beside the hub or after
            it has stopped. Items go by their own time in the county's day, each once, and are compared
            with the period before of equal length. Cells under 5 are shown: this is the officers' own
            view, and not for publication. Persons are never counted.
            Example: liandong heat --config DIR/hub.yaml --from 2024-06-01 --to 2024-06-30 --top 20
            """
    )

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case table
        case csv
        case json
    }

    @OptionGroup var span: SpanOptions
    @Option(help: "What a cell is made of: any of division, town, category, day, with commas.")
    var by = "division,category"
    @Option(help: "Only so many cells, the hottest first.")
    var top: Int?
    @Option(help: "table for people, csv for a spreadsheet, json for programs.")
    var format = Format.table

    func run() throws {
        let dimensions: [HeatDimension]
        do throws(HeatMistake) {
            dimensions = try HeatDimension.list(by)
        } catch {
            throw CommandFailure(.wrongUse, "--by: \(error)")
        }
        if let top, top < 1 { throw CommandFailure(.wrongUse, "--top \(top): give 1 or more") }
        let source = try span.read()
        OperatorNote.leave(
            .heat,
            by,
            source.folder,
            [
                "format": format.rawValue, "from": source.period.from.rfc3339,
                "to": source.period.to.rfc3339,
            ]
        )
        var count = HeatCount(
            HeatQuestion(
                period: source.period,
                dimensions: dimensions,
                towns: Set(source.divisions.towns.map(\.division))
            )
        )
        var decidedThrough: Timestamp?
        var progress = Progress("热点研判")
        defer { progress.finish() }
        let end = try source.pass { stored, decision in
            progress.advance(to: Int(stored.number))
            decidedThrough = decision.at
            if case .admitted(let admission) = decision.content { count.add(admission) }
            return true
        }
        progress.finish()
        let sheet = HeatSheet(
            question: count.question,
            heat: count.heat,
            names: source.names,
            decidedThrough: decidedThrough,
            top: top ?? .max
        )
        switch format {
        case .table: Terminal.print(lines: sheet.lines(columns: Terminal.columns))
        case .csv: Terminal.print(sheet.csv)
        case .json: Terminal.print(sheet.json.line)
        }
        try source.requireEnd(end)
    }
}
