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
    /// Two letters about a road, two about an estate on it, and one about both.
    private static let entries: [Entry] = [
        letter("zhengshu/1", "03-03 09:00", "桃源大道噪音", "桃源大道夜间大货车噪音扰民,无法入睡。"),
        letter("xinfang/1", "03-03 10:00", "桃源大道噪音", "桃源大道大货车夜间鸣笛,噪音扰民严重。"),
        letter("zhengshu/2", "03-04 09:00", "翠屏湾花园噪音", "翠屏湾花园外夜间噪音太大,影响休息。"),
        letter("xinfang/2", "03-04 10:00", "翠屏湾花园噪音", "翠屏湾花园业主反映夜间噪音影响休息。"),
        letter(
            "zhengshu/3",
            "03-05 09:00",
            "桃源大道翠屏湾花园噪音",
            "桃源大道大货车夜间噪音扰民,翠屏湾花园业主夜间影响休息,无法入睡。"
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

    /// Two cases become one as easily as an item joins.
    private static func engine(_ entries: [Entry]) -> (Engine, [Decision]) {
        var settings = Trial.linkage
        settings.mergePermille = settings.casePermille - 60
        settings.casePermille -= 60
        settings.mergeSinglePermille = settings.joinPermille
        let file = Trial.file(.linkage, .linkage(settings))
        var engine = Engine()
        var decisions: [Decision] = []
        let change = Entry(at: Trial.time("03-01 09:00"), content: .configuration(file))
        for entry in Trial.opening() + [change] + entries { engine.apply(entry, into: &decisions) }
        return (engine, decisions)
    }

    @Test func anItemNearTwoCasesMakesThemOneAndBothNamesLiveOn() throws {
        let (engine, decisions) = CaseMergeTests.engine(CaseMergeTests.entries)
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
        let row = try #require(engine.caseRow(absorbed))
        #expect(row.id == kept)
        #expect(row.items == ItemCount(5))
        #expect(engine.caseMembers(absorbed, limit: 10) == engine.caseMembers(kept, limit: 10))
        #expect(engine.caseMembers(kept, limit: 10).map(\.ordinal) == [1, 2, 3, 4, 5])
        #expect(engine.counts.cases == CaseCount(1))
        #expect(engine.cases(limit: 10).map(\.id) == [kept])
        #expect(engine.cases(after: absorbed, limit: 10).isEmpty)
    }

    @Test func theCaseThatOfficersWereWarnedOfGoesOn() throws {
        var warned = CaseMergeTests.entries
        for place in [2, 3] {
            guard case .item(var item, let digest) = warned[place].content else { continue }
            item.persons = [Trial.person(place)]
            warned[place].content = .item(item, digest)
        }
        let third = Trial.item(
            "rongmeiti/1",
            "03-04 11:00",
            "翠屏湾花园噪音",
            "翠屏湾花园夜间噪音太大,业主无法休息。",
            town: "000000"
        ) { item in
            item.form = .letter
            item.persons = [Trial.person(9)]
        }
        warned.insert(third, at: 4)
        let (engine, decisions) = CaseMergeTests.engine(warned)
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
        #expect(engine.caseRow(Trial.matter("zhengshu/1"))?.id == Trial.matter("zhengshu/2"))
    }
}
