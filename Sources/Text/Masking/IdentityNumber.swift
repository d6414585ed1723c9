/// The number of an ID card (公民身份号码, GB 11643): 18 characters, or the 15 digits used till 2013.
package struct IdentityNumber: Hashable, Sendable {
    /// The 18 characters, upper case; 15 digits are completed with the century and the check digit.
    package let text: String
    /// The last character follows from the first seventeen.
    package let hasRightCheckDigit: Bool

    /// The number that the characters form; `nil` unless province and birthday can be.
    ///
    /// A wrong check digit is allowed: a number with a typing mistake is still somebody's.
    ///
    /// - Parameter digits: ASCII digits, the last may be `X`.
    package init?(digits: some Collection<UInt8>) {
        var all = Array(digits)
        guard all.count == 15 || all.count == 18,
            all.dropLast().allSatisfy({ (48...57).contains($0) }),
            let last = all.last, (48...57).contains(last) || (last == 88 && all.count == 18)
        else { return nil }
        if all.count == 15 { all.insert(contentsOf: [49, 57], at: 6) }
        func number(_ range: Range<Int>) -> Int { all[range].reduce(0) { $0 * 10 + Int($1) - 48 } }
        guard IdentityNumber.provinces.contains(number(0..<2)),
            (1850...2100).contains(number(6..<10)),
            CalendarDay.isDay(number(6..<10), number(10..<12), number(12..<14))
        else { return nil }
        let check = IdentityNumber.checkDigit(of: all.prefix(17))
        if all.count == 17 { all.append(check) }
        hasRightCheckDigit = all[17] == check
        text = String(decoding: all, as: UTF8.self)
    }

    /// The check digit of seventeen digits (ISO 7064 MOD 11-2).
    package static func checkDigit(of digits: some Collection<UInt8>) -> UInt8 {
        let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
        let sum = zip(digits, weights).reduce(0) { $0 + (Int($1.0) - 48) * $1.1 }
        return Array("10X98765432".utf8)[sum % 11]
    }

    private static let provinces: Set<Int> = [
        11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51,
        52, 53, 54, 61, 62, 63, 64, 65, 71, 81, 82, 83, 91,
    ]
}
