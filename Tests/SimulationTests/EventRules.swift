import Domain
import Foundation

/// A strict little reader of CONTRACT §1, written apart from the simulator and the hub.
enum EventRules {
    private static let top: Set<String> = [
        "specversion", "type", "source", "id", "time", "subject", "datacontenttype", "data",
    ]
    private static let content: Set<String> = [
        "title", "text", "form", "purpose", "category", "place", "respondent", "persons", "heads",
        "affected", "representatives", "visit", "urgent", "danger", "media", "official_no",
        "relates",
    ]
    private static let forms: Set<String> = [
        "letter", "visit", "online", "phone", "fax", "hotline", "grid", "media",
    ]
    private static let purposes: Set<String> = ["demand", "appeal", "suggestion", "consultation"]

    /// What is wrong with an event that should say what an item says.
    static func mistakes(in event: [String: Any], of item: Item) -> [String] {
        var found: [String] = []
        func check(_ holds: Bool, _ what: String) {
            if !holds { found.append(what) }
        }
        let data = event["data"] as? [String: Any] ?? [:]
        check(Set(event.keys) == top, "attributes")
        check(Set(data.keys).isSubset(of: content), "fields of data")
        check(event["specversion"] as? String == "1.0", "specversion")
        check(event["type"] as? String == item.kind.type, "type")
        check(event["source"] as? String == "/agency/" + item.ref.agency.name, "source")
        check(event["id"] as? String == item.ref.id && item.ref.id.utf8.count <= 128, "id")
        let time = event["time"] as? String ?? ""
        check(time.hasSuffix("+08:00") && Timestamp(rfc3339: time) == item.time, "time")
        let subject = event["subject"] as? String ?? ""
        check(Division(code: subject) == item.division, "subject")
        check(subject == "000000" || subject.hasPrefix("441424"), "county")
        let text = data["text"] as? String ?? ""
        check(text == item.text && !text.isEmpty && text.utf8.count <= 65_536, "text")
        check(data["title"] as? String == item.title && !item.title.isEmpty, "title")
        check(forms.contains(data["form"] as? String ?? ""), "form")
        if let purpose = data["purpose"] as? String { check(purposes.contains(purpose), "purpose") }
        if let key = data["category"] as? String {
            check(Category(key: key) == item.category, "category")
        }
        check((data["place"] as? String ?? "") == item.place, "place")
        check((data["respondent"] as? String ?? "") == item.respondent, "respondent")
        check(data["heads"] as? Int ?? 0 == item.heads, "heads")
        check(data["representatives"] as? Int ?? 0 <= 5, "representatives")
        check(data["urgent"] as? Bool ?? false == item.isUrgent, "urgent")
        check(data["danger"] as? Bool ?? false == item.isDangerToLife, "danger")
        found += mistakes(inPersons: data["persons"], of: item)
        found += mistakes(inMedia: data["media"], of: item)
        let relates = (data["relates"] as? [[String: String]] ?? []).compactMap { entry in
            AgencyID(source: entry["source"] ?? "").map {
                ItemRef(agency: $0, id: entry["id"] ?? "")
            }
        }
        check(relates == item.relates, "relates")
        return found
    }

    private static func mistakes(inPersons value: Any?, of item: Item) -> [String] {
        let persons = value as? [[String]] ?? []
        let read = persons.map { $0.compactMap { Pseudonym(text: $0) } }
        guard read == item.persons, read.map(\.count) == persons.map(\.count) else {
            return ["persons"]
        }
        return persons.contains([]) ? ["a person without a pseudonym"] : []
    }

    private static func mistakes(inMedia value: Any?, of item: Item) -> [String] {
        guard let media = value as? [String: Any] else {
            return item.kind == .sentiment ? ["media"] : []
        }
        guard item.kind == .sentiment, item.persons.isEmpty else { return ["an author"] }
        let tone = media["tone"] as? Int ?? 9999
        let keys = Set(media.keys)
        let expected: Set<String> = [
            "platform", "url", "reach", "comments", "shares", "tone", "level",
        ]
        return keys == expected && (-1000...1000).contains(tone) ? [] : ["media"]
    }
}
