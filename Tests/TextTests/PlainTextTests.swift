import Testing
import Text

@Suite struct PlainTextTests {
    @Test func ideographsStayAndTheirNeighboursInTheTableOfCharactersDoNot() {
        #expect(PlainText("\u{4DFF}一\u{9FFF}\u{A000}").units == [0x4e00, 0x9fff])
        #expect(PlainText("\u{33FF}\u{3400}\u{4DBF}〇").units == [0x3400, 0x4dbf, 0x3007])
        #expect(PlainText("鿿，，Ａ９").units == [0x9fff, 0, 97, 57])
    }

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

    @Test func numbersThatAgenciesMaskAreNoEvidence() {
        #expect(PlainText("电话13800138000").numbers(max: 8).isEmpty)
        #expect(PlainText("账号1234567").numbers(max: 8).isEmpty)
        #expect(PlainText("工号123456").numbers(max: 8).count == 1)
    }

    @Test func onlyNumbersOfSomeDigitsThatAreNoYearTellOfTheMatter() {
        func tells(_ text: String) -> [Bool] {
            PlainText(text).numbers(max: 8).map { $0 & 1 == 1 }
        }
        #expect(tells("3栋 120路 2019年 1998年 12345") == [false, true, false, false, true])
    }
}

@Suite struct PairCountsTests {
    private let words = WordTable([
        (word: "停水", meaning: 7), (word: "停水通知", meaning: 8),
        (word: "小区", meaning: WordTable.everyday),
    ])

    private func counts(_ title: String, _ body: String) -> PairCounts {
        let (title, body) = (PlainText(title), PlainText(body))
        return PairCounts(
            title: title,
            titleWeight: 2,
            titleWording: Wording(title, words: words),
            body: body,
            bodyWording: Wording(body, words: words)
        )
    }

    @Test func pairsDoNotCrossBreaksAndTheTitleCountsTwice() {
        let counts = counts("停水", "停水，水质差")
        #expect(counts.entries.map(\.count).sorted() == [1, 1, 3])
        let found = Set(counts.entries.map(\.pair))
        #expect(PairCounts.pair(of: "停水").map(found.contains) == true)
        #expect(PairCounts.pair(of: "水水").map(found.contains) == false)
    }

    @Test func theOrderWithinAPairDoesNotCount() {
        #expect(PairCounts.pair(of: "能东") == PairCounts.pair(of: "东能"))
        #expect(counts("能东", "").entries == counts("东能", "").entries)
    }

    @Test func whatNoWordCoversIsMarkedAsAName() {
        let counts = counts("金碧小区停水", "金碧停水")
        func marks(_ pair: String) -> PairCounts.Marks? {
            counts.entries.first { $0.pair == PairCounts.pair(of: pair) }?.marks
        }
        #expect(marks("金碧") == [.title, .body, .titleName, .name])
        #expect(marks("停水") == [.title, .body])
        #expect(marks("碧停") == [.body])
        #expect(marks("小区") == [.title])
    }
}

@Suite struct WordingTests {
    private let words = WordTable([
        (word: "停水", meaning: 7), (word: "停水通知", meaning: 8), (word: "停电", meaning: 9),
        (word: "小区", meaning: WordTable.everyday), (word: "水", meaning: 3),
    ])

    @Test func theLongestWordCountsAndEachMeaningOnce() {
        #expect(Wording(PlainText("停水通知停水停水"), words: words).meanings == [8, 7])
        #expect(Wording(PlainText("停电小区停水"), words: words).meanings == [9, 7])
    }

    @Test func aWordOfOneCharacterAndOneBeyondTheEndAreNone() {
        #expect(Wording(PlainText("水"), words: words).meanings.isEmpty)
        #expect(Wording(PlainText("停水通"), words: words).meanings == [7])
        #expect(Wording(PlainText("停"), words: words).meanings.isEmpty)
        #expect(Wording(PlainText(""), words: WordTable([])).covered.isEmpty)
    }

    @Test func theCodeOfADivisionIsCovered() {
        #expect(
            Wording(PlainText("A3区金碧"), words: words).covered == [true, true, true, false, false]
        )
        #expect(Wording(PlainText("ab区"), words: words).covered == [false, true, true])
    }

    @Test func aTableOfManyWordsFindsEachOfThem() {
        let all = (0..<3000).map { number in
            let first = Unicode.Scalar(UInt32(0x4e00 + number)) ?? "一"
            return (word: "\(Character(first))水", meaning: number)
        }
        let table = WordTable(all)
        for (word, meaning) in all {
            #expect(Wording(PlainText(word), words: table).meanings == [meaning])
        }
    }
}

@Suite struct SketchTests {
    private func overlap(_ left: String, _ right: String) -> Sketch.Overlap {
        let (one, other) = (Sketch(PlainText(left)), Sketch(PlainText(right)))
        return Sketch.overlap(
            one.hashes[...],
            isComplete: one.isComplete,
            table: Sketch.Table(one),
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

    @Test(arguments: [3, 40, 127, 128, 129, 260, 500, 3000]) func aSampleIsTheSmallestHashesRising(
        length: Int
    ) {
        for seed: UInt32 in 1...8 {
            let sketch = Sketch(PlainText(long(seed, length)))
            #expect(sketch.hashes == Array(Set(sketch.hashes)).sorted())
            #expect(sketch.hashes.count <= Sketch.hashesMax)
            // A longer beginning of the same text has none that is smaller and not in the sample.
            let longer = Sketch(PlainText(long(seed, length + 1)))
            let last = longer.hashes.last ?? 0
            let kept = sketch.hashes.filter { $0 <= last }
            #expect(Set(kept).isSubset(of: Set(longer.hashes)))
        }
    }

    @Test func textsOfFewShinglesManyTimesAreSampledAlike() {
        let sketch = Sketch(PlainText(String(repeating: "停水停电", count: 700)))
        #expect(sketch.hashes == Sketch(PlainText("停水停电停水停电")).hashes)
    }

    @Test func whatTwoSamplesShareIsCountedAsSetsAre() {
        for seed: UInt32 in 1...20 {
            let whole = long(seed, 60 + 13 * Int(seed))
            let part = String(whole.dropFirst(Int(seed) * 3)) + long(seed + 100, 20)
            let (one, other) = (Sketch(PlainText(whole)), Sketch(PlainText(part)))
            let bound = min(
                one.isComplete ? .max : one.hashes.last ?? 0,
                other.isComplete ? .max : other.hashes.last ?? 0
            )
            let left = Set(one.hashes.filter { $0 <= bound })
            let right = Set(other.hashes.filter { $0 <= bound })
            let common = left.intersection(right).count
            #expect(
                overlap(whole, part).containmentPermille
                    == common * 1000 / min(left.count, right.count)
            )
        }
    }

    @Test func otherTextsHaveNothingInCommon() {
        #expect(overlap(long(1, 400), long(2, 400)).containmentPermille < 50)
        #expect(overlap("", "停水") == .none)
    }
}
