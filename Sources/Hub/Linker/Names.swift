import Domain

/// The Chinese names of what decisions name by code, from the configuration in force (名称).
struct Names: Sendable {
    private var divisions: [Division: String] = [:]
    private var categories: [Category: String] = [:]
    private var agencies: [AgencyID: String] = [:]

    /// Takes over a configuration file.
    mutating func adopt(_ file: ConfigurationFile) {
        switch file.content {
        case .divisions(let register):
            divisions = [register.county: register.countyTitle]
            for town in register.towns { divisions[town.division] = town.title }
        case .categories(let register):
            categories = [:]
            for entry in register.titles { categories[entry.category] = entry.title }
        case .agencies(let register):
            agencies = [:]
            for agency in register.agencies { agencies[agency.id] = agency.title }
        case .rules, .linkage, .grants: break
        }
    }

    /// A division's name; its code where the county does not know it, 地点不详 for an unknown one.
    func of(_ division: Division) -> String {
        if division.isUnknown { return "地点不详" }
        return divisions[division] ?? divisions[division.county] ?? division.code
    }

    /// A category's title, or its key.
    func of(_ category: Category) -> String { categories[category] ?? category.key }

    /// An agency's name, or its short name.
    func of(_ agency: AgencyID) -> String { agencies[agency] ?? agency.name }
}
