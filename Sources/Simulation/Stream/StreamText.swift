internal import Domain
import Storage

/// A text of a generated item as it grows (文本).
struct StreamText {
    private let matter: StreamMatter
    private let facts: Facts
    private var random: SplitMix64
    private var scalars: [Unicode.Scalar] = []

    /// What was written.
    var text: String { String(String.UnicodeScalarView(scalars)) }

    private static let nowhere = Place(
        kind: .estate,
        town: 0,
        name: "",
        short: "",
        unit: "",
        builder: ""
    )
    private static let starts = [
        "关于", "投诉", "反映", "请问", "咨询", "举报", "建议", "", "", "", "", "", "", "",
    ]
    private static let ends = ["", "", "", "", "", "", "的问题", "，请处理", "怎么办", "的建议", "何时能解决", "求关注"]
    /// Sentences that name no place, unit or town.
    private static let placeless =
        (Phrases.stories + Phrases.tried + Phrases.colours + Phrases.demands)
        .filter { !$0.namesPlace }

    init(matter: StreamMatter, day: CountyDay, random: SplitMix64) {
        self.matter = matter
        self.random = random
        facts = Facts(
            place: StreamText.nowhere,
            townName: "",
            spot: "",
            object: matter.object,
            respondent: matter.unit,
            began: day.number - 20,
            today: day,
            count: matter.count,
            measure: matter.count % 11 + 2,
            namesTown: false
        )
    }

    /// Appends a phrase with the matter's facts.
    mutating func append(_ phrase: Phrase) {
        var telling = Telling(facts: facts, hand: Hand(), random: SplitMix64(seed: random.next()))
        telling.append(phrase)
        append(literal: telling.text)
    }

    /// Appends characters as they are.
    mutating func append(literal: String) { scalars.append(contentsOf: literal.unicodeScalars) }

    /// Writes a heading of at most 30 characters, mostly half of that.
    mutating func writeTitle() {
        append(literal: random.pick(StreamText.starts))
        if random.chance(permille: 600) { append(literal: matter.district) }
        append(literal: random.chance(permille: 850) ? matter.place : matter.stem)
        if random.chance(permille: 250) { append(literal: matter.unit) }
        switch random.below(6) {
        case 0: append(matter.object)
        case 1, 2:
            appendTurn()
            append(literal: random.pick(matter.troubles))
        case 3, 4:
            append(literal: random.pick(matter.troubles))
            Lexicon.append(word: random.pick(matter.words), to: &scalars)
            append(literal: random.pick(matter.troubles))
        default:
            appendTurn()
            appendTurn()
            Lexicon.append(word: random.pick(matter.words), to: &scalars)
        }
        append(literal: random.pick(StreamText.ends))
        scalars = Array(scalars.prefix(30))
    }

    /// Writes a text of so many characters.
    mutating func write(length: Int) {
        if length > 60, random.chance(permille: 500) {
            // A board's writers greet; some texts an office took down.
            let isOwn = random.chance(permille: 850)
            append(random.pick(isOwn ? Phrases.greetings : Phrases.registered))
        }
        tell(naming: true)
        while scalars.count < length - 24 { sentence() }
        if length > 90, random.chance(permille: 600) {
            append(random.pick(random.chance(permille: 500) ? Phrases.demands : Phrases.closings))
        }
        while scalars.count < length { tell(naming: false) }
        scalars.removeLast(scalars.count - length)
        if length > 12 { scalars[length - 1] = "。" }
    }

    private mutating func appendTurn() {
        Lexicon.append(turn: Lexicon.turns.rank(&random), to: &scalars)
    }

    private mutating func sentence() {
        switch random.below(100) {
        case ..<10: append(random.pick(StreamText.placeless))
        case ..<16 where !matter.details.isEmpty: append(random.pick(matter.details))
        default:
            tell(naming: random.chance(permille: 250))
            return
        }
        append(literal: random.chance(permille: 300) ? "，" : "。")
        if scalars.count > 200, random.chance(permille: 60) { append(literal: "\n") }
    }

    /// A sentence of the made-up language about the matter.
    private mutating func tell(naming: Bool) {
        for clause in 0..<random.number(in: 1...3) {
            if naming, clause == 0 {
                if random.chance(permille: 400) { append(literal: matter.district) }
                append(literal: random.chance(permille: 700) ? matter.place : matter.unit)
            }
            for _ in 0..<random.number(in: 1...4) { appendTurn() }
            if random.chance(permille: 250) { append(literal: random.pick(matter.troubles)) }
            if random.chance(permille: 220) {
                Lexicon.append(word: random.pick(matter.words), to: &scalars)
            }
            if random.chance(permille: 60) { append(literal: String(random.number(in: 2...3_000))) }
            append(literal: random.chance(permille: 750) ? "，" : "。")
        }
        if naming, random.chance(permille: 120) {
            append(matter.object)
            append(literal: "。")
        }
    }
}
