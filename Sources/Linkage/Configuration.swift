import Domain
import Text

/// The configuration in force, with what is made ready from it (生效配置).
struct Configuration: Sendable {
    var county = Division.unknown
    var rules: Rules?
    var rulesVersion: UInt64 = 0
    /// Words that ask for a look; `nil` where the rules name none.
    private(set) var wording: Phrases?
    /// The version of each file in force, by the file's number.
    private(set) var versions: [UInt8: UInt64] = [:]
    var settings = LinkageSettings.standard
    /// The weights of evidence in the order of its kinds.
    private(set) var evidenceWeights = Configuration.weights(of: .standard)
    var phrases = Phrases(LinkageSettings.standard.boilerplate)
    /// Words of complaints by the number of their concept, and everyday words.
    private(set) var words = Configuration.words(of: .standard)
    var agencies = AgencyRegister(agencies: [])
    /// Who may command; `nil` where the journal is from before there were grants.
    private(set) var grants: GrantRegister?
    /// Names that count as places in this county.
    private(set) var places = Phrases(LinkageSettings.standard.places)
    /// Titles of county and towns, which addresses may open with.
    private(set) var divisionTitles = Phrases([])
    /// The pairs of those titles.
    private(set) var divisionPairs: [UInt32] = []
    /// Towns with the characters of their titles, as texts write them.
    private var towns: [(title: [UInt16], division: Division)] = []
    /// What those titles begin with.
    private var townStarts = UnitSet([])

    /// Items this much later than their time are late (补传).
    var lateAfter: TimeSpan { rules?.lateAfter ?? .hours(24) }

    /// Takes a file into force.
    mutating func adopt(_ file: ConfigurationFile) {
        versions[file.name.rawValue] = file.version
        switch file.content {
        case .rules(let content):
            rules = content
            rulesVersion = file.version
            wording = content.wording.map { Phrases($0.words) }
        case .linkage(let content):
            settings = content
            phrases = Phrases(content.boilerplate)
            words = Configuration.words(of: content)
            evidenceWeights = Configuration.weights(of: content)
            places = Phrases(content.places)
        case .agencies(let content):
            agencies = content
        case .divisions(let content):
            divisionTitles = Phrases([content.countyTitle] + content.towns.map(\.title))
            divisionPairs = ([content.countyTitle] + content.towns.map(\.title)).flatMap {
                PairCounts.pairs(in: PlainText($0).units[...])
            }
            towns = content.towns.map { (PlainText($0.title).units, $0.division) }
            townStarts = UnitSet(towns.compactMap(\.title.first))
        case .grants(let content): grants = content
        case .categories:
            // Categories are titles alone: no decision rests on them.
            break
        }
    }

    private static func weights(of settings: LinkageSettings) -> [Int] {
        EvidenceKind.allCases.map { settings.weights[$0] ?? 0 }
    }

    private static func words(of settings: LinkageSettings) -> WordTable {
        let concepts = settings.concepts.enumerated().flatMap { number, group in
            group.words.map { (word: $0, meaning: number) }
        }
        return WordTable(
            concepts + settings.everydayWords.map { (word: $0, meaning: WordTable.everyday) }
        )
    }

    /// Where the matter is: the township of the code, or the only one that the item names.
    func township(of item: Item, traits: Traits) -> Division {
        if item.division.isTownship { return item.division }
        var found: Division?
        for text in traits.texts {
            for (town, _) in towns(in: text) where town != found {
                if found != nil { return item.division }
                found = town
            }
        }
        guard let found, found.isCompatible(with: item.division) else { return item.division }
        return found
    }

    /// The address that a text names right after the title of a town.
    func address(in texts: some Sequence<PlainText>, of township: Division) -> Address? {
        guard township.isTownship else { return nil }
        for text in texts {
            for (town, end) in towns(in: text) where town == township {
                let units = Address.opening(of: text.units[end...])
                if units.count >= 3 { return Address(units: units) }
            }
        }
        return nil
    }

    /// Towns whose titles stand in a text, each with the end of its title.
    private func towns(in text: PlainText) -> [(town: Division, end: Int)] {
        var found: [(town: Division, end: Int)] = []
        let units = text.units.span
        for index in units.indices where townStarts.contains(units[index]) {
            let unit = units[index]
            for (title, division) in towns
            where title.first == unit && text.units[index...].starts(with: title) {
                found.append((division, index + title.count))
            }
        }
        return found
    }
}
