import Testing
import Text

@Suite struct AccusationTests {
    private func words(_ title: String, _ text: String = "情况属实,请查处。") -> [String]? {
        AccusationScreen.standard.finding(title: title, text: text)?.words
    }

    @Test(arguments: [
        ("举报某镇干部收受贿赂", "镇干部+收受贿赂"),
        ("举报甲村书记贪污公款", "书记+贪污"),
        ("反映某派出所民警徇私枉法", "民警+徇私枉法"),
        ("某局长以权谋私,侵吞集体资产", "局长+以权谋私"),
        ("甲镇城管充当保护伞", "城管+充当保护伞"),
        ("村主任虚报冒领危房改造补助", "村主任+虚报冒领"),
    ])
    func misconductOfSomebodyInOfficeIsFoundInATitle(title: String, pair: String) {
        #expect(words(title)?.first == pair)
    }

    @Test(arguments: [
        "举报某超市卖过期食品", "投诉城管不作为", "派出所办事太慢,踢皮球", "举报物业公司侵吞公共收益",
        "开发商挪用购房契税", "甲小区是否存在保护伞?", "难道村干部可以侵吞征地款吗",
        "请问举报村干部贪污要什么材料", "书记您好:物业克扣保洁员工资", "公司克扣工资,老板行贿",
        "局长信箱答复不满意", "谁在包庇违建?请城管查处",
    ])
    func ordinaryComplaintsAreNot(title: String) {
        #expect(words(title) == nil, "\(title)")
    }

    @Test func aTextWithoutATitleIsJudgedByItsOpening() {
        #expect(words("", "本人实名举报甲村村支书侵吞扶贫款,恳请查处。") != nil)
        #expect(words("）", "本人实名举报甲村村支书侵吞扶贫款,恳请查处。") != nil)
    }

    @Test func oneAssertionInTheTextIsAccusationOnlyUnderATitleThatCharges() {
        let text = "去年以来,镇长侵吞补偿款。大家都很气愤。"
        #expect(words("关于补偿款的问题", text) == nil)
        #expect(words("控告甲镇政府", text) == ["镇长+侵吞"])
        let much = text + "民警包庇他。书记受贿。"
        #expect(words("关于补偿款的问题", much)?.count == 3)
    }

    @Test func aQuestionASalutationAndAWishAssertNothing() {
        let text = """
            尊敬的书记:贪污腐败害民。镇长是不是侵吞了?不要让村干部贪污。
            如果局长受贿怎么办。有没有民警包庇!
            """
        #expect(words("控告甲镇政府", text) == nil)
    }

    @Test func fullWidthAndSpacesBetweenSignsChangeNothing() {
        #expect(words("举报甲镇镇长 　受贿")?.first == "镇长+受贿")
    }

    @Test func aVeryLongTextCostsABoundedLook() {
        let text = String(repeating: "镇长侵吞补偿款。民警包庇他。", count: 20_000)
        #expect(words("关于补偿款的问题", text)?.count == 2)
    }
}
