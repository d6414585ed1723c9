import Domain
package import Text

/// What the engine keeps of an item: numbers and hashes, never its text (DESIGN §6).
struct KeptItem: Sendable {
    /// Yes and no answers about an item.
    struct Flags: OptionSet, Sendable {
        let rawValue: UInt8

        static let urgent = Flags(rawValue: 1)
        static let danger = Flags(rawValue: 2)
        static let late = Flags(rawValue: 4)
        static let petition = Flags(rawValue: 8)
        static let repeatedPetition = Flags(rawValue: 16)
        static let wholeSketch = Flags(rawValue: 32)
        static let visit = Flags(rawValue: 64)
        static let copy = Flags(rawValue: 128)
    }

    /// What an item was registered as; steps of life are not kept.
    enum Sort: UInt8, Sendable {
        case complaint, sentiment, risk

        init(_ kind: ItemKind) {
            switch kind {
            case .sentiment: self = .sentiment
            case .risk: self = .risk
            case .complaint, .life: self = .complaint
            }
        }
    }

    var ref: ItemRef
    var time: Timestamp
    /// The division as the agency gave it.
    var division: Division
    /// The township, from the code or from the only one that the text names.
    var township: Division
    var category: Category
    /// The class by which it is compared: the agency's, else what its words tell.
    var classNumber: ClassBook.Number = 0
    var isClassGuessed = false
    var heads: Int
    var flags: Flags
    /// What it was registered as.
    var sort: Sort
    /// How people turned to the agency.
    var form: Form?
    /// It was counted as a repeat (重复信访).
    var isRepeat = false
    /// Characters of the masked text.
    var characterCount: Int32
    /// The case, as a number in `Cases`.
    var caseNumber: Int32 = -1
    /// Features by falling weight; their weights stand at the same place of a shelf of their own.
    var features = Shelf<UInt32>.Run()
    var sketch = Shelf<UInt32>.Run()
    /// Names in the text; the place; names of the respondent.
    var textNames = Shelf<Name>.Run()
    var address = Shelf<UInt16>.Run()
    var respondentNames = Shelf<Name>.Run()
    var numbers = Shelf<UInt32>.Run()
    var persons = Shelf<UInt32>.Run()
    /// What it complains of.
    var concepts = Shelf<ConceptBook.Entry>.Run()
    /// It has left the index of rare features (休眠).
    var isAsleep = false
    /// How many of the names in its text stand in the title.
    var titleNameCount: UInt8 = 0
    /// Lengths of the parts of its features.
    var lengths = TextLengths()
    /// The length of its weights in 1/1024 bits and 2^-8.
    var weighedLength: UInt32 = 0
}

/// A feature's share in an item's likeness.
package struct FeatureWeight: Sendable {
    /// The number of the feature in the vocabulary, with where it stands in the upper four bits.
    package var word: UInt32
    /// The weight; the squares of an item's weights add up to 2^30.
    package var weight: UInt16

    /// The number of the feature alone.
    package var feature: UInt32 { word & FeatureWeight.numberMask }

    /// The bits that hold the number.
    package static let numberMask: UInt32 = (1 << 28) - 1

    /// A feature as it lies on the shelves.
    init(word: UInt32, weight: UInt16) {
        self.word = word
        self.weight = weight
    }

    package init(feature: UInt32, marks: PairCounts.Marks, weight: UInt16) {
        word = UInt32(marks.rawValue) << 28 | feature & FeatureWeight.numberMask
        self.weight = weight
    }
}

/// All kept items, by ordinal less one, and the shelves on which their lists lie.
struct KeptItems: Sendable {
    /// The most values of each list of one item; together under 2 KB.
    enum Limits {
        static let features = 120
        static let names = 16
        static let fieldNames = 4
        static let numbers = 12
        static let persons = 64
        static let concepts = 24
    }

    // Not private to the file, so that the codec of states can stand in one of its own.
    var items: [KeptItem] = []
    var featureShelf = Shelf<UInt32>()
    var weightShelf = Shelf<UInt16>()
    var sketchShelf = Shelf<UInt32>()
    var nameShelf = Shelf<Name>()
    var addressShelf = Shelf<UInt16>()
    var numberShelf = Shelf<UInt32>()
    var personShelf = Shelf<UInt32>()
    var conceptShelf = Shelf<ConceptBook.Entry>()

    var count: Int { items.count }

    subscript(number: Int) -> KeptItem {
        // Read in place: a copy would hold on to the texts of its identity.
        _read { yield items[number] }
        _modify { yield &items[number] }
    }

    /// Keeps an item with its traits and persons; returns its number.
    mutating func keep(_ item: KeptItem, traits: Traits, persons: [UInt32]) -> Int {
        var item = item
        item.persons = personShelf.put(persons.prefix(Limits.persons))
        items.append(item)
        take(traits, of: items.count - 1)
        return items.count - 1
    }

    /// Shelves what was read from an item's text, once.
    mutating func take(_ traits: Traits, of number: Int) {
        items[number].sketch = sketchShelf.put(traits.sketch.hashes)
        items[number].textNames = nameShelf.put(traits.textNames)
        items[number].address = addressShelf.put(traits.address.units)
        items[number].respondentNames = nameShelf.put(traits.respondentNames)
        items[number].numbers = numberShelf.put(traits.numbers)
        items[number].titleNameCount = UInt8(clamping: traits.titleNameCount)
    }

    /// Sets an item's features and what it complains of, once.
    mutating func setFeatures(
        _ features: [FeatureWeight],
        concepts: [ConceptBook.Entry],
        lengths: TextLengths,
        weighedLength: UInt32,
        of number: Int
    ) {
        items[number].weighedLength = weighedLength
        let kept = features.prefix(Limits.features)
        items[number].features = featureShelf.put(kept.map(\.word))
        _ = weightShelf.put(kept.map(\.weight))
        items[number].concepts = conceptShelf.put(concepts)
        items[number].lengths = lengths
    }

    /// What an item and the one whose weights are laid out by feature have in common.
    func overlap(of number: Int, with laid: LaidFeatures) -> TextOverlap {
        let run = items[number].features
        return TextOverlap(
            features: featureShelf[run].span,
            weights: weightShelf[weights(of: run)].span,
            laid: laid
        )
    }

    /// The part of that likeness that some features make, and the squares of the item's own weights
    /// in them, summed.
    func share(
        of number: Int,
        with laid: LaidFeatures,
        in part: [UInt32]
    ) -> (product: Int, square: Int) {
        let run = items[number].features
        let (words, weights) = (featureShelf[run], weightShelf[weights(of: run)])
        let (features, own) = (words.span, weights.span)
        // Most features are none of them, which their lowest bits tell.
        var low = UInt64(0)
        for feature in part { low |= 1 << UInt64(feature & 63) }
        var (product, square) = (0, 0)
        for index in features.indices {
            let feature = features[index] & FeatureWeight.numberMask
            guard low & 1 << UInt64(feature & 63) != 0, part.contains(feature) else { continue }
            let weight = Int(own[index])
            product += weight * laid.weight(of: feature)
            square += weight * weight
        }
        return (product, square)
    }

    /// The item has all of these features.
    func hasAll(_ features: [UInt32], _ number: Int) -> Bool {
        let own = featureShelf[items[number].features]
        return features.allSatisfy { feature in
            own.contains { $0 & FeatureWeight.numberMask == feature }
        }
    }

    func time(of number: Int) -> Timestamp { items[number].time }

    /// The item names a place or a respondent in a field of its own.
    func hasFields(_ number: Int) -> Bool {
        !items[number].address.isEmpty || !items[number].respondentNames.isEmpty
    }

    /// Only its text tells of its matter: it has no class, no town, and no such field.
    func isToldByText(_ number: Int) -> Bool {
        items[number].classNumber == 0 && !items[number].township.isTownship && !hasFields(number)
    }

    /// An item's features, as many as are kept.
    func features(of number: Int) -> [FeatureWeight] {
        let run = items[number].features
        return zip(featureShelf[run], weightShelf[weights(of: run)])
            .map { FeatureWeight(word: $0, weight: $1) }
    }

    func sketch(of number: Int) -> ArraySlice<UInt32> { sketchShelf[items[number].sketch] }

    func names(_ run: Shelf<Name>.Run) -> ArraySlice<Name> { nameShelf[run] }

    func address(of number: Int) -> ArraySlice<UInt16> {
        addressShelf[items[number].address]
    }

    func numbers(of number: Int) -> ArraySlice<UInt32> { numberShelf[items[number].numbers] }

    func concepts(of number: Int) -> ArraySlice<ConceptBook.Entry> {
        conceptShelf[items[number].concepts]
    }

    /// The names by which the place of its text is known: those of the title, else its first two.
    func placeNames(of number: Int) -> ArraySlice<Name> {
        Traits.placeNames(names(items[number].textNames), titleCount: items[number].titleNameCount)
    }

    func persons(of number: Int) -> ArraySlice<UInt32> { personShelf[items[number].persons] }

    func hasPersons(_ number: Int) -> Bool { !items[number].persons.isEmpty }

    /// Where the weights of features stand: both shelves are filled alike.
    private func weights(of features: Shelf<UInt32>.Run) -> Shelf<UInt16>.Run {
        Shelf<UInt16>.Run(features)
    }
}
