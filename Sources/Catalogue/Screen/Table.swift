/// A table that is right for wide characters and fits the terminal.
struct Table {
    enum Alignment {
        case left
        case right
    }

    struct Column {
        var title: String
        var alignment: Alignment = .left
        /// A column that gives way when the table is too wide.
        var isFlexible = false
    }

    private let columns: [Column]
    private var rows: [[String]] = []

    init(_ columns: [Column]) {
        self.columns = columns
    }

    mutating func add(_ cells: [String]) {
        precondition(cells.count == columns.count, "a row has a cell for each column")
        rows.append(cells)
    }

    /// The lines of the table: a heading, a rule and the rows.
    func lines(columnsMax: Int) -> [String] {
        var widths = columns.indices.map { index in
            rows.reduce(Width.of(columns[index].title)) { max($0, Width.of($1[index])) }
        }
        let gaps = 2 * (columns.count - 1)
        var excess = widths.reduce(gaps, +) - columnsMax
        for index in columns.indices where columns[index].isFlexible && excess > 0 {
            let given = min(excess, max(0, widths[index] - 12))
            widths[index] -= given
            excess -= given
        }
        func line(_ cells: [String]) -> String {
            let padded = cells.indices.map { index in
                Width.pad(
                    Width.fit(cells[index], columns: widths[index]),
                    columns: widths[index],
                    toTheRight: columns[index].alignment == .right
                )
            }
            var text = padded.joined(separator: "  ")
            while text.last == " " { text.removeLast() }
            return text
        }
        let rule = widths.map { String(repeating: "─", count: $0) }.joined(separator: "  ")
        return [line(columns.map(\.title)), rule] + rows.map(line)
    }
}
