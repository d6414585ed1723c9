import Domain
import Testing
import Wire

/// What `config check` says of a register of units, posts and grants.
@Suite struct ConfiguredGrants {
    private static func post(_ name: String, _ unit: String, _ role: Role) -> JSONValue {
        [
            "name": .string(name), "title": "岗位", "unit": .string(unit),
            "role": .string(role.rawValue), "holders": [.string(name)],
        ]
    }

    private static func grant(_ post: String, _ more: [JSONValue.Member] = []) -> JSONValue {
        let members: [JSONValue.Member] = [
            .init("post", .string(post)), .init("subjects", [">"]),
            .init("divisions", ["441424"]),
        ]
        return .object(members + more)
    }

    private static func mistakes(
        units: JSONValue = [["name": "ju", "title": "某局"], ["name": "jiwei", "title": "县纪委监委"]],
        posts: [JSONValue],
        grants: [JSONValue]
    ) -> [String] {
        let file: JSONValue = [
            "units": units, "posts": .array(posts), "grants": .array(grants), "recusals": [],
        ]
        do throws(ConfigurationError) {
            _ = try ConfigurationCodec.decode(.grants, file)
            return []
        } catch {
            return error.mistakes.map(\.description)
        }
    }

    @Test func whoHearsAccusationsStandsInAUnitOfThoseWhoDo() {
        let sealed = [JSONValue.Member("lane", "sealed")]
        for role in [Role.discipline, .personnel, .superior] {
            let apart = [
                Self.post("hears", "jiwei", role),
                Self.post("audits", "jiwei", .auditAdministrator),
                Self.post("contact", "ju", .agencyContact),
            ]
            let grants = [Self.grant("hears", sealed)]
            #expect(Self.mistakes(posts: apart, grants: grants) == [])
            let beside = apart + [Self.post("other", "jiwei", .agencyContact)]
            let found = Self.mistakes(posts: beside, grants: grants)
            #expect(found.count == 1 && found[0].hasPrefix("grants[0].post"), "\(found)")
            // In the open lane nobody hears accusations.
            #expect(Self.mistakes(posts: beside, grants: [Self.grant("hears")]) == [])
        }
    }

    @Test func aGrantGivesNoMoreThanItsRole() {
        let posts = [Self.post("one", "ju", .analyst)]
        let more = [JSONValue.Member("rights", ["counts", "text"])]
        let found = Self.mistakes(posts: posts, grants: [Self.grant("one", more)])
        #expect(found.count == 1 && found[0].contains("may not text"), "\(found)")
    }

    @Test func threeAdministratorsAreThreePersons() {
        let posts = [
            Self.post("one", "ju", .systemAdministrator),
            Self.post("two", "ju", .securityAdministrator),
        ]
        #expect(Self.mistakes(posts: posts, grants: []) == [])
        let both = posts.map { post in
            JSONValue.object(
                (post.members ?? []).map { $0.key == "holders" ? .init("holders", ["li"]) : $0 }
            )
        }
        let found = Self.mistakes(posts: both, grants: [])
        #expect(found.count == 1 && found[0].contains("three persons"), "\(found)")
    }

    @Test func whatIsNamedMustBeThere() {
        let units: JSONValue = [["name": "ju", "title": "某局", "parent": "wei"]]
        let found = Self.mistakes(
            units: units,
            posts: [Self.post("one", "suo", .dutyOfficer)],
            grants: [Self.grant("two")]
        )
        #expect(found.contains { $0.contains("no unit wei") }, "\(found)")
        #expect(found.contains { $0.contains("suo") }, "\(found)")
        #expect(found.contains { $0.contains("no post two") }, "\(found)")
    }

    @Test func theTreeOfUnitsHasATop() {
        let units: JSONValue = [
            ["name": "ju", "title": "某局", "parent": "suo"],
            ["name": "suo", "title": "某所", "parent": "ju"],
        ]
        let found = Self.mistakes(units: units, posts: [], grants: [])
        #expect(found.contains { $0.contains("circle") }, "\(found)")
    }
}
