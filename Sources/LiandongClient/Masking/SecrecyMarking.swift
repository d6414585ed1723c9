import Text

/// A secrecy marking in a text (密级标志): 绝密, 机密 or 秘密 as a marking, never as a word.
///
/// The hub holds no state secrets; a text with a marking never leaves the agency by this way.
public enum SecrecyMarking: String, CaseIterable, Hashable, Sendable {
    /// 绝密
    case topSecret = "绝密"
    /// 机密
    case secret = "机密"
    /// 秘密
    case confidential = "秘密"

    /// The first marking in a text; `nil` when there is none.
    ///
    /// A marking is one of the three words followed by ★, or alone on its line, or at the head of a
    /// title. White space inside and around does not hide it.
    ///
    /// - Parameters:
    ///   - text: The text.
    ///   - isTitle: The text is a title, at whose head the bare word is a marking.
    /// - Returns: The marking, or `nil`.
    public static func first(in text: String, isTitle: Bool = false) -> SecrecyMarking? {
        guard text.unicodeScalars.contains("密") else { return nil }
        for (number, line) in text.split(whereSeparator: \.isNewline).enumerated() {
            let packed = Folding.heading(String(line))
            for marking in allCases {
                let word = marking.rawValue
                let bare = packed.filter { !"【】[]()<>《》「」“”\"'：:；;。，,.*".contains($0) }
                if bare == word { return marking }
                if isTitle, number == 0, bare.hasPrefix(word) { return marking }
                if packed.contains(word + "★") || packed.contains(word + "】★")
                    || packed.contains(word + ")★")
                {
                    return marking
                }
            }
        }
        return nil
    }
}
