import Catalogue
import Domain
import LiandongClient
import Wire

/// Why the items of a case are in it, as officers and analysts read it (归案说明).
struct WhyOnScreen {
    /// The rows of the answer.
    let rows: [JSONValue]

    /// Asks the hub.
    ///
    /// - Parameters:
    ///   - name: The case's identifier, or an item as AGENCY/NUMBER.
    ///   - line: The officer's line.
    /// - Throws: When the hub knows no such case or item, or does not answer.
    init(_ name: String, line: inout Line) throws(Line.Failure) {
        var filters: [JSONValue.Member] = [.init("case", .string(name))]
        if let item = ItemName(name) { filters = [.init("item", item.json)] }
        rows = try line.askAll(
            Query(.why, limit: 200, filters: filters),
            rowsMax: SeenCase.itemsMax + 1000
        )
    }

    /// For a terminal: of each item its title, the reason in words, and the numbers behind it.
    var lines: [String] { rows.flatMap { WhyOnScreen.lines($0) + [""] } }

    private static func lines(_ row: JSONValue) -> [String] {
        let time = Timestamp(rfc3339: row.string("time")).map { Words.time($0) } ?? ""
        var head = "\(time)  \(name(row))  \(row.title)"
        if let absorbed = row["absorbed"]?.text { head = "\(Words.absorbed(absorbed)):\(head)" }
        switch row.string("basis") {
        case "linked": return [head] + (row["link"].map { lines(link: $0) } ?? [])
        case "edited": return [head, "    " + Words.linkedByEdit(row.integer("edit"))]
        default: return [head, "    " + Words.foundingItem]
        }
    }

    private static func lines(link: JSONValue) -> [String] {
        let pairs = link.list("pairs")
        let parts = pairs.flatMap { $0.list("parts") }.map {
            Words.LinkPart(
                key: $0.string("key"),
                points: $0.integer("value") * $0.integer("weight") / max(1, pairs.count)
            )
        }
        let compared = pairs.map { $0["item"].map { name($0) } ?? "" }.joined(separator: "、")
        let rule = Words.linkRule(token: link.string("rule"))
        var lines = ["    \(rule)(\(compared)):\(Words.link(parts))"]
        for pair in pairs {
            let sum = WhyOnScreen.shown(pair).map { key, points in
                "\(points < 0 ? "-" : "+") \(key) \(decimal(abs(points)))"
            }
            let own = decimal(1000 * pair.integer("score"))
            let item = pair["item"].map { name($0) } ?? ""
            lines.append("      \(item) \(own) = " + sum.joined(separator: " "))
        }
        lines.append("      " + total(link))
        return lines
    }

    /// What made a pair's score and is seen in three decimals: the base, then the rest by its size.
    private static func shown(_ pair: JSONValue) -> [(key: String, points: Int)] {
        let parts = pair.list("parts").map {
            (key: $0.string("key"), points: $0.integer("value") * $0.integer("weight"))
        }
        let base = parts.filter { $0.key == "base" }
        let rest = parts.filter { $0.key != "base" && abs($0.points) >= 500 }
        return base
            + rest.sorted { (abs($1.points), $0.key) < (abs($0.points), $1.key) }
    }

    /// The score of the link, the bar, and what of it is computed again.
    private static func total(_ link: JSONValue) -> String {
        var text = "score \(decimal(1000 * link.integer("score")))"
        if link.integer("of") > 1 {
            text += " = mean of \(link.integer("of"))"
            let missing = link.integer("of") - link.list("pairs").count
            if missing > 0 {
                text += " (\(missing) missing at \(decimal(1000 * link.integer("missing"))))"
            }
            let shift = link.integer("shift")
            if shift != 0 {
                text += " \(shift < 0 ? "-" : "+") \(decimal(1000 * abs(shift)))"
            }
        }
        text += ", bar \(decimal(1000 * link.integer("bar")))"
        let version = link.string("linkage")
        text += version.isEmpty ? ", linkage as shipped" : ", linkage \(version.prefix(8))"
        text += ", engine \(link.integer("engine"))"
        guard let again = link["recomputed"]?.int else { return text + ", its rules are not kept" }
        guard Int(again) != link.integer("score") else { return text }
        return text + ", computed again \(decimal(1000 * Int(again)))"
    }

    private static func name(_ item: JSONValue) -> String {
        "\(item.string("source").dropFirst(8))/\(item.string("id"))"
    }

    /// Millionths with three decimals.
    private static func decimal(_ millionths: Int) -> String {
        let rounded = (abs(millionths) + 500) / 1000
        let rest = String(rounded % 1000)
        let sign = millionths < 0 ? "-" : ""
        return "\(sign)\(rounded / 1000).\(String(repeating: "0", count: 3 - rest.count))\(rest)"
    }
}
