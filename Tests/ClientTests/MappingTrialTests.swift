import Domain
import Foundation
import LiandongClient
import Testing

@Suite struct MappingTrialTests {
    private func trial(_ mapping: String, _ csv: String) throws -> MappingTrial {
        let mapper = RowMapper(
            mapping: try Mapping(json: Array(mapping.utf8), file: "m.json"),
            gate: DepartureGate(agency: try #require(AgencyID(name: "xinfang"))),
            keys: nil
        )
        return try MappingTrial(of: mapper, on: Array(csv.utf8), file: "e.csv")
    }

    private let mapping = """
        {"attributes": {"id": {"column": "编号"}, "time": {"column": "日期"},
         "data.text": {"column": "内容"}, "data.heads": {"column": "人数"}},
         "persons": [{"phone": "电话"}], "mask": {"name": ["姓名"], "phone": ["电话"]}}
        """

    @Test func cellsAreShownBeforeAndAfter() throws {
        let trial = try trial(
            mapping,
            "编号,日期,姓名,电话,人数,内容,备注\n1,2024-03-05,钟禾生,13800000001,6,钟禾生来访,内部\n"
        )
        let row = try #require(trial.preview.first)
        #expect(row.line == 2)
        #expect(row.fields.map(\.heading) == ["编号", "日期", "姓名", "电话", "人数", "内容", "备注"])
        #expect(row.fields.map(\.before)[2] == "钟禾生")
        #expect(
            row.fields.map(\.after) == [
                .attribute("id", text: "1"),
                .attribute("time", text: "2024-03-05T00:00:00+08:00"), .nothing, .pseudonym,
                .attribute("data.heads", text: "6"),
                .attribute("data.text", text: "[姓名]来访"), .nothing,
            ]
        )
    }

    @Test func everyRowIsTriedAndTheFirstTenAreShown() throws {
        var csv = "编号,日期,姓名,电话,人数,内容\n"
        for row in 1...700 {
            let day = row % 100 == 0 ? "去年" : "2024-03-05"
            csv += "\(row),\(day),,,\(row % 70 == 0 ? "约5人" : "5"),虚拟事项\(row)\n"
        }
        let trial = try trial(mapping, csv + "合计,,,,,\n")
        // 700 is wrong in both columns.
        #expect(trial.fitting == 684)
        #expect(trial.setAside == 16)
        #expect(trial.skipped == 1)
        #expect(trial.preview.map(\.line) == Array(2...11))
        #expect(trial.mistakes.count == 17)
        #expect(trial.mistakes.first?.row == 71)
        #expect(trial.mistakes.first?.column == "人数 (data.heads)")
        #expect(trial.furtherMistakes == 0)
    }

    @Test func mistakesBeyondTheFirstHundredAreCounted() throws {
        let rows = (1...250).map { "\($0),gestern,,,1,虚拟" }.joined(separator: "\n")
        let trial = try trial(mapping, "编号,日期,姓名,电话,人数,内容\n" + rows)
        #expect(trial.setAside == 250)
        #expect(trial.mistakes.count == 100)
        #expect(trial.furtherMistakes == 150)
        let first = try #require(trial.preview.first)
        #expect(first.fields.allSatisfy { $0.after == .nothing })
    }
}
