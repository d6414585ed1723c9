extension PlainText {
    /// Digits from which on a number is no evidence: telephones and accounts, which agencies mask.
    private static let maskedDigits = 7

    /// Hashes of the numbers in the text in the order of their places, without repetition.
    ///
    /// An odd hash is that of a number of two to six digits that is no year: it tells something of
    /// the matter, and single digits do not.
    package func numbers(max: Int) -> [UInt32] {
        var found: [UInt32] = []
        var hash = TextHash()
        var digits: [UInt16] = []
        for index in 0...units.count {
            let unit = index < units.count ? units[index] : PlainText.wordBreak
            if CharacterTable.isDigit(unit) {
                hash.add(unit)
                digits.append(unit)
            } else if !digits.isEmpty {
                if digits.count < PlainText.maskedDigits {
                    let tells = digits.count > 1 && !PlainText.isYear(digits)
                    let number = UInt32(truncatingIfNeeded: hash.value) & ~1 | (tells ? 1 : 0)
                    if !found.contains(number) { found.append(number) }
                    if found.count == max { break }
                }
                hash = TextHash()
                digits.removeAll(keepingCapacity: true)
            }
        }
        return found
    }

    /// The number of a year, 1900 to 2099.
    private static func isYear(_ digits: [UInt16]) -> Bool {
        digits.count == 4
            && (digits[0] == 49 && digits[1] == 57 || digits[0] == 50 && digits[1] == 48)
    }
}
