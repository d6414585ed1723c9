import Domain

/// `rules.yaml`: the warning rules (预警规则).
enum RulesCodec {
    private static let keys = [
        "rules", "urgent_level", "danger_level", "acknowledge_within", "late_after",
        "joint_visit_heads_min", "feed_level", "hub_level",
    ]
    private static let levels = AlertLevel.allCases.map { (word: $0.token, value: $0) }
    private static let windowRange: ClosedRange<TimeSpan> = .minutes(1) ... .days(366)
    private static let clockRange: ClosedRange<TimeSpan> = .minutes(1) ... .days(30)

    static func decode(_ node: ConfigurationNode) -> Rules? {
        guard let table = node.table(keys: keys) else { return nil }
        let list = table.required("rules")?.elements(count: 1...64)
        let rules = list.map { $0.map { rule($0) } }
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
        let feed =
            table.optional("feed_level").map { $0.choice(levels) } ?? Rules.feedLevelStandard
        let hub = table.optional("hub_level").map { $0.choice(levels) } ?? Rules.hubLevelStandard
        guard let rules, let urgent, let danger, let acknowledge, let late, let heads, let feed,
            let hub, rules.allSatisfy({ $0 != nil })
        else { return nil }
        return Rules(
            rules: rules.compactMap { $0 },
            urgentLevel: urgent,
            dangerLevel: danger,
            acknowledgeWithin: acknowledge,
            lateAfter: late,
            jointVisitHeadsMin: heads,
            feedLevel: feed,
            hubLevel: hub
        )
    }

    private static func rule(_ node: ConfigurationNode) -> Rules.Rule? {
        let measures = Rules.Measure.allCases.map { (word: $0.token, value: $0) }
        guard
            let table = node.table(keys: ["name", "measure", "window", "levels", "items_min"])
        else { return nil }
        let name = table.required("name")?.parsed(
            "is no name of a rule",
            "use 1 to 32 of a-z, 0-9 and -, beginning with a letter"
        ) { AgencyID(name: $0)?.name }
        let measure = table.required("measure")?.choice(measures)
        let bands = table.required("levels").flatMap { readBands($0) }
        let itemsMin = table.optional("items_min").map { $0.integer(in: 1...100_000) } ?? 1
        var window: TimeSpan? = TimeSpan(milliseconds: 0)
        if measure == .heads {
            table.optional("window")?.fault(
                "means nothing for heads of one visit",
                "take it out"
            )
            table.optional("items_min")?.fault(
                "means nothing for heads of one visit",
                "take it out"
            )
        } else if measure != nil {
            window = table.required("window", "add it, for example 24h")?.span(in: windowRange)
        }
        guard let name, let measure, let bands, let itemsMin, let window else { return nil }
        return Rules.Rule(
            name: name,
            measure: measure,
            window: window,
            bands: bands,
            itemsMin: itemsMin
        )
    }

    /// The bands of a rule: each begins at its least value and ends where the next begins, so there
    /// are neither holes nor overlaps; the values have to rise with the levels.
    private static func readBands(_ node: ConfigurationNode) -> [Rules.Band]? {
        guard let table = node.table(keys: AlertLevel.allCases.map(\.token)) else { return nil }
        var bands: [Rules.Band] = []
        var isSound = true
        for level in AlertLevel.allCases {
            guard let value = table.optional(level.token) else { continue }
            guard let least = value.integer(in: 1...1_000_000) else {
                isSound = false
                continue
            }
            if let below = bands.last, below.least >= least {
                value.fault(
                    "\(least) is not above the \(below.least) of \(below.level.token)",
                    "let the values rise from blue to red, or leave a level out"
                )
                isSound = false
            }
            bands.append(Rules.Band(least: least, level: level))
        }
        if bands.isEmpty, isSound {
            node.fault("names no level", "give at least one, for example blue: 3")
            return nil
        }
        return isSound ? bands : nil
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

    static func encode(_ rules: Rules) -> JSONValue {
        .object(present: [
            "rules": .array(rules.rules.map { encode($0) }),
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
        ])
    }

    private static func encode(_ rule: Rules.Rule) -> JSONValue {
        let hasWindow = rule.measure != .heads
        return .object(present: [
            "name": .string(rule.name),
            "measure": .string(rule.measure.token),
            "window": hasWindow ? .string(DurationText.text(rule.window)) : nil,
            "levels": .object(
                rule.bands.map { JSONValue.Member($0.level.token, .integer(Int64($0.least))) }
            ),
            "items_min": hasWindow ? .integer(Int64(rule.itemsMin)) : nil,
        ])
    }
}
