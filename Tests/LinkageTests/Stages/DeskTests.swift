import Domain
import Linkage
import Testing

@Suite struct DeskTests {
    private let fire = Trial.alert(.urgent, "zhengshu/1")

    private func item(
        _ content: UInt64 = 1,
        danger: Bool = false,
        at: String = "03-03 02:00"
    ) -> Entry {
        Trial.item("zhengshu/1", "03-03 02:00", "起火", "三楼冒烟", content: content, at: at) {
            $0.isUrgent = true
            $0.isDangerToLife = danger
        }
    }

    private func sign(
        _ at: String,
        report: Int = 1,
        key: String = "key-1",
        officer: String = "zhang",
        _ id: AlertID? = nil
    ) -> Entry {
        Trial.acknowledge(at, id ?? fire, report: report, key: key, officer: officer)
    }

    /// What came of the commands alone.
    private func outcomes(_ entries: [Entry]) -> [String] {
        Trial.decisions(entries).compactMap { decision in
            switch decision.content {
            case .alertAcknowledged(let alert, let key):
                "\(key) signed by \(alert.acknowledgedBy) at \(alert.report)"
            case .void(let key, let officer, let reason): "\(key) of \(officer) void \(reason)"
            default: nil
            }
        }
    }

    @Test func officerSignsForTheReportThatStands() throws {
        let entries = [item(), sign("03-03 02:05")]
        #expect(outcomes(entries) == ["key-1 signed by zhang at 1"])
        let alert = try #require(Trial.standing(fire, entries))
        #expect(alert.state == .acknowledged)
        #expect(alert.acknowledgedBy == "zhang")
    }

    @Test func sameKeyAgainIsTheSameCommand() {
        #expect(
            outcomes([item(), sign("03-03 02:05"), sign("03-03 02:06")]) == [
                "key-1 signed by zhang at 1", "key-1 of zhang void sameCommandAgain",
            ]
        )
    }

    @Test func keyOfAnotherOfficerIsAnotherCommand() {
        #expect(
            outcomes([item(), sign("03-03 02:05"), sign("03-03 02:06", officer: "li")]) == [
                "key-1 signed by zhang at 1", "key-1 of li void alreadyAcknowledged",
            ]
        )
    }

    @Test func commandWithoutAnObjectIsVoidAndSaysWhy() {
        let other = Trial.alert(.matter, "zhengshu/1")
        #expect(
            outcomes([
                item(), sign("03-03 02:05", key: "a", other),
                sign("03-03 02:05", report: 2, key: "b"),
                sign("03-03 02:05", key: "c"), sign("03-03 02:05", key: "d"),
            ]) == [
                "a of zhang void noSuchAlert", "b of zhang void reportMovedOn",
                "c signed by zhang at 1", "d of zhang void alreadyAcknowledged",
            ]
        )
    }

    @Test func voidCommandChangesNothing() {
        let voided = [item(), sign("03-03 02:05", report: 9, key: "a")]
        #expect(Trial.standing(fire, voided) == Trial.standing(fire, [item()]))
    }

    @Test func risenLevelNeedsANewSignature() throws {
        let entries = [item(), sign("03-03 02:05"), item(2, danger: true, at: "03-03 02:10")]
        let alert = try #require(Trial.standing(fire, entries))
        #expect(alert.level == .red)
        #expect(alert.state == .unacknowledged)
        #expect(alert.acknowledgedBy.isEmpty)
        #expect(alert.acknowledgeBy == Trial.time("03-03 02:20"))
        #expect(
            outcomes(entries + [sign("03-03 02:11", report: 2, key: "b", officer: "li")]).last
                == "b signed by li at 2"
        )
    }

    @Test func overdueAlertCanStillBeSigned() {
        #expect(
            outcomes([item(), Trial.tick("03-03 03:00"), sign("03-03 03:01")])
                == ["key-1 signed by zhang at 1"]
        )
    }
}
