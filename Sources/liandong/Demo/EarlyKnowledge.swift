import Domain
import Hub
import Linkage
import Settings
import Storage
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
    ///   - alone: What each agency alone would have been warned of.
    init(of matter: HubReading.Case, told: [ToldAlert], alone: AloneFeeds) {
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
            guard let first = times.min() else { return nil }
            return Holding(
                agency: agency,
                name: row.string("name"),
                items: row.integer("items"),
                first: first,
                alone: alone.firstWarning(of: agency, naming: members)
            )
        }.sorted { ($0.first, $0.agency) < ($1.first, $1.agency) }
    }
}

/// What each agency alone would have been warned of by the same engine and rules (单看各家).
///
/// It runs on a thread of its own beside the demonstration; each agency's lines are fed to a fresh
/// engine in the order in which its daemon sends them.
final class AloneFeeds: Sendable {
    /// An alert at 黄 or above.
    private struct Warning {
        let at: Timestamp
        let items: Set<ItemRef>
    }

    private let found = Locked<[AgencyID: [Warning]]>([:])
    private let thread = Locked<OwnThread?>(nil)

    /// Begins.
    init(_ source: DemoSource, _ county: CountySource) {
        let found = found
        let worker = OwnThread(name: "alone") {
            for agency in CountyTemplate.agencies {
                let warnings = AloneFeeds.warnings(of: agency, source, county)
                found.withLock { $0[agency] = warnings }
            }
        }
        thread.withLock { $0 = worker }
    }

    /// The first alert at 黄 or above that names one of the items; waits for the feeds to end.
    func firstWarning(of agency: AgencyID, naming members: Set<ItemRef>) -> Timestamp? {
        thread.withLock { $0 }?.join()
        return found.withLock { $0[agency] }?.first { !$0.items.isDisjoint(with: members) }?.at
    }

    private static func warnings(
        of agency: AgencyID,
        _ source: DemoSource,
        _ county: CountySource
    ) -> [Warning] {
        var feed = EngineFeed(county: county.division, configuration: county.files)
        var warnings: [Warning] = []
        for step in source.steps {
            for part in step where part.agency == agency {
                for bytes in part.lines {
                    feed.apply(feed.inspect(bytes, from: agency))
                    for decision in feed.decisions {
                        switch decision.content {
                        case .alertRaised(let alert), .alertChanged(let alert):
                            guard alert.level >= .yellow else { continue }
                            warnings.append(Warning(at: decision.at, items: Set(alert.items)))
                        default: continue
                        }
                    }
                }
            }
        }
        return warnings
    }
}
