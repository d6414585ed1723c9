/// The salutation that many letters open with (称呼): it names an office and says nothing of the
/// matter.
package enum Salutation {
    private static let words = Phrases([
        "尊敬的", "敬爱的", "亲爱的", "各位", "您好", "你好", "你们好", "大家好", "领导", "书记", "市长",
        "县长", "区长", "镇长", "局长", "部长", "主任", "同志", "先生", "女士", "打扰了", "麻烦您",
    ])
    private static let openings = ["尊敬", "敬爱", "亲爱", "各位"].map { PlainText($0).units }
    private static let closings = [
        "您好", "你好", "们好", "领导", "书记", "市长", "县长", "区长", "镇长", "局长", "主任", "同志",
    ].map { PlainText($0).units }

    /// A clause longer than this is more than a salutation.
    private static let clauseUnitsMax = 14

    /// The text without the salutation at its head.
    package static func removed(from text: PlainText) -> PlainText {
        let units = text.units
        var index = 0
        var clauses = 0
        while index < units.count {
            if units[index] == PlainText.wordBreak {
                index += 1
            } else if let length = words.match(units, at: index) {
                index += length
            } else if clauses < 3, let end = salutationEnd(units, from: index) {
                index = end
                clauses += 1
            } else {
                break
            }
        }
        if index == 0 { return text }
        return PlainText(units: Array(units[index...]))
    }

    /// The end of the clause at `start` when it is nothing but a salutation.
    private static func salutationEnd(_ units: [UInt16], from start: Int) -> Int? {
        var end = start
        while end < units.count, units[end] != PlainText.wordBreak {
            end += 1
            if end - start > clauseUnitsMax { return nil }
        }
        guard end < units.count else { return nil }
        let clause = units[start..<end]
        let isSalutation =
            openings.contains { clause.starts(with: $0) }
            || closings.contains { clause.count >= $0.count && clause.suffix($0.count) == $0[...] }
        return isSalutation ? end : nil
    }
}
