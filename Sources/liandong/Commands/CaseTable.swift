import ArgumentParser
import Catalogue
import Domain
import LiandongClient
import LiandongClientZeroMQ
import Wire

/// The table of cases.
enum CaseTable {
    static func lines(_ rows: [JSONValue]) -> [String] {
        var table = Table([
            .init(title: "编号"), .init(title: "标题", isFlexible: true), .init(title: "地点"),
            .init(title: "件", alignment: .right), .init(title: "人", alignment: .right),
            .init(title: "来源"), .init(title: "末次"),
        ])
        for row in rows {
            let most = row.list("agencies").max { $0.integer("items") < $1.integer("items") }
            table.add([
                row.string("case"), row.title, row.string("place"),
                String(row.integer("items")), String(row.integer("persons")),
                Words.sources(most?.string("name") ?? "", of: row.list("agencies").count),
                Timestamp(rfc3339: row.string("last")).map { Words.time($0) } ?? "",
            ])
        }
        return table.lines(columnsMax: Terminal.columns)
    }
}
