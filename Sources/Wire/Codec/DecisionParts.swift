import Domain

// The parts of decisions that have many fields, in the order in which they are written.
extension RecordWriter {
    mutating func append(_ admission: Admission) {
        append(admission.ref)
        append(admission.ordinal)
        append(admission.kind.type)
        append(admission.time)
        append(admission.division.number)
        append(admission.category.key)
        append(admission.isUrgent)
        append(admission.isLate)
        append(admission.isAhead)
    }

    mutating func append(_ scope: CaseScope) {
        append(scope.division.number)
        append(scope.category.key)
    }

    mutating func append(_ evidence: Evidence) {
        append(evidence.nearest)
        append(evidence.scorePermille)
        append(evidence.textPermille)
        append(evidence.sharesPlace)
        append(evidence.sharesRespondent)
        append(evidence.sharesPerson)
        append(evidence.isRelated)
    }

    mutating func append(_ report: VisitReport) {
        append(report.founder)
        append(report.ref)
        append(report.heads)
        append(report.countedHeads)
        append(report.counts)
    }

    mutating func append(_ items: [ItemRef]) {
        append(UInt32(items.count))
        for item in items { append(item) }
    }

    mutating func append(_ signal: Signal) {
        append(signal.rule)
        append(signal.value)
        append(signal.threshold)
        append(UInt8(signal.level.rawValue))
    }

    mutating func append(_ alert: Alert) {
        append(alert.id)
        append(alert.kind.rawValue)
        append(alert.caseID)
        append(alert.division.number)
        append(alert.category.key)
        append(UInt8(alert.level.rawValue))
        append(alert.state.rawValue)
        append(alert.report)
        append(UInt32(alert.signals.count))
        for signal in alert.signals { append(signal) }
        append(alert.items)
        append(alert.itemCount)
        append(alert.persons)
        append(UInt32(alert.agencies.count))
        for agency in alert.agencies { append(agency.name) }
        append(alert.heads)
        append(alert.rulesVersion)
        append(alert.raisedAt)
        append(alert.acknowledgeBy)
        append(alert.acknowledgedBy)
        append(UInt32(alert.former.count))
        for former in alert.former {
            append(UInt8(former.level.rawValue))
            append(former.division.number)
            append(former.category.key)
        }
    }
}

extension RecordReader {
    mutating func admission() throws(RecordError) -> Admission {
        let ref = try ref("the item")
        let ordinal: UInt64 = try number("the ordinal")
        let start = offset
        guard let kind = ItemKind(type: try text("the type")) else {
            throw .badField("the type", offset: start)
        }
        return Admission(
            ref: ref,
            ordinal: ordinal,
            kind: kind,
            time: try time("the item's time"),
            division: try division("the division"),
            category: try category("the category"),
            isUrgent: try flag("urgent"),
            isLate: try flag("late"),
            isAhead: try flag("ahead")
        )
    }

    mutating func scope() throws(RecordError) -> CaseScope {
        CaseScope(
            division: try division("the case's division"),
            category: try category("the case's category")
        )
    }

    mutating func evidence() throws(RecordError) -> Evidence {
        Evidence(
            nearest: try ref("the nearest item"),
            scorePermille: try int("the score"),
            textPermille: try int("the text's score"),
            sharesPlace: try flag("the place"),
            sharesRespondent: try flag("the respondent"),
            sharesPerson: try flag("the person"),
            isRelated: try flag("the relation")
        )
    }

    mutating func visit() throws(RecordError) -> VisitReport {
        VisitReport(
            founder: try ref("the founder"),
            ref: try ref("the item"),
            heads: try int("the heads"),
            countedHeads: try int("the counted heads"),
            counts: try flag("counts")
        )
    }

    mutating func refs(_ field: String) throws(RecordError) -> [ItemRef] {
        var items: [ItemRef] = []
        for _ in 0..<(try number(field, as: UInt32.self)) { items.append(try ref("an item")) }
        return items
    }

    mutating func signal() throws(RecordError) -> Signal {
        Signal(
            rule: try text("the rule"),
            value: try int("the value"),
            threshold: try int("the threshold"),
            level: try level("the signal's level")
        )
    }

    mutating func alert() throws(RecordError) -> Alert {
        let id = try alertID("the alert")
        let kind: AlertKind = try choice("the alert's kind")
        let caseID = try caseID("the case")
        let division = try division("the division")
        let category = try category("the category")
        let level = try level("the level")
        let state: Alert.State = try choice("the state")
        let report = try int("the report")
        var signals: [Signal] = []
        for _ in 0..<(try number("the signals", as: UInt32.self)) {
            signals.append(try signal())
        }
        let items = try refs("the items")
        let itemCount = try int("the number of items")
        let persons = try int("the persons")
        var agencies: [AgencyID] = []
        for _ in 0..<(try number("the agencies", as: UInt32.self)) {
            agencies.append(try agency("an agency"))
        }
        let heads = try int("the heads")
        let rulesVersion: UInt64 = try number("the rules' version")
        var alert = Alert(
            id: id,
            kind: kind,
            caseID: caseID,
            division: division,
            category: category,
            level: level,
            raisedAt: try time("the time raised"),
            acknowledgeBy: try time("the time to sign")
        )
        alert.acknowledgedBy = try text("the officer")
        for _ in 0..<(try number("the former standings", as: UInt32.self)) {
            alert.former.append(
                AlertStanding(
                    level: try self.level("a former level"),
                    division: try self.division("a former division"),
                    category: try self.category("a former category")
                )
            )
        }
        alert.state = state
        alert.report = report
        alert.signals = signals
        alert.items = items
        alert.itemCount = itemCount
        alert.persons = persons
        alert.agencies = agencies
        alert.heads = heads
        alert.rulesVersion = rulesVersion
        return alert
    }
}
