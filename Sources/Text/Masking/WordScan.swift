/// Finds plates, e-mail addresses, passports and WeChat names in a text.
enum WordScan {
    private static let provinces = Set(
        "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼".unicodeScalars.map(\.value)
    )
    /// A scalar that a plate may begin with.
    static func isProvince(_ plain: UInt32) -> Bool { provinces.contains(plain) }

    private static let plateEnds = Set("学警港澳挂".unicodeScalars.map(\.value))
    private static let passportWords = MaskText.words("护照 通行证")
    private static let chatWords = MaskText.words("微信 QQ 支付宝")

    /// Adds what stands in the text.
    static func find(in text: MaskText, into spans: inout [MaskSpan]) {
        for index in text.plain.indices {
            let scalar = text.plain[index]
            if provinces.contains(scalar), let end = plateEnd(text, from: index) {
                spans.append(MaskSpan(range: index..<end, kind: .plate))
            } else if scalar == 64, let range = email(text, at: index) {
                spans.append(MaskSpan(range: range, kind: .email))
            } else if text.isLetter(index), !isWord(text, index - 1) {
                if let span = named(text, at: index) { spans.append(span) }
            }
        }
    }

    /// A province, a letter, and five or six letters or digits of which most are digits.
    private static func plateEnd(_ text: MaskText, from start: Int) -> Int? {
        guard text.isLetter(start + 1) else { return nil }
        var position = start + 2
        while position < start + 4, position < text.plain.count,
            text.isSeparator(position) || [0xB7, 0x2022, 0x30FB, 46].contains(text.plain[position])
        {
            position += 1
        }
        let body = position
        var digits = 0
        while position < text.plain.count, position - body < 6, isWord(text, position) {
            if text.isDigit(position) { digits += 1 }
            position += 1
        }
        let unit = MaskText.string(text.scalars[max(body, position - 2)..<position])
        if ["kV", "KV", "kv", "kW", "km", "kg"].contains(unit) { return nil }
        let hasEnd = position < text.plain.count && plateEnds.contains(text.plain[position])
        let length = position - body
        guard !isWord(text, position), digits >= 3,
            (5...6).contains(length) || (length == 4 && hasEnd)
        else { return nil }
        return length == 4 ? position + 1 : position
    }

    private static func email(_ text: MaskText, at sign: Int) -> Range<Int>? {
        var start = sign
        while start > 0,
            isWord(text, start - 1) || [43, 45, 46, 95].contains(text.plain[start - 1])
        {
            start -= 1
        }
        var end = sign + 1
        var lastDot: Int?
        while end < text.plain.count, isWord(text, end) || [45, 46].contains(text.plain[end]) {
            if text.plain[end] == 46 { lastDot = end }
            end += 1
        }
        while end > sign, [45, 46].contains(text.plain[end - 1]) {
            end -= 1
            if lastDot == end { lastDot = text.plain[sign..<end].lastIndex(of: 46) }
        }
        guard start < sign, let lastDot, end - lastDot >= 3, lastDot > sign + 1 else { return nil }
        return start..<end
    }

    /// A passport or a chat name: a letter and more, behind the word that says so.
    private static func named(_ text: MaskText, at start: Int) -> MaskSpan? {
        var end = start
        while end < text.plain.count, isWord(text, end) || [45, 95].contains(text.plain[end]) {
            end += 1
        }
        let length = end - start
        if (8...12).contains(length), text.isDigit(end - 1),
            text.stands(anyOf: passportWords, before: start)
        {
            return MaskSpan(range: start..<end, kind: .document)
        }
        if (5...20).contains(length), text.stands(anyOf: chatWords, before: start) {
            return MaskSpan(range: start..<end, kind: .account)
        }
        return nil
    }

    private static func isWord(_ text: MaskText, _ index: Int) -> Bool {
        text.isDigit(index) || text.isLetter(index)
    }
}
