import Domain
import Hub
import Testing
import Wire

/// What the audit log says of a request is what became of it.
@Suite struct AuditTruthTests {
    private static func event(_ id: String, _ rest: String) -> [UInt8] {
        Array(
            #"{"specversion":"1.0","type":"cn.liandong.complaint.v1","source":"/agency/xinfang","id":"\#(id)",\#(rest)}"#
                .utf8
        )
    }

    private func alert(_ hub: TrialHub) throws -> AlertID {
        hub.push(1...1)
        let desk = hub.desk()
        desk.subscribe()
        let first = try #require(desk.delivered.first)
        return try #require(AlertID(text: first.alert))
    }

    @Test func aCommandsLineIsWrittenWithWhatBecameOfIt() throws {
        let hub = try TrialHub()
        let alert = try alert(hub)
        let desk = hub.desk()
        desk.command(
            CommandRequest(key: "key-0001", action: .acknowledge(alert, report: 1, note: ""))
        )
        let nothing = try #require(AlertID(text: "441424-A-000000000001"))
        desk.command(
            CommandRequest(key: "key-0002", action: .acknowledge(nothing, report: 1, note: ""))
        )
        let lines = hub.audit.of(.commanded)
        #expect(lines.map(\.result) == ["ok", "void"])
        #expect(lines.map(\.object) == [alert.text, nothing.text])
        #expect(lines.allSatisfy { $0.who == "officer/chen" })
        #expect(lines.last?.particular("reason")?.text?.isEmpty == false)
        #expect(lines.allSatisfy { $0.particular("came")?.text != nil })
    }

    @Test func aRefusedCommandLeavesALineOfItsRefusalAlone() throws {
        let hub = try TrialHub()
        hub.push(1...1)
        let agency = try #require(AgencyID(name: "xinfang"))
        let item = ItemRef(agency: agency, id: "XF-1")
        let desk = hub.desk()
        desk.command(
            CommandRequest(key: "key-0003", action: .classify(item, .accusation, note: ""))
        )
        #expect(desk.refusals.map(\.code) == [.malformedCommand])
        #expect(hub.audit.of(.refused).map(\.result) == [ErrorCode.malformedCommand.text])
        #expect(hub.audit.of(.commanded).isEmpty)

        // A right that no grant gives.
        desk.command(CommandRequest(key: "key-0004", action: .withdraw(item)))
        let refused = try #require(hub.audit.of(.refused).last)
        #expect(refused.result == ErrorCode.notPermitted.text)
        #expect(refused.object == "xinfang/XF-1" && refused.particular("right")?.text == "withdraw")
    }

    @Test func whatBecameOfACommandIsWrittenAlsoWhenNobodyWaitsForItAnyMore() throws {
        let hub = try TrialHub()
        let alert = try alert(hub)
        let desk = hub.desk()
        let request = CommandRequest(
            key: "key-0005",
            action: .acknowledge(alert, report: 1, note: "")
        )
        desk.send(request.frame(request: 7))
        hub.cut(desk)
        #expect(hub.audit.of(.commanded).isEmpty)
        hub.settle()
        #expect(hub.audit.of(.commanded).map(\.result) == ["ok"])
    }

    @Test func aQuestionsLineSaysWhetherItWasAnsweredRefusedOrNeither() throws {
        let hub = try TrialHub()
        hub.push(1...1)
        let desk = hub.desk()
        _ = desk.ask(Query(.status))
        _ = desk.ask(Query(.subscriptions))
        #expect(hub.audit.of(.asked).map(\.object) == ["status", "subscriptions"])
        #expect(hub.audit.of(.asked).allSatisfy { $0.result == "ok" })

        _ = desk.ask(Query(.matter, filters: [.init("case", "no case")]))
        _ = desk.ask(Query(.matter, filters: [.init("case", "441424-C-0000000000ZZ")]))
        _ = desk.ask(Query(.matter, filters: [.init("case", "441424-C-000000000001")]))
        let refused = hub.audit.of(.refused)
        #expect(refused.first?.result == ErrorCode.malformedQuery.text)
        #expect(refused.last?.result == ErrorCode.noSuchCase.text)
        #expect(refused.allSatisfy { $0.object == "case" })
        #expect(refused.last?.particular("case")?.text == "441424-C-000000000001")

        desk.send(Query(.counts).frame(request: 99))
        hub.cut(desk)
        hub.settle()
        let last = try #require(hub.audit.of(.asked).last)
        #expect(last.object == "counts" && last.result == "unanswered")
    }

    @Test func aLineIsNoLongerThanItsBoundsWhateverIsAsked() throws {
        let hub = try TrialHub()
        let desk = hub.desk()
        let long = JSONValue.string(String(repeating: "长", count: 2000))
        let item: JSONValue = ["source": "/agency/xinfang", "id": long, "more": long]
        _ = desk.ask(Query(.text, filters: [.init("item", item), .init("purpose", long)]))
        let refused = try #require(hub.audit.of(.refused).last)
        #expect(refused.result == ErrorCode.malformedQuery.text)
        #expect(JSONValue.object(refused.particulars).bytes.count < 4096)
        #expect(refused.particular("item")?["more"] == nil)
    }

    @Test func eachLineKeptAsideThatIsGivenOutIsNotedAsRead() throws {
        let hub = try TrialHub()
        hub.push(lines: [
            AuditTruthTests.event("XF-1", #""data":{"text":"桥面塌陷,要求维修"}"#),
            AuditTruthTests.event("XF-2", #""data":{"text":"路灯不亮,要求维修"}"#),
        ])
        let desk = hub.desk()
        let rows = desk.ask(Query(.quarantine))?.elements ?? []
        #expect(rows.count == 2)
        let read = hub.audit.of(.read)
        #expect(read.map(\.object) == ["quarantine", "quarantine"])
        #expect(read.map { $0.particular("line")?.int } == [1, 2])
        #expect(read.allSatisfy { $0.particular("purpose")?.text == "待校验处理" })
        #expect(read.allSatisfy { $0.particular("item")?["source"]?.text == "/agency/xinfang" })
        #expect(hub.audit.of(.asked, .read).map(\.act) == [.asked, .read, .read])
    }

    @Test func theLineOfAListNamesTheItemsWhoseTextsBeginInIt() throws {
        let hub = try TrialHub()
        hub.push(1...2)
        let desk = hub.desk()
        _ = desk.ask(Query(.alerts))
        let line = try #require(hub.audit.of(.asked).last)
        let named = line.particular("beginnings")?.text?.split(separator: ",").map(String.init)
        #expect(Set(named ?? []) == ["xinfang/XF-1", "xinfang/XF-2"])
        #expect(line.particular("beginnings_count")?.int == 2)
        // What gives no title gives no beginning of a text.
        _ = desk.ask(Query(.counts))
        #expect(hub.audit.of(.asked).last?.particular("beginnings") == nil)
    }

    @Test func aSessionThatIsRefusedLeavesALine() throws {
        let hub = try TrialHub()
        let nobody = hub.desk(.officer("nobody"))
        #expect(nobody.ended != nil)
        let refused = hub.audit.of(.refused)
        #expect(refused.map(\.who).first == "officer/nobody")
        #expect(refused.map(\.result).first == ErrorCode.notPermitted.text)
    }
}
