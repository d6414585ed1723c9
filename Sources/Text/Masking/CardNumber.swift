/// The number of a bank card (银行卡号): 16 to 19 digits, the last of which follows from the others.
enum CardNumber {
    /// The digits can be those of a card: a network's first digit, and the right check digit.
    static func isCard(_ digits: [UInt8]) -> Bool {
        guard (16...19).contains(digits.count), [51, 52, 53, 54, 57].contains(digits[0]) else {
            return false
        }
        var sum = 0
        for (place, digit) in digits.reversed().enumerated() {
            let value = Int(digit) - 48
            sum += place % 2 == 0 ? value : value * 2 - (value > 4 ? 9 : 0)
        }
        return sum % 10 == 0
    }
}
