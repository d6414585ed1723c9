import Storage

/// A made-up language with the statistics of a real one: few characters, words and turns are met all
/// the time, most of them seldom, and new ones without end (词库).
///
/// A word is its rank: its characters come from the rank alone, so nothing is stored and the words are
/// as many as anybody asks for.
enum Lexicon {
    /// How often turns of speech of each rank are met.
    static let turns = RankCurve([2, 2, 3, 4, 6, 8, 9, 10, 10, 11, 12, 12, 12, 12, 12, 12])
    /// The same for words that only one matter has.
    static let rare = RankCurve([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 8])
    private static let words = RankCurve([3, 4, 6, 8, 10, 12, 13, 13, 12, 10, 8, 6, 4, 3, 2])
    private static let links = [
        "的", "了", "在", "是", "不", "有", "也", "就", "都", "我们", "说", "要", "又", "还", "和", "被",
        "给", "对", "从", "把", "到", "没", "让", "上", "里", "后", "多", "再", "才", "只", "与", "而",
    ]
    /// The shares of characters inside words: under the bound, in a thousand.
    private static let shares = [(120, 60), (330, 120), (620, 300), (900, 1_000), (985, 2_000)]

    /// Appends the turn of speech of a rank: a word, and often what links it with its neighbours.
    static func append(turn rank: Int, to text: inout [Unicode.Scalar]) {
        var random = SplitMix64(seed: UInt64(rank) ^ 0x7475_726e_0000_0000)
        let pattern = random.below(8)
        if pattern == 0 { append(random.pick(links), to: &text) }
        append(word: words.rank(&random), to: &text)
        if pattern == 1 { append(random.pick(links), to: &text) }
    }

    /// Appends the word of a rank.
    static func append(word rank: Int, to text: inout [Unicode.Scalar]) {
        var random = SplitMix64(seed: UInt64(rank) ^ 0x776f_7264_0000_0000)
        let length = [2, 2, 2, 2, 2, 2, 3, 3, 4, 1][random.below(10)]
        for _ in 0..<length { text.append(character(&random)) }
    }

    /// Appends characters as they are.
    static func append(_ literal: String, to text: inout [Unicode.Scalar]) {
        text.append(contentsOf: literal.unicodeScalars)
    }

    /// The stem of a name: two or three characters that say nothing.
    static func stem(_ random: inout SplitMix64) -> String {
        var name: [Unicode.Scalar] = []
        for _ in 0..<(random.chance(permille: 700) ? 2 : 3) {
            name.append(CommonCharacters.all[60 + random.below(random.below(1_900) + 1)])
        }
        return String(String.UnicodeScalarView(name))
    }

    private static func character(_ random: inout SplitMix64) -> Unicode.Scalar {
        let place = random.below(1000)
        var first = 25
        for (share, bound) in shares {
            if place < share { return CommonCharacters.all[first + random.below(bound - first)] }
            first = bound
        }
        return CommonCharacters.all[first + random.below(CommonCharacters.all.count - first)]
    }
}
