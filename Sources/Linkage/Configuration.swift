import Domain
import Text

/// The configuration in force, with what is made ready from it (生效配置).
struct Configuration: Sendable {
    var county = Division.unknown
    var rules: Rules?
    var rulesVersion: UInt64 = 0
    var settings = LinkageSettings.standard
    var phrases = Phrases(LinkageSettings.standard.boilerplate)
    var agencies = AgencyRegister(agencies: [])
    /// Names that count as places in this county.
    private(set) var places = Phrases(LinkageSettings.standard.places)
    /// Titles of county and towns, which addresses may open with.
    private(set) var divisionTitles = Phrases([])
    /// The pairs of those titles.
    private(set) var divisionPairs: [UInt32] = []
    /// Townships by the name that texts give them.
    private var townships: [Name: Division] = [:]

    /// Items this much later than their time are late (补传).
    var lateAfter: TimeSpan { rules?.lateAfter ?? .hours(24) }

    /// Takes a file into force.
    mutating func adopt(_ file: ConfigurationFile) {
        switch file.content {
        case .rules(let content):
            rules = content
            rulesVersion = file.version
        case .linkage(let content):
            settings = content
            phrases = Phrases(content.boilerplate)
            places = Phrases(content.places)
        case .agencies(let content):
            agencies = content
        case .divisions(let content):
            townships = [:]
            divisionTitles = Phrases([content.countyTitle] + content.towns.map(\.title))
            divisionPairs = ([content.countyTitle] + content.towns.map(\.title)).flatMap {
                PairCounts.pairs(in: PlainText($0).units[...])
            }
            for town in content.towns {
                guard let name = Name.town(title: town.title) else { continue }
                townships[name] = town.division
            }
        case .categories:
            // Categories are titles alone: no decision rests on them.
            break
        }
    }

    /// Where the matter is: the township of the code, or the only one that the item names.
    func township(of item: Item, traits: Traits) -> Division {
        if item.division.isTownship { return item.division }
        var found: Division?
        for name in traits.textNames where name.kind == .town {
            guard let town = townships[name], town != found else { continue }
            if found != nil { return item.division }
            found = town
        }
        guard let found, found.isCompatible(with: item.division) else { return item.division }
        return found
    }
}
