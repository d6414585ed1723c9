import Catalogue
import Domain
import LiandongClient
import LiandongClientZeroMQ
import Wire

/// A case with its items as an officer sees it, or an item that stands alone (所见类案).
struct MatterOnScreen {
    /// The case's row; `nil` for an item that stands alone.
    let matter: JSONValue?
    /// Its items' rows, in journal order.
    let members: [JSONValue]

    /// Asks the hub.
    ///
    /// - Parameters:
    ///   - name: The case's identifier, or an item as AGENCY/NUMBER.
    ///   - line: The officer's line.
    /// - Throws: When the hub knows no such case or item, or does not answer.
    init(_ name: String, line: inout Line) throws(Line.Failure) {
        var filters: [JSONValue.Member] = [.init("case", .string(name))]
        if let item = ItemName(name) { filters = [.init("item", item.json)] }
        let rows = try line.askAll(
            Query(.matter, limit: 500, filters: filters),
            rowsMax: SeenCase.itemsMax + 1
        )
        matter = rows.first { $0["items"]?.int != nil }
        members = rows.filter { $0["items"]?.int == nil }
    }

    /// What a command says that the officer saw.
    var seen: SeenCase {
        SeenCase(
            id: matter.flatMap { CaseID(text: $0.string("case")) },
            items: members.map { UInt64($0.integer("ordinal")) }.sorted()
        )
    }

    /// The ordinal of an item that is among them.
    func ordinal(of item: ItemName) -> UInt64? {
        members.first {
            $0.string("source") == item.source && $0.string("id") == item.id
        }.map { UInt64($0.integer("ordinal")) }
    }

    /// The heading in office form (类案标题).
    var heading: String {
        let township = matter?.string("division") ?? ""
        return Words.caseTitle(
            town: township.hasSuffix("000") ? "" : matter?.string("place") ?? "",
            category: matter?.string("category") == Category.unknown.key
                ? "" : matter?.string("category_title") ?? "",
            headings: members.prefix(16).map { $0.title },
            items: ItemCount(matter?.integer("items") ?? members.count)
        )
    }

    /// The case and its items as JSON.
    var document: JSONValue {
        let named = matter?.members.map {
            JSONValue.object($0 + [.init("heading", .string(heading))])
        }
        return ["case": named ?? .null, "items": .array(members)]
    }

    /// The case and its items for a terminal.
    var lines: [String] {
        var table = Table([
            .init(title: "时间"), .init(title: "来源"),
            .init(title: "标题", isFlexible: true), .init(title: "编号"),
        ])
        let names = Dictionary(
            (matter?.list("agencies") ?? []).map { ($0.string("agency"), $0.string("name")) },
            uniquingKeysWith: { first, _ in first }
        )
        for member in members {
            let time = Timestamp(rfc3339: member.string("time")).map { Words.time($0) }
            let agency = String(member.string("source").dropFirst(8))
            table.add([
                time ?? "", names[agency] ?? agency, member.title,
                "\(agency)/\(member.string("id"))",
            ])
        }
        return head + [""] + table.lines(columnsMax: Terminal.columns)
    }

    /// What stands above the items.
    var head: [String] { matter.map { head($0) } ?? ["该件未入类案。"] }

    /// Visits and the heads that count for them, where there are any.
    private func visits(_ matter: JSONValue) -> String {
        let visits = matter.integer("visits")
        return visits > 0 ? " \(visits)批 \(matter.integer("heads"))人次" : ""
    }

    private func head(_ matter: JSONValue) -> [String] {
        let shares = matter.list("agencies").map {
            "\($0.string("name")) \($0.integer("items"))件"
        }
        let span = ["first", "last"].map { key in
            Timestamp(rfc3339: matter.string(key)).map { Words.time($0) } ?? ""
        }
        let aliases = matter.list("aliases").compactMap(\.text)
        return [
            heading,
            "  编号 \(matter.string("case"))  \(Words.life(token: matter.string("life")))",
            "  \(matter.integer("items"))件 \(matter.integer("persons"))人"
                + visits(matter)
                + "  \(matter.string("place"))  \(matter.string("category_title"))",
            "  \(span[0]) 至 \(span[1])  " + shares.joined(separator: "、"),
        ] + (aliases.isEmpty ? [] : ["  原编号 " + aliases.joined(separator: "、")])
    }
}

/// An item on the command line, `AGENCY/NUMBER`.
struct ItemName {
    /// The agency's source.
    let source: String
    /// The agency's own number.
    let id: String

    /// An item's name; `nil` for a text that is none, as a case's identifier.
    init?(_ text: String) {
        guard CaseID(text: text) == nil, let slash = text.firstIndex(of: "/"),
            let agency = AgencyID(name: String(text[..<slash]))
        else { return nil }
        source = agency.source
        id = String(text[text.index(after: slash)...])
    }

    /// The name as JSON.
    var json: JSONValue { ["source": .string(source), "id": .string(id)] }
}
