import Analysis
import Domain
import Foundation
import Linkage
import Settings
import Simulation
import Testing

/// The engine on a simulated year and on the labelled complaints, with the repository's own
/// configuration.
@Suite struct YearLinking {
    @Test(.enabled(if: isOptimised, "a year takes minutes without optimisation"))
    func simulatedYearIsLinkedAsItIs() throws {
        let year = SimulatedYear(seed: 1)
        let score = YearScore(year, try YearLinking.configuration())
        let line = Comment(rawValue: score.line)
        // Every total and visit, and the great matter whole and alone.
        #expect(score.comparison.agreesInReport, line)
        #expect(score.comparison.largeMatters == CaseCount(1), line)
        // Wrong and missed joins, in items: under one in a thousand of the year.
        #expect(score.comparison.wrongItems.value * 1000 < year.items.count, line)
        #expect(score.comparison.missedItems.value * 1000 < year.items.count, line)
        #expect(score.comparison.joinedNearMisses == 0, line)
        #expect(score.repeatsMissed <= 3, line)
        #expect(score.repeatsFalse == 0, line)
        #expect(score.copiesMissed <= 3, line)
        #expect(score.copiesFalse <= 3, line)
    }

    @Test(.enabled(if: isOptimised, "a year takes minutes without optimisation"))
    func simulatedYearIsTooHardForAPlainComparisonOfTexts() throws {
        let year = SimulatedYear(seed: 1)
        let plain = PlainComparison(year)
        #expect(plain.joinedNearMisses >= 50, "\(plain)")
        #expect(plain.missedRepeats >= 30, "\(plain)")
    }

    @Test(.enabled(if: Shared.data != nil, "no ../shared/data with labelled complaints"))
    func labelledComplaintsAreLinkedAsReadersWould() throws {
        let rows = try Shared.lines("complaints.jsonl")
        let items = try rows.map(YearLinking.item)
        let first = try #require(items.first)
        var engine = Engine()
        engine.pairLog = PairLog()
        var decisions: [Decision] = []
        var links = DecidedLinks()
        for entry in YearScore.opening(try YearLinking.configuration(), at: first.time) {
            engine.apply(entry, into: &decisions)
        }
        decisions = []
        var now = first.time
        for item in items {
            now = max(now, item.time)
            engine.apply(
                Entry(at: now, content: .item(item, ContentDigest(1, 2, 3, 4))),
                into: &decisions
            )
        }
        for decision in decisions { links.take(decision) }

        var gold: [String: String] = [:]
        var members: [String: [String]] = [:]
        for line in try Shared.lines("gold_dev.jsonl") {
            let id = try #require(line["id"] as? String)
            let matter = try #require(line["matter"] as? String)
            gold[id] = matter
            members[matter, default: []].append(id)
        }
        let score = LinkingScore(ids: items.map(\.ref.id), gold: gold, clusters: links.clusters)
        #expect(score.matters.f1 >= 0.81)
        #expect(score.bcubedMulti.f1 >= 0.90)

        // What was logged makes the very cases that the engine made.
        let log = engine.pairLog ?? PairLog()
        let cases = log.cases(itemCount: items.count, settings: .standard)
        var names: [Int: String] = [:]
        let clusters = links.clusters
        for (place, item) in items.enumerated() {
            let cluster = clusters[item.ref.id] ?? "alone \(place)"
            #expect(names[cases[place], default: cluster] == cluster, "item \(item.ref.id)")
            names[cases[place]] = cluster
        }
        #expect(Set(names.values).count == names.count)

        let alerted = engine.alerts(limit: Engine.rowsMax).filter { $0.kind == .matter }
        let reached = try Shared.lines("warnings_dev.jsonl").filter { line in
            guard line["users3_in_7d"] is [Any], let matter = line["matter"] as? String else {
                return false
            }
            let cases = Set((members[matter] ?? []).compactMap { links.clusters[$0] })
            return alerted.contains { cases.contains($0.caseID.text) }
        }
        #expect(reached.count >= 12)
    }

    private static func configuration() throws -> CountyConfiguration {
        let root = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        return try CountyConfiguration(folder: root.appending(path: "config").path)
    }

    private static func item(_ row: [String: Any]) throws -> Item {
        let content = try #require(row["data"] as? [String: Any])
        let source = try #require(row["source"] as? String)
        let agency = try #require(AgencyID(source: source))
        let id = try #require(row["id"] as? String)
        let time = try #require((row["time"] as? String).flatMap { Timestamp(rfc3339: $0) })
        let kind = try #require((row["type"] as? String).flatMap { ItemKind(type: $0) })
        let code = row["subject"] as? String ?? "000000"
        var item = Item(
            ref: ItemRef(agency: agency, id: id),
            kind: kind,
            time: time,
            division: Division(code: code) ?? .unknown,
            title: content["title"] as? String ?? "",
            text: content["text"] as? String ?? "",
            form: (content["form"] as? String).flatMap(Form.init(rawValue:))
        )
        let persons = content["persons"] as? [[String]] ?? []
        item.persons = persons.map { $0.compactMap { Pseudonym(text: $0) } }
        return item
    }

    private static var isOptimised: Bool {
        #if DEBUG
        false
        #else
        true
        #endif
    }
}
