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
        _ competences: [Set<Competence>?] = [nil],
        right: Right = .watch
    ) throws -> Clearance {
        let names: [(String, String?)] = [
            ("wei", nil), ("ju", "wei"), ("suo", "ju"), ("zhan", "suo"), ("other", nil),
            ("jiwei", nil),
        ]
        let units = try names.map { name, parent in
            CountyUnit(name: try id(name), title: name, parent: try parent.map(id))
        }
        let all = try #require(SubjectPattern(text: ">"))
        let post = Post(
            name: "post",
            title: "岗位",
            unit: try id(unit),
            role: role,
            holders: [.init(officer: "li")]
        )
        let grants = try competences.map { competences in
            Grant(
                grantee: .post("post"),
                subjects: [all],
                divisions: [try #require(Division(code: "441424"))],
                lane: .sealed,
                competences: competences
            )
        }
        let register = GrantRegister(units: units, posts: [post], grants: grants)
        return Access(.person("li"), register, lane: .sealed).clearance(for: right, at: now)
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
        let clearance = try Self.clearance("other", .agencyContact, [[.enforcement]])
        #expect(try clearance.covers(Self.of(.enforcement)))
        #expect(try !clearance.covers(Self.of(.discipline)))
        #expect(try !clearance.covers(Self.of(.unknown)))
        var mixed = try Self.of(.enforcement)
        mixed.formUnion(try Self.of(.discipline))
        #expect(!clearance.covers(mixed))
        #expect(!clearance.covers(.anything))
        // One grant for one, another for another: both. One without: all.
        let both = try Self.clearance("other", .agencyContact, [[.enforcement], [.personnel]])
        #expect(both.competences == [.enforcement, .personnel])
        #expect(
            try Self.clearance("other", .agencyContact, [[.enforcement], nil]).competences == nil
        )
    }

    @Test func aGrantForSomeCompetencesGivesNoTotals() throws {
        let limited = try Self.clearance("jiwei", .discipline, [[.enforcement]], right: .counts)
        #expect(limited.competences == [])
        #expect(try Self.clearance("jiwei", .discipline, right: .counts).competences == nil)
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
            #expect(try !Self.clearance("jiwei", .discipline, [[.enforcement]]).covers(standing))
        }
        let all = try Self.clearance("jiwei", .discipline)
        let none = Clearance()
        #expect(all.intersection(all).coversUncertain)
        #expect(!all.intersection(none).coversUncertain)
        #expect(!none.intersection(all).coversUncertain)
    }
}
