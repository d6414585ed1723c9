import Text

/// One row of an export (导出记录): its line and its cells by heading.
package struct ExportRow: Hashable, Sendable {
    /// One cell.
    package struct Cell: Hashable, Sendable {
        package var heading: String
        package var text: String
    }

    /// The line of the file on which the row begins, from 1.
    package var line: Int
    /// The cells in the order of the export.
    package var cells: [Cell]

    /// The cell under a heading; `nil` when there is no such column.
    package subscript(heading: String) -> String? {
        let key = Folding.heading(heading)
        return cells.first { $0.heading == key }?.text
    }

    /// No cell holds anything.
    package var isBlank: Bool { cells.allSatisfy { Folding.trimmed($0.text).isEmpty } }

    /// The most cells that a JSON object may have.
    static let cellsMax = 512

    /// A row from a JSON object; the members of inner objects are headed `outer.inner`.
    init(line: Int, object: JSONTree.Members) {
        self.line = line
        self.cells = []
        ExportRow.flatten(.object(object), heading: "", into: &cells)
    }

    init(line: Int, cells: [Cell]) {
        self.line = line
        self.cells = cells
    }

    private static func flatten(_ tree: JSONTree, heading: String, into cells: inout [Cell]) {
        guard cells.count < cellsMax else { return }
        func add(_ text: String) {
            cells.append(Cell(heading: Folding.heading(heading), text: text))
        }
        func inner(_ key: String) -> String { heading.isEmpty ? key : heading + "." + key }
        switch tree {
        case .null: add("")
        case .bool(let value): add(value ? "true" : "false")
        case .number(let digits): add(digits)
        case .string(let text): add(text)
        case .object(let members):
            for member in members.list {
                flatten(member.value, heading: inner(member.key), into: &cells)
            }
        case .array(let elements):
            let texts = elements.compactMap { element in
                if case .number(let digits) = element { digits } else { element.text }
            }
            if texts.count == elements.count {
                add(texts.joined(separator: "、"))
            } else {
                for (index, element) in elements.enumerated() {
                    flatten(element, heading: inner(String(index)), into: &cells)
                }
            }
        }
    }
}
