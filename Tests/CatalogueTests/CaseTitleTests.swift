import Catalogue
import Domain
import Testing

@Suite struct CaseTitleTests {
    private func title(_ town: String, _ category: String, _ headings: [String]) -> String {
        Words.caseTitle(
            town: town,
            category: category,
            headings: headings,
            items: ItemCount(headings.count)
        )
    }

    @Test func whatHeadingsShareAndTheClassMakeTheTitle() {
        #expect(
            title("安流镇", "拖欠工资", ["安流镇鑫达大厦工地讨薪", "鑫达大厦工地干活没有钱"])
                == "关于安流镇鑫达大厦工地拖欠工资问题(2件)"
        )
    }

    @Test func theClassIsNotSaidTwice() {
        let headings = ["反映福兴村征地补偿款未发放", "福兴村征地补偿款拖延"]
        #expect(title("安流镇", "征地拆迁补偿", headings) == "关于安流镇福兴村征地补偿款问题(2件)")
    }

    @Test func withoutAClassTheShortestHeadingWithWhatIsSharedSpeaks() {
        let headings = ["关于翠屏湾花园捆绑销售车位的问题", "投诉翠屏湾花园强制购买车位才能签约"]
        #expect(title("", "", headings) == "关于翠屏湾花园捆绑销售车位问题(2件)")
    }

    @Test func headingsThatShareNothingLeaveTownAndClass() {
        #expect(title("水寨镇", "噪声污染", ["求助", "请处理"]) == "关于水寨镇噪声污染问题(2件)")
        #expect(title("", "", ["", "?"]) == "关于同类诉求问题(2件)")
    }

    @Test func aTownThatTheHeadingsNameIsNotSaidTwice() {
        let headings = ["安流镇福兴村路灯不亮", "安流镇福兴村路灯坏了"]
        #expect(title("安流镇", "", headings) == "关于安流镇福兴村路灯不亮问题(2件)")
    }
}
