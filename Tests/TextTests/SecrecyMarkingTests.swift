import Testing
import Text

/// Markings of state secrets, which the client lets out nowhere and the gate lets in nowhere.
@Suite struct SecrecyMarkingTests {
    @Test(
        "A marking is seen in a text, however it is spaced and framed",
        arguments: [
            "机密★", "秘密★1年", "正文 绝密 ★ 长期", "第一行\n 秘 密 \n第三行", "【机密】", "机　密★", "文号\n机密\n正文",
            "绝密 ★", "　秘密　\r\n正文", "机密", "【秘密】★三年", "密级：\n“绝密”\n正文", "机\u{200B}密★",
        ]
    )
    func markingsAreSeenInTexts(text: String) {
        #expect(SecrecyMarking.first(in: text) != nil)
        #expect(SecrecyMarking.first(inLine: SecrecyMarkingTests.event(text: text)) != nil)
    }

    @Test(
        "The word in running text is no marking",
        arguments: [
            "他们秘密开会", "属于商业秘密", "秘密侦查", "密码", "机密文件被泄露\n请查处", "绝密计划这部电影", "关于秘密排放的投诉",
            "正文 机密", "保密★", "密★", "泄露机密。★★★差评",
        ]
    )
    func wordInRunningTextIsNone(text: String) {
        #expect(SecrecyMarking.first(in: text) == nil)
        #expect(SecrecyMarking.first(inLine: SecrecyMarkingTests.event(text: text)) == nil)
    }

    @Test("At the head of a title the bare word is a marking")
    func headOfTitleIsMarking() {
        #expect(SecrecyMarking.first(in: "机密 关于某事", isTitle: true) == .secret)
        #expect(SecrecyMarking.first(in: "【绝密】关于某事", isTitle: true) == .topSecret)
        #expect(SecrecyMarking.first(in: "秘密:关于某事", isTitle: true) == .confidential)
        #expect(SecrecyMarking.first(in: "关于秘密排污", isTitle: true) == nil)
        let title = #"{"data":{"title" : "【绝密】关于某事","text":"文"}}"#
        #expect(SecrecyMarking.first(inLine: Array(title.utf8)) == .topSecret)
        let text = #"{"data":{"title":"题","text":"秘密排放污水"}}"#
        #expect(SecrecyMarking.first(inLine: Array(text.utf8)) == nil)
    }

    @Test(
        "A marking is seen in every member of a line, and in a line that is broken",
        arguments: [
            #"{"data":{"place":"机密★","text":"文"}}"#, #"{"data":{"respondent":"秘 密"}}"#,
            #"{"data":{"colour":{"deep":["绝密★长期"]}}}"#, #"{"data":{"text":"\u673a\u5bc6\u2605"}}"#,
            #"{"data":{"text":"\u673A\u5BC6"}}"#, #"{"data":{"text":"文\n机密\n文"#,
            #"{"data":{"title":"【绝密】关于某事"#, #"{"data":{"text":"甲""乙","place":"机密★"#,
            "{'text':'机密'}", "XF-1,机密,2024-03-05", "【机密】", #"["机密★"]"#,
            #"{"data":{"机密★":1,"text":"秘密★"}}"#,
        ]
    )
    func everyStringOfALineIsLookedAt(line: String) {
        #expect(SecrecyMarking.first(inLine: Array(line.utf8)) != nil)
    }

    @Test("Neither a member's name nor an ordinary line is a marking")
    func ordinaryLinesHaveNone() {
        let lines = [
            #"{"data":{"秘密":false,"text":"他们秘密开会"}}"#, #"{"data":{"text":"\u5bc6\u7801"}}"#, "{}",
            "", "密",
        ]
        for line in lines {
            #expect(SecrecyMarking.first(inLine: Array(line.utf8)) == nil, "\(line)")
        }
    }

    @Test("A line in GB 18030 is known by the word alone")
    func linesInGB18030AreSeen() {
        let words: [([UInt8], SecrecyMarking)] = [
            ([0xBE, 0xF8, 0xC3, 0xDC], .topSecret), ([0xBB, 0xFA, 0xC3, 0xDC], .secret),
            ([0xC3, 0xD8, 0xC3, 0xDC], .confidential),
        ]
        for (word, marking) in words {
            #expect(SecrecyMarking.first(inLine: Array("{\"".utf8) + word) == marking)
            #expect(SecrecyMarking.first(inLine: word + [0xA1, 0xEF, 0x22]) == marking)
        }
        #expect(SecrecyMarking.first(inLine: [0xC3, 0xDC, 0xC2, 0xEB]) == nil)
    }

    /// An event with a text, as JSON.
    private static func event(text: String) -> [UInt8] {
        let escaped: [String] = text.unicodeScalars.map { scalar in
            switch scalar {
            case "\n": "\\n"
            case "\r": "\\r"
            default: String(Character(scalar))
            }
        }
        return Array(#"{"id":"1","data":{"title":"题","text":"\#(escaped.joined())"}}"#.utf8)
    }
}
