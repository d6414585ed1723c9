import Domain

extension Alerts {
    /// The alert of a condition: one for each feed or the hub, raised again when it begins again.
    mutating func weigh(
        _ observation: Observation,
        county: Division,
        at time: Timestamp,
        terms: Terms
    ) -> Decision.Content? {
        let kind: AlertKind = observation.condition.isOfFeed ? .feed : .hub
        let level = kind == .feed ? terms.rules.feedLevel : terms.rules.hubLevel
        guard let agency = observation.agency ?? AgencyID(name: "hub") else { return nil }
        // No item founds it; the condition's name stands in the place of an item's number.
        let founder = ItemRef(agency: agency, id: observation.condition.token)
        let id = AlertID(county: county, kind: kind, foundedBy: founder)
        var alert = self[id]
        let isNew = alert == nil
        if observation.isOver {
            guard alert != nil, alert?.state != .over else { return nil }
            alert?.state = .over
        } else {
            // Such a condition is told each time anew; another stands until it is over.
            let repeats = [.backlog, .outage].contains(observation.condition)
            guard isNew || alert?.state == .over || repeats else { return nil }
            let isOpen = alert?.state == .unacknowledged || alert?.state == .overdue
            if !isOpen {
                alert?.state = .unacknowledged
                alert?.acknowledgedBy = ""
                alert?.raisedAt = time
                alert?.acknowledgeBy = time + terms.acknowledgeWithin(level)
            }
        }
        var standing =
            alert
            ?? Alert(
                id: id,
                kind: kind,
                caseID: CaseID(county: county, foundedBy: founder),
                division: county,
                category: .unknown,
                level: level,
                raisedAt: time,
                acknowledgeBy: time + terms.acknowledgeWithin(level)
            )
        let before = standing.standing
        if !isNew { standing.report += 1 }
        standing.level = level
        standing.remember(before)
        standing.rulesVersion = terms.version
        standing.agencies = observation.agency.map { [$0] } ?? []
        standing.itemCount = observation.condition == .backlog ? observation.value : 0
        standing.signals = [
            Signal(
                rule: observation.condition.token,
                value: observation.value,
                threshold: observation.bound,
                level: level
            )
        ]
        put(standing, at: time)
        return isNew ? .alertRaised(standing) : .alertChanged(standing)
    }
}
