import Domain
import Text

/// How near two items are, and what speaks for it (相似度).
struct Likeness: Sendable {
    /// The number of the earlier item.
    var item: Int
    /// Likeness of title and beginning, in permille.
    var textPermille = 0
    /// The score that decides, in permille.
    var scorePermille = 0
    var sharesPlace = false
    var sharesRespondent = false
    var sharesPerson = false
    var isRelated = false
    /// How the places stand to each other where fields tell.
    var place = PlaceRelation.open
    /// The containment when the newcomer is the item's copy, else 0.
    var copiedPermille = 0
    /// Only the texts tell of the matter.
    var isByText = false
    /// It is one template with the newcomer, about another place or complaint.
    var isTemplate = false

    /// The score of an item that an agency itself named as the same.
    static let relatedPermille = 2000

    /// The evidence that a decision carries.
    func evidence(_ items: KeptItems, scorePermille: Int) -> Evidence {
        Evidence(
            nearest: items[item].ref,
            scorePermille: scorePermille,
            textPermille: textPermille,
            sharesPlace: sharesPlace,
            sharesRespondent: sharesRespondent,
            sharesPerson: sharesPerson,
            isRelated: isRelated
        )
    }
}

/// The new item as it is compared with earlier ones.
struct Newcomer {
    var time: Timestamp
    var township: Division
    /// The class by which it is compared: the agency's, else what its words tell.
    var classNumber: ClassBook.Number
    var isClassGuessed = false
    var traits: Traits
    /// Roots of its persons.
    var persons: [UInt32]
    /// Numbers of items that it names, or that name it, in `relates`.
    var related: [Int]
    /// The earlier item that it copies, with the containment.
    var copy: TextCopies.Match?
    /// Features of its place's name and of the county's towns; they say where, and nothing of the
    /// matter.
    var placeFeatures: [UInt32] = []
    /// Features by which its address is known in another text; `nil` without an address, or when
    /// no text held them yet.
    var addressFeatures: [UInt32]?
    /// The districts that its text names by their codes.
    var districts: [UInt32] = []
    /// What it complains of.
    var concepts: [ConceptBook.Entry] = []
    /// Lengths of the parts of its features.
    var lengths = TextLengths()
    /// The length of its weights in 1/1024 bits and 2^-8.
    var weighedLength: UInt32 = 0
    /// The time by which others sleep or are awake.
    var present = Timestamp(milliseconds: 0)

    /// A sum of weights as bits of rarity, in 1/1024.
    func bits(_ weights: Int) -> Int { weights * Int(weighedLength) >> 23 }

    /// It names a place or a respondent in a field of its own.
    var hasFields: Bool { !traits.address.units.isEmpty || !traits.respondentNames.isEmpty }

    /// Only its text tells of its matter: it has no class, no town, and no such field.
    var isToldByText: Bool { classNumber == 0 && !township.isTownship && !hasFields }
}
