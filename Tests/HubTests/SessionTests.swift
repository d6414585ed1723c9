import Domain
import Hub
import Journal
import Storage
import Testing
import Wire

/// What officers' sessions read of the decision log, over a hub without threads.
@Suite struct SessionTests {
    private let terms = DurableTerms(name: "duty")

    @Test func aSubscriberWithoutCreditIsLateAndMissesNothing() throws {
        let hub = try TrialHub()
        let slow = hub.desk()
        slow.subscribe()
        slow.isDeaf = true
        let quick = hub.desk(.officer("li"))
        quick.subscribe()
        for first in stride(from: 1, to: 700, by: 100) { hub.push(first...first + 99) }
        let count = quick.delivered.count
        #expect(count > 400)
        #expect(slow.delivered.isEmpty)
        slow.isDeaf = false
        // What was under way is lost to it; the rest comes from the log.
        hub.clock.advance(.seconds(6))
        hub.settle()
        #expect(slow.delivered.map(\.number) == Array(1...UInt64(count)))
        #expect(slow.delivered.map(\.alert) == quick.delivered.map(\.alert))
    }

    @Test func aDurableNameGoesOnWhereItWasSettledOnAnotherMachine() throws {
        let hub = try TrialHub()
        let first = hub.desk()
        first.subscribe(terms)
        hub.push(1...10)
        #expect(first.delivered.map(\.number) == Array(1...10))
        first.settle(1...4)
        first.settle(7...7)
        #expect(first.positions.last?.settled == 4)
        let alerts = first.delivered.map(\.alert)
        hub.cut(first)
        hub.push(11...20)
        hub.clock.advance(.days(2))
        let second = hub.desk()
        second.subscribe(terms)
        let wanted = [4, 5, 7, 8, 9].map { alerts[$0] }
        #expect(Array(second.delivered.map(\.alert).prefix(5)) == wanted)
        #expect(second.delivered.map(\.number) == Array(1...UInt64(second.delivered.count)))
        let later = second.delivered.dropFirst(5).filter { !alerts.contains($0.alert) }
        #expect(Set(later.map(\.alert)).count == 10)
        #expect(second.delivered.allSatisfy { $0.phase == .live })
    }

    @Test func aDurableNameSurvivesTheHubsRestart() throws {
        let hub = try TrialHub()
        let first = hub.desk()
        first.subscribe(terms)
        hub.push(1...6)
        first.settle(1...3)
        let alerts = first.delivered.map(\.alert)
        try hub.start()
        let second = hub.desk()
        second.subscribe(terms)
        #expect(second.delivered.map(\.alert) == Array(alerts[3...]))
    }

    @Test func aLostNameGoesOnFromTheHoldersToken() throws {
        let hub = try TrialHub()
        let first = hub.desk()
        first.subscribe(terms)
        hub.push(1...6)
        first.settle(1...5)
        let token = try #require(first.positions.last).token
        let alerts = first.delivered.map(\.alert)
        for name in try hub.disk.list("hub/subscriptions") {
            try hub.disk.remove("hub/subscriptions/" + name)
        }
        try hub.start()
        var known = terms
        known.resume = token
        let second = hub.desk()
        second.subscribe(known)
        #expect(second.delivered.map(\.alert) == [alerts[5]])
        // Nobody else gets anywhere with it: a new name begins with the active alerts.
        let other = hub.desk(.officer("li"))
        other.subscribe(known)
        #expect(other.delivered.map(\.phase) == Array(repeating: .snapshot, count: 6))
    }

    @Test func alertsOfTheBeginningComeAgainUntilTheyAreSettled() throws {
        let hub = try TrialHub()
        hub.push(1...3)
        let first = hub.desk()
        first.subscribe(terms)
        #expect(first.delivered.map(\.phase) == [.snapshot, .snapshot, .snapshot])
        first.settle(1...2)
        hub.push(4...4)
        hub.cut(first)
        let second = hub.desk()
        second.subscribe(terms)
        let alerts = Set(first.delivered.map(\.alert))
        #expect(alerts.isSubset(of: Set(second.delivered.map(\.alert))))
        second.settle(1...UInt64(second.delivered.count))
        hub.cut(second)
        let third = hub.desk()
        third.subscribe(terms)
        #expect(third.delivered.isEmpty)
    }

    @Test func whatIsNotSettledComesAgainAfterTheWaitOfItsLevel() throws {
        let hub = try TrialHub()
        let desk = hub.desk()
        var quick = terms
        let wait = TimeSpan.seconds(5)
        quick.waits = .init(
            levels: [.red: wait, .orange: wait, .yellow: wait, .blue: wait],
            other: wait
        )
        desk.subscribe(quick)
        hub.push(1...3)
        desk.settle(1...1)
        desk.settle(2...2, .later(.seconds(60)))
        desk.settle(3...3, .working)
        #expect(desk.delivered.count == 3)
        advance(hub, seconds: 6)
        #expect(desk.delivered.dropFirst(3).map(\.number) == [3])
        desk.settle(3...3, .givenUp(reason: "转公安"))
        advance(hub, seconds: 56)
        #expect(desk.delivered.dropFirst(4).map(\.number) == [2])
        #expect(desk.delivered.last?.again == 1)
        desk.settle(2...2)
        #expect(desk.positions.last?.settled == 3)
    }

    @Test func noMoreIsUnderWayThanWasAgreed() throws {
        let hub = try TrialHub()
        let desk = hub.desk()
        var narrow = terms
        narrow.inFlight = 2
        desk.subscribe(narrow)
        hub.push(1...5)
        #expect(desk.delivered.count == 2)
        desk.settle(2...2)
        #expect(desk.delivered.count == 3)
        desk.settle(1...3)
        #expect(desk.delivered.map(\.number) == [1, 2, 3, 4, 5])
    }

    @Test func aLostDeliveryIsFetchedAlthoughNoMoreMayBeUnderWay() throws {
        let hub = try TrialHub()
        let desk = hub.desk()
        var narrow = terms
        narrow.inFlight = 1
        desk.subscribe(narrow)
        desk.isDeaf = true
        hub.push(1...2)
        desk.isDeaf = false
        advance(hub, seconds: 12)
        #expect(desk.delivered.map(\.number) == [1])
        desk.settle(1...1)
        #expect(desk.delivered.map(\.number) == [1, 2])
    }

    @Test func aNewerSessionTakesTheNameOver() throws {
        let hub = try TrialHub()
        let first = hub.desk()
        first.subscribe(terms)
        hub.push(1...2)
        let second = hub.desk()
        second.subscribe(terms)
        #expect(first.ended?.code == .sessionReplaced)
        #expect(first.ended?.advice == .stop)
        #expect(second.delivered.count == 2)
        // Another officer's name is another one.
        let other = hub.desk(.officer("li"))
        other.subscribe(terms)
        #expect(second.ended == nil)
    }

    @Test func namesAreBoundedAndEndWhenNobodyUsesThem() throws {
        let hub = try TrialHub()
        for number in 1...16 {
            let desk = hub.desk()
            desk.subscribe(DurableTerms(name: "n\(number)"))
            #expect(desk.refusals.isEmpty)
            hub.cut(desk)
        }
        let late = hub.desk()
        late.subscribe(DurableTerms(name: "n17"))
        #expect(late.refusals.map(\.code) == [.tooManyNames])
        hub.cut(late)
        hub.clock.advance(.days(31))
        hub.settle()
        let again = hub.desk()
        again.subscribe(DurableTerms(name: "n17"))
        #expect(again.refusals.isEmpty)
        let names = try hub.disk.list("hub/subscriptions")
        #expect(names.count == 1)
    }

    @Test func aFileOfANameThatWasChangedIsPutAside() throws {
        let hub = try TrialHub()
        let desk = hub.desk()
        desk.subscribe(terms)
        hub.push(1...2)
        desk.settle(1...2)
        let name = try #require(try hub.disk.list("hub/subscriptions").first)
        try overwrite(hub, "hub/subscriptions/\(name)")
        try hub.start()
        let names = try hub.disk.list("hub/subscriptions")
        #expect(names == [name + ".bad"])
        let second = hub.desk()
        second.subscribe(terms)
        // It begins anew, with what is active.
        #expect(second.delivered.map(\.phase) == [.snapshot, .snapshot])
    }

    @Test func replayEqualsTheLogByteForByteAndGoesOnAnywhere() throws {
        let hub = try TrialHub()
        for first in stride(from: 1, to: 1500, by: 300) { hub.push(first...first + 299) }
        let logged = try hub.logged()
        let desk = hub.desk(windowBytes: 1 << 20)
        desk.replay(ReplayRequest(form: .log))
        #expect(desk.records == logged.map(\.bytes))
        let end = try #require(desk.end)
        var digest = DecisionDigest()
        for stored in logged { digest.add(stored.bytes) }
        #expect(end.count == UInt64(logged.count) && end.digest == digest.value)
        #expect(desk.tokens.count >= 2)
        let whole = desk.records
        for token in desk.tokens {
            let other = hub.desk(windowBytes: 1 << 20)
            other.replay(ReplayRequest(from: .token(token), form: .log))
            #expect(other.end?.count == end.count && other.end?.digest == end.digest)
            #expect(whole.suffix(other.records.count).elementsEqual(other.records))
            hub.cut(other)
        }
        let part = hub.desk(.operator("yunwei"))
        part.replay(ReplayRequest(from: .number(17), to: .number(40), form: .log))
        #expect(part.records == logged[16...39].map(\.bytes))
    }

    @Test func spansByTimeAreTheWholeLogThoughHeldDeadlinesCarryEarlierTimes() throws {
        let hub = try TrialHub()
        hub.push(1...20)
        hub.clock.advance(.minutes(28))
        hub.clock.step(.minutes(-2))
        hub.push(21...21)
        hub.clock.advance(.minutes(3))
        hub.push(22...22)
        // The stepped clock has stood for five minutes: what fell due meanwhile fires, stamped as due.
        hub.clock.advance(.minutes(4))
        hub.push(23...23)
        let logged = try hub.logged()
        let times = logged.map { DecisionCodec.time(of: $0.bytes) ?? Timestamp(milliseconds: 0) }
        #expect(zip(times, times.dropFirst()).count { $0 > $1 } == 1)
        let desk = hub.desk()
        for time in Set(times) {
            let first = times.firstIndex { $0 >= time } ?? 0
            desk.replay(ReplayRequest(from: .time(time), form: .log))
            #expect(desk.records == logged[first...].map(\.bytes), "from \(time.rfc3339)")
            desk.replay(ReplayRequest(to: .time(time), form: .log))
            #expect(desk.records == logged[..<first].map(\.bytes), "to \(time.rfc3339)")
        }
    }

    @Test func onlyTheOperatorNamesDecisionsByTheirNumbers() throws {
        let hub = try TrialHub()
        let desk = hub.desk()
        desk.replay(ReplayRequest(from: .number(1)))
        #expect(desk.refusals.map(\.code) == [.notPermitted])
        desk.replay(ReplayRequest(from: .token("c2VhbGVk")))
        #expect(desk.refusals.map(\.code) == [.notPermitted, .badToken])
    }

    @Test func aTokenIsGoodForItsHolderAndQuestionAlone() throws {
        let hub = try TrialHub()
        hub.push(1...5)
        let desk = hub.desk()
        desk.replay(ReplayRequest(subjects: ["alert.>"]))
        let token = try #require(desk.tokens.first)
        desk.replay(ReplayRequest(from: .token(token), subjects: ["item.>"]))
        #expect(desk.refusals.map(\.code) == [.badToken])
        let other = hub.desk(.officer("li"))
        other.replay(ReplayRequest(from: .token(token), subjects: ["alert.>"]))
        #expect(other.refusals.map(\.code) == [.badToken])
    }

    @Test func replayKeepsThePaceOfThePastAndStandsStill() throws {
        let hub = try TrialHub()
        for number in 1...4 {
            hub.push(number...number)
            hub.clock.advance(.minutes(10))
        }
        let desk = hub.desk()
        let from = hub.clock.now() + TimeSpan(milliseconds: -41 * 60_000)
        desk.replay(ReplayRequest(from: .time(from), subjects: ["item.>"], speed: 60))
        #expect(desk.records.count == 1)
        advance(hub, seconds: 11)
        #expect(desk.records.count == 2)
        desk.pace(speed: 60, isPaused: true)
        advance(hub, seconds: 60)
        #expect(desk.records.count == 2)
        desk.pace(speed: 60, isPaused: false)
        advance(hub, seconds: 6)
        #expect(desk.records.count == 2)
        advance(hub, seconds: 6)
        #expect(desk.records.count == 3)
        desk.pace(speed: 0, isPaused: false)
        #expect(desk.records.count == 4 && desk.end?.count == 4)
    }

    @Test func aCommandRepeatedAfterARestartHasTheSameOutcome() throws {
        let hub = try TrialHub()
        let desk = hub.desk()
        desk.subscribe()
        hub.push(1...1)
        let told = try #require(desk.delivered.first).alert
        let alert = try #require(AlertID(text: told))
        let request = CommandRequest(
            key: "key-of-the-act",
            action: .acknowledge(alert, report: 1, note: "")
        )
        desk.command(request)
        try hub.start()
        let again = hub.desk()
        again.command(request)
        #expect(desk.outcomes.map(\.result) == [.acknowledged])
        #expect(again.outcomes.map(\.result) == [.acknowledged])
    }

    /// Time passes in steps that keep the sessions alive.
    private func advance(_ hub: TrialHub, seconds: Int64) {
        let end = hub.uptime + .seconds(seconds)
        while hub.uptime < end { hub.settle() }
    }

    private func overwrite(_ hub: TrialHub, _ path: String) throws {
        let file = try hub.disk.open(path, .write)
        var failure: (any Error)?
        Array("x".utf8).withUnsafeBytes { bytes in
            do { try file.write(bytes, at: 80) } catch { failure = error }
        }
        if let failure { throw failure }
    }
}
