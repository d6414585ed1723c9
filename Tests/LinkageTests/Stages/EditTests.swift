import Domain
import Linkage
import Testing

/// Officers' edits of cases: 并案, 拆分, 移出, 移入, 撤销, 办结.
@Suite struct EditTests {
    /// An item of its own wording that belongs with those that it names.
    private func item(_ ref: String, _ time: String, with others: [String] = []) -> Entry {
        let troubles = [
            "井盖松动多日无人维修", "围墙倒塌压坏菜地", "路灯整排不亮", "垃圾堆放发臭",
            "水表读数翻倍", "电梯经常困住老人", "菜场占道堵塞消防通道", "班车取消上学困难",
        ]
        let trouble = troubles[(ref.utf8.last.map(Int.init) ?? 0) % troubles.count]
        return Trial.item(ref, time, trouble, String(trouble.reversed())) {
            $0.relates = others.map { Trial.ref($0) }
            $0.persons = [Trial.person(ref.utf8.reduce(0) { $0 * 7 % 10_007 + Int($1) })]
        }
    }

    /// Two cases: items 1 and 2, items 3 and 4; item 5 alone.
    private var two: [Entry] {
        [
            item("xinfang/1", "03-03 09:00"), item("xinfang/2", "03-03 10:00", with: ["xinfang/1"]),
            item("xinfang/3", "03-03 11:00"), item("xinfang/4", "03-03 12:00", with: ["xinfang/3"]),
            item("xinfang/5", "03-03 13:00"),
        ]
    }

    private func seen(_ items: UInt64...) -> SeenCase { SeenCase(id: nil, items: items) }

    private func command(_ time: String, _ action: Command.Action) -> Entry {
        let command = Command(officer: "zhang", idempotencyKey: "key \(time)", action: action)
        return Entry(at: Trial.time(time), content: .command(command))
    }

    private func edit(_ time: String, _ edit: CaseEdit) -> Entry {
        command(time, .edit(edit, note: ""))
    }

    private func name(_ founder: String) -> String {
        CaseID(county: Trial.county, foundedBy: Trial.ref(founder)).text
    }

    /// The items of each case of two or more, by its name, as the engine lists them.
    private func cases(_ entries: [Entry]) -> [String: [UInt64]] {
        let engine = Trial.engine(entries)
        var found: [String: [UInt64]] = [:]
        for row in engine.cases(limit: 100) {
            found[row.id.text] = engine.caseMembers(row.id, limit: 100).map(\.ordinal)
        }
        return found
    }

    private func editings(_ entries: [Entry]) -> [CaseEditing] {
        Trial.decisions(entries).compactMap {
            if case .caseEdited(let editing) = $0.content { editing } else { nil }
        }
    }

    private func voids(_ entries: [Entry]) -> [VoidReason] {
        Trial.decisions(entries).compactMap {
            if case .void(_, _, let reason) = $0.content { reason } else { nil }
        }
    }

    @Test func mergedCasesAreOneAndBothNamesLead() throws {
        let entries = two + [edit("03-04 09:00", .merge(seen(1, 2), with: seen(3, 4)))]
        #expect(cases(entries) == [name("xinfang/1"): [1, 2, 3, 4]])
        let engine = Trial.engine(entries)
        let alias = try #require(CaseID(text: name("xinfang/3")))
        let row = engine.caseRow(alias)
        #expect(row?.items == ItemCount(4))
        let aliases = engine.aliases(of: try #require(row?.id))
        #expect(aliases == [alias])
        let editing = try #require(editings(entries).first)
        #expect(editing.others == [alias])
        #expect(editing.movedCount == 2)
    }

    @Test func aCaseMadeOfTwoPlacesTakesItemsOfBoth() {
        func site(_ ref: String, _ time: String, _ place: String) -> Entry {
            Trial.item(ref, time, "\(place)拖欠工资", "\(place)干完活工资一直没有结清,包工头不接电话。") {
                $0.place = place
                $0.category = Category(key: "labour.wages") ?? .unknown
            }
        }
        let entries = [
            site("xinfang/1", "03-03 09:00", "鑫达大厦工地"),
            site("xinfang/2", "03-03 10:00", "鑫达大厦工地"),
            site("xinfang/3", "03-03 11:00", "育才小学工地"),
            site("xinfang/4", "03-03 12:00", "育才小学工地"),
            edit("03-04 09:00", .merge(seen(1, 2), with: seen(3, 4))),
            site("xinfang/5", "03-04 10:00", "育才小学工地"),
            site("xinfang/6", "03-04 11:00", "鑫达大厦工地"),
        ]
        #expect(cases(entries) == [name("xinfang/1"): [1, 2, 3, 4, 5, 6]])
    }

    @Test func singleItemsAreMergedIntoACaseOfTheirOwn() {
        let entries = [two[0], two[4], edit("03-04 09:00", .merge(seen(1), with: seen(2)))]
        #expect(cases(entries) == [name("xinfang/1"): [1, 2]])
    }

    @Test func partedItemsAreACaseUnderAnotherName() {
        let merged = two + [edit("03-04 09:00", .merge(seen(1, 2), with: seen(3, 4)))]
        let entries = merged + [edit("03-04 10:00", .split(seen(1, 2, 3, 4), items: [2, 4]))]
        let found = cases(entries)
        #expect(found[name("xinfang/1")] == [1, 3])
        #expect(found[name("xinfang/2")] == [2, 4])
    }

    @Test func aCaseThatBecameOneLivesAgainUnderItsName() {
        let merged = two + [edit("03-04 09:00", .merge(seen(1, 2), with: seen(3, 4)))]
        let entries = merged + [edit("03-04 10:00", .split(seen(1, 2, 3, 4), items: [3, 4]))]
        #expect(cases(entries) == [name("xinfang/1"): [1, 2], name("xinfang/3"): [3, 4]])
    }

    @Test func aCaseKeepsItsNameWhenItsFoundingItemIsMovedOut() throws {
        let more = two + [item("xinfang/6", "03-03 14:00", with: ["xinfang/2"])]
        let out = more + [edit("03-04 09:00", .split(seen(1, 2, 6), items: [1]))]
        #expect(cases(out)[name("xinfang/1")] == [2, 6])
        let again = out + [item("xinfang/7", "03-04 10:00", with: ["xinfang/1"])]
        let found = cases(again)
        #expect(found[name("xinfang/1")] == [2, 6])
        #expect(found.values.contains([1, 7]))
    }

    @Test func anItemMovesFromOneCaseToAnother() {
        let entries = two + [edit("03-04 09:00", .move(item: 2, from: seen(1, 2), to: seen(3, 4)))]
        #expect(cases(entries) == [name("xinfang/3"): [2, 3, 4]])
        let moves = Trial.decisions(entries).compactMap { decision in
            if case .itemMoved(let move) = decision.content { move } else { nil }
        }
        #expect(moves.map(\.item) == [Trial.ref("xinfang/2")])
        #expect(moves.first?.from?.text == name("xinfang/1"))
        #expect(moves.first?.to?.text == name("xinfang/3"))
    }

    @Test func whatOfficersPartedNoLateEvidenceMakesOne() {
        let letters = CaseMergeTests.entries
        let before = Array(letters.dropLast())
        let parted =
            before + [
                edit("03-05 09:00", .merge(seen(1, 2), with: seen(3, 4))),
                edit("03-05 09:30", .split(seen(1, 2, 3, 4), items: [3, 4])),
            ] + letters.suffix(1)
        #expect(cases(letters).count == 1, "without the edits the last letter makes them one")
        #expect(cases(parted).count == 2)
    }

    @Test func anUndoneMergeGivesBackItsItemsAndNamesWhatFollowed() throws {
        let merged = two + [edit("03-04 09:00", .merge(seen(1, 2), with: seen(3, 4)))]
        let fed = merged + [item("xinfang/6", "03-04 10:00", with: ["xinfang/4"])]
        let undone = fed + [command("03-04 11:00", .undo(edit: 1, note: ""))]
        #expect(cases(undone) == [name("xinfang/1"): [1, 2, 6], name("xinfang/3"): [3, 4]])
        let editing = try #require(editings(undone).last)
        #expect(editing.kind == .undo)
        #expect(editing.followed == [Trial.ref("xinfang/6")])
        #expect(editing.followedCount == 1)
        #expect(editing.alerts == [Trial.alert(.matter, "xinfang/1")])
        #expect(
            voids(undone + [command("03-04 12:00", .undo(edit: 1, note: ""))]) == [.alreadyUndone]
        )
    }

    @Test func anUndoneSplitMakesOneAgainWithWhatJoinedSince() {
        let whole = two + [item("xinfang/6", "03-03 14:00", with: ["xinfang/2"])]
        let parted = whole + [edit("03-04 09:00", .split(seen(1, 2, 6), items: [2, 6]))]
        let fed = parted + [item("xinfang/7", "03-04 10:00", with: ["xinfang/6"])]
        #expect(cases(fed)[name("xinfang/2")] == [2, 6, 7])
        let undone = fed + [command("03-04 11:00", .undo(edit: 1, note: ""))]
        #expect(cases(undone)[name("xinfang/1")] == [1, 2, 6, 7])
    }

    @Test func anAlertThatRestedOnMovedItemsIsCorrected() throws {
        let merged = two + [edit("03-04 09:00", .merge(seen(1, 2), with: seen(3, 4)))]
        let id = Trial.alert(.matter, "xinfang/1")
        let raised = try #require(Trial.standing(id, merged))
        #expect(raised.persons == 4)
        let undone = merged + [command("03-04 11:00", .undo(edit: 1, note: ""))]
        let corrected = try #require(Trial.standing(id, undone))
        #expect(corrected.state == .over)
        #expect(corrected.itemCount == 2)
        #expect(corrected.report == raised.report + 1)
    }

    @Test func anAlertThatWasOverIsRaisedAgain() throws {
        let merge = CaseEdit.merge(seen(1, 2), with: seen(3, 4))
        let entries =
            two + [
                edit("03-04 09:00", merge), command("03-04 10:00", .undo(edit: 1, note: "")),
                edit("03-04 11:00", merge),
            ]
        let alert = try #require(Trial.standing(Trial.alert(.matter, "xinfang/1"), entries))
        #expect(alert.state == .unacknowledged)
        #expect(alert.persons == 4)
        #expect(alert.acknowledgeBy > Trial.time("03-04 11:00"))
    }

    @Test func itemsOfOldRaiseNothingWhenOneIsMovedOut() {
        let old = two.map { entry in
            var entry = entry
            entry.at = Trial.time("03-20 09:00")
            return entry
        }
        let merged = old + [edit("03-20 10:00", .merge(seen(1, 2), with: seen(3, 4)))]
        let entries = merged + [edit("03-20 11:00", .split(seen(1, 2, 3, 4), items: [4]))]
        #expect(Trial.standing(Trial.alert(.matter, "xinfang/1"), entries) == nil)
    }

    @Test func anUndoneMoveOutBringsBackWhatJoinedTheItemSince() {
        let whole = two + [item("xinfang/6", "03-03 14:00", with: ["xinfang/2"])]
        let out = whole + [edit("03-04 09:00", .split(seen(1, 2, 6), items: [6]))]
        let fed = out + [item("xinfang/7", "03-04 10:00", with: ["xinfang/6"])]
        #expect(cases(fed)[name("xinfang/6")] == [6, 7])
        let undone = fed + [command("03-04 11:00", .undo(edit: 1, note: ""))]
        #expect(cases(undone)[name("xinfang/1")] == [1, 2, 6, 7])
    }

    @Test func anUndoneMoveFollowsItsCaseIntoAnother() {
        let more =
            two + [
                item("xinfang/6", "03-03 14:00", with: ["xinfang/2"]),
                item("xinfang/7", "03-03 15:00", with: ["xinfang/5"]),
            ]
        let entries =
            more + [
                edit("03-04 09:00", .move(item: 6, from: seen(1, 2, 6), to: seen(3, 4))),
                edit("03-04 10:00", .merge(seen(5, 7), with: seen(1, 2))),
                command("03-04 11:00", .undo(edit: 1, note: "")),
            ]
        #expect(
            cases(entries) == [name("xinfang/5"): [1, 2, 5, 6, 7], name("xinfang/3"): [3, 4]]
        )
    }

    @Test func anUndoThatALaterEditForbidsTellsNoMoves() throws {
        let entries =
            two + [
                edit("03-04 09:00", .merge(seen(1, 2), with: seen(3, 4))),
                edit("03-04 10:00", .merge(seen(1, 2, 3, 4), with: seen(5))),
            ]
        let undone = entries + [command("03-04 11:00", .undo(edit: 1, note: ""))]
        #expect(cases(undone) == [name("xinfang/1"): [1, 2, 3, 4, 5]])
        let editing = try #require(editings(undone).last)
        #expect(editing.movedCount == 0)
        #expect(editing.others.isEmpty)
        #expect(Trial.decisions(undone).count == Trial.decisions(entries).count + 1)
    }

    @Test func whatWasPartedStaysPartedAfterItsOwnSideWasParted() {
        let merged = two + [edit("03-04 09:00", .merge(seen(1, 2), with: seen(3, 4)))]
        let parted =
            merged + [
                edit("03-04 10:00", .split(seen(1, 2, 3, 4), items: [1, 2])),
                edit("03-04 11:00", .split(seen(1, 2), items: [1])),
            ]
        let engine = Trial.engine(parted)
        let row = engine.edits(limit: 9)[1]
        #expect(row.parted == [Trial.ref("xinfang/1"), Trial.ref("xinfang/2")])
        #expect(row.together == [Trial.ref("xinfang/2")])
    }

    @Test func aClosedCaseThatTakesAnotherIsOpenAgain() {
        let entries =
            two + [
                command("03-04 09:00", .setLife(seen(1, 2), isClosed: true, note: "")),
                edit("03-04 10:00", .merge(seen(1, 2), with: seen(3, 4))),
            ]
        let engine = Trial.engine(entries)
        #expect(engine.cases(limit: 1).first?.life == .reopened)
    }

    @Test(arguments: [UInt64(3), 4]) func anEngineGoesOnWithEditsFromItsState(seed: UInt64) {
        var journal = EditedJournal(seed: seed)
        let entries = journal.entries(items: 70, edits: 40)
        let expected = Ways.decisions(entries)
        for place in stride(from: 20, to: entries.count, by: 5) {
            let found = Ways.restarted(before: place, entries)
            #expect(Ways.difference(found, expected) == nil, "seed \(seed), entry \(place + 1)")
        }
    }

    @Test func aClosedCaseOpensAgainWhenItIsFed() {
        let closed = two + [command("03-04 09:00", .setLife(seen(1, 2), isClosed: true, note: ""))]
        func life(_ entries: [Entry]) -> CaseLife? {
            let engine = Trial.engine(entries)
            return engine.cases(limit: 1).first?.life
        }
        #expect(life(closed) == .closed)
        let fed = closed + [item("xinfang/6", "03-04 10:00", with: ["xinfang/2"])]
        #expect(life(fed) == .reopened)
        let again = closed + [command("03-04 10:00", .setLife(seen(1), isClosed: true, note: ""))]
        #expect(voids(again) == [.alreadySo])
    }

    @Test func aCommandWithoutAnObjectSaysWhy() {
        #expect(
            voids(
                two + [
                    edit("03-04 09:00", .merge(seen(1), with: seen(99))),
                    command("03-04 09:01", .undo(edit: 7, note: "")),
                    command("03-04 09:02", .setLife(seen(5), isClosed: true, note: "")),
                ]
            ) == [.noSuchItem, .noSuchEdit, .noSuchCase]
        )
    }

    @Test(arguments: 1...8) func editsAreObeyedUnderAnyWeights(seed: UInt64) {
        var journal = EditedJournal(seed: seed)
        let entries = journal.entries(items: 160, edits: 60)
        for join in [190, 900, 60] {
            var settings = Trial.linkage
            settings.joinPermille = join
            settings.mergePermille = join
            settings.mergeSinglePermille = join
            settings.casePermille = join
            let engine = Trial.engine(whole: entries, settings)
            let rows = engine.edits(limit: 1000)
            #expect(rows.count == journal.made, "seed \(seed), join \(join)")
            for row in rows {
                let together = Set(row.together.map { cluster(of: $0, engine) })
                #expect(together.count <= 1, "seed \(seed), join \(join), edit \(row.number)")
                let parted = Set(row.parted.map { cluster(of: $0, engine) })
                let apart = row.apart.map { cluster(of: $0, engine) }
                #expect(
                    apart.allSatisfy { !parted.contains($0) },
                    "seed \(seed), join \(join), edit \(row.number)"
                )
            }
        }
    }

    /// The case of an item, or what stands for it when it is alone.
    private func cluster(of ref: ItemRef, _ engine: borrowing Engine) -> String {
        guard let ordinal = engine.ordinal(of: ref) else { return "" }
        return engine.caseRow(ofItem: ordinal)?.id.text ?? "\(ordinal)"
    }
}
