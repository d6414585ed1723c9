import Domain
import Foundation
import Storage
import Testing

private let county = Division(code: "441424") ?? .unknown
private let town = Division(code: "441424120") ?? .unknown
private let other = Division(code: "441424121") ?? .unknown
private let wages = Domain.Category(key: "labour.wages") ?? .unknown
private let noon = Timestamp(milliseconds: 1_780_000_000_000)

private func unit(_ name: String) -> AgencyID {
    guard let id = AgencyID(name: name) else { preconditionFailure("\(name) is no short name") }
    return id
}

private func pattern(_ text: String) -> SubjectPattern {
    guard let pattern = SubjectPattern(text: text) else { preconditionFailure("\(text)") }
    return pattern
}

/// One post with one grant, changed by each test.
private struct Trial {
    var post = Post(
        name: "desk",
        title: "值班室",
        unit: unit("lianban"),
        role: .dutyOfficer,
        holders: [Post.Holder(officer: "li")]
    )
    var grant = Grant(grantee: .post("desk"), subjects: [pattern(">")], divisions: [county])
    var units = [CountyUnit(name: unit("lianban"), title: "县信联办")]
    var recusals: [Recusal] = []

    var register: GrantRegister {
        GrantRegister(units: units, posts: [post], grants: [grant], recusals: recusals)
    }

    func access(_ name: String = "li") -> Access { Access(.person(name), register, lane: .open) }
}

@Suite struct RightTests {
    @Test func nobodyHasARightThatNoGrantGives() {
        let trial = Trial()
        #expect(trial.access().holds(.watch, at: noon))
        #expect(trial.access("wang").isEmpty(at: noon))
        #expect(Access(.person("li"), GrantRegister(), lane: .open).isEmpty(at: noon))
        #expect(
            !Access(.agency(unit("xinfang")), trial.register, lane: .open).holds(.push, at: noon)
        )
    }

    @Test func aGrantGivesNoMoreThanTheRoleMay() {
        var trial = Trial()
        trial.grant.rights = [.watch, .assign, .keys]
        #expect(trial.access().holds(.watch, at: noon))
        #expect(!trial.access().holds(.assign, at: noon))
        #expect(!trial.access().holds(.keys, at: noon))
        #expect(!trial.access().holds(.replay, at: noon))
    }

    @Test func onlyTheJointOfficeThePetitionOfficeAndSuperiorsAssign() {
        let assigning = Role.allCases.filter { $0.rights.contains(.assign) }
        #expect(assigning == [.jointOffice, .petitionOffice, .superior])
    }

    @Test func administratorsSeeNoItem() {
        for role in Role.allCases where role.isAdministrator {
            #expect(
                role.rights.isDisjoint(with: [.watch, .alerts, .cases, .text, .replay, .likely])
            )
        }
    }

    @Test func aTownshipIsCoveredByItselfAndByItsCounty() {
        var trial = Trial()
        let inTown = Subject.matter(town, wages)
        #expect(trial.access().permits(.watch, [inTown], at: noon))
        #expect(trial.access().permits(.watch, [.matter(.unknown, wages)], at: noon))
        trial.grant.divisions = [town]
        #expect(trial.access().permits(.watch, [inTown], at: noon))
        for place in [other, county, Division.unknown] {
            #expect(!trial.access().permits(.watch, [.matter(place, wages)], at: noon))
            #expect(!trial.access().permits(.watch, [.alert(.red, place, wages)], at: noon))
            #expect(!trial.access().permits(.watch, [.item(unit("a"), place, wages)], at: noon))
        }
    }

    @Test func termsOfGrantHolderAndUnitAllCount() {
        let (before, after) = (noon - .hours(1), noon + .hours(1))
        var trial = Trial()
        trial.grant.term = Term(from: noon, until: after)
        #expect(!trial.access().holds(.watch, at: before))
        #expect(trial.access().holds(.watch, at: noon))
        #expect(!trial.access().holds(.watch, at: after))
        trial.grant.term = Term()
        trial.post.holders = [.init(officer: "li", isDeputy: true, term: Term(until: noon))]
        #expect(trial.access().holds(.watch, at: before))
        #expect(!trial.access().holds(.watch, at: noon))
        trial.post.holders = [.init(officer: "li")]
        trial.units[0].term = Term(until: noon)
        #expect(trial.access().holds(.watch, at: before))
        #expect(!trial.access().holds(.watch, at: noon))
    }

    @Test func aPostGoesOnWithTheOneSuccessorOfItsUnitAndEndsWithASplit() {
        var trial = Trial()
        trial.units[0].term = Term(until: noon)
        trial.units[0].successors = [unit("new")]
        trial.units.append(CountyUnit(name: unit("new"), title: "新单位"))
        #expect(trial.access().holds(.watch, at: noon))
        trial.units.append(CountyUnit(name: unit("more"), title: "另一单位"))
        trial.units[0].successors = [unit("new"), unit("more")]
        #expect(!trial.access().holds(.watch, at: noon))
    }

    @Test func successorsThatGoRoundInACircleEnd() {
        var trial = Trial()
        trial.units[0].term = Term(until: noon)
        trial.units[0].successors = [unit("new")]
        let back = CountyUnit(
            name: unit("new"),
            title: "新单位",
            term: Term(until: noon),
            successors: [unit("lianban")]
        )
        trial.units.append(back)
        #expect(!trial.access().holds(.watch, at: noon))
    }

    @Test func aSuccessorInThePostReadsWhatThePostWasAllowedToSee() {
        var trial = Trial()
        trial.post.holders = [.init(officer: "wang")]
        let then = trial.register
        trial.post.holders = [.init(officer: "li")]
        let now = trial.access()
        let past = Access(heldBy: now, at: noon, by: then, lane: .open)
        #expect(past.permits(.replay, [.matter(town, wages)], at: noon))
        trial.grant.divisions = [other]
        let narrow = Access(heldBy: now, at: noon, by: trial.register, lane: .open)
        #expect(!narrow.permits(.replay, [.matter(town, wages)], at: noon))
    }

    @Test func aRecusalIsOverWhenItsTermIs() throws {
        var trial = Trial()
        let matter = CaseID(county: county, anchor: 7)
        trial.recusals = [
            Recusal(officer: "li", matter: matter, term: Term(until: noon), reason: "亲属")
        ]
        #expect(trial.access().recused(at: noon - .hours(1)) == [matter])
        #expect(trial.access().recused(at: noon).isEmpty)
        #expect(trial.access("wang").recused(at: noon - .hours(1)).isEmpty)
    }

    @Test func explanationsSayWhatTheCheckSays() {
        for seed in UInt64(1)...400 {
            var random = SplitMix64(seed: seed)
            let register = DrawnRegister.draw(&random)
            for _ in 0..<40 {
                let question = DrawnRegister.question(&random)
                let access = Access(question.holder, register, lane: question.lane)
                let isRecused = access.recused(at: question.time)
                    .contains { question.matters.contains($0) }
                let isPermitted =
                    question.subject.map {
                        access.permits(
                            question.right,
                            [$0],
                            purpose: question.purpose,
                            at: question.time
                        )
                    } ?? access.holds(question.right, at: question.time)
                let verdict = register.judge(question)
                #expect(
                    verdict.isAllowed == (isPermitted && !isRecused),
                    "seed \(seed): \(question) \(verdict)"
                )
            }
        }
    }
}

/// Registers and questions that meet often.
private enum DrawnRegister {
    static let names = ["a", "b", "c"]
    static let places = [county, town, other]
    static let patterns = [">", "case.>", "alert.red.>", "item.a.>", "alert.*.44.14.24.120.>"]

    static func pick<Element>(_ all: [Element], _ random: inout SplitMix64) -> Element {
        all[Int(random.next() % UInt64(all.count))]
    }

    static func term(_ random: inout SplitMix64) -> Term {
        let times = [noon - .hours(2), noon - .hours(1), noon + .hours(1), noon + .hours(2)]
        switch random.next() % 4 {
        case 0: return Term(from: pick(times, &random))
        case 1: return Term(until: pick(times, &random))
        default: return Term()
        }
    }

    static func draw(_ random: inout SplitMix64) -> GrantRegister {
        let units = names.map { name in
            CountyUnit(
                name: unit(name),
                title: name,
                term: term(&random),
                successors: random.next() % 3 == 0 ? [unit(pick(names, &random))] : []
            )
        }
        let posts = names.map { name in
            Post(
                name: name,
                title: name,
                unit: unit(pick(names, &random)),
                role: pick(Role.allCases, &random),
                holders: (0..<2).map { _ in
                    Post.Holder(officer: pick(names, &random), term: term(&random))
                }
            )
        }
        let grants = (0..<5).map { _ in
            let grantees: [Grant.Grantee] = [
                .post(pick(names, &random)), .agency(unit(pick(names, &random))), .everyAgency,
            ]
            return Grant(
                grantee: pick(grantees, &random),
                rights: random.next() % 2 == 0 ? nil : [pick(Right.allCases, &random), .watch],
                subjects: [pattern(pick(patterns, &random))],
                divisions: [pick(places, &random)],
                lane: pick(Lane.allCases, &random),
                purposes: random.next() % 3 == 0 ? [pick(Purpose.allCases, &random)] : nil,
                competences: random.next() % 4 == 0 ? [.enforcement] : nil,
                term: term(&random)
            )
        }
        let recusals = [
            Recusal(
                officer: pick(names, &random),
                matter: CaseID(county: county, anchor: 1),
                term: term(&random),
                reason: "亲属"
            )
        ]
        return GrantRegister(units: units, posts: posts, grants: grants, recusals: recusals)
    }

    static func question(_ random: inout SplitMix64) -> RightQuestion {
        let name = pick(names, &random)
        let place = pick(places + [.unknown], &random)
        let subjects: [Subject?] = [
            nil, .matter(place, wages), .alert(.red, place, wages), .alert(.blue, place, wages),
            .item(unit("a"), place, wages),
        ]
        let subject = pick(subjects, &random)
        let isOfItem = subject != nil && random.next() % 3 == 0
        return RightQuestion(
            random.next() % 3 == 0 ? .agency(unit(name)) : .person(name),
            pick(Right.allCases, &random),
            subject: subject,
            purpose: isOfItem ? pick(Purpose.allCases, &random) : nil,
            matters: random.next() % 4 == 0 ? [CaseID(county: county, anchor: 1)] : [],
            at: pick([noon - .hours(1), noon, noon + .hours(1)], &random),
            lane: pick(Lane.allCases, &random)
        )
    }
}

@Suite struct SmallCellTests {
    @Test func numbersBelowFiveAreNotShownAndNothingIsNoSecret() {
        #expect((0...6).map { SmallCells.shown($0) } == [0, nil, nil, nil, nil, 5, 6])
    }
}
