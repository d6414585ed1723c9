/// Finds numbers whose groups stand apart by points (138.0000.0001) or the like.
///
/// A point is also that of decimals, dates and versions, so these numbers need groups as people make them, or a
/// check digit that is right.
enum DottedScan {
    private static let placeWords = MaskText.words("东经 经度 北纬 纬度 坐标 定位 GPS")
    /// How far before a number its words are looked for.
    private static let wordsMax = 10

    /// Adds the numbers that stand in the text.
    static func find(in text: MaskText, into spans: inout [MaskSpan]) {
        var end = 0
        for point in text.plain.indices
        where MaskText.isPoint(text.plain[point]) && point >= end && text.isNumeral(point - 1)
            && text.isNumeral(point + 1)
        {
            var start = point - 1
            let isFigure = text.isDigit(start)
            while text.isNumeral(start - 1), text.isDigit(start - 1) == isFigure { start -= 1 }
            let groups = chain(text, from: start)
            var index = 0
            while index < groups.count - 1 {
                if let (count, span) = number(text, groups[index...]) {
                    spans.append(span)
                    index += count
                } else {
                    index += 1
                }
            }
            end = groups[groups.count - 1].range.upperBound
        }
    }

    /// Groups with the same point between each and the next.
    private static func chain(_ text: MaskText, from start: Int) -> [NumberGroup] {
        var groups = [NumberChain.group(text, from: start)]
        var point: UInt32?
        while groups.count < NumberChain.groupsMax {
            let end = groups[groups.count - 1].range.upperBound
            guard text.isPoint(end), text.isNumeral(end + 1),
                point ?? text.plain[end] == text.plain[end]
            else { break }
            point = text.plain[end]
            groups.append(NumberChain.group(text, from: end + 1))
        }
        return groups
    }

    private static func number(
        _ text: MaskText,
        _ groups: ArraySlice<NumberGroup>
    ) -> (count: Int, span: MaskSpan)? {
        let start = groups[groups.startIndex].range.lowerBound
        var digits: [UInt8] = []
        var sizes: [Int] = []
        var found: (Int, MaskSpan)?
        for group in groups {
            digits += group.digits
            sizes.append(group.digits.count)
            guard digits.count <= 19 else { break }
            guard sizes.count > 1 else { continue }
            var end = group.range.upperBound
            var kind = kind(text, digits, sizes, at: start)
            if digits.count == 17 {
                let letter = text.isPoint(end) ? end + 1 : end
                if text.isCheckLetter(letter), IdentityNumber(digits: digits + [88]) != nil {
                    kind = .identity
                    end = letter + 1
                }
            }
            if let kind, !NumberScan.isUnit(text, at: end) {
                found = (sizes.count, MaskSpan(range: start..<end, kind: kind))
            }
        }
        return found
    }

    private static func kind(
        _ text: MaskText,
        _ digits: [UInt8],
        _ sizes: [Int],
        at start: Int
    ) -> MaskKind? {
        let isSingle = sizes.allSatisfy { $0 == 1 }
        if NumberScan.isMobile(digits) {
            if sizes == [3, 8] { return isPlace(text, at: start) ? nil : .mobile }
            if sizes == [7, 4] || sizes.count > 2 && NumberScan.mobileSizes.contains(sizes) {
                return .mobile
            }
        }
        if digits.count == 18, let number = IdentityNumber(digits: digits),
            number.hasRightCheckDigit || isSingle
        {
            return .identity
        }
        if NumberScan.landlineSizes.contains(sizes) || (10...12).contains(digits.count) && isSingle,
            NumberScan.isLandline(digits, isSingle ? [digits.count] : sizes)
        {
            return .landline
        }
        if sizes[0] >= 4 || isSingle, CardNumber.isCard(digits) { return .account }
        return nil
    }

    /// Words of a map's place stand before it: a longitude has as many digits (135.47294192).
    private static func isPlace(_ text: MaskText, at start: Int) -> Bool {
        let before = text.plain[max(0, start - wordsMax)..<start]
        return placeWords.contains { word in
            before.indices.contains { before[$0...].starts(with: word) }
        }
    }
}
