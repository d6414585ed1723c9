import ArgumentParser
import Catalogue
import Domain
import LiandongClient
import LiandongClientZeroMQ
import Wire

/// Lines kept aside.
struct QuarantineCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quarantine",
        abstract: "Lines that are no items, kept aside for a person (待校验).",
        subcommands: [List.self, Show.self]
    )

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "All lines kept aside, with what is wrong.",
            discussion: "Example: liandong quarantine list"
        )

        @OptionGroup var officer: OfficerOptions
        @OptionGroup var format: FormatOptions

        func run() throws {
            let found = try officer.rows(Query(.quarantine, limit: 500), max: 1_000_000)
            output(["rows": .array(found)], isJSON: format.isJSON) {
                var table = Table([
                    .init(title: "号", alignment: .right), .init(title: "单位"),
                    .init(title: "编号"), .init(title: "代码"),
                    .init(title: "原因", isFlexible: true),
                ])
                for line in found {
                    table.add([
                        String(line.integer("number")), line.string("agency"), line.string("id"),
                        line.string("code"), line.string("reason"),
                    ])
                }
                return table.lines(columnsMax: Terminal.columns) + ["\(found.count) 条待校验。"]
            }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "One line kept aside, as it was received.",
            discussion: "Example: liandong quarantine show 3"
        )

        @OptionGroup var officer: OfficerOptions
        @OptionGroup var format: FormatOptions
        @Argument(help: "The number of the line in the quarantine.")
        var number: Int

        func run() throws {
            let query = Query(.quarantine, after: String(number - 1), limit: 1)
            guard number > 0, let found = try officer.rows(query, max: 1).first else {
                throw CommandFailure(.fellShort, "there is no line \(number) in the quarantine")
            }
            output(found, isJSON: format.isJSON) {
                [
                    "待校验 \(found.integer("number"))  \(found.string("agency"))  \(found.string("id"))",
                    "\(found.string("code")) \(found.string("reason"))",
                    found.string("line"),
                ]
            }
        }
    }
}
