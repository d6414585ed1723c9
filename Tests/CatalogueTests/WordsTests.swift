import Catalogue
import Domain
import Foundation
import Testing

@Suite struct WordsTests {
    @Test func anAlertSaysLevelMatterCountsReasonAndDeadlineInThatOrder() throws {
        let time = try #require(Timestamp(rfc3339: "2024-06-12T23:40:00+08:00"))
        let notice = AlertNotice(
            id: "441424-A-0123456789AB",
            kind: .matter,
            level: .orange,
            state: .unacknowledged,
            report: 3,
            caseID: "441424-C-0123456789AB",
            title: "工地拖欠工资",
            place: "安流镇",
            category: "拖欠工资",
            items: ItemCount(12),
            persons: PersonCount(11),
            heads: .zero,
            agencies: ["县信访局", "12345"],
            signals: [.init(rule: "persons-7d", value: 11, threshold: 10, level: .orange)],
            raisedAt: time,
            acknowledgeBy: time + .minutes(30),
            acknowledgedBy: "",
            rulesVersion: "00ff00ff00ff00ff"
        )
        #expect(
            Words.alert(notice) == [
                "【二级/橙】类案·工地拖欠工资",
                "续报二 6月12日 23:40 安流镇 拖欠工资 12件、11人 (县信访局、12345)",
                "依据:近7天不同人数 11,达到橙(10) (规则版本 00ff00ff)",
                "待签收,时限6月13日 0:10;建议先核实事实,再签收:"
                    + "liandong alert ack 441424-A-0123456789AB",
            ]
        )
    }

    @Test(arguments: [(1, "首报"), (2, "续报一"), (11, "续报十"), (22, "续报二十一")])
    func reportsAreNumberedAsOfficersDo(number: Int, text: String) {
        #expect(Words.report(number) == text)
    }

    @Test func largeNumbersHaveCommas() {
        #expect(Words.grouped(1248) == "1,248")
        #expect(Words.grouped(32) == "32")
        #expect(Words.grouped(1_000_000) == "1,000,000")
    }

    @Test func noWordLabelsAPetitioner() throws {
        // In two halves, so that this file passes its own test.
        let forbidden = [("钉子", "户"), ("老访", "户"), ("缠", "访"), ("闹", "访"), ("稳", "控")]
        let root = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        for folder in ["Sources", "config", "examples", "Tests"] {
            let enumerator = FileManager.default.enumerator(atPath: root + "/" + folder)
            while let name = enumerator?.nextObject() as? String {
                let path = root + "/" + folder + "/" + name
                guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
                    continue
                }
                for (first, second) in forbidden {
                    #expect(!text.contains(first + second), "\(path)")
                }
            }
        }
    }
}
