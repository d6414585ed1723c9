import ArgumentParser
import Catalogue
import Domain
import LiandongClient
import LiandongClientZeroMQ
import Wire

/// Cases: list, show, and what officers do to them.
struct CaseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "case",
        abstract: "List, show, merge, split and close cases (类案).",
        subcommands: [
            List.self, Show.self, Merge.self, Split.self, MoveIn.self, MoveOut.self, Undo.self,
            Edits.self, Close.self, Reopen.self, Account.self,
        ]
    )

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Cases in the order in which they were opened.",
            discussion: "Example: liandong case list --items-min 5 --largest 20"
        )

        @OptionGroup var officer: OfficerOptions
        @OptionGroup var format: FormatOptions
        @Option(help: "Only cases of at least so many items.")
        var itemsMin = 2
        @Option(help: "Only so many, the largest first.")
        var largest: Int?

        func run() throws {
            var found = try officer.rows(
                Query(
                    .cases,
                    limit: 500,
                    filters: [.init("items_min", .integer(Int64(itemsMin)))]
                ),
                max: 1_000_000
            )
            if let largest {
                found = Array(
                    found.sorted { $0.integer("items") > $1.integer("items") }.prefix(largest)
                )
            }
            output(["rows": .array(found)], isJSON: format.isJSON) {
                CaseTable.lines(found) + ["\(found.count) 宗。"]
            }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "One case with its items.",
            discussion: """
                Example: liandong case show 441424-C-0123456789AB
                An item stands for the case that it is in: liandong case show xinfang/XF-2026-118
                --why says of each item why it is there, in words and in the numbers that add up to the
                score: each key of linkage.yaml with what it added, computed again from the kept items.
                """
        )

        @OptionGroup var officer: OfficerOptions
        @OptionGroup var format: FormatOptions
        @Flag(help: "Why each item is in the case (归案说明).")
        var why = false
        @Argument(help: "The case's identifier, or an item as AGENCY/NUMBER.")
        var id: String

        func run() throws {
            let (matter, reasons) = try officer.withLine { line throws(Line.Failure) in
                let matter = try MatterOnScreen(id, line: &line)
                return (matter, why ? try WhyOnScreen(id, line: &line) : nil)
            }
            guard let reasons else {
                return output(matter.document, isJSON: format.isJSON) { matter.lines }
            }
            let document = (matter.document.members ?? []) + [.init("why", .array(reasons.rows))]
            output(.object(document), isJSON: format.isJSON) {
                matter.head + [""] + reasons.lines
            }
        }
    }
}
