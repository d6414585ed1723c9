import Domain

/// How an item came into its case, or one case into another: what it was compared with and what
/// cannot be read again from the kept items (关联依据).
///
/// Everything else is computed again when somebody asks why (`Engine.why`).
struct Link: Sendable {
    /// How the scores of single items make the one that decided.
    enum Rule: UInt8, Sendable {
        /// The score of one item.
        case single = 1
        /// The mean of the nearest two items of the case; one that was not compared counts nothing.
        case meanOfTwo = 2
        /// The mean of the nearest three, on the scale of single items.
        case meanOfThree = 3
        /// The score of an item of the same person (重复信访).
        case person = 4
        /// An agency named it as the same.
        case related = 5
    }

    /// One earlier item that the newcomer was compared with.
    struct Compared: Sendable {
        /// The item's number.
        var item: Int32 = -1
        /// How near it was, in permille.
        var scorePermille: Int32 = 0
        /// The containment when the newcomer is its copy, else 0.
        var copiedPermille: UInt16 = 0
        var place = PlaceRelation.open
        var flags: Flags = []
    }

    /// What stood between the two and may be different today.
    struct Flags: OptionSet, Sendable {
        let rawValue: UInt8

        static let byText = Flags(rawValue: 1)
        static let related = Flags(rawValue: 2)
        static let person = Flags(rawValue: 4)
        static let respondent = Flags(rawValue: 8)
    }

    /// The most items whose scores make one.
    static let comparedMax = 3

    /// The item that came.
    var newcomer: Int32
    /// The item that joined the case; -1 where cases became one.
    var joined: Int32 = -1
    /// The case that became one with another; -1 where an item joined.
    var absorbed: Int32 = -1
    var compared: [3 of Compared] = .init(repeating: Compared())
    var comparedCount: UInt8 = 0
    var rule: Rule
    /// How many scores the mean is of.
    var wanted: UInt8
    /// The rules that held, as a number in `Links`.
    var rules: Int32 = 0
    /// The score that decided, in permille.
    var scorePermille: Int32

    /// The link that a choice makes.
    init(_ choice: CaseChoice, newcomer: Int) {
        self.newcomer = Int32(newcomer)
        rule = choice.rule
        wanted = UInt8(clamping: choice.wanted)
        scorePermille = Int32(clamping: choice.scorePermille)
        for (place, likeness) in choice.compared.prefix(Link.comparedMax).enumerated() {
            compared[place] = Compared(likeness)
            comparedCount += 1
        }
    }

    /// A link from its parts, as a state holds it.
    init(newcomer: Int32, rule: Rule, wanted: UInt8, scorePermille: Int32) {
        self.newcomer = newcomer
        self.rule = rule
        self.wanted = wanted
        self.scorePermille = scorePermille
    }

    /// Its compared items, the nearest first.
    var pairs: [Compared] { (0..<Int(comparedCount)).map { compared[$0] } }
}

extension Link.Compared {
    /// What is kept of a likeness.
    init(_ likeness: Likeness) {
        item = Int32(likeness.item)
        scorePermille = Int32(clamping: likeness.scorePermille)
        copiedPermille = UInt16(clamping: likeness.copiedPermille)
        place = likeness.place
        if likeness.isByText { flags.insert(.byText) }
        if likeness.isRelated { flags.insert(.related) }
        if likeness.sharesPerson { flags.insert(.person) }
        if likeness.sharesRespondent { flags.insert(.respondent) }
    }
}

/// How the places of two items stand to each other (地点关系).
enum PlaceRelation: UInt8, Sendable {
    /// Nothing can be told.
    case open = 0
    /// Both name the same place.
    case same = 1
    /// Both lie on one road or in one village, at spots called differently.
    case near = 2
    /// One names a place in a field of its own, the other none at all.
    case unnamed = 3
    /// The texts alone name different places.
    case differentInText = 4
    /// Different places.
    case different = 5
}
