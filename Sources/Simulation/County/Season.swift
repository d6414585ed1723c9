internal import Domain
import Storage

/// When items arrive: seasons, weekdays, holidays and office hours of the county.
struct Season: Sendable {
    private let firstDay: Int32
    private let dayCount: Int
    private let festival: Int32
    private let year: Int
    /// Running sums of the days' weights for petitions, hotline and media.
    private let sums: [[Int]]

    init(plan: CountyPlan) {
        guard let first = CountyDay(year: plan.year, month: 1, day: 1),
            let next = CountyDay(year: plan.year + 1, month: 1, day: 1),
            let festival = CountyDay(
                year: plan.year,
                month: plan.springFestivalMonth,
                day: plan.springFestivalDay
            )
        else { preconditionFailure("the plan names a day that does not exist") }
        let firstDay = first.number
        let dayCount = Int(next.number - firstDay)
        let festivalDay = festival.number
        sums = (0..<3).map { agency in
            var sum = 0
            return (0..<dayCount).map { offset in
                let day = CountyDay(number: firstDay + Int32(offset))
                sum += Season.weight(day, agency: agency, festival: festivalDay)
                return sum
            }
        }
        self.firstDay = firstDay
        self.dayCount = dayCount
        self.festival = festivalDay
        year = plan.year
    }

    /// The last day of the year.
    var lastDay: Int32 { firstDay + Int32(dayCount) - 1 }

    /// The day so many days after the first of January.
    func day(_ offset: Int) -> Int32 { firstDay + Int32(offset) }

    /// A day of the year for an item of an agency, more often in some months than in others.
    func day(agency: Int, months: [Int] = [], random: inout SplitMix64) -> Int32 {
        let sums = sums[min(agency, 2)]
        var day = firstDay
        for _ in 0..<3 {
            let target = random.below(sums[dayCount - 1])
            day = firstDay + Int32(sums.partitioningIndex { $0 > target })
            if months.isEmpty || months.contains(CountyDay(number: day).parts.month) { break }
            if random.chance(permille: 350) { break }
        }
        return day
    }

    /// Offices work on that day.
    func isWorkday(_ day: Int32) -> Bool {
        CountyDay(number: day).weekday <= 5 && !isHoliday(day)
    }

    /// The workday on or after a day, inside the year.
    func workday(from day: Int32) -> Int32 {
        var candidate = min(max(day, firstDay), lastDay)
        while candidate < lastDay, !isWorkday(candidate) { candidate += 1 }
        while !isWorkday(candidate) { candidate -= 1 }
        return candidate
    }

    /// A time of the day at which an item of a form is received.
    func time(on day: Int32, form: Form, random: inout SplitMix64) -> Timestamp {
        let hour: Int
        var day = min(max(day, firstDay), lastDay)
        switch form {
        case .visit:
            day = workday(from: day)
            hour = random.pick([8, 9, 9, 10, 10, 11, 14, 15, 15, 16])
        case .letter, .fax:
            day = workday(from: day)
            hour = random.pick([9, 9, 10, 10, 11, 15])
        case .hotline, .phone, .grid:
            hour = random.pick(
                [0, 2, 6, 7, 8, 8, 9, 9, 9, 10, 10, 10, 11, 11, 12, 13, 14, 14, 15, 15, 15]
                    + [16, 16, 17, 17, 18, 19, 19, 20, 20, 21, 21, 22, 23]
            )
        case .online, .media:
            hour = random.pick(
                [0, 1, 7, 8, 9, 10, 11, 12, 12, 13, 15, 17, 18, 19, 19, 20, 20, 21, 21, 22, 22, 23]
            )
        }
        let second = Int64(hour * 3600 + random.below(3600))
        return CountyDay(number: day).start + .seconds(second)
    }

    private func isHoliday(_ day: Int32) -> Bool {
        Season.isHoliday(CountyDay(number: day), festival: festival)
    }

    private static func isHoliday(_ day: CountyDay, festival: Int32) -> Bool {
        let (_, month, date) = day.parts
        if (festival - 1...festival + 6).contains(day.number) { return true }
        return month == 10 && date <= 7 || month == 5 && date <= 5 || month == 1 && date == 1
    }

    private static func weight(_ day: CountyDay, agency: Int, festival: Int32) -> Int {
        let weekdays = [
            [130, 115, 110, 105, 100, 14, 14], [120, 112, 108, 105, 105, 78, 72],
            [95, 95, 95, 100, 110, 115, 115],
        ]
        let months = [
            [125, 85, 120, 105, 95, 95, 95, 100, 105, 85, 100, 120],
            [105, 85, 95, 95, 100, 110, 120, 115, 105, 90, 90, 100],
            [115, 130, 95, 95, 105, 105, 105, 100, 95, 110, 90, 95],
        ]
        let base = weekdays[agency][day.weekday - 1] * months[agency][day.parts.month - 1]
        guard isHoliday(day, festival: festival) else { return base }
        return base * [4, 50, 110][agency] / 100
    }
}

extension Array where Element == Int {
    /// The first index whose element passes, in a list where all that pass stand at the end.
    fileprivate func partitioningIndex(where passes: (Int) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if passes(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
