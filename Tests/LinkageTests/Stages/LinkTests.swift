import Domain
import Linkage
import Testing

/// Copies, repeats and cases: three likenesses that must not be mixed.
@Suite struct LinkTests {
    private static let story =
        "木工班二十人在鑫达大厦做工,从去年十一月起工资一直没有结清,包工头不接电话,项目部让大家等甲方拨款,"
        + "工人家里等钱用,孩子要交学费,请劳动监察部门督促公司尽快支付全部工资。"

    private func wage(
        _ ref: String,
        _ time: String,
        _ text: String = LinkTests.story,
        site: String = "鑫达大厦工地",
        town: String = Trial.anliu,
        person: Int? = nil
    ) -> Entry {
        Trial.item(ref, time, "\(site)拖欠工资", text, town: town) { item in
            item.place = site
            item.category = Category(key: "labour.wages") ?? .unknown
            item.persons = person.map { [Trial.person($0)] } ?? []
        }
    }

    private func links(_ entries: [Entry]) -> [String] {
        Trial.decisions(entries).compactMap { decision in
            switch decision.content {
            case .copied(let ref, let original, _): "copied \(ref.short) \(original.short)"
            case .repeated(let ref, let first): "repeated \(ref.short) \(first.short)"
            case .caseOpened(_, _, let founder, let joined, _):
                "opened \(founder.short) \(joined.short)"
            case .caseJoined(let id, _, let joined, _):
                "joined \(id == Trial.matter("zhengshu/1") ? "zhengshu/1" : id.text) \(joined.short)"
            default: nil
            }
        }
    }

    @Test func sameTextAtAnotherAgencyIsACopyAndNoRepeat() {
        #expect(
            links([
                wage("zhengshu/1", "03-03 09:00", person: 1),
                wage("xinfang/1", "03-03 10:00", person: 1),
            ]) == ["copied xinfang/1 zhengshu/1", "opened zhengshu/1 xinfang/1"]
        )
    }

    @Test func forwardedTextWithHeadAndFootIsACopy() throws {
        let forwarded = "现将群众反映事项转来,请按职责办理。原文如下:" + LinkTests.story + "请在系统内签收。"
        let decisions = Trial.decisions([
            wage("zhengshu/1", "03-03 09:00"), wage("xinfang/1", "03-03 10:00", forwarded),
        ])
        let found = try #require(
            decisions.compactMap { decision in
                if case .copied(_, let original, let permille) = decision.content {
                    (original, permille)
                } else {
                    nil
                }
            }.first
        )
        #expect(found.0 == Trial.ref("zhengshu/1"))
        #expect((800...1000).contains(found.1))
    }

    @Test func sameTextAboutAnotherEstateIsNeitherCopyNorCase() {
        let other = LinkTests.story.replacing("鑫达大厦", with: "云庭花园")
        #expect(
            links([
                wage("zhengshu/1", "03-03 09:00"),
                wage("xinfang/1", "03-03 10:00", other, site: "云庭花园"),
            ]).isEmpty
        )
    }

    @Test func sameSiteInAnotherTownIsAnotherMatter() {
        #expect(
            links([
                wage("zhengshu/1", "03-03 09:00"),
                wage("xinfang/1", "03-03 10:00", town: Trial.shuizhai),
            ]).isEmpty
        )
    }

    @Test func samePersonAndMatterIsARepeat() {
        #expect(
            links([
                wage("zhengshu/1", "03-03 09:00", "木工班工资没有结清", person: 1),
                wage("zhengshu/2", "03-20 09:00", "说好给的工资又没有下文", person: 1),
                wage("zhengshu/3", "03-21 09:00", "钢筋工的工资也拖着", person: 2),
            ]) == [
                "repeated zhengshu/2 zhengshu/1", "opened zhengshu/1 zhengshu/2",
                "joined zhengshu/1 zhengshu/3",
            ]
        )
    }

    @Test func samePersonAboutAnotherMatterIsNoRepeat() {
        let lamp = Trial.item("zhengshu/2", "03-04 09:00", "路灯不亮", "村口路灯坏了半个月") { item in
            item.place = "福兴村"
            item.category = Category(key: "urban.lighting") ?? .unknown
            item.persons = [Trial.person(1)]
        }
        #expect(links([wage("zhengshu/1", "03-03 09:00", person: 1), lamp]).isEmpty)
    }

    @Test func aPersonStaysTheSameOverAChangeOfTheCountysKey() throws {
        let old = try #require(Pseudonym(text: "k1:p:" + String(repeating: "A", count: 43)))
        let new = try #require(Pseudonym(text: "k2:p:" + String(repeating: "B", count: 43)))
        func entry(_ ref: String, _ time: String, _ text: String, _ keys: [Pseudonym]) -> Entry {
            Trial.item(ref, time, "鑫达大厦工地拖欠工资", text) { item in
                item.place = "鑫达大厦工地"
                item.category = Category(key: "labour.wages") ?? .unknown
                item.persons = [keys]
            }
        }
        let before = entry("zhengshu/1", "03-03 09:00", "木工班工资没有结清", [old])
        let between = entry("zhengshu/2", "03-20 09:00", "说好给的工资没有下文", [old, new])
        let after = entry("zhengshu/3", "04-05 09:00", "钱还是没有到账", [new])
        #expect(
            links([before, between, after]).filter { $0.hasPrefix("repeated") } == [
                "repeated zhengshu/2 zhengshu/1", "repeated zhengshu/3 zhengshu/1",
            ]
        )
        // Without an item in the overlap nothing says that the two are one.
        #expect(links([before, after]).allSatisfy { !$0.hasPrefix("repeated") })
    }

    @Test func anyEqualPseudonymIsTheSamePerson() {
        func entry(_ ref: String, _ time: String, _ text: String, _ keys: [Pseudonym]) -> Entry {
            Trial.item(ref, time, "鑫达大厦工地拖欠工资", text) { item in
                item.place = "鑫达大厦工地"
                item.category = Category(key: "labour.wages") ?? .unknown
                item.persons = [keys]
            }
        }
        // The second names card and telephone, so the third, known by the card, is the first's.
        #expect(
            links([
                entry("zhengshu/1", "03-03 09:00", "木工班工资没有结清", Trial.person(7, "p")),
                entry("zhengshu/2", "03-04 09:00", "说好给的工资没有下文", Trial.person(7, "pi")),
                entry("zhengshu/3", "03-05 09:00", "钱还是没有到账", Trial.person(7, "i")),
            ]).filter { $0.hasPrefix("repeated") } == [
                "repeated zhengshu/2 zhengshu/1", "repeated zhengshu/3 zhengshu/1",
            ]
        )
    }

    @Test func agencyThatNamesAnotherItemJoinsIt() {
        let named = Trial.item("xinfang/1", "03-03 10:00", "道路破损", "桥头路面破损严重") {
            $0.relates = [Trial.ref("zhengshu/1")]
        }
        #expect(
            links([wage("zhengshu/1", "03-03 09:00"), named]) == ["opened zhengshu/1 xinfang/1"]
        )
    }

    @Test func itemNamedBeforeItCameJoinsWhenItComes() {
        let early = Trial.item("xinfang/1", "03-03 08:00", "道路破损", "桥头路面破损严重") {
            $0.relates = [Trial.ref("zhengshu/1")]
        }
        #expect(
            links([early, wage("zhengshu/1", "03-03 09:00")]) == ["opened xinfang/1 zhengshu/1"]
        )
    }

    @Test func caseTellsItsEvidence() throws {
        let decisions = Trial.decisions([
            wage("zhengshu/1", "03-03 09:00", "木工班工资没有结清", person: 1),
            wage("zhengshu/2", "03-03 10:00", "钢筋工工资没有结清", person: 2),
        ])
        let evidence = try #require(
            decisions.compactMap { decision in
                if case .caseOpened(_, _, _, _, let evidence) = decision.content {
                    evidence
                } else {
                    nil
                }
            }.first
        )
        #expect(evidence.nearest == Trial.ref("zhengshu/1"))
        #expect(evidence.sharesPlace && !evidence.sharesPerson && !evidence.isRelated)
        #expect(evidence.scorePermille >= LinkageSettings.standard.joinPermille)
    }

    @Test func caseIsNamedAfterItsFounderAndAnsweredWithItsMembers() throws {
        let entries = [
            wage("zhengshu/1", "03-03 09:00", "木工班工资没有结清", person: 1),
            wage("xinfang/1", "03-03 10:00", "钢筋工工资没有结清", person: 2),
        ]
        let row = try #require(Trial.row(Trial.matter("zhengshu/1"), entries))
        #expect(row.founder == Trial.ref("zhengshu/1"))
        #expect(row.items == Count(2))
        #expect(row.persons == Count(2))
        #expect(row.division == Trial.division(Trial.anliu))
        #expect(row.category.key == "labour.wages")
    }
}
