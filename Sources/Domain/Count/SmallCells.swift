/// Small cells (小数抑制): what is published, or read without the right to the items, names no number below five.
///
/// Title and place and a small count name a person in a village (个人信息保护法 §73).
package enum SmallCells {
    /// The least number that is shown.
    package static let shownMin = 5

    /// One number that is in no sum.
    ///
    /// `nil` where it is not shown; nothing at all is no secret.
    package static func shown(_ value: Int) -> Int? {
        value == 0 || value >= shownMin ? value : nil
    }
}
