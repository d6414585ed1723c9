/// A day of the county's calendar: days since 1970-01-01 in UTC+8.
public struct CountyDay: Hashable, Comparable, Sendable {
    /// Days since 1970-01-01 as people in UTC+8 count them.
    public let number: Int32

    /// The day with a number.
    public init(number: Int32) {
        self.number = number
    }

    /// A day from year, month (1-12) and day (1-31); `nil` when there is no such day.
    public init?(year: Int, month: Int, day: Int) {
        guard (1...9999).contains(year), (1...12).contains(month),
            day >= 1, day <= CountyDay.length(ofMonth: month, year: year)
        else { return nil }
        self.number = Int32(CountyDay.daysFromCivil(year: year, month: month, day: day))
    }

    /// Earlier or not.
    public static func < (left: CountyDay, right: CountyDay) -> Bool {
        left.number < right.number
    }

    /// Midnight at the start of the day.
    public var start: Timestamp {
        Timestamp(milliseconds: Int64(number) * 86_400_000 - Timestamp.countyOffset.milliseconds)
    }

    /// Monday is 1, Sunday is 7.
    public var weekday: Int {
        // 1970-01-01 was a Thursday.
        let shifted = (Int(number) + 3) % 7
        return (shifted < 0 ? shifted + 7 : shifted) + 1
    }

    /// Year, month and day.
    public var parts: (year: Int, month: Int, day: Int) {
        CountyDay.civil(fromDays: Int(number))
    }

    /// The day as `2024-03-05`.
    public var description: String {
        let (year, month, day) = parts
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
    }

    static func length(ofMonth month: Int, year: Int) -> Int {
        switch month {
        case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days from 1970-01-01 in the proleptic Gregorian calendar, by eras of 400 years.
    static func daysFromCivil(year: Int, month: Int, day: Int) -> Int {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
        let yearOfEra = shiftedYear - era * 400
        let monthFromMarch = (month + 9) % 12
        let dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    static func civil(fromDays days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (
            yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month,
            dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        )
    }
}

/// A decimal number with leading zeros.
package func padded(_ value: Int, _ width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
}

extension Timestamp {
    /// UTC+8, the county's zone.
    public static let countyOffset = TimeSpan.hours(8)

    /// The county's day that this time falls on.
    public var countyDay: CountyDay {
        CountyDay(number: Int32(clamping: inCounty.day))
    }

    /// Milliseconds since the county's midnight, 0 to 86,399,999.
    public var sinceCountyMidnight: TimeSpan {
        TimeSpan(milliseconds: inCounty.rest)
    }

    /// The day and the milliseconds in it, without a sum that the ends of 64 bits would overflow: a time
    /// of a foreign file may lie there.
    private var inCounty: (day: Int64, rest: Int64) {
        let day = floorDivide(milliseconds, 86_400_000)
        let remainder = milliseconds % 86_400_000
        let rest =
            (remainder < 0 ? remainder + 86_400_000 : remainder)
            + Timestamp.countyOffset.milliseconds
        return rest < 86_400_000 ? (day, rest) : (day + 1, rest - 86_400_000)
    }

    /// The time in RFC 3339 with the county's zone, as `2024-03-05T14:30:00.250+08:00`; the
    /// milliseconds stand there only when they are not zero.
    public var rfc3339: String {
        let inDay = Int(sinceCountyMidnight.milliseconds)
        let clock =
            "\(padded(inDay / 3_600_000, 2)):\(padded(inDay / 60_000 % 60, 2))"
            + ":\(padded(inDay / 1000 % 60, 2))"
        let fraction = inDay % 1000 == 0 ? "" : ".\(padded(inDay % 1000, 3))"
        return "\(countyDay.description)T\(clock)\(fraction)+08:00"
    }

    /// A time from RFC 3339 text with a zone (`Z` or an offset); `nil` when it is none.
    ///
    /// Fractions finer than a millisecond are cut off; a leap second counts as the second before. A
    /// time that falls outside of the years 1 to 9999 in the county's zone, in which it would be
    /// written again, is none.
    public init?(rfc3339 text: some StringProtocol) {
        var reader = DigitReader(bytes: Array(text.utf8))
        guard let year = reader.number(digits: 4), reader.skip("-"),
            let month = reader.number(digits: 2), reader.skip("-"),
            let day = reader.number(digits: 2),
            reader.skip("T") || reader.skip("t") || reader.skip(" "),
            let hour = reader.number(digits: 2), reader.skip(":"),
            let minute = reader.number(digits: 2), reader.skip(":"),
            let second = reader.number(digits: 2),
            hour < 24, minute < 60, second <= 60,
            let date = CountyDay(year: year, month: month, day: day)
        else { return nil }
        var fraction = 0
        if reader.skip(".") {
            guard let value = reader.milliseconds() else { return nil }
            fraction = value
        }
        guard let offsetMinutes = reader.zone(), reader.isAtEnd else { return nil }
        let inDay = (hour * 3600 + minute * 60 + min(second, 59)) * 1000 + fraction
        self.init(
            milliseconds: Int64(date.number) * 86_400_000 + Int64(inDay)
                - Int64(offsetMinutes) * 60_000
        )
        guard Timestamp.writable.contains(milliseconds) else { return nil }
    }

    /// From 0001-01-01T00:00:00 to 9999-12-31T23:59:59.999 in the county's zone.
    private static let writable: ClosedRange<Int64> = -62_135_625_600_000...253_402_271_999_999
}

extension TimeSpan {
    /// A span from text such as `90s`, `30m`, `24h` or `7d`; `nil` when it is none or not above 0.
    public init?(text: String) {
        guard let unit = text.last, let count = Int64(text.dropLast()), count > 0,
            count <= 1_000_000
        else { return nil }
        switch unit {
        case "s": self = .seconds(count)
        case "m": self = .minutes(count)
        case "h": self = .hours(count)
        case "d": self = .days(count)
        default: return nil
        }
    }

    /// The span in the largest unit that divides it, as `24h` or `7d`.
    public var text: String {
        for (unit, size) in [("d", Int64(86_400_000)), ("h", 3_600_000), ("m", 60_000)]
        where milliseconds % size == 0 && milliseconds >= size * (unit == "d" ? 2 : 1) {
            return "\(milliseconds / size)\(unit)"
        }
        return "\(milliseconds / 1000)s"
    }
}

/// Division that rounds towards minus infinity.
func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
    let quotient = value / divisor
    return value % divisor < 0 ? quotient - 1 : quotient
}

/// Reads fixed-width decimal fields from bytes.
private struct DigitReader {
    let bytes: [UInt8]
    var position = 0

    var isAtEnd: Bool { position == bytes.count }

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard position < bytes.count, UInt32(bytes[position]) == character.value else {
            return false
        }
        position += 1
        return true
    }

    mutating func digit() -> Int? {
        guard position < bytes.count, (48...57).contains(bytes[position]) else { return nil }
        defer { position += 1 }
        return Int(bytes[position]) - 48
    }

    mutating func number(digits: Int) -> Int? {
        var value = 0
        for _ in 0..<digits {
            guard let next = digit() else { return nil }
            value = value * 10 + next
        }
        return value
    }

    /// One to nine digits after the point, as milliseconds.
    mutating func milliseconds() -> Int? {
        guard let tenths = digit() else { return nil }
        let hundredths = digit()
        let thousandths = hundredths == nil ? nil : digit()
        var rest = 0
        while thousandths != nil, rest < 6, digit() != nil { rest += 1 }
        return tenths * 100 + (hundredths ?? 0) * 10 + (thousandths ?? 0)
    }

    /// The offset in minutes east of Greenwich.
    mutating func zone() -> Int? {
        if skip("Z") || skip("z") { return 0 }
        let sign: Int
        if skip("+") {
            sign = 1
        } else if skip("-") {
            sign = -1
        } else {
            return nil
        }
        guard let hours = number(digits: 2), skip(":"), let minutes = number(digits: 2),
            hours < 24, minutes < 60
        else { return nil }
        return sign * (hours * 60 + minutes)
    }
}
