internal import Domain
import Text
import Wire

/// Checks an item at the agency before it goes into the outbox (本地校验).
///
/// The same form as the hub's (CONTRACT §1), so that a mistake is named by row where it was made
/// and no line ends in the hub's quarantine.
struct ItemCheck {
    /// A breach of the form.
    struct Breach: Hashable, Sendable {
        var code: ErrorCode
        /// The attribute, `data.heads`.
        var attribute: String
        var what: String
        var remedy: String
    }

    private static let countKeys = ["heads", "affected", "representatives"]
    private static let fieldKeys = ["place", "respondent", "official_no"]
    private static let mediaCountKeys = ["reach", "comments", "shares"]

    private let event: JSONTree
    private var breaches: [Breach] = []

    /// Every breach of the form in an event; none when the hub will register it.
    ///
    /// - Parameters:
    ///   - event: The CloudEvents object.
    ///   - sender: The agency whose outbox it goes into.
    ///   - byteCount: The size of the event's JSON.
    /// - Returns: The breaches in the order of the attributes.
    static func breaches(in event: JSONTree, sender: AgencyID, byteCount: Int) -> [Breach] {
        var check = ItemCheck(event: event)
        guard event.members != nil else {
            check.add(.wrongType, "", "is no JSON object", "Give one CloudEvents object a line")
            return check.breaches
        }
        check.checkAttributes(sender: sender)
        check.checkTexts(byteCount: byteCount)
        check.checkTokens()
        check.checkNumbers()
        check.checkPersons()
        check.checkReferences()
        return check.breaches
    }

    /// What the hub's own check for markings and its reader find in an event without breaches: the last word on what it takes.
    ///
    /// The checks above name what people get wrong in words of the export; this one leaves no line that
    /// the agency lets go and the hub keeps aside.
    static func refusals(of event: [UInt8], sender: AgencyID) -> [Breach] {
        if let marking = SecrecyMarking.first(inLine: event) {
            let remedy = "Take it out of the export and handle it by the rules for state secrets"
            let what = "the row carries the secrecy marking \(marking.rawValue)"
            return [Breach(code: .secrecyMarking, attribute: "", what: what, remedy: remedy)]
        }
        // The sealed lane's reader tells also what is wrong with an accusation.
        let decoder = EventDecoder(lane: .sealed)
        guard
            case .malformed(let code, let reason, _, _) = decoder.decode(
                line: event,
                sender: sender
            )
        else { return [] }
        let words = reason.split(separator: " ", maxSplits: 1).map(String.init)
        let isNamed = words.count == 2 && words[0].hasPrefix("data")
        let parts = (isNamed ? words[1] : reason).split(separator: ";", maxSplits: 1)
        return [
            Breach(
                code: code,
                attribute: isNamed ? words[0] : "",
                what: parts.first.map(String.init) ?? reason,
                remedy: parts.count == 2 ? Folding.trimmed(String(parts[1])) : "Correct it"
            )
        ]
    }

    private init(event: JSONTree) {
        self.event = event
    }

    private mutating func add(
        _ code: ErrorCode,
        _ attribute: String,
        _ what: String,
        _ remedy: String
    ) {
        breaches.append(Breach(code: code, attribute: attribute, what: what, remedy: remedy))
    }

    private func at(_ path: String) -> JSONTree? {
        event.value(at: path.split(separator: ".").map(String.init))
    }

    /// The string at a path; a missing or mistyped one is a breach.
    private mutating func required(_ path: String, _ remedy: String) -> String? {
        switch at(path) {
        case .string(let text) where !Folding.trimmed(text).isEmpty: return text
        case nil, .null, .string: add(.missingAttribute, path, "is missing or empty", remedy)
        default: add(.wrongType, path, "is no string", remedy)
        }
        return nil
    }

    private var isLife: Bool { at("type")?.text.flatMap { ItemKind(type: $0) }?.isLife ?? false }

    private mutating func checkAttributes(sender: AgencyID) {
        if let version = required("specversion", "Give “1.0”"), version != "1.0" {
            add(.badValue, "specversion", "is \(quoted(version))", "Give “1.0”")
        }
        let types = "Give one of cn.liandong.complaint.v1, …sentiment.v1, …risk.v1, …life.NAME.v1"
        if let type = required("type", types), ItemKind(type: type) == nil {
            add(.unknownItemType, "type", "\(quoted(type)) is not known", types)
        }
        if let source = required("source", "Give \(quoted(sender.source))"), source != sender.source
        {
            add(
                .foreignSource,
                "source",
                "\(quoted(source)) is not the sender",
                "Give \(quoted(sender.source)); each agency sends its own items"
            )
        }
        if let id = required("id", "Map the agency's own number"),
            id.utf8.count > ItemLimits.idBytesMax
                || id.unicodeScalars.contains(where: { $0.value < 32 || $0.value == 127 })
        {
            add(
                .badIdentity,
                "id",
                "\(quoted(id)) is too long or holds a control character",
                "Give at most 128 bytes on one line"
            )
        }
        let zoned = "Give RFC 3339 with a zone, 2024-03-05T14:30:00+08:00"
        if let time = required("time", zoned), !ItemCheck.isRFC3339(time) {
            add(.badTime, "time", "\(quoted(time)) is no time with a zone", zoned)
        }
        let division = "Give 6 digits of a county, 9 of a township, or 000000 for unknown"
        if let subject = required("subject", division), Division(code: subject) == nil {
            add(.badDivision, "subject", "\(quoted(subject)) is no division code", division)
        }
        if at("data")?.members == nil {
            add(
                .missingAttribute,
                "data",
                "is missing or no object",
                "Give the content as an object"
            )
        }
    }

    /// RFC 3339 with `T` and a zone.
    static func isRFC3339(_ text: String) -> Bool {
        let separator = text.utf8.dropFirst(10).first
        return separator.map { $0 | 32 == 116 } == true && Timestamp(rfc3339: text) != nil
    }

    private mutating func checkTexts(byteCount: Int) {
        if byteCount > ItemLimits.eventBytesMax {
            add(
                .eventTooLarge,
                "",
                "the event has \(byteCount) bytes, more than 256 KiB",
                "Shorten the text; the hub takes no attachments"
            )
        }
        if !isLife, let text = required("data.text", "Map the content as written"),
            text.utf8.count > ItemLimits.textBytesMax
        {
            add(
                .textTooLong,
                "data.text",
                "has \(text.utf8.count) bytes, more than 64 KiB",
                "Give the summary of the matter instead of the attachments"
            )
        }
        checkString("data.title", bytesMax: ItemLimits.titleBytesMax, code: .textTooLong)
        for key in ItemCheck.fieldKeys {
            checkString("data." + key, bytesMax: ItemLimits.fieldBytesMax, code: .badValue)
        }
    }

    private mutating func checkString(_ path: String, bytesMax: Int, code: ErrorCode) {
        switch at(path) {
        case nil: break
        case .string(let text):
            if text.utf8.count > bytesMax {
                add(code, path, "has \(text.utf8.count) bytes, more than \(bytesMax)", "Shorten it")
            }
        default: add(.wrongType, path, "is no string", "Give a string or leave it out")
        }
    }

    private mutating func checkTokens() {
        for (key, tokens) in Mapping.tokens.sorted(by: { $0.key < $1.key }) {
            guard let value = at(key) else { continue }
            if let text = value.text, tokens.contains(text) { continue }
            // A way is a number or a word.
            if key == "data.route", case .number(let digits) = value, tokens.contains(digits) {
                continue
            }
            add(
                .badValue,
                key,
                "\(quoted(value.text ?? "a value that is no string")) is not known",
                "Give one of \(tokens.joined(separator: " "))"
            )
        }
        if let value = at("data.category"), value.text.flatMap({ Category(key: $0) }) == nil {
            add(
                .badValue,
                "data.category",
                "\(quoted(value.text ?? "")) is no class",
                "Give a key of config/categories.yaml, as labour.wages"
            )
        }
    }

    private mutating func checkNumbers() {
        var counts = ItemCheck.countKeys.map { "data." + $0 } + ["data.visit.peak"]
        counts += ItemCheck.mediaCountKeys.map { "data.media." + $0 }
        for path in counts {
            guard let value = at(path) else { continue }
            if let number = value.integer, (0...ItemLimits.countMax).contains(number) { continue }
            add(
                .badValue,
                path,
                "is no whole number from 0 to 1,000,000,000",
                "Correct it or leave it out"
            )
        }
        if let value = at("data.media.tone"), value.integer.map({ (-1000...1000) ~= $0 }) != true {
            add(
                .badValue,
                "data.media.tone",
                "is no whole number from -1000 to 1000",
                "Correct it or leave it out"
            )
        }
        for path in ["data.urgent", "data.danger"] {
            switch at(path) {
            case nil, .bool: break
            default:
                add(.wrongType, path, "is neither true nor false", "Give true, false or nothing")
            }
        }
        for path in ["data.visit.arrived", "data.visit.dispersed"] {
            guard let value = at(path) else { continue }
            if value.text.map(ItemCheck.isRFC3339) != true {
                add(.badTime, path, "is no time with a zone", "Give RFC 3339 with a zone")
            }
        }
    }

    private mutating func checkPersons() {
        guard let value = at("data.persons") else { return }
        let remedy =
            "Give an array of persons, each an array of pseudonyms k1:i:…, k1:p:… or k1:a:…"
        guard let persons = value.elements, persons.count <= ItemLimits.personsMax else {
            return add(.wrongType, "data.persons", "is no array of at most 512 persons", remedy)
        }
        for person in persons {
            guard let keys = person.elements, keys.count <= ItemLimits.personsMax,
                keys.allSatisfy({ key in key.text.flatMap { Pseudonym(text: $0) } != nil })
            else {
                // The value itself is not shown: it may be a person's number.
                return add(.badValue, "data.persons", "holds what is no pseudonym", remedy)
            }
        }
    }

    private mutating func checkReferences() {
        if isLife, !isReference(at("data.item")) {
            add(
                .missingAttribute,
                "data.item",
                "does not name an item",
                "Give {\"source\": \"/agency/NAME\", \"id\": \"…\"}"
            )
        }
        guard let value = at("data.relates") else { return }
        guard let list = value.elements, list.count <= ItemLimits.relatesMax,
            list.allSatisfy({ isReference($0) })
        else {
            return add(
                .badValue,
                "data.relates",
                "is no array of at most 64 references",
                "Give [{\"source\": \"/agency/NAME\", \"id\": \"…\"}]"
            )
        }
    }

    private func isReference(_ value: JSONTree?) -> Bool {
        guard let members = value?.members, let source = members["source"]?.text,
            let id = members["id"]?.text
        else { return false }
        return AgencyID(source: source) != nil
            && (1...ItemLimits.idBytesMax).contains(id.utf8.count)
    }
}
