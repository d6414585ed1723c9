/// Looks in a text for an accusation of an official or a public unit (检举控告的用语筛查).
///
/// Deterministic and versioned, and the same in client and gate. It looks for misconduct (贪污, 包庇,
/// 以权谋私 …) that the text asserts of somebody who holds a public office, and not for slow service, for
/// 举报 against a shop, or for a question whether something of the kind may be behind a matter. It is made
/// for few wrong findings: what it finds is lost to linking. What it does not find is no less an accusation:
/// purpose and the agency's default come first.
package struct AccusationScreen: Sendable {
    /// Raised whenever a text may be judged differently.
    package static let version = 1

    /// The shipped words; there are no others.
    package static let standard = AccusationScreen()

    /// Why a text was found to be an accusation.
    package struct Finding: Hashable, Sendable {
        /// The screen's version.
        package let version: Int
        /// The words of the tables that struck, each as who and what: `村干部+侵吞`; at most `wordsMax`.
        package let words: [String]
    }

    /// The most pairs of words that a finding names.
    package static let wordsMax = 4
    /// The most characters of a text that are looked at.
    package static let charactersMax = 8192
    /// A shorter title says nothing; the opening of the text, so many characters of it, stands for it.
    private static let titleCharactersMin = 4
    private static let openingCharacters = 60
    /// How many assertions make a text an accusation whose title does not say so.
    private static let assertionsMin = 3

    private let deeds: Vocabulary
    private let posts: Vocabulary
    private let units: Vocabulary
    private let hedges: Vocabulary
    private let charges: Vocabulary
    private let quick: Phrases

    private init() {
        deeds = Vocabulary(AccusationWords.deeds)
        posts = Vocabulary(AccusationWords.posts)
        units = Vocabulary(AccusationWords.units)
        hedges = Vocabulary(AccusationWords.hedges)
        charges = Vocabulary(AccusationWords.charges)
        quick = Phrases(
            AccusationWords.deeds.split(whereSeparator: \.isWhitespace).map(String.init)
        )
    }

    /// What of an item's wording accuses an official or a public unit; `nil` where nothing does.
    ///
    /// It does when the title asserts misconduct of one, or charges one and the text asserts it, or when the
    /// text asserts it three times, with two deeds and of a person in office.
    ///
    /// - Parameters:
    ///   - title: The heading, possibly empty.
    ///   - text: The content.
    /// - Returns: The words that struck.
    package func finding(title: String, text: String) -> Finding? {
        // Nearly every text names no deed at all, and costs one pass.
        var title = title
        var heading = PlainText(title, charactersMax: AccusationScreen.charactersMax)
        if heading.characterCount < AccusationScreen.titleCharactersMin {
            title = String(text.prefix(AccusationScreen.openingCharacters))
            heading = PlainText(title)
        }
        let body = PlainText(text, charactersMax: AccusationScreen.charactersMax)
        let isInTitle = quick.first(in: heading) != nil
        let isInText = quick.first(in: body) != nil
        guard isInTitle || isInText else { return nil }
        let said = isInTitle ? assertions(in: title) : []
        let told = isInText ? assertions(in: text) : []
        if said.isEmpty {
            guard !told.isEmpty else { return nil }
            let charges = charges.stands(in: heading.units)
            let isCharge =
                charges && (posts.stands(in: heading.units) || units.stands(in: heading.units))
            let isTold =
                told.count >= AccusationScreen.assertionsMin
                && Set(told.map(\.deed)).count >= 2 && told.contains(where: \.isPerson)
            guard isCharge || isTold else { return nil }
        }
        var words: [String] = []
        for assertion in said + told where words.count < AccusationScreen.wordsMax {
            let pair = assertion.actor + "+" + assertion.deed
            if !words.contains(pair) { words.append(pair) }
        }
        return Finding(version: AccusationScreen.version, words: words)
    }

    /// A clause that asserts misconduct of somebody in office.
    private struct Assertion {
        let actor: String
        let deed: String
        let isPerson: Bool
    }

    private func assertions(in text: String) -> [Assertion] {
        var found: [Assertion] = []
        var before: (actor: String, isPerson: Bool)?
        for clause in Clauses(text, charactersMax: AccusationScreen.charactersMax) {
            let isHedged = clause.isQuestion || hedges.stands(in: clause.units)
            let actor = isHedged ? nil : actor(in: clause.units)
            if !isHedged, let deed = deeds.first(in: clause.units), let actor = actor ?? before {
                found.append(
                    Assertion(actor: actor.actor, deed: deed, isPerson: actor.isPerson)
                )
            }
            // Who is addressed has done nothing.
            before = clause.isSalutation ? nil : actor
        }
        return found
    }

    private func actor(in clause: [UInt16]) -> (actor: String, isPerson: Bool)? {
        if let post = posts.first(in: clause) { return (post, true) }
        return units.first(in: clause).map { ($0, false) }
    }
}

/// Words that are looked for in clauses, one after the other.
private struct Vocabulary: Sendable {
    private let words: [(text: String, units: [UInt16])]

    init(_ list: String) {
        words = list.split(whereSeparator: \.isWhitespace).map { word in
            (String(word), PlainText(String(word)).units)
        }
    }

    func stands(in clause: [UInt16]) -> Bool { first(in: clause) != nil }

    /// The word that stands first, of several there the longest.
    func first(in clause: [UInt16]) -> String? {
        for start in clause.indices {
            var longest: (text: String, units: [UInt16])?
            for word in words
            where word.units.count > (longest?.units.count ?? 0)
                && clause[start...].starts(with: word.units)
            {
                longest = word
            }
            if let longest { return longest.text }
        }
        return nil
    }
}

/// The clauses of a text, each with what ends it.
private struct Clauses: Sequence, IteratorProtocol {
    struct Clause {
        let units: [UInt16]
        /// A question mark ends it.
        let isQuestion: Bool

        /// It addresses somebody and says nothing (称呼).
        var isSalutation: Bool {
            guard units.count <= 14, !Clauses.reports.contains(where: { units.starts(with: $0) })
            else { return false }
            return Clauses.openings.contains { units.starts(with: $0) }
                || Clauses.closings.contains {
                    units.count >= $0.count && units.suffix($0.count) == $0[...]
                }
        }
    }

    private static let reports = ["举报", "检举", "控告", "控诉", "投诉", "反映"].map {
        PlainText($0).units
    }
    private static let openings = ["尊敬", "敬爱", "亲爱", "各位"].map { PlainText($0).units }
    private static let closings = [
        "书记", "市长", "县长", "区长", "镇长", "局长", "主任", "领导", "您好", "你好",
    ].map { PlainText($0).units }
    private static let ends: Set<Unicode.Scalar> = [
        "，", "。", "！", "？", "；", "：", "、", ",", ".", "!", "?", ";", ":", "（", "）", "(", ")", "“",
        "”",
        "\"", "'", "《", "》", "【", "】", "‘", "’",
    ]

    private var rest: Substring.UnicodeScalarView
    private var left: Int

    init(_ text: String, charactersMax: Int) {
        rest = text[...].unicodeScalars
        left = charactersMax
    }

    mutating func next() -> Clause? {
        var clause = String.UnicodeScalarView()
        while left > 0, let scalar = rest.popFirst() {
            left -= 1
            guard Clauses.ends.contains(scalar) || scalar.properties.isWhitespace else {
                clause.append(scalar)
                continue
            }
            guard !clause.isEmpty else { continue }
            // What follows the clause may be several signs: ？！ asks as well.
            var isQuestion = scalar == "？" || scalar == "?"
            while let sign = rest.first, Clauses.ends.contains(sign) {
                isQuestion = isQuestion || sign == "？" || sign == "?"
                rest.removeFirst()
            }
            return Clause(units: PlainText(String(clause)).units, isQuestion: isQuestion)
        }
        guard !clause.isEmpty else { return nil }
        return Clause(units: PlainText(String(clause)).units, isQuestion: false)
    }
}
