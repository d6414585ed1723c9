import Domain

/// `rules.yaml`: the warning rules (预警规则).
enum RulesCodec {
    private static let keys = [
        "rules", "urgent_level", "danger_level", "acknowledge_within", "late_after",
        "joint_visit_heads_min", "feed_level", "hub_level", "fields", "protected_periods",
        "media_levels", "joint_raise", "returned_level", "wording",
    ]
    private static let levels = AlertLevel.allCases.map { (word: $0.token, value: $0) }
    private static let clockRange: ClosedRange<TimeSpan> = .minutes(1) ... .days(30)

    static func decode(_ node: ConfigurationNode) -> Rules? {
        guard let table = node.table(keys: keys) else { return nil }
        let list = table.required("rules")?.elements(count: 1...64)
        let fields = table.given("fields", or: []) { $0.list(1...64, field) }
        if let fields { refuseEqualNames(fields.map(\.name), in: table, "fields") }
        let rules = list.map { $0.map { RuleCodec.decode($0, fields: fields ?? []) } }
        if let list, let rules { refuseEqualNames(rules, in: list) }
        let urgent = table.required("urgent_level")?.choice(levels)
        let danger = table.required("danger_level")?.choice(levels)
        if let urgent, let danger, danger < urgent {
            table.required("danger_level")?.fault(
                "\(danger.token) is below urgent_level \(urgent.token)",
                "danger to life is at least as grave as an urgent flag"
            )
        }
        let acknowledge = table.required("acknowledge_within").flatMap { readClocks($0) }
        let late = table.required("late_after")?.span(in: .hours(1) ... .days(366))
        let heads = table.required("joint_visit_heads_min")?.integer(in: 2...1000)
        let feed = table.given("feed_level", or: Rules.feedLevelStandard) { $0.choice(levels) }
        let hub = table.given("hub_level", or: Rules.hubLevelStandard) { $0.choice(levels) }
        let periods = table.given("protected_periods", or: []) { $0.list(1...64, period) }
        if let periods { refuseEqualNames(periods.map(\.name), in: table, "protected_periods") }
        let media = table.given("media_levels", or: [:]) { readMedia($0) }
        let joint = table.given("joint_raise", or: false) { $0.flag() }
        let returned = table.optional("returned_level").map { $0.choice(levels) }
        let wording = table.optional("wording").map { readWording($0) }
        guard let rules, let urgent, let danger, let acknowledge, let late, let heads, let feed,
            let hub, let fields, let periods, let media, let joint, returned != .some(nil),
            wording != .some(nil), rules.allSatisfy({ $0 != nil })
        else { return nil }
        return Rules(
            rules: rules.compactMap { $0 },
            urgentLevel: urgent,
            dangerLevel: danger,
            acknowledgeWithin: acknowledge,
            lateAfter: late,
            jointVisitHeadsMin: heads,
            feedLevel: feed,
            hubLevel: hub,
            fields: fields,
            protectedPeriods: periods,
            mediaLevels: media,
            raisesJoint: joint,
            returnedLevel: returned ?? nil,
            wording: wording ?? nil
        )
    }

    private static func field(_ node: ConfigurationNode) -> Rules.KeyField? {
        guard let table = node.table(keys: ["name", "title", "categories"]) else { return nil }
        let name = table.required("name")?.shortName()?.name
        let title = table.required("title")?.text(bytesMax: 48)
        let categories = table.required("categories")?.list(1...64, RuleCodec.category)
        guard let name, let title, let categories else { return nil }
        return Rules.KeyField(name: name, title: title, categories: categories)
    }

    private static func period(_ node: ConfigurationNode) -> Rules.ProtectedPeriod? {
        let keys = ["name", "title", "from", "until", "divisions"]
        guard let table = node.table(keys: keys) else { return nil }
        let name = table.required("name")?.shortName()?.name
        let title = table.required("title")?.text(bytesMax: 96)
        let ends = ["from", "until"].compactMap { table.required($0, "say from when until when") }
        let divisions = table.given("divisions", or: []) { $0.list(1...64) { $0.division() } }
        guard let term = table.term(), let name, let title, let divisions, ends.count == 2 else {
            return nil
        }
        return Rules.ProtectedPeriod(name: name, title: title, term: term, divisions: divisions)
    }

    private static func readMedia(_ node: ConfigurationNode) -> [MediaReach.Level: AlertLevel]? {
        let media = MediaReach.Level.allCases
        guard let table = node.table(keys: media.map(\.rawValue)) else { return nil }
        var found: [MediaReach.Level: AlertLevel] = [:]
        var below: AlertLevel?
        for medium in media {
            guard let given = table.optional(medium.rawValue) else { continue }
            guard let level = given.choice(levels) else { return nil }
            if let below, level < below {
                given.fault(
                    "is below \(below.token), the level of a lesser medium",
                    "let the levels rise from local to central"
                )
                return nil
            }
            below = level
            found[medium] = level
        }
        return found
    }

    private static func readWording(_ node: ConfigurationNode) -> Rules.Wording? {
        guard let table = node.table(keys: ["words", "level"]) else { return nil }
        let words = table.required("words")?.list(1...256) { node in
            node.parsed("is no word to look for", "write 2 to 16 characters without spaces") {
                text in
                (2...16).contains(text.count) && !text.contains(" ") ? text : nil
            }
        }
        let node = table.required("level")
        let level = node?.choice(levels)
        if let level, level > Rules.Wording.levelMax {
            node?.fault(
                "\(level.token) is too grave for words, which may be idiom or old news",
                "write blue or yellow; an agency's own flag raises what is urgent"
            )
            return nil
        }
        guard let words, let level else { return nil }
        return Rules.Wording(words: words, level: level)
    }

    private static func readClocks(_ node: ConfigurationNode) -> [AlertLevel: TimeSpan]? {
        guard let table = node.table(keys: AlertLevel.allCases.map(\.token)) else { return nil }
        var clocks: [AlertLevel: TimeSpan] = [:]
        var graver: (level: AlertLevel, span: TimeSpan)?
        var isSound = true
        for level in AlertLevel.allCases.reversed() {
            guard let value = table.required(level.token), let span = value.span(in: clockRange)
            else {
                isSound = false
                continue
            }
            if let graver, span < graver.span {
                value.fault(
                    "is shorter than that of \(graver.level.token)",
                    "give the graver level the shorter time"
                )
                isSound = false
            }
            graver = (level, span)
            clocks[level] = span
        }
        return isSound ? clocks : nil
    }

    private static func refuseEqualNames(_ rules: [Rules.Rule?], in list: [ConfigurationNode]) {
        for (index, rule) in rules.enumerated() {
            guard let rule else { continue }
            if let first = rules.firstIndex(where: { $0?.name == rule.name }), first < index {
                list[index].list.add(
                    list[index].path.key("name"),
                    "\(rule.name) is also the name of rules[\(first)]",
                    "give each rule a name of its own"
                )
            }
        }
    }

    private static func refuseEqualNames(
        _ names: [String],
        in table: ConfigurationTable,
        _ key: String
    ) {
        for (index, name) in names.enumerated() {
            guard let first = names.firstIndex(of: name), first < index else { continue }
            table.list.add(
                table.path.key(key).index(index).key("name"),
                "\(name) is also the name of \(key)[\(first)]",
                "give each a name of its own"
            )
        }
    }

    static func encode(_ rules: Rules) -> JSONValue {
        .object(present: [
            "rules": .array(rules.rules.map { RuleCodec.encode($0) }),
            "urgent_level": .string(rules.urgentLevel.token),
            "danger_level": .string(rules.dangerLevel.token),
            "acknowledge_within": .object(
                AlertLevel.allCases.compactMap { level in
                    rules.acknowledgeWithin[level].map {
                        JSONValue.Member(level.token, .string(DurationText.text($0)))
                    }
                }
            ),
            "late_after": .string(DurationText.text(rules.lateAfter)),
            "joint_visit_heads_min": .integer(Int64(rules.jointVisitHeadsMin)),
            // Left out where they are standard: files from before these keys keep their version.
            "feed_level": rules.feedLevel == Rules.feedLevelStandard
                ? nil : .string(rules.feedLevel.token),
            "hub_level": rules.hubLevel == Rules.hubLevelStandard
                ? nil : .string(rules.hubLevel.token),
            "fields": list(rules.fields) { field in
                [
                    "name": .string(field.name), "title": .string(field.title),
                    "categories": .array(field.categories.map { .string($0.text) }),
                ]
            },
            "protected_periods": list(rules.protectedPeriods) { period in
                var members: [JSONValue.Member] = [
                    .init("name", .string(period.name)), .init("title", .string(period.title)),
                ]
                if !period.divisions.isEmpty {
                    let codes = period.divisions.map { JSONValue.string($0.code) }
                    members.append(.init("divisions", .array(codes)))
                }
                return .object(members + period.term.members)
            },
            "media_levels": rules.mediaLevels.isEmpty
                ? nil
                : .object(
                    MediaReach.Level.allCases.compactMap { medium in
                        rules.mediaLevels[medium].map {
                            JSONValue.Member(medium.rawValue, .string($0.token))
                        }
                    }
                ),
            "joint_raise": rules.raisesJoint ? .bool(true) : nil,
            "returned_level": rules.returnedLevel.map { .string($0.token) },
            "wording": rules.wording.map { wording in
                [
                    "words": .array(wording.words.map { .string($0) }),
                    "level": .string(wording.level.token),
                ]
            },
        ])
    }

    private static func list<Part>(_ parts: [Part], _ encode: (Part) -> JSONValue) -> JSONValue? {
        parts.isEmpty ? nil : .array(parts.map(encode))
    }
}
