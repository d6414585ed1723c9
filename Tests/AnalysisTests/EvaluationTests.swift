import Analysis
import Domain
import Foundation
import Storage
import Testing

@Suite struct EvaluationTests {
    private let ids = ["a", "b", "c", "d", "e", "x"]
    private let gold = ["a": "M", "b": "M", "c": "M", "d": "N", "e": "S"]

    @Test func perfectClustersScoreOne() {
        let score = LinkingScore(
            ids: ids,
            gold: gold,
            clusters: ["a": "1", "b": "1", "c": "1"]
        )
        #expect(score.items == 6)
        #expect(score.judged == 5)
        for quality in [score.pairwise, score.bcubed, score.bcubedMulti, score.matters] {
            #expect(quality.precision == 1)
            #expect(quality.recall == 1)
            #expect(quality.f1 == 1)
        }
        #expect(score.nmi == 1)
    }

    /// By hand: one of three pairs found; (1 + 1 + 1) of three items alone or in a right pair.
    @Test func splitMatterLosesRecallAlone() {
        let score = LinkingScore(ids: ids, gold: gold, clusters: ["a": "1", "b": "1"])
        #expect(score.pairwise.precision == 1)
        #expect(score.pairwise.recall == 0.3333)
        #expect(score.pairwise.f1 == 0.5)
        // Recall of a and b is 2/3, of c 1/3, of d and e 1.
        #expect(score.bcubed.recall == 0.7333)
        #expect(score.bcubedMulti.recall == 0.5556)
        // The pair has Jaccard 2/3 with the matter.
        #expect(score.matters.f1 == 1)
    }

    /// By hand: x has no label, so each link to it is wrong.
    @Test func linkToAnItemWithoutLabelIsWrong() {
        let score = LinkingScore(
            ids: ids,
            gold: gold,
            clusters: ["a": "1", "b": "1", "x": "1"]
        )
        // Pairs ab right, ax and bx wrong.
        #expect(score.pairwise.precision == 0.3333)
        #expect(score.bcubedMulti.precision == 0.7778)
        // Jaccard of {a b x} and {a b c} is 2/4, which is not more than a half.
        #expect(score.matters.precision == 0)
        #expect(score.matters.recall == 0)
    }

    @Test func pairsAreJudgedWhereOneItemHasALabel() {
        let score = CopyScore(
            judged: ["a", "b"],
            labelled: [("a", "b"), ("a", "c")],
            called: [("b", "a"), ("b", "x"), ("y", "x")]
        )
        #expect(score.pairs == 2)
        #expect(score.nearDuplicate.precision == 0.5)
        #expect(score.nearDuplicate.recall == 0.5)
    }

    @Test func decisionsAmountToClustersAndPairs() throws {
        let agency = try #require(AgencyID(name: "xinfang"))
        let refs = ["1", "2", "3"].map { ItemRef(agency: agency, id: $0) }
        let id = CaseID(county: 441_424, number: 7)
        let scope = CaseScope(division: .unknown, category: .unknown)
        let evidence = Evidence(nearest: refs[0], scorePermille: 300, textPermille: 300)
        var links = DecidedLinks()
        for content: Decision.Content in [
            .copied(refs[1], of: refs[0], containmentPermille: 900),
            .caseOpened(id, scope, founder: refs[0], joined: refs[1], evidence),
            .copied(refs[2], of: refs[1], containmentPermille: 900),
            .caseJoined(id, scope, joined: refs[2], evidence),
        ] {
            links.take(Decision(at: Timestamp(milliseconds: 0), content: content))
        }
        #expect(links.clusters == ["1": id.text, "2": id.text, "3": id.text])
        #expect(links.pairs.map { $0.0 + $0.1 } == ["12", "13", "23"])
    }

    @Test func aCaseThatBecameOneWithAnotherGoesByItsName() throws {
        let agency = try #require(AgencyID(name: "xinfang"))
        let refs = ["1", "2", "3", "4"].map { ItemRef(agency: agency, id: $0) }
        let ids = [7, 8, 9].map { CaseID(county: 441_424, number: $0) }
        let scope = CaseScope(division: .unknown, category: .unknown)
        let evidence = Evidence(nearest: refs[0], scorePermille: 300, textPermille: 300)
        var links = DecidedLinks()
        for content: Decision.Content in [
            .caseOpened(ids[0], scope, founder: refs[0], joined: refs[1], evidence),
            .caseOpened(ids[1], scope, founder: refs[2], joined: refs[3], evidence),
            .caseMerged(ids[1], scope, absorbed: ids[0], evidence),
            .caseMerged(ids[2], scope, absorbed: ids[1], evidence),
        ] {
            links.take(Decision(at: Timestamp(milliseconds: 0), content: content))
        }
        #expect(Set(links.clusters.values) == [ids[2].text])
        #expect(links.clusters.count == 4)
    }

    /// The reference scorer and ours on random clusterings of the labelled complaints.
    @Test(
        .enabled(if: Shared.data != nil, "no ../shared/data with labelled complaints"),
        arguments: [UInt64(1), 2, 3, 4]
    )
    func agreesWithTheReferenceScorer(seed: UInt64) throws {
        guard let data = Shared.data else { return }
        let ids = try Shared.lines("complaints.jsonl").compactMap { $0["id"] as? String }
        var gold: [String: String] = [:]
        for line in try Shared.lines("gold_dev.jsonl") {
            if let id = line["id"] as? String { gold[id] = line["matter"] as? String }
        }
        var random = SplitMix64(seed: seed)
        var clusters: [String: String] = [:]
        var pairs: [(String, String)] = []
        for (place, id) in ids.enumerated() {
            switch random.next() % (2 + seed) {
            case 0: clusters[id] = "r\(random.next() % 900)"
            case 1: break
            default: clusters[id] = gold[id]
            }
            if random.next() % 8 == 0, place > 0 { pairs.append((id, ids[place - 1])) }
        }
        let score = LinkingScore(ids: ids, gold: gold, clusters: clusters)
        let reference = try Shared.reference(
            clusters.sorted { $0.key < $1.key }.map { ["id": $0.key, "cluster": $0.value] },
            data: data
        )
        #expect(reference["items"] as? Int == score.items, "seed \(seed)")
        #expect(reference["judged"] as? Int == score.judged, "seed \(seed)")
        #expect(reference["nmi"] as? Double == score.nmi, "seed \(seed)")
        for (name, quality) in [
            ("pairwise", score.pairwise), ("bcubed", score.bcubed),
            ("bcubed_multi", score.bcubedMulti), ("matters", score.matters),
        ] {
            expect(reference[name], quality, "\(name), seed \(seed)")
        }
        let labelled = try Shared.lines("gold_pairs_dev.jsonl").compactMap { line in
            let types = line["types"] as? [String] ?? []
            return types.contains("near_duplicate_text")
                ? (line["a"] as? String ?? "", line["b"] as? String ?? "") : nil
        }
        let copies = CopyScore(judged: Set(gold.keys), labelled: labelled, called: pairs)
        let other = try Shared.reference(
            pairs.map { ["a": $0.0, "b": $0.1] },
            data: data,
            "--pairs"
        )
        #expect(other["pairs"] as? Int == copies.pairs, "seed \(seed)")
        expect(other["near_duplicate"], copies.nearDuplicate, "near duplicates, seed \(seed)")
    }

    private func expect(_ value: Any?, _ quality: LinkingScore.Quality, _ name: String) {
        let found = value as? [String: Double] ?? [:]
        #expect(
            found == [
                "precision": quality.precision, "recall": quality.recall, "f1": quality.f1,
            ],
            "\(name)"
        )
    }
}

/// A source of chance that a seed determines.
