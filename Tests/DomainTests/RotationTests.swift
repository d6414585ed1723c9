import Domain
import Testing

/// A unit that is there on some days alone (轮驻): its officer stands in the post once for each span.
@Suite struct RotationTests {
    private static let noon = Timestamp(milliseconds: 1_780_000_000_000)

    private static func register() throws -> GrantRegister {
        let unit = try #require(AgencyID(name: "xuanchuan"))
        let all = try #require(SubjectPattern(text: ">"))
        let county = try #require(Division(code: "441424"))
        let beginnings: [Int64] = [0, 48]
        let spans = beginnings.map { hours in
            Term(from: noon + .hours(hours), until: noon + .hours(hours + 8))
        }
        return GrantRegister(
            units: [CountyUnit(name: unit, title: "县委宣传部", presence: .rotating)],
            posts: [
                Post(
                    name: "desk",
                    title: "轮驻岗",
                    unit: unit,
                    role: .agencyContact,
                    holders: spans.map { Post.Holder(officer: "li", term: $0) }
                )
            ],
            grants: [
                Grant(grantee: .post("desk"), subjects: [all], divisions: [county]),
                Grant(grantee: .everyAgency, rights: [.push], subjects: [all], divisions: [county]),
            ]
        )
    }

    @Test(
        "The post's rights hold within each span and rest between them",
        arguments: [
            (-1, false), (0, true), (7, true), (8, false), (47, false), (50, true), (56, false),
        ]
    )
    func theRightsHoldWithinEachSpan(hours: Int64, isThere: Bool) throws {
        let register = try Self.register()
        let time = Self.noon + .hours(hours)
        let access = Access(.person("li"), register, lane: .open)
        #expect(access.holds(.cases, at: time) == isThere)
        let verdict = register.judge(RightQuestion(.person("li"), .cases, at: time))
        #expect(verdict.reason == (isThere ? .granted : .notInPost))
        // The agency's own key goes on.
        let unit = try #require(AgencyID(name: "xuanchuan"))
        #expect(Access(.agency(unit), register, lane: .open).holds(.push, at: time))
    }
}
