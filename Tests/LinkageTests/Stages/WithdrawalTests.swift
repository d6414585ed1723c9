import Domain
import Linkage
import Testing

/// Items that are taken out of the lane (撤回), and items that wait for their purpose (待分类).
@Suite struct WithdrawalTests {
    private func command(_ time: String, _ action: Command.Action) -> Entry {
        let command = Command(officer: "zhang", idempotencyKey: "key \(time)", action: action)
        return Entry(at: Trial.time(time), content: .command(command))
    }

    private func withdraw(_ ref: String, _ time: String = "03-05 09:00") -> Entry {
        command(time, .withdraw(Trial.ref(ref)))
    }

    /// A complaint about one building site, by a person of its own.
    private func wages(
        _ ref: String,
        _ time: String,
        person: Int,
        _ change: @escaping (inout Item) -> Void = { _ in }
    ) -> Entry {
        let text = "鑫达大厦工地拖欠工资,干完活没有结清,包工头不接电话。"
        return Trial.item(ref, time, "鑫达大厦工地拖欠工资", text) { item in
            item.place = "鑫达大厦工地"
            item.persons = [Trial.person(person)]
            change(&item)
        }
    }

    private var three: [Entry] {
        [
            wages("xinfang/1", "03-03 09:00", person: 1),
            wages("zhengshu/2", "03-03 10:00", person: 2),
            wages("rongmeiti/3", "03-03 11:00", person: 3),
        ]
    }

    private func changes(_ entries: [Entry]) -> [Decision.Content] {
        let before = Trial.decisions(Array(entries.dropLast())).count
        return Trial.decisions(entries).dropFirst(before).map(\.content)
    }

    @Test func theCountsAreThoseOfAJournalInWhichItNeverCame() {
        let other = Trial.item("xinfang/9", "03-04 09:00", "井盖松动", "井盖松动多日无人维修") {
            $0.persons = [Trial.person(9)]
            $0.isUrgent = true
        }
        var found = Trial.counts(three + [other, withdraw("xinfang/9")])
        let expected = Trial.counts(three)
        // It was read, and that stands: only what speaks of it goes.
        found.agencies = found.agencies.filter { $0.all.value > 0 }
        #expect(found == expected)
    }

    @Test func theCaseGoesOnWithoutItAndItsAlertSaysLess() throws {
        let id = Trial.alert(.matter, "xinfang/1")
        let before = try #require(Trial.standing(id, three))
        let entries = three + [withdraw("rongmeiti/3")]
        let after = try #require(Trial.standing(id, entries))
        #expect(before.itemCount == 3 && after.itemCount == 2)
        #expect(!after.items.contains(Trial.ref("rongmeiti/3")))
        #expect(after.report == before.report + 1)
        let row = try #require(Trial.row(Trial.matter("xinfang/1"), entries))
        #expect(row.items.value == 2 && row.agencies.map(\.agency.name) == ["xinfang", "zhengshu"])
    }

    @Test func anAlertOfItAloneIsOver() throws {
        let urgent = Trial.item("xinfang/9", "03-04 09:00", "", "井盖松动多日无人维修") {
            $0.isUrgent = true
        }
        let id = Trial.alert(.urgent, "xinfang/9")
        #expect(Trial.standing(id, [urgent])?.state == .unacknowledged)
        let after = try #require(Trial.standing(id, [urgent, withdraw("xinfang/9")]))
        #expect(after.state == .over && after.items.isEmpty)
    }

    @Test func aFlagOfAnotherItemKeepsTheAlertUp() throws {
        var entries = [
            wages("xinfang/1", "03-03 09:00", person: 1) { $0.isUrgent = true },
            wages("zhengshu/2", "03-03 10:00", person: 2) { $0.isUrgent = true },
        ]
        let id = Trial.alert(.urgent, "xinfang/1")
        entries.append(withdraw("zhengshu/2"))
        let after = try #require(Trial.standing(id, entries))
        #expect(after.state != .over && after.items == [Trial.ref("xinfang/1")])
    }

    @Test func nothingJoinsItAnyMore() {
        let entries =
            [wages("xinfang/1", "03-03 09:00", person: 1), withdraw("xinfang/1", "03-03 09:30")]
            + [
                wages("zhengshu/2", "03-03 10:00", person: 1) {
                    $0.relates = [Trial.ref("xinfang/1")]
                }
            ]
        let decided = Trial.decisions(entries).map(\.content)
        let joins = decided.contains {
            switch $0 {
            case .caseOpened, .caseJoined, .copied, .repeated: true
            default: false
            }
        }
        #expect(!joins)
    }

    @Test func aRepeatOfItAloneIsAFirstPetition() {
        let entries = [
            wages("xinfang/1", "03-03 09:00", person: 1),
            wages("xinfang/2", "03-04 09:00", person: 1),
        ]
        let before = Trial.counts(entries)
        #expect(before.petitionsRepeat.value == 1 && before.repeats.value == 1)
        let after = Trial.counts(entries + [withdraw("xinfang/1")])
        #expect(after.petitionsFirst.value == 1 && after.petitionsRepeat.value == 0)
        #expect(after.repeats.value == 0)
    }

    @Test func anEditThatIsTakenBackBringsItNowhere() {
        let seen = SeenCase(id: nil, items: [1, 2, 3])
        let parted =
            three + [
                command("03-04 09:00", .edit(.split(seen, items: [3]), note: "")),
                withdraw("rongmeiti/3"), command("03-05 10:00", .undo(edit: 1, note: "")),
            ]
        let engine = Trial.engine(parted)
        let members = engine.cases(limit: 9).flatMap { engine.caseMembers($0.id, limit: 9) }
        #expect(members.map(\.ordinal) == [1, 2])
    }

    @Test func itsWithdrawalSaysNothingOfWhy() throws {
        let told = changes(three + [withdraw("rongmeiti/3")])
        let lines = told.map(\.line).filter { $0.contains("withdrawn") }
        #expect(lines == ["withdrawn rongmeiti/3 key 03-05 09:00 zhang"])
    }

    @Test func whatIsGoneOrNeverCameIsTheSameToACommand() {
        let entries =
            three + [withdraw("rongmeiti/3"), withdraw("rongmeiti/3", "03-05 09:01")]
            + [withdraw("xinfang/77", "03-05 09:02")]
        let voids = Trial.decisions(entries).compactMap {
            if case .void(_, _, let reason) = $0.content { reason } else { nil }
        }
        #expect(voids == [.noSuchItem, .noSuchItem])
    }

    @Test(arguments: UInt64(1)...12) func noAnswerNamesIt(seed: UInt64) {
        var journal = RandomJournal(seed: seed)
        let entries = journal.entries(count: 300)
        let engine = Trial.engine(whole: entries, Trial.linkage)
        let gone = Set(engine.withdrawn)
        var named: Set<ItemRef> = []
        let rows = engine.cases(limit: 1000, itemsMin: 1)
        for row in rows {
            named.insert(row.founder)
            named.formUnion(engine.caseMembers(row.id, limit: 1000).map(\.ref))
        }
        for row in engine.visits(limit: 1000) { named.formUnion(row.reports.map(\.ref)) }
        for alert in engine.alerts(limit: 1000) { named.formUnion(alert.items) }
        for edit in engine.edits(limit: 1000) {
            named.formUnion(edit.together + edit.parted + edit.apart)
        }
        named.formUnion(engine.unclassed(limit: 1000).map(\.item.ref))
        #expect(named.isDisjoint(with: gone), "seed \(seed): \(named.intersection(gone))")
        let counts = engine.counts
        let sum = counts.agencies.reduce(0) { $0 + $1.all.value }
        #expect(sum == counts.items.value, "seed \(seed)")
        #expect(counts.petitionsRepeat.value >= 0 && counts.petitionsFirst.value >= 0)
        #expect(counts.copies.value >= 0 && counts.repeats.value >= 0 && counts.urgent.value >= 0)
    }

    /// A step in an item's life, by an agency.
    private func step(_ ref: String, of: String, _ name: String, _ time: String) -> Entry {
        Trial.item(ref, time, "", "") { item in
            item.kind = .life(name)
            item.subjectItem = Trial.ref(of)
        }
    }

    @Test func anAgencyTakesItsOwnItemBackLikeAnOfficer() {
        let byOfficer = changes(three + [withdraw("rongmeiti/3")])
        let byAgency = changes(
            three + [
                step("rongmeiti/CH-1", of: "rongmeiti/3", "withdrawn", "03-05 09:00")
            ]
        )
        func plain(_ contents: [Decision.Content]) -> [Decision] {
            contents.compactMap {
                Decision(at: Trial.time("03-05 09:00"), content: $0).leavingOut([])
            }
        }
        #expect(plain(byAgency) == plain(byOfficer))
        #expect(!byAgency.isEmpty)
    }

    @Test func noAgencyTakesBackAnothersItemAndNothingIsSaidOfOneThatNeverCame() {
        let foreign = changes(
            three + [
                step("xinfang/CH-1", of: "rongmeiti/3", "withdrawn", "03-05 09:00")
            ]
        )
        let told = foreign.filter { $0.alert == nil }
        #expect(told.count == 1)
        guard case .lived? = told.first else {
            Issue.record("\(told)")
            return
        }
        let unknown = changes(
            three + [
                step("xinfang/CH-1", of: "xinfang/77", "withdrawn", "03-05 09:00")
            ]
        )
        #expect(unknown.filter { $0.alert == nil }.isEmpty)
    }

    @Test func whatIsReplayedOfAnAlertCountsNoWithdrawnItem() throws {
        let ref = Trial.ref("rongmeiti/3")
        let shown = Trial.decisions(three).compactMap { $0.leavingOut([ref]) }
        let alerts = shown.compactMap(\.content.alert)
        #expect(!alerts.isEmpty)
        for alert in alerts where alert.items != [] {
            #expect(alert.itemCount == alert.items.count)
            #expect(alert.persons <= alert.itemCount)
            #expect(!alert.agencies.contains(ref.agency))
        }
    }

    @Test func aReplayLeavesItOutAndKeepsTheRest() throws {
        let ref = Trial.ref("rongmeiti/3")
        let entries = three + [withdraw("rongmeiti/3")]
        let shown = Trial.decisions(entries).compactMap { $0.leavingOut([ref]) }
        #expect(shown.count < Trial.decisions(entries).count)
        for decision in shown {
            if case .itemWithdrawn = decision.content { continue }
            #expect(!decision.matters.items.contains(ref), "\(decision.line)")
        }
        let alerts = shown.filter { if case .alertRaised = $0.content { true } else { false } }
        #expect(!alerts.isEmpty)
    }

    @Test func aReplayWithoutTheFounderStillOpensTheCase() throws {
        let first = Trial.ref("xinfang/1")
        let shown = Trial.decisions(three).compactMap { $0.leavingOut([first]) }
        let opened = shown.compactMap { decision -> ItemRef? in
            guard case .caseOpened(_, _, let founder, _, _) = decision.content else { return nil }
            return founder
        }
        #expect(opened == [Trial.ref("zhengshu/2")])
    }

    @Test func anItemWithoutAPurposeWaitsUntilSomebodyOrItsAgencySaysIt() {
        let known = wages("zhengshu/2", "03-03 10:00", person: 2) { $0.purpose = .demand }
        let entries = [
            wages("xinfang/1", "03-03 09:00", person: 1), known,
            wages("rongmeiti/3", "03-03 11:00", person: 3),
        ]
        func waiting(_ entries: [Entry]) -> [String] {
            let engine = Trial.engine(entries)
            return engine.unclassed(limit: 9).map(\.item.ref.short)
        }
        #expect(waiting(entries) == ["xinfang/1", "rongmeiti/3"])
        let classed = command("03-03 11:20", .classify(Trial.ref("xinfang/1"), .appeal, note: ""))
        #expect(waiting(entries + [classed]) == ["rongmeiti/3"])
        let said = Trial.item(
            "rongmeiti/3",
            "03-03 11:00",
            "",
            "鑫达大厦工地拖欠工资",
            content: 2,
            at: "03-03 12:00"
        ) { $0.purpose = .demand }
        #expect(waiting(entries + [said]) == ["xinfang/1"])
        let engine = Trial.engine(entries + [classed])
        #expect(engine.purpose(of: Trial.ref("xinfang/1")) == .appeal)
        #expect(engine.purpose(of: Trial.ref("rongmeiti/3")) == .demand)
        let row = Trial.engine(entries).unclassed(limit: 1).first
        #expect(row?.due == Trial.time("03-03 10:00"))
    }
}
