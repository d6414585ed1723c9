import Domain

/// The numbers by which links were made: what a score depends on beside the items (联动参数).
///
/// Kept for as long as links of theirs may be asked about, so that a link is explained by the rules
/// of its day.
struct LinkRules: Equatable, Sendable {
    /// The engine that decided.
    let engine: UInt32
    /// The version of `linkage.yaml`; 0 for what the repository ships.
    let linkage: UInt64
    /// The scalars in the order of `scalars`, then the weights in the order of the kinds.
    let values: [Int32]

    private static var scalars: [WritableKeyPath<LinkageSettings, Int>] {
        [
            \.joinPermille, \.basePermille, \.casePermille, \.missingPermille,
            \.mergeSinglePermille, \.mergePermille, \.repeatPermille, \.decayDays,
            \.decayPermille, \.placeBonusPermille, \.respondentBonusPermille,
            \.placePenaltyPermille, \.textPenaltyPermille, \.templatePermille,
            \.personBonusPermille, \.categoryPenaltyPermille,
        ]
    }

    /// How many numbers there are.
    static var valueCount: Int { scalars.count + EvidenceKind.allCases.count }

    /// The rules of these settings.
    init(_ settings: LinkageSettings, engine: UInt32, linkage: UInt64) {
        self.engine = engine
        self.linkage = linkage
        let weights = EvidenceKind.allCases.map { settings.weights[$0] ?? 0 }
        values = (LinkRules.scalars.map { settings[keyPath: $0] } + weights)
            .map { Int32(clamping: $0) }
    }

    /// Rules as a state holds them.
    init(values: [Int32], engine: UInt32, linkage: UInt64) {
        self.values = values
        self.engine = engine
        self.linkage = linkage
    }

    /// Settings with these numbers; what reads texts in them is not of that day.
    var settings: LinkageSettings {
        var settings = LinkageSettings.standard
        for (path, value) in zip(LinkRules.scalars, values) {
            settings[keyPath: path] = Int(value)
        }
        for (kind, weight) in zip(EvidenceKind.allCases, values.dropFirst(LinkRules.scalars.count))
        {
            settings.weights[kind] = Int(weight)
        }
        return settings
    }

    /// The weights in the order of the kinds.
    var weights: [Int] { values.suffix(EvidenceKind.allCases.count).map(Int.init) }
}
