import Domain
import Testing

@Suite struct TimeTests {
    @Test(arguments: [
        ("2024-03-05T14:30:00+08:00", Int64(1_709_620_200_000)),
        ("2024-03-05T06:30:00Z", 1_709_620_200_000),
        ("2024-03-05t06:30:00.25z", 1_709_620_200_250),
        ("2024-03-05T06:30:00.123456789-00:00", 1_709_620_200_123),
        ("1969-12-31T23:59:59.999Z", -1),
        ("2024-02-29T00:00:00+08:00", 1_709_136_000_000),
        ("2016-12-31T23:59:60Z", 1_483_228_799_000),
    ])
    func aTimeWithAZoneIsRead(text: String, milliseconds: Int64) {
        #expect(Timestamp(rfc3339: text)?.milliseconds == milliseconds)
    }

    @Test(arguments: [
        "", "2024-03-05", "2024-03-05T14:30:00", "2024-02-30T00:00:00Z", "2023-02-29T00:00:00Z",
        "2024-13-01T00:00:00Z", "2024-03-05T24:00:00Z", "2024-03-05T14:30:00.Z",
        "2024-03-05T14:30:00+0800", "2024-03-05T14:30:00Z ", "2024-3-5T14:30:00Z",
    ])
    func whatIsNoTimeIsRefused(text: String) {
        #expect(Timestamp(rfc3339: text) == nil)
    }

    @Test func aTimeIsPrintedInTheCountysZone() throws {
        let time = try #require(Timestamp(rfc3339: "2024-12-31T16:00:00.5Z"))
        #expect(time.rfc3339 == "2025-01-01T00:00:00.500+08:00")
        #expect(Timestamp(rfc3339: time.rfc3339) == time)
    }

    @Test(arguments: [Int64.min, .min + 1, -1, 0, .max - 1, .max])
    func aTimeAtTheEndsOf64BitsHasADayAndAText(milliseconds: Int64) {
        let time = Timestamp(milliseconds: milliseconds)
        #expect((0..<86_400_000).contains(time.sinceCountyMidnight.milliseconds))
        #expect(time.rfc3339.hasSuffix("+08:00"))
    }

    @Test func aTimeThatTheCountyCannotWriteAgainIsNone() throws {
        #expect(Timestamp(rfc3339: "9999-12-31T16:00:00Z") == nil)
        #expect(Timestamp(rfc3339: "0001-01-01T00:00:00+08:01") == nil)
        for text in ["9999-12-31T23:59:59.999+08:00", "0001-01-01T00:00:00+08:00"] {
            #expect(try #require(Timestamp(rfc3339: text)).rfc3339 == text)
        }
    }

    @Test func theCountysDayBeginsAtMidnightInUTCPlus8() throws {
        let before = try #require(Timestamp(rfc3339: "2024-06-12T15:59:59.999Z"))
        let after = try #require(Timestamp(rfc3339: "2024-06-12T16:00:00Z"))
        #expect(before.countyDay.description == "2024-06-12")
        #expect(after.countyDay.description == "2024-06-13")
        #expect(after.countyDay.start == after)
        #expect(Timestamp(milliseconds: -1).countyDay.description == "1970-01-01")
    }

    @Test func everyDayOfFourCenturiesGoesThereAndBack() throws {
        let first = try #require(CountyDay(year: 1800, month: 1, day: 1))
        var expected = (year: 1800, month: 1, day: 1)
        for number in first.number..<first.number + 146_097 {
            let parts = CountyDay(number: number).parts
            #expect(parts == expected)
            #expect(
                CountyDay(year: parts.year, month: parts.month, day: parts.day)?.number == number
            )
            expected.day += 1
            if CountyDay(year: expected.year, month: expected.month, day: expected.day) == nil {
                expected = (expected.year, expected.month + 1, 1)
                if expected.month == 13 { expected = (expected.year + 1, 1, 1) }
            }
        }
    }

    @Test func weekdaysBeginWithMonday() throws {
        #expect(try #require(CountyDay(year: 2024, month: 6, day: 10)).weekday == 1)
        #expect(try #require(CountyDay(year: 2024, month: 6, day: 16)).weekday == 7)
        #expect(try #require(CountyDay(year: 1969, month: 12, day: 31)).weekday == 3)
    }

    @Test(arguments: [
        ("90s", 90_000), ("30m", 1_800_000), ("24h", 86_400_000), ("7d", 604_800_000),
    ])
    func spansAreWrittenWithTheirUnit(text: String, milliseconds: Int64) {
        #expect(TimeSpan(text: text)?.milliseconds == milliseconds)
        #expect(TimeSpan(text: text)?.text == text)
    }

    @Test(arguments: ["", "7", "d", "0d", "-1h", "1.5h", "7w", "9999999d"])
    func whatIsNoSpanIsRefused(text: String) {
        #expect(TimeSpan(text: text) == nil)
    }
}
