import Testing
import Text

@Suite struct LaneKeepersTests {
    @Test(
        "The keepers of the lanes are known as respondents by their common and their official names",
        arguments: [
            "县信访局", "县纪委监委", "平台管理员", "中国共产党五华县纪律检查委员会", "五华县监察委员会", "派驻县水务局纪检监察组", "县委巡察办",
            "水寨街道纪工委", "县信访工作联席会议办公室",
        ]
    )
    func respondents(respondent: String) {
        #expect(LaneKeepers.standard.areAccused(respondent: respondent, title: ""))
    }

    @Test(
        "A title accuses a keeper whatever the respondent says",
        arguments: [
            ("甲局", "举报信访局局长"), ("李某", "举报纪委书记李某受贿"), ("", "举报信访局局长受贿"), ("", "举报县纪律检查委员会李某"),
            ("", "举报：县信访局吃拿卡要"), ("", "对县信访局的举报"), ("", "关于县纪委监委不作为的反映"), ("", "举报甲局、县纪委监委"),
            ("", "纪委监委包庇贪官"), ("", "信访局李某收受红包"), ("", "举报老板向纪委书记李某行贿"), ("", "举报得到县纪委书记庇护的李某"),
        ]
    )
    func titles(respondent: String, title: String) {
        #expect(LaneKeepers.standard.areAccused(respondent: respondent, title: title))
    }

    @Test(
        "Who is only mentioned, asked or addressed is not accused",
        arguments: [
            "向纪委举报甲局长受贿", "举报甲局长", "已向信访局反映", "举报甲镇长受贿，已向信访局反映", "向县信访局反映镇长受贿", "多次到县信访局上访无果",
            "举报甲镇长受贿请纪委查处", "请五华县纪委监委严查甲局长受贿", "纪委查处受贿官员", "尊敬的纪委书记：举报甲局长受贿",
            "县信访局转来：举报甲镇长", "举报由信访局转办的甲局长一事",
        ]
    )
    func mentions(title: String) {
        #expect(!LaneKeepers.standard.areAccused(respondent: "", title: title))
        #expect(!LaneKeepers.standard.areAccused(respondent: "甲局", title: title))
    }

    @Test(
        "A county's own keepers are known by the names of its register",
        arguments: [
            ("县社会治理中心", "", true), ("社治中心主任", "", true), ("李某", "举报社会治理中心主任李某", true),
            ("李某", "已向县社会治理中心反映", false), ("甲局", "县社会治理中心受理：举报甲局长", false), ("甲局", "", false),
        ]
    )
    func ofTheCounty(respondent: String, title: String, isAccused: Bool) {
        let own = LaneKeepers(units: ["县社会治理中心", "县群众诉求服务局"])
        #expect(own.areAccused(respondent: respondent, title: title) == isAccused)
        #expect(!LaneKeepers.standard.areAccused(respondent: respondent, title: title))
    }

    @Test("An accusation of the discipline office is told from one of another keeper")
    func discipline() {
        for (respondent, isAccused) in [("县监察委员会", true), ("纪委书记李某", true), ("县信访局", false)] {
            let found = LaneKeepers.isDisciplineAccused(respondent: respondent, title: "")
            #expect(found == isAccused, "\(respondent)")
        }
    }
}
