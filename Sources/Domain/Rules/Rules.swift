/// The warning rules in force, from `config/rules.yaml`.
package struct Rules: Equatable, Sendable {
    /// What a rule measures.
    package enum Measure: UInt8, CaseIterable, Sendable {
        /// Items of one case in the window.
        case items = 1
        /// Distinct persons of one case in the window; anonymous items count one each.
        case persons = 2
        /// Distinct agencies of one case in the window.
        case agencies = 3
        /// Heads of one visit.
        case heads = 4

        /// The token in the file.
        package var token: String {
            switch self {
            case .items: "items"
            case .persons: "persons"
            case .agencies: "agencies"
            case .heads: "heads"
            }
        }
    }

    /// One rule: a measure in a window, graded by bands without holes.
    package struct Rule: Equatable, Sendable {
        /// The name, unique in the file.
        package var name: String
        /// What it measures.
        package var measure: Measure
        /// How far back it looks by the items' times; unused for heads.
        package var window: TimeSpan
        /// The least value of each level, strictly rising with the level; at least one.
        package var bands: [Band]
        /// The rule is silent below so many items of the case.
        package var itemsMin: Int

        /// A rule from its parts.
        package init(
            name: String,
            measure: Measure,
            window: TimeSpan,
            bands: [Band],
            itemsMin: Int = 1
        ) {
            self.name = name
            self.measure = measure
            self.window = window
            self.bands = bands
            self.itemsMin = itemsMin
        }

        /// The band that a value falls in; `nil` below the lowest.
        package func band(for value: Int) -> Band? {
            bands.last { $0.least <= value }
        }
    }

    /// A level from a least value up to the next band.
    package struct Band: Equatable, Sendable {
        /// The least value.
        package var least: Int
        /// The level.
        package var level: AlertLevel

        /// A band from its parts.
        package init(least: Int, level: AlertLevel) {
            self.least = least
            self.level = level
        }
    }

    /// The rules in the order of the file.
    package var rules: [Rule]
    /// The level that an agency's urgent flag gives by itself.
    package var urgentLevel: AlertLevel
    /// The level with danger to life.
    package var dangerLevel: AlertLevel
    /// How long an officer has to sign for an alert, by level from blue to red.
    package var acknowledgeWithin: [AlertLevel: TimeSpan]
    /// An item this much later than its time raises no alert by itself.
    package var lateAfter: TimeSpan
    /// The first number of heads that makes a visit a joint one (群访).
    package var jointVisitHeadsMin: Int
    /// The level of a feed that is silent, stuck or was cut off.
    package var feedLevel: AlertLevel
    /// The level of what is wrong with the hub itself.
    package var hubLevel: AlertLevel

    /// The levels of a county whose rules name none.
    package static let feedLevelStandard = AlertLevel.yellow
    package static let hubLevelStandard = AlertLevel.orange

    /// Rules from their parts.
    package init(
        rules: [Rule],
        urgentLevel: AlertLevel,
        dangerLevel: AlertLevel,
        acknowledgeWithin: [AlertLevel: TimeSpan],
        lateAfter: TimeSpan,
        jointVisitHeadsMin: Int,
        feedLevel: AlertLevel = Rules.feedLevelStandard,
        hubLevel: AlertLevel = Rules.hubLevelStandard
    ) {
        self.rules = rules
        self.urgentLevel = urgentLevel
        self.dangerLevel = dangerLevel
        self.acknowledgeWithin = acknowledgeWithin
        self.lateAfter = lateAfter
        self.jointVisitHeadsMin = jointVisitHeadsMin
        self.feedLevel = feedLevel
        self.hubLevel = hubLevel
    }
}
