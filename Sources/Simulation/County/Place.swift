internal import Domain
import Storage

/// A place or unit of the simulated county that a matter can be about.
struct Place: Sendable {
    /// What it is.
    enum Kind: Character, CaseIterable, Sendable {
        case estate = "E"
        case village = "V"
        case road = "R"
        case firm = "F"
        case site = "S"
        case school = "C"
        case eatery = "M"
        case store = "N"
        case hospital = "H"
        case bus = "B"
        case river = "W"
        case quarry = "Q"
        case farm = "G"
    }

    let kind: Kind
    /// The index of the town.
    let town: Int
    /// The name as an office writes it.
    let name: String
    /// The name as people say it.
    let short: String
    /// The street that stands before the name of an eatery or a store; else empty.
    var street = ""
    /// The unit that answers for it.
    var unit: String
    /// Who built or uses it: a developer, a project; else the same as the unit.
    var builder: String
    /// Another town has a place of this kind and name.
    var recurs = false
}

/// A town of the county (镇) and how large it is beside the others.
struct Town: Sendable {
    let division: Division
    /// The name, `安流镇`.
    let name: String
    /// Its size; 100 is an ordinary one.
    let size: Int

    init(code: String, name: String, size: Int) {
        guard let division = Division(code: code) else {
            preconditionFailure("a town's code has nine digits")
        }
        self.division = division
        self.name = name
        self.size = size
    }

    /// The sixteen towns of 五华县 (GB/T 10114; DOMAIN §6).
    static let all = [
        Town(code: "441424100", name: "水寨镇", size: 420),
        Town(code: "441424101", name: "河东镇", size: 220),
        Town(code: "441424103", name: "转水镇", size: 100),
        Town(code: "441424104", name: "华城镇", size: 200),
        Town(code: "441424106", name: "岐岭镇", size: 70),
        Town(code: "441424108", name: "潭下镇", size: 90),
        Town(code: "441424109", name: "长布镇", size: 90),
        Town(code: "441424111", name: "周江镇", size: 100),
        Town(code: "441424113", name: "横陂镇", size: 140),
        Town(code: "441424117", name: "郭田镇", size: 60),
        Town(code: "441424118", name: "双华镇", size: 70),
        Town(code: "441424120", name: "安流镇", size: 200),
        Town(code: "441424121", name: "棉洋镇", size: 110),
        Town(code: "441424125", name: "梅林镇", size: 90),
        Town(code: "441424126", name: "华阳镇", size: 80),
        Town(code: "441424127", name: "龙村镇", size: 110),
    ]
}

/// The invented places of the county: names come from short tables, so that they recur between
/// towns on purpose; inside a town a kind has no name twice.
struct Gazetteer: Sendable {
    private(set) var places: [Place] = []
    /// The places of each kind, by index.
    private(set) var byKind: [Place.Kind: [Int]] = [:]
    /// For each kind, groups of places in different towns that bear one name.
    private(set) var namesakes: [Place.Kind: [[Int]]] = [:]

    /// A county from a source of chance.
    init(random: inout SplitMix64) {
        for (index, town) in Town.all.enumerated() {
            for kind in Place.Kind.allCases {
                let count = max(2, Gazetteer.density(kind) * town.size / 100)
                add(kind, count: count, town: index, random: &random)
            }
        }
        var byName: [String: [Int]] = [:]
        for index in places.indices {
            byKind[places[index].kind, default: []].append(index)
            byName[key(index), default: []].append(index)
        }
        for index in places.indices {
            guard let group = byName[key(index)], group.count > 1 else { continue }
            places[index].recurs = true
            if group[0] == index { namesakes[places[index].kind, default: []].append(group) }
        }
    }

    /// The sites in different towns that one contractor builds.
    func sitesByContractor() -> [[Int]] {
        var groups: [[Int]] = []
        var position: [String: Int] = [:]
        for index in byKind[.site] ?? [] {
            let unit = places[index].unit
            if let known = position[unit] {
                if !groups[known].contains(where: { places[$0].town == places[index].town }) {
                    groups[known].append(index)
                }
            } else {
                position[unit] = groups.count
                groups.append([index])
            }
        }
        return groups.filter { $0.count > 1 }
    }

    private func key(_ index: Int) -> String {
        "\(places[index].kind.rawValue)\(places[index].short)"
    }

    /// How many places of a kind an ordinary town has.
    private static func density(_ kind: Place.Kind) -> Int {
        switch kind {
        case .estate: 18
        case .village: 32
        case .road: 30
        case .firm: 24
        case .site: 12
        case .school: 14
        case .eatery: 44
        case .store: 52
        case .hospital: 3
        case .bus: 6
        case .river: 7
        case .quarry: 5
        case .farm: 3
        }
    }

    private mutating func add(
        _ kind: Place.Kind,
        count: Int,
        town: Int,
        random: inout SplitMix64
    ) {
        var used: Set<String> = []
        var tries = 0
        while used.count < count {
            tries += 1
            precondition(tries < 100_000, "the tables hold too few names")
            let place = PlaceNames.make(kind, town: town, random: &random)
            // Names that begin alike in one town would make two matters hard to tell apart.
            if used.insert(place.short).inserted { places.append(place) }
        }
    }
}
