import Catalogue
import Domain
import Wire

extension AlertNotice {
    /// An alert from the hub's JSON; `nil` when it is none.
    init?(_ value: JSONValue) {
        guard let kind = AlertKind.allCases.first(where: { $0.token == value.string("kind") }),
            let level = AlertLevel(token: value.string("level")),
            let state = Alert.State.allCases.first(where: { $0.token == value.string("state") }),
            let raisedAt = Timestamp(rfc3339: value.string("raised_at")),
            let acknowledgeBy = Timestamp(rfc3339: value.string("acknowledge_by"))
        else { return nil }
        let labels = value["labels"] ?? .null
        self.init(
            id: value.string("id"),
            kind: kind,
            level: level,
            state: state,
            report: value.integer("report"),
            caseID: value.string("case"),
            title: Width.plain(labels.title),
            place: labels.string("place"),
            category: labels.string("category"),
            items: ItemCount(max(0, value.integer("item_count"))),
            persons: PersonCount(max(0, value.integer("persons"))),
            heads: HeadCount(max(0, value.integer("heads"))),
            agencies: labels.list("agencies").compactMap(\.text),
            signals: value.list("signals").compactMap { signal in
                AlertLevel(token: signal.string("level")).map {
                    Reason(
                        rule: signal.string("rule"),
                        value: signal.integer("value"),
                        threshold: signal.integer("threshold"),
                        level: $0
                    )
                }
            },
            raisedAt: raisedAt,
            acknowledgeBy: acknowledgeBy,
            acknowledgedBy: value.string("acknowledged_by"),
            rulesVersion: value.string("rules_version")
        )
    }

    /// The lines for a terminal, the level in its colour.
    func lines() -> [String] {
        var lines = Words.alert(self)
        let badge = "【\(Words.level(level))】"
        if let first = lines.first, first.hasPrefix(badge) {
            lines[0] = ink.write(badge) + first.dropFirst(badge.count)
        }
        return [lines[0]] + lines.dropFirst().map { "  " + $0 }
    }

    private var ink: Ink {
        switch level {
        case .red: .red
        case .orange: .orange
        case .yellow: .yellow
        case .blue: .blue
        }
    }
}
