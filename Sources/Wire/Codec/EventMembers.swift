import Domain

/// The members of an event's `data` that mean something here.
enum DataMember: Int, MemberName {
    case title, text, form, purpose, competence, route, category, place, respondent, persons
    case heads, affected, representatives, visit, urgent, danger, media, item, officialNumber
    case relates

    var name: StaticString {
        switch self {
        case .title: "title"
        case .text: "text"
        case .form: "form"
        case .purpose: "purpose"
        case .competence: "competence"
        case .route: "route"
        case .category: "category"
        case .place: "place"
        case .respondent: "respondent"
        case .persons: "persons"
        case .heads: "heads"
        case .affected: "affected"
        case .representatives: "representatives"
        case .visit: "visit"
        case .urgent: "urgent"
        case .danger: "danger"
        case .media: "media"
        case .item: "item"
        case .officialNumber: "official_no"
        case .relates: "relates"
        }
    }
}

/// The members of a reference to an item.
private enum ReferenceMember: Int, MemberName {
    case source, id

    var name: StaticString { self == .source ? "source" : "id" }
}

/// The members of `data.visit`.
private enum VisitMember: Int, MemberName {
    case arrived, dispersed, peak

    var name: StaticString {
        switch self {
        case .arrived: "arrived"
        case .dispersed: "dispersed"
        case .peak: "peak"
        }
    }
}

/// The members of `data.media`; `author` is looked for in order to refuse it.
private enum MediaMember: Int, MemberName {
    case platform, url, reach, comments, shares, tone, level, author

    var name: StaticString {
        switch self {
        case .platform: "platform"
        case .url: "url"
        case .reach: "reach"
        case .comments: "comments"
        case .shares: "shares"
        case .tone: "tone"
        case .level: "level"
        case .author: "author"
        }
    }
}

/// What the last text of its kind meant: line after line says the same.
struct LastValue<Value> {
    private var text: [UInt8] = []
    private var known: Value?

    mutating func value(of node: JSONNode, _ read: (String) -> Value?) -> Value? {
        let bytes = node.bytes
        if let known, ByteScan.areEqual(bytes, text) { return known }
        known = read(node.string)
        text = Array(bytes)
        return known
    }
}

/// Classes of content that were read before: a county has dozens, and comes back to them.
struct CategoryMemo {
    private static let countMax = 1024
    private var known: [String: Category] = [:]
    private var last = LastValue<Category>()

    mutating func category(_ node: JSONNode, _ path: String) throws(EventFlaw) -> Category {
        guard node.kind == .string else { throw .wrongType(path, "a string") }
        let category = last.value(of: node) { key in
            if let category = known[key] { return category }
            guard let category = Category(key: key) else { return nil }
            if known.count >= CategoryMemo.countMax { known.removeAll() }
            known[key] = category
            return category
        }
        guard let category else {
            throw EventFlaw(
                .badValue,
                "\(path) is no key of two tokens; use one of config/categories.yaml "
                    + "or leave it out"
            )
        }
        return category
    }
}

/// Reads the members of `data` into an item.
struct EventMembers {
    let members: MemberTable<DataMember>

    private func path(_ name: DataMember) -> String { "data.\(name.name)" }

    func text(_ name: DataMember, bytesMax: Int) throws(EventFlaw) -> String {
        try EventText.text(members[name], path(name), bytesMax: bytesMax)
    }

    /// What the matter is, where, and how it came.
    func readMatter(into item: inout Item) throws(EventFlaw) {
        item.form = try EventText.choice(members[.form], "data.form")
        item.competence = try EventText.choice(members[.competence], "data.competence")
        item.place = try text(.place, bytesMax: ItemLimits.fieldBytesMax)
        item.respondent = try text(.respondent, bytesMax: ItemLimits.fieldBytesMax)
        item.officialNumber = try text(.officialNumber, bytesMax: ItemLimits.fieldBytesMax)
        try checkRoute()
    }

    /// 条例 §31: 1 to 6, or `simple`; it has to be right, and no field of the item holds it yet.
    private func checkRoute() throws(EventFlaw) {
        guard let node = members[.route] else { return }
        let isKnown =
            node.kind == .integer && (1...6).contains(node.integer)
            || node.kind == .string && node.isText("simple")
        if !isKnown {
            throw EventFlaw(.badValue, "data.route is neither 1 to 6 nor \"simple\"; correct it")
        }
    }

    /// Heads, flags, visit and reach.
    func readCounts(into item: inout Item) throws(EventFlaw) {
        item.heads = try count(.heads)
        item.affected = try count(.affected)
        item.representatives = try count(.representatives)
        item.isUrgent = try EventText.flag(members[.urgent], path(.urgent))
        item.isDangerToLife = try EventText.flag(members[.danger], path(.danger))
        if let visit = try object(.visit, VisitMember.self) {
            _ = try EventText.time(visit[.arrived], "data.visit.arrived")
            _ = try EventText.time(visit[.dispersed], "data.visit.dispersed")
            _ = try EventText.integer(
                visit[.peak],
                "data.visit.peak",
                in: 0...ItemLimits.countMax
            )
        }
        if let media = try reach(), item.kind == .sentiment { item.media = media }
    }

    private func count(_ name: DataMember) throws(EventFlaw) -> Int {
        try EventText.integer(members[name], path(name), in: 0...ItemLimits.countMax)
    }

    private func reach() throws(EventFlaw) -> MediaReach? {
        guard let node = try object(.media, MediaMember.self) else { return nil }
        if node[.author] != nil {
            throw EventFlaw(
                .badValue,
                "data.media.author is not taken by this system; leave it out"
            )
        }
        let bounds = 0...ItemLimits.countMax
        var media = MediaReach()
        let fieldBytesMax = ItemLimits.fieldBytesMax
        _ = try EventText.text(node[.platform], "data.media.platform", bytesMax: fieldBytesMax)
        _ = try EventText.text(node[.url], "data.media.url", bytesMax: 4 * fieldBytesMax)
        media.reach = try EventText.integer(node[.reach], "data.media.reach", in: bounds)
        media.comments = try EventText.integer(node[.comments], "data.media.comments", in: bounds)
        media.shares = try EventText.integer(node[.shares], "data.media.shares", in: bounds)
        media.tone = try EventText.integer(node[.tone], "data.media.tone", in: -1000...1000)
        if let level: MediaReach.Level = try EventText.choice(node[.level], "data.media.level") {
            media.level = level
        }
        return media
    }

    private func object<Name: MemberName>(
        _ name: DataMember,
        _ names: Name.Type
    ) throws(EventFlaw) -> MemberTable<Name>? {
        guard let node = members[name] else { return nil }
        guard node.kind == .object else { throw .wrongType(path(name), "an object") }
        var table = MemberTable<Name>()
        table.fill(from: node)
        return table
    }

    /// Persons, the item spoken of, and related items.
    func readRelations(into item: inout Item) throws(EventFlaw) {
        item.persons = try persons()
        if let node = members[.item] {
            item.subjectItem = try reference(node, "data.item")
        } else if item.kind.isLife {
            throw .missing("data.item")
        }
        guard let node = members[.relates] else { return }
        guard node.kind == .array else { throw .wrongType("data.relates", "an array") }
        guard node.count <= ItemLimits.relatesMax else {
            throw EventFlaw(
                .badValue,
                "data.relates has more than \(ItemLimits.relatesMax) items; name fewer"
            )
        }
        var element = node.inside
        for index in 0..<node.count {
            item.relates.append(try reference(element, "data.relates[\(index)]"))
            element = element.after
        }
    }

    private func reference(_ node: JSONNode, _ path: String) throws(EventFlaw) -> ItemRef {
        guard node.kind == .object else {
            throw .wrongType(path, "an object {\"source\",\"id\"}")
        }
        var table = MemberTable<ReferenceMember>()
        table.fill(from: node)
        let source = try EventText.required(table[.source], "\(path).source")
        guard let agency = AgencyID(source: source.string) else {
            throw EventFlaw(.badIdentity, "\(path).source is not /agency/NAME; correct it")
        }
        return ItemRef(agency: agency, id: try EventText.identifier(table[.id], "\(path).id"))
    }

    private func persons() throws(EventFlaw) -> [[Pseudonym]] {
        guard let node = members[.persons] else { return [] }
        guard node.kind == .array else { throw .wrongType("data.persons", "an array of arrays") }
        try checkCount(node, "data.persons")
        var persons: [[Pseudonym]] = []
        persons.reserveCapacity(node.count)
        var person = node.inside
        for index in 0..<node.count {
            guard person.kind == .array, person.count > 0 else {
                throw .wrongType("data.persons[\(index)]", "an array of one or more pseudonyms")
            }
            try checkCount(person, "data.persons[\(index)]")
            var pseudonyms: [Pseudonym] = []
            pseudonyms.reserveCapacity(person.count)
            var element = person.inside
            for place in 0..<person.count {
                guard element.kind == .string, element.bytes.count <= 64,
                    let pseudonym = Pseudonym(text: element.string)
                else {
                    throw EventFlaw(
                        .badValue,
                        "data.persons[\(index)][\(place)] is no pseudonym kN:i|p|a:… of 43 "
                            + "base64url characters; make it with the county key"
                    )
                }
                pseudonyms.append(pseudonym)
                element = element.after
            }
            persons.append(pseudonyms)
            person = person.after
        }
        return persons
    }

    private func checkCount(
        _ node: JSONNode,
        _ path: @autoclosure () -> String
    ) throws(EventFlaw) {
        if node.count > ItemLimits.personsMax {
            throw EventFlaw(
                .badValue,
                "\(path()) has more than \(ItemLimits.personsMax) elements; send fewer"
            )
        }
    }
}
