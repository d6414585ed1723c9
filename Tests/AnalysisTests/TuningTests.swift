import Analysis
import Domain
import Linkage
import Testing

/// Fitting weights to labels, and what went wrong most.
@Suite struct TuningTests {
    /// Letters about four estates with two troubles each, three a matter, by turns.
    private struct Letters {
        private(set) var ids: [String] = []
        private(set) var gold: [String: String] = [:]
        private(set) var log = PairLog()
        private(set) var links = DecidedLinks()

        private static let troubles = [
            [
                ("夜间噪音扰民", "楼下的烧烤店每天夜里营业到两点,音响声音很大,住户无法入睡"),
                ("烧烤店噪音太大", "烧烤店夜里噪音不断,老人孩子都睡不好,请城管部门管一管"),
                ("商铺噪音问题", "一楼烧烤店通宵营业,夜间噪音严重影响休息,希望尽快整治"),
            ],
            [
                ("捆绑销售车位", "开发商要求买房必须先买车位,否则不给办理网签手续"),
                ("强制购买车位", "不买车位就不能签购房合同,开发商捆绑销售,请住建部门查处"),
                ("买房要搭车位", "销售人员说车位必须一起买,这是捆绑销售,希望有关部门处理"),
            ],
        ]

        init() throws {
            let agency = try #require(AgencyID(name: "zhengshu"))
            var engine = Engine()
            engine.pairLog = PairLog()
            var decisions: [Decision] = []
            var time = Timestamp(milliseconds: 1_740_000_000_000)
            for round in 0..<3 {
                for estate in ["翠屏湾花园", "金沙豪庭", "云岭名苑", "江畔新城"] {
                    for (trouble, texts) in Letters.troubles.enumerated() {
                        let id = "\(ids.count)"
                        let (title, text) = texts[round]
                        ids.append(id)
                        gold[id] = "\(estate)-\(trouble)"
                        time = time + .hours(7)
                        let item = Item(
                            ref: ItemRef(agency: agency, id: id),
                            kind: .complaint,
                            time: time,
                            division: .unknown,
                            title: estate + title,
                            text: "我们是\(estate)的业主。\(text)。",
                            form: .letter
                        )
                        let digest = ContentDigest(UInt64(ids.count), 0, 0, 0)
                        engine.apply(
                            Entry(at: time, content: .item(item, digest)),
                            into: &decisions
                        )
                    }
                }
            }
            for decision in decisions { links.take(decision) }
            let seen = engine.pairLog
            log = try #require(seen)
        }

        func tuning(apart: [(String, String)] = []) -> Tuning {
            Tuning(streams: [.init(ids: ids, log: log)], gold: gold, apart: apart)
        }
    }

    /// The standard without anything learnt.
    private var blank: LinkageSettings {
        var settings = LinkageSettings.standard
        settings.weights = [:]
        settings.basePermille = 0
        settings.casePermille = settings.joinPermille
        return settings
    }

    @Test func theLogMakesTheCasesThatTheEngineMade() throws {
        let letters = try Letters()
        let cases = letters.log.cases(itemCount: letters.ids.count, settings: .standard)
        let clusters = letters.links.clusters
        #expect(!clusters.isEmpty)
        for (one, id) in letters.ids.enumerated() {
            for (other, second) in letters.ids.enumerated() where one < other {
                let isOne = clusters[id] != nil && clusters[id] == clusters[second]
                #expect((cases[one] == cases[other]) == isOne, "\(id) and \(second)")
            }
        }
    }

    @Test func aStartFromTheLabelsAloneLinksWhatIsOneMatter() throws {
        let tuning = try Letters().tuning()
        #expect(tuning.figures(blank).matters == 0)
        let fitted = tuning.fitted(from: blank)
        #expect(tuning.figures(fitted).matters > 0.5)
        #expect(fitted.weights.count == EvidenceKind.allCases.count)
    }

    @Test func aSearchMakesNothingWorseAndItsSeedDecides() throws {
        let tuning = try Letters().tuning()
        let start = tuning.fitted(from: blank)
        for seed in [UInt64(1), 2] {
            let found = tuning.searched(from: start, steps: 60, seed: seed)
            #expect(tuning.figures(found).value >= tuning.figures(start).value, "seed \(seed)")
            #expect(tuning.searched(from: start, steps: 60, seed: seed) == found, "seed \(seed)")
        }
    }

    @Test func pairsThatMustStayApartCount() throws {
        let letters = try Letters()
        let linked = try #require(
            letters.ids.indices.dropFirst().first { place in
                let clusters = letters.links.clusters
                return clusters["0"] != nil && clusters["\(place)"] == clusters["0"]
            }
        )
        let settings = LinkageSettings.standard
        let without = letters.tuning().figures(settings)
        let with = letters.tuning(apart: [("0", "\(linked)"), ("0", "no such item")])
            .figures(settings)
        #expect(without.apart == 0 && with.apart == 1)
        #expect(with.value < without.value)
    }

    @Test func foldsPartTheLabelledMatters() throws {
        let letters = try Letters()
        let folds = letters.tuning().folds(3)
        #expect(folds.map(\.count) == [3, 3, 2])
        #expect(folds.reduce(Set()) { $0.union($1) } == Set(letters.gold.values))
    }

    @Test func theWorstErrorsAreThoseOfTheMostPairs() throws {
        let letters = try Letters()
        // Items 0 and 8 are one matter, 1 and 9 another, 2 and 10 a third.
        let clusters = ["0": "a", "1": "a", "8": "b", "9": "c", "17": "c", "2": "d", "10": "d"]
        let errors = WorstErrors(log: letters.log, settings: .standard).found(
            2,
            ids: letters.ids,
            gold: letters.gold.filter { Int($0.key) ?? 0 < 18 },
            clusters: clusters
        )
        #expect(errors.map(\.kind) == [.joined, .split, .split])
        #expect(errors.first?.pairs == 1)
        #expect(errors.first.map { [$0.earlier, $0.later] } == [0, 1])
        // Item 1 of one case, 9 and 17 of another.
        #expect(errors.dropFirst().first?.pairs == 2)
        #expect(errors.dropFirst().first?.earlier == 1)
        let score = try #require(errors.dropFirst().first?.scorePermille)
        let parts = errors[1].parts.reduce(0) { $0 + $1.permille }
        #expect(abs(LinkageSettings.standard.basePermille + parts - score) <= 14)
    }
}
