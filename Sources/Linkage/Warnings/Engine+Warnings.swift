import Domain

extension Engine {
    /// Weighs what an item changed: its case, its visit, its own flags (预警研判).
    ///
    /// Without `mayRaise`, for a late item, it adds to a standing alert and raises none.
    mutating func warn(
        _ number: Int,
        at time: Timestamp,
        mayRaise: Bool,
        into found: inout [Decision.Content]
    ) {
        guard let rules = configuration.rules else { return }
        let terms = Alerts.Terms(rules: rules, version: configuration.rulesVersion)
        let subject = subject(of: number)
        for basis in [
            matterBasis(subject, rules), visitBasis(subject, number, rules),
            urgentBasis(subject, number, rules),
        ] {
            guard let basis else { continue }
            if let content = alerts.weigh(basis, at: time, terms: terms, mayRaise: mayRaise) {
                found.append(content)
            }
        }
    }

    /// What alerts of a case or of a single item speak of.
    private struct Subject {
        var founder: Int
        var members: [Int32]
        var byTime: [Int32]
        var newest: Timestamp
        var division: Division
        var category: Category
    }

    private func subject(of number: Int) -> Subject {
        let item = items[number]
        guard item.caseNumber >= 0 else {
            return Subject(
                founder: number,
                members: [Int32(number)],
                byTime: [Int32(number)],
                newest: item.time,
                division: item.township.isTownship ? item.township : item.division,
                category: item.category
            )
        }
        let known = cases.cases[Int(item.caseNumber)]
        return Subject(
            founder: known.founder,
            members: known.members,
            byTime: known.byTime,
            newest: known.newest,
            division: known.division,
            category: known.category
        )
    }

    private func matterBasis(_ subject: Subject, _ rules: Rules) -> Alerts.Basis? {
        let measures = Measures(
            items: items,
            persons: persons,
            byTime: subject.byTime,
            end: subject.newest
        )
        let signals = rules.rules.compactMap { measures.signal($0) }
        return signals.isEmpty ? nil : basis(.matter, subject, signals)
    }

    private func visitBasis(_ subject: Subject, _ number: Int, _ rules: Rules) -> Alerts.Basis? {
        guard let visit = visits.number(of: number),
            let counting = visits.counting(
                visit,
                items: items,
                agencies: configuration.agencies
            )
        else { return nil }
        let heads = items[counting].heads
        let signals = rules.rules.compactMap { rule in
            rule.measure == .heads ? Measures.signal(rule, value: heads) : nil
        }
        guard !signals.isEmpty else { return nil }
        var basis = basis(.visit, subject, signals)
        basis.heads = heads
        basis.visit = Int32(visit)
        return basis
    }

    private func urgentBasis(_ subject: Subject, _ number: Int, _ rules: Rules) -> Alerts.Basis? {
        let flags = items[number].flags
        var signals: [Signal] = []
        if flags.contains(.urgent) {
            signals.append(
                Signal(rule: "urgent", value: 1, threshold: 1, level: rules.urgentLevel)
            )
        }
        if flags.contains(.danger) {
            signals.append(
                Signal(rule: "danger", value: 1, threshold: 1, level: rules.dangerLevel)
            )
        }
        return signals.isEmpty ? nil : basis(.urgent, subject, signals)
    }

    private func basis(
        _ kind: AlertKind,
        _ subject: Subject,
        _ signals: [Signal]
    ) -> Alerts.Basis {
        let founder = items[subject.founder].ref
        let latest = subject.members.suffix(Alert.evidenceMax)
        return Alerts.Basis(
            id: AlertID(county: configuration.county, kind: kind, foundedBy: founder),
            kind: kind,
            caseID: CaseID(county: configuration.county, foundedBy: founder),
            division: subject.division,
            category: subject.category,
            signals: signals,
            items: latest.map { items[Int($0)].ref },
            itemCount: subject.members.count,
            persons: Measures.persons(of: subject.members, items: items, persons: persons),
            agencies: Measures.agencies(of: subject.members, items: items).map(\.agency),
            heads: 0
        )
    }
}
