/// A personal value of the row in the form in which it is looked for.
struct OwnValue: Equatable {
    /// Plain scalars without separators.
    let scalars: [UInt32]
    let kind: MaskKind

    /// Words that stand in name columns and name nobody.
    private static let nobody: Set<String> = [
        "匿名", "无名", "不详", "未知", "未提供", "不愿透露", "保密", "群众", "市民", "村民", "居民",
        "业主", "家长", "职工", "工人", "来电人", "来访人", "信访人", "投诉人", "举报人", "反映人", "网民",
        "网友", "先生", "女士", "某某", "本人", "其他", "暂无",
    ]

    /// Everything that must be looked for on account of one cell.
    static func all(of value: PersonalValue) -> [OwnValue] {
        let cell = Folding.plain(value.text)
        guard !cell.isEmpty, !cell.contains("*") else { return [] }
        switch value.kind {
        case .name: return names(in: cell)
        case .phone: return phones(in: cell)
        case .address: return addresses(in: cell)
        case .number:
            return parts(of: cell).map(plain)
                .filter { $0.count >= 6 }
                .map { OwnValue(scalars: $0, kind: looksLikeIdentity($0) ? .identity : .account) }
        }
    }

    /// Adds the places where the value stands and nothing stands yet.
    func find(in text: MaskText, into spans: inout [MaskSpan]) {
        var start = 0
        while start < text.plain.count {
            if let end = match(in: text, at: start) {
                let range = start..<end
                if !spans.contains(where: { $0.range.overlaps(range) }) {
                    spans.append(MaskSpan(range: range, kind: kind))
                }
                start = end
            } else {
                start += 1
            }
        }
    }

    private func match(in text: MaskText, at start: Int) -> Int? {
        guard text.plain[start] == scalars[0], isFree(text, before: start) else { return nil }
        var position = start + 1
        for scalar in scalars.dropFirst() {
            var skipped = 0
            while skipped < 2, text.isSeparator(position), text.plain[position] != scalar {
                position += 1
                skipped += 1
            }
            guard position < text.plain.count, text.plain[position] == scalar else { return nil }
            position += 1
        }
        return isFree(text, after: position) ? position : nil
    }

    /// A number inside a longer number, or a word inside a longer word, is another one.
    private func isFree(_ text: MaskText, before start: Int) -> Bool {
        switch scalars[0] {
        case 48...57: !text.isDigit(start - 1)
        case 65...90: !text.isLetter(start - 1)
        default: true
        }
    }

    private func isFree(_ text: MaskText, after end: Int) -> Bool {
        switch scalars[scalars.count - 1] {
        case 48...57: !text.isDigit(end)
        case 65...90: !text.isLetter(end)
        default: true
        }
    }

    private static func names(in cell: String) -> [OwnValue] {
        var candidates = parts(of: cell)
        // “张 三” is one name; “Maria Keller” is looked for as a whole and never by its parts.
        if cell.unicodeScalars.allSatisfy({ $0.value > 0x2E80 || Folding.isBlank($0) }) {
            candidates.append(cell)
        }
        return candidates.filter { !nobody.contains($0) }
            .map(plain)
            .filter { $0.count >= 2 && !$0.allSatisfy { (48...57).contains($0) } }
            .map { OwnValue(scalars: $0, kind: .name) }
    }

    private static func phones(in cell: String) -> [OwnValue] {
        var found: [OwnValue] = []
        for part in parts(of: cell) {
            var digits = plain(part).filter { (48...57).contains($0) }
            for prefix in ["0086", "86"] {
                let scalars = prefix.unicodeScalars.map(\.value)
                if digits.count >= 13, digits.starts(with: scalars) {
                    digits.removeFirst(scalars.count)
                }
            }
            guard digits.count >= 7 else { continue }
            let isMobile = digits.count == 11 && digits[0] == 49
            found.append(OwnValue(scalars: digits, kind: isMobile ? .mobile : .landline))
            if digits[0] == 48, digits.count >= 10 {
                let area = (49...50).contains(digits[1]) ? 3 : 4
                let local = Array(digits.dropFirst(area))
                if local.count >= 7 { found.append(OwnValue(scalars: local, kind: .landline)) }
            }
        }
        return found
    }

    /// The whole address, and the address without province, prefecture and county before it.
    private static func addresses(in cell: String) -> [OwnValue] {
        let whole = plain(cell)
        // The bare name of a township is a place and no address.
        let isNumbered = whole.contains { (48...57).contains($0) }
        if whole.count < 4
            || (!isNumbered
                && ["镇", "县", "市", "区", "乡", "省", "街道"].contains { cell.hasSuffix($0) })
        {
            return []
        }
        var found = [OwnValue(scalars: whole, kind: .address)]
        let divisions = Set("省市县区".unicodeScalars.map(\.value))
        for (index, scalar) in whole.enumerated().prefix(14) where divisions.contains(scalar) {
            let rest = Array(whole.dropFirst(index + 1))
            if index >= 1, isNumbered, rest.count >= 6 {
                found.append(OwnValue(scalars: rest, kind: .address))
            }
        }
        return found
    }

    private static func parts(of cell: String) -> [String] {
        cell.split(whereSeparator: { "、,，;；/|（）()\n\r".contains($0) })
            .map { Folding.trimmed(String($0)) }
            .filter { !$0.isEmpty }
    }

    private static func plain(_ text: String) -> [UInt32] {
        text.unicodeScalars.map(MaskText.plain).filter { !MaskText.isSeparator($0) }
    }

    private static func looksLikeIdentity(_ scalars: [UInt32]) -> Bool {
        IdentityNumber(digits: scalars.compactMap { UInt8(exactly: $0) }) != nil
    }
}
