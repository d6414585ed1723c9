import Domain
import Testing

/// A yes in the sealed lane says of which accusations it holds.
@Suite struct VerdictLimitTests {
    private static let now = Timestamp(milliseconds: 1_780_000_000_000)

    /// What is answered to the one holder of a post in the bureau, which has an office below it.
    private static func verdict(
        _ right: Right,
        _ role: Role,
        _ competences: Set<Competence>? = nil,
        lane: Lane = .sealed
    ) throws -> (Verdict, GrantRegister) {
        func id(_ name: String) throws -> AgencyID { try #require(AgencyID(name: name)) }
        let register = GrantRegister(
            units: [
                CountyUnit(name: try id("ju"), title: "县市监局"),
                CountyUnit(name: try id("suo"), title: "水寨市监所", parent: try id("ju")),
                CountyUnit(name: try id("other"), title: "县水务局"),
            ],
            posts: [
                Post(
                    name: "post",
                    title: "岗位",
                    unit: try id("ju"),
                    role: role,
                    holders: [.init(officer: "li")]
                )
            ],
            grants: [
                Grant(
                    grantee: .post("post"),
                    subjects: [try #require(SubjectPattern(text: ">"))],
                    divisions: [try #require(Division(code: "441424"))],
                    lane: lane,
                    competences: competences
                )
            ]
        )
        let question = RightQuestion(.person("li"), right, at: now, lane: lane)
        return (register.judge(question), register)
    }

    @Test("It names competences and the units that are never spoken of, as the hub asks them")
    func aYesNamesItsLimits() throws {
        let (verdict, register) = try Self.verdict(.cases, .agencyContact, [.enforcement])
        #expect(verdict.isAllowed)
        let limits = try #require(verdict.limits)
        #expect(limits.competences == [.enforcement])
        #expect(Set(limits.units.map(\.name)) == ["ju", "suo"])
        #expect(!limits.coversUncertain)
        let access = Access(.person("li"), register, lane: .sealed)
        #expect(limits == access.clearance(for: .cases, at: Self.now))
    }

    @Test("Even who hears all accusations hears none of the own unit")
    func whoHearsAllHearsNoneOfTheOwnUnit() throws {
        let limits = try #require(try Self.verdict(.text, .discipline).0.limits)
        #expect(limits.competences == nil && limits.coversUncertain)
        #expect(limits.units.map(\.name) == ["ju"])
    }

    @Test("In the open lane, and of the hub itself, a yes has no limits, and a no never has")
    func whatSpeaksOfNoAccusationHasNoLimits() throws {
        let open = try Self.verdict(.cases, .agencyContact, lane: .open).0
        #expect(open.isAllowed && open.limits == nil)
        let status = try Self.verdict(.status, .discipline).0
        #expect(status.isAllowed && status.limits == nil)
        let refused = try Self.verdict(.counts, .agencyContact).0
        #expect(!refused.isAllowed && refused.limits == nil)
    }
}
