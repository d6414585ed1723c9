import Domain
import Linkage
import Testing

@Suite struct TimeTests {
    private func fire(_ id: Int, _ time: String, danger: Bool = false, at: String? = nil) -> Entry {
        let text = ["厨房冒烟", "河边草地着火", "油罐车侧翻泄漏"][id - 1]
        return Trial.item("zhengshu/\(id)", time, "", text, at: at) { item in
            item.place = ["金碧花园", "福兴村", "育才小学"][id - 1]
            item.isUrgent = true
            item.isDangerToLife = danger
        }
    }

    private func overdue(_ entries: [Entry]) -> [String] {
        Trial.decisions(entries).compactMap { decision in
            guard case .alertOverdue(let alert) = decision.content else { return nil }
            return "\(decision.line.prefix(11)) \(alert.items[0].short)"
        }
    }

    @Test func deadlineFiresStampedWithItsOwnTime() {
        let later = Trial.item("xinfang/9", "03-03 12:00", "路灯不亮", "村口路灯不亮")
        #expect(overdue([fire(1, "03-03 02:00"), later]) == ["03-03 02:30 zhengshu/1"])
        #expect(
            overdue([fire(1, "03-03 02:00"), Trial.tick("03-03 02:30")])
                == ["03-03 02:30 zhengshu/1"]
        )
        #expect(overdue([fire(1, "03-03 02:00"), Trial.tick("03-03 02:29")]).isEmpty)
    }

    @Test func deadlinesGoByComingNotByTheItemsTime() {
        #expect(
            overdue([fire(1, "03-03 02:00", at: "03-03 10:00"), Trial.tick("03-03 12:00")])
                == ["03-03 10:30 zhengshu/1"]
        )
    }

    @Test func deadlinesFireInTheOrderOfTheirTimes() {
        #expect(
            overdue([
                fire(1, "03-03 02:00"), fire(2, "03-03 02:05", danger: true),
                fire(3, "03-03 02:10", danger: true), Trial.tick("03-03 09:00"),
            ]) == ["03-03 02:15 zhengshu/2", "03-03 02:20 zhengshu/3", "03-03 02:30 zhengshu/1"]
        )
    }

    @Test func deadlineFiresBeforeTheEntryThatComesWithIt() {
        let signature = Trial.acknowledge(
            "03-03 02:30",
            Trial.alert(.urgent, "zhengshu/1"),
            report: 1,
            key: "key-1"
        )
        let words = Trial.lines([fire(1, "03-03 02:00"), signature]).suffix(2).map {
            $0.split(separator: " ")[2]
        }
        #expect(words == ["overdue", "acknowledged"])
    }

    @Test func signedAlertNeverFallsDue() {
        let signature = Trial.acknowledge(
            "03-03 02:29",
            Trial.alert(.urgent, "zhengshu/1"),
            report: 1,
            key: "key-1"
        )
        #expect(
            overdue([fire(1, "03-03 02:00"), signature, Trial.tick("03-05 09:00")]).isEmpty
        )
    }

    @Test func alertFallsDueOnce() {
        let ticks = ["03-03 02:30", "03-03 02:31", "03-04 09:00"].map(Trial.tick)
        #expect(overdue([fire(1, "03-03 02:00")] + ticks).count == 1)
    }

    @Test func lateItemRaisesNothing() {
        let decisions = Trial.decisions([fire(1, "03-03 02:00", danger: true, at: "03-04 02:01")])
        #expect(decisions.map(\.content.line) == ["admitted zhengshu/1 #1 urgent late"])
    }

    @Test func lateItemJoinsItsCaseAndRaisesNothing() {
        func item(_ id: Int, _ time: String, at: String? = nil) -> Entry {
            Trial.item("zhengshu/\(id)", time, "", "第\(id)件来电", at: at) {
                $0.relates = id > 1 ? [Trial.ref("zhengshu/1")] : []
                $0.persons = [Trial.person(id)]
            }
        }
        let entries = [
            item(1, "03-03 09:00"), item(2, "03-03 10:00"),
            item(3, "03-03 11:00", at: "03-09 09:00"),
        ]
        #expect(Trial.row(Trial.matter("zhengshu/1"), entries)?.items == Count(3))
        #expect(Trial.standing(Trial.alert(.matter, "zhengshu/1"), entries) == nil)
    }

    @Test func tickYieldsNothingByItself() {
        #expect(Trial.decisions([Trial.tick("03-03 09:00"), Trial.tick("03-03 09:01")]).isEmpty)
    }
}
