import Catalogue
import Domain
import LiandongClient
import Wire

/// Shows of each row what the hub has that it would repeat, and sends nothing (试查重复).
struct DryRun {
    private let input: PushInput
    private let officer: OfficerOptions
    private let isJSON: Bool
    /// Rows that are no items or may not be asked about.
    private(set) var setAside = 0

    /// Items shown of each row.
    private static let shownMax = 5

    init(input: PushInput, officer: OfficerOptions, isJSON: Bool) {
        self.input = input
        self.officer = officer
        self.isJSON = isJSON
    }

    /// Goes through all rows; the line is opened for those that are there, so that it never idles
    /// while somebody writes the next.
    ///
    /// - Throws: When the hub does not answer.
    mutating func run() throws {
        while let rows = input.take(waitingMilliseconds: 1000) {
            let items = rows.compactMap { take($0) }
            guard !items.isEmpty else { continue }
            try officer.withLine { line throws(Line.Failure) in
                for item in items { try ask(item, &line) }
            }
        }
    }

    private mutating func take(_ row: RowOutcome) -> OutgoingItem? {
        switch row {
        case .item(let item, _) where item.lane == .open: return item
        case .item(let item, _):
            setAside += 1
            var outcome = PushOutcome()
            outcome.tell(item)
            Terminal.complain(Words.sealedNotAsked(item.ref.id))
        case .forSuperior(_, let mistake):
            setAside += 1
            Terminal.complain(mistake.description)
        case .setAside(let mistakes):
            setAside += 1
            for mistake in mistakes { Terminal.complain(mistake.description) }
        case .skipped: break
        }
        return nil
    }

    private func ask(_ item: OutgoingItem, _ line: inout Line) throws(Line.Failure) {
        guard let event = try? JSONValue(parsing: item.event) else { return }
        let answer = try line.ask(
            Query(.likely, limit: DryRun.shownMax, filters: [.init("event", event)])
        )
        let rows = answer.rows.elements ?? []
        let document: JSONValue = [
            "source": .string(item.ref.agency.source), "id": .string(item.ref.id),
            "likely": .array(rows),
        ]
        let title = event["data"]?.string("title") ?? ""
        output(document, isJSON: isJSON) {
            let found = rows.map { "  " + DryRun.text($0) }
            return ["\(item.ref.id)  \(Width.plain(title))"]
                + (found.isEmpty ? ["  " + Words.nothingLikely] : found)
        }
    }

    private static func text(_ row: JSONValue) -> String {
        let parts = (row["pair"]?.list("parts") ?? []).map {
            Words.LinkPart(
                key: $0.string("key"),
                points: $0.integer("value") * $0.integer("weight")
            )
        }
        let time = Timestamp(rfc3339: row.string("time")).map { Words.time($0) } ?? ""
        let name = "\(row.string("source").dropFirst(8))/\(row.string("id"))"
        let standing = Words.likely(
            matter: row.string("case"),
            isLinked: row["linked"]?.flag == true,
            isCopy: row["repeats"]?.flag == true
        )
        return "\(standing)  \(time)  \(name)  \(Width.plain(row.string("title")))  "
            + "(\(Words.link(parts)))"
    }
}
