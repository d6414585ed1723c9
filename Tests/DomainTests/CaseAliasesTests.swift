import Domain
import Testing

/// Which identifiers stand for the same case.
@Suite struct CaseAliasesTests {
    private let county: Division
    private let scope: CaseScope
    private let item: ItemRef

    init() throws {
        county = try #require(Division(code: "441424"))
        scope = CaseScope(division: county, category: .unknown)
        item = ItemRef(agency: try #require(AgencyID(name: "xinfang")), id: "1")
    }

    private func id(_ anchor: UInt64) -> CaseID { CaseID(county: county, anchor: anchor) }

    private func merged(_ absorbed: UInt64, into kept: UInt64) -> Decision.Content {
        let evidence = Evidence(nearest: item, scorePermille: 900, textPermille: 900)
        return .caseMerged(id(kept), scope, absorbed: id(absorbed), evidence)
    }

    private func edited(_ kept: UInt64, _ others: [UInt64]) -> Decision.Content {
        .caseEdited(
            CaseEditing(
                number: 1,
                kind: .merge,
                officer: "li",
                commandKey: "k",
                id: id(kept),
                scope: scope,
                others: others.map(id)
            )
        )
    }

    @Test("A case without decisions has its own identifier alone")
    func aCaseWithoutDecisionsHasItsOwnIdentifierAlone() {
        #expect(CaseAliases().names(of: id(1)) == [id(1)])
    }

    @Test("Merged cases answer to each of their identifiers, over any number of merges")
    func mergedCasesAnswerToEachOfTheirIdentifiers() {
        var aliases = CaseAliases()
        aliases.note(merged(2, into: 1))
        aliases.note(merged(1, into: 3))
        aliases.note(merged(5, into: 4))
        for anchor in [UInt64(1), 2, 3] {
            let names = aliases.names(of: id(anchor))
            #expect(names.first == id(3))
            #expect(Set(names) == [id(1), id(2), id(3)])
        }
        #expect(aliases.names(of: id(5)) == [id(4), id(5)])
    }

    @Test("An officer's edit makes aliases, and lets them live again")
    func anEditMakesAliasesAndLetsThemLiveAgain() {
        var aliases = CaseAliases()
        aliases.note(edited(1, [2]))
        #expect(aliases.names(of: id(2)) == [id(1), id(2)])
        aliases.note(edited(1, [2]))
        #expect(aliases.names(of: id(2)) == [id(2)])
        #expect(aliases.names(of: id(1)) == [id(1)])
    }

    @Test("Who is set aside for one identifier of a case is set aside for the case")
    func whoIsSetAsideForOneIdentifierIsSetAsideForTheCase() throws {
        let unit = try #require(AgencyID(name: "xinlianban"))
        let all = try #require(SubjectPattern(text: ">"))
        let register = GrantRegister(
            units: [CountyUnit(name: unit, title: "县信联办")],
            posts: [
                Post(
                    name: "desk",
                    title: "值班室",
                    unit: unit,
                    role: .dutyOfficer,
                    holders: [.init(officer: "li")]
                )
            ],
            grants: [Grant(grantee: .post("desk"), subjects: [all], divisions: [county])],
            recusals: [Recusal(officer: "li", matter: id(2), reason: "亲属")]
        )
        var aliases = CaseAliases()
        aliases.note(merged(2, into: 1))
        func reason(_ matters: [CaseID]) -> Verdict.Reason {
            let time = Timestamp(milliseconds: 1_780_000_000_000)
            return register.judge(
                RightQuestion(.person("li"), .cases, matters: matters, at: time)
            ).reason
        }
        #expect(reason(aliases.names(of: id(1))) == .recused)
        #expect(reason(aliases.names(of: id(3))) == .granted)
    }
}
