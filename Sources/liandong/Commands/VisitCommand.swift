import ArgumentParser
import Catalogue
import Domain
import LiandongClient
import LiandongClientZeroMQ
import Wire

/// Visits with their heads.
struct VisitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "visit",
        abstract: "List visits with their heads (来访), joint ones first of all.",
        discussion: "Example: liandong visit --joint"
    )

    @OptionGroup var officer: OfficerOptions
    @OptionGroup var format: FormatOptions
    @Flag(help: "Only joint visits (群访).")
    var joint = false

    func run() throws {
        var found = try officer.rows(Query(.visits, limit: 500), max: 1_000_000)
        if joint { found = found.filter { $0["joint"]?.flag == true } }
        output(["rows": .array(found)], isJSON: format.isJSON) {
            var table = Table([
                .init(title: "时间"), .init(title: "人次", alignment: .right),
                .init(title: "登记单位"), .init(title: "编号"), .init(title: "他报"),
            ])
            for visit in found {
                let others = visit.list("reports").filter { $0["counts"]?.flag != true }
                let counting = visit["counting"] ?? .null
                table.add([
                    Timestamp(rfc3339: visit.string("time")).map { Words.time($0) } ?? "",
                    String(visit.integer("heads")),
                    String(counting.string("source").dropFirst(8)), counting.string("id"),
                    others.map { other in
                        let source = (other["item"] ?? .null).string("source").dropFirst(8)
                        return "\(source) \(other.integer("heads"))"
                    }.joined(separator: "、"),
                ])
            }
            return table.lines(columnsMax: Terminal.columns)
        }
    }
}
