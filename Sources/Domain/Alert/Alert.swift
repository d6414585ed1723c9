/// What an alert is about: one alert per matter and kind.
package enum AlertKind: UInt8, CaseIterable, Hashable, Sendable {
    /// Many items, persons or agencies about one case (类案预警).
    case matter = 1
    /// Many heads at one visit (群访预警).
    case visit = 2
    /// An item that its agency flagged as urgent (突发预警).
    case urgent = 3
    /// A feed is silent, stuck or was cut off (报送异常).
    case feed = 4
    /// Something is wrong with the hub itself (枢纽自检).
    case hub = 5
    /// Words of a text ask for a look, and nobody has looked yet (用语提示、待核实).
    case wording = 6

    /// The token in files and JSON.
    package var token: String {
        switch self {
        case .matter: "matter"
        case .visit: "visit"
        case .urgent: "urgent"
        case .feed: "feed"
        case .hub: "hub"
        case .wording: "wording"
        }
    }

    /// The kinds that speak of a case or of a single item.
    package static let ofMatters: [AlertKind] = [.matter, .visit, .urgent, .wording]
}

/// Why an alert stands at its level: one rule, its value and the bound it passed.
package struct Signal: Hashable, Sendable {
    /// The rule's name in `config/rules.yaml`.
    package var rule: String
    /// What the rule measured.
    package var value: Int
    /// The least value of the level reached.
    package var threshold: Int
    /// The level that this rule alone gives.
    package var level: AlertLevel

    /// A signal from its parts.
    package init(rule: String, value: Int, threshold: Int, level: AlertLevel) {
        self.rule = rule
        self.value = value
        self.threshold = threshold
        self.level = level
    }
}

/// Where an alert stood, what it was about and how grave it was: what its subject is made of.
package struct AlertStanding: Hashable, Sendable {
    /// The level.
    package var level: AlertLevel
    /// Where the matter was thought to be.
    package var division: Division
    /// The class of content.
    package var category: Category

    /// A standing from its parts.
    package init(level: AlertLevel, division: Division, category: Category) {
        self.level = level
        self.division = division
        self.category = category
    }
}

/// An alert as it stands after a change: a proposal with its evidence (预警).
package struct Alert: Equatable, Sendable {
    /// Where an alert stands in its life.
    package enum State: UInt8, CaseIterable, Sendable {
        /// Nobody has signed for it (待签收).
        case unacknowledged = 1
        /// An officer has signed for it (已签收).
        case acknowledged = 2
        /// Nobody signed for it in time (逾期未签收).
        case overdue = 3
        /// What it told of is over by itself; nobody need sign (已恢复).
        case over = 4

        /// The token in JSON.
        package var token: String {
            switch self {
            case .unacknowledged: "unacknowledged"
            case .acknowledged: "acknowledged"
            case .overdue: "overdue"
            case .over: "over"
            }
        }
    }

    /// The identifier, from the founding item and the kind.
    package var id: AlertID
    /// What it is about.
    package var kind: AlertKind
    /// The case that it speaks of.
    package var caseID: CaseID
    /// Where the matter is.
    package var division: Division
    /// The class of content.
    package var category: Category
    /// The level, the highest of its signals.
    package var level: AlertLevel
    /// Where it stands.
    package var state: State
    /// The number of this report: 1 for the first, later ones are 续报.
    package var report: Int
    /// Why: one signal a rule that fired, in the order of the rules.
    package var signals: [Signal]
    /// The items that it rests on, in journal order; at most `Alert.evidenceMax`.
    package var items: [ItemRef]
    /// How many items it rests on in all.
    package var itemCount: Int
    /// Distinct persons among them; anonymous items count one each.
    package var persons: Int
    /// Agencies among them, by name.
    package var agencies: [AgencyID]
    /// Heads, for a visit.
    package var heads: Int
    /// The version of the rules: the first 8 bytes of their digest.
    package var rulesVersion: UInt64
    /// When it was raised.
    package var raisedAt: Timestamp
    /// When it must be signed for.
    package var acknowledgeBy: Timestamp
    /// The officer who signed for it.
    package var acknowledgedBy: String
    /// Its earlier standings, the first one first, each once and never the present one.
    ///
    /// At most `Alert.formerMax`. Whoever subscribed to one of them gets every later state too.
    package var former: [AlertStanding]

    /// The most items named as evidence.
    package static let evidenceMax = 64
    /// The most earlier standings that are remembered.
    package static let formerMax = 64

    /// An alert as first raised.
    package init(
        id: AlertID,
        kind: AlertKind,
        caseID: CaseID,
        division: Division,
        category: Category,
        level: AlertLevel,
        raisedAt: Timestamp,
        acknowledgeBy: Timestamp
    ) {
        self.id = id
        self.kind = kind
        self.caseID = caseID
        self.division = division
        self.category = category
        self.level = level
        self.state = .unacknowledged
        self.report = 1
        self.signals = []
        self.items = []
        self.itemCount = 0
        self.persons = 0
        self.agencies = []
        self.heads = 0
        self.rulesVersion = 0
        self.raisedAt = raisedAt
        self.acknowledgeBy = acknowledgeBy
        self.acknowledgedBy = ""
        self.former = []
    }

    /// Its present standing.
    package var standing: AlertStanding {
        AlertStanding(level: level, division: division, category: category)
    }

    /// Remembers where it stood before a change.
    package mutating func remember(_ before: AlertStanding) {
        let present = standing
        if before != present, !former.contains(before), former.count < Alert.formerMax {
            former.append(before)
        }
        former.removeAll { $0 == present }
    }
}
