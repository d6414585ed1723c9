import Domain
import Linkage
import Testing

@Suite struct AdmissionTests {
    private func lamp(_ content: UInt64 = 1, heads: Int = 0) -> Entry {
        Trial.item("zhengshu/1", "03-03 09:00", "路灯不亮", "村口路灯不亮", content: content) {
            $0.heads = heads
        }
    }

    @Test func sameContentAgainIsOneItem() {
        #expect(
            Trial.lines([lamp(), lamp(), lamp()]) == [
                "03-03 09:00 admitted zhengshu/1 #1", "03-03 09:00 same zhengshu/1 #1",
                "03-03 09:00 same zhengshu/1 #1",
            ]
        )
        let counts = Trial.counts([lamp(), lamp(), lamp()])
        #expect(counts.items == Count(1))
        #expect(counts.sameAgain == 2)
    }

    @Test func otherContentIsARevisionOfTheSameItem() {
        #expect(
            Trial.lines([lamp(1), lamp(2), lamp(3), lamp(3)]) == [
                "03-03 09:00 admitted zhengshu/1 #1", "03-03 09:00 revised zhengshu/1 #1 r1",
                "03-03 09:00 revised zhengshu/1 #1 r2", "03-03 09:00 same zhengshu/1 #1",
            ]
        )
        #expect(Trial.counts([lamp(1), lamp(2)]).items == Count(1))
    }

    @Test func oneNumberAtTwoAgenciesIsTwoItems() {
        let other = Trial.item("xinfang/1", "03-03 09:00", "井盖丢失", "桥头井盖丢失")
        #expect(
            Trial.lines([lamp(), other]).filter { $0.contains("admitted") } == [
                "03-03 09:00 admitted zhengshu/1 #1", "03-03 09:00 admitted xinfang/1 #2",
            ]
        )
    }

    @Test func brokenLineIsNumberedInQuarantine() {
        let lines = ["41", "42"].map { id in
            Entry(
                at: Trial.time("03-03 09:00"),
                content: .quarantine(
                    Quarantined(
                        agency: Trial.agency("xinfang"),
                        id: id,
                        code: .badTime,
                        reason: "time"
                    )
                )
            )
        }
        #expect(
            Trial.lines(lines) == [
                "03-03 09:00 quarantined 1 xinfang/41 LD-1046",
                "03-03 09:00 quarantined 2 xinfang/42 LD-1046",
            ]
        )
        #expect(Trial.counts(lines).items == Count(0))
        #expect(Trial.quarantineCount(lines) == 2)
    }

    @Test func accusationLeavesANumberAndNothingElse() {
        let entry = Entry(at: Trial.time("03-03 09:00"), content: .sealedRefusal)
        #expect(
            Trial.lines([entry, entry]) == Array(repeating: "03-03 09:00 refused sealed", count: 2)
        )
        let counts = Trial.counts([entry, entry])
        #expect(counts.sealedRefused == Count(2))
        #expect(counts.items == Count(0))
    }

    @Test func stepInALifeIsNoItemAndIsNeverLinked() {
        let step = Trial.item("xinfang/2", "03-03 10:00", "路灯不亮", "村口路灯不亮") { item in
            item.kind = .life("accepted")
            item.subjectItem = Trial.ref("zhengshu/1")
        }
        #expect(
            Trial.lines([lamp(), step, step]) == [
                "03-03 09:00 admitted zhengshu/1 #1",
                "03-03 10:00 lived xinfang/2 of zhengshu/1 accepted",
                "03-03 10:00 same xinfang/2 #0",
            ]
        )
        #expect(Trial.counts([lamp(), step]).items == Count(1))
    }

    @Test func timeTenMinutesAheadIsKeptAndFlagged() {
        func admitted(at: String) -> String? {
            Trial.lines([Trial.item("zhengshu/1", "03-03 09:10", "路灯不亮", "村口", at: at)]).first
        }
        #expect(admitted(at: "03-03 09:00") == "03-03 09:00 admitted zhengshu/1 #1")
        #expect(admitted(at: "03-03 08:59") == "03-03 08:59 admitted zhengshu/1 #1 ahead")
    }

    @Test func timeADayBackIsLate() {
        func admitted(at: String) -> String? {
            Trial.lines([Trial.item("zhengshu/1", "03-03 09:00", "路灯不亮", "村口", at: at)]).first
        }
        #expect(admitted(at: "03-04 09:00") == "03-04 09:00 admitted zhengshu/1 #1")
        #expect(admitted(at: "03-04 09:01") == "03-04 09:01 admitted zhengshu/1 #1 late")
    }
}
