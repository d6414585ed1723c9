extension Rules {
    /// What a rule measures.
    package enum Measure: UInt8, CaseIterable, Sendable {
        /// Items of one case in the window (件数).
        case items = 1
        /// Distinct persons of one case in the window; anonymous items count one each (不同人数).
        case persons = 2
        /// Distinct agencies of one case in the window (来源单位数).
        case agencies = 3
        /// Heads of one visit (一次来访人数).
        case heads = 4
        /// Heads of all visits of one case in the window (同案来访人次).
        case caseHeads = 5
        /// Items of one case in the window, held against the time right before it (增速).
        case growth = 6
        /// The furthest reach that a sentiment item of the case has come to (传播量).
        case reach = 7
        /// How often the case's sentiment items were passed on in the window (转发增量).
        case spread = 8
        /// Risks of one case found by inspection in the window (排查风险).
        case risks = 9

        /// The token in the file.
        package var token: String {
            switch self {
            case .items: "items"
            case .persons: "persons"
            case .agencies: "agencies"
            case .heads: "heads"
            case .caseHeads: "case-heads"
            case .growth: "growth"
            case .reach: "reach"
            case .spread: "spread"
            case .risks: "risks"
            }
        }

        /// It looks back over a window.
        package var hasWindow: Bool { self != .heads && self != .reach }
    }

    /// One rule: a measure in a window, graded by bands without holes (研判规则).
    package struct Rule: Equatable, Sendable {
        /// The name, unique in the file.
        package var name: String
        /// What it measures.
        package var measure: Measure
        /// How far back it looks by the items' times; unused where the measure has none.
        package var window: TimeSpan
        /// Of growth: how long the time is that the window is held against; unused for the others.
        package var against: TimeSpan
        /// The least value of each level, strictly rising with the level; at least one.
        package var bands: [Band]
        /// The same in a protected period (特护期), nowhere above `bands`; empty where nothing changes then.
        package var protectedBands: [Band]
        /// The rule is silent below so many items of the case.
        package var itemsMin: Int
        /// Which items it measures.
        package var scope: Scope
        /// On trial (试运行): it raises nothing, and what it would have raised is counted.
        package var isOnTrial: Bool

        /// A rule from its parts.
        package init(
            name: String,
            measure: Measure,
            window: TimeSpan,
            against: TimeSpan = TimeSpan(milliseconds: 0),
            bands: [Band],
            protectedBands: [Band] = [],
            itemsMin: Int = 1,
            scope: Scope = Scope(),
            isOnTrial: Bool = false
        ) {
            self.name = name
            self.measure = measure
            self.window = window
            self.against = against
            self.bands = bands
            self.protectedBands = protectedBands
            self.itemsMin = itemsMin
            self.scope = scope
            self.isOnTrial = isOnTrial
        }

        /// The band that a value falls in; `nil` below the lowest.
        package func band(for value: Int, isProtected: Bool = false) -> Band? {
            (isProtected && !protectedBands.isEmpty ? protectedBands : bands).last {
                $0.least <= value
            }
        }

        /// Of growth: the band that a number of items falls in, with the least number that falls in it.
        ///
        /// A level needs its least number and its multiple of what the window would hold if it went on as before:
        /// `times * before * window / against`, rounded up (DOMAIN §3.3).
        ///
        /// - Parameters:
        ///   - value: Items in the window.
        ///   - before: Items in the time right before it, `against` long.
        ///   - isProtected: It is a protected period.
        /// - Returns: The gravest band that the value reaches, its `least` as it is by this count; `nil` for none.
        package func growthBand(for value: Int, before: Int, isProtected: Bool = false) -> Band? {
            let own = isProtected && !protectedBands.isEmpty ? protectedBands : bands
            let span = max(1, against.milliseconds)
            return own.compactMap { band -> Band? in
                let expected = Int64(band.times) * Int64(before) * window.milliseconds
                let least = max(band.least, Int((expected + span - 1) / span))
                return least <= value
                    ? Band(least: least, level: band.level, times: band.times) : nil
            }
            .last
        }
    }

    /// A level from a least value up to the next band.
    package struct Band: Equatable, Sendable {
        /// The least value.
        package var least: Int
        /// The level.
        package var level: AlertLevel
        /// Of growth: how many times what was expected; 0 for the others.
        package var times: Int

        /// A band from its parts.
        package init(least: Int, level: AlertLevel, times: Int = 0) {
            self.least = least
            self.level = level
            self.times = times
        }
    }

    /// Which items a rule measures (适用范围); what is empty takes all.
    package struct Scope: Equatable, Sendable {
        /// Where: a county takes its townships, and what nobody placed.
        package var divisions: [Division]
        /// Classes of content, `labour.wages` or all of a group, `labour.*`.
        package var categories: [CategoryPattern]
        /// Key fields of the file by name (重点领域).
        package var fields: [String]
        /// How people turned to the agency.
        package var forms: [Form]
        /// Who sent it.
        package var agencies: [AgencyID]
        /// Classes and those of the key fields together.
        let patterns: [CategoryPattern]

        /// A scope from its parts; `known` are the key fields of the file.
        package init(
            divisions: [Division] = [],
            categories: [CategoryPattern] = [],
            fields: [String] = [],
            forms: [Form] = [],
            agencies: [AgencyID] = [],
            known: [KeyField] = []
        ) {
            self.divisions = divisions
            self.categories = categories
            self.fields = fields
            self.forms = forms
            self.agencies = agencies
            let named = known.filter { fields.contains($0.name) }
            patterns = categories + named.flatMap(\.categories)
        }

        /// It takes everything.
        package var isWhole: Bool {
            divisions.isEmpty && patterns.isEmpty && forms.isEmpty && agencies.isEmpty
        }

        /// Whether it takes an item.
        package func holds(
            _ division: Division,
            _ category: Category,
            _ form: Form?,
            _ agency: AgencyID
        ) -> Bool {
            (divisions.isEmpty || divisions.contains { $0.holds(division) })
                && (patterns.isEmpty || patterns.contains { $0.matches(category) })
                && (forms.isEmpty || form.map(forms.contains) ?? false)
                && (agencies.isEmpty || agencies.contains(agency))
        }
    }

    /// A key field (重点领域): classes that belong together, such as 涉薪 or 涉房.
    package struct KeyField: Equatable, Sendable {
        /// The short name.
        package var name: String
        /// The name in Chinese.
        package var title: String
        /// Its classes.
        package var categories: [CategoryPattern]

        /// A field from its parts.
        package init(name: String, title: String, categories: [CategoryPattern]) {
            self.name = name
            self.title = title
            self.categories = categories
        }
    }

    /// One class of content, or all of a group.
    package struct CategoryPattern: Hashable, Sendable {
        /// As it is written, `labour.wages` or `labour.*`.
        package let text: String
        private let group: String?

        /// A pattern from its text; `nil` where it is neither a class nor a group.
        package init?(text: String) {
            if text.hasSuffix(".*") {
                let group = String(text.dropLast())
                guard Category(key: group + "x") != nil else { return nil }
                self.group = group
            } else {
                guard Category(key: text) != nil else { return nil }
                group = nil
            }
            self.text = text
        }

        /// Whether a class is one of them.
        package func matches(_ category: Category) -> Bool {
            group.map(category.key.hasPrefix) ?? (category.key == text)
        }
    }

    /// A protected period (特护期): rules that have tighter bands use them for what lies in it.
    package struct ProtectedPeriod: Equatable, Sendable {
        /// The short name.
        package var name: String
        /// The name in Chinese.
        package var title: String
        /// From when until when.
        package var term: Term
        /// Where; empty for the whole county.
        package var divisions: [Division]

        /// A period from its parts.
        package init(name: String, title: String, term: Term, divisions: [Division] = []) {
            self.name = name
            self.title = title
            self.term = term
            self.divisions = divisions
        }

        /// Whether a place and a moment lie in it.
        package func holds(_ division: Division, at time: Timestamp) -> Bool {
            term.contains(time) && (divisions.isEmpty || divisions.contains { $0.holds(division) })
        }
    }

    /// Words that ask for a look (用语提示), of which nobody knows yet whether they are meant (待核实).
    package struct Wording: Equatable, Sendable {
        /// The words.
        package var words: [String]
        /// The level; at most yellow, for most of what people write so is idiom, fear or old news (DOMAIN §11).
        package var level: AlertLevel

        /// The gravest level that words give.
        package static let levelMax = AlertLevel.yellow

        /// Words from their parts.
        package init(words: [String], level: AlertLevel) {
            self.words = words
            self.level = level
        }
    }
}
