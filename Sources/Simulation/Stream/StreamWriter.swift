internal import Domain
internal import Hashing
import Storage

/// Writes one item of a matter: title and text, in words of its own (行文).
struct StreamWriter {
    let matter: StreamMatter
    let ordinal: Int
    let day: CountyDay
    /// The agency that registers it.
    let agency: AgencyID
    /// The earlier item of the matter whose text this one copies.
    let original: Int?
    /// Who wrote it.
    let person: Pseudonym?
    private let seed: UInt64

    /// In a thousand later items of a matter: copies of an earlier one.
    private static let copiesPermille = 350
    /// The longest text that is copied.
    private static let copiedMax = 1_000
    /// In a thousand matters: form letters.
    private static let formsPermille = 30
    private static let agencyWeights = [29, 46, 8, 17]

    init(matter: StreamMatter, ordinal: Int) {
        self.matter = matter
        self.ordinal = ordinal
        day = matter.day(of: ordinal)
        seed = matter.seed(of: ordinal)
        var random = SplitMix64(seed: seed)
        agency = SimulatedYear.agencies[random.index(weights: StreamWriter.agencyWeights)]
        let source = StreamWriter.source(of: ordinal, in: matter, &random)
        // Nobody copies the longest ones, so that no giant bends the curve of lengths.
        let length = source.map { StreamWriter.length(matter.seed(of: $0)) } ?? 0
        original = length <= StreamWriter.copiedMax ? source : nil
        let isSame = ordinal > 0 && random.chance(permille: 350)
        let writer = isSame ? 0 : ordinal
        // Some people write about many matters.
        person =
            random.chance(permille: 80)
            ? StreamWriter.pseudonym(UInt64(day.number / 30) << 20 | UInt64(random.below(400)))
            : StreamWriter.pseudonym(matter.seed &+ UInt64(writer))
    }

    /// The item of an earlier day whose text this one copies in the end, for a copy of a copy copies
    /// the first one; `nil` for an item in words of its own.
    private static func source(
        of ordinal: Int,
        in matter: StreamMatter,
        _ random: inout SplitMix64
    ) -> Int? {
        let delay = matter.delay(of: ordinal)
        guard delay > 0, random.chance(permille: copiesPermille) else { return nil }
        let other = random.below(ordinal)
        guard matter.delay(of: other) < delay else { return 0 }
        return StreamWriter(matter: matter, ordinal: other).original ?? other
    }

    /// How long the text of an item is that copies none.
    private static func length(_ seed: UInt64) -> Int {
        var random = SplitMix64(seed: seed ^ 4)
        return LengthCurve.length(&random)
    }

    private static func pseudonym(_ person: UInt64) -> Pseudonym? {
        var random = SplitMix64(seed: person ^ 0x7065_7273_6f6e)
        var key: [UInt8] = []
        for _ in 0..<4 {
            withUnsafeBytes(of: random.next().littleEndian) { key += $0 }
        }
        return Pseudonym(text: "k1:a:" + Base64URL.encode(key))
    }

    /// The heading and the text.
    func write() -> (title: String, text: String) {
        var random = SplitMix64(seed: seed ^ 1)
        guard let original else {
            // A form letter: other names, the same words, as much of them as this writer takes.
            var form = SplitMix64(seed: matter.seed ^ 2)
            if ordinal == 0, form.chance(permille: StreamWriter.formsPermille) {
                let letter = UInt64(matter.number / 2_000) << 8 | UInt64(form.below(6))
                return written(wording: SplitMix64(seed: letter ^ 0x666f_726d), &random)
            }
            return written(wording: SplitMix64(seed: seed ^ 3), &random)
        }
        let source = StreamWriter(matter: matter, ordinal: original).write()
        let title = random.chance(permille: 500) ? source.title : self.title(&random)
        return (title, copied(source.text, &random))
    }

    /// The text with what an office writes above and below it, or as it was.
    private func copied(_ text: String, _ random: inout SplitMix64) -> String {
        let length = text.unicodeScalars.count
        guard length >= 150, length <= LengthCurve.max - 200, random.chance(permille: 600) else {
            return text
        }
        var lines = StreamText(matter: matter, day: day, random: random)
        lines.append(random.pick(Phrases.copyHeads))
        lines.append(literal: text)
        lines.append(random.pick(Phrases.copyFeet))
        return lines.text
    }

    private func written(
        wording: SplitMix64,
        _ random: inout SplitMix64
    ) -> (title: String, text: String) {
        var text = StreamText(matter: matter, day: day, random: wording)
        text.write(length: StreamWriter.length(seed))
        return (title(&random), text.text)
    }

    private func title(_ random: inout SplitMix64) -> String {
        var text = StreamText(matter: matter, day: day, random: random)
        text.writeTitle()
        return text.text
    }
}
