/// Finds car plates (车牌): a province, a letter, and five or six letters or digits of which most are digits.
enum PlateScan {
    private static let provinces = Set(
        "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼".unicodeScalars.map(\.value)
    )
    private static let ends = Set("学警港澳挂".unicodeScalars.map(\.value))
    private static let opening = Set("([【<《“「".unicodeScalars.map(\.value))
    private static let closing = Set(")]】>》”」".unicodeScalars.map(\.value))
    private static let units = ["kV", "kW", "km", "kg"]
    /// The usual tensions of lines: 110KV, and no plate.
    private static let tensions = ["110KV", "220KV", "330KV", "400KV", "500KV", "750KV", "800KV"]
    /// Two parts in which people write what stands behind the letter.
    private static let halves = [[2, 3], [3, 2], [3, 3], [2, 4]]

    /// A scalar that a plate may begin with.
    static func isProvince(_ plain: UInt32) -> Bool { provinces.contains(plain) }

    /// Where the plate that begins at a province ends; `nil` where none begins.
    static func end(_ text: MaskText, from start: Int) -> Int? {
        let letter = gap(text, from: start + 1).end
        guard text.isLetter(letter) else { return nil }
        var body = gap(text, from: letter + 1).end
        let isBracketed = body < text.plain.count && opening.contains(text.plain[body])
        if isBracketed { body += 1 }
        guard let end = whole(text, body) ?? mixed(text, body) ?? parted(text, body),
            !isQuantity(text, until: end)
        else { return nil }
        let isClosed = isBracketed && end < text.plain.count && closing.contains(text.plain[end])
        return isClosed ? end + 1 : end
    }

    /// In one piece, in figures.
    private static func whole(_ text: MaskText, _ body: Int) -> Int? {
        let (end, digits) = word(text, body) { isWord(text, $0) }
        guard digits >= 3 else { return nil }
        let hasEnd = end < text.plain.count && ends.contains(text.plain[end])
        switch end - body {
        case 5: return last(text, body, end) ?? end
        case 6: return end
        case 4 where hasEnd: return end + 1
        default: return nil
        }
    }

    /// The sixth sign of a new energy's plate, which a line's end took from the other five.
    private static func last(_ text: MaskText, _ body: Int, _ end: Int) -> Int? {
        let (next, isBroken) = gap(text, from: end)
        let isGreen = [68, 70].contains(text.plain[body]) || text.isLetter(next)
        guard isBroken, isGreen, isWord(text, next), !isWord(text, next + 1) else { return nil }
        return next + 1
    }

    /// In one piece, with Chinese numerals; one more may belong to the word that follows.
    private static func mixed(_ text: MaskText, _ body: Int) -> Int? {
        let (end, digits) = word(text, body) { isWord(text, $0) || text.isNumeral($0) }
        guard digits >= 3 else { return nil }
        switch end - body {
        case 5, 6: return end
        case 7 where !isWord(text, end - 1): return end - 1
        default: return nil
        }
    }

    /// Sign by sign, or in two parts.
    private static func parted(_ text: MaskText, _ body: Int) -> Int? {
        var position = body
        var (sizes, digits, isBroken): ([Int], Int, Bool) = ([], 0, false)
        var found: Int?
        while sizes.reduce(0, +) < 6 {
            let (end, figures) = word(text, position) { isWord(text, $0) || text.isNumeral($0) }
            guard end > position else { break }
            sizes.append(end - position)
            digits += figures
            let isHalved =
                sizes.count == 2
                && (isBroken || halves.contains(sizes) || sizes == [1, 5] && text.isLetter(body)
                    || sizes == [5, 1] && text.isLetter(position))
            if (5...6).contains(sizes.reduce(0, +)), digits >= 3,
                isHalved || sizes.allSatisfy({ $0 == 1 })
            {
                found = end
            }
            let next = gap(text, from: end)
            guard next.end > end else { break }
            isBroken = isBroken || next.isBroken
            position = next.end
        }
        return found
    }

    /// Signs in a row, seven at most, and how many are digits.
    private static func word(
        _ text: MaskText,
        _ start: Int,
        _ holds: (Int) -> Bool
    ) -> (end: Int, digits: Int) {
        var end = start
        var digits = 0
        while end - start < 7, holds(end) {
            if text.isNumeral(end) { digits += 1 }
            end += 1
        }
        return (end, digits)
    }

    /// Behind what people put between the parts of a plate, the end of a line among it.
    private static func gap(_ text: MaskText, from start: Int) -> (end: Int, isBroken: Bool) {
        var end = start
        var isBroken = false
        while end - start < (isBroken ? 6 : 2) || text.isBreak(end) && end - start < 6,
            text.isSeparator(end) || text.isPoint(end) || text.isBreak(end)
        {
            isBroken = isBroken || text.isBreak(end)
            end += 1
        }
        return (end, isBroken)
    }

    /// What ends there is the length, the weight or the tension of something.
    private static func isQuantity(_ text: MaskText, until end: Int) -> Bool {
        let unit = MaskText.string(text.scalars[max(0, end - 2)..<end])
        let whole = MaskText.string(text.scalars[max(0, end - 5)..<end]).uppercased()
        return units.contains(unit) || tensions.contains(whole)
    }

    private static func isWord(_ text: MaskText, _ index: Int) -> Bool {
        text.isDigit(index) || text.isLetter(index)
    }
}
