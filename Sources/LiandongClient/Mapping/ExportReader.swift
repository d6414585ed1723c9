internal import Domain
import Text

/// Reads the rows of an export (导出文件读取): CSV, one JSON document, or JSON lines.
///
/// The header of CSV is the first row that holds every mapped heading; titles above it are skipped.
package struct ExportReader {
    /// A row, or the mistake that stands in its place.
    package enum Outcome {
        case row(ExportRow)
        case broken(Mistake)
        case skipped
    }

    /// The largest export that is read.
    package static let bytesMax = 256 << 20
    /// How far down the header may stand.
    package static let headerRowsMax = 40

    let file: String
    let mapping: Mapping

    package init(file: String, mapping: Mapping) {
        self.file = file
        self.mapping = mapping
    }

    /// Calls `body` with each row in the order of the file.
    ///
    /// - Parameters:
    ///   - bytes: The whole file.
    ///   - body: Takes a row; `false` stops.
    /// - Throws: A mistake that concerns the file as a whole.
    package func forEachRow(
        in bytes: [UInt8],
        _ body: (Outcome) -> Bool
    ) throws(Mistake) {
        guard bytes.count <= ExportReader.bytesMax else {
            throw Mistake(
                .messageTooLarge,
                file: file,
                what: "the file has \(bytes.count) bytes, more than 256 MiB",
                remedy: "Export shorter periods"
            )
        }
        let text = try TextEncoding.decode(bytes, declared: mapping.encoding, file: file).utf8
        switch mapping.format ?? ExportReader.format(of: file, text) {
        case .csv: try readCSV(text, body)
        case .json: try readJSON(text, body)
        case .jsonl: try readLines(text, body)
        }
    }

    /// The format by the file's name, else by its first character.
    static func format(of file: String, _ text: [UInt8]) -> Mapping.Format {
        let name = file.lowercased()
        if name.hasSuffix(".jsonl") || name.hasSuffix(".ndjson") { return .jsonl }
        if name.hasSuffix(".csv") || name.hasSuffix(".txt") { return .csv }
        if name.hasSuffix(".json") { return .json }
        switch text.first(where: { ![32, 9, 10, 13].contains($0) }) {
        case 91: return .json
        case 123:
            // An object that ends on the first line is a line of its own.
            let line = text.prefix { $0 != 10 }
            return (try? JSONReader.read(line)) == nil ? .json : .jsonl
        default: return .csv
        }
    }

    // MARK: CSV

    private func readCSV(_ text: [UInt8], _ body: (Outcome) -> Bool) throws(Mistake) {
        let delimiter = mapping.delimiter ?? CSVReader.likelyDelimiter(of: text)
        var reader = CSVReader(text, delimiter: delimiter, file: file)
        let header = try header(&reader)
        while let outcome = reader.next() {
            switch outcome {
            case .broken(let mistake):
                if !body(.broken(mistake)) { return }
            case .record(let record):
                if !body(row(record, header)) { return }
            }
        }
    }

    private func row(_ record: CSVReader.Record, _ header: [String]) -> Outcome {
        if record.isEmpty || record.fields.map(Folding.heading) == header { return .skipped }
        let surplus = record.fields.dropFirst(header.count)
        if surplus.contains(where: { !Folding.trimmed($0).isEmpty }) {
            return .broken(
                Mistake(
                    .badValue,
                    file: file,
                    row: record.line,
                    what:
                        "the row has \(record.fields.count) columns, the header has \(header.count)",
                    remedy: "Put text that holds the delimiter in quotation marks"
                )
            )
        }
        var cells: [ExportRow.Cell] = []
        for (index, heading) in header.enumerated() where !heading.isEmpty {
            let text = index < record.fields.count ? record.fields[index] : ""
            cells.append(ExportRow.Cell(heading: heading, text: text))
        }
        return .row(ExportRow(line: record.line, cells: cells))
    }

    private func header(_ reader: inout CSVReader) throws(Mistake) -> [String] {
        let wanted = mapping.requiredHeadings
        var best: (line: Int, missing: [String])?
        for _ in 0..<ExportReader.headerRowsMax {
            guard let outcome = reader.next() else { break }
            guard case .record(let record) = outcome else { continue }
            try refuseMarkedTitle(record)
            let header = ExportReader.headings(record.fields)
            let missing = wanted.filter { !header.contains($0) }
            if missing.isEmpty { return header }
            if missing.count < best?.missing.count ?? wanted.count {
                best = (record.line, missing)
            }
        }
        throw Mistake(
            .badConfiguration,
            file: file,
            row: best?.line,
            column: (best?.missing ?? wanted).joined(separator: " "),
            what: best == nil
                ? "no row of the first \(ExportReader.headerRowsMax) is the header"
                : "the header lacks mapped columns",
            remedy: "Compare the mapping with the export's headings, or run: liandong map FILE"
        )
    }

    /// Headings without white space; of equal ones the second is called `名称#2`.
    static func headings(_ fields: [String]) -> [String] {
        var header: [String] = []
        for field in fields {
            let heading = Folding.heading(field)
            let equal = header.count { $0 == heading || $0.hasPrefix(heading + "#") }
            header.append(equal == 0 || heading.isEmpty ? heading : "\(heading)#\(equal + 1)")
        }
        return header
    }

    private func refuseMarkedTitle(_ record: CSVReader.Record) throws(Mistake) {
        for field in record.fields {
            guard let marking = SecrecyMarking.first(in: field) else { continue }
            throw Mistake(
                .secrecyMarking,
                file: file,
                row: record.line,
                what: "the file carries the secrecy marking \(marking.rawValue)",
                remedy: "Such a file is not sent; handle it by the rules for state secrets"
            )
        }
    }

    // MARK: JSON

    private func readJSON(_ text: [UInt8], _ body: (Outcome) -> Bool) throws(Mistake) {
        let elements: [(line: Int, tree: JSONTree)]
        do {
            elements = try JSONReader.readElements(text[...], at: mapping.rowsPath[...])
        } catch {
            throw Mistake(
                .notJSON,
                file: file,
                row: error.line,
                what: "no JSON at byte \(error.column): \(error.what)",
                remedy: "Export the file once more; “rows” of the mapping names the array's key"
            )
        }
        let rows = elements.map { row($0.tree, line: $0.line) }
        try refuseMissing(in: rows)
        for row in rows where !body(row) { return }
    }

    private func readLines(
        _ text: [UInt8],
        _ body: (Outcome) -> Bool
    ) throws(Mistake) {
        var headings: [Outcome] = []
        var missing = Set(mapping.requiredHeadings)
        scanLines(text) { outcome in
            if case .row(let row) = outcome {
                let before = missing.count
                for cell in row.cells { missing.remove(cell.heading) }
                if missing.count < before { headings.append(outcome) }
            }
            return !missing.isEmpty
        }
        if !missing.isEmpty { try refuseMissing(in: headings) }
        scanLines(text, body)
    }

    /// A key that no object has is misspelt, or left out by an export that omits what is empty.
    private func refuseMissing(in rows: [Outcome]) throws(Mistake) {
        var headings: Set<String> = []
        for case .row(let row) in rows {
            for cell in row.cells { headings.insert(cell.heading) }
        }
        let missing = mapping.requiredHeadings.filter { !headings.contains($0) }
        guard !missing.isEmpty, !rows.isEmpty else { return }
        throw Mistake(
            .badConfiguration,
            file: file,
            column: missing.joined(separator: " "),
            what: "no object has the mapped key",
            remedy: "Correct the mapping; name it in “optional” if the export omits empty values"
        )
    }

    private func scanLines(_ text: [UInt8], _ body: (Outcome) -> Bool) {
        var line = 0
        var start = 0
        while start < text.count {
            let end = text[start...].firstIndex(of: 10) ?? text.count
            line += 1
            let content = text[start..<end]
            start = end + 1
            if content.allSatisfy({ [32, 9, 13].contains($0) }) { continue }
            let outcome: Outcome
            do {
                outcome = row(try JSONReader.read(content), line: line)
            } catch {
                outcome = .broken(
                    Mistake(
                        .notJSON,
                        file: file,
                        row: line,
                        what: "no JSON at byte \(error.column): \(error.what)",
                        remedy: "Give one JSON object a line"
                    )
                )
            }
            if !body(outcome) { return }
        }
    }

    private func row(_ tree: JSONTree, line: Int) -> Outcome {
        guard let members = tree.members else {
            return .broken(
                Mistake(
                    .wrongType,
                    file: file,
                    row: line,
                    what: "the element is no object",
                    remedy: "Give one object a row"
                )
            )
        }
        return .row(ExportRow(line: line, object: members))
    }
}
