import Domain
import Text

// What is carried from epoch to epoch: everything of the items but their features.
extension KeptItems {
    func writeCarried(to writer: inout StateWriter) {
        var agencies = Numbering<String>()
        var categories = Numbering<String>()
        let places = items.map { agencies.number(of: $0.ref.agency.name) }
        let classes = items.map { categories.number(of: $0.category.key) }
        writer.begin(.items)
        writer.put(UInt64(items.count))
        writer.put(texts: agencies.values)
        writer.put(list: places)
        for item in items { writer.put(item.ref.id) }
        writer.put(list: items.map(\.time.milliseconds))
        writer.put(list: items.map(\.division.number))
        writer.put(list: items.map(\.township.number))
        writer.put(texts: categories.values)
        writer.put(list: classes)
        writer.put(list: items.map { Int64($0.heads) })
        writer.put(list: items.map(\.flags.rawValue))
        writer.put(list: items.map(\.sortBits))
        writer.put(list: items.map(\.caseNumber))
        writer.put(list: items.map(\.persons.count))
        personShelf.write(to: &writer)
    }

    init(carriedIn reader: inout StateReader) throws(StateError) {
        try reader.begin(.items)
        let count = try reader.count("the items", max: Int(Int32.max))
        let agencies = try reader.agencies("the items' agencies")
        let places: [UInt32] = try reader.list("the items' agencies", count: count)
        var ids: [String] = []
        for _ in 0..<count { ids.append(try reader.text("an item's id")) }
        let times: [Int64] = try reader.list("the items' times", count: count)
        let divisions: [UInt32] = try reader.list("the items' divisions", count: count)
        let townships: [UInt32] = try reader.list("the items' townships", count: count)
        let categories = try reader.categories("the items' categories")
        let classes: [UInt32] = try reader.list("the items' categories", count: count)
        let heads: [Int64] = try reader.list("the items' heads", count: count)
        let flags: [UInt8] = try reader.list("the items' flags", count: count)
        let sorts: [UInt8] = try reader.list("the items' sorts", count: count)
        let cases: [Int32] = try reader.list("the items' cases", count: count)
        let persons: [UInt8] = try reader.list("the items' persons", count: count)
        let known = try Shelf<UInt32>.read(&reader, "the items' persons", counts: persons)
        personShelf = known.shelf
        items.reserveCapacity(count)
        for place in 0..<count {
            guard Int(places[place]) < agencies.count, Int(classes[place]) < categories.count,
                let division = Division(checking: divisions[place]),
                let township = Division(checking: townships[place]),
                let sort = KeptItem.Sort(rawValue: sorts[place] >> 1 & 3),
                let form = KeptItem.form(bits: sorts[place])
            else { throw .badField("item \(place + 1)") }
            items.append(
                KeptItem(
                    ref: ItemRef(agency: agencies[Int(places[place])], id: ids[place]),
                    time: Timestamp(milliseconds: times[place]),
                    division: division,
                    township: township,
                    category: categories[Int(classes[place])],
                    heads: Int(heads[place]),
                    flags: KeptItem.Flags(rawValue: flags[place]),
                    sort: sort,
                    form: form,
                    isRepeat: sorts[place] & 1 == 1,
                    characterCount: 0,
                    caseNumber: cases[place],
                    persons: known.runs[place]
                )
            )
        }
    }

    /// Every number that points to a case or a person points to one that is there.
    func fit(caseCount: Int, personCount: Int) -> Bool {
        items.allSatisfy { $0.caseNumber >= -1 && Int($0.caseNumber) < caseCount }
            && personShelf.values.allSatisfy { Int($0) < personCount }
    }
}

// Sort, form and the mark of a repeat in one byte: a bit for the mark, two for the sort, the rest for the form, 0
// for none.
extension KeptItem {
    fileprivate var sortBits: UInt8 {
        let number = form.flatMap { Form.allCases.firstIndex(of: $0) }.map { UInt8($0 + 1) } ?? 0
        return number << 3 | sort.rawValue << 1 | (isRepeat ? 1 : 0)
    }

    /// The form; the outer `nil` for bits that are none.
    fileprivate static func form(bits: UInt8) -> Form?? {
        let number = Int(bits >> 3)
        guard number > 0 else { return .some(nil) }
        return number <= Form.allCases.count ? Form.allCases[number - 1] : nil
    }
}

// What is derived from the texts and read back only into the same engine.
extension KeptItems {
    func writeDerived(to writer: inout StateWriter) {
        writer.begin(.features)
        writer.put(list: items.map(\.classNumber))
        writer.put(list: items.map { UInt8($0.isClassGuessed ? 1 : 0) })
        writer.put(list: items.map(\.characterCount))
        writer.put(list: items.map(\.features.count))
        writer.put(list: items.map(\.sketch.count))
        writer.put(list: items.map(\.textNames.count))
        writer.put(list: items.map(\.address.count))
        writer.put(list: items.map(\.respondentNames.count))
        writer.put(list: items.map(\.numbers.count))
        writer.put(list: items.map(\.concepts.count))
        writer.put(list: items.map(\.titleNameCount))
        writer.put(list: items.map(\.weighedLength))
        writer.put(list: items.map { UInt8($0.isAsleep ? 1 : 0) })
        featureShelf.write(to: &writer)
        weightShelf.write(to: &writer)
        sketchShelf.write(to: &writer)
        writer.put(list: nameShelf.values.map(\.kind.rawValue))
        writer.put(list: nameShelf.values.map(\.core))
        addressShelf.write(to: &writer)
        numberShelf.write(to: &writer)
        writer.put(list: conceptShelf.values.map(\.word))
    }

    mutating func readDerived(_ reader: inout StateReader) throws(StateError) {
        try reader.begin(.features)
        let count = items.count
        let classes: [UInt8] = try reader.list("the items' classes", count: count)
        let guessed: [UInt8] = try reader.list("the guessed classes", count: count)
        let characters: [Int32] = try reader.list("the items' lengths", count: count)
        let featureCounts: [UInt8] = try reader.list("the items' features", count: count)
        let sketchCounts: [UInt8] = try reader.list("the items' shingles", count: count)
        let names: [UInt8] = try reader.list("the items' names", count: count)
        let addresses: [UInt8] = try reader.list("the items' addresses", count: count)
        let respondents: [UInt8] = try reader.list("the items' respondents", count: count)
        let figures: [UInt8] = try reader.list("the items' numbers", count: count)
        let complaints: [UInt8] = try reader.list("the items' concepts", count: count)
        let titles: [UInt8] = try reader.list("the titles' names", count: count)
        let lengths: [UInt32] = try reader.list("the lengths", count: count)
        let asleep: [UInt8] = try reader.list("the sleeping items", count: count)
        for place in 0..<count {
            items[place].classNumber = classes[place]
            items[place].isClassGuessed = guessed[place] == 1
            items[place].characterCount = characters[place]
            items[place].titleNameCount = titles[place]
            items[place].weighedLength = lengths[place]
            items[place].isAsleep = asleep[place] == 1
        }
        let features = try Shelf<UInt32>.read(&reader, "the features", counts: featureCounts)
        featureShelf = features.shelf
        weightShelf = try Shelf<UInt16>.read(&reader, "the weights", counts: featureCounts).shelf
        let sketches = try Shelf<UInt32>.read(&reader, "the shingles", counts: sketchCounts)
        sketchShelf = sketches.shelf
        let nameCount = zip(names, respondents).reduce(0) { $0 + Int($1.0) + Int($1.1) }
        let kinds: [UInt8] = try reader.list("the names' kinds", count: nameCount)
        let cores: [UInt32] = try reader.list("the names' cores", count: nameCount)
        var found: [Name] = []
        for (kind, core) in zip(kinds, cores) {
            guard let kind = NameKind(rawValue: kind) else { throw .badField("a name's kind") }
            found.append(Name(kind: kind, core: core))
        }
        let places = try Shelf<UInt16>.read(&reader, "the addresses", counts: addresses)
        addressShelf = places.shelf
        let numbers = try Shelf<UInt32>.read(&reader, "the numbers", counts: figures)
        numberShelf = numbers.shelf
        let conceptCount = complaints.reduce(0) { $0 + Int($1) }
        let words: [UInt32] = try reader.list("the concepts", count: conceptCount)
        var (name, concept) = (0, 0)
        for place in 0..<count {
            items[place].features = features.runs[place]
            items[place].sketch = sketches.runs[place]
            items[place].address = places.runs[place]
            items[place].numbers = numbers.runs[place]
            let (inText, ofRespondent) = (Int(names[place]), Int(respondents[place]))
            items[place].textNames = nameShelf.put(found[name..<(name + inText)])
            name += inText
            items[place].respondentNames = nameShelf.put(found[name..<(name + ofRespondent)])
            name += ofRespondent
            let end = concept + Int(complaints[place])
            items[place].concepts = conceptShelf.put(
                words[concept..<end].map { ConceptBook.Entry(word: $0) }
            )
            concept = end
        }
        for place in 0..<count {
            items[place].lengths = TextLengths(self.features(of: place), self.concepts(of: place))
        }
    }

    /// Every feature is one that the index knows.
    func fit(featureCount: Int) -> Bool {
        featureShelf.values.allSatisfy { Int($0 & FeatureWeight.numberMask) < featureCount }
    }

    /// Every concept is one that the book knows.
    func fit(conceptCount: Int) -> Bool {
        conceptShelf.values.allSatisfy { $0.number < conceptCount }
    }
}

/// Numbers values from 0 in the order of their first appearance.
private struct Numbering<Value: Hashable> {
    private(set) var values: [Value] = []
    private var numbers: [Value: UInt32] = [:]

    mutating func number(of value: Value) -> UInt32 {
        if let known = numbers[value] { return known }
        let number = UInt32(values.count)
        numbers[value] = number
        values.append(value)
        return number
    }
}

extension StateReader {
    fileprivate mutating func agencies(_ field: String) throws(StateError) -> [AgencyID] {
        var found: [AgencyID] = []
        for name in try texts(field) {
            guard let agency = AgencyID(name: name) else { throw .badField(field) }
            found.append(agency)
        }
        return found
    }

    fileprivate mutating func categories(_ field: String) throws(StateError) -> [Category] {
        var found: [Category] = []
        for key in try texts(field) {
            guard let category = Category(key: key) else { throw .badField(field) }
            found.append(category)
        }
        return found
    }
}
