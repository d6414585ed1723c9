/// Finds the numbers of telephones, ID cards and accounts in a text.
///
/// Digits form groups, groups with one or two separators between them form a chain. A number begins
/// and ends with a group, so a part of a longer number is never taken for one.
struct NumberScan {
    private struct Group {
        var range: Range<Int>
        var digits: [UInt8]
        /// It stands on another line than the group before.
        var followsBreak = false
    }

    private static let groupsMax = 24
    private static let phoneWords = MaskText.words("电话 手机 座机 固话 联系方式 拨打 致电 TEL")
    private static let accountWords = MaskText.words(
        "账号 帐号 账户 帐户 卡号 银行卡 存折 户号 QQ 微信 支付宝"
    )
    private static let identityWords = MaskText.words("身份证 证件号 身份号")

    private let text: MaskText
    private let groups: [Group]

    /// Adds the numbers that stand in the text.
    static func find(in text: MaskText, into spans: inout [MaskSpan]) {
        var position = 0
        while position < text.plain.count {
            guard text.isNumeral(position) else {
                position += 1
                continue
            }
            let scan = NumberScan(text, from: position)
            var index = 0
            while index < scan.groups.count {
                if let (count, span) = scan.number(at: index) {
                    spans.append(span)
                    index += count
                } else {
                    index += 1
                }
            }
            position = scan.groups.last?.range.upperBound ?? position + 1
        }
    }

    private init(_ text: MaskText, from start: Int) {
        self.text = text
        var groups: [Group] = []
        var position = start
        var followsBreak = false
        while groups.count < NumberScan.groupsMax, text.isNumeral(position) {
            var end = position
            while text.isNumeral(end) { end += 1 }
            groups.append(
                Group(
                    range: position..<end,
                    digits: text.numerals[position..<end].map { UInt8($0) },
                    followsBreak: followsBreak
                )
            )
            position = end
            followsBreak = false
            for _ in 0..<2 {
                if text.isBreak(position) { followsBreak = true }
                if text.isSeparator(position) || text.isBreak(position)
                    || isClosingBracket(position)
                {
                    position += 1
                }
            }
        }
        self.groups = groups

        func isClosingBracket(_ index: Int) -> Bool {
            text.plain.indices.contains(index) && text.plain[index] == 41
        }
    }

    /// The number that begins with a group, and how many groups it takes.
    private func number(at index: Int) -> (count: Int, span: MaskSpan)? {
        let start = groups[index].range.lowerBound
        if let hit = identity(at: index) { return span(.identity, index, hit.count, end: hit.end) }
        guard !isDocumentNumber(index) else { return nil }
        if text.stands(anyOf: NumberScan.accountWords, before: start), !isAmount(index),
            let count = longest(from: index, where: { (6...30).contains($0) })
        {
            return span(.account, index, count)
        }
        if !isAmount(index) {
            if let count = mobile(at: index) { return span(.mobile, index, count) }
            if let count = landline(at: index) { return span(.landline, index, count) }
            if let count = bankCard(at: index) { return span(.account, index, count) }
        }
        return nil
    }

    private func span(
        _ kind: MaskKind,
        _ index: Int,
        _ count: Int,
        end: Int? = nil
    ) -> (Int, MaskSpan) {
        var start = groups[index].range.lowerBound
        let upper = end ?? groups[index + count - 1].range.upperBound
        // The opening bracket of an area code and the plus of a country code belong to the number.
        if kind == .landline, text.plain[start..<upper].contains(41), start > 0,
            text.plain[start - 1] == 40
        {
            start -= 1
        }
        if kind == .mobile || kind == .landline, start > 0, text.plain[start - 1] == 43 {
            start -= 1
        }
        return (count, MaskSpan(range: start..<upper, kind: kind))
    }

    // MARK: ID cards

    private func identity(at index: Int) -> (count: Int, end: Int)? {
        var digits: [UInt8] = []
        for count in 1...max(1, min(18, groups.count - index)) where index + count <= groups.count {
            digits += groups[index + count - 1].digits
            guard digits.count <= 19 else { return nil }
            var end = groups[index + count - 1].range.upperBound
            var candidate = digits
            if digits.count == 17 {
                var letter = end
                if text.isSeparator(letter) { letter += 1 }
                if letter < text.plain.count, text.plain[letter] == 88, !text.isDigit(letter + 1) {
                    candidate.append(88)
                    end = letter + 1
                }
            }
            if isIdentity(candidate, at: index, groups: count) { return (count, end) }
        }
        return nil
    }

    private func isIdentity(_ digits: [UInt8], at index: Int, groups count: Int) -> Bool {
        let number = IdentityNumber(digits: digits)
        if count == 1 {
            if number != nil { return !isDecimal(index) }
            // Mistyped, but called an ID card right before.
            return (14...19).contains(digits.count)
                && text.stands(
                    anyOf: NumberScan.identityWords,
                    before: groups[index].range.lowerBound
                )
        }
        guard let number, digits.count == 18 else { return false }
        // A division code, a date and a time side by side have 18 digits too.
        let sizes = groups[index..<index + count].map(\.digits.count)
        return number.hasRightCheckDigit || sizes.allSatisfy { $0 == 1 }
            || NumberScan.identitySizes.contains(sizes)
    }

    private static let identitySizes: [[Int]] = [
        [6, 8, 4], [6, 8, 3], [6, 4, 4, 4], [6, 4, 4, 3], [3, 3, 4, 4, 4], [6, 12], [14, 4],
        [14, 3],
        [4, 4, 4, 4, 2], [3, 3, 8, 4], [17, 1],
    ]

    // MARK: Telephones

    private func mobile(at index: Int) -> Int? {
        let first = groups[index].digits
        if first.elementsEqual("86".utf8) || first.elementsEqual("0086".utf8),
            index + 1 < groups.count,
            let count = plainMobile(at: index + 1)
        {
            return count + 1
        }
        for prefix in ["86", "0086"] where first.count == 11 + prefix.utf8.count {
            if first.starts(with: prefix.utf8), isMobile(first.dropFirst(prefix.utf8.count)) {
                return 1
            }
        }
        return plainMobile(at: index)
    }

    private func plainMobile(at index: Int) -> Int? {
        for sizes in NumberScan.mobileSizes where index + sizes.count <= groups.count {
            let taken = groups[index..<index + sizes.count]
            if taken.map(\.digits.count) == sizes, isMobile(taken.flatMap(\.digits)) {
                return sizes.count
            }
        }
        return nil
    }

    private static let mobileSizes: [[Int]] = [
        [11], [3, 4, 4], [3, 8], [3, 3, 5], [3, 5, 3], [4, 3, 4], [4, 4, 3], [5, 6], [6, 5],
        [7, 4],
        [3, 2, 3, 3], [3, 2, 2, 2, 2], [3, 4, 2, 2], [1, 10], Array(repeating: 1, count: 11),
    ]

    private func isMobile(_ digits: some Collection<UInt8>) -> Bool {
        guard digits.count == 11, digits.first == 49, let second = digits.dropFirst().first else {
            return false
        }
        return (51...57).contains(second)
    }

    /// A landline with its area code, or seven or eight digits that are called a telephone.
    private func landline(at index: Int) -> Int? {
        for count in (1...4).reversed() where index + count <= groups.count {
            let taken = groups[index..<index + count]
            let sizes = taken.map(\.digits.count)
            let digits = Array(sizes[0] == 2 && count > 1 ? taken.dropFirst() : taken).flatMap(
                \.digits
            )
            if NumberScan.landlineSizes.contains(sizes), isOnOneLine(index, count),
                isLandline(digits, sizes)
            {
                return count
            }
        }
        let digits = groups[index].digits
        if (7...8).contains(digits.count), (50...56).contains(digits[0]),
            !looksLikeDay(digits),
            text.stands(anyOf: NumberScan.phoneWords, before: groups[index].range.lowerBound)
        {
            return 1
        }
        return nil
    }

    private static let landlineSizes: [[Int]] = [
        [10], [11], [12], [3, 8], [4, 7], [4, 8], [3, 4, 4], [4, 3, 4], [4, 4, 4], [4, 4, 3],
        [2, 3, 8], [2, 4, 7], [2, 4, 8], [4, 7, 3], [4, 7, 4], [3, 8, 3], [3, 8, 4],
    ]

    private func isLandline(_ digits: [UInt8], _ sizes: [Int]) -> Bool {
        guard digits.count >= 10, digits[0] == 48, (49...57).contains(digits[1]) else {
            return false
        }
        let isShortArea = (49...50).contains(digits[1])
        let area = isShortArea ? 3 : 4
        if sizes.count > 1, sizes[0] != area, sizes[0] != 2 { return false }
        let local = digits.dropFirst(area)
        guard let first = local.first, (50...56).contains(first) else { return false }
        return isShortArea ? local.count >= 8 : local.count >= 7
    }

    // MARK: Accounts

    private func bankCard(at index: Int) -> Int? {
        let digits = groups[index].digits
        if (16...19).contains(digits.count), !isDecimal(index), !looksLikeDay(digits) { return 1 }
        for last in [0, 3, 2, 1] {
            let sizes = [4, 4, 4, 4] + (last > 0 ? [last] : [])
            guard index + sizes.count <= groups.count else { continue }
            let taken = groups[index..<index + sizes.count].map(\.digits.count)
            let isWhole =
                index + sizes.count == groups.count || groups[index + sizes.count].digits.count > 3
            if taken == sizes, isWhole, isOnOneLine(index, sizes.count) { return sizes.count }
        }
        return nil
    }

    /// The most groups whose digits together satisfy a bound.
    private func longest(from index: Int, where fits: (Int) -> Bool) -> Int? {
        var total = 0
        var best: Int?
        for position in index..<groups.count {
            // What stands below another number is rarely the rest of it.
            if position > index, groups[position].followsBreak { break }
            total += groups[position].digits.count
            if fits(total) { best = position - index + 1 }
        }
        return best
    }

    /// No line ends between these groups.
    private func isOnOneLine(_ index: Int, _ count: Int) -> Bool {
        groups[(index + 1)..<(index + count)].allSatisfy { !$0.followsBreak }
    }

    // MARK: What is no personal number

    /// 19xx or 20xx and a day: an order number or a date.
    private func looksLikeDay(_ digits: [UInt8]) -> Bool {
        guard digits.count >= 8 else { return false }
        func number(_ range: Range<Int>) -> Int {
            digits[range].reduce(0) { $0 * 10 + Int($1) - 48 }
        }
        return (1980...2099).contains(number(0..<4))
            && CalendarDay.isDay(number(0..<4), number(4..<6), number(6..<8))
    }

    /// The part of a number with a decimal point.
    ///
    /// “1.13800000001” is the first line of a list and no decimal.
    private func isDecimal(_ index: Int) -> Bool {
        let range = groups[index].range
        if isPoint(range.lowerBound - 1) {
            var start = range.lowerBound - 1
            while text.isDigit(start - 1) { start -= 1 }
            let whole = range.lowerBound - 1 - start
            let isNumber = isMobile(groups[index].digits) || groups[index].digits.count >= 15
            if whole >= 3 || (whole > 0 && !isNumber) { return true }
        }
        guard isPoint(range.upperBound) else { return false }
        var end = range.upperBound + 1
        while text.isDigit(end) { end += 1 }
        return end > range.upperBound + 1 && isUnit(at: end)
    }

    private func isPoint(_ place: Int) -> Bool {
        text.plain.indices.contains(place) && text.plain[place] == 46
    }

    private func isAmount(_ index: Int) -> Bool {
        let range = groups[index].range
        if isDecimal(index) { return true }
        if range.lowerBound > 0, [0xA5, 0xFFE5, 36].contains(text.plain[range.lowerBound - 1]) {
            return true
        }
        return isUnit(at: range.upperBound)
    }

    /// A unit of money, area or weight stands there.
    private func isUnit(at place: Int) -> Bool {
        guard place < text.plain.count else { return false }
        let rest = MaskText.string(text.scalars[place...].prefix(3))
        if rest.hasPrefix("元旦") || rest.hasPrefix("元宵") { return false }
        let units = ["元", "块钱", "万", "亿", "㎡", "平方", "吨", "公里", "千瓦"]
        return units.contains { rest.hasPrefix($0) }
    }

    /// 第…号: the number of a document.
    private func isDocumentNumber(_ index: Int) -> Bool {
        let range = groups[index].range
        guard range.lowerBound > 0, range.upperBound < text.plain.count else { return false }
        return text.scalars[range.lowerBound - 1] == "第" && text.scalars[range.upperBound] == "号"
    }
}
