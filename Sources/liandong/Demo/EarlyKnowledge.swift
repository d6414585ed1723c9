import Domain
import Hub
import Linkage
import Wire

/// When linkage warned of the largest case, and when each agency alone would have (早知道).
struct EarlyKnowledge {
    /// One agency's part of the case.
    struct Holding {
        let agency: AgencyID
        let name: String
        let items: Int
        let first: Timestamp
        /// The first time at 黄 or above of the same engine and rules fed this agency's items alone.
        let alone: Timestamp?
    }

    let matter: HubReading.Case
    let holdings: [Holding]
    /// The alert each time its level rose, as an officer was told of it.
    let climb: [ToldAlert]

    /// The first day at 黄 or above with linkage.
    var linked: Timestamp? { climb.first { $0.level >= .yellow }?.at }

    /// - Parameters:
    ///   - matter: The case.
    ///   - told: Its alerts as they were told.
    ///   - source: All lines, of which each agency's are fed again.
    ///   - county: The rules.
    init(
        of matter: HubReading.Case,
        told: [ToldAlert],
        source: DemoSource,
        county: CountySource
    ) {
        self.matter = matter
        var level: AlertLevel?
        climb = told.filter { alert in
            let isHigher = level.map { alert.level > $0 } ?? true
            if isHigher { level = alert.level }
            return isHigher
        }
        let members = Set(matter.refs)
        holdings = matter.row.list("agencies").compactMap { row in
            guard let agency = AgencyID(name: row.string("agency")) else { return nil }
            let times = matter.members.filter { $0.string("source") == agency.source }
                .compactMap { Timestamp(rfc3339: $0.string("time")) }
            guard let first = times.min(), let last = times.max() else { return nil }
            return Holding(
                agency: agency,
                name: row.string("name"),
                items: row.integer("items"),
                first: first,
                alone: EarlyKnowledge.firstWarning(
                    of: members,
                    agency,
                    through: last,
                    source,
                    county
                )
            )
        }.sorted { ($0.first, $0.agency) < ($1.first, $1.agency) }
    }

    /// Feeds one agency's lines to a fresh engine until the last of the case's, and finds the first
    /// alert at 黄 or above that names one of its items.
    private static func firstWarning(
        of members: Set<ItemRef>,
        _ agency: AgencyID,
        through last: Timestamp,
        _ source: DemoSource,
        _ county: CountySource
    ) -> Timestamp? {
        var feed = EngineFeed(county: county.division, configuration: county.files)
        for step in source.steps {
            for part in step where part.agency == agency {
                for bytes in part.lines {
                    let line = feed.inspect(bytes, from: agency)
                    if let item = line.item, item.time > last { return nil }
                    feed.apply(line)
                    let warning = feed.decisions.first { decision in
                        switch decision.content {
                        case .alertRaised(let alert), .alertChanged(let alert):
                            alert.level >= .yellow && alert.items.contains { members.contains($0) }
                        default: false
                        }
                    }
                    if let warning { return warning.at }
                }
            }
        }
        return nil
    }
}
