package import Domain
import Text

/// What speaks for and against two items of which only the texts tell, each from 0 to 1000 (证据).
package struct TextEvidence: Sendable {
    private var values: [14 of Int32] = .init(repeating: 0)
    /// The texts are one template about two places, or one sentence with another complaint.
    package internal(set) var isTemplate = false

    /// How strong one kind is.
    package subscript(kind: EvidenceKind) -> Int {
        get { Int(values[kind.rawValue]) }
        set { values[kind.rawValue] = Int32(clamping: newValue) }
    }

    /// The score in permille by weights in the order of the kinds.
    func score(base: Int, weights: [Int]) -> Int {
        var sum = base * 1000
        for index in 0..<14 { sum += Int(values[index]) * weights[index] }
        return sum / 1000
    }
}

/// Reads the evidence between a newcomer, whose weights are laid out, and earlier items (取证).
extension Engine {
    /// Beginnings this much alike are looked at for shared text.
    private static let sharedBodyMin = 50
    /// Beginnings this much alike with other places are one template.
    private static let templateBodyMin = 400
    /// Texts this much alike with other complaints are one template.
    private static let templateTextMin = 500

    /// The evidence that both are about one matter; `overlap` is what their features share.
    func evidence(
        _ newcomer: Newcomer,
        _ number: Int,
        _ overlap: TextOverlap
    ) -> TextEvidence {
        let (own, theirs) = (newcomer.lengths, items[number].lengths)
        var evidence = TextEvidence()
        evidence[.text] = min(1000, (overlap.product * 1000) >> 30)
        evidence[.title] = Engine.share(overlap.title, own.title, theirs.title)
        evidence[.body] = Engine.share(overlap.body, own.body, theirs.body)
        evidence[.names] = Engine.share(overlap.names, own.names, theirs.names)
        let found = (
            own.titleNames > 0 ? overlap.ownTitleNames * 1000 / Int(own.titleNames) : -1,
            theirs.titleNames > 0 ? overlap.theirTitleNames * 1000 / Int(theirs.titleNames) : -1
        )
        evidence[.mostNames] = max(0, found.0, found.1)
        evidence[.leastNames] = max(
            0,
            found.0 < 0 || found.1 < 0 ? max(found.0, found.1) : min(found.0, found.1)
        )
        // Weights as bits again; 80 bits are whole.
        evidence[.rarePairs] = min(1000, newcomer.bits(overlap.rare) * 1000 / (80 * FixedPoint.one))
        evidence[.rareNames] = min(
            1000,
            newcomer.bits(overlap.rareNames) * 1000 / (80 * FixedPoint.one)
        )
        let minutes = Int(abs((newcomer.time - items[number].time).milliseconds) / 60_000)
        let days = FixedPoint.log2(minutes + 1440) - FixedPoint.log2(1440)
        evidence[.gap] = min(2000, days * 1000 / (8 * FixedPoint.one))
        addNumbers(newcomer, number, to: &evidence)
        let isOtherSentence = addConcepts(newcomer, number, to: &evidence)
        addPlaces(newcomer, number, to: &evidence)
        if evidence[.body] >= Engine.sharedBodyMin {
            let shared = Sketch.overlap(
                newcomer.traits.sketch.hashes[...],
                isComplete: newcomer.traits.sketch.isComplete,
                table: newcomer.traits.sketchTable,
                items.sketch(of: number),
                isComplete: items[number].flags.contains(.wholeSketch)
            )
            evidence[.sharedBody] = shared.containmentPermille
        }
        evidence.isTemplate =
            evidence[.body] >= Engine.templateBodyMin && evidence[.otherPlace] > 0
            || evidence[.text] >= Engine.templateTextMin && isOtherSentence
        return evidence
    }

    /// A product over the lengths of both sides.
    private static func share(_ product: Int, _ one: UInt32, _ other: UInt32) -> Int {
        let length = Int(one) * Int(other)
        return length == 0 ? 0 : min(1000, product * 1000 / length)
    }

    private func addNumbers(_ newcomer: Newcomer, _ number: Int, to evidence: inout TextEvidence) {
        let theirs = items.numbers(of: number)
        guard !theirs.isEmpty else { return }
        // Odd hashes are of numbers that tell something.
        let shared = newcomer.traits.numbers.count { $0 & 1 == 1 && theirs.contains($0) }
        evidence[.numbers] = min(2, shared) * 500
    }

    /// Adds what both complain of; returns whether each title complains of what the other text does
    /// not know.
    private func addConcepts(
        _ newcomer: Newcomer,
        _ number: Int,
        to evidence: inout TextEvidence
    ) -> Bool {
        let theirs = items.concepts(of: number)
        let own = newcomer.concepts
        var shared = 0
        var (titles, ownTitle, theirTitle) = (false, false, false)
        var (ownUnknown, theirUnknown) = (false, false)
        for entry in own {
            if let other = theirs.first(where: { $0.number == entry.number }) {
                shared += entry.weight * entry.weight
                if entry.isInTitle, other.isInTitle { titles = true }
            } else if entry.isInTitle {
                ownUnknown = true
            }
            if entry.isInTitle { ownTitle = true }
        }
        for entry in theirs where entry.isInTitle {
            theirTitle = true
            if !own.contains(where: { $0.number == entry.number }) { theirUnknown = true }
        }
        let length = Int(newcomer.lengths.concepts) * Int(items[number].lengths.concepts)
        evidence[.concepts] = length == 0 ? 0 : min(1000, shared * 1000 / length)
        evidence[.otherConcepts] = ownTitle && theirTitle && !titles ? 1000 : 0
        return ownUnknown && theirUnknown
    }

    private func addPlaces(_ newcomer: Newcomer, _ number: Int, to evidence: inout TextEvidence) {
        let (own, theirs) = (newcomer.traits.placeNames, items.placeNames(of: number))
        guard !own.isEmpty, !theirs.isEmpty else { return }
        let places = NameComparison(own, theirs, isLenient: true)
        evidence[.otherPlace] = places.contradictsInPlace && places.shared.isEmpty ? 1000 : 0
    }
}
