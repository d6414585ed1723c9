public import Domain

/// What `liandong map FILE` shows: a mapping guessed from an export, and how far it fits (映射建议).
public struct MappingProposal: Sendable {
    /// A township and its code, for the value table of places.
    public struct Town: Hashable, Sendable {
        /// The Chinese name.
        public var title: String
        /// The code.
        public var division: Division

        /// A township.
        public init(title: String, division: Division) {
            self.title = title
            self.division = division
        }
    }

    /// One row before and after.
    public struct Preview: Sendable {
        /// The line of the file.
        public var line: Int
        /// The row as it stands in the export: headings and cells.
        ///
        /// Personal data; for the agency's own screen alone.
        public var before: [(heading: String, text: String)]
        /// What would leave the agency, or why nothing would.
        public var after: RowOutcome
    }

    /// The guess, ready for a file.
    public var mapping: Mapping
    /// What does not fit, by row and column, and what the guess leaves to a person.
    public var findings: [Mistake]
    /// How many rows of the sample become items.
    public var fitting: Int
    /// How many rows of the sample are set aside.
    public var setAside: Int
    /// The first ten rows.
    public var preview: [Preview]

    private static let sampleMax = 500
    private static let previewMax = 10
    private static let findingsMax = 40
}

extension Mapping {
    /// Guesses a mapping from the headings and values of an export.
    ///
    /// - Parameters:
    ///   - bytes: The whole file.
    ///   - file: Its name.
    ///   - gate: The agency's gate.
    ///   - county: The division of items whose place is not known.
    ///   - towns: The townships of the county.
    /// - Returns: The guess, what it leaves open, and the first rows before and after.
    /// - Throws: A mistake when the file cannot be read or has no header.
    public static func propose(
        for bytes: [UInt8],
        file: String,
        gate: DepartureGate,
        county: Division,
        towns: [MappingProposal.Town]
    ) throws(Mistake) -> MappingProposal {
        try MappingProposal(bytes, file: file, gate: gate, county: county, towns: towns)
    }
}

extension MappingProposal {
    init(
        _ bytes: [UInt8],
        file: String,
        gate: DepartureGate,
        county: Division,
        towns: [Town]
    ) throws(Mistake) {
        let outline = try ExportOutline(bytes, file: file)
        var rows: [ExportRow] = []
        var broken: [Mistake] = []
        let sample = ExportReader(file: file, mapping: outline.mapping)
        try sample.forEachRow(in: bytes) { outcome in
            switch outcome {
            case .row(let row): rows.append(row)
            case .broken(let mistake): broken.append(mistake)
            case .skipped: break
            }
            return rows.count < MappingProposal.sampleMax
        }
        var guess = MappingGuess(
            headings: outline.headings,
            rows: rows,
            county: county,
            towns: towns
        )
        guess.guessAttributes(from: outline.mapping)
        let mapper = RowMapper(mapping: guess.mapping, gate: gate, keys: nil)
        mapping = guess.mapping
        findings = guess.leftOpen.map {
            Mistake(
                .badConfiguration,
                file: file,
                column: $0.column,
                what: $0.what,
                remedy: $0.remedy
            )
        }
        findings += broken
        fitting = 0
        setAside = broken.count
        preview = []
        for row in rows {
            let outcome = mapper.map(row, file: file)
            switch outcome {
            case .item: fitting += 1
            case .forSuperior(_, let mistake):
                setAside += 1
                if findings.count < MappingProposal.findingsMax { findings.append(mistake) }
            case .setAside(let mistakes):
                setAside += 1
                if findings.count < MappingProposal.findingsMax { findings += mistakes }
            case .skipped: continue
            }
            guard preview.count < MappingProposal.previewMax else { continue }
            preview.append(
                Preview(
                    line: row.line,
                    before: row.cells.map { ($0.heading, $0.text) },
                    after: outcome
                )
            )
        }
    }
}

/// Where the header of an export stands and what its headings are.
struct ExportOutline {
    var headings: [String]
    /// A mapping that names every heading, so that the reader finds the header.
    var mapping: Mapping

    init(_ bytes: [UInt8], file: String) throws(Mistake) {
        let (text, encoding) = try TextEncoding.decode(bytes, declared: nil, file: file)
        mapping = Mapping()
        mapping.encoding = encoding
        let format = ExportReader.format(of: file, text)
        mapping.format = format
        switch format {
        case .csv:
            let delimiter = CSVReader.likelyDelimiter(of: text)
            mapping.delimiter = delimiter
            headings = ExportOutline.header(text, delimiter: delimiter, file: file)
        case .json, .jsonl:
            if format == .json { mapping.rowsPath = ExportOutline.rowsPath(text) }
            var names: [String] = []
            let reader = ExportReader(file: file, mapping: mapping)
            var count = 0
            try reader.forEachRow(in: bytes) { outcome in
                if case .row(let row) = outcome {
                    for cell in row.cells where !names.contains(cell.heading) {
                        names.append(cell.heading)
                    }
                }
                count += 1
                return count < 500
            }
            headings = names
        }
        guard !headings.isEmpty else {
            throw Mistake(
                .badConfiguration,
                file: file,
                what: "no header was found",
                remedy: "Give a file with one row of headings above the rows"
            )
        }
        mapping.rules = [
            Mapping.Rule(target: "data.text", columns: headings.filter { !$0.isEmpty })
        ]
    }

    /// The row that looks most like a header: known words first, then filled cells.
    private static func header(_ text: [UInt8], delimiter: UInt8, file: String) -> [String] {
        var reader = CSVReader(text, delimiter: delimiter, file: file)
        var best: (score: Int, headings: [String]) = (0, [])
        for _ in 0..<ExportReader.headerRowsMax {
            guard let outcome = reader.next() else { break }
            guard case .record(let record) = outcome else { continue }
            let headings = ExportReader.headings(record.fields)
            let filled = headings.filter { !$0.isEmpty }
            let known = filled.count { MappingGuess.isKnown($0) }
            let plain = filled.count { $0.count <= 20 && Int($0) == nil }
            let score = filled.count < 2 ? 0 : 100 * known + plain
            if score > best.score { best = (score, headings) }
        }
        return best.headings
    }

    /// The keys that lead to the first array of objects.
    private static func rowsPath(_ text: [UInt8]) -> [String] {
        guard let tree = try? JSONReader.read(text[...]) else { return [] }
        func search(_ tree: JSONTree, _ path: [String]) -> [String]? {
            if let elements = tree.elements, elements.first?.members != nil { return path }
            guard path.count < 4, let members = tree.members else { return nil }
            for member in members.list {
                if let found = search(member.value, path + [member.key]) { return found }
            }
            return nil
        }
        return search(tree, []) ?? []
    }
}
