/// How much each evidence weighs when two texts are compared, fitted on labelled complaints by
/// `liandong evaluate --tune` (证据权重).
enum StandardWeights {
    static let basePermille = 29
    static let casePermille = 171
    static let missingPermille = -5
    static let mergeSinglePermille = 212
    static let mergePermille = 186

    static let weights: [EvidenceKind: Int] = [
        .text: 480,
        .title: -38,
        .body: -71,
        .leastNames: 27,
        .mostNames: 67,
        .names: 27,
        .rarePairs: 10,
        .rareNames: 30,
        .concepts: 104,
        .otherConcepts: -24,
        .gap: -89,
        .numbers: 36,
        .otherPlace: -9,
        .sharedBody: -29,
    ]
}
