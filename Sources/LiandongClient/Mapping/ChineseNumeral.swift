/// Chinese numerals of everyday lists: 〇 to 万.
enum ChineseNumeral {
    private static let digits: [Character: Int] = [
        "〇": 0, "零": 0, "○": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6,
        "七": 7, "八": 8, "九": 9,
    ]
    private static let places: [Character: Int] = ["十": 10, "百": 100, "千": 1000]

    /// A whole number such as 三十二, 二〇二四 or 一万二千; `nil` for anything else.
    static func value(_ text: some StringProtocol) -> Int? {
        guard !text.isEmpty, text.count <= 12 else { return nil }
        if text.allSatisfy({ digits[$0] != nil }) {
            return text.reduce(0) { $0 * 10 + (digits[$1] ?? 0) }
        }
        var total = 0
        var section = 0
        var digit: Int?
        for character in text {
            if let value = digits[character] {
                digit = value
            } else if let place = places[character] {
                section += (digit ?? 1) * place
                digit = nil
            } else if character == "万" {
                total += (section + (digit ?? 0)) * 10_000
                section = 0
                digit = nil
            } else {
                return nil
            }
        }
        return total + section + (digit ?? 0)
    }
}
