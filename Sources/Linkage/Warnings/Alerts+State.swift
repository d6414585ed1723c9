import Domain

// In a state: alerts in the order in which they were raised, then the deadlines.
extension Alerts {
    func write(to writer: inout StateWriter) {
        writer.begin(.alerts)
        writer.put(UInt64(standings.count))
        for standing in standings {
            writer.put(standing.alert)
            writer.put(standing.visit)
            writer.put(standing.reportedAt.milliseconds)
        }
        deadlines.write(to: &writer)
    }

    init(_ reader: inout StateReader, visitCount: Int) throws(StateError) {
        try reader.begin(.alerts)
        let count = try reader.count("the alerts", max: Int(Int32.max))
        for place in 0..<count {
            let alert = try reader.alert()
            let visit: Int32 = try reader.number("an alert's visit")
            let reported: Int64 = try reader.number("an alert's last report")
            let isBounded = visit >= -1 && Int(visit) < visitCount
            try reader.check(isBounded && numbers[alert.id] == nil, "alert \(place + 1)")
            let reportedAt = Timestamp(milliseconds: reported)
            standings.append(Standing(alert: alert, visit: visit, reportedAt: reportedAt))
            numbers[alert.id] = Int32(place)
        }
        deadlines = try Deadlines(&reader, alertCount: count)
    }
}

extension StateWriter {
    fileprivate mutating func put(_ alert: Alert) {
        put(alert.id.county)
        put(alert.id.number)
        put(alert.kind.rawValue)
        put(alert.caseID.county)
        put(alert.caseID.number)
        put(alert.division.number)
        put(alert.category.key)
        put(UInt8(alert.level.rawValue))
        put(alert.state.rawValue)
        put(Int64(alert.report))
        put(UInt32(alert.signals.count))
        for signal in alert.signals {
            put(signal.rule)
            put(Int64(signal.value))
            put(Int64(signal.threshold))
            put(UInt8(signal.level.rawValue))
        }
        put(UInt32(alert.items.count))
        for item in alert.items {
            put(item.agency.name)
            put(item.id)
        }
        put(Int64(alert.itemCount))
        put(Int64(alert.persons))
        put(UInt32(alert.agencies.count))
        for agency in alert.agencies { put(agency.name) }
        put(Int64(alert.heads))
        put(alert.rulesVersion)
        put(alert.raisedAt.milliseconds)
        put(alert.acknowledgeBy.milliseconds)
        put(alert.acknowledgedBy)
        put(UInt32(alert.former.count))
        for former in alert.former {
            put(UInt8(former.level.rawValue))
            put(former.division.number)
            put(former.category.key)
        }
    }
}

extension StateReader {
    fileprivate mutating func alert() throws(StateError) -> Alert {
        let id = AlertID(county: try number("an alert's county"), number: try identifier())
        guard let kind = AlertKind(rawValue: try number("an alert's kind")) else {
            throw .badField("an alert's kind")
        }
        let caseID = CaseID(county: try number("an alert's county"), number: try identifier())
        let division = try division("an alert's division")
        let category = try category()
        let level = try level()
        guard let state = Alert.State(rawValue: try number("an alert's state")) else {
            throw .badField("an alert's state")
        }
        let report = try int("an alert's report")
        var signals: [Signal] = []
        for _ in 0..<(try number("an alert's signals", as: UInt32.self)) {
            signals.append(
                Signal(
                    rule: try text("a signal's rule"),
                    value: try int("a signal's value"),
                    threshold: try int("a signal's threshold"),
                    level: try self.level()
                )
            )
        }
        var items: [ItemRef] = []
        for _ in 0..<(try number("an alert's items", as: UInt32.self)) {
            items.append(ItemRef(agency: try agency(), id: try text("an item's id")))
        }
        let (itemCount, persons) = (try int("an alert's count"), try int("an alert's persons"))
        var agencies: [AgencyID] = []
        for _ in 0..<(try number("an alert's agencies", as: UInt32.self)) {
            agencies.append(try agency())
        }
        let heads = try int("an alert's heads")
        let rulesVersion: UInt64 = try number("an alert's rules")
        var alert = Alert(
            id: id,
            kind: kind,
            caseID: caseID,
            division: division,
            category: category,
            level: level,
            raisedAt: Timestamp(milliseconds: try number("an alert's time")),
            acknowledgeBy: Timestamp(milliseconds: try number("an alert's deadline"))
        )
        alert.acknowledgedBy = try text("an alert's officer")
        for _ in 0..<(try number("an alert's former standings", as: UInt32.self)) {
            alert.former.append(
                AlertStanding(
                    level: try self.level(),
                    division: try self.division("a former division"),
                    category: try self.category()
                )
            )
        }
        (alert.state, alert.report, alert.signals, alert.items) = (state, report, signals, items)
        (alert.itemCount, alert.persons, alert.agencies) = (itemCount, persons, agencies)
        (alert.heads, alert.rulesVersion) = (heads, rulesVersion)
        return alert
    }

    private mutating func identifier() throws(StateError) -> UInt64 {
        let value: UInt64 = try number("an identifier")
        guard value >> 60 == 0 else { throw .badField("an identifier") }
        return value
    }

    private mutating func category() throws(StateError) -> Category {
        guard let category = Category(key: try text("an alert's category")) else {
            throw .badField("an alert's category")
        }
        return category
    }

    private mutating func level() throws(StateError) -> AlertLevel {
        guard let level = AlertLevel(rawValue: Int(try number("a level", as: UInt8.self))) else {
            throw .badField("a level")
        }
        return level
    }

    private mutating func agency() throws(StateError) -> AgencyID {
        guard let agency = AgencyID(name: try text("an agency")) else {
            throw .badField("an agency")
        }
        return agency
    }
}
