import Catalogue
import Testing

/// Why two items are one matter, in an officer's words (归案说明).
@Suite struct LinkWordsTests {
    private func words(_ parts: [(String, Int)]) -> String {
        Words.link(parts.map { Words.LinkPart(key: $0.0, points: $0.1) })
    }

    @Test func whatSpeaksForItComesStrongestFirst() {
        #expect(
            words([("text", 90_000), ("concepts", 200_000), ("rare_names", 120_000)])
                == "诉求相近、少见名称相同、文字相近"
        )
    }

    @Test func partsOfOneMeaningCountTogether() {
        #expect(
            words([("text", 90_000), ("names", 50_000), ("most_names", 60_000)])
                == "名称相符、文字相近"
        )
    }

    @Test func whatSpeaksAgainstItIsNotHidden() {
        #expect(
            words([("text", 300_000), ("gap", -80_000), ("category", -500_000)])
                == "文字相近;不同之处:类别不同、相隔较久"
        )
    }

    @Test func aCorrectionThatContradictsItsOwnNameIsNoReason() {
        #expect(words([("text", 300_000), ("title", -90_000), ("gap", 50_000)]) == "文字相近")
    }

    @Test func weakPartsAloneAreSaidAsSuch() {
        #expect(words([("text", 5_000), ("base", -300_000)]) == "综合相近")
    }
}
