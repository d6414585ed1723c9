import Domain
import Hub
import Journal
import Testing
import Wire

/// A line that the open hub refuses for its lane leaves no trace in what anybody is told.
@Suite struct RefusedLineTests {
    @Test func noNumberOfStatusCountsIt() throws {
        let hub = try TrialHub()
        hub.push(1...3)
        let desk = hub.desk()
        let before = try desk.status()
        hub.push(lines: [RefusedLineTests.accusation("JB-1"), RefusedLineTests.accusation("JB-2")])
        let after = try desk.status()
        for name in ["entries", "applied", "applied_at", "decisions", "syncs", "backlog"] {
            #expect(before[name] == after[name], "\(name)")
        }
        #expect(before["entries"]?.int == before["applied"]?.int)

        // Nor after a start.
        try hub.start()
        let again = try hub.desk().status()
        #expect(again["decisions"] == before["decisions"])
        #expect(again["entries"]?.int == again["applied"]?.int)
    }

    @Test func itHoldsUpNoReplay() throws {
        let hub = try TrialHub()
        hub.push(1...3)
        let desk = hub.desk(.officer("yunwei"))
        desk.replay(ReplayRequest(form: .log))
        let before = desk.end
        // So much later that a paced walk that waited for it would not end while the hub has something to do.
        hub.clock.advance(TimeSpan(milliseconds: 8000))
        hub.push(lines: [RefusedLineTests.accusation("JB-1")])
        desk.replay(ReplayRequest(form: .log))
        #expect(desk.end?.digest == before?.digest)
        #expect(desk.end?.through == before?.through)
        desk.replay(ReplayRequest(speed: 4))
        #expect(desk.end?.count == before?.count)
    }

    @Test func itMakesNoFeedBusy() throws {
        let hub = try TrialHub()
        hub.push(1...1)
        hub.passDeserted(.minutes(5))
        hub.push(lines: [RefusedLineTests.accusation("JB-1")])
        let desk = hub.desk()
        let feeds = try desk.status()["feeds"]?.elements ?? []
        let own = feeds.first { $0["agency"]?.text == "xinfang" }
        #expect((own?["silent_ms"]?.int ?? 0) > 300_000)
    }

    private static func accusation(_ id: String) -> [UInt8] {
        Array(
            #"""
            {"specversion":"1.0","type":"cn.liandong.complaint.v1","source":"/agency/xinfang","id":"\#(id)",\#
            "time":"2025-03-03T09:00:00+08:00","subject":"441424120","data":{"text":"某事","purpose":"accusation"}}
            """#.utf8
        )
    }
}

extension TrialDesk {
    /// The hub's status as this officer is told it.
    fileprivate func status() throws -> JSONValue {
        try #require(ask(Query(.status)))
    }
}
