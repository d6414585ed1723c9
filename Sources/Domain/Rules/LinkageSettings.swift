/// How likeness is judged, from `config/linkage.yaml`; whole numbers only.
package struct LinkageSettings: Equatable, Sendable {
    /// The score in permille from which two items are linked and, where fields tell of the matter,
    /// an item joins a case.
    package var joinPermille: Int
    /// What texts score without any evidence; each evidence adds its weight.
    package var basePermille: Int
    /// The mean over its three nearest items from which a text joins a case.
    package var casePermille: Int
    /// What a near item counts in that mean that is not among those compared.
    package var missingPermille: Int
    /// The score from which a single item follows a newcomer into its case.
    package var mergeSinglePermille: Int
    /// The mean from which a second case that a newcomer belongs to is made one with its case.
    package var mergePermille: Int
    /// What each evidence adds when it is 1000, in permille.
    package var weights: [EvidenceKind: Int]
    /// The score from which an item of the same person is a repeat (重复信访).
    package var repeatPermille: Int
    /// Containment in permille from which two texts are the same text.
    package var copyPermille: Int
    /// Characters of the body that likeness is judged by.
    package var bodyCharacters: Int
    /// How often the title counts against the body.
    package var titleWeight: Int
    /// The gap at which the time decay is e to the minus one, before `decayPermille`.
    package var decayDays: Int
    /// The exponent of the decay in permille; 0 switches it off.
    package var decayPermille: Int
    /// Days without a new item after which a case cools (趋缓); it decides nothing.
    package var coolingDays: Int
    /// Days without a new item after which a case or a single item sleeps (休眠): its text finds no new
    /// items any more, until a copy, a person, a place or an officer brings one.
    package var dormantDays: Int
    /// Added when both name the same place and are of one class of content; half of it when either
    /// is not classed or the classes differ.
    package var placeBonusPermille: Int
    /// Added when both name the same respondent.
    package var respondentBonusPermille: Int
    /// Taken away when one names a place in a field of its own and the other names none at all;
    /// places that contradict each other forbid the link.
    package var placePenaltyPermille: Int
    /// Taken away when the texts alone name different places or units of one kind.
    package var textPenaltyPermille: Int
    /// Likeness from which texts that name different places are one template about two matters.
    package var templatePermille: Int
    /// Added when the same person stands behind both and they share a place, a respondent or the
    /// class of content; the person alone is no evidence.
    package var personBonusPermille: Int
    /// Taken away when both name a class of content and the classes differ.
    package var categoryPenaltyPermille: Int
    /// The most candidates looked at for one item.
    package var candidatesMax: Int
    /// The most entries of one rare feature's list, first in first out.
    package var postingsMax: Int
    /// Phrases that carry no weight (套话), removed before likeness is judged.
    package var boilerplate: [String]
    /// Words that say nothing of a matter (常用词).
    package var everydayWords: [String]
    /// Words of complaints by what they mean (诉求概念), by name.
    package var concepts: [WordGroup]
    /// Names of the county that count as places: estates, firms, schools, roads.
    package var places: [String]
    /// A table of how common character pairs are, so that the first items are judged well.
    package var pairFrequencies: [String: Int]
    /// How many texts that table was counted from.
    ///
    /// With an empty table each pair counts as standing in one of so many, so that a new hub links its
    /// first items too.
    package var pairTexts: Int

    /// The settings that the repository ships.
    package static let standard = LinkageSettings()

    private init() {
        joinPermille = 190
        basePermille = StandardWeights.basePermille
        casePermille = StandardWeights.casePermille
        missingPermille = StandardWeights.missingPermille
        mergeSinglePermille = StandardWeights.mergeSinglePermille
        mergePermille = StandardWeights.mergePermille
        weights = StandardWeights.weights
        repeatPermille = 180
        copyPermille = 800
        bodyCharacters = 100
        titleWeight = 2
        decayDays = 120
        decayPermille = 350
        coolingDays = 30
        dormantDays = 365
        placeBonusPermille = 120
        respondentBonusPermille = 60
        placePenaltyPermille = 150
        textPenaltyPermille = 60
        templatePermille = 400
        personBonusPermille = 60
        categoryPenaltyPermille = 500
        candidatesMax = 16
        postingsMax = 64
        boilerplate = []
        everydayWords = StandardWords.everyday
        concepts = StandardWords.concepts
        places = []
        pairFrequencies = [:]
        pairTexts = 1000
    }
}
