import Domain

/// The alerts of the hub: one for each founding item and kind, in the order in which they were
/// raised (预警).
struct Alerts: Sendable {
    /// An alert and what its later reports are judged by.
    struct Standing: Sendable {
        var alert: Alert
        /// The visit that gave the last signal of heads, as a number in `Visits`.
        var visit: Int32 = -1
        /// When it was raised or last reported.
        var reportedAt: Timestamp
    }

    /// What a change of an alert rests on.
    struct Basis {
        var id: AlertID
        var kind: AlertKind
        var caseID: CaseID
        var division: Division
        var category: Category
        var signals: [Signal]
        var items: [ItemRef]
        var itemCount: Int
        var persons: Int
        var agencies: [AgencyID]
        var heads: Int
        var visit: Int32 = -1
        /// It must be reported, whatever was said before.
        var isNews = false
    }

    /// What the rules say about time and version.
    struct Terms {
        var rules: Rules
        var version: UInt64

        /// How long an officer has; two hours where the rules are silent.
        func acknowledgeWithin(_ level: AlertLevel) -> TimeSpan {
            rules.acknowledgeWithin[level] ?? .hours(2)
        }
    }

    // Not private to the file, so that the codec of states can stand in one of its own.
    var standings: [Standing] = []
    var numbers: [AlertID: Int32] = [:]
    var deadlines = Deadlines()

    /// The number of an alert.
    func number(of id: AlertID) -> Int? { numbers[id].map(Int.init) }

    /// An alert as it stands.
    subscript(id: AlertID) -> Alert? { number(of: id).map { standings[$0].alert } }

    /// Raises an alert, or reports once more when a level or a band has risen; `nil` when nothing
    /// that an officer must hear of has changed.
    mutating func weigh(
        _ basis: Basis,
        at time: Timestamp,
        terms: Terms,
        mayRaise: Bool
    ) -> Decision.Content? {
        guard let level = basis.signals.map(\.level).max() else { return nil }
        guard let number = number(of: basis.id) else {
            return mayRaise ? raise(basis, level: level, at: time, terms: terms) : nil
        }
        var standing = standings[number]
        let isOtherVisit = basis.visit >= 0 && basis.visit != standing.visit
        let risen = basis.signals.contains { signal in
            let before = standing.alert.signals.first { $0.rule == signal.rule }
            return before.map { $0.level < signal.level } ?? true
        }
        // One that was over is raised anew, by what holds now.
        let isOver = standing.alert.state == .over
        guard isOver ? mayRaise : risen || isOtherVisit || basis.isNews else { return nil }
        standing.alert.signals =
            isOver
            ? basis.signals
            : Alerts.merged(standing.alert.signals, basis.signals, rules: terms.rules)
        standing.alert.report += 1
        let before = standing.alert.standing
        Alerts.fill(&standing.alert, from: basis, version: terms.version)
        standing.visit = basis.visit
        standing.reportedAt = time
        if level > standing.alert.level || isOver {
            standing.alert.level = level
            standing.alert.state = .unacknowledged
            standing.alert.acknowledgedBy = ""
            standing.alert.acknowledgeBy = time + terms.acknowledgeWithin(level)
            setDeadline(standing.alert, number)
        }
        standing.alert.remember(before)
        standings[number] = standing
        return .alertChanged(standing.alert)
    }

    /// Reports once more that an alert rests on less than it said, because an officer's edit took
    /// items away that it names; `nil` when it is over (更正).
    ///
    /// The level stays: it never falls by itself. When no rule speaks any more, the alert is over.
    mutating func correct(
        _ basis: Basis,
        at time: Timestamp,
        terms: Terms
    ) -> Decision.Content? {
        guard let number = number(of: basis.id), standings[number].alert.state != .over else {
            return nil
        }
        var alert = standings[number].alert
        let before = alert.standing
        alert.report += 1
        if basis.signals.isEmpty { alert.state = .over } else { alert.signals = basis.signals }
        Alerts.fill(&alert, from: basis, version: terms.version)
        alert.remember(before)
        standings[number].alert = alert
        standings[number].reportedAt = time
        return .alertChanged(alert)
    }

    /// Takes an item that was withdrawn out of what an alert names that is over.
    mutating func strike(_ ref: ItemRef, from id: AlertID) {
        guard let number = number(of: id), standings[number].alert.items.contains(ref) else {
            return
        }
        standings[number].alert.items.removeAll { $0 == ref }
        standings[number].alert.itemCount = max(0, standings[number].alert.itemCount - 1)
    }

    /// The alerts of a case or an item that were raised or reported from a time on.
    func reported(since time: Timestamp, county: Division, anchor: UInt64) -> [AlertID] {
        AlertKind.ofMatters.compactMap { kind in
            let id = AlertID(county: county, kind: kind, anchor: anchor)
            return number(of: id).flatMap { standings[$0].reportedAt >= time ? id : nil }
        }
    }

    /// An officer signs.
    mutating func acknowledge(_ id: AlertID, by officer: String) -> Alert? {
        guard let number = number(of: id) else { return nil }
        standings[number].alert.state = .acknowledged
        standings[number].alert.acknowledgedBy = officer
        return standings[number].alert
    }

    /// The next alert that nobody signed for until its time, which is not after `time`.
    mutating func nextOverdue(at time: Timestamp) -> (due: Timestamp, alert: Alert)? {
        while let deadline = deadlines.next(at: time) {
            let number = Int(deadline.alert)
            guard standings[number].alert.state == .unacknowledged,
                standings[number].alert.acknowledgeBy == deadline.due
            else { continue }
            standings[number].alert.state = .overdue
            return (deadline.due, standings[number].alert)
        }
        return nil
    }

    private mutating func raise(
        _ basis: Basis,
        level: AlertLevel,
        at time: Timestamp,
        terms: Terms
    ) -> Decision.Content {
        var alert = Alert(
            id: basis.id,
            kind: basis.kind,
            caseID: basis.caseID,
            division: basis.division,
            category: basis.category,
            level: level,
            raisedAt: time,
            acknowledgeBy: time + terms.acknowledgeWithin(level)
        )
        alert.signals = basis.signals
        Alerts.fill(&alert, from: basis, version: terms.version)
        let number = standings.count
        standings.append(Standing(alert: alert, visit: basis.visit, reportedAt: time))
        numbers[basis.id] = Int32(number)
        setDeadline(alert, number)
        return .alertRaised(alert)
    }

    /// Takes an alert as it stands now, new or known, and sets its deadline where one is open.
    mutating func put(_ alert: Alert, at time: Timestamp) {
        let before = self[alert.id]
        let number = number(of: alert.id) ?? standings.count
        if before == nil {
            standings.append(Standing(alert: alert, reportedAt: time))
            numbers[alert.id] = Int32(number)
        } else {
            standings[number].alert = alert
            standings[number].reportedAt = time
        }
        if alert.state == .unacknowledged, before?.acknowledgeBy != alert.acknowledgeBy {
            setDeadline(alert, number)
        }
    }

    private mutating func setDeadline(_ alert: Alert, _ number: Int) {
        deadlines.set(
            Deadlines.Deadline(
                due: alert.acknowledgeBy,
                id: alert.id.number,
                alert: Int32(number)
            )
        )
    }

    private static func fill(_ alert: inout Alert, from basis: Basis, version: UInt64) {
        alert.division = basis.division
        alert.category = basis.category
        alert.items = basis.items
        alert.itemCount = basis.itemCount
        alert.persons = basis.persons
        alert.agencies = basis.agencies
        alert.heads = basis.heads
        alert.rulesVersion = version
    }

    /// One signal a rule: the graver one, the newer of equals, in the order of the rules.
    private static func merged(
        _ before: [Signal],
        _ now: [Signal],
        rules: Rules
    ) -> [Signal] {
        var merged = before
        for signal in now {
            if let place = merged.firstIndex(where: { $0.rule == signal.rule }) {
                if merged[place].level <= signal.level { merged[place] = signal }
            } else {
                merged.append(signal)
            }
        }
        let order = rules.rules.map(\.name)
        return merged.enumerated().sorted { left, right in
            let one = order.firstIndex(of: left.element.rule) ?? order.count
            let other = order.firstIndex(of: right.element.rule) ?? order.count
            return one == other ? left.offset < right.offset : one < other
        }.map(\.element)
    }
}
