import Domain
import Hashing
import LiandongClient
import LiandongClientZeroMQ
import Simulation
import Wire

/// Everything that a hub says of its cases, visits, alerts and totals, read through the protocol.
struct HubReading {
    /// A case with its members.
    struct Case {
        let row: JSONValue
        let members: [JSONValue]

        var id: String { row.string("case") }
        var refs: [ItemRef] { members.compactMap { ItemRef($0) } }
    }

    /// The engine had decided everything that the journal held.
    private(set) var isDecided = false
    private(set) var counts: JSONValue = .null
    private(set) var cases: [Case] = []
    private(set) var visits: [JSONValue] = []
    private(set) var alerts: [JSONValue] = []

    /// Nothing read.
    init() {}

    /// Reads all; waits until the engine has decided everything that the journal holds, a minute at
    /// most.
    init(of county: DemoCounty) throws {
        self = try county.officer.withLine { line throws(Line.Failure) in
            var reading = HubReading()
            var isDecided = false
            for _ in 0..<1200 where !isDecided {
                let status = try line.ask(Query(.status, limit: 1)).rows
                let row = status.elements?.first ?? status
                isDecided = row.integer("applied") >= row.integer("entries")
                // The answer itself waits behind the engine's work; a beat is enough.
                if !isDecided { _ = try line.next(within: 50) }
            }
            reading.isDecided = isDecided
            let counts = try line.ask(Query(.counts, limit: 1)).rows
            reading.counts = counts.elements?.first ?? counts
            for row in try line.askAll(Query(.cases, limit: 500)) {
                let filters: [JSONValue.Member] = [.init("case", .string(row.string("case")))]
                let pages = try line.askAll(Query(.matter, limit: 500, filters: filters))
                let members = pages.filter { $0["items"]?.int == nil }
                reading.cases.append(Case(row: row, members: members))
            }
            reading.visits = try line.askAll(Query(.visits, limit: 500))
            reading.alerts = try line.askAll(Query(.alerts, limit: 500))
            return reading
        }
    }

    /// The cases with the most items, the first opened of equals.
    func largest(_ count: Int) -> [Case] {
        let order = cases.indices.sorted {
            (-cases[$0].members.count, $0) < (-cases[$1].members.count, $1)
        }
        return order.prefix(count).map { cases[$0] }
    }

    /// The gravest alert of a case.
    func alert(of caseID: String) -> JSONValue? {
        alerts.filter { $0.string("case") == caseID }
            .max { $0.integer("report") < $1.integer("report") }
    }

    /// A digest of which items stand together: the cases by their first items, each with its members.
    var partition: String {
        var hasher = SHA256Hasher()
        for entry in cases.map({ $0.refs.map { "\($0.agency.name) \($0.id)" } }).sorted(by: {
            ($0.first ?? "") < ($1.first ?? "")
        }) {
            hasher.update(entry.joined(separator: "\n") + "\n\n")
        }
        return hasher.finalize().hex
    }

    /// The same in the words of the comparison.
    var seen: SeenYear {
        var seen = SeenYear()
        seen.cases = cases.map(\.refs)
        seen.visits = visits.filter { $0["joint"]?.flag == true }.compactMap { visit in
            ItemRef(visit["counting"] ?? .null).map { counting in
                SeenYear.Visit(
                    counting: counting,
                    heads: HeadCount(visit.integer("heads")),
                    others: visit.list("reports").filter { $0["counts"]?.flag != true }
                        .compactMap { ItemRef($0["item"] ?? .null) }
                )
            }
        }
        for agency in counts.list("agencies") {
            seen.totals.items[agency.string("agency")] = ItemCount(agency.integer("items"))
        }
        seen.totals.petitions = ItemCount(counts.integer("petitions"))
        seen.totals.firstTime = ItemCount(counts.integer("petitions_first"))
        seen.totals.classCases = CaseCount(counts.integer("class_cases"))
        seen.totals.classCaseItems = ItemCount(counts.integer("class_case_items"))
        seen.totals.visits = VisitCount(counts.integer("joint_visits"))
        seen.totals.visitHeads = HeadCount(counts.integer("joint_visit_heads"))
        seen.totals.urgent = ItemCount(counts.integer("urgent"))
        return seen
    }
}
