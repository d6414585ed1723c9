internal import Domain
import Text

/// How far a mapping fits an export (映射试读): every row is mapped, and nothing is sent.
public struct MappingTrial: Sendable {
    /// What leaves the agency of one cell.
    public enum Departure: Hashable, Sendable {
        /// An attribute and its masked text.
        case attribute(String, text: String)
        /// A pseudonym, from which nobody without the county's key finds back.
        case pseudonym
        /// Nothing.
        case nothing
    }

    /// One cell before and after.
    public struct Field: Hashable, Sendable {
        /// The heading of the column.
        public var heading: String
        /// The cell as it stands in the export.
        public var before: String
        /// What leaves.
        public var after: Departure
    }

    /// One row before and after.
    public struct Preview: Sendable {
        /// The line of the file.
        public var line: Int
        /// The cells in the order of the export.
        ///
        /// Personal data; for the agency's own screen alone.
        public var fields: [Field]
        /// The item, or why there is none.
        public var outcome: RowOutcome
    }

    /// Rows that become items.
    public private(set) var fitting = 0
    /// Rows that are set aside.
    public private(set) var setAside = 0
    /// Blank rows, repeated headings and sums.
    public private(set) var skipped = 0
    /// What does not fit, by row and column: the first of it.
    public private(set) var mistakes: [Mistake] = []
    /// Mistakes beyond those.
    public private(set) var furtherMistakes = 0
    /// What is strange and stops no row: the first of it.
    public private(set) var remarks: [Mistake] = []
    /// The first ten rows.
    public private(set) var preview: [Preview] = []

    private static let mistakesMax = 100
    private static let previewMax = 10

    /// Maps every row of an export.
    ///
    /// - Parameters:
    ///   - mapper: The mapping and the agency's gate.
    ///   - bytes: The whole file.
    ///   - file: Its name.
    /// - Throws: A mistake that concerns the file as a whole.
    public init(of mapper: RowMapper, on bytes: [UInt8], file: String) throws(Mistake) {
        var trial = MappingTrial()
        let reader = ExportReader(file: file, mapping: mapper.mapping)
        try reader.forEachRow(in: bytes) { outcome in
            switch outcome {
            case .row(let row): trial.note(row, mapper.map(row, file: file), mapper.mapping)
            case .broken(let mistake): trial.note([mistake])
            case .skipped: trial.skipped += 1
            }
            return true
        }
        self = trial
    }

    private init() {}

    private mutating func note(_ row: ExportRow, _ outcome: RowOutcome, _ mapping: Mapping) {
        switch outcome {
        case .item(_, let found):
            fitting += 1
            remarks += found.prefix(max(0, MappingTrial.mistakesMax - remarks.count))
        case .forSuperior(_, let mistake): note([mistake])
        case .setAside(let found): note(found)
        case .skipped:
            skipped += 1
            return
        }
        guard preview.count < MappingTrial.previewMax else { return }
        preview.append(
            Preview(
                line: row.line,
                fields: MappingTrial.fields(of: row, outcome, mapping),
                outcome: outcome
            )
        )
    }

    private mutating func note(_ found: [Mistake]) {
        setAside += 1
        let room = max(0, MappingTrial.mistakesMax - mistakes.count)
        mistakes += found.prefix(room)
        furtherMistakes += max(0, found.count - room)
    }

    private static func fields(
        of row: ExportRow,
        _ outcome: RowOutcome,
        _ mapping: Mapping
    ) -> [Field] {
        var event: JSONTree?
        if case .item(let item, _) = outcome { event = try? JSONReader.read(item.event[...]) }
        let persons = mapping.persons.flatMap { [$0.identity, $0.phone, $0.account] }
            .compactMap { $0.map(Folding.heading) }
        return row.cells.map { cell in
            let rule = mapping.rules.first { rule in
                rule.columns.contains { Folding.heading($0) == cell.heading }
            }
            var after = Departure.nothing
            if let rule,
                let value = event?.value(at: rule.target.split(separator: ".").map(String.init))
            {
                after = .attribute(rule.target, text: value.text ?? compact(value))
            } else if event != nil, persons.contains(cell.heading),
                !Folding.trimmed(cell.text).isEmpty
            {
                after = .pseudonym
            }
            return Field(heading: cell.heading, before: cell.text, after: after)
        }
    }

    private static func compact(_ value: JSONTree) -> String {
        String(decoding: value.bytes, as: UTF8.self)
    }
}
