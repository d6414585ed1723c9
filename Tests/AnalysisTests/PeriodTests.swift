import Analysis
import Domain
import Testing

@Suite struct PeriodTests {
    @Test func daysAreTheCountysAndTheLastBelongsToThePeriod() throws {
        let period = try Period(from: "2024-02-28", to: "2024-02-29")
        #expect(period.from == Timestamp(rfc3339: "2024-02-27T16:00:00Z"))
        #expect(period.to == Timestamp(rfc3339: "2024-02-29T16:00:00Z"))
        #expect(period.before == (try Period(from: "2024-02-26", to: "2024-02-27")))
        #expect(period.contains(period.from))
        #expect(!period.contains(period.to))
    }

    @Test func momentsAreTakenAsTheyStand() throws {
        let period = try Period(from: "2024-06-01T08:00:00+08:00", to: "2024-06-01T01:30:00Z")
        #expect(period.length == .minutes(90))
    }

    @Test(arguments: ["", "gestern", "2024-13-01", "2024-02-30", "2024-6-1", "2024-06-01T08:00:00"])
    func noTimeIsRefusedByName(text: String) {
        #expect(throws: PeriodMistake.noTime(text)) { try Period(from: text, to: "2024-06-01") }
        #expect(throws: PeriodMistake.noTime(text)) { try Period(from: "2024-06-01", to: text) }
    }

    @Test func emptyPeriodIsRefused() {
        #expect(throws: PeriodMistake.ends("2024-05-31", before: "2024-06-01")) {
            try Period(from: "2024-06-01", to: "2024-05-31")
        }
        let time = Timestamp(milliseconds: 5)
        #expect(Period(from: time, to: time) == nil)
    }
}
