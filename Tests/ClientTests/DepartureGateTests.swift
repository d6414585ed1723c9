import Domain
import LiandongClient
import Testing

@Suite struct DepartureGateTests {
    private let good = """
        {"specversion":"1.0","type":"cn.liandong.complaint.v1","source":"/agency/xinfang","id":"1",\
        "time":"2024-03-05T14:30:00+08:00","subject":"441424120","data":{"title":"欠薪","text":"甲"}}
        """

    private func pass(_ line: String) throws -> RowOutcome {
        try #require(xinfang).pass(line: Array(line.utf8), file: "a.jsonl", row: 4)
    }

    private func item(_ line: String) throws -> OutgoingItem {
        guard case .item(let item, _) = try pass(line) else {
            Issue.record("set aside: \(try pass(line))")
            throw CancellationError()
        }
        return item
    }

    private func mistakes(afterReplacing part: String, with other: String) throws -> [Mistake] {
        let line = good.replacing(part, with: other)
        #expect(line != good)
        guard case .setAside(let mistakes) = try pass(line) else {
            Issue.record("passed: \(line)")
            return []
        }
        return mistakes
    }

    @Test func goodEventPassesUnchanged() throws {
        let item = try item(good)
        #expect(item.event == Array(good.utf8))
        #expect(item.lane == .open)
        #expect(item.ref.id == "1")
        #expect(DateReading.rfc3339(item.time) == "2024-03-05T14:30:00+08:00")
    }

    @Test(arguments: [
        ("\"1.0\"", "\"0.3\"", "specversion"),
        ("complaint", "praise", "type"),
        ("/agency/xinfang", "/agency/zhengshu", "source"),
        ("\"id\":\"1\"", "\"id\":\"\"", "id"),
        ("\"id\":\"1\"", "\"id\":1", "id"),
        ("14:30:00+08:00", "14:30:00", "time"),
        ("2024-03-05T", "2024-02-30T", "time"),
        ("441424120", "4414", "subject"),
        ("\"text\":\"甲\"", "\"text\":\" \"", "data.text"),
        ("\"text\":\"甲\"", "\"text\":3", "data.text"),
        ("\"title\":\"欠薪\"", "\"title\":[]", "data.title"),
        ("\"title\"", "\"form\":\"pigeon\",\"title\"", "data.form"),
        ("\"title\"", "\"category\":\"Labour\",\"title\"", "data.category"),
        ("\"title\"", "\"heads\":-1,\"title\"", "data.heads"),
        ("\"title\"", "\"heads\":1.5,\"title\"", "data.heads"),
        ("\"title\"", "\"urgent\":\"是\",\"title\"", "data.urgent"),
        ("\"title\"", "\"persons\":[[\"13800000001\"]],\"title\"", "data.persons"),
        ("\"title\"", "\"relates\":[{\"id\":\"1\"}],\"title\"", "data.relates"),
        ("\"title\"", "\"media\":{\"tone\":1001},\"title\"", "data.media.tone"),
        ("complaint", "life.accepted", "data.item"),
    ])
    func everyBreachNamesItsAttributeAndRow(part: String, other: String, attribute: String) throws {
        let mistakes = try mistakes(afterReplacing: part, with: other)
        #expect(mistakes.map(\.column) == [attribute])
        #expect(mistakes.first?.row == 4)
    }

    @Test(arguments: [
        ("\"甲\"", "\"甲\\u0002\"", "data.text"),
        ("\"欠薪\"", "\"\\u007f\"", "data.title"),
        ("\"title\"", "\"persons\":[[]],\"title\"", "data.persons[0]"),
        ("\"title\"", "\"media\":{\"author\":\"a\"},\"title\"", "data.media.author"),
        ("\"title\"", "\"media\":[],\"title\"", "data.media"),
        ("\"title\"", "\"route\":\"3\",\"title\"", "data.route"),
        ("\"title\"", "\"item\":3,\"title\"", "data.item"),
        ("\"title\"", "\"x\":123456789012345678901,\"title\"", nil),
        (
            "\"title\"",
            "\"x\":\(String(repeating: "[", count: 40))\(String(repeating: "]", count: 40)),\"title\"",
            nil
        ),
    ])
    func whatTheHubWouldKeepAsideIsSetAsideAtTheAgency(
        part: String,
        other: String,
        attribute: String?
    ) throws {
        let mistakes = try mistakes(afterReplacing: part, with: other)
        #expect(mistakes.map(\.column) == [attribute])
        #expect(mistakes.allSatisfy { !$0.what.isEmpty && !$0.remedy.isEmpty })
    }

    @Test func mistakesAboutPersonsDoNotShowTheirNumbers() throws {
        let line = good.replacing("\"title\"", with: "\"persons\":[[\"13800000001\"]],\"title\"")
        guard case .setAside(let mistakes) = try pass(line) else { throw CancellationError() }
        #expect(mistakes.allSatisfy { !$0.description.contains("1380000") })
    }

    @Test func textsAndEventsAreBounded() throws {
        let long = String(repeating: "长", count: 21_846)
        guard case .setAside(let mistakes) = try pass(good.replacing("甲", with: long)) else {
            throw CancellationError()
        }
        #expect(mistakes.map(\.code) == [1048])
        let huge = good.replacing(
            "\"title\"",
            with: "\"x\":\"\(String(repeating: "y", count: 262_144))\",\"title\""
        )
        guard case .setAside(let others) = try pass(huge) else { throw CancellationError() }
        #expect(others.map(\.code) == [1041])
    }

    @Test func everyTextFieldIsMaskedAndFixedFormsAreNot() throws {
        let line = good.replacing(
            "\"title\":\"欠薪\",\"text\":\"甲\"",
            with: """
                "title":"13800000001","text":"电话13800000002","place":"粤M12345旁","respondent":"a@b.cn",\
                "note":{"deep":["13800000003"]},"official_no":"441424198506111247","media":{"url":"https://e.cn/13800000001"}
                """
        )
        let text = String(decoding: try item(line).event, as: UTF8.self)
        #expect(text.contains("\"title\":\"[手机]\",\"text\":\"电话[手机]\",\"place\":\"[车牌]旁\""))
        #expect(text.contains("\"respondent\":\"[邮箱]\",\"note\":{\"deep\":[\"[手机]\"]}"))
        #expect(text.contains("441424198506111247"))
        #expect(text.contains("https://e.cn/13800000001"))
    }

    @Test func secrecyMarkingRefusesTheEventWithoutShowingIt() throws {
        let places = [
            ("欠薪", "机密 关于某事"), ("甲", "文\\n秘密\\n文"), ("甲", "绝密★内容"), ("甲", "【机密】"),
            ("\"title\"", "\"place\":\"机　密★\",\"title\""),
            ("\"title\"", "\"respondent\":\"秘 密\",\"title\""),
            ("\"title\"", "\"category\":\"labour\",\"note\":{\"deep\":[\"绝密★\"]},\"title\""),
        ]
        for (part, other) in places {
            guard case .setAside(let mistakes) = try pass(good.replacing(part, with: other)) else {
                Issue.record("passed: \(other)")
                continue
            }
            #expect(mistakes.map(\.code) == [1051])
            #expect(
                mistakes.allSatisfy {
                    !$0.description.contains("某事") && !$0.description.contains("内容")
                }
            )
        }
        #expect(try item(good.replacing("甲", with: "他们秘密开会")).lane == .open)
    }

    @Test func accusationsGoToTheSealedLaneByWordOrByGrant() throws {
        let stated = good.replacing("\"title\"", with: "\"purpose\":\"accusation\",\"title\"")
        #expect(try item(stated).lane == .sealed)
        let gate = DepartureGate(agency: try #require(xinfang).agency, defaultPurpose: .accusation)
        guard case .item(let item, _) = gate.pass(line: Array(good.utf8), file: "a", row: 1) else {
            throw CancellationError()
        }
        #expect(item.lane == .sealed)
        let demand = good.replacing("\"title\"", with: "\"purpose\":\"demand\",\"title\"")
        guard case .item(let other, _) = gate.pass(line: Array(demand.utf8), file: "a", row: 1)
        else {
            throw CancellationError()
        }
        #expect(other.lane == .open)
    }

    @Test(arguments: [
        "discipline", "personnel", "enforcement", "unknown",
    ])
    func everyAccusationIsSealedWhoeverIsCompetent(competence: String) throws {
        let line = good.replacing(
            "\"title\"",
            with: "\"purpose\":\"accusation\",\"competence\":\"\(competence)\",\"title\""
        )
        let item = try item(line)
        #expect(item.lane == .sealed)
        #expect(item.sealedReason == .purpose)
    }

    @Test func wordingSealsAndTheSenderIsToldTheWordsThatStruck() throws {
        let line = good.replacing("欠薪", with: "举报甲镇某所长收受红包")
        let item = try item(line)
        #expect(item.lane == .sealed)
        guard case .wording(let version, let words)? = item.sealedReason else {
            Issue.record("\(String(describing: item.sealedReason))")
            return
        }
        #expect(version >= 1)
        #expect(words == ["所长+收受红包"])
        let gate = DepartureGate(agency: item.ref.agency, screensWording: false)
        guard case .item(let other, _) = gate.pass(line: Array(line.utf8), file: "a", row: 1)
        else { throw CancellationError() }
        #expect(other.lane == .open)
    }

    @Test func anAccusationOfTheKeepersGoesToTheSuperiorAloneOrOnPaper() throws {
        let line = good.replacing(
            "\"title\"",
            with: "\"purpose\":\"accusation\",\"respondent\":\"县信访局\",\"title\""
        )
        guard case .forSuperior(let item, let mistake) = try pass(line) else {
            throw CancellationError()
        }
        #expect(mistake.code == 1062)
        #expect(item.lane == .sealed)
        // A complaint about the office itself is none.
        #expect(try self.item(line.replacing("accusation", with: "demand")).lane == .open)
    }

    @Test func lifecycleEventNeedsNoText() throws {
        let line = good.replacing("complaint", with: "life.accepted")
            .replacing(
                "\"title\":\"欠薪\",\"text\":\"甲\"",
                with: "\"item\":{\"source\":\"/agency/xinfang\",\"id\":\"9\"}"
            )
        #expect(try item(line).kind == .life("accepted"))
    }

    @Test func brokenLineNamesItsRow() throws {
        guard case .setAside(let mistakes) = try pass("{\"a\":") else { throw CancellationError() }
        #expect(mistakes.first?.row == 4)
        #expect(mistakes.first?.code == 1040)
    }
}
