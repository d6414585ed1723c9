import Domain
import Linkage
import Settings
import Simulation

/// What the engine makes of a simulated year, against what is true of it.
struct YearScore {
    /// Cases, visits and totals.
    let comparison: YearComparison
    /// Repeats (重复) and copies (转件) that were missed, and found where there are none.
    var repeatsMissed = 0
    var repeatsFalse = 0
    var copiesMissed = 0
    var copiesFalse = 0
    private var repeatOf: [Int: Int] = [:]
    private var copyOf: [Int: Int] = [:]

    /// Feeds a year to a new engine as a hub with this configuration would.
    init(_ year: SimulatedYear, _ configuration: CountyConfiguration) {
        var engine = Engine()
        var decisions: [Decision] = []
        for entry in YearScore.opening(configuration, at: year.items[0].item.time) {
            engine.apply(entry, into: &decisions)
        }
        decisions = []
        for (position, item) in year.items.enumerated() {
            let word = UInt64(position)
            engine.apply(
                Entry(at: item.item.time, content: .item(item.item, ContentDigest(word, 1, 2, 3))),
                into: &decisions
            )
        }
        comparison = YearComparison(YearScore.seen(engine), with: year)
        judgePairs(year, decisions)
    }

    /// The entries with which a journal begins.
    static func opening(_ configuration: CountyConfiguration, at time: Timestamp) -> [Entry] {
        let founding = Founding(
            engineVersion: Engine.version,
            county: configuration.divisions.county,
            hasScenarioClock: true,
            epoch: 1
        )
        return [Entry(at: time, content: .founding(founding))]
            + configuration.files.map { Entry(at: time, content: .configuration($0.file)) }
    }

    /// What an officer who turned every page would see.
    private static func seen(_ engine: borrowing Engine) -> SeenYear {
        var seen = SeenYear()
        var after: CaseID?
        while true {
            let page = engine.cases(after: after, limit: Engine.rowsMax)
            for row in page {
                seen.cases.append(engine.caseMembers(row.id, limit: Engine.rowsMax).map(\.ref))
            }
            after = page.last?.id
            if page.count < Engine.rowsMax { break }
        }
        seen.visits = engine.visits(limit: Engine.rowsMax).filter(\.isJoint).map { row in
            SeenYear.Visit(
                counting: row.counting,
                heads: row.heads,
                others: row.reports.filter { !$0.counts }.map(\.ref)
            )
        }
        let counts = engine.counts
        for row in counts.agencies { seen.totals.items[row.agency.name] = row.all }
        seen.totals.petitions = counts.petitions
        seen.totals.firstTime = counts.petitionsFirst
        seen.totals.classCases = counts.classCases
        seen.totals.classCaseItems = counts.classCaseItems
        seen.totals.visits = counts.jointVisits
        seen.totals.visitHeads = counts.jointVisitHeads
        seen.totals.urgent = counts.urgent
        return seen
    }

    private mutating func judgePairs(_ year: SimulatedYear, _ decisions: [Decision]) {
        var positions: [ItemRef: Int] = [:]
        for (position, item) in year.items.enumerated() { positions[item.item.ref] = position }
        for decision in decisions {
            switch decision.content {
            case .repeated(let later, let earlier):
                if let item = positions[later] { repeatOf[item] = positions[earlier] }
            case .copied(let copy, let original, _):
                if let item = positions[copy] { copyOf[item] = positions[original] }
            default:
                break
            }
        }
        let truth = year.truth
        func isRight(_ earlier: Int?, for item: Int) -> Bool {
            earlier.map { truth.matters[$0] == truth.matters[item] } ?? false
        }
        let repeated = Set(truth.repeats.map(\.item))
        repeatsMissed = repeated.count { !isRight(repeatOf[$0], for: $0) }
        repeatsFalse = repeatOf.count { !repeated.contains($0.key) }
        let copied = Set(truth.copies.map(\.item))
        copiesMissed = copied.count { !isRight(copyOf[$0], for: $0) }
        // Two persons may write one short sentence word for word: that is one text too.
        copiesFalse = copyOf.count { item, original in
            !copied.contains(item) && !YearScore.isOneText(year.items[item], year.items[original])
        }
    }

    private static func isOneText(_ left: SimulatedItem, _ right: SimulatedItem) -> Bool {
        let marks: Set<Character> = ["。", ".", " "]
        return left.item.text.filter { !marks.contains($0) }
            == right.item.text.filter { !marks.contains($0) }
    }

    /// Every figure in one line.
    var line: String {
        """
        错并 \(comparison.wrongItems) 漏并 \(comparison.missedItems) \
        宗 \(comparison.exactMatters)/\(comparison.sharedMatters) \
        near \(comparison.joinedNearMisses)/\(comparison.nearMisses) \
        重复 -\(repeatsMissed) +\(repeatsFalse) 转件 -\(copiesMissed) +\(copiesFalse) \
        \(comparison.differences)
        """
    }
}
