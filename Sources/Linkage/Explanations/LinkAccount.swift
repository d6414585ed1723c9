package import Domain

/// Why one item is in its case, or why a case became one with it (归案说明).
package struct WhyRow: Equatable, Sendable {
    /// What put it there.
    package enum Basis: Equatable, Sendable {
        /// It was there first, or nothing is kept of its joining.
        case founded
        /// The engine linked it.
        case linked(LinkAccount)
        /// The officer's edit of this number.
        case edited(UInt64)
    }

    /// The item; where cases became one, the newcomer that showed it.
    package var item: CaseMember
    /// The case that became one with this; `nil` for an item.
    package var absorbed: CaseID?
    /// What put it there.
    package var basis: Basis
}

/// A link with all that its score is made of (关联构成).
package struct LinkAccount: Equatable, Sendable {
    /// The item that came when the link was made.
    package var newcomer: ItemRef
    /// How the pairs' scores make the link's: `single`, `mean_of_two`, `mean_of_three`, `person`,
    /// `related`.
    package var rule: String
    /// The score that decided, in permille.
    package var scorePermille: Int
    /// The same computed again from the kept items; `nil` when the rules of that day are not kept.
    package var recomputedPermille: Int?
    /// How many scores the mean is of.
    package var wanted: Int
    /// What one that was not compared counts, in permille.
    package var missingPermille: Int
    /// What is added to the mean to set it on the scale of single items, in permille.
    package var shiftPermille: Int
    /// The score from which an item joins, in permille.
    package var barPermille: Int
    /// The engine that decided.
    package var engine: UInt32
    /// The version of `linkage.yaml` that held; 0 for what the repository ships.
    package var linkage: UInt64
    /// The items that it was compared with, the nearest first; three at most.
    package var pairs: [PairAccount]
}

/// Two items and what speaks for and against their being one matter (相似构成).
package struct PairAccount: Equatable, Sendable {
    /// The other item.
    package var item: ItemRef
    /// Only the texts told of the matter; else fields did.
    package var isByText: Bool
    /// The score that decided, in permille.
    package var scorePermille: Int
    /// The same computed again.
    package var recomputedPermille: Int
    /// What adds up to it.
    package var parts: [Part]

    /// One part: `value` times `weight` in millionths.
    package struct Part: Equatable, Sendable {
        /// Its key: one of `EvidenceKind`, or `base`, `place`, `gap`, `respondent`,
        /// `other_respondent`, `category`, `person`, `copy`, `related`.
        package var key: String
        /// How strong it is.
        package var value: Int
        /// What each thousandth of it counts, in permille.
        package var weight: Int

        /// What it adds, in millionths.
        package var points: Int { value * weight }
    }

    /// The parts' sum in permille.
    static func sum(_ parts: [Part]) -> Int { parts.reduce(0) { $0 + $1.points } / 1000 }
}
