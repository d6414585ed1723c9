import Domain
import Text

/// Lengths of the parts of an item's features, by which products become likenesses (部分长度).
struct TextLengths: Sendable {
    /// Of what stands in the title, in the beginning and in names; 2^15 for the whole.
    var title: UInt32 = 0
    var body: UInt32 = 0
    var names: UInt32 = 0
    /// The weights of the title's names, summed.
    var titleNames: UInt32 = 0
    /// Of what the item complains of, in 1/1024 bits.
    var concepts: UInt32 = 0

    init() {}

    /// The lengths of an item's features, as many as are kept, and concepts.
    init(_ features: [FeatureWeight], _ concepts: some Collection<ConceptBook.Entry>) {
        var (title, body, names, sum): (UInt64, UInt64, UInt64, UInt32) = (0, 0, 0, 0)
        for entry in features.prefix(KeptItems.Limits.features) {
            let (word, weight) = (entry.word, entry.weight)
            let square = UInt64(weight) * UInt64(weight)
            let marks = word >> 28
            title += marks & 1 != 0 ? square : 0
            body += marks & 2 != 0 ? square : 0
            names += marks & 8 != 0 ? square : 0
            sum += marks & 4 != 0 ? UInt32(weight) : 0
        }
        self.title = UInt32(FixedPoint.squareRoot(title))
        self.body = UInt32(FixedPoint.squareRoot(body))
        self.names = UInt32(FixedPoint.squareRoot(names))
        titleNames = sum
        let squares = concepts.reduce(UInt64(0)) { $0 + UInt64($1.weight) * UInt64($1.weight) }
        self.concepts = UInt32(FixedPoint.squareRoot(squares))
    }
}

/// What two items' features have in common, added up in one pass (共有特征).
struct TextOverlap: Sendable {
    /// Products of weights: of all, of what stands in both titles, in both beginnings, in names.
    private(set) var product = 0
    private(set) var title = 0
    private(set) var body = 0
    private(set) var names = 0
    /// The newcomer's weights of its title's names that the other has, and the other way round.
    private(set) var ownTitleNames = 0
    private(set) var theirTitleNames = 0
    /// The newcomer's weights of the six shared features, and of the six in names, that weigh most
    /// in the other.
    private(set) var rare = 0
    private(set) var rareNames = 0

    private static let rareMax = 6

    /// Goes through an earlier item's features by falling weight; the newcomer's are laid out.
    init(features: Span<UInt32>, weights: Span<UInt16>, laid: LaidFeatures) {
        var (rareCount, nameCount) = (0, 0)
        laid.visit(features) { index, entry in
            let word = features[index]
            let own = Int(entry & 0xffff)
            let theirs = Int(weights[index])
            let both = entry >> 16 & word >> 28
            let value = own * theirs
            product += value
            title += both & 1 != 0 ? value : 0
            body += both & 2 != 0 ? value : 0
            ownTitleNames += entry & 4 << 16 != 0 ? own : 0
            theirTitleNames += word & 4 << 28 != 0 ? theirs : 0
            if rareCount < TextOverlap.rareMax {
                rare += own
                rareCount += 1
            }
            guard both & 8 != 0 else { return }
            names += value
            if nameCount < TextOverlap.rareMax {
                rareNames += own
                nameCount += 1
            }
        }
    }
}
