import Domain

/// One rule of `rules.yaml` (研判规则).
enum RuleCodec {
    private static let keys = [
        "name", "measure", "window", "against", "levels", "times", "protected_levels", "items_min",
        "where", "trial",
    ]
    private static let windowRange: ClosedRange<TimeSpan> = .minutes(1) ... .days(366)

    static func decode(_ node: ConfigurationNode, fields: [Rules.KeyField]) -> Rules.Rule? {
        guard let table = node.table(keys: keys) else { return nil }
        let measures = Rules.Measure.allCases.map { (word: $0.token, value: $0) }
        let name = table.required("name")?.shortName()?.name
        guard let measure = table.required("measure")?.choice(measures) else {
            _ = table.required("levels").flatMap { readBands($0) }
            return nil
        }
        let spans = spans(table, measure)
        let bands = table.required("levels").flatMap { readBands($0) }
        let graded = bands.flatMap { grade($0, table, measure) }
        let tighter = graded.flatMap { self.tighter(table, than: $0) }
        let itemsMin = itemsMin(table, measure)
        let scope = table.given("where", or: Rules.Scope()) { self.scope($0, fields: fields) }
        refuseScope(scope, measure, table)
        let isOnTrial = table.given("trial", or: false) { $0.flag() }
        guard let name, let spans, let graded, let tighter, let itemsMin, let scope, let isOnTrial
        else { return nil }
        return Rules.Rule(
            name: name,
            measure: measure,
            window: spans.window,
            against: spans.against,
            bands: graded,
            protectedBands: tighter,
            itemsMin: itemsMin,
            scope: scope,
            isOnTrial: isOnTrial
        )
    }

    /// Window and what growth is held against; zero where the measure has none.
    private static func spans(
        _ table: ConfigurationTable,
        _ measure: Rules.Measure
    ) -> (window: TimeSpan, against: TimeSpan)? {
        var window: TimeSpan? = TimeSpan(milliseconds: 0)
        if measure.hasWindow {
            window = table.required("window", "add it, for example 24h")?.span(in: windowRange)
        } else {
            refuse("window", table, measure)
        }
        guard measure == .growth else {
            refuse("against", table, measure)
            return window.map { ($0, TimeSpan(milliseconds: 0)) }
        }
        let against = table.required("against", "add it, for example 6h")
        let span = against?.span(in: windowRange)
        if let window, let span, span < window {
            against?.fault(
                "is shorter than the window",
                "let the time it is held against be as long at least"
            )
            return nil
        }
        return window.flatMap { window in span.map { (window, $0) } }
    }

    private static func itemsMin(_ table: ConfigurationTable, _ measure: Rules.Measure) -> Int? {
        if [.heads, .reach, .spread].contains(measure) { refuse("items_min", table, measure) }
        return table.given("items_min", or: 1) { $0.integer(in: 1...100_000) }
    }

    private static func refuse(
        _ key: String,
        _ table: ConfigurationTable,
        _ measure: Rules.Measure
    ) {
        table.optional(key)?.fault("means nothing for \(measure.token)", "take it out")
    }

    /// A visit's heads are those of one report, and how far a post has gone is its own: no item is left out of them.
    private static func refuseScope(
        _ scope: Rules.Scope?,
        _ measure: Rules.Measure,
        _ table: ConfigurationTable
    ) {
        guard measure == .agencies, scope?.agencies.isEmpty == false else { return }
        table.optional("where")?.fault(
            "names agencies for a rule that counts them",
            "count agencies over all of them"
        )
    }

    /// The bands of a rule: each begins at its least value and ends where the next begins, so there
    /// are neither holes nor overlaps; the values have to rise with the levels.
    private static func readBands(_ node: ConfigurationNode) -> [Rules.Band]? {
        guard let values = values(node, in: 1...1_000_000_000, isStrict: true) else { return nil }
        if values.isEmpty {
            node.fault("names no level", "give at least one, for example blue: 3")
            return nil
        }
        return values.map { Rules.Band(least: $0.value, level: $0.level) }
    }

    /// Numbers by level that rise from blue to red.
    private static func values(
        _ node: ConfigurationNode,
        in range: ClosedRange<Int>,
        isStrict: Bool
    ) -> [(level: AlertLevel, value: Int)]? {
        guard let table = node.table(keys: AlertLevel.allCases.map(\.token)) else { return nil }
        var found: [(level: AlertLevel, value: Int)] = []
        var isSound = true
        for level in AlertLevel.allCases {
            guard let given = table.optional(level.token) else { continue }
            guard let value = given.integer(in: range) else {
                isSound = false
                continue
            }
            if let below = found.last, isStrict ? below.value >= value : below.value > value {
                let relation = isStrict ? "not above" : "below"
                given.fault(
                    "\(value) is \(relation) the \(below.value) of \(below.level.token)",
                    "let the values rise from blue to red, or leave a level out"
                )
                isSound = false
            }
            found.append((level, value))
        }
        return isSound ? found : nil
    }

    /// Bands with the multiples that growth asks for.
    private static func grade(
        _ bands: [Rules.Band],
        _ table: ConfigurationTable,
        _ measure: Rules.Measure
    ) -> [Rules.Band]? {
        guard measure == .growth else {
            refuse("times", table, measure)
            return bands
        }
        guard let node = table.required("times", "add it, for example {blue: 2, yellow: 3}"),
            let times = values(node, in: 1...1000, isStrict: false)
        else { return nil }
        guard times.map(\.level) == bands.map(\.level) else {
            node.fault("names other levels than levels", "give each level of levels its multiple")
            return nil
        }
        return zip(bands, times).map {
            Rules.Band(least: $0.least, level: $0.level, times: $1.value)
        }
    }

    /// Bands of protected periods: the same levels, none at a higher value.
    private static func tighter(
        _ table: ConfigurationTable,
        than bands: [Rules.Band]
    ) -> [Rules.Band]? {
        guard let node = table.optional("protected_levels") else { return [] }
        guard let own = readBands(node) else { return nil }
        guard own.map(\.level) == bands.map(\.level),
            zip(own, bands).allSatisfy({ $0.least <= $1.least })
        else {
            node.fault(
                "is not tighter than levels",
                "give the levels of levels, each the same value or a lower one"
            )
            return nil
        }
        return zip(own, bands).map { Rules.Band(least: $0.least, level: $0.level, times: $1.times) }
    }

    private static func scope(_ node: ConfigurationNode, fields: [Rules.KeyField]) -> Rules.Scope? {
        let keys = ["divisions", "categories", "fields", "forms", "agencies"]
        guard let table = node.table(keys: keys) else { return nil }
        let forms = Form.allCases.map { (word: $0.rawValue, value: $0) }
        let known = fields.map { (word: $0.name, value: $0.name) }
        let divisions = table.given("divisions", or: []) { $0.list(1...64) { $0.division() } }
        let categories = table.given("categories", or: []) { $0.list(1...64, category) }
        let named = table.given("fields", or: []) { $0.list(1...16) { $0.choice(known) } }
        let ways = table.given("forms", or: []) { $0.list(1...16) { $0.choice(forms) } }
        let agencies = table.given("agencies", or: []) { $0.list(1...64) { $0.shortName() } }
        guard let divisions, let categories, let named, let ways, let agencies else { return nil }
        return Rules.Scope(
            divisions: divisions,
            categories: categories,
            fields: named,
            forms: ways,
            agencies: agencies,
            known: fields
        )
    }

    /// A class of content or all of a group.
    static func category(_ node: ConfigurationNode) -> Rules.CategoryPattern? {
        node.parsed("is no class of content", "write labour.wages, or labour.* for all of a group")
        {
            Rules.CategoryPattern(text: $0)
        }
    }

    static func encode(_ rule: Rules.Rule) -> JSONValue {
        // What is left out where it is standard: files from before these keys keep their version.
        let countsItems = ![.heads, .reach, .spread].contains(rule.measure)
        return .object(present: [
            "name": .string(rule.name),
            "measure": .string(rule.measure.token),
            "window": rule.measure.hasWindow ? .string(DurationText.text(rule.window)) : nil,
            "against": rule.measure == .growth ? .string(DurationText.text(rule.against)) : nil,
            "levels": encode(rule.bands, \.least),
            "times": rule.measure == .growth ? encode(rule.bands, \.times) : nil,
            "protected_levels": rule.protectedBands.isEmpty
                ? nil : encode(rule.protectedBands, \.least),
            "items_min": countsItems ? .integer(Int64(rule.itemsMin)) : nil,
            "where": encode(rule.scope),
            "trial": rule.isOnTrial ? .bool(true) : nil,
        ])
    }

    // Optional, since in place of a value `nil` would be a null in the file.
    private static func encode(
        _ bands: [Rules.Band],
        _ value: KeyPath<Rules.Band, Int>
    ) -> JSONValue? {
        .object(bands.map { JSONValue.Member($0.level.token, .integer(Int64($0[keyPath: value]))) })
    }

    private static func encode(_ scope: Rules.Scope) -> JSONValue? {
        let lists = [
            ("divisions", scope.divisions.map(\.code)),
            ("categories", scope.categories.map(\.text)), ("fields", scope.fields),
            ("forms", scope.forms.map(\.rawValue)), ("agencies", scope.agencies.map(\.name)),
        ]
        let given = lists.filter { !$0.1.isEmpty }
        guard !given.isEmpty else { return nil }
        return .object(
            given.map { key, words in JSONValue.Member(key, .array(words.map { .string($0) })) }
        )
    }
}
