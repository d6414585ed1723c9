import Domain
import LiandongClient
import Testing

@Suite struct DateReadingTests {
    @Test(arguments: [
        "2024-03-05 14:30:00", "2024/3/5 14:30", "2024.3.5 14:30", "2024年3月5日 14时30分",
        "2024年03月05日14:30:00", "2024年3月5日下午2时30分", "2024年3月5日下午2点半", "二〇二四年三月五日十四时三十分",
        "２０２４－０３－０５ １４：３０：００", "20240305143000", "202403051430", "45356.604166666664",
        "2024-03-05T14:30:00+08:00", "2024-03-05T06:30:00Z", "2024-03-05T14:30:00.000+08:00",
        "2024-03-05T09:30:00+0300", "2024-03-05 14:30:00.0", "2024年3月5日 星期二 14时30分",
        "2024-3-5(周二) 14:30", "1709620200000", "1709620200",
        " 2024-03-05 02:30 PM ",
    ])
    func waysToWriteOneTimeAreRead(text: String) throws {
        let time = try #require(DateReading.timestamp(text))
        #expect(DateReading.rfc3339(time) == "2024-03-05T14:30:00+08:00")
    }

    @Test(arguments: [
        "2024-3-5", "2024/03/05", "2024年3月5日", "20240305", "45356", "45356.0", "2024.3.5",
        "二〇二四年三月五号",
    ])
    func dayWithoutTimeIsItsBeginning(text: String) throws {
        let time = try #require(DateReading.timestamp(text))
        #expect(DateReading.rfc3339(time) == "2024-03-05T00:00:00+08:00")
    }

    @Test(arguments: [
        "去年三月", "3月5日", "24-3-5", "5/3/2024", "2024-02-30", "2024-13-01", "2024-03-05 25:00",
        "2024-03-05 14:60", "2024-03", "20240230", "2024-03-05 14:30 左右", "", "不详", "12345",
        "2023年2月29日", "99999999999999999999",
    ])
    func whatIsNoDayIsRefused(text: String) {
        #expect(DateReading.timestamp(text) == nil)
    }

    @Test func zoneOfTheMappingIsUsed() throws {
        let time = try #require(DateReading.timestamp("2024-03-05 06:30", zoneMinutes: 0))
        #expect(DateReading.rfc3339(time) == "2024-03-05T14:30:00+08:00")
    }

    @Test func daysOfThreeHundredYearsAreReadBack() throws {
        for day in stride(from: -25_567, through: 83_000, by: 7) {
            let time = Timestamp(milliseconds: Int64(day) * 86_400_000 - 28_800_000)
            #expect(DateReading.timestamp(DateReading.rfc3339(time)) == time)
        }
    }
}

@Suite struct CountReadingTests {
    @Test(arguments: [
        ("30", 30), ("３０人", 30), ("1,200", 1200), ("三十", 30), ("一百二十人次", 120), ("30.0", 30),
        ("3万", 30_000),
        ("０", 0), ("两千零五", 2005),
    ])
    func exactCountsAreRead(text: String, value: Int) {
        #expect(CountReading.count(text) == .exact(value))
    }

    @Test(arguments: [
        ("约30人", 30), ("30余人", 30), ("近百人", 100), ("30人左右", 30), ("30多", 30), ("三十余户", 30),
    ])
    func approximateCountsSaySo(text: String, value: Int) {
        #expect(CountReading.count(text) == .approximate(value))
    }

    @Test(arguments: ["3-5人", "若干", "", "30.5", "1,20", "-3", "多人", "-3万"])
    func otherTextIsNoCount(text: String) {
        #expect(CountReading.count(text) == .unreadable)
    }

    @Test(arguments: ["-9223372036854775808万", "9223372036854775807万", "100001万"])
    func aCountBeyondEveryCountyIsNoCount(text: String) {
        #expect(CountReading.count(text) == .unreadable)
        #expect(CountReading.integer("-" + text) == nil)
    }

    @Test func flagsAreRead() {
        #expect(CountReading.flag("是") == true)
        #expect(CountReading.flag(" Ｙ ") == true)
        #expect(CountReading.flag("否") == false)
        #expect(CountReading.flag("也许") == nil)
    }
}
