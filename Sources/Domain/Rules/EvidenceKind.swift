/// What can speak for or against two texts telling of one matter (证据).
///
/// Each is a number from 0 to 1000; its weight is fitted (`docs/linking.md`).
package enum EvidenceKind: Int, CaseIterable, Sendable {
    /// Likeness of title and beginning (文字相近).
    case text
    /// Likeness of the titles alone (标题相近).
    case title
    /// Likeness of the beginnings alone (正文开头相近).
    case body
    /// The share of a title's names that stands in the other text, the lesser of both ways.
    case leastNames
    /// The greater of both ways (标题所称名称).
    case mostNames
    /// Likeness of what is no word of complaint: names above all (名称相近).
    case names
    /// How rare the rarest six shared pairs are together (罕见字对).
    case rarePairs
    /// How rare the rarest six shared pairs of names are together (罕见名称).
    case rareNames
    /// Likeness of what is complained of (诉求相近).
    case concepts
    /// The titles complain of different things (诉求不同).
    case otherConcepts
    /// The gap between the two, 1000 for 256 days (时间间隔).
    case gap
    /// Numbers that both name (相同数字).
    case numbers
    /// Places or units of one kind are called differently (地点不同).
    case otherPlace
    /// The share of the shorter body that stands in the other, where the beginnings are alike
    /// (正文相同).
    case sharedBody

    /// The key in `linkage.yaml`.
    package var key: String {
        switch self {
        case .text: "text"
        case .title: "title"
        case .body: "body"
        case .leastNames: "least_names"
        case .mostNames: "most_names"
        case .names: "names"
        case .rarePairs: "rare_pairs"
        case .rareNames: "rare_names"
        case .concepts: "concepts"
        case .otherConcepts: "other_concepts"
        case .gap: "gap"
        case .numbers: "numbers"
        case .otherPlace: "other_place"
        case .sharedBody: "shared_body"
        }
    }
}

/// Words of one meaning: one kind of trouble, object or demand (诉求概念).
package struct WordGroup: Equatable, Sendable {
    /// The most groups of one table.
    package static let groupsMax = 1000

    /// What they mean, in one English word of the field.
    package var name: String
    /// The words.
    package var words: [String]

    /// A group from its parts.
    package init(name: String, words: [String]) {
        self.name = name
        self.words = words
    }
}
