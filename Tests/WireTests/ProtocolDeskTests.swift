import Domain
import Testing
import Wire

@Suite struct ProtocolDeskTests {
    private let decision = Array(#"{"kind":"alert_raised"}"#.utf8)

    @Test func snapshotThenLiveIsOneSequence() {
        var (client, hub) = opened()
        let subscribe = client.subscribe(["alert.>"], now: at(2))
        guard
            case .subscribe(let incarnation, let patterns, let frames) = hub.received(
                subscribe.bytes,
                now: at(3)
            )
        else {
            Issue.record("no subscription")
            return
        }
        #expect(incarnation == 1 && patterns.map(\.text) == ["alert.>"] && frames.isEmpty)
        var seen: [String] = []
        for step in 1...4 {
            let action =
                step == 3
                ? hub.endSnapshot(incarnation: 1, now: at(4))
                : hub.deliver(incarnation: 1, subject: "alert.a", decision: decision, now: at(4))
            guard case .send(let frames) = action, let frame = frames.first else { continue }
            switch client.received(frame.bytes, now: at(5)) {
            case .delivered(let delivery, let number, _):
                seen.append("\(delivery.phase.rawValue) \(number)")
            case .snapshotComplete(let count): seen.append("complete \(count)")
            default: seen.append("?")
            }
        }
        #expect(seen == ["snapshot 1", "snapshot 2", "complete 2", "live 3"])
        #expect(client.state == .live && hub.state == .live)
    }

    @Test func aSubscriptionThatIsNeverAnsweredEndsTheSession() {
        var (client, _) = opened()
        _ = client.subscribe(["alert.>"], now: at(2))
        let ping = Frame(.ping, number: 0).bytes
        for second in [10, 20, 29] as [Int64] {
            _ = client.received(ping, now: at(1000 * second))
            if case .ended = client.tick(now: at(1000 * second)) { Issue.record("too early") }
        }
        guard case .ended(let end) = client.tick(now: at(30_002)) else {
            Issue.record("no end")
            return
        }
        #expect(end.code == .silentSession && end.advice == .again)
    }

    @Test func anotherSubscriptionDropsWhatIsUnderWay() {
        var (client, hub) = subscribed()
        let old = deliver(&hub, 1)
        let second = client.subscribe(["case.>"], now: at(3))
        expect(client.received(old.bytes, now: at(3)) == .none)
        guard case .subscribe(let incarnation, _, _) = hub.received(second.bytes, now: at(4)) else {
            Issue.record("no subscription")
            return
        }
        #expect(incarnation == 2)
        expect(
            hub.deliver(incarnation: 1, subject: "alert.a", decision: decision, now: at(4))
                == .none
        )
        let new = deliver(&hub, 2)
        #expect(new.number == 1)
        guard case .delivered(_, 1, _) = client.received(new.bytes, now: at(5)) else {
            Issue.record("not delivered")
            return
        }
    }

    @Test func aGapEndsTheClientsSession() {
        var (client, hub) = subscribed()
        _ = deliver(&hub, 1)
        let second = deliver(&hub, 1)
        guard case .ended(let end) = client.received(second.bytes, now: at(4)) else {
            Issue.record("the session goes on")
            return
        }
        #expect(end.code == .numberGap && end.advice == .again)
    }

    @Test func heartbeatShowsALostTail() throws {
        var (client, hub) = subscribed()
        guard case .send(let frames) = hub.endSnapshot(incarnation: 1, now: at(4)) else {
            Issue.record("no SNAPSHOT_END")
            return
        }
        _ = client.received(try #require(frames.first).bytes, now: at(4))
        _ = deliver(&hub, 1)
        guard case .send(let beats) = hub.tick(now: at(5004)) else {
            Issue.record("no heartbeat")
            return
        }
        #expect(beats == [Frame(.ping, number: 1)])
        guard case .ended(let end) = client.received(beats[0].bytes, now: at(5005)) else {
            Issue.record("the session goes on")
            return
        }
        #expect(end.code == .numberGap)
    }

    @Test func nothingIsSentBeyondTheCredit() {
        var (client, hub) = opened(grant: false)
        _ = hub.received(Frame(.credit, number: 200).bytes, now: at(1))
        let subscribe = Subscribe(subjects: ["alert.>"], credit: 200).frame(request: 1)
        _ = hub.received(subscribe.bytes, now: at(2))
        let first = hub.deliver(incarnation: 1, subject: "alert.a", decision: decision, now: at(3))
        guard case .send(let frames) = first else {
            Issue.record("not sent")
            return
        }
        let size = frames[0].body.count
        #expect(size > 67 && size <= 200)
        for _ in 0..<3 {
            _ = hub.deliver(incarnation: 1, subject: "alert.a", decision: decision, now: at(3))
        }
        #expect(hub.queuedBytes > 0)
        guard
            case .send(let rest) = hub.received(
                Frame(.credit, number: UInt64(4 * size)).bytes,
                now: at(4)
            )
        else {
            Issue.record("nothing came")
            return
        }
        #expect(rest.map(\.number).suffix(2) == [3, 4] && hub.queuedBytes == 0)
        _ = client.close()
    }

    @Test func aSubscriberThatStopsReadingIsLetGo() throws {
        var (_, hub) = opened(grant: false, queueBytesMax: 1000)
        let subscribe = Subscribe(subjects: ["alert.>"], credit: 0).frame(request: 1)
        _ = hub.received(subscribe.bytes, now: at(2))
        var failed: Frame?
        for _ in 0..<20 {
            let action = hub.deliver(
                incarnation: 1,
                subject: "alert.a",
                decision: decision,
                now: at(3)
            )
            if case .fail(let frame) = action { failed = frame }
        }
        let frame = try #require(failed)
        guard case .error(let notice) = try Message(frame).content else { return }
        #expect(notice.code == .overloaded && notice.isFatal)
        #expect(hub.state == .ended && hub.queuedBytes == 0)
    }

    @Test func clientGrantsMoreWhenHalfTheWindowIsUsed() throws {
        var (client, hub) = subscribed()
        let big = Array("{\"x\":\"\(String(repeating: "y", count: 700_000))\"}".utf8)
        var grants: [UInt64] = []
        for _ in 0..<4 {
            let action = hub.deliver(incarnation: 1, subject: "alert.a", decision: big, now: at(4))
            guard case .send(let frames) = action, let frame = frames.first,
                case .delivered(_, _, let credit) = client.received(frame.bytes, now: at(4))
            else {
                Issue.record("not delivered")
                return
            }
            guard let credit else { continue }
            grants.append(credit.number)
            _ = hub.received(credit.bytes, now: at(4))
        }
        #expect(grants.count == 2)
    }

    @Test func queriesAreAnsweredByNumberAndBounded() throws {
        var (client, hub) = opened()
        for request in 1...4 as ClosedRange<UInt64> {
            let asked = client.ask(Query(.alerts), now: at(2))
            let frame = try #require(asked)
            let action = hub.received(frame.bytes, now: at(2))
            expect(action == .ask(request: request, Query(.alerts)))
        }
        let fifth = client.ask(Query(.status), now: at(2))
        #expect(fifth == nil)
        // A client of another make sends a fifth all the same.
        guard
            case .send(let refusals) = hub.received(
                Query(.status).frame(request: 5).bytes,
                now: at(2)
            ), case .error(let notice) = try Message(refusals[0]).content
        else {
            Issue.record("not refused")
            return
        }
        #expect(notice.code == .overloaded && !notice.isFatal && refusals[0].number == 5)
        let answer = Answer(rows: [["id": "a"]])
        guard case .send(let frames) = hub.answer(request: 3, body: answer.body, now: at(3)) else {
            Issue.record("no ANSWER")
            return
        }
        expect(
            client.received(frames[0].bytes, now: at(3))
                == .answered(request: 3, answer, send: nil)
        )
        expect(hub.answer(request: 3, body: answer.body, now: at(3)) == .none)
    }

    @Test func malformedQueryCostsThatQueryAlone() throws {
        var (client, hub) = opened()
        let bad = Frame(.query, number: 7) { $0.append(contentsOf: #"{"query":"spy"}"#.utf8) }
        guard case .send(let frames) = hub.received(bad.bytes, now: at(2)),
            case .error(let notice) = try Message(frames[0]).content
        else {
            Issue.record("not refused")
            return
        }
        #expect(notice.code == .malformedQuery && frames[0].number == 7 && hub.state == .open)
        expect(client.received(frames[0].bytes, now: at(2)) == .none)
    }

    @Test func malformedSubjectLeavesTheSessionOpen() throws {
        var (client, hub) = opened()
        let frame = client.subscribe(["alert..x"], now: at(2))
        guard case .send(let frames) = hub.received(frame.bytes, now: at(2)) else {
            Issue.record("not refused")
            return
        }
        guard case .refused(1, let notice) = client.received(frames[0].bytes, now: at(3)) else {
            Issue.record("not told")
            return
        }
        #expect(notice.code == .malformedSubject && client.state == .open && hub.state == .open)
    }

    @Test func commandHasOneOutcome() throws {
        var (client, hub) = opened()
        let sent = client.command(Sample.command, now: at(2))
        let frame = try #require(sent)
        expect(
            hub.received(frame.bytes, now: at(2)) == .command(request: 1, Sample.command)
        )
        let outcome = CommandOutcome(key: Sample.key, result: .void, reason: "no such alert")
        guard case .send(let frames) = hub.outcome(request: 1, outcome, now: at(3)) else {
            Issue.record("no OUTCOME")
            return
        }
        expect(client.received(frames[0].bytes, now: at(3)) == .outcome(request: 1, outcome))
        #expect(client.openCommands.isEmpty)
    }

    private func opened(
        grant: Bool = true,
        queueBytesMax: Int = 16 << 20
    ) -> (DeskClientSession, DeskHubSession) {
        var client = DeskClientSession(agent: "t")
        var hub = DeskHubSession(
            attempt: 1,
            queueBytesMax: queueBytesMax,
            heartbeat: .seconds(5),
            silence: .seconds(15),
            now: at(0)
        )
        _ = client.connect(attempt: 1, now: at(0))
        let welcome = hub.welcome(
            session: 1,
            principal: .officer("chen"),
            hub: "441424",
            now: at(0)
        )
        if case .opened(_, let credit) = client.received(welcome.bytes, now: at(0)), grant {
            _ = hub.received(credit.bytes, now: at(0))
        }
        return (client, hub)
    }

    private func subscribed() -> (DeskClientSession, DeskHubSession) {
        var (client, hub) = opened()
        let frame = client.subscribe(["alert.>"], now: at(1))
        _ = hub.received(frame.bytes, now: at(1))
        return (client, hub)
    }

    private func deliver(_ hub: inout DeskHubSession, _ incarnation: UInt64) -> Frame {
        let action = hub.deliver(
            incarnation: incarnation,
            subject: "alert.a",
            decision: decision,
            now: at(4)
        )
        if case .send(let frames) = action, let frame = frames.first { return frame }
        Issue.record("not sent")
        return Frame(.bye, number: 0)
    }
}
