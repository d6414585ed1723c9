import Analysis
import Catalogue
import Domain
import Wire

/// The worst errors of linking with both texts side by side (差错对照).
struct ErrorSheet {
    private let run: EvaluationRun
    private let lines: OrderedItems
    private let gold: [String: String]

    /// Lines of a text that are shown.
    private static let linesMax = 8

    init(_ run: EvaluationRun, _ lines: OrderedItems, _ gold: [String: String]) {
        self.run = run
        self.lines = lines
        self.gold = gold
    }

    /// Prints so many errors of each kind.
    func print(limit: Int) {
        guard let log = run.pairLog else { return }
        let clusters = run.links.clusters
        let found = WorstErrors(log: log, settings: run.settings).found(
            limit,
            ids: run.ids,
            gold: gold,
            clusters: clusters
        )
        for (place, error) in found.enumerated() {
            let title = error.kind == .joined ? "误并" : "漏并"
            let score = error.scorePermille.map { "\($0)" } ?? "未比对"
            Terminal.print(
                Ink.strong.write("\(place + 1). \(title)  影响 \(error.pairs) 对  得分 \(score)")
            )
            var table = Table([
                .init(title: heading(error.earlier), isFlexible: true),
                .init(title: heading(error.later), isFlexible: true),
            ])
            table.add([text(error.earlier), text(error.later)])
            let columns = Terminal.columns
            Terminal.print(
                lines: table.lines(columnsMax: columns, linesMax: ErrorSheet.linesMax)
            )
            let parts = error.parts.map { "\($0.kind.key) \($0.value) → \($0.permille)" }
            if !parts.isEmpty { Terminal.print(parts.joined(separator: ", ")) }
            Terminal.print("")
        }
        Terminal.print("\(found.count) 处。")
    }

    private func heading(_ item: Int) -> String {
        let id = run.ids[item]
        return "\(id)  \(gold[id] ?? "未标注")  \(lines.lines[item].time.rfc3339.prefix(10))"
    }

    private func text(_ item: Int) -> String {
        guard let value = try? JSONValue(parsing: lines.lines[item].bytes) else { return "" }
        let data = value["data"] ?? .null
        return "\(data.string("title")) ‖ \(data.string("text"))"
    }
}
