import LiandongClient
import Testing

@Suite struct SecrecyMarkingTests {
    @Test(arguments: ["机密★", "秘密★1年", "正文 绝密 ★ 长期", "第一行\n 秘 密 \n第三行", "【机密】", "机　密★"])
    func markingsAreSeenInTexts(text: String) {
        #expect(SecrecyMarking.first(in: text) != nil)
    }

    @Test(arguments: ["他们秘密开会", "属于商业秘密", "秘密侦查", "密码", "机密文件被泄露\n请查处", "绝密计划这部电影"])
    func wordInRunningTextIsNone(text: String) {
        #expect(SecrecyMarking.first(in: text) == nil)
    }

    @Test func headOfTitleIsMarking() {
        #expect(SecrecyMarking.first(in: "机密 关于某事", isTitle: true) == .secret)
        #expect(SecrecyMarking.first(in: "【绝密】关于某事", isTitle: true) == .topSecret)
        #expect(SecrecyMarking.first(in: "关于秘密排污", isTitle: true) == nil)
    }
}
