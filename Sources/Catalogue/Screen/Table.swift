/// A table that is right for wide characters and fits the terminal (表格).
package struct Table: Sendable {
    /// Where a cell's text stands.
    package enum Alignment: Sendable {
        case left
        case right
    }

    /// A column.
    package struct Column: Sendable {
        /// The heading.
        package var title: String
        /// Where the text stands; numbers stand to the right.
        package var alignment: Alignment
        /// It gives way when the table is too wide.
        package var isFlexible: Bool

        /// A column from its parts.
        package init(title: String, alignment: Alignment = .left, isFlexible: Bool = false) {
            self.title = title
            self.alignment = alignment
            self.isFlexible = isFlexible
        }
    }

    /// A flexible column is never narrower, unless its texts are.
    private static let flexibleMin = 12

    private let columns: [Column]
    private var rows: [[String]] = []

    /// A table without rows.
    package init(_ columns: [Column]) {
        self.columns = columns
    }

    /// Adds a row; a cell for each column.
    package mutating func add(_ cells: [String]) {
        precondition(cells.count == columns.count, "a row has a cell for each column")
        rows.append(cells.map(Width.plain))
    }

    /// The lines of the table: a heading, a rule and the rows.
    ///
    /// A cell that does not fit its column is cut, or goes on for up to `linesMax` lines.
    package func lines(columnsMax: Int, linesMax: Int = 1) -> [String] {
        let widths = widths(columnsMax: columnsMax)
        let rule = widths.map { String(repeating: "─", count: $0) }.joined(separator: "  ")
        let body = rows.flatMap { row in
            let cells = row.indices.map { index in
                linesMax == 1
                    ? [Width.fit(row[index], columns: widths[index])]
                    : Width.wrap(row[index], columns: widths[index], linesMax: linesMax)
            }
            return (0..<(cells.map(\.count).max() ?? 0)).map { number in
                line(cells.map { number < $0.count ? $0[number] : "" }, widths)
            }
        }
        return [line(columns.map(\.title), widths), rule] + body
    }

    /// Each column as wide as its widest text; the widest flexible ones give way first.
    private func widths(columnsMax: Int) -> [Int] {
        var widths = columns.indices.map { index in
            let widest = rows.reduce(Width.of(columns[index].title)) {
                max($0, Width.of($1[index]))
            }
            return columns[index].isFlexible ? min(widest, max(columnsMax, 1)) : widest
        }
        let flexible = columns.indices.filter { columns[$0].isFlexible }
        var excess = widths.reduce(2 * (columns.count - 1), +) - columnsMax
        while excess > 0, let widest = flexible.max(by: { widths[$0] < widths[$1] }),
            widths[widest] > Table.flexibleMin
        {
            widths[widest] -= 1
            excess -= 1
        }
        return widths
    }

    private func line(_ cells: [String], _ widths: [Int]) -> String {
        let padded = cells.indices.map { index in
            Width.pad(
                cells[index],
                columns: widths[index],
                toTheRight: columns[index].alignment == .right
            )
        }
        var text = padded.joined(separator: "  ")
        while text.last == " " { text.removeLast() }
        return text
    }
}
