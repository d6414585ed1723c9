package import Domain
import Text

/// Reads the times that agencies write (日期时间).
///
/// Understood: `2024-03-05 14:30:00`, `2024/3/5`, `2024.3.5 9:05`, `20240305`, `20240305143000`,
/// `2024年3月5日 14时30分`, `二〇二四年三月五日下午2点半`, RFC 3339 with a zone, spreadsheet day numbers
/// (`45356.6041667`) and Unix times of 10 or 13 digits. A time without a zone is the county's.
/// Years of two digits and days without a year are refused: a guess would be wrong silently.
package enum DateReading {
    /// The time that a text says; `nil` when it says none.
    ///
    /// - Parameters:
    ///   - text: The cell.
    ///   - zoneMinutes: The zone of a time that names none, in minutes east of Greenwich.
    /// - Returns: The time, or `nil`.
    package static func timestamp(_ text: String, zoneMinutes: Int = 480) -> Timestamp? {
        let plain = arabic(Folding.plain(text))
        guard !plain.isEmpty, plain.utf8.count <= 64 else { return nil }
        if plain.utf8.allSatisfy({ (48...57).contains($0) || $0 == 46 }),
            plain.utf8.count(where: { $0 == 46 }) < 2
        {
            return bareNumber(plain, zoneMinutes: zoneMinutes)
        }
        var scanner = Scanner(plain)
        return scanner.dateAndTime(zoneMinutes: zoneMinutes)
    }

    /// A time as RFC 3339 with the county's zone, `2024-03-05T14:30:00+08:00`.
    package static func rfc3339(_ time: Timestamp) -> String {
        let seconds = floorDivide(time.milliseconds, 1000) + 8 * 3600
        let days = floorDivide(seconds, 86_400)
        let rest = Int(seconds - days * 86_400)
        let (year, month, day) = civil(days)
        return "\(pad(year, 4))-\(pad(month, 2))-\(pad(day, 2))T"
            + "\(pad(rest / 3600, 2)):\(pad(rest / 60 % 60, 2)):\(pad(rest % 60, 2))+08:00"
    }

    /// A calendar day and a time of day as a timestamp; `nil` when there is no such day or time.
    static func moment(
        _ day: (year: Int, month: Int, day: Int),
        _ clock: (hour: Int, minute: Int, second: Int),
        zoneMinutes: Int
    ) -> Timestamp? {
        guard (1900...2200).contains(day.year), isDay(day.year, day.month, day.day),
            (0...24).contains(clock.hour), (0...59).contains(clock.minute),
            (0...60).contains(clock.second),
            clock.hour < 24 || (clock.minute == 0 && clock.second == 0)
        else { return nil }
        let days = dayNumber(day.year, day.month, day.day)
        let seconds =
            days * 86_400 + Int64(clock.hour * 3600 + clock.minute * 60 + min(clock.second, 59))
            - Int64(zoneMinutes * 60)
        return Timestamp(milliseconds: seconds * 1000)
    }

    /// There is such a day.
    static func isDay(_ year: Int, _ month: Int, _ day: Int) -> Bool {
        CalendarDay.isDay(year, month, day)
    }

    private static func bareNumber(_ text: String, zoneMinutes: Int) -> Timestamp? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard let whole = Int64(parts[0]) else { return nil }
        if parts.count == 1 {
            let digits = text.utf8.compactMap { Int($0) - 48 }
            func number(_ range: Range<Int>) -> Int {
                digits[range].reduce(0) { $0 * 10 + $1 }
            }
            switch digits.count {
            case 8, 12, 14:
                let hasClock = digits.count > 8
                return moment(
                    (number(0..<4), number(4..<6), number(6..<8)),
                    hasClock
                        ? (
                            number(8..<10), number(10..<12),
                            digits.count == 14 ? number(12..<14) : 0
                        ) : (0, 0, 0),
                    zoneMinutes: zoneMinutes
                )
            case 10 where digits[0] == 1: return Timestamp(milliseconds: whole * 1000)
            case 13 where digits[0] == 1: return Timestamp(milliseconds: whole)
            default: break
            }
        }
        // Day 25,569 of a spreadsheet is 1970-01-01; 20,000 and 80,000 are 1954 and 2119.
        guard (20_000..<80_000).contains(whole) else { return nil }
        var seconds: Int64 = 0
        if parts.count == 2 {
            let fraction = parts[1].prefix(12)
            guard !fraction.isEmpty, let numerator = Int64(fraction) else { return nil }
            let denominator = (0..<fraction.utf8.count).reduce(Int64(1)) { value, _ in value * 10 }
            seconds = (numerator * 172_800 + denominator) / (2 * denominator)
        }
        let local = (whole - 25_569) * 86_400 + seconds
        return Timestamp(milliseconds: (local - Int64(zoneMinutes * 60)) * 1000)
    }

    /// Chinese numerals before 年月日时点分秒 as digits; 半 after 点 or 时 as 30 minutes.
    private static func arabic(_ text: String) -> String {
        var output = ""
        var numeral = ""
        for character in text {
            if "〇零○一二三四五六七八九十".contains(character) {
                numeral.append(character)
                continue
            }
            if !numeral.isEmpty {
                output += ChineseNumeral.value(numeral).map(String.init) ?? numeral
                numeral = ""
            }
            output += character == "半" ? "30分" : String(character)
        }
        return output + (ChineseNumeral.value(numeral).map(String.init) ?? numeral)
    }

    private static func pad(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    private static func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
        value >= 0 ? value / divisor : -((-value + divisor - 1) / divisor)
    }

    /// Days since 1970-01-01 of a Gregorian day (Hinnant, "chrono-compatible low-level date
    /// algorithms").
    private static func dayNumber(_ year: Int, _ month: Int, _ day: Int) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return Int64(era * 146_097 + dayOfEra - 719_468)
    }

    private static func civil(_ days: Int64) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = floorDivide(shifted, 146_097)
        let dayOfEra = Int(shifted - era * 146_097)
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthShifted = (5 * dayOfYear + 2) / 153
        let month = monthShifted < 10 ? monthShifted + 3 : monthShifted - 9
        let year = yearOfEra + Int(era) * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * monthShifted + 2) / 5 + 1)
    }
}

extension DateReading {
    /// Takes a written date and time apart from left to right.
    private struct Scanner {
        private let characters: [Character]
        private var index = 0

        init(_ text: String) {
            characters = Array(text)
        }

        mutating func dateAndTime(zoneMinutes: Int) -> Timestamp? {
            guard let year = number(digits: 4...4), take("年-/."),
                let month = number(digits: 1...2), take("月-/."), let day = number(digits: 1...2)
            else { return nil }
            _ = take("日号")
            skipWeekday()
            let isSeparated = skip("  T,") > 0
            if index == characters.count {
                return moment((year, month, day), (0, 0, 0), zoneMinutes: zoneMinutes)
            }
            var half = dayHalf()
            guard isSeparated || half != nil || characters.contains("日") || isZoneNext,
                var clock = clock()
            else { return nil }
            _ = skip(" ")
            half = half ?? dayHalf()
            if half == .afternoon, clock.hour < 12 { clock.hour += 12 }
            if half == .night, (5..<12).contains(clock.hour) { clock.hour += 12 }
            if half == .morning, clock.hour == 12 { clock.hour = 0 }
            _ = skip(" ")
            guard let zone = zone(otherwise: zoneMinutes), index == characters.count else {
                return nil
            }
            return moment((year, month, day), clock, zoneMinutes: zone)
        }

        private enum Half {
            case morning
            case afternoon
            case night
        }

        private mutating func dayHalf() -> Half? {
            let words: [(String, Half)] = [
                ("上午", .morning), ("凌晨", .morning), ("早上", .morning), ("AM", .morning),
                ("中午", .afternoon), ("下午", .afternoon), ("傍晚", .afternoon), ("PM", .afternoon),
                ("晚上", .night), ("夜间", .night),
            ]
            for (word, half) in words where takeWord(word) {
                _ = skip(" ")
                return half
            }
            return nil
        }

        private mutating func clock() -> (hour: Int, minute: Int, second: Int)? {
            guard let hour = number(digits: 1...2), take(":时点") else { return nil }
            var minute = 0
            var second = 0
            _ = skip(" ")
            if let value = number(digits: 1...2) {
                minute = value
                if take(":分"), let value = number(digits: 1...2) {
                    second = value
                    _ = take("秒")
                    if take(".") { _ = number(digits: 1...9) }
                }
            } else {
                _ = takeWord("整")
            }
            return (hour, minute, second)
        }

        private var isZoneNext: Bool { index < characters.count && characters[index] == "T" }

        private mutating func zone(otherwise: Int) -> Int? {
            guard index < characters.count else { return otherwise }
            if take("Zz") { return 0 }
            let isWest = characters[index] == "-"
            guard take("+-"), let hours = number(digits: 2...2) else { return nil }
            _ = take(":")
            guard let minutes = number(digits: 2...2), hours < 24, minutes < 60 else { return nil }
            return (hours * 60 + minutes) * (isWest ? -1 : 1)
        }

        private mutating func skipWeekday() {
            let start = index
            _ = skip(" (")
            guard takeWord("星期") || takeWord("周"), index < characters.count else {
                index = start
                return
            }
            // 一 to 六 have become digits by now.
            _ = take("123456日天")
            _ = skip(")")
        }

        private mutating func number(digits: ClosedRange<Int>) -> Int? {
            let start = index
            var value = 0
            while index < characters.count, index - start < digits.upperBound,
                let digit = characters[index].isASCII ? characters[index].wholeNumberValue : nil
            {
                value = value * 10 + digit
                index += 1
            }
            guard index - start >= digits.lowerBound else {
                index = start
                return nil
            }
            return value
        }

        private mutating func take(_ set: String) -> Bool {
            guard index < characters.count, set.contains(characters[index]) else { return false }
            index += 1
            return true
        }

        private mutating func takeWord(_ word: String) -> Bool {
            guard characters[index...].starts(with: word) else { return false }
            index += word.count
            return true
        }

        private mutating func skip(_ set: String) -> Int {
            let start = index
            while index < characters.count, set.contains(characters[index]) { index += 1 }
            return index - start
        }
    }
}
