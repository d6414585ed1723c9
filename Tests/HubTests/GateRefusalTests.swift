import Domain
import Hub
import Journal
import Testing
import Wire

/// What the gate refuses of a line that an agency's grant would let in, and that nothing of it is kept.
@Suite struct GateRefusalTests {
    private let xinfang: AgencyID
    private let gate: Gate
    private let access: Access
    private let noon: Timestamp

    init() throws {
        xinfang = try #require(AgencyID(name: "xinfang"))
        noon = try #require(Timestamp(rfc3339: "2024-03-05T12:00:00+08:00"))
        let county = try #require(Division(code: "441424"))
        let everything = try #require(SubjectPattern(text: ">"))
        let grant = Grant(
            grantee: .everyAgency,
            rights: [.push],
            subjects: [everything],
            divisions: [county]
        )
        access = Access(.agency(xinfang), GrantRegister(grants: [grant]), lane: .open)
        gate = Gate(
            agencies: AgencyRegister(
                agencies: [
                    .init(
                        id: xinfang,
                        title: "县信访局",
                        registersPetitions: true,
                        visitRank: 1,
                        defaultPurpose: .demand
                    )
                ]
            )
        )
    }

    /// An event with members of `data` beside a plain text, and attributes beside those that it needs.
    private static func event(
        _ data: String,
        id: String = "XF-7",
        time: String = "2024-03-05T14:30:00+08:00"
    ) -> String {
        """
        {"specversion":"1.0","type":"cn.liandong.complaint.v1","source":"/agency/xinfang","id":"\(id)",\
        "time":"\(time)","subject":"441424","data":{\(data)}}
        """
    }

    /// What lines of one batch are, by the agency's grant.
    private func inspect(_ lines: [String]) -> [Entry.Content] {
        var bytes: [UInt8] = []
        var ranges: [Range<Int>] = []
        for line in lines {
            let start = bytes.count
            bytes += Array(line.utf8)
            ranges.append(start..<bytes.count)
        }
        return bytes.withUnsafeBytes {
            unsafe gate.inspect(ranges, in: $0, from: xinfang, access, at: noon).map(\.content)
        }
    }

    private func quarantined(_ line: String) -> Quarantined? {
        guard case .quarantine(let found)? = inspect([line]).first else { return nil }
        return found
    }

    @Test(
        "A number in the clear is refused in a line that is no item as well, since lines kept aside lie on disk",
        arguments: [
            (#""title":"电话13812345678","text":5"#, ErrorCode.unmaskedTitle),
            (#""text":"我的电话是１３８ 1234 5678","heads":"many""#, .unmaskedText),
            (#""heads":-1,"place":"安流镇1381234\u0035678旁""#, .unmaskedPlace),
            (#""respondent":"李某13812345678""#, .unmaskedRespondent),
            (#""text":"文","note":"13812345678"}"#, .unmaskedText),
            (#""text":"没有结束的一行13812345678"#, .unmaskedText),
        ]
    )
    func numberInABrokenLineIsNamed(data: String, code: ErrorCode) {
        let found = quarantined(Self.event(data))
        #expect(found?.code == code)
        #expect(found?.reason.contains("138") == false)
    }

    @Test func whatAMachineGaveIsNoNumberOfAPersons() {
        let line = Self.event(#""text":5"#, id: "13812345678", time: "13812345678")
        #expect(quarantined(line)?.id == "13812345678")
        #expect(quarantined(line)?.code != .unmaskedText)
    }

    @Test(
        "A number in the clear is named by its field",
        arguments: [
            (#""title":"电话13812345678","text":"文""#, ErrorCode.unmaskedTitle),
            (#""title":"题","text":"我的电话是13812345678。""#, .unmaskedText),
            (#""text":"文","place":"安流镇13812345678旁""#, .unmaskedPlace),
            (#""text":"文","respondent":"李某13812345678""#, .unmaskedRespondent),
        ]
    )
    func aNumberInTheClearIsNamedByItsField(data: String, code: ErrorCode) throws {
        let found = try #require(quarantined(GateRefusalTests.event(data)))
        #expect(found.code == code)
        #expect(found.id == "XF-7")
        #expect(!found.reason.contains("138"), "\(found.reason)")
        let masked = data.replacing("13812345678", with: "[手机]")
        #expect(quarantined(GateRefusalTests.event(masked)) == nil)
    }

    @Test("Without the grant the number in the clear is still what is told")
    func maskingComesBeforeTheGrant() {
        let foreign = GateRefusalTests.event(#""text":"电话13812345678""#)
            .replacing("441424", with: "441425")
        #expect(quarantined(foreign)?.code == .unmaskedText)
        let masked = foreign.replacing("13812345678", with: "[手机]")
        #expect(quarantined(masked)?.code == .notGranted)
    }

    @Test(
        "A line with a secrecy marking is refused for it, whatever else is wrong with it",
        arguments: [
            GateRefusalTests.event(#""text":"【机密】""#),
            GateRefusalTests.event(#""text":"文","place":"机　密★""#),
            GateRefusalTests.event(#""text":"文","respondent":"秘 密""#),
            GateRefusalTests.event(#""title":"【绝密】关于某事","text":"文""#),
            GateRefusalTests.event(#""text":"秘密★1年","category":"labour""#),
            GateRefusalTests.event(#""title":"机密 关于某事""#),
            GateRefusalTests.event(#""text":"绝密★""#, time: "昨天"),
            GateRefusalTests.event(#""text":"绝密★""#, id: ""),
            GateRefusalTests.event(#""text":"秘密★","heads":-1"#),
            GateRefusalTests.event(#""text":"秘密★ 电话13812345678""#),
            GateRefusalTests.event(#""text":"文","note":{"deep":["机密★"]}"#),
            GateRefusalTests.event(#""text":"\u673a\u5bc6\u2605""#), #"{"data":{"text":"文\n机密\n"#,
            "【机密】",
        ]
    )
    func aMarkedLineIsRefusedForItsMarking(line: String) throws {
        let found = try #require(quarantined(line), "\(line)")
        #expect(found.code == .secrecyMarking, "\(line): \(found.reason)")
        #expect(!found.reason.contains("密"), "\(found.reason)")
        let bytes = Array(line.utf8)
        let single = bytes.withUnsafeBytes { unsafe gate.inspect($0, from: xinfang) }
        guard case .quarantine(let other) = single.content else {
            Issue.record("taken without grants: \(line)")
            return
        }
        #expect(other == found)
    }

    @Test("The word in running text keeps no line out")
    func theWordInRunningTextKeepsNoLineOut() {
        let lines = ["他们秘密排放污水", "属于商业秘密", "机密文件被泄露\\n请查处"].map {
            GateRefusalTests.event(#""title":"关于秘密排放的投诉","text":"\#($0)""#)
        }
        for content in inspect(lines) {
            guard case .item = content else {
                Issue.record("not taken: \(content)")
                continue
            }
        }
    }

    @Test("Of refused lines the journal keeps the number and nothing of the text")
    func nothingOfARefusedLineIsKept() throws {
        let hub = try TrialHub()
        let time = hub.clock.now().rfc3339
        let secrets = ["桂花巷尽头", "13812345678"]
        let data = [
            #""title":"桂花巷尽头13812345678","text":"文""#, #""text":"桂花巷尽头13812345678""#,
            #""text":"文","place":"桂花巷尽头13812345678""#,
            #""text":"文","respondent":"桂花巷尽头13812345678""#,
            #""text":"桂花巷尽头\n【机密】","category":"labour""#, #""text":"桂花巷尽头 绝密★","heads":-1"#,
        ]
        var lines = data.enumerated().map { place, data in
            GateRefusalTests.event(data, id: "XF-\(place + 1)", time: time)
        }
        lines.append(#"{"data":{"text":"桂花巷尽头\n机密\n"#)
        let receipts = hub.sendAgain(1, lines.map { Array($0.utf8) })
        let codes: [UInt16] = [1053, 1054, 1055, 1056, 1051, 1051, 1051]
        #expect(receipts.map(\.status) == codes.map { Receipt.Status.quarantined(code: $0) })
        #expect(receipts.map(\.number) == Array(1...7))
        hub.stop()
        var kinds: [EntryKind] = []
        _ = try InputPass.run(hub.disk, folder: "hub") { stored in
            kinds.append(stored.kind)
            for secret in secrets where stored.bytes?.firstRange(of: Array(secret.utf8)) != nil {
                Issue.record("\(secret) stands in entry \(stored.number)")
            }
            return true
        }
        let refused = [JournalRecord.Kind.quarantine, .withheld].map(\.rawValue)
        #expect(kinds.count { refused.contains($0.rawValue) } == lines.count)
    }
}
