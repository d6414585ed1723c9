import Testing
import Text

@Suite struct RespondentNamesTests {
    @Test(arguments: [
        ("市场监督管理局", "", "县市场监督管理局"), ("五华县市场监督管理局", "", "县市场监督管理局"),
        ("市监局", "", "县市场监督管理局"), ("市场监管局", "", "县市场监督管理局"),
        ("住建局", "", "县住房和城乡建设局"), ("华城镇政府", "", "华城镇人民政府"),
        ("李某、市监局", "", "县市场监督管理局"), ("市场监督管理局执法人员王某", "", "县市场监督管理局"),
        ("", "举报市场监督管理局人员吃拿卡要", "县市场监督管理局"), ("甲局", "", "甲局"),
    ])
    func aUnitIsKnownByItsNamesAndShortNames(respondent: String, title: String, unit: String) {
        #expect(RespondentNames.names(respondent, title: title, unit: unit))
    }

    @Test(arguments: [
        ("某某化工厂", "", "县市场监督管理局"), ("", "", "县市场监督管理局"), ("局", "", "县市场监督管理局"),
        ("市政局", "", "县市场监督管理局"), ("应急管理局", "", "县市场监督管理局"),
        ("市场大酒店", "", "县市场监督管理局"), ("和平镇政府", "", "华城镇人民政府"),
        ("", "市监局", "县市场监督管理局"), ("乙局", "举报乙局", "甲局"),
    ])
    func anotherIsNot(respondent: String, title: String, unit: String) {
        #expect(!RespondentNames.names(respondent, title: title, unit: unit))
    }
}
