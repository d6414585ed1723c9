import Domain
import Linkage
import Testing

@Suite struct VisitTests {
    private func visit(
        _ ref: String,
        _ time: String,
        heads: Int,
        relates: [String] = [],
        content: UInt64 = 1
    ) -> Entry {
        Trial.item(ref, time, "", "\(ref)报来访情况", content: content) { item in
            item.form = .visit
            item.heads = heads
            item.relates = relates.map(Trial.ref)
        }
    }

    private func reports(_ entries: [Entry]) -> [String] {
        Trial.decisions(entries).compactMap { decision in
            if case .visited = decision.content { decision.content.line } else { nil }
        }
    }

    private let threeReports: [(String, Int, [String])] = [
        ("zhengshu/1", 64, []), ("xinfang/1", 28, ["zhengshu/1"]),
        ("rongmeiti/1", 130, ["zhengshu/1"]),
    ]

    private func three() -> [Entry] {
        threeReports.enumerated().map { place, report in
            visit(report.0, "03-10 09:0\(place)", heads: report.1, relates: report.2)
        }
    }

    @Test func headsOfTheRegisteringAgencyCountAndTheOthersAreKept() {
        #expect(
            reports(three()) == [
                "visited zhengshu/1 by zhengshu/1 64 counted 64 counts",
                "visited zhengshu/1 by xinfang/1 28 counted 28 counts",
                "visited zhengshu/1 by rongmeiti/1 130 counted 28",
            ]
        )
    }

    @Test func threeReportsAreOneVisit() throws {
        let entries = three()
        let rows = Trial.visits(entries)
        let row = try #require(rows.first)
        #expect(rows.count == 1)
        #expect(row.heads == Count(28))
        #expect(row.counting == Trial.ref("xinfang/1"))
        #expect(row.reports.map(\.heads).sorted() == [28, 64, 130])
        #expect(Trial.counts(entries).jointVisitHeads == Count(28))
    }

    @Test func reportThatNamesOneYetToComeIsTheSameVisit() {
        #expect(
            reports([
                visit("zhengshu/1", "03-10 09:00", heads: 64, relates: ["xinfang/1"]),
                visit("xinfang/1", "03-10 09:30", heads: 28),
            ]).last == "visited zhengshu/1 by xinfang/1 28 counted 28 counts"
        )
    }

    @Test func reportThatNamesTwoVisitsMakesThemOne() {
        let entries = [
            visit("zhengshu/1", "03-10 09:00", heads: 64),
            visit("rongmeiti/1", "03-10 09:10", heads: 130),
            visit("xinfang/1", "03-10 09:30", heads: 28, relates: ["zhengshu/1", "rongmeiti/1"]),
        ]
        #expect(Trial.visits(entries).map(\.heads) == [Count(28)])
        #expect(Trial.counts(entries).jointVisits == Count(1))
    }

    @Test func revisedHeadsReplaceTheFormer() {
        let entries = [
            visit("xinfang/1", "03-10 09:00", heads: 28),
            visit("xinfang/1", "03-10 09:00", heads: 87, content: 2),
        ]
        #expect(
            reports(entries) == [
                "visited xinfang/1 by xinfang/1 28 counted 28 counts",
                "visited xinfang/1 by xinfang/1 87 counted 87 counts",
            ]
        )
        #expect(Trial.counts(entries).jointVisitHeads == Count(87))
    }

    @Test func visitWithoutHeadsIsNoReport() {
        #expect(reports([visit("xinfang/1", "03-10 09:00", heads: 0)]).isEmpty)
    }

    @Test func visitOfFourIsNotJoint() {
        let entries = [visit("xinfang/1", "03-10 09:00", heads: 4)]
        #expect(Trial.visits(entries).map(\.isJoint) == [false])
        #expect(Trial.counts(entries).jointVisits == Count(0))
    }

    @Test func levelGoesByTheHeadsThatCount() {
        let levels = Trial.decisions(three()).compactMap { decision in
            switch decision.content {
            case .alertRaised(let alert) where alert.kind == .visit: "\(alert.level) \(alert.heads)"
            case .alertChanged(let alert) where alert.kind == .visit:
                "\(alert.level) \(alert.heads)"
            default: nil
            }
        }
        #expect(levels == ["orange 64"])
    }

    // MARK: Reports that name nobody

    /// A report of a visit about unpaid wages at a building site, which names no other report.
    private func wages(
        _ ref: String,
        _ time: String,
        heads: Int,
        site: String = "鑫达大厦工地"
    ) -> Entry {
        Trial.item(ref, time, "\(site)拖欠工资来访", "\(site)工人来访,反映拖欠工资三个月没有结清。") { item in
            item.form = .visit
            item.heads = heads
            item.place = site
        }
    }

    @Test func agenciesThatReportOneVisitInTheSameHourNeedNotNameEachOther() {
        let entries = [
            wages("zhengshu/1", "03-10 09:00", heads: 64),
            wages("xinfang/1", "03-10 09:20", heads: 28),
            wages("rongmeiti/1", "03-10 09:55", heads: 130),
        ]
        #expect(Trial.visits(entries).map(\.heads) == [Count(28)])
        #expect(Trial.visits(entries).first?.reports.count == 3)
        #expect(Trial.counts(entries).jointVisits == Count(1))
    }

    @Test func aCaseCountsItsVisitsAndTheHeadsThatCount() throws {
        let engine = Trial.engine([
            wages("zhengshu/1", "03-10 09:00", heads: 64),
            wages("xinfang/1", "03-10 09:20", heads: 28),
            wages("xinfang/2", "03-12 09:20", heads: 30),
        ])
        let row = try #require(engine.cases(limit: 1).first)
        #expect(row.items == ItemCount(3))
        #expect(row.visits == 2)
        #expect(row.heads == HeadCount(58))
    }

    @Test func reportsMayComeInAnyOrderOfTheirTimes() {
        let entries = [
            wages("rongmeiti/1", "03-10 09:55", heads: 130),
            wages("xinfang/1", "03-10 09:20", heads: 28),
        ]
        #expect(Trial.visits(entries).map(\.heads) == [Count(28)])
    }

    @Test func aVisitInAnotherHourIsAnother() {
        let entries = [
            wages("zhengshu/1", "03-10 09:00", heads: 64),
            wages("xinfang/1", "03-10 10:01", heads: 28),
        ]
        #expect(Trial.visits(entries).map(\.heads) == [Count(64), Count(28)])
    }

    @Test func aVisitAboutAnotherPlaceIsAnother() {
        let entries = [
            wages("zhengshu/1", "03-10 09:00", heads: 64),
            wages("xinfang/1", "03-10 09:20", heads: 28, site: "金沙豪庭工地"),
        ]
        #expect(Trial.visits(entries).map(\.heads) == [Count(64), Count(28)])
    }

    @Test func twoReportsOfOneAgencyAreTwoVisits() {
        let entries = [
            wages("zhengshu/1", "03-10 09:00", heads: 64),
            wages("zhengshu/2", "03-10 09:20", heads: 28),
            wages("xinfang/1", "03-10 09:25", heads: 29),
        ]
        // The third is reported with the one that is nearer in time.
        #expect(Trial.visits(entries).map(\.heads) == [Count(64), Count(29)])
    }
}
