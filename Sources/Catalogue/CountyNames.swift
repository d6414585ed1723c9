package import Domain

/// The Chinese names of what decisions name by code (名称), from a county's registers.
package struct CountyNames: Sendable {
    private var divisions: [Division: String]
    private var categories: [Category: String]
    private var agencies: [AgencyID: String]

    /// Names from the registers in force.
    package init(
        divisions: DivisionRegister,
        categories: CategoryRegister,
        agencies: AgencyRegister
    ) {
        self.divisions = [divisions.county: divisions.countyTitle]
        for town in divisions.towns { self.divisions[town.division] = town.title }
        self.categories = [:]
        for entry in categories.titles { self.categories[entry.category] = entry.title }
        self.agencies = [:]
        for agency in agencies.agencies { self.agencies[agency.id] = agency.title }
    }

    /// A division's name; its code where the county does not know it, 地点不详 for an unknown one.
    package func of(_ division: Division) -> String {
        division.isUnknown ? "地点不详" : divisions[division] ?? division.code
    }

    /// A category's title, or its key.
    package func of(_ category: Category) -> String { categories[category] ?? category.key }

    /// An agency's name, or its short name.
    package func of(_ agency: AgencyID) -> String { agencies[agency] ?? agency.name }

    /// An item by its agency and number.
    package func of(_ item: ItemRef) -> String { "\(of(item.agency)) \(item.id)" }
}

extension AlertNotice {
    /// An alert with its names; without a title, which stands in the journal of inputs alone.
    package init(_ alert: Alert, names: CountyNames) {
        self.init(
            id: alert.id.text,
            kind: alert.kind,
            level: alert.level,
            state: alert.state,
            report: alert.report,
            caseID: alert.caseID.text,
            title: "",
            place: names.of(alert.division),
            category: names.of(alert.category),
            items: ItemCount(max(0, alert.itemCount)),
            persons: PersonCount(max(0, alert.persons)),
            heads: HeadCount(max(0, alert.heads)),
            agencies: alert.agencies.map { names.of($0) },
            signals: alert.signals.map {
                Reason(rule: $0.rule, value: $0.value, threshold: $0.threshold, level: $0.level)
            },
            raisedAt: alert.raisedAt,
            acknowledgeBy: alert.acknowledgeBy,
            acknowledgedBy: alert.acknowledgedBy,
            rulesVersion: Words.hexadecimal(alert.rulesVersion)
        )
    }
}
