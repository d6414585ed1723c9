/// Small cells (小数抑制): what is published, or read without the right to the items, names no number below five.
///
/// Title and place and a small count name a person in a village (个人信息保护法 §73).
package enum SmallCells {
    /// The least number that is shown.
    package static let shownMin = 5

    /// One number by itself.
    ///
    /// `nil` where it is not shown; nothing at all is no secret.
    package static func shown(_ value: Int) -> Int? {
        value == 0 || value >= shownMin ? value : nil
    }

    /// The parts of a total that is shown; `nil` for those that are not.
    ///
    /// Where one part alone would be hidden, the total would give it away: the smallest other goes with it.
    package static func shown(parts: [Int]) -> [Int?] {
        var found = parts.map(shown)
        guard found.count(where: { $0 == nil }) == 1 else { return found }
        let others = found.indices.filter { (found[$0] ?? 0) > 0 }
        if let least = others.min(by: { parts[$0] < parts[$1] }) { found[least] = nil }
        return found
    }
}
