package import Domain

// What the hub says of itself, of its clock and of the feeds (自检预警).
extension Engine {
    /// A stop of at least this length is told to the officers.
    private static let outageMin = TimeSpan.minutes(5)
    /// The most alerts named in the story of an outage.
    private static let passedMax = 64

    /// Fires all deadlines up to a time, in the order of their due times; those of alerts come first.
    mutating func fireDeadlines(at time: Timestamp, into decisions: inout [Decision]) {
        guard !clock.isHeld else { return }
        while true {
            let summary = backlogs.nextDue.map { min($0, time) }
            if let (due, alert) = alerts.nextOverdue(at: summary ?? time) {
                decisions.append(Decision(at: due, content: .alertOverdue(alert)))
            } else if let (due, backlog) = backlogs.next(at: time) {
                let observation = Observation(
                    .backlog,
                    agency: backlog.agency,
                    since: backlog.oldest,
                    value: backlog.items,
                    bound: Backlogs.itemsMin
                )
                if backlog.isSummarised, let content = warn(of: observation, at: due) {
                    decisions.append(Decision(at: due, content: content))
                }
            } else {
                return
            }
        }
    }

    /// A step of the clock, which holds the deadlines, or its end.
    mutating func settle(
        _ change: ClockChange,
        at time: Timestamp,
        into found: inout [Decision.Content]
    ) {
        found.append(.clockChanged(change))
        let size = abs(change.size.milliseconds / 1000)
        let observation = Observation(
            .clock,
            since: time,
            value: Int(size),
            bound: Int(ClockChange.tolerance.milliseconds / 1000),
            isOver: change.event != .stepped
        )
        if let content = warn(of: observation, at: time) { found.append(content) }
    }

    /// What the hub noticed.
    mutating func observe(
        _ observation: Observation,
        at time: Timestamp,
        into found: inout [Decision.Content]
    ) {
        var passed: [AlertID] = []
        if observation.condition == .outage {
            for standing in alerts.standings where passed.count < Engine.passedMax {
                let alert = standing.alert
                if alert.state == .overdue, alert.acknowledgeBy > observation.since,
                    alert.acknowledgeBy <= time
                {
                    passed.append(alert.id)
                }
            }
        }
        found.append(.observed(observation, passed: passed))
        if observation.condition == .outage, time - observation.since < Engine.outageMin { return }
        if let content = warn(of: observation, at: time) { found.append(content) }
    }

    /// Raises, renews or ends the alert of a condition.
    private mutating func warn(of observation: Observation, at time: Timestamp) -> Decision.Content?
    {
        guard let rules = configuration.rules else { return nil }
        let terms = Alerts.Terms(rules: rules, version: configuration.rulesVersion)
        return alerts.weigh(observation, county: configuration.county, at: time, terms: terms)
    }
}

extension Engine {
    /// Conditions whose alerts are not over, so that a hub that starts again knows what may end.
    package var openConditions: [(condition: Observation.Condition, agency: AgencyID?)] {
        alerts.standings.compactMap { standing in
            let alert = standing.alert
            guard alert.kind == .feed || alert.kind == .hub, alert.state != .over,
                let rule = alert.signals.first?.rule,
                let condition = Observation.Condition.allCases.first(where: { $0.token == rule })
            else { return nil }
            return (condition, alert.agencies.first)
        }
    }
}
