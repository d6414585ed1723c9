import Domain

// Clock changes and observations, which records and decisions write alike.
extension RecordWriter {
    mutating func append(_ change: ClockChange) {
        append(change.event.rawValue)
        append(change.from)
        append(change.to)
        append(change.officer)
    }

    mutating func append(_ observation: Observation) {
        append(observation.condition.rawValue)
        append(observation.agency?.name ?? "")
        append(observation.since)
        append(observation.value)
        append(observation.bound)
        append(observation.isOver)
    }
}

extension RecordReader {
    mutating func clockChange() throws(RecordError) -> ClockChange {
        ClockChange(
            event: try choice("the clock's event"),
            from: try time("the time before"),
            to: try time("the time after"),
            officer: try text("the officer")
        )
    }

    mutating func observation() throws(RecordError) -> Observation {
        let condition: Observation.Condition = try choice("the condition")
        let start = offset
        let name = try text("the agency")
        let agency = name.isEmpty ? nil : AgencyID(name: name)
        guard name.isEmpty != condition.isOfFeed, name.isEmpty || agency != nil else {
            throw .badField("the agency", offset: start)
        }
        return Observation(
            condition,
            agency: agency,
            since: try time("the time since when"),
            value: try int("the value"),
            bound: try int("the bound"),
            isOver: try flag("over")
        )
    }

    mutating func alertIDs() throws(RecordError) -> [AlertID] {
        var found: [AlertID] = []
        for _ in 0..<(try number("the alerts", as: UInt32.self)) {
            found.append(try alertID("an alert"))
        }
        return found
    }
}

extension ClockChange {
    var jsonMembers: [JSONValue.Member] {
        [
            .init("event", .string(event.token)),
            .init("from", .string(from.rfc3339)),
            .init("to", .string(to.rfc3339)),
            .init("size_ms", .integer(size.milliseconds)),
            .init("officer", .string(officer)),
        ]
    }
}

extension Observation {
    var jsonMembers: [JSONValue.Member] {
        [
            .init("condition", .string(condition.token)),
            .init("source", agency.map { .string($0.source) } ?? .null),
            .init("since", .string(since.rfc3339)),
            .init("value", .integer(Int64(value))),
            .init("bound", .integer(Int64(bound))),
            .init("over", .bool(isOver)),
        ]
    }
}
