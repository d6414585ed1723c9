import Analysis
import Domain
import Linkage
import Settings
import Simulation

/// How the engine links a simulated year, against what is true of it.
struct YearScore {
    /// Class cases and, where there is exactly one, whether it is the great matter and nothing else.
    var classCases = 0
    var classCaseItems = 0
    var greatIsWhole = false
    var visits = 0
    var visitHeads = 0
    var petitions = 0
    var petitionsFirst = 0
    var urgent = 0
    /// Items, and matters of two items or more.
    var items = 0
    var matters = 0
    /// Matters of two items or more that are one case with nothing else in it.
    var mattersExact = 0
    /// Wrong joins (错并): cases that hold two matters, their items, and the pairs across.
    var mixedCases = 0
    var mixedItems = 0
    var wrongPairs = 0
    /// Missed joins (漏并): items outside the largest part of their matter, and the pairs cut.
    var missedItems = 0
    var missedPairs = 0
    var nearMisses = 0
    var nearMissesJoined = 0
    var repeats = 0
    var repeatsMissed = 0
    var repeatsFalse = 0
    var copies = 0
    var copiesMissed = 0
    var copiesFalse = 0
    /// The founder of each item's case; itself where it has none.
    private(set) var founders: [Int] = []
    /// The decisions about each item, by position.
    private(set) var evidence: [Int: Evidence] = [:]
    private(set) var repeatOf: [Int: Int] = [:]
    private(set) var copyOf: [Int: Int] = [:]

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
        self.init(year, decisions, engine.counts)
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

    /// Judges decisions about a year.
    init(_ year: SimulatedYear, _ decisions: [Decision], _ counts: Counts) {
        var positions: [ItemRef: Int] = [:]
        for (position, item) in year.items.enumerated() { positions[item.item.ref] = position }
        founders = Array(year.items.indices)
        var opened: [CaseID: Int] = [:]
        for decision in decisions {
            switch decision.content {
            case .caseOpened(let id, _, let founder, let joined, let why):
                guard let one = positions[founder], let other = positions[joined] else { continue }
                opened[id] = one
                founders[other] = one
                evidence[other] = why
            case .caseJoined(let id, _, let joined, let why):
                guard let one = opened[id], let other = positions[joined] else { continue }
                founders[other] = one
                evidence[other] = why
            case .repeated(let later, let earlier):
                guard let one = positions[later], let other = positions[earlier] else { continue }
                repeatOf[one] = other
            case .copied(let copy, let original, _):
                guard let one = positions[copy], let other = positions[original] else { continue }
                copyOf[one] = other
            default:
                break
            }
        }
        visits = counts.jointVisits.value
        visitHeads = counts.jointVisitHeads.value
        petitions = counts.petitions.value
        petitionsFirst = counts.petitionsFirst.value
        urgent = counts.urgent.value
        classCases = counts.classCases.value
        classCaseItems = counts.classCaseItems.value
        items = year.items.count
        judgeClusters(year.truth)
        judgePairs(year)
    }

    private mutating func judgeClusters(_ truth: SimulatedTruth) {
        var clusters: [Int: [Int]] = [:]
        for (item, founder) in founders.enumerated() { clusters[founder, default: []].append(item) }
        for members in clusters.values where members.count > 1 {
            var sizes: [Int: Int] = [:]
            for item in members { sizes[truth.matters[item], default: 0] += 1 }
            if sizes.count > 1 {
                mixedCases += 1
                mixedItems += members.count
            }
            wrongPairs += YearScore.pairs(members.count)
            for size in sizes.values { wrongPairs -= YearScore.pairs(size) }
        }
        let great = truth.largeMatters
        for (matter, members) in truth.itemsByMatter.enumerated() where members.count > 1 {
            matters += 1
            var parts: [Int: Int] = [:]
            for item in members { parts[founders[item], default: 0] += 1 }
            missedItems += members.count - (parts.values.max() ?? 0)
            missedPairs += YearScore.pairs(members.count)
            for size in parts.values { missedPairs -= YearScore.pairs(size) }
            let isExact = parts.count == 1 && clusters[founders[members[0]]]?.count == members.count
            if isExact { mattersExact += 1 }
            if great == [matter] { greatIsWhole = isExact }
        }
    }

    private mutating func judgePairs(_ year: SimulatedYear) {
        let truth = year.truth
        nearMisses = truth.nearMisses.count
        nearMissesJoined = truth.nearMisses.count { founders[$0.items[0]] == founders[$0.items[1]] }
        repeats = truth.repeats.count
        let repeated = Set(truth.repeats.map(\.item))
        repeatsMissed = repeated.count { !isRight(repeatOf[$0], for: $0, truth) }
        repeatsFalse = repeatOf.count { !repeated.contains($0.key) }
        copies = truth.copies.count
        let copied = Set(truth.copies.map(\.item))
        copiesMissed = copied.count { !isRight(copyOf[$0], for: $0, truth) }
        // Two persons may write one short sentence word for word: that is one text too.
        copiesFalse = copyOf.count { item, original in
            !copied.contains(item) && !YearScore.isOneText(year.items[item], year.items[original])
        }
    }

    private func isRight(_ earlier: Int?, for item: Int, _ truth: SimulatedTruth) -> Bool {
        earlier.map { truth.matters[$0] == truth.matters[item] } ?? false
    }

    private static func isOneText(_ left: SimulatedItem, _ right: SimulatedItem) -> Bool {
        let marks: Set<Character> = ["。", ".", " "]
        return left.item.text.filter { !marks.contains($0) }
            == right.item.text.filter { !marks.contains($0) }
    }

    private static func pairs(_ count: Int) -> Int { count * (count - 1) / 2 }

    /// Every figure in one line.
    var line: String {
        """
        类案 \(classCases)/\(classCaseItems)\(greatIsWhole ? "=" : "!") 群访 \(visits)/\(visitHeads) \
        初次 \(petitionsFirst)/\(petitions) 突发 \(urgent) 宗 \(mattersExact)/\(matters) \
        错并 \(mixedCases) cases \(mixedItems) items \(wrongPairs) pairs \
        漏并 \(missedItems) items \(missedPairs) pairs near \(nearMissesJoined)/\(nearMisses) \
        重复 -\(repeatsMissed) +\(repeatsFalse)/\(repeats) 转件 -\(copiesMissed) +\(copiesFalse)/\(copies) \
        of \(items)
        """
    }
}
