import Domain
import Testing

/// Which accusations a post may know of.
@Suite struct ClearanceTests {
    private static let now = Timestamp(milliseconds: 1_780_000_000_000)

    private static func id(_ name: String) throws -> AgencyID { try #require(AgencyID(name: name)) }

    /// A bureau with an office below and a committee above it; another bureau; the discipline office.
    private static func clearance(
        _ unit: String,
        _ role: Role,
        _ competences: Set<Competence>? = nil
    ) throws -> Clearance {
        try #require(try clearances(unit, role, [competences]).first)
    }

    private static func clearances(
        _ unit: String,
        _ role: Role,
        _ competences: [Set<Competence>?],
        right: Right = .watch
    ) throws -> [Clearance] {
        let names: [(String, String?)] = [
            ("wei", nil), ("ju", "wei"), ("suo", "ju"), ("zhan", "suo"), ("other", nil),
            ("jiwei", nil),
        ]
        let units = try names.map { name, parent in
            CountyUnit(name: try id(name), title: name, parent: try parent.map(id))
        }
        let grants = try competences.map { try grant("441424", $0) }
        let register = GrantRegister(units: units, posts: [try post(unit, role)], grants: grants)
        let county = try #require(Division(code: "441424"))
        return Access(.person("li"), register, lane: .sealed)
            .clearances(for: right, over: [], in: county, at: now)
    }

    private static func post(_ unit: String, _ role: Role) throws -> Post {
        Post(
            name: "post",
            title: "岗位",
            unit: try id(unit),
            role: role,
            holders: [.init(officer: "li")]
        )
    }

    private static func grant(
        _ division: String,
        _ competences: Set<Competence>? = nil
    ) throws -> Grant {
        Grant(
            grantee: .post("post"),
            subjects: [try #require(SubjectPattern(text: ">"))],
            divisions: [try #require(Division(code: division))],
            lane: .sealed,
            competences: competences
        )
    }

    private static func of(
        _ competence: Competence,
        _ unit: String? = nil
    ) throws -> AccusationStanding {
        AccusationStanding(
            competences: [competence],
            units: try Set([unit].compactMap(\.self).map(id))
        )
    }

    @Test func agenciesLearnOfWhatTheyAreCompetentForAlone() throws {
        let clearance = try Self.clearance("other", .agencyContact, [.enforcement])
        #expect(try clearance.covers(Self.of(.enforcement)))
        #expect(try !clearance.covers(Self.of(.discipline)))
        #expect(try !clearance.covers(Self.of(.unknown)))
        var mixed = try Self.of(.enforcement)
        mixed.formUnion(try Self.of(.discipline))
        #expect(!clearance.covers(mixed))
        #expect(!clearance.covers(.anything))
    }

    @Test("Two grants show what each shows, and no accusation that takes both")
    func noAccusationIsShownByTwoGrantsTogether() throws {
        let both = try Self.clearances("other", .agencyContact, [[.enforcement], [.personnel]])
        for competence in [Competence.enforcement, .personnel] {
            #expect(try both.contains { try $0.covers(Self.of(competence)) })
        }
        var mixed = try Self.of(.enforcement)
        mixed.formUnion(try Self.of(.personnel))
        #expect(!both.contains { $0.covers(mixed) })
        let all = try Self.clearances("other", .agencyContact, [[.enforcement], nil])
        #expect(all.contains { $0.covers(mixed) })
    }

    @Test("A grant for a township and one for a competence show no other competence in the county")
    func aTownshipsGrantWidensNoOther() throws {
        let register = GrantRegister(
            units: [CountyUnit(name: try Self.id("other"), title: "other")],
            posts: [try Self.post("other", .agencyContact)],
            grants: [try Self.grant("441424120"), try Self.grant("441424", [.enforcement])]
        )
        let access = Access(.person("li"), register, lane: .sealed)
        let county = try #require(Division(code: "441424"))
        func shows(_ competence: Competence, in division: String) throws -> Bool {
            let category = try #require(Category(key: "labour.wages"))
            let place = try #require(Division(code: division))
            let standing = try Self.of(competence)
            return access.clearances(
                for: .watch,
                over: [.matter(place, category)],
                in: county,
                at: Self.now
            )
            .contains { $0.covers(standing) }
        }
        #expect(try shows(.discipline, in: "441424120"))
        #expect(try shows(.enforcement, in: "441424120"))
        #expect(try shows(.enforcement, in: "441424121"))
        #expect(try !shows(.discipline, in: "441424121"))
        // Without a subject the whole county must lie on the way.
        let whole = access.clearances(for: .watch, over: [], in: county, at: Self.now)
        #expect(whole.map(\.competences) == [[.enforcement]])
    }

    @Test func aGrantForSomeCompetencesGivesNoTotals() throws {
        let limited = try Self.clearances(
            "jiwei",
            .discipline,
            [[.enforcement]],
            right: .counts
        )
        #expect(limited.isEmpty)
        let all = try Self.clearances("jiwei", .discipline, [nil], right: .counts)
        #expect(all.map(\.competences) == [nil])
    }

    @Test func theSealedLaneGivesReadingAloneToWhoeverIsNotThereToHearAccusations() throws {
        func rights(_ role: Role, _ lane: Lane) throws -> Set<Right> {
            Grant(
                grantee: .post("post"),
                subjects: [try #require(SubjectPattern(text: ">"))],
                divisions: [],
                lane: lane
            )
            .rights(of: role)
        }
        for role in Role.allCases {
            #expect(try rights(role, .open) == role.rights)
            let sealed = try rights(role, .sealed)
            switch role {
            case .discipline, .personnel, .superior, .systemAdministrator, .securityAdministrator,
                .auditAdministrator:
                #expect(sealed == role.rights, "\(role)")
            default:
                let reading = role.rights.intersection(Grant.rightsOfCompetent)
                #expect(sealed == reading, "\(role)")
                #expect(sealed.isDisjoint(with: [.counts, .status, .close, .edit]), "\(role)")
            }
        }
    }

    @Test func nobodyLearnsOfTheOwnUnitNorOfOneThatAnswersForIt() throws {
        let bureau = try Self.clearance("ju", .agencyContact)
        for unit in ["wei", "ju", "suo", "zhan"] {
            #expect(try !bureau.covers(Self.of(.enforcement, unit)), "\(unit)")
        }
        #expect(try bureau.covers(Self.of(.enforcement, "other")))
        #expect(try bureau.covers(Self.of(.enforcement)))
        // The discipline office is there to hear of those above and below it, not of itself.
        let discipline = try Self.clearance("jiwei", .discipline)
        #expect(try discipline.covers(Self.of(.discipline, "ju")))
        #expect(try !discipline.covers(Self.of(.discipline, "jiwei")))
    }

    @Test("Who took a unit's duties over counts with it, and with what was above and below it")
    func kinshipFollowsSuccession() throws {
        func unit(
            _ name: String,
            _ parent: String?,
            _ successors: [String] = []
        ) throws -> CountyUnit {
            CountyUnit(
                name: try Self.id(name),
                title: name,
                parent: try parent.map(Self.id),
                term: Term(until: successors.isEmpty ? nil : Timestamp(milliseconds: 0)),
                successors: try successors.map(Self.id)
            )
        }
        let units = [
            try unit("fu", nil), try unit("ju", "fu"), try unit("suo", "ju"),
            try unit("first", nil, ["second"]), try unit("second", "wei", ["ju"]),
            try unit("desk", "second"), try unit("wei", nil), try unit("other", nil),
            // A file may name a circle.
            try unit("round", nil, ["again"]), try unit("again", nil, ["round"]),
        ]
        func kin(_ name: String, _ role: Role) throws -> [String] {
            let post = try Self.post(name, role)
            return GrantRegister(units: units, posts: [post]).kin(of: post).map(\.name).sorted()
        }
        let line = ["desk", "first", "fu", "ju", "second", "suo", "wei"]
        for name in ["first", "second", "ju"] {
            #expect(try kin(name, .agencyContact) == line, "\(name)")
            #expect(try kin(name, .discipline) == ["first", "ju", "second"], "\(name)")
        }
        #expect(try kin("other", .agencyContact) == ["other"])
        #expect(try kin("round", .agencyContact) == ["again", "round"])
    }

    @Test("Keepers' units have all their names, and those of units that they took over")
    func keepersAreNamedByTheRegister() throws {
        let ended = Timestamp(milliseconds: 0)
        let register = GrantRegister(
            units: [
                CountyUnit(
                    name: try Self.id("center"),
                    title: "县社会治理中心",
                    formerTitles: [.init(title: "县综治中心", until: ended)]
                ),
                CountyUnit(
                    name: try Self.id("old"),
                    title: "县群众工作局",
                    term: Term(until: ended),
                    successors: [try Self.id("center")]
                ),
                CountyUnit(name: try Self.id("other"), title: "县水务局"),
            ],
            posts: [try Self.post("center", .jointOffice), try Self.post("other", .agencyContact)]
        )
        #expect(register.keeperTitles == ["县社会治理中心", "县综治中心", "县群众工作局"])
    }

    @Test func whatWasNotGrantedThenIsNotSeenNow() throws {
        let then = Clearance(competences: [.enforcement], units: [try Self.id("ju")])
        let now = Clearance(competences: nil, units: [try Self.id("suo")])
        let both = now.intersection(then)
        #expect(both.competences == [.enforcement])
        #expect(both == then.intersection(now))
        #expect(both.units.count == 2)
        #expect(now.intersection(Clearance()).competences == nil)
    }

    @Test func whatIsKnownNoMoreIsShownToThoseAloneWhoHearAllAccusations() throws {
        var inPart = try Self.of(.enforcement, "other")
        inPart.formUnion(.anything)
        for standing in [.anything, inPart] {
            #expect(try Self.clearance("jiwei", .discipline).covers(standing))
            #expect(try !Self.clearance("ju", .agencyContact).covers(standing))
            #expect(try !Self.clearance("jiwei", .discipline, [.enforcement]).covers(standing))
        }
        let all = try Self.clearance("jiwei", .discipline)
        let none = Clearance()
        #expect(all.intersection(all).coversUncertain)
        #expect(!all.intersection(none).coversUncertain)
        #expect(!none.intersection(all).coversUncertain)
    }
}
