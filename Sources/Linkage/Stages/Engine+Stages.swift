package import Domain
import Text

/// An item on its way through the stages of linking, each of which can be run by itself (分段).
///
/// For measurements alone: `Engine.apply` goes the same way without it.
package struct StagedItem {
    var newcomer: Newcomer
    var weighed = RareIndex.Weighed()
    /// The earlier items that may be of its matter.
    package fileprivate(set) var candidates: [Int] = []
    /// The earlier items that may hold the same text.
    package fileprivate(set) var copies: [Int] = []
    /// The best score among the candidates in permille.
    package fileprivate(set) var bestPermille = Int.min
}

/// How full the lists are that an item looks into (倒排表).
package struct ListFigures: Sendable {
    /// Features by which the item looks for others.
    package var sought = 0
    /// Entries in the lists of these features.
    package var postings = 0
    /// Lists that hold as many entries as a list may.
    package var full = 0
    /// Earlier items that stand in one of the lists at least.
    package var reached = 0
}

/// The stages one by one, in the order in which `apply` goes through them.
///
/// None changes a decision: what an item meets for the first time is numbered when it is weighed, and
/// the same item must be applied next.
extension Engine {
    /// Items that are kept and compared with whatever comes.
    package var activeCount: Int { items.count }

    /// Different pairs of characters that were met.
    package var featureCount: Int { index.featureCount }

    /// Reads the text: pairs, words, names, numbers, shingles.
    ///
    /// Class and persons are left out, which the later stages ask for only where fields tell.
    @inline(never)
    package borrowing func stageReading(_ item: Item) -> StagedItem {
        let traits = Traits(item, configuration: configuration)
        var newcomer = Newcomer(
            time: item.time,
            township: configuration.township(of: item, traits: traits),
            classNumber: 0,
            traits: traits,
            persons: [],
            related: [],
            copy: nil
        )
        newcomer.districts = traits.textNames.filter { $0.kind == .district }.map(\.core)
        return StagedItem(newcomer: newcomer)
    }

    /// Looks for the same text.
    @inline(never)
    package mutating func stageCopies(_ staged: inout StagedItem) {
        staged.copies = copies.near(staged.newcomer.traits)
        staged.newcomer.copy = copies.find(
            staged.newcomer.traits,
            near: staged.copies,
            items: items,
            settings: configuration.settings,
            isCompatible: { _, _ in true }
        )
    }

    /// Weighs pairs and complaints by their rarity.
    @inline(never)
    package mutating func stageWeights(_ staged: inout StagedItem) {
        staged.weighed = index.weigh(staged.newcomer.traits.pairs)
        staged.newcomer.concepts = concepts.weigh(
            title: staged.newcomer.traits.titleConcepts,
            body: staged.newcomer.traits.bodyConcepts
        )
        staged.newcomer.lengths = TextLengths(staged.weighed.features, staged.newcomer.concepts)
        staged.newcomer.weighedLength = staged.weighed.length
    }

    /// Looks for the earlier items that share the most weight.
    @inline(never)
    package mutating func stageCandidates(_ staged: inout StagedItem) {
        let settings = configuration.settings
        let bonuses = settings.placeBonusPermille + settings.respondentBonusPermille
        let least = max(10, min(settings.joinPermille, settings.repeatPermille) - bonuses) / 2
        staged.candidates = index.candidates(
            for: staged.weighed.features,
            max: settings.candidatesMax,
            least: (least << 30) / 1000
        )
    }

    /// Compares the item with its candidates: overlap, evidence, score.
    @inline(never)
    package mutating func stageComparison(_ staged: inout StagedItem) {
        index.layOut(staged.weighed.features)
        defer { index.clear(staged.weighed.features) }
        items.prefetch(staged.candidates, [.features, .sketch])
        for number in staged.candidates where items.isToldByText(number) {
            let overlap = items.overlap(of: number, with: index.laid)
            let score = evidence(staged.newcomer, number, overlap).score(
                base: configuration.settings.basePermille,
                weights: configuration.evidenceWeights
            )
            staged.bestPermille = max(staged.bestPermille, score)
        }
    }

    /// How full the lists are that the item looks into; counted, not timed.
    package borrowing func listFigures(of staged: StagedItem) -> ListFigures {
        index.listFigures(of: staged.weighed.features)
    }
}
