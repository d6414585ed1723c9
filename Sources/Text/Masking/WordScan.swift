/// Finds plates, e-mail addresses, passports and WeChat names in a text.
enum WordScan {
    private static let passportWords = MaskText.words("护照 通行证")
    private static let chatWords = MaskText.words("微信 QQ 支付宝")

    /// Adds what stands in the text.
    static func find(in text: MaskText, into spans: inout [MaskSpan]) {
        for index in text.plain.indices {
            let scalar = text.plain[index]
            if PlateScan.isProvince(scalar), let end = PlateScan.end(text, from: index) {
                spans.append(MaskSpan(range: index..<end, kind: .plate))
            } else if scalar == 64, let range = email(text, at: index) {
                spans.append(MaskSpan(range: range, kind: .email))
            } else if text.isLetter(index), !isWord(text, index - 1) {
                if let span = named(text, at: index) { spans.append(span) }
            }
        }
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
