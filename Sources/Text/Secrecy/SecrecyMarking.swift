/// The marking of a state secret (密级标志), which this system must never hold: 绝密, 机密 or 秘密 as a
/// marking, never as a word.
///
/// The same in client and gate. A text with a marking does not leave the agency, and the hub keeps nothing
/// of one that came all the same.
package enum SecrecyMarking: String, CaseIterable, Hashable, Sendable {
    /// 绝密
    case topSecret = "绝密"
    /// 机密
    case secret = "机密"
    /// 秘密
    case confidential = "秘密"

    /// What may stand around a word that is alone on its line.
    private static let frames: Set<Character> = [
        "【", "】", "[", "]", "(", ")", "<", ">", "《", "》", "「", "」", "“", "”", "\"", "'", "：", ":",
        "；", ";", "。", "，", ",", ".", "*",
    ]

    /// The first marking in a text; `nil` when there is none.
    ///
    /// A marking is one of the three words followed by ★, or alone on its line, or at the head of a
    /// title. White space inside and around does not hide it. People write of secret discharges and
    /// secret ballots: the word in running text is none.
    ///
    /// - Parameters:
    ///   - text: The text.
    ///   - isTitle: The text is a title, at whose head the bare word is a marking.
    /// - Returns: The marking, or `nil`.
    package static func first(in text: String, isTitle: Bool = false) -> SecrecyMarking? {
        guard text.unicodeScalars.contains("密") else { return nil }
        for (number, line) in text.split(whereSeparator: \.isNewline).enumerated()
        where line.unicodeScalars.contains("密") {
            let packed = Folding.heading(String(line))
            let bare = packed.filter { !frames.contains($0) }
            for marking in allCases {
                let word = marking.rawValue
                if bare == word { return marking }
                if isTitle, number == 0, bare.hasPrefix(word) { return marking }
                if ["★", "】★", "]★", ")★"].contains(where: { packed.contains(word + $0) }) {
                    return marking
                }
            }
        }
        return nil
    }
}
