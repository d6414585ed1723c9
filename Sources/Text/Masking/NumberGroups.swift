/// Digits that stand side by side, and how they stand to those before.
struct NumberGroup {
    /// What lies between a group and the one before.
    enum Joint {
        /// Nothing: the one is written in figures, the other in Chinese numerals.
        case touching
        /// Spaces, hyphens, a closing bracket, or the group is the first.
        case separated
        /// The end of a line.
        case broken
    }

    var range: Range<Int>
    var digits: [UInt8]
    var joint = Joint.separated

    /// Both as one, whatever lies between.
    func joined(with next: NumberGroup) -> NumberGroup {
        NumberGroup(
            range: range.lowerBound..<next.range.upperBound,
            digits: digits + next.digits,
            joint: joint
        )
    }
}

/// Groups of digits that may together be one number, in the ways in which they can be read.
///
/// A name may end and a sentence go on with a numeral (王五, 一直), so figures and Chinese numerals side by
/// side are groups of their own first, and one number only where they make none apart.
struct NumberChain {
    /// Groups that are looked at together; more are a table.
    static let groupsMax = 96
    /// Characters at most between two groups, and where a line ends among them.
    private static let gapMax = 2
    private static let breakGapMax = 6

    let groups: [NumberGroup]

    init(_ text: MaskText, from start: Int) {
        var groups: [NumberGroup] = []
        var position = start
        var joint = NumberGroup.Joint.separated
        while groups.count < NumberChain.groupsMax, text.isNumeral(position) {
            let group = NumberChain.group(text, from: position, joint)
            groups.append(group)
            position = group.range.upperBound
            joint = .touching
            if text.isNumeral(position) { continue }
            (position, joint) = NumberChain.gap(text, from: position)
        }
        self.groups = groups
    }

    /// The digits of one script from a position on.
    static func group(
        _ text: MaskText,
        from start: Int,
        _ joint: NumberGroup.Joint = .separated
    ) -> NumberGroup {
        let isFigure = text.isDigit(start)
        var end = start
        while text.isNumeral(end), text.isDigit(end) == isFigure { end += 1 }
        return NumberGroup(
            range: start..<end,
            digits: text.numerals[start..<end].map { UInt8($0) },
            joint: joint
        )
    }

    /// Behind what people put between digits, and whether a line ends there.
    static func gap(_ text: MaskText, from start: Int) -> (end: Int, joint: NumberGroup.Joint) {
        var position = start
        var joint = NumberGroup.Joint.separated
        while position - start < (joint == .broken ? breakGapMax : gapMax) {
            if text.isBreak(position) {
                joint = .broken
            } else if !text.isSeparator(position), !text.isClosingBracket(position) {
                break
            }
            position += 1
        }
        // The next line may begin with two wide spaces behind the end of this one.
        guard joint == .separated, text.isBreak(position) else { return (position, joint) }
        joint = .broken
        while position - start < breakGapMax, text.isBreak(position) || text.isSeparator(position) {
            position += 1
        }
        return (position, joint)
    }

    /// The groups with those that touch as one; `nil` where none do.
    var joined: [NumberGroup]? {
        guard groups.contains(where: { $0.joint == .touching }) else { return nil }
        var joined: [NumberGroup] = []
        for group in groups {
            if group.joint == .touching, let last = joined.popLast() {
                joined.append(last.joined(with: group))
            } else {
                joined.append(group)
            }
        }
        return joined
    }

    /// The places of groups that begin a line.
    var breaks: [Int] { groups.indices.dropFirst().filter { groups[$0].joint == .broken } }

    /// The groups with one that begins a line joined to the one before.
    func joined(at place: Int) -> [NumberGroup] {
        var joined = groups
        joined[place - 1] = groups[place - 1].joined(with: groups[place])
        joined.remove(at: place)
        return joined
    }

    /// Chinese numerals without the first of them, the last, or both: they may belong to words beside the number.
    func trimmed(_ text: MaskText) -> [[NumberGroup]] {
        let isLong = groups.map { $0.digits.count >= 11 && !text.isDigit($0.range.lowerBound) }
        guard isLong.contains(true) else { return [] }
        func trimmed(_ part: (NumberGroup) -> (Range<Int>, ArraySlice<UInt8>)) -> [NumberGroup] {
            zip(groups, isLong).map { group, isLong in
                guard isLong else { return group }
                let (range, digits) = part(group)
                return NumberGroup(range: range, digits: Array(digits), joint: group.joint)
            }
        }
        return [
            trimmed { ($0.range.dropLast(), $0.digits.dropLast()) },
            trimmed { ($0.range.dropFirst(), $0.digits.dropFirst()) },
            trimmed { ($0.range.dropFirst().dropLast(), $0.digits.dropFirst().dropLast()) },
        ]
    }
}
