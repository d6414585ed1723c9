import Domain
import Hub
import Testing
import Wire

/// What was made ready for a durable subscription before an item was withdrawn (撤回) names it no
/// more, and holds nothing up.
@Suite struct WithdrawnDeliveryTests {
    private static let wait = TimeSpan.seconds(5)
    /// Longer than that.
    private static let more = TimeSpan.seconds(7)

    /// A name whose deliveries come again soon.
    private var terms: DurableTerms {
        var terms = DurableTerms(name: "duty")
        let wait = Self.wait
        terms.waits = .init(
            levels: [.red: wait, .orange: wait, .yellow: wait, .blue: wait],
            other: wait
        )
        return terms
    }

    private func withdraw(_ hub: TrialHub, _ id: String) throws {
        let agency = try #require(AgencyID(name: "xinfang"))
        let office = hub.desk(.officer("yunwei"))
        let ref = ItemRef(agency: agency, id: id)
        office.command(.init(key: "withdraw-\(id)", action: .withdraw(ref)))
        #expect(office.outcomes.count == 1 && office.refusals.isEmpty)
    }

    private func pass(_ hub: TrialHub, _ span: TimeSpan) {
        let end = hub.uptime + span
        while hub.uptime < end { hub.settle() }
    }

    /// The numbers of the deliveries that name an item.
    private func naming(_ id: String, _ desk: TrialDesk) -> [UInt64] {
        zip(desk.told, desk.delivered).filter {
            String(decoding: $0.0.bytes, as: UTF8.self).contains(#""\#(id)""#)
        }.map(\.1.number)
    }

    @Test func aDeliveryFromTheLogComesAgainWithoutItOrNotAtAll() throws {
        let hub = try TrialHub()
        let desk = hub.desk()
        desk.subscribe(terms, [">"])
        hub.push(1...3)
        let named = naming("XF-1", desk)
        let before = UInt64(desk.delivered.count)
        for number in 1...before where !named.contains(number) { desk.settle(number...number) }
        try withdraw(hub, "XF-1")
        let last = try #require(desk.delivered.last).number
        desk.settle(before + 1...last)
        pass(hub, Self.more)
        // That there was an alert comes again; that the item was registered does not.
        let again = desk.delivered.filter { $0.again > 0 }
        let isSame = naming("XF-1", desk).filter { $0 <= before } == named
        #expect(isSame)
        #expect(named.count > 1)
        #expect(Set(again.map(\.number)).count == 1 && again.allSatisfy { $0.alert != "" })
        // What does not come again holds no place: whoever comes next goes on behind the last.
        desk.settle(again[0].number...again[0].number)
        #expect(desk.positions.last?.settled == last)
        hub.cut(desk)
        let next = hub.desk()
        next.subscribe(terms, [">"])
        #expect(next.delivered.isEmpty)
    }

    @Test func anAlertOfTheBeginningComesNoMoreAndTheBeginningEnds() throws {
        let hub = try TrialHub()
        hub.push(1...3)
        let desk = hub.desk()
        desk.subscribe(terms)
        #expect(desk.delivered.map(\.phase) == [.snapshot, .snapshot, .snapshot])
        let first = try #require(naming("XF-1", desk).first)
        for number in UInt64(1)...3 where number != first { desk.settle(number...number) }
        try withdraw(hub, "XF-1")
        let last = try #require(desk.delivered.last).number
        desk.settle(4...last)
        pass(hub, Self.more)
        #expect(naming("XF-1", desk) == [first])
        hub.cut(desk)
        let next = hub.desk()
        next.subscribe(terms)
        #expect(next.delivered.isEmpty)
    }

    @Test func anAlertThatStillWaitsForRoomIsPassedOver() throws {
        let hub = try TrialHub()
        hub.push(1...3)
        let desk = hub.desk()
        var narrow = terms
        narrow.inFlight = 1
        desk.subscribe(narrow)
        #expect(desk.delivered.count == 1)
        let waiting = try #require(
            ["XF-1", "XF-2", "XF-3"].first { naming($0, desk).isEmpty }
        )
        try withdraw(hub, waiting)
        while let last = desk.delivered.last?.number, desk.positions.last?.settled != last {
            desk.settle(last...last)
        }
        #expect(naming(waiting, desk).isEmpty)
        #expect(Set(desk.delivered.filter { $0.phase == .snapshot }.map(\.alert)).count == 2)
    }
}
