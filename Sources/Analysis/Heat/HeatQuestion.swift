package import Domain

/// What heat spots are counted by (研判维度).
package enum HeatDimension: String, CaseIterable, Hashable, Sendable {
    /// The division that the item names: a township, or the county where it names none.
    case division
    /// The townships of the county alone; all other items are in one cell.
    case town
    /// The class of content.
    case category
    /// The day of the item's time in the county's calendar.
    case day

    /// Dimensions from names with commas between them, in their order.
    package static func list(_ text: String) throws(HeatMistake) -> [HeatDimension] {
        var dimensions: [HeatDimension] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let name = String(part)
            guard let dimension = HeatDimension(rawValue: name) else { throw .unknown(name) }
            guard !dimensions.contains(dimension) else { throw .twice(name) }
            dimensions.append(dimension)
        }
        return dimensions
    }
}

/// Why a text names no dimensions.
package enum HeatMistake: Error, Hashable, Sendable, CustomStringConvertible {
    /// There is no such dimension.
    case unknown(String)
    /// One stands there twice.
    case twice(String)

    /// What, and what to do.
    package var description: String {
        switch self {
        case .unknown(let name):
            "“\(name)” is none of "
                + HeatDimension.allCases.map(\.rawValue).joined(separator: ", ")
        case .twice(let name): "“\(name)” stands there twice; take one out"
        }
    }
}

/// What heat spots are asked for (热点问题).
package struct HeatQuestion: Hashable, Sendable {
    /// The period; it goes by the items' own times.
    package var period: Period
    /// What a cell is made of, in this order.
    package var dimensions: [HeatDimension]
    /// The townships of the county.
    package var towns: Set<Division>

    /// A question from its parts.
    package init(period: Period, dimensions: [HeatDimension], towns: Set<Division>) {
        self.period = period
        self.dimensions = dimensions
        self.towns = towns
    }
}

/// One coordinate of a cell.
package enum HeatValue: Hashable, Sendable {
    /// A division as the item names it.
    case division(Division)
    /// A township of the county; `nil` for everything else.
    case town(Division?)
    /// A class of content.
    case category(Category)
    /// A day.
    case day(CountyDay)

    /// The code, key or day as text, empty for no township.
    package var text: String {
        switch self {
        case .division(let division): division.code
        case .town(let division): division?.code ?? ""
        case .category(let category): category.key
        case .day(let day): day.description
        }
    }
}
