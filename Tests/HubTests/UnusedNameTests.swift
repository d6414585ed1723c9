import Domain
import Hub
import Testing
import Wire

/// When a durable name that nobody uses ends: after thirty days in which the hub was there.
@Suite struct UnusedNameTests {
    private let terms = DurableTerms(name: "duty")

    /// Six alerts were delivered, three of them settled; then the holder is gone.
    private func left(_ hub: TrialHub) -> [String] {
        let first = hub.desk()
        first.subscribe(terms)
        hub.push(1...6)
        first.settle(1...3)
        let alerts = first.delivered.map(\.alert)
        hub.cut(first)
        return alerts
    }

    private func isKept(_ hub: TrialHub, _ alerts: [String]) -> Bool {
        let second = hub.desk()
        second.subscribe(terms)
        return second.delivered.map(\.alert).starts(with: alerts.dropFirst(3))
            && second.delivered.first?.phase == .live
    }

    @Test(arguments: [365, -365])
    func aStepOfTheClockEndsNoName(days: Int) throws {
        let hub = try TrialHub()
        let alerts = left(hub)
        hub.clock.step(.days(Int64(days)))
        for _ in 1...12 {
            hub.clock.advance(.minutes(10))
            hub.settle()
        }
        #expect(isKept(hub, alerts))
    }

    @Test func aStartWithASteppedClockEndsNoName() throws {
        let hub = try TrialHub()
        let alerts = left(hub)
        hub.clock.step(.days(365))
        try hub.start()
        hub.settle()
        hub.clock.advance(.hours(2))
        hub.settle()
        #expect(isKept(hub, alerts))
    }

    @Test func aNameUsedWhileTheClockWasSetBackStaysWhenItReturns() throws {
        let hub = try TrialHub()
        let alerts = left(hub)
        hub.clock.step(.days(-365))
        try hub.start()
        #expect(isKept(hub, alerts))
        hub.clock.step(.days(365))
        try hub.start()
        hub.settle()
        #expect(isKept(hub, alerts))
    }

    @Test func anUnusedNameEndsAfterThirtyDays() throws {
        let hub = try TrialHub()
        let alerts = left(hub)
        for _ in 1...31 {
            hub.clock.advance(.days(1))
            hub.settle()
        }
        #expect(!isKept(hub, alerts))
    }
}
