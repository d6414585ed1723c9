import Domain
import Linkage
import Testing

/// Letters of which only the text tells: no class, no town, no field that names a place.
@Suite struct TextLinkTests {
    private func letter(_ ref: String, _ time: String, _ title: String, _ text: String) -> Entry {
        Trial.item(ref, time, title, text, town: "000000") { $0.form = .letter }
    }

    private func links(_ entries: [Entry]) -> [String] {
        Trial.decisions(entries).compactMap { decision in
            switch decision.content {
            case .copied(let ref, let original, _): "copied \(ref.short) \(original.short)"
            case .caseOpened(_, _, let founder, let joined, _):
                "opened \(founder.short) \(joined.short)"
            case .caseJoined(_, _, let joined, _): "joined \(joined.short)"
            case .caseMerged(let id, _, let absorbed, _): "merged \(absorbed.text) into \(id.text)"
            default: nil
            }
        }
    }

    private func parking(_ ref: String, _ time: String, estate: String = "翠屏湾花园") -> Entry {
        letter(
            ref,
            time,
            "\(estate)捆绑销售车位",
            "我们购买了\(estate)的房子,开发商要求必须购买车位,否则不予办理网签,请有关部门查处捆绑销售行为。"
        )
    }

    @Test func lettersAboutOneEstateAndTroubleAreOneCase() {
        let other = letter(
            "zhengshu/2",
            "03-05 09:00",
            "翠屏湾花园强制购买车位才能签约",
            "翠屏湾花园开盘时开发商捆绑销售车位,不买车位就不让签合同,希望查处。"
        )
        #expect(
            links([parking("zhengshu/1", "03-03 09:00"), other])
                == ["opened zhengshu/1 zhengshu/2"]
        )
    }

    @Test func theSameLetterAboutAnotherEstateIsATemplateAndNeverLinked() {
        #expect(
            links([
                parking("zhengshu/1", "03-03 09:00"),
                parking("xinfang/1", "03-04 09:00", estate: "金沙豪庭小区"),
            ]).isEmpty
        )
    }

    @Test func anotherTroubleAtTheSameEstateIsAnotherMatter() {
        let dogs = letter(
            "zhengshu/2",
            "03-05 09:00",
            "翠屏湾花园幼儿园收费太高",
            "小区配套的幼儿园没有按普惠标准收费,一个学期要一万多元,家长负担很重,请教育部门核查收费依据。"
        )
        #expect(links([parking("zhengshu/1", "03-03 09:00"), dogs]).isEmpty)
    }

    @Test func codesOfDistrictsThatDifferForbidTheLink() {
        func letter(_ ref: String, _ time: String, _ code: String) -> Entry {
            self.letter(
                ref,
                time,
                "\(code)翠屏湾花园捆绑销售车位",
                "开发商要求必须购买车位,否则不予办理网签,请有关部门查处这种捆绑销售的行为,谢谢。"
            )
        }
        #expect(
            links([
                letter("zhengshu/1", "03-03 09:00", "A3区"),
                letter("xinfang/1", "03-04 09:00", "A7县"),
            ])
            .isEmpty
        )
        #expect(
            !links([
                letter("zhengshu/1", "03-03 09:00", "A3区"),
                letter("xinfang/1", "03-04 09:00", "A3区"),
            ])
            .isEmpty
        )
    }

    @Test func namesInAnotherOrderOfCharactersAreTheSameName() {
        let swapped = letter(
            "xinfang/1",
            "03-05 09:00",
            "屏翠湾花园强制捆绑销售车位",
            "屏翠湾花园开盘时开发商捆绑销售车位,不买车位就不让签合同,希望查处。"
        )
        #expect(
            links([parking("zhengshu/1", "03-03 09:00"), swapped])
                == ["opened zhengshu/1 xinfang/1"]
        )
    }
}

/// Late evidence: one newcomer shows that two cases, or a case and a single item, are one.
@Suite struct CaseMergeTests {
    /// Two letters about a road, two about an estate, and one about both.
    static let entries: [Entry] = [
        letter(
            "zhengshu/1",
            "03-03 09:00",
            "桃源大道大货车夜间扰民",
            "桃源大道每天夜里有大货车通过,鸣笛声很大,老人孩子无法入睡,请交警管理。"
        ),
        letter(
            "xinfang/1",
            "03-03 10:00",
            "桃源大道大货车太多",
            "桃源大道夜间大货车超速鸣笛,路边的老人无法入睡,望交警查处。"
        ),
        letter(
            "zhengshu/2",
            "03-04 09:00",
            "翠屏湾花园烧烤店油烟",
            "翠屏湾花园楼下烧烤店油烟直排,窗户不敢开,请城管处理。"
        ),
        letter(
            "xinfang/2",
            "03-04 10:00",
            "翠屏湾花园烧烤油烟扰民",
            "翠屏湾花园一楼的烧烤店每晚油烟很大,住户不敢开窗,请城管处理。"
        ),
        letter(
            "zhengshu/3",
            "03-05 09:00",
            "桃源大道大货车扰民、翠屏湾花园烧烤店油烟",
            "翠屏湾花园楼下烧烤店油烟直排,不敢开窗;桃源大道夜间大货车鸣笛,老人无法入睡,请城管交警处理。"
        ),
    ]

    private static func letter(
        _ ref: String,
        _ time: String,
        _ title: String,
        _ text: String
    ) -> Entry {
        Trial.item(ref, time, title, text, town: "000000") { $0.form = .letter }
    }

    private static func engine(_ entries: [Entry], _ decisions: inout [Decision]) -> Engine {
        var engine = Engine()
        for entry in Trial.opening() + entries { engine.apply(entry, into: &decisions) }
        return engine
    }

    @Test func aSingleItemFollowsANewcomerThatShowsWhereItBelongs() {
        var decisions: [Decision] = []
        let single = [
            CaseMergeTests.entries[0], CaseMergeTests.entries[2], CaseMergeTests.entries[4],
        ]
        let engine = CaseMergeTests.engine(single, &decisions)
        let rows = engine.cases(limit: 10)
        #expect(rows.map(\.items) == [ItemCount(3)])
    }

    @Test func anItemNearTwoCasesMakesThemOneAndBothNamesLiveOn() throws {
        var decisions: [Decision] = []
        let engine = CaseMergeTests.engine(CaseMergeTests.entries, &decisions)
        let merges = decisions.compactMap { decision in
            if case .caseMerged(let id, _, let absorbed, _) = decision.content {
                (id, absorbed)
            } else {
                nil
            }
        }
        let (kept, absorbed) = try #require(merges.first)
        #expect(merges.count == 1)
        #expect(kept == Trial.matter("zhengshu/1"))
        #expect(absorbed == Trial.matter("zhengshu/2"))
        let found = engine.caseRow(absorbed)
        let row = try #require(found)
        #expect(row.id == kept)
        #expect(row.items == ItemCount(5))
        let members = engine.caseMembers(kept, limit: 10)
        let underAlias = engine.caseMembers(absorbed, limit: 10)
        #expect(members.map(\.ordinal) == [1, 2, 3, 4, 5])
        #expect(underAlias == members)
        let (counts, rows) = (engine.counts, engine.cases(limit: 10))
        let after = engine.cases(after: absorbed, limit: 10)
        #expect(counts.cases == CaseCount(1))
        #expect(rows.map(\.id) == [kept])
        #expect(after.isEmpty)
    }

    @Test func theCaseThatOfficersWereWarnedOfGoesOn() {
        var warned = CaseMergeTests.entries
        let third = CaseMergeTests.letter(
            "rongmeiti/1",
            "03-04 11:00",
            "翠屏湾花园烧烤店油烟扰民",
            "翠屏湾花园楼下的烧烤店油烟直排,住户不敢开窗,请城管处理。"
        )
        warned.insert(third, at: 4)
        var decisions: [Decision] = []
        let engine = CaseMergeTests.engine(warned, &decisions)
        let raised = decisions.compactMap { decision in
            if case .alertRaised(let alert) = decision.content { alert.caseID } else { nil }
        }
        #expect(raised.contains(Trial.matter("zhengshu/2")))
        let merged = decisions.contains { decision in
            if case .caseMerged(let id, _, let absorbed, _) = decision.content {
                id == Trial.matter("zhengshu/2") && absorbed == Trial.matter("zhengshu/1")
            } else {
                false
            }
        }
        #expect(merged)
        let row = engine.caseRow(Trial.matter("zhengshu/1"))
        #expect(row?.id == Trial.matter("zhengshu/2"))
    }
}
