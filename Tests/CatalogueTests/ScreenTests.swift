import Catalogue
import Domain
import Testing

@Suite struct ScreenTests {
    @Test(arguments: [
        ("abc", 3), ("安流镇", 6), ("A区3栋", 6), ("12345热线", 9), ("，。“”", 6), ("", 0),
        ("e\u{301}", 1), ("\u{200b}\u{feff}", 0), ("ｋ１", 4), ("🚒", 2), ("한글", 4),
    ])
    func wideCharactersTakeTwoColumns(text: String, columns: Int) {
        #expect(Width.of(text) == columns)
    }

    @Test func whatPeopleWroteMovesNoCursor() {
        #expect(Width.plain("甲\n乙\u{1b}[2J\u{202e}丙\t丁") == "甲 乙 [2J 丙 丁")
    }

    @Test(arguments: 1...20)
    func textThatIsCutFitsAndSaysSo(columns: Int) {
        let text = "A光明电子厂bc拖欠工资"
        let cut = Width.fit(text, columns: columns)
        #expect(Width.of(cut) <= columns)
        #expect(cut.hasSuffix("…") == (columns < Width.of(text)))
    }

    @Test func linesBreakAtSpacesAndBetweenCharacters() {
        #expect(
            Width.wrap("give a number or leave it out", columns: 12)
                == ["give a", "number or", "leave it out"]
        )
        #expect(Width.wrap("光明电子厂拖欠工资", columns: 7) == ["光明电", "子厂拖", "欠工资"])
        #expect(Width.wrap("光明电子厂拖欠工资", columns: 7, linesMax: 2) == ["光明电", "子厂拖…"])
        #expect(Width.wrap("光明", columns: 1) == ["光", "明"])
        #expect(Width.wrap("", columns: 5) == [""])
    }

    @Test(arguments: [40, 60, 80, 132])
    func tableStaysInItsColumns(columns: Int) {
        var table = Table([
            .init(title: "编号"), .init(title: "标题", isFlexible: true),
            .init(title: "地点", isFlexible: true), .init(title: "件", alignment: .right),
        ])
        table.add(["XF1", String(repeating: "虚拟光明电子厂拖欠工资", count: 9), "安流镇", "3"])
        table.add(["XF22", "短\n题", String(repeating: "虚竹村", count: 20), "1,248"])
        for linesMax in [1, 3] {
            let lines = table.lines(columnsMax: columns, linesMax: linesMax)
            #expect(lines.allSatisfy { Width.of($0) <= columns }, "\(lines)")
            #expect(lines.count == (linesMax == 1 ? 4 : lines.count))
            #expect(Width.of(lines[1]) == columns)
            // Numbers end in the last column, under each other.
            #expect(lines.first { $0.hasPrefix("XF1 ") }.map(Width.of) == columns)
            #expect(lines.first { $0.hasPrefix("XF22") }?.hasSuffix(" 1,248") == true)
        }
    }

    @Test(arguments: [1, 10, 24, 40, 79, 200])
    func progressStaysInItsColumns(columns: Int) {
        for done in [0, 1, 500, 1000] {
            for total in [nil, 1000, 400] {
                let line = ProgressLine(
                    title: "热点研判",
                    done: done,
                    total: total,
                    elapsed: .seconds(4)
                )
                #expect(Width.of(line.text(columnsMax: columns)) <= columns)
            }
        }
    }

    @Test func progressSaysHowMuchAndHowLongStill() {
        let line = ProgressLine(title: "推送", done: 1250, total: 5000, elapsed: .seconds(10))
        #expect(
            line.text(columnsMax: 79)
                == "推送  ██████░░░░░░░░░░░░░░░░░░  25%  1,250/5,000  125/s  0:30"
        )
        #expect(line.text == "推送 25% (1,250/5,000)")
        let unknown = ProgressLine(title: "回放", done: 1250, total: nil, elapsed: .seconds(10))
        #expect(unknown.text(columnsMax: 79) == "回放  1,250  125/s")
        // More done than there was: the total grows with it, and nothing runs over.
        let over = ProgressLine(title: "推送", done: 9, total: 3, elapsed: .seconds(0))
        #expect(over.text(columnsMax: 79).contains("100%  9/9"))
    }
}
