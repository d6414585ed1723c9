import Domain
import Linkage
import Testing

/// Commands under grants: what an officer may not see does not exist for the command either (授权、回避).
@Suite struct CommandRightsTests {
    private let fire = Trial.alert(.urgent, "zhengshu/1")

    private func grants(
        divisions: [String] = ["441424"],
        rights: Set<Right>? = nil,
        recusals: [Recusal] = [],
        holders: [String] = ["zhang"]
    ) -> Entry {
        let unit = Trial.agency("lianban")
        let register = GrantRegister(
            units: [CountyUnit(name: unit, title: "县信联办")],
            posts: [
                Post(
                    name: "desk",
                    title: "值班室",
                    unit: unit,
                    role: .dutyOfficer,
                    holders: holders.map { Post.Holder(officer: $0) }
                )
            ],
            grants: [
                Grant(
                    grantee: .post("desk"),
                    rights: rights,
                    subjects: [SubjectPattern(text: ">")].compactMap(\.self),
                    divisions: divisions.map(Trial.division)
                )
            ],
            recusals: recusals
        )
        let file = Trial.file(.grants, .grants(register))
        return Entry(at: Trial.time("03-03 01:00"), content: .configuration(file))
    }

    private var item: Entry {
        Trial.item("zhengshu/1", "03-03 02:00", "起火", "三楼冒烟") { $0.isUrgent = true }
    }

    private func sign(_ key: String = "key-1", officer: String = "zhang") -> Entry {
        Trial.acknowledge("03-03 02:05", fire, report: 1, key: key, officer: officer)
    }

    private func voids(_ entries: [Entry]) -> [VoidReason] {
        Trial.decisions(entries).compactMap {
            if case .void(_, _, let reason) = $0.content { reason } else { nil }
        }
    }

    @Test func grantsAreNoDecision() {
        #expect(Trial.decisions([grants()]).isEmpty)
    }

    @Test func anOfficerWithTheGrantSignsAndOneWithoutAPostMayNot() {
        #expect(voids([grants(), item, sign()]).isEmpty)
        #expect(voids([grants(), item, sign(officer: "li")]) == [.notPermitted])
        #expect(voids([grants(rights: [.watch]), item, sign()]) == [.notPermitted])
    }

    @Test func anAlertOfAnotherTownshipIsForTheOfficerAsIfItWereNot() {
        #expect(voids([grants(divisions: [Trial.anliu]), item, sign()]).isEmpty)
        #expect(voids([grants(divisions: [Trial.shuizhai]), item, sign()]) == [.noSuchAlert])
        let other = Trial.acknowledge(
            "03-03 02:06",
            Trial.alert(.urgent, "zhengshu/9"),
            report: 1,
            key: "key-2"
        )
        #expect(voids([grants(divisions: [Trial.shuizhai]), item, other]) == [.noSuchAlert])
    }

    @Test func grantsCountFromTheirEntryOn() {
        let later = grants(holders: ["li"])
        let after = Entry(at: Trial.time("03-03 02:02"), content: later.content)
        #expect(voids([grants(), item, after, sign()]) == [.notPermitted])
        #expect(voids([grants(), item, sign(), after]).isEmpty)
    }

    @Test func aCaseFromWhichAnOfficerIsSetAsideCanBeNeitherClosedNorSplit() {
        let items = (1...3).map { number in
            Trial.item(
                "xinfang/\(number)",
                "03-03 0\(2 + number):00",
                "工地拖欠工资\(number)",
                "安流镇某工地拖欠三个月工资"
            ) {
                if number > 1 { $0.relates = [Trial.ref("xinfang/1")] }
            }
        }
        let matter = CaseID(county: Trial.county, foundedBy: Trial.ref("xinfang/1"))
        func orders(_ officer: String) -> [Entry] {
            let seen = SeenCase(id: matter, items: [1, 2, 3])
            let actions: [Command.Action] = [
                .setLife(seen, isClosed: true, note: ""),
                .edit(.split(seen, items: [3]), note: ""),
            ]
            return actions.enumerated().map { place, action in
                let command = Command(
                    officer: officer,
                    idempotencyKey: "\(officer)-order-\(place)",
                    action: action
                )
                return Entry(at: Trial.time("03-03 07:00"), content: .command(command))
            }
        }
        let recusal = Recusal(officer: "zhang", matter: matter, reason: "亲属")
        let opening = grants(recusals: [recusal], holders: ["zhang", "li"])
        #expect(voids([opening] + items + orders("zhang")) == [.noSuchCase, .noSuchItem])
        #expect(voids([opening] + items + orders("li")).isEmpty)
    }

    @Test func aJournalFromBeforeThereWereGrantsIsObeyedAsItWas() {
        #expect(voids([item, sign(officer: "anybody")]).isEmpty)
    }
}
