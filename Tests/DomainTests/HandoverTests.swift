import Domain
import Testing

/// What somebody leaves behind who leaves a post.
@Suite struct HandoverTests {
    private static let now = Timestamp(milliseconds: 1_780_000_000_000)

    private static func post(_ name: String, _ holders: [Post.Holder]) throws -> Post {
        Post(
            name: name,
            title: "岗位",
            unit: try #require(AgencyID(name: "lianban")),
            role: .dutyOfficer,
            holders: holders
        )
    }

    private static func list(_ posts: [Post], _ recusals: [Recusal] = []) -> HandoverList {
        HandoverList(
            of: "chen",
            GrantRegister(units: [], posts: posts, grants: [], recusals: recusals),
            at: now
        )
    }

    @Test func theOneBehindIsWhoHasThePostWhenTheTermEnds() throws {
        let end = Self.now + .days(2)
        let posts = [
            try Self.post(
                "desk",
                [
                    .init(officer: "chen", term: Term(until: end)),
                    .init(officer: "li", term: Term(from: end)),
                    .init(officer: "wang", term: Term(until: Self.now + .days(1))),
                    .init(officer: "zhao", isDeputy: true),
                ]
            ),
            try Self.post("night", [.init(officer: "chen"), .init(officer: "wang")]),
            try Self.post("day", [.init(officer: "chen", term: Term(until: end))]),
        ]
        let held = Self.list(posts).held
        #expect(held.map(\.post.name) == ["desk", "night", "day"])
        #expect(held.map(\.successors) == [["li"], ["wang"], []])
        #expect(held.map(\.until) == [end, nil, end])
    }

    @Test func whatIsOverOrSomebodyElsesIsLeftOut() throws {
        let posts = [
            try Self.post("old", [.init(officer: "chen", term: Term(until: Self.now))]),
            try Self.post("other", [.init(officer: "li")]),
            try Self.post(
                "later",
                [.init(officer: "chen", isDeputy: true, term: Term(from: Self.now + .days(9)))]
            ),
        ]
        let matter = try #require(CaseID(text: "441424-C-QDJT37V9XTQ5"))
        let recusals = [
            Recusal(officer: "chen", matter: matter, reason: "亲属"),
            Recusal(officer: "li", matter: matter, reason: "亲属"),
            Recusal(officer: "chen", matter: matter, term: Term(until: Self.now), reason: "已结束"),
        ]
        let list = Self.list(posts, recusals)
        #expect(list.held.map(\.post.name) == ["later"])
        #expect(list.held.first?.isDeputy == true)
        #expect(list.recusals == [recusals[0]])
    }
}
