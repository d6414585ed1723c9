import Domain
import Linkage
import Testing

/// What the rules beyond plain counts say of a case; items name each other, so that only the rules are tried.
@Suite struct CaseRuleTests {
    private static let opening = "03-01 09:00"

    private func inForce(_ change: (inout Rules) -> Void) -> Entry {
        var rules = Trial.rules
        rules.rules = []
        change(&rules)
        let file = Trial.file(.rules, .rules(rules))
        return Entry(at: Trial.time(Self.opening), content: .configuration(file))
    }

    private func item(
        _ number: Int,
        _ time: String,
        at: String? = nil,
        _ change: (inout Item) -> Void = { _ in }
    ) -> Entry {
        Trial.item("zhengshu/\(number)", time, "", "第\(number)件来电", at: at) { item in
            item.relates = number > 1 ? [Trial.ref("zhengshu/1")] : []
            change(&item)
        }
    }

    /// A post of another agency about the same matter; each version has another content.
    private func post(
        _ at: String,
        reach: Int = 0,
        shares: Int = 0,
        level: MediaReach.Level = .local,
        relates: Bool = true
    ) -> Entry {
        Trial.item(
            "rongmeiti/1",
            "03-03 09:30",
            "",
            "网上有帖",
            content: UInt64(reach + shares) * 4 + UInt64(level == .local ? 1 : 2),
            at: at
        ) { item in
            item.kind = .sentiment
            item.relates = relates ? [Trial.ref("zhengshu/1")] : []
            var media = MediaReach()
            (media.reach, media.shares, media.level) = (reach, shares, level)
            item.media = media
        }
    }

    private func alerts(_ entries: [Entry]) -> [Alert] {
        Trial.decisions(entries).compactMap { decision in
            switch decision.content {
            case .alertRaised(let alert), .alertChanged(let alert): alert
            default: nil
            }
        }
    }

    private func signals(_ entries: [Entry]) -> [[String]] {
        alerts(entries).map { alert in
            alert.signals.map { "\($0.rule) \($0.value)/\($0.threshold) \($0.level.token)" }
        }
    }

    private func minute(_ number: Int, hour: Int = 9) -> String {
        "03-03 \(hour < 10 ? "0" : "")\(hour):\(number < 10 ? "0" : "")\(number)"
    }

    private func growth(isOnTrial: Bool = false) -> Rules.Rule {
        Rules.Rule(
            name: "growth-1h",
            measure: .growth,
            window: .hours(1),
            against: .hours(6),
            bands: [
                Rules.Band(least: 5, level: .blue, times: 2),
                Rules.Band(least: 10, level: .yellow, times: 3),
            ],
            isOnTrial: isOnTrial
        )
    }

    @Test func growthNeedsItsLeastNumberAndItsMultipleOfTheTimeBefore() {
        // Twelve in the six hours before are two an hour: blue needs five, yellow ten of 6.
        let before = (1...12).map { item($0, minute(($0 - 1) % 2, hour: 3 + ($0 - 1) / 2)) }
        let after = (13...22).map { item($0, minute($0 - 8, hour: 9)) }
        let found = signals([inForce { $0.rules = [growth()] }] + before + after)
        #expect(found == [["growth-1h 5/5 blue"], ["growth-1h 10/10 yellow"]])
    }

    @Test func growthAboveABusyTimeNeedsMore() {
        // Eighteen before are three an hour: blue needs six of them.
        let before = (1...18).map { item($0, minute(($0 - 1) % 3, hour: 3 + ($0 - 1) / 3)) }
        let after = (19...24).map { item($0, minute($0 - 14, hour: 9)) }
        let found = signals([inForce { $0.rules = [growth()] }] + before + after)
        #expect(found.last == ["growth-1h 6/6 blue"])
    }

    @Test func aRuleCountsWhatItsScopeTakes() {
        func rule(_ name: String, _ scope: Rules.Scope) -> Rules.Rule {
            var rule = Trial.rule(name, .items, .days(7), [3])
            rule.scope = scope
            return rule
        }
        let wages = Rules.KeyField(
            name: "wages",
            title: "涉薪",
            categories: [Rules.CategoryPattern(text: "labour.*")].compactMap(\.self)
        )
        let rules = inForce {
            $0.fields = [wages]
            $0.rules = [
                rule("town", Rules.Scope(divisions: [Trial.division(Trial.shuizhai)])),
                rule("field", Rules.Scope(fields: ["wages"], known: [wages])),
                rule("form", Rules.Scope(forms: [.visit])),
                rule("agency", Rules.Scope(agencies: [Trial.agency("xinfang")])),
                rule("all", Rules.Scope(divisions: [Trial.county])),
            ]
        }
        let items = (1...4).map { number in
            item(number, minute(number)) { item in
                item.category =
                    Category(key: number > 1 ? "labour.wages" : "land.mining") ?? .unknown
                item.form = number > 2 ? .visit : .hotline
            }
        }
        #expect(
            signals([rules] + items) == [
                ["all 3/3 blue"], ["field 3/3 blue", "all 4/3 blue"],
            ]
        )
    }

    @Test func aRuleOnTrialRaisesNothingAndTellsEachLevelOnce() throws {
        var onTrial = Trial.rule("items-24h", .items, .hours(24), [3, 5])
        onTrial.isOnTrial = true
        let entries = [inForce { $0.rules = [onTrial] }] + (1...6).map { item($0, minute($0)) }
        #expect(alerts(entries).isEmpty)
        let lines = Trial.lines(entries).filter { $0.contains("tried") }
        try #require(lines.count == 2)
        #expect(lines[0].hasSuffix("items-24h 3/3 blue"))
        #expect(lines[1].hasSuffix("items-24h 5/5 yellow"))
    }

    @Test func whatATrialReachedIsNotToldAnyMoreWhenAnItemOfItWasWithdrawn() {
        var onTrial = Trial.rule("items-24h", .items, .hours(24), [3])
        onTrial.isOnTrial = true
        let entries = [inForce { $0.rules = [onTrial] }] + (1...3).map { item($0, minute($0)) }
        func tried(without refs: Set<ItemRef>) -> Int {
            Trial.decisions(entries).compactMap { $0.leavingOut(refs) }.count { decision in
                if case .ruleTried = decision.content { true } else { false }
            }
        }
        #expect(tried(without: []) == 1)
        #expect(tried(without: [Trial.ref("xinfang/9")]) == 1)
        #expect(tried(without: [Trial.ref("zhengshu/2")]) == 0)
    }

    @Test func reachAndMediumOfAPostGradeTheCaseItBelongsTo() {
        let rules = inForce {
            $0.rules = [
                Rules.Rule(
                    name: "reach",
                    measure: .reach,
                    window: TimeSpan(milliseconds: 0),
                    bands: [Rules.Band(least: 10_000, level: .yellow)]
                )
            ]
            $0.mediaLevels = [.provincial: .orange, .central: .red]
        }
        let entries = [
            rules, item(1, "03-03 09:00"), post("03-03 09:30", reach: 9_999),
            post("03-03 09:40", reach: 10_000),
            post("03-03 09:50", reach: 8_000, level: .provincial),
        ]
        #expect(
            signals(entries) == [
                ["reach 10000/10000 yellow"], ["reach 10000/10000 yellow", "medium 2/2 orange"],
            ]
        )
        #expect(alerts(entries).map(\.caseID).allSatisfy { $0 == Trial.matter("zhengshu/1") })
    }

    @Test func spreadCountsWhatWasPassedOnInTheWindow() {
        let rules = inForce {
            $0.rules = [
                Rules.Rule(
                    name: "spread-1h",
                    measure: .spread,
                    window: .hours(1),
                    bands: [
                        Rules.Band(least: 50, level: .yellow),
                        Rules.Band(least: 200, level: .orange),
                    ]
                )
            ]
        }
        // Forty by nine thirty; then 90 by ten thirty, of which fifty in the last hour; then nothing for hours.
        let entries = [
            rules, post("03-03 09:30", shares: 40, relates: false),
            post("03-03 10:30", shares: 89, relates: false),
            post("03-03 10:31", shares: 91, relates: false),
            post("03-03 20:00", shares: 92, relates: false),
        ]
        #expect(signals(entries) == [["spread-1h 51/50 yellow"]])
    }

    @Test func complaintsAndSentimentOfOneCaseRaiseTheLevelByOne() {
        let rules = inForce {
            $0.rules = [Trial.rule("items-7d", .items, .days(7), [2, 5])]
            $0.mediaLevels = [.provincial: .orange]
            $0.raisesJoint = true
        }
        let complaints = [item(1, "03-03 09:00"), item(2, "03-03 09:10")]
        #expect(signals([rules] + complaints) == [["items-7d 2/2 blue"]])
        let joint = signals([rules] + complaints + [post("03-03 09:30")])
        #expect(joint.last == ["items-7d 3/2 blue", "joint 1/1 yellow"])
        let grave = signals([rules] + complaints + [post("03-03 09:30", level: .provincial)])
        #expect(grave.last?.last == "joint 1/1 red")
        // Sentiment alone is no complaint beside it.
        let alone = [rules, post("03-03 09:30", level: .provincial, relates: false)]
        #expect(signals(alone) == [["medium 2/2 orange"]])
    }

    @Test func aClosedCaseThatIsFedAgainIsToldEachTime() {
        let rules = inForce { $0.returnedLevel = .yellow }
        func closing(_ at: String, _ key: String) -> Entry {
            let action = Command.Action.setLife(
                SeenCase(id: nil, items: [1]),
                isClosed: true,
                note: ""
            )
            let command = Command(officer: "zhang", idempotencyKey: key, action: action)
            return Entry(at: Trial.time(at), content: .command(command))
        }
        let entries = [
            rules, item(1, "03-03 09:00"), item(2, "03-03 09:10"), closing("03-03 10:00", "k-1"),
            item(3, "03-03 11:00"), item(4, "03-03 11:10"), closing("03-03 12:00", "k-2"),
            item(5, "03-03 13:00"),
        ]
        #expect(signals(entries) == [["returned 1/1 yellow"], ["returned 2/1 yellow"]])
    }

    @Test func wordsAskForALookOfTheirOwnKind() {
        let rules = inForce { $0.wording = Rules.Wording(words: ["跳楼"], level: .yellow) }
        let entries = [
            rules, item(1, "03-03 09:00"),
            item(2, "03-03 09:10") { $0.text = "有人说要跳楼,请查看" },
            item(3, "03-03 09:20") { $0.title = "又有人要跳楼" },
        ]
        let found = alerts(entries)
        #expect(found.map(\.kind) == [.wording])
        #expect(found.map(\.level) == [.yellow])
        #expect(found.first?.items.map(\.short) == ["zhengshu/2"])
    }

    @Test func aProtectedPeriodHasTighterBandsWhereAndWhileItHolds() {
        var rule = Trial.rule("items-24h", .items, .hours(24), [3])
        rule.protectedBands = [Rules.Band(least: 2, level: .blue)]
        func rules(_ from: String, _ until: String, _ division: String) -> Entry {
            inForce {
                $0.rules = [rule]
                $0.protectedPeriods = [
                    Rules.ProtectedPeriod(
                        name: "congress",
                        title: "两会",
                        term: Term(from: Trial.time(from), until: Trial.time(until)),
                        divisions: [Trial.division(division)]
                    )
                ]
            }
        }
        let items = [item(1, "03-03 09:00"), item(2, "03-03 10:00")]
        #expect(signals([rules("03-03 00:00", "03-04 00:00", Trial.anliu)] + items).count == 1)
        #expect(signals([rules("03-03 00:00", "03-03 10:00", Trial.anliu)] + items).isEmpty)
        #expect(signals([rules("03-03 00:00", "03-04 00:00", Trial.shuizhai)] + items).isEmpty)
    }

    @Test func headsOfACaseAreThoseOfItsVisitsEachOnce() {
        let rules = inForce {
            $0.rules = [Trial.rule("case-heads-30d", .caseHeads, .days(30), [10, 20])]
        }
        func visit(_ ref: String, _ time: String, heads: Int, of other: String) -> Entry {
            Trial.item(ref, time, "", "来访") { item in
                item.form = .visit
                item.heads = heads
                item.relates = [Trial.ref(other)]
            }
        }
        // Two agencies report the first visit, and the heads of the registering one count; the second is of next day.
        let entries = [
            rules, item(1, "03-03 08:00"),
            visit("xinfang/2", "03-03 09:00", heads: 12, of: "zhengshu/1"),
            visit("zhengshu/3", "03-03 09:20", heads: 11, of: "xinfang/2"),
            visit("zhengshu/4", "03-04 09:00", heads: 9, of: "zhengshu/1"),
        ]
        #expect(
            signals(entries) == [["case-heads-30d 12/10 blue"], ["case-heads-30d 21/20 yellow"]]
        )
    }
}
