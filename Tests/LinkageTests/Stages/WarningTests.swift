import Domain
import Linkage
import Testing

@Suite struct WarningTests {
    /// Item `number` of one case: each names the one before, so that only the rules are tried.
    private func item(
        _ number: Int,
        _ time: String,
        person: Int? = nil,
        agency: String = "zhengshu",
        at: String? = nil,
        relates: String? = nil
    ) -> Entry {
        Trial.item("\(agency)/\(number)", time, "", "第\(number)件来电", at: at) { item in
            item.relates =
                (relates ?? (number > 1 ? "zhengshu/1" : nil)).map { [Trial.ref($0)] } ?? []
            item.persons = person.map { [Trial.person($0)] } ?? []
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

    private func signals(_ alert: Alert) -> [String] {
        alert.signals.map { "\($0.rule) \($0.value)/\($0.threshold) \($0.level.token)" }
    }

    @Test func levelClimbsWithEachBandAndOnlyThen() {
        let entries = (1...30).map { number in
            item(number, "03-03 09:\(number < 10 ? "0" : "")\(number)", person: number)
        }
        let found = alerts(entries)
        #expect(found.map(\.level) == [.blue, .yellow, .orange, .red])
        #expect(found.map(\.itemCount) == [3, 5, 10, 30])
        #expect(found.map(\.report) == [1, 2, 3, 4])
        #expect(Set(found.map(\.id)) == [Trial.alert(.matter, "zhengshu/1")])
    }

    @Test func alertRemembersWhereItStoodSoThatItsSubscribersFindItAgain() {
        let entries = (1...30).map { number in
            item(number, "03-03 09:\(number < 10 ? "0" : "")\(number)", person: number)
        }
        let found = alerts(entries)
        #expect(
            found.map { $0.former.map(\.level) } == [
                [], [.blue], [.blue, .yellow],
                [.blue, .yellow, .orange],
            ]
        )
    }

    /// Bands are contiguous: every value from the lowest on has exactly one level.
    @Test func everyValueHasTheLevelOfTheBandThatHoldsIt() throws {
        let rule = try #require(Trial.rules.rules.first)
        let levels = (0...40).map { rule.band(for: $0)?.level }
        let expected: [AlertLevel?] = (0...40).map { value in
            switch value {
            case 30...: .red
            case 10...: .orange
            case 5...: .yellow
            case 3...: .blue
            default: nil
            }
        }
        #expect(levels == expected)
    }

    @Test func alertNamesItemsValuesAndTheVersionOfTheRules() throws {
        let alert = try #require(
            alerts([
                item(1, "03-03 09:00", person: 1), item(2, "03-03 10:00", person: 2),
                item(3, "03-03 11:00", person: 3, agency: "xinfang"),
            ]).first
        )
        #expect(
            signals(alert) == [
                "persons-7d 3/3 blue", "items-24h 3/3 blue", "agencies-72h 2/2 blue",
            ]
        )
        #expect(alert.items.map(\.short) == ["zhengshu/1", "zhengshu/2", "xinfang/3"])
        #expect(alert.rulesVersion == 11)
        #expect(alert.agencies.map(\.name) == ["xinfang", "zhengshu"])
        #expect(alert.persons == 3)
        #expect(alert.raisedAt == Trial.time("03-03 11:00"))
        #expect(alert.acknowledgeBy == Trial.time("03-04 11:00"))
        #expect(alert.caseID == Trial.matter("zhengshu/1"))
    }

    @Test func onePersonThreeTimesIsNotThreePersons() throws {
        let alert = try #require(
            alerts([
                item(1, "03-03 09:00", person: 1), item(2, "03-03 10:00", person: 1),
                item(3, "03-03 11:00", person: 1),
            ]).first
        )
        #expect(signals(alert) == ["items-24h 3/3 blue"])
    }

    @Test func anonymousItemsCountOnePersonEach() throws {
        let alert = try #require(
            alerts([item(1, "03-03 09:00"), item(2, "03-03 10:00"), item(3, "03-03 11:00")]).first
        )
        #expect(signals(alert).contains("persons-7d 3/3 blue"))
    }

    @Test func ruleIsSilentBelowItsLeastItems() {
        let two = [
            item(1, "03-03 09:00", person: 1), item(2, "03-03 10:00", person: 1, agency: "xinfang"),
        ]
        #expect(alerts(two).isEmpty)
    }

    @Test func urgentFlagGivesItsLevelAndDangerTheGraver() {
        func fire(_ content: UInt64, danger: Bool) -> Entry {
            Trial.item("zhengshu/1", "03-03 02:00", "起火", "三楼冒烟", content: content) {
                $0.isUrgent = true
                $0.isDangerToLife = danger
            }
        }
        let found = alerts([fire(1, danger: false), fire(2, danger: true)])
        #expect(found.map(\.level) == [.orange, .red])
        #expect(found.map(\.kind) == [.urgent, .urgent])
        #expect(found.last.map(signals) == ["urgent 1/1 orange", "danger 1/1 red"])
    }

    @Test func windowsGoByTheItemsTimesNotByTheirComing() {
        // All three come within a minute; by their own times they lie two days apart.
        #expect(
            alerts([
                item(1, "03-03 09:00", person: 1, at: "03-07 10:00"),
                item(2, "03-05 09:00", person: 1, at: "03-07 10:00"),
                item(3, "03-07 09:00", person: 1, at: "03-07 10:00"),
            ]).isEmpty
        )
        // Two days pass between their comings; by their own times they lie within a day.
        #expect(
            alerts([
                item(1, "03-03 09:00", person: 1, at: "03-03 09:00"),
                item(2, "03-03 10:00", person: 1, at: "03-03 20:00"),
                item(3, "03-03 11:00", person: 1, at: "03-04 10:59"),
            ]).map(\.itemCount) == [3]
        )
    }

    @Test func itemOnTheEdgeOfTheWindowIsOutside() {
        func count(_ last: String) -> Int {
            alerts([
                item(1, "03-03 09:00", person: 1), item(2, "03-03 10:00", person: 1),
                item(3, last, person: 1),
            ]).count
        }
        #expect(count("03-04 08:59") == 1)
        #expect(count("03-04 09:00") == 0)
    }
}
