import Domain
import Foundation
import Hub
import LiandongClient
import LiandongClientZeroMQ
import Testing
import Wire

/// Why items are in their cases, and what a text would repeat, asked through a line.
@Suite(.serialized) struct ReasonServiceTests {
    private func event(
        _ id: String,
        _ text: String,
        place: String = "幸福路",
        purpose: String = "demand"
    ) -> JSONValue {
        [
            "specversion": "1.0", "type": "cn.liandong.complaint.v1",
            "source": "/agency/xinfang", "id": .string(id),
            "time": "2024-03-06T14:30:00+08:00", "subject": "441424120",
            "data": [
                "title": .string(String(text.prefix(12))), "text": .string(text),
                "place": .string(place), "purpose": .string(purpose),
            ],
        ]
    }

    private let text = "安流镇幸福路的路灯整排不亮,夜里行走不便,多次报修没有人来处理,请尽快维修。"

    private func put(_ count: Int, into outbox: Outbox) throws {
        let gate = DepartureGate(agency: try #require(AgencyID(name: "xinfang")))
        var items: [OutgoingItem] = []
        for number in 0..<count {
            let event = event("N\(number)", text)
            if case .item(let item, _) = gate.pass(line: event.bytes, file: "test", row: number) {
                items.append(item)
            }
        }
        #expect(items.count == count)
        try outbox.put(items, at: SystemClock().now())
    }

    /// Calls with a line to a hub that has taken so many items about lamps.
    private func withLamps(
        _ count: Int,
        _ use: (inout DeskLine<ZeroMQConnection>) throws -> Void
    ) throws {
        let county = try CountyOnDisk()
        defer { try? FileManager.default.removeItem(atPath: county.path) }
        let outbox = try county.outbox("xinfang")
        try put(count, into: outbox)
        let hub = try RunningHub(county)
        try county.push(outbox, to: hub, agency: "xinfang")
        var line = try county.officer(hub)
        var (applied, turns) = (false, 0)
        while !applied, turns < 10_000 {
            let counts = try line.ask(Query(.counts)).rows
            applied = counts["items"]?.int == Int64(count)
            turns += 1
        }
        #expect(applied)
        try use(&line)
        line.close()
        hub.stop()
    }

    @Test func everyMemberOfALargeCaseHasItsReasonAndPagesEndWhereTheyWouldNotFit() throws {
        try withLamps(600) { line in
            let item: JSONValue = ["source": "/agency/xinfang", "id": "N7"]
            let filters = [JSONValue.Member("item", item)]
            let members = try line.askAll(Query(.matter, limit: 500, filters: filters))
                .filter { $0["ordinal"] != nil }
            #expect(members.count > 500)
            let reasons = try line.askAll(Query(.why, limit: 500, filters: filters))
                .filter { $0["absorbed"] == nil }
            #expect(
                reasons.compactMap { $0["ordinal"]?.int }
                    == members.compactMap { $0["ordinal"]?.int }
            )
            #expect(reasons.filter { $0["basis"]?.text == "founded" }.count == 1)
            let links = reasons.compactMap { $0["link"] }
            #expect(links.count == members.count - 1)
            #expect(links.allSatisfy { $0["score"]?.int == $0["recomputed"]?.int })
            let page = try line.ask(Query(.why, limit: 3, filters: filters))
            #expect(page.rows.elements?.count == 3)
            #expect(page.next != nil)
        }
    }

    @Test func anItemThatStandsAloneNeedsNoReason() throws {
        try withLamps(1) { line in
            let item: JSONValue = ["source": "/agency/xinfang", "id": "N0"]
            let answer = try line.ask(Query(.why, filters: [.init("item", item)]))
            #expect(answer.rows.elements?.isEmpty == true)
        }
    }

    @Test func aTextIsLookedUpAndNotKept() throws {
        try withLamps(3) { line in
            let known = event("new", text)
            let found = try line.ask(Query(.likely, filters: [.init("event", known)]))
            let rows = try #require(found.rows.elements)
            #expect(rows.first?["repeats"]?.flag == true)
            #expect(rows.contains { $0["linked"]?.flag == true })
            #expect(rows.allSatisfy { $0["pair"]?["parts"]?.elements?.isEmpty == false })
            let strange = event("other", "中学食堂的饭菜变质,多名学生腹泻。", place: "水寨中学")
            let none = try line.ask(Query(.likely, filters: [.init("event", strange)]))
            #expect(none.rows.elements?.isEmpty == true)
            let counts = try line.ask(Query(.counts)).rows
            #expect(counts["items"]?.int == 3)
        }
    }

    @Test func whatIsNoOpenItemIsRefusedWithItsReason() throws {
        try withLamps(1) { line in
            var reasons: [String] = []
            for filters: [JSONValue.Member] in [
                [], [.init("event", ["source": "/agency/xinfang"])],
                [.init("event", event("a", "张某某"))],
                [.init("event", event("a", "举报某人", purpose: "accusation"))],
            ] {
                do {
                    _ = try line.ask(Query(.likely, filters: filters))
                } catch {
                    guard case .refused(let notice) = error as? DeskLine<ZeroMQConnection>.Failure
                    else { throw error }
                    reasons.append(notice.reason)
                }
            }
            #expect(reasons.count == 4)
            #expect(reasons.dropFirst(2).first?.contains("names") == true)
            #expect(reasons.first?.contains("event") == true)
            #expect(reasons.last?.contains("sealed lane") == true)
        }
    }
}
