import Text

/// Reads the counts that agencies write (人数): `30`, `３０人`, `1,200`, `三十`, `约30人`, `30余人`.
package enum CountReading {
    /// What a cell says.
    package enum Outcome: Hashable, Sendable {
        /// A whole number, zero or more.
        case exact(Int)
        /// A number with 约, 余, 多, 左右 or the like.
        case approximate(Int)
        /// No number.
        case unreadable
    }

    /// The count that a text says.
    package static func count(_ text: String) -> Outcome {
        var rest = Folding.heading(text)
        var isApproximate = false
        for word in ["大约", "约", "近", "超过", "逾", "至少", "≈", ">"] where rest.hasPrefix(word) {
            rest.removeFirst(word.count)
            isApproximate = true
        }
        for word in ["左右", "上下", "以上", "+"] where rest.hasSuffix(word) {
            rest.removeLast(word.count)
            isApproximate = true
        }
        for word in ["人次", "人", "名", "个", "件", "次", "户", "条"] where rest.hasSuffix(word) {
            rest.removeLast(word.count)
            break
        }
        for word in ["余", "多", "来", "几", "+"] where rest.hasSuffix(word) {
            rest.removeLast(word.count)
            isApproximate = true
        }
        guard let value = whole(rest) else { return .unreadable }
        return isApproximate ? .approximate(value) : .exact(value)
    }

    /// Yes or no; `nil` when the cell says neither.
    package static func flag(_ text: String) -> Bool? {
        switch Folding.heading(text).uppercased() {
        case "是", "有", "1", "Y", "YES", "TRUE", "T", "√", "✓", "对": true
        case "否", "无", "不是", "0", "N", "NO", "FALSE", "F", "×", "X", "没有": false
        default: nil
        }
    }

    /// A whole number with its sign, for values such as `data.media.tone`.
    package static func integer(_ text: String) -> Int? {
        let plain = Folding.heading(text)
        if plain.hasPrefix("-") { return whole(String(plain.dropFirst())).map { -$0 } }
        return whole(plain)
    }

    private static func whole(_ text: String) -> Int? {
        var digits = text
        if let point = text.firstIndex(of: "."),
            text[text.index(after: point)...].allSatisfy({ $0 == "0" })
        {
            // Spreadsheets write 30 as 30.0.
            digits = String(text[..<point])
        }
        let groups = digits.split(separator: ",", omittingEmptySubsequences: false)
        if groups.count > 1 {
            guard (1...3).contains(groups[0].count),
                groups.dropFirst().allSatisfy({ $0.count == 3 })
            else { return nil }
            digits = groups.joined()
        }
        if !digits.isEmpty, digits.utf8.count <= 10,
            digits.utf8.allSatisfy({ (48...57).contains($0) })
        {
            return Int(digits)
        }
        if digits.hasSuffix("万"), let value = Int(digits.dropLast()), (0...100_000).contains(value)
        {
            return value * 10_000
        }
        return ChineseNumeral.value(digits)
    }
}
