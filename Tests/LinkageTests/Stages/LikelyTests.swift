import Domain
import Linkage
import Testing

/// What a text would repeat, before it is sent (试查重复).
@Suite struct LikelyTests {
    /// A random journal in which nobody is known and nothing names anything else.
    private func entries() throws -> [Entry] {
        try EqualityTests.Source.random.entries().map { entry in
            guard case .item(var item, let digest) = entry.content else { return entry }
            (item.persons, item.relates) = ([], [])
            return Entry(at: entry.at, content: .item(item, digest))
        }
    }

    @Test func whatATrialSaysIsWhatAPushDecides() throws {
        var engine = Engine()
        var (linked, alone) = (0, 0)
        for entry in try entries() {
            var rows: [LikelyRow]?
            if case .item(let item, _) = entry.content, !item.kind.isLife,
                engine.ordinal(of: item.ref) == nil
            {
                rows = engine.likely(item, limit: 20)
            }
            var decisions: [Decision] = []
            engine.apply(entry, into: &decisions)
            guard let rows else { continue }
            var copied: ItemRef?
            var evidence: Evidence?
            for decision in decisions {
                switch decision.content {
                case .copied(_, let original, _): copied = original
                case .caseOpened(_, _, _, _, let found), .caseJoined(_, _, _, let found):
                    evidence = evidence ?? found
                default: break
                }
            }
            #expect(rows.first { $0.isCopy }?.item.ref == copied)
            #expect(rows.contains { $0.isLinked } == (evidence != nil))
            if let evidence {
                linked += 1
                let nearest = rows.first { $0.item.ref == evidence.nearest }
                #expect(nearest?.isLinked == true)
                #expect(nearest?.pair.recomputedPermille == nearest?.pair.scorePermille)
            } else {
                alone += 1
            }
        }
        #expect(linked > 30 && alone > 5)
    }

    @Test func aTrialChangesNoState() throws {
        var engine = Engine()
        var (decisions, asked): ([Decision], Int) = ([], 0)
        for entry in try entries() {
            if case .item(let item, _) = entry.content, decisions.count.isMultiple(of: 7) {
                let before = StateTests.bytes(of: engine)
                var strange = item
                strange.title += "某处从未出现过的字词"
                _ = engine.likely(strange, limit: 20)
                asked += 1
                let after = StateTests.bytes(of: engine)
                #expect(before == after)
            }
            engine.apply(entry, into: &decisions)
        }
        #expect(asked > 10)
    }

    @Test func aTrialFindsNothingByThePersonAlone() throws {
        let person = Trial.person(7)
        var engine = Trial.engine([
            Trial.item("xinfang/1", "03-03 09:00", "井盖松动", "村口井盖松动多日无人维修") {
                $0.persons = [person]
            }
        ])
        let entry = Trial.item("zhengshu/1", "03-04 09:00", "班车取消", "学生上学班车取消") {
            $0.persons = [person]
        }
        guard case .item(let item, _) = entry.content else { return }
        let rows = engine.likely(item, limit: 20)
        #expect(rows == [])
    }

    @Test func anAccusationIsLookedUpNowhere() throws {
        var engine = Trial.engine([])
        let entry = Trial.item("xinfang/1", "03-03 09:00", "井盖松动", "村口井盖松动") {
            $0.purpose = .accusation
        }
        guard case .item(var item, _) = entry.content else { return }
        let accusation = engine.likely(item, limit: 20)
        #expect(accusation == nil)
        item.purpose = .demand
        item.ref = ItemRef(agency: Trial.agency("unknown"), id: "1")
        let stranger = engine.likely(item, limit: 20)
        #expect(stranger == nil)
    }
}
