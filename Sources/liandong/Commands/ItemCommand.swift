import ArgumentParser
import Domain
import LiandongClient
import LiandongClientZeroMQ
import Wire

/// One item: its text on demand.
struct ItemCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "item",
        abstract: "Read the text of one item, with a purpose that is recorded (调阅原文).",
        subcommands: [Show.self]
    )

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "The text of one item.",
            discussion: """
                Who read it, when and why stands in the audit log.
                Example: liandong item show xinfang/XF-17 --purpose 核实诉求地点
                """
        )

        @Argument(help: "The item, AGENCY/ID.")
        var item: String
        @Option(help: "Why it is read, 2 to 200 characters.")
        var purpose: String
        @OptionGroup var officer: OfficerOptions
        @OptionGroup var format: FormatOptions

        func run() throws {
            let parts = item.split(separator: "/", maxSplits: 1).map(String.init)
            guard parts.count == 2, let agency = AgencyID(name: parts[0]) else {
                throw CommandFailure(
                    .wrongUse,
                    "“\(item)” is no item: write AGENCY/ID, xinfang/XF-17"
                )
            }
            let query = Query(
                .text,
                filters: [
                    .init(
                        "item",
                        ["source": .string(agency.source), "id": .string(parts[1])]
                    ),
                    .init("purpose", .string(purpose)),
                ]
            )
            let rows = try officer.rows(query, max: 1)
            output(rows.first ?? .null, isJSON: format.isJSON) {
                rows.flatMap { row in
                    [
                        "\(row.string("agency")) \(row.string("id")) \(row.string("time"))",
                        row.string("title"), "", row.string("text"),
                    ]
                }
            }
        }
    }
}
