import Domain
import Hashing
import Testing
import Wire

@Suite struct ProtocolDeskTests {
    private let decision = Array(#"{"kind":"alert_raised"}"#.utf8)

    @Test func snapshotThenLiveIsOneSequence() {
        var (client, hub) = opened()
        let subscribe = client.subscribe(["alert.>"], now: at(2))
        guard
            case .subscribe(let incarnation, let patterns, _, let frames) = hub.received(
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
            let frame: Frame
            if step == 3 {
                guard case .send(let frames) = hub.endSnapshot(incarnation: 1, now: at(4)),
                    let end = frames.first
                else { continue }
                frame = end
            } else {
                frame = deliver(&hub, 1)
            }
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
        guard case .subscribe(let incarnation, _, _, _) = hub.received(second.bytes, now: at(4))
        else {
            Issue.record("no subscription")
            return
        }
        #expect(incarnation == 2)
        expect(
            hub.deliver(incarnation: 1, subject: "alert.a", decision: decision, now: at(4))
                == .over
        )
        let new = deliver(&hub, 2)
        #expect(new.number == 1)
        guard case .delivered(_, 1, _) = client.received(new.bytes, now: at(5)) else {
            Issue.record("not delivered")
            return
        }
    }

    @Test func aGapInTheSnapshotEndsTheClientsSession() {
        var (client, hub) = subscribed()
        _ = deliver(&hub, 1)
        let second = deliver(&hub, 1)
        guard case .ended(let end) = client.received(second.bytes, now: at(4)) else {
            Issue.record("the session goes on")
            return
        }
        #expect(end.code == .numberGap && end.advice == .again)
    }

    @Test func whatIsMissingIsFetchedOnceAHeartbeatAndComesInOrder() throws {
        var (client, hub) = try live()
        let first = deliver(&hub, 1)
        let second = deliver(&hub, 1)
        let wanted = Fetch(first: 1, incarnation: 1, received: 0, credit: 2_097_152)
        guard case .send(let fetch) = client.received(second.bytes, now: at(5)),
            case .fetch(let asked) = try Message(fetch).content
        else {
            Issue.record("not asked for")
            return
        }
        #expect(asked.first == wanted.first && asked.received == UInt64(second.body.count))
        expect(client.received(deliver(&hub, 1).bytes, now: at(6)) == .none)
        expect(hub.received(fetch.bytes, now: at(7)) == .fetch(first: 1))
        hub.rewind(incarnation: 1, to: 1)
        var seen: [UInt64] = []
        for _ in 1...3 {
            let action = client.received(deliver(&hub, 1).bytes, now: at(8))
            if case .delivered(_, let number, _) = action { seen.append(number) }
        }
        #expect(seen == [1, 2, 3])
        // What was under way comes late and is no news.
        expect(client.received(first.bytes, now: at(9)) == .none)
    }

    @Test func heartbeatShowsALostTail() throws {
        var (client, hub) = try live()
        _ = deliver(&hub, 1)
        guard case .send(let beats) = hub.tick(now: at(5004)) else {
            Issue.record("no heartbeat")
            return
        }
        #expect(beats == [Frame(.ping, number: 1)])
        guard case .send(let fetch) = client.received(beats[0].bytes, now: at(5005)) else {
            Issue.record("not asked for")
            return
        }
        #expect(fetch.kind == .fetch && fetch.number == 1)
    }

    @Test func nothingIsSentBeyondTheCredit() {
        var (_, hub) = opened(grant: false)
        _ = hub.received(Frame(.credit, number: 200).bytes, now: at(1))
        let subscribe = Subscribe(subjects: ["alert.>"], credit: 200).frame(request: 1)
        _ = hub.received(subscribe.bytes, now: at(2))
        let size = deliver(&hub, 1).body.count
        #expect(size > 67 && size <= 200)
        var last = hub.deliver(incarnation: 1, subject: "alert.a", decision: decision, now: at(3))
        while case .sent = last {
            last = hub.deliver(incarnation: 1, subject: "alert.a", decision: decision, now: at(3))
        }
        #expect(last == .full(size))
        let before = hub.lastNumber
        expect(hub.received(Frame(.credit, number: 4000).bytes, now: at(4)) == .room([]))
        #expect(deliver(&hub, 1).number == before + 1)
    }

    @Test func aLostCreditIsMadeGoodByTheNextPing() throws {
        var (client, hub) = opened(grant: false)
        #expect(hub.room == 0)
        guard case .send(let ping) = client.tick(now: at(5000)) else {
            Issue.record("no heartbeat")
            return
        }
        guard case .room(let frames) = hub.received(ping.bytes, now: at(5001)) else {
            Issue.record("no room")
            return
        }
        #expect(frames.map(\.kind) == [.pong] && hub.room == 2_097_152)
    }

    @Test func settlementSpeaksOfDeliveriesOfThisIncarnationOnly() throws {
        var (client, hub) = try live()
        for _ in 1...3 { _ = client.received(deliver(&hub, 1).bytes, now: at(5)) }
        let settled = client.settle(1...3, .done, now: at(6))
        let frame = try #require(settled)
        expect(
            hub.received(frame.bytes, now: at(7))
                == .settle(Settlement(incarnation: 1, 1...3, .done))
        )
        let beyond = Settlement(incarnation: 1, 4...4, .done).frame
        expect(hub.received(beyond.bytes, now: at(7)) == .none)
        let former = Settlement(incarnation: 9, 1...1, .done).frame
        expect(hub.received(former.bytes, now: at(7)) == .none)
    }

    @Test func whatWasNotSettledComesAgainUnderItsNumber() throws {
        var (client, hub) = try live()
        for _ in 1...2 { _ = client.received(deliver(&hub, 1).bytes, now: at(5)) }
        let again = hub.redeliver(
            incarnation: 1,
            number: 1,
            again: 1,
            subject: "alert.a",
            decision: decision,
            now: at(6)
        )
        guard case .sent(let frame) = again,
            case .delivered(let delivery, 1, _) = client.received(frame.bytes, now: at(7))
        else {
            Issue.record("not delivered")
            return
        }
        #expect(delivery.again == 1)
        #expect(deliver(&hub, 1).number == 3)
    }

    @Test func replayIsContiguousAndEndsWithCountAndDigest() throws {
        var (client, hub) = opened()
        let asked = client.replay(ReplayRequest(form: .log), now: at(2))
        guard case .replay(1, let request, let patterns, _) = hub.received(asked.bytes, now: at(2))
        else {
            Issue.record("no replay")
            return
        }
        #expect(request.form == .log && patterns.isEmpty && hub.state == .replay)
        var records = ReplayRecords()
        records.append([1, 2])
        records.append([3])
        var firsts: [UInt64] = []
        for _ in 1...2 {
            let outcome = hub.chunk(
                incarnation: 1,
                form: .log,
                token: "dG9rZW4",
                records: records,
                now: at(3)
            )
            guard case .sent(let frame) = outcome,
                case .replayed(let chunk, let first, _) = client.received(frame.bytes, now: at(3))
            else {
                Issue.record("no chunk")
                return
            }
            #expect(chunk.records.map { Array($0) } == [[1, 2], [3]] && chunk.token == "dG9rZW4")
            firsts.append(first)
        }
        #expect(firsts == [1, 3])
        let end = ReplayEnd(incarnation: 1, count: 4, digest: .sha256(""), through: nil)
        guard case .send(let frames) = hub.endReplay(end, now: at(4)) else {
            Issue.record("no end")
            return
        }
        expect(client.received(frames[0].bytes, now: at(4)) == .replayEnded(end))
        #expect(client.state == .open && hub.state == .open)
    }

    @Test func aChunkThatIsMissingEndsTheSession() throws {
        var (client, hub) = opened()
        let asked = client.replay(ReplayRequest(form: .log), now: at(2))
        _ = hub.received(asked.bytes, now: at(2))
        var records = ReplayRecords()
        records.append([1])
        var last: Frame?
        for _ in 1...2 {
            let outcome = hub.chunk(
                incarnation: 1,
                form: .log,
                token: "dG9rZW4",
                records: records,
                now: at(3)
            )
            if case .sent(let frame) = outcome { last = frame }
        }
        guard case .ended(let end) = client.received(try #require(last).bytes, now: at(3)) else {
            Issue.record("the session goes on")
            return
        }
        #expect(end.code == .numberGap && end.advice == .again)
    }

    @Test func clientGrantsMoreWhenHalfTheWindowIsUsed() throws {
        var (client, hub) = subscribed()
        let big = Array("{\"x\":\"\(String(repeating: "y", count: 700_000))\"}".utf8)
        var grants: [UInt64] = []
        for _ in 0..<4 {
            let action = hub.deliver(incarnation: 1, subject: "alert.a", decision: big, now: at(4))
            guard case .sent(let frame) = action,
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

    private func opened(grant: Bool = true) -> (DeskClientSession, DeskHubSession) {
        var client = DeskClientSession(agent: "t")
        var hub = DeskHubSession(
            attempt: 1,
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
        if case .sent(let frame) = action { return frame }
        Issue.record("not sent")
        return Frame(.bye, number: 0)
    }

    private func live() throws -> (DeskClientSession, DeskHubSession) {
        var (client, hub) = subscribed()
        guard case .send(let frames) = hub.endSnapshot(incarnation: 1, now: at(4)) else {
            Issue.record("no SNAPSHOT_END")
            return (client, hub)
        }
        _ = client.received(try #require(frames.first).bytes, now: at(4))
        return (client, hub)
    }
}
