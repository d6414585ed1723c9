import Testing
import Text

@Suite struct PlainTextTests {
    @Test func widthCaseAndPunctuationDoNotMatter() {
        #expect(PlainText("ＡＢ１２路,停水!").hash == PlainText("ab12路 停水").hash)
        #expect(PlainText("停水。停电").units == PlainText("  停水 ,停电！").units)
        #expect(PlainText("停水停电").hash != PlainText("停电停水").hash)
    }

    @Test func linksAreDropped() {
        #expect(PlainText("见https://a.invalid/b?c=1，请看").units == PlainText("见 请看").units)
        #expect(PlainText("http协议").units == PlainText("HTTP协议").units)
    }

    @Test func boundedTextKeepsItsBeginning() {
        #expect(PlainText("一二三四五", charactersMax: 3).units == PlainText("一二三").units)
    }

    @Test func salutationIsRemovedAtTheHeadAlone() {
        let plain = PlainText("路灯不亮，请领导过问").units
        for opening in ["尊敬的领导：您好！", "胡书记您好：", "您好，"] {
            #expect(Salutation.removed(from: PlainText(opening + "路灯不亮，请领导过问")).units == plain)
        }
    }

    @Test func phrasesLeaveABreak() {
        let phrases = Phrases(["望有关部门", "有关部门"])
        #expect(
            phrases.removed(from: PlainText("路灯坏了望有关部门处理")).units
                == PlainText("路灯坏了 处理").units
        )
    }

    @Test func numbersAreFoundOnce() {
        #expect(PlainText("3栋12楼3单元").numbers(max: 8).count == 2)
        #expect(PlainText("３栋").numbers(max: 8) == PlainText("3号").numbers(max: 8))
        #expect(PlainText("1 2 3 4").numbers(max: 2).count == 2)
    }

    @Test func pairsDoNotCrossBreaksAndTheTitleCountsTwice() {
        let counts = PairCounts(
            title: PlainText("停水"),
            titleWeight: 2,
            body: PlainText("停水，水质差"),
            bodyCharacters: 100
        )
        #expect(counts.entries.map(\.count).sorted() == [1, 1, 3])
        #expect(PairCounts.pair(of: "停水").map(counts.contains) == true)
        #expect(PairCounts.pair(of: "水水").map(counts.contains) == false)
    }
}

@Suite struct SketchTests {
    private func overlap(_ left: String, _ right: String) -> Sketch.Overlap {
        let (one, other) = (Sketch(PlainText(left)), Sketch(PlainText(right)))
        return Sketch.overlap(
            one.hashes[...],
            isComplete: one.isComplete,
            other.hashes[...],
            isComplete: other.isComplete
        )
    }

    private func long(_ seed: UInt32, _ count: Int) -> String {
        var state = seed
        var text = String.UnicodeScalarView()
        for _ in 0..<count {
            state = state &* 1_664_525 &+ 1_013_904_223
            if let scalar = Unicode.Scalar(0x4e00 + (state >> 16) % 3000) { text.append(scalar) }
        }
        return String(text)
    }

    @Test func maskedNumbersAreEqual() {
        #expect(overlap("电话13800000000请回电", "电话2请回电").containmentPermille == 1000)
    }

    @Test(arguments: [80, 300, 2000]) func headAndFootDoNotHideACopy(length: Int) {
        let body = long(7, length)
        let found = overlap(body, "转来如下原文" + body + "以上请按职责办理")
        #expect(found.containmentPermille >= 950)
    }

    @Test func partOfALongTextIsContained() {
        let body = long(11, 3000)
        #expect(overlap(String(body.prefix(1500)), body).containmentPermille >= 900)
        #expect(overlap(String(body.prefix(1500)), body).resemblancePermille < 650)
    }

    @Test func otherTextsHaveNothingInCommon() {
        #expect(overlap(long(1, 400), long(2, 400)).containmentPermille < 50)
        #expect(overlap("", "停水") == .none)
    }
}
