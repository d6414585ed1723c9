import Domain
import Linkage
import Testing

/// Every link can be computed again from what is kept of its items (归案说明).
@Suite struct WhyTests {
    /// The reasons of all cases of an engine, the cases that became one with others first.
    private func reasons(_ engine: inout Engine) -> [WhyRow] {
        var found: [WhyRow] = []
        for row in engine.cases(limit: 1000) {
            found += engine.absorptions(into: row.id)
            found += engine.why(row.id, limit: 1000)
        }
        return found
    }

    private func accounts(_ rows: [WhyRow]) -> [LinkAccount] {
        rows.compactMap { if case .linked(let account) = $0.basis { account } else { nil } }
    }

    private func isWhole(_ account: LinkAccount) -> Bool {
        account.recomputedPermille == account.scorePermille
            && account.pairs.allSatisfy { pair in
                pair.recomputedPermille == pair.scorePermille
                    && pair.parts.reduce(0) { $0 + $1.points } / 1000 == pair.scorePermille
            }
    }

    private func letter(_ ref: String, _ time: String, _ title: String, _ text: String) -> Entry {
        Trial.item(ref, time, title, text, town: "000000") { $0.form = .letter }
    }

    @Test(arguments: EqualityTests.Source.allCases)
    func everyLinkOfAJournalIsComputedAgainToTheDigit(_ source: EqualityTests.Source) throws {
        var engine = Engine()
        var decisions: [Decision] = []
        for entry in try source.entries() { engine.apply(entry, into: &decisions) }
        let found = accounts(reasons(&engine))
        #expect(found.count >= 3)
        for account in found { #expect(isWhole(account), "\(account)") }
    }

    @Test func aLinkBearsTheScoreOfItsDecision() throws {
        var engine = Trial.engine([])
        var decisions: [Decision] = []
        for entry in CaseMergeTests.entries { engine.apply(entry, into: &decisions) }
        var decided: [Int] = []
        for decision in decisions {
            switch decision.content {
            case .caseOpened(_, _, _, _, let evidence), .caseJoined(_, _, _, let evidence),
                .caseMerged(_, _, _, let evidence):
                decided.append(evidence.scorePermille)
            default: break
            }
        }
        let rows = reasons(&engine)
        #expect(rows.filter { $0.absorbed != nil }.count == 1)
        #expect(accounts(rows).map(\.scorePermille).sorted() == decided.sorted())
        #expect(accounts(rows).allSatisfy(isWhole))
    }

    @Test func whoFoundedACaseNeedsNoReason() throws {
        var engine = Trial.engine(CaseMergeTests.entries)
        let rows = reasons(&engine).filter { $0.absorbed == nil }
        // Each of the two cases that became one had a founder.
        #expect(rows.map(\.basis).filter { $0 == .founded }.count == 2)
        #expect(rows.count == CaseMergeTests.entries.count)
    }

    @Test func aLinkIsExplainedByTheRulesOfItsDay() throws {
        var other = Trial.linkage
        other.basePermille += 40
        other.weights[.text] = 777
        var file = Trial.file(.linkage, .linkage(other))
        file.version = 4711
        let change = Entry(at: Trial.time("03-10 09:00"), content: .configuration(file))
        let estate = "翠屏湾花园捆绑销售车位"
        let text = "翠屏湾花园开盘时开发商捆绑销售车位,不买车位就不让签合同,希望查处。"
        var engine = Trial.engine([
            letter("zhengshu/1", "03-03 09:00", estate, text),
            letter("zhengshu/2", "03-04 09:00", estate + "太过分", "请管一管:" + text),
            change,
            letter("xinfang/1", "03-11 09:00", estate + ",强制购买", text + "谢谢。"),
        ])
        let found = accounts(reasons(&engine))
        #expect(found.map(\.linkage) == [22, 4711])
        #expect(found.allSatisfy { $0.engine == Engine.version })
        #expect(found.allSatisfy(isWhole))
        let weights = found.map { account in
            account.pairs[0].parts.first { $0.key == EvidenceKind.text.key }?.weight
        }
        #expect(weights == [Trial.linkage.weights[.text], 777])
    }

    @Test func aStateReadBackGivesTheSameReasons() throws {
        let entries = try EqualityTests.Source.random.entries()
        var engine = Engine()
        var decisions: [Decision] = []
        for entry in entries { engine.apply(entry, into: &decisions) }
        var again = try StateTests.engine(
            StateTests.bytes(of: engine),
            files: StateTests.files(in: entries)
        )
        let (before, after) = (reasons(&engine), reasons(&again))
        #expect(before == after)
    }

    @Test func askingWhyChangesNoState() throws {
        var engine = Trial.engine(CaseMergeTests.entries)
        let before = StateTests.bytes(of: engine)
        _ = reasons(&engine)
        let after = StateTests.bytes(of: engine)
        #expect(before == after)
    }

    @Test func anItemThatAnOfficerMovedInBearsTheNumberOfTheEdit() throws {
        let road = SeenCase(id: nil, items: [1, 2])
        let grill = SeenCase(id: nil, items: [3, 4])
        let merge = Command(
            officer: "zhang",
            idempotencyKey: "1",
            action: .edit(.merge(road, with: grill), note: "")
        )
        var engine = Trial.engine(
            CaseMergeTests.entries.prefix(4)
                + [Entry(at: Trial.time("03-05 09:00"), content: .command(merge))]
        )
        let rows = reasons(&engine)
        #expect(rows.count == 4)
        // The founder of what was merged into the other stands there by the edit alone.
        #expect(rows.filter { $0.basis == .edited(1) }.map(\.item.ordinal) == [1, 3])
    }

    @Test func reasonsComeInPagesInJournalOrder() throws {
        var engine = Trial.engine(CaseMergeTests.entries)
        let id = try #require(engine.cases(limit: 1).first?.id)
        let first = engine.why(id, limit: 2).map(\.item.ordinal)
        let rest = engine.why(id, after: 2, limit: 10).map(\.item.ordinal)
        #expect(first == [1, 2])
        #expect(rest == [3, 4, 5])
        let none = engine.why(CaseID(county: Trial.county, anchor: 1), limit: 10)
        #expect(none.isEmpty)
    }
}
