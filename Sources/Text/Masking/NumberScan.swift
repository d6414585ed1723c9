/// Finds the numbers of telephones, ID cards and accounts in a text.
///
/// Digits form groups, groups with one or two separators between them form a chain. A number begins
/// and ends with a group, so a part of a longer number is never taken for one.
struct NumberScan {
    private static let phoneWords = MaskText.words("电话 手机 座机 固话 联系方式 拨打 致电 TEL")
    private static let accountWords = MaskText.words(
        "账号 帐号 账户 帐户 卡号 银行卡 存折 户号 QQ 微信 支付宝"
    )
    private static let identityWords = MaskText.words("身份证 证件号 身份号")
    /// Groups that the longest number may have.
    private static let reach = 20

    private let text: MaskText
    private let groups: [NumberGroup]
    /// The group that a line's end runs through; every number must take it in.
    private var seam: Int?

    /// Adds the numbers that stand in the text.
    static func find(in text: MaskText, into spans: inout [MaskSpan]) {
        DottedScan.find(in: text, into: &spans)
        var position = 0
        while position < text.plain.count {
            guard text.isNumeral(position) else {
                position += 1
                continue
            }
            let chain = NumberChain(text, from: position)
            for span in numbers(text, chain)
            where !spans.contains(where: { $0.range.overlaps(span.range) }) {
                spans.append(span)
            }
            // A number may stand across the end of what was looked at together.
            let isCut = chain.groups.count == NumberChain.groupsMax
            let next = isCut ? chain.groups[chain.groups.count - reach].range.lowerBound : nil
            position = next ?? chain.groups.last?.range.upperBound ?? position + 1
        }
    }

    /// The numbers of a chain by all ways of reading it, what is surest first; none overlap.
    private static func numbers(_ text: MaskText, _ chain: NumberChain) -> [MaskSpan] {
        var found: [MaskSpan] = []
        func add(_ spans: [MaskSpan]) {
            for span in spans where !found.contains(where: { $0.range.overlaps(span.range) }) {
                found.append(span)
            }
        }
        let seams = chain.breaks.map { NumberScan(text, chain.joined(at: $0), seam: $0 - 1) }
        for seam in seams { add(seam.numbers(by: seam.certain)) }
        let plain = NumberScan(text, chain.groups)
        add(plain.numbers(by: plain.number))
        for seam in seams { add(seam.numbers(by: seam.number)) }
        if let joined = chain.joined {
            let scan = NumberScan(text, joined)
            add(scan.numbers(by: scan.number))
        }
        for trimmed in chain.trimmed(text) {
            let scan = NumberScan(text, trimmed)
            add(scan.numbers(by: scan.number))
        }
        return found
    }

    private init(_ text: MaskText, _ groups: [NumberGroup], seam: Int? = nil) {
        self.text = text
        self.groups = groups
        self.seam = seam
    }

    private func numbers(by find: (Int) -> (count: Int, span: MaskSpan)?) -> [MaskSpan] {
        var found: [MaskSpan] = []
        var index = seam.map { max(0, $0 - NumberScan.reach) } ?? 0
        while index < groups.count, index <= seam ?? index {
            if let (count, span) = find(index), seam.map({ $0 < index + count }) ?? true {
                found.append(span)
                index += count
            } else {
                index += 1
            }
        }
        return found
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

    /// A number whose check digit is right, which is one whatever stands around it.
    private func certain(at index: Int) -> (count: Int, span: MaskSpan)? {
        if let hit = identity(at: index, isCertain: true) {
            return span(.identity, index, hit.count, end: hit.end)
        }
        guard !isDocumentNumber(index), !isAmount(index), let count = card(at: index) else {
            return nil
        }
        return span(.account, index, count)
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
        if kind == .mobile || kind == .landline, text.isPlus(start - 1) { start -= 1 }
        return (count, MaskSpan(range: start..<upper, kind: kind))
    }

    // MARK: ID cards

    private func identity(at index: Int, isCertain: Bool = false) -> (count: Int, end: Int)? {
        var digits: [UInt8] = []
        for count in 1...max(1, min(18, groups.count - index)) where index + count <= groups.count {
            digits += groups[index + count - 1].digits
            guard digits.count <= 19 else { return nil }
            var end = groups[index + count - 1].range.upperBound
            var candidate = digits
            if digits.count == 17 {
                let (letter, joint) = NumberChain.gap(text, from: end)
                let number = IdentityNumber(digits: digits + [88])
                // On the next line any X may begin a word.
                if text.isCheckLetter(letter),
                    joint != .broken || number?.hasRightCheckDigit == true
                {
                    candidate.append(88)
                    end = letter + 1
                }
            }
            let holds =
                isCertain
                ? candidate.count == 18
                    && IdentityNumber(digits: candidate)?.hasRightCheckDigit == true
                : isIdentity(candidate, at: index, groups: count)
            if holds { return (count, end) }
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
        guard let number, digits.count == 18,
            !groups[(index + 1)..<(index + count)].contains(where: { $0.joint == .touching })
        else { return false }
        // A division code, a date and a time side by side have 18 digits too.
        let sizes = groups[index..<index + count].map(\.digits.count)
        let isFollowed = index + count < groups.count && groups[index + count].digits.count == 1
        return number.hasRightCheckDigit || sizes.allSatisfy { $0 == 1 } && !isFollowed
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
            if first.starts(with: prefix.utf8),
                NumberScan.isMobile(first.dropFirst(prefix.utf8.count))
            {
                return 1
            }
        }
        return plainMobile(at: index)
    }

    private func plainMobile(at index: Int) -> Int? {
        for sizes in NumberScan.mobileSizes where index + sizes.count <= groups.count {
            let taken = groups[index..<index + sizes.count]
            if taken.map(\.digits.count) == sizes, NumberScan.isMobile(taken.flatMap(\.digits)) {
                return sizes.count
            }
        }
        return nil
    }

    static let mobileSizes: [[Int]] = [
        [11], [3, 4, 4], [3, 8], [3, 3, 5], [3, 5, 3], [4, 3, 4], [4, 4, 3], [5, 6], [6, 5],
        [7, 4],
        [3, 2, 3, 3], [3, 2, 2, 2, 2], [3, 4, 2, 2], [1, 10], Array(repeating: 1, count: 11),
    ]

    static func isMobile(_ digits: some Collection<UInt8>) -> Bool {
        guard digits.count == 11, digits.first == 49, let second = digits.dropFirst().first else {
            return false
        }
        return (51...57).contains(second)
    }

    /// A landline with its area code, or seven or eight digits that are called a telephone.
    private func landline(at index: Int) -> Int? {
        if let count = abroad(at: index) { return count }
        for count in (1...4).reversed() where index + count <= groups.count {
            let taken = groups[index..<index + count]
            let sizes = taken.map(\.digits.count)
            let digits = Array(sizes[0] == 2 && count > 1 ? taken.dropFirst() : taken).flatMap(
                \.digits
            )
            if NumberScan.landlineSizes.contains(sizes), isOnOneLine(index, count),
                NumberScan.isLandline(digits, sizes)
            {
                return count
            }
        }
        let singles = groups[index...].prefix(13).prefix { $0.digits.count == 1 }
        if (10...12).contains(singles.count), isOnOneLine(index, singles.count),
            NumberScan.isLandline(singles.flatMap(\.digits), [singles.count])
        {
            return singles.count
        }
        return local(at: index)
    }

    /// Seven or eight digits that are called a telephone.
    private func local(at index: Int) -> Int? {
        for count in 1...2 where index + count <= groups.count {
            let taken = groups[index..<index + count]
            let digits = taken.flatMap(\.digits)
            guard (7...8).contains(digits.count), (50...56).contains(digits[0]),
                count == 1 || [[3, 4], [4, 4]].contains(taken.map(\.digits.count)),
                isOnOneLine(index, count), !looksLikeDay(digits),
                text.stands(anyOf: NumberScan.phoneWords, before: groups[index].range.lowerBound)
            else { continue }
            return count
        }
        return nil
    }

    /// A landline behind the country's code, without the zero of its area: +86 753 4400002.
    private func abroad(at index: Int) -> Int? {
        let first = groups[index].digits
        let isLong = first.starts(with: "0086".utf8)
        guard isLong || first.starts(with: "86".utf8) else { return nil }
        let area = Array(first.dropFirst(isLong ? 4 : 2))
        let isMarked = isLong || text.isPlus(groups[index].range.lowerBound - 1)
        guard area.isEmpty || isMarked else { return nil }
        for count in 1...4 where index + count <= groups.count && isOnOneLine(index, count) {
            let taken = groups[(index + 1)..<(index + count)]
            let sizes = (area.isEmpty ? [] : [area.count]) + taken.map(\.digits.count)
            let digits = [48] + area + taken.flatMap(\.digits)
            if NumberScan.abroadSizes.contains(sizes) || sizes.count == 1 && isMarked,
                digits.count <= 12, NumberScan.isLandline(digits, [digits.count])
            {
                return count
            }
        }
        return nil
    }

    static let landlineSizes: [[Int]] = [
        [10], [11], [12], [3, 8], [4, 7], [4, 8], [3, 4, 4], [3, 3, 5], [4, 3, 4], [4, 4, 4],
        [4, 4, 3], [4, 3, 5],
        [2, 3, 8], [2, 4, 7], [2, 4, 8], [4, 7, 3], [4, 7, 4], [3, 8, 3], [3, 8, 4],
    ]
    private static let abroadSizes: [[Int]] = [
        [2, 8], [3, 7], [3, 8], [2, 4, 4], [3, 3, 4], [3, 4, 3], [3, 4, 4],
    ]

    static func isLandline(_ digits: [UInt8], _ sizes: [Int]) -> Bool {
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
        let certain = card(at: index)
        // Digits of two lines are one number only where the check digit says so.
        guard seam == nil else { return certain }
        for last in [0, 3, 2, 1] {
            let sizes = [4, 4, 4, 4] + (last > 0 ? [last] : [])
            guard index + sizes.count <= groups.count else { continue }
            let taken = groups[index..<index + sizes.count].map(\.digits.count)
            let isWhole =
                index + sizes.count == groups.count || groups[index + sizes.count].digits.count > 3
            if taken == sizes, isWhole, isOnOneLine(index, sizes.count) {
                return max(sizes.count, certain ?? 0)
            }
        }
        let digits = groups[index].digits
        let isLong = (16...19).contains(digits.count) && !isDecimal(index) && !looksLikeDay(digits)
        return certain ?? (isLong ? 1 : nil)
    }

    /// The most groups whose digits are together those of a card, the check digit among them.
    private func card(at index: Int) -> Int? {
        var digits: [UInt8] = []
        var smallest = Int.max
        var best: Int?
        for position in index..<groups.count {
            let group = groups[position]
            if position > index, group.joint != .separated { break }
            digits += group.digits
            guard digits.count <= 19 else { break }
            // Parts of a date are not those of a card, but for the last of all; single digits may be.
            let isSingle = digits.count == position - index + 1
            let isWhole = position == index || smallest >= 3 && !looksLikeDay(group.digits)
            smallest = min(smallest, group.digits.count)
            if isSingle || isWhole, CardNumber.isCard(digits), !looksLikeDay(digits) {
                best = position - index + 1
            }
        }
        return best
    }

    /// The most groups whose digits together satisfy a bound.
    private func longest(from index: Int, where fits: (Int) -> Bool) -> Int? {
        var total = 0
        var best: Int?
        for position in index..<groups.count {
            // What stands below another number is rarely the rest of it.
            if position > index, groups[position].joint != .separated { break }
            total += groups[position].digits.count
            if fits(total) { best = position - index + 1 }
        }
        return best
    }

    /// No line ends and no other script begins between these groups.
    private func isOnOneLine(_ index: Int, _ count: Int) -> Bool {
        groups[(index + 1)..<(index + count)].allSatisfy { $0.joint == .separated }
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
        if isDecimalPoint(range.lowerBound - 1) {
            var start = range.lowerBound - 1
            while text.isDigit(start - 1) { start -= 1 }
            let whole = range.lowerBound - 1 - start
            let isNumber =
                NumberScan.isMobile(groups[index].digits) || groups[index].digits.count >= 15
            if whole >= 3 || (whole > 0 && !isNumber) { return true }
        }
        guard isDecimalPoint(range.upperBound) else { return false }
        var end = range.upperBound + 1
        while text.isDigit(end) { end += 1 }
        return end > range.upperBound + 1 && NumberScan.isUnit(text, at: end)
    }

    private func isDecimalPoint(_ place: Int) -> Bool {
        text.plain.indices.contains(place) && text.plain[place] == 46
    }

    private func isAmount(_ index: Int) -> Bool {
        let range = groups[index].range
        if isDecimal(index) { return true }
        if range.lowerBound > 0, [0xA5, 0xFFE5, 36].contains(text.plain[range.lowerBound - 1]) {
            return true
        }
        return NumberScan.isUnit(text, at: range.upperBound)
    }

    /// A unit of money, area or weight stands there.
    static func isUnit(_ text: MaskText, at place: Int) -> Bool {
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
