/// The agencies of the county (联动单位), from `config/agencies.yaml`.
package struct AgencyRegister: Equatable, Sendable {
    /// One agency.
    package struct Agency: Equatable, Sendable {
        /// The short name.
        package var id: AgencyID
        /// The name in Chinese that officers see.
        package var title: String
        /// Its items count as petition items (信访件) in the statistics.
        package var registersPetitions: Bool
        /// Which agency's heads count when several report one visit: the lowest rank wins.
        package var visitRank: Int
        /// The purpose of an item that names none.
        package var defaultPurpose: Purpose

        /// An agency from its parts.
        package init(
            id: AgencyID,
            title: String,
            registersPetitions: Bool,
            visitRank: Int,
            defaultPurpose: Purpose
        ) {
            self.id = id
            self.title = title
            self.registersPetitions = registersPetitions
            self.visitRank = visitRank
            self.defaultPurpose = defaultPurpose
        }
    }

    /// The agencies in the order of the file.
    package var agencies: [Agency]

    /// A register from its agencies.
    package init(agencies: [Agency]) {
        self.agencies = agencies
    }

    /// An agency by its short name.
    package subscript(id: AgencyID) -> Agency? {
        agencies.first { $0.id == id }
    }
}

/// The classes of content (内容分类), from `config/categories.yaml`.
package struct CategoryRegister: Equatable, Sendable {
    /// Each class with its Chinese title, in the order of the file.
    package var titles: [Entry]

    /// A class and its title.
    package struct Entry: Equatable, Sendable {
        /// The key.
        package var category: Category
        /// The Chinese title.
        package var title: String

        /// A class from its parts.
        package init(category: Category, title: String) {
            self.category = category
            self.title = title
        }
    }

    /// A register from its classes.
    package init(titles: [Entry]) {
        self.titles = titles
    }
}

/// The divisions of the county (行政区划), from `config/divisions.yaml`.
package struct DivisionRegister: Equatable, Sendable {
    /// The county itself.
    package var county: Division
    /// The county's Chinese name.
    package var countyTitle: String
    /// The townships, in the order of the file.
    package var towns: [Town]

    /// A township and its name.
    package struct Town: Equatable, Sendable {
        /// The code.
        package var division: Division
        /// The Chinese name, `安流镇`.
        package var title: String

        /// A township from its parts.
        package init(division: Division, title: String) {
            self.division = division
            self.title = title
        }
    }

    /// A register from its parts.
    package init(county: Division, countyTitle: String, towns: [Town]) {
        self.county = county
        self.countyTitle = countyTitle
        self.towns = towns
    }
}
