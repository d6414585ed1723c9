import Domain
import Text

/// What is read from an item's text before it is compared with any other (特征).
struct Traits: Sendable {
    /// Pairs of the title and the beginning of the body.
    var pairs: PairCounts
    /// Title, beginning and respondent, in which a known address may be found.
    var texts: [PlainText]
    /// A sample of the body's shingles.
    var sketch: Sketch
    /// The same as a table, by which many others are compared with it.
    var sketchTable: Sketch.Table
    /// A hash of the body without punctuation.
    var textHash: UInt64
    /// Names in title and body.
    var textNames: [Name]
    /// The field of the place.
    var address: Address
    /// Names in the field of the respondent.
    var respondentNames: [Name]
    /// Hashes of the numbers in title and body.
    var numbers: [UInt32]
    /// How many of `textNames` stand in the title.
    var titleNameCount: Int
    /// Those of `textNames` by which the place of the text is known.
    var placeNames: ArraySlice<Name>
    /// Concepts of the title and of the beginning, as numbers in the settings.
    var titleConcepts: [Int]
    var bodyConcepts: [Int]

    /// The most characters of a body in which names and numbers are looked for.
    private static let namedCharactersMax = 600

    /// Reads an item.
    init(_ item: Item, configuration: Configuration) {
        let title = PlainText(item.title)
        let body = PlainText(item.text)
        let (settings, phrases) = (configuration.settings, configuration.phrases)
        let core = phrases.removed(
            from: Salutation.removed(from: body),
            unitsMax: settings.bodyCharacters
        )
        let heading = phrases.removed(from: Salutation.removed(from: title))
        let titleWording = Wording(heading, words: configuration.words)
        let bodyWording = Wording(core, words: configuration.words)
        titleConcepts = titleWording.meanings
        bodyConcepts = bodyWording.meanings
        pairs = PairCounts(
            title: heading,
            titleWeight: settings.titleWeight,
            titleWording: titleWording,
            body: core,
            bodyWording: bodyWording
        )
        let beginning = body.prefix(Traits.namedCharactersMax)
        sketch = Sketch(body)
        sketchTable = Sketch.Table(sketch)
        textHash = body.hash
        var names = NameFinder.names(in: title, max: KeptItems.Limits.names)
        titleNameCount = names.count
        for name in NameFinder.names(in: beginning, max: KeptItems.Limits.names)
        where names.count < KeptItems.Limits.names && !names.contains(name) {
            names.append(name)
        }
        textNames = names
        placeNames = Traits.placeNames(names[...], titleCount: UInt8(clamping: titleNameCount))
        let place = PlainText(item.place, charactersMax: 2 * Address.unitsMax)
        address = Address(place, divisions: configuration.divisionTitles)
        texts = [title, beginning, PlainText(item.respondent)]
        respondentNames = Traits.names(inField: item.respondent)
        numbers = Traits.numbers(in: [title, beginning])
    }

    /// What is kept of an item's traits; its text is not.
    init(kept number: Int, in items: KeptItems) {
        let item = items[number]
        pairs = PairCounts()
        texts = []
        sketch = Sketch(
            hashes: Array(items.sketch(of: number)),
            isComplete: item.flags.contains(.wholeSketch),
            characterCount: Int(item.characterCount)
        )
        sketchTable = Sketch.Table(sketch)
        textHash = 0
        textNames = Array(items.names(item.textNames))
        placeNames = items.placeNames(of: number)
        address = Address(units: items.address(of: number))
        respondentNames = Array(items.names(item.respondentNames))
        numbers = Array(items.numbers(of: number))
        titleNameCount = Int(item.titleNameCount)
        (titleConcepts, bodyConcepts) = ([], [])
    }

    /// The names by which the place of the text is known: those of the title, else the first two.
    static func placeNames(_ names: ArraySlice<Name>, titleCount: UInt8) -> ArraySlice<Name> {
        let inTitle = names.prefix(Int(titleCount))
        return inTitle.contains { !$0.kind.isDivision } ? inTitle : names.prefix(2 + inTitle.count)
    }

    /// The characters stand in the title, the beginning or the respondent.
    func name(_ units: ArraySlice<UInt16>) -> Bool {
        guard let first = units.first else { return false }
        return texts.contains { text in
            text.units.indices.contains {
                text.units[$0] == first && text.units[$0...].starts(with: units)
            }
        }
    }

    private static func names(inField field: String) -> [Name] {
        guard !field.isEmpty else { return [] }
        return NameFinder.names(inField: PlainText(field), max: KeptItems.Limits.fieldNames)
    }

    private static func numbers(in texts: [PlainText]) -> [UInt32] {
        var found: [UInt32] = []
        for text in texts {
            for number in text.numbers(max: KeptItems.Limits.numbers)
            where found.count < KeptItems.Limits.numbers && !found.contains(number) {
                found.append(number)
            }
        }
        return found.sorted()
    }
}
