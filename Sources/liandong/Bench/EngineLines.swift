import Domain
import Simulation
import Wire

/// Where a measured engine's items come from, one after the other.
struct EngineLines {
    /// What it is, for the report.
    let name: String
    /// How many there are.
    let count: Int
    private var stream: GeneratedStream?
    private var lines: [(bytes: [UInt8], agency: AgencyID)] = []
    private var place = 0

    /// The first items of a generated stream; they are made as they are asked for.
    init(generated count: Int, seed: UInt64) {
        name = "generated, seed \(seed)"
        self.count = count
        stream = GeneratedStream(seed: seed)
    }

    /// The items of a file as an agency's daemon sends them, in time order.
    init(file: String) throws(CommandFailure) {
        let ordered = try OrderedItems(lines: TextLines.read(file), file: file)
        for line in ordered.lines {
            lines.append((try EvaluationRun.sent(line, file: file), line.sender))
        }
        name = "file"
        count = lines.count
    }

    /// Simulated years, one after the other.
    init(years: Int) {
        for seed in 1...years {
            for item in SimulatedYear(seed: UInt64(seed)).items {
                lines.append((item.line, item.agency))
            }
        }
        name = "simulated years"
        count = lines.count
        lines = YearTexts.renumbered(lines)
    }

    /// The next line and its sender; `nil` at the end.
    mutating func next() -> (bytes: [UInt8], agency: AgencyID)? {
        guard place < count else { return nil }
        defer { place += 1 }
        guard let item = stream?.nextItem() else { return lines[place] }
        return (item.line, item.item.ref.agency)
    }
}

extension YearTexts {
    /// Lines of several years, with identifiers that no two share.
    static func renumbered(
        _ lines: [(bytes: [UInt8], agency: AgencyID)]
    ) -> [(bytes: [UInt8], agency: AgencyID)] {
        lines.enumerated().map { place, line in
            let id = BenchItems.id(producer: 0, number: place + 1)
            return (YearTexts.renamed(line.bytes, agency: line.agency, id: id), line.agency)
        }
    }
}
