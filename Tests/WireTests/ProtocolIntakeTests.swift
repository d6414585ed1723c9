import Domain
import Testing
import Wire

@Suite struct ProtocolIntakeTests {
    private let line = Array(#"{"id":"x"}"#.utf8)

    // The client's side.

    @Test func helloStatesStreamAndLastReceipt() throws {
        var client = IntakeClientSession(outbox: outbox(receipted: 7, assigned: 9), agent: "t")
        let hello = try Message(client.connect(attempt: 5, now: at(0)))
        #expect(hello.number == 5)
        guard case .hello(let body) = hello.content, case .intake(let start) = body.role else {
            Issue.record("no HELLO of an intake session")
            return
        }
        #expect(start.receipted == .init(number: 7, digest: Sample.digest("7")))
    }

    @Test(
        arguments: [
            (8, 8), (3, 3), (12, 8),
        ] as [(UInt64, UInt64)]
    )
    func sendingBeginsAtTheLowerOfExpectAndOwn(_ expect: UInt64, _ next: UInt64) {
        var client = IntakeClientSession(
            outbox: outbox(receipted: 7, oldest: 2, assigned: 20),
            agent: "t"
        )
        _ = client.connect(attempt: 1, now: at(0))
        let action = client.received(welcome(expect: expect).bytes, now: at(1))
        #expect(action == .opened(body(expect: expect), next: next))
        #expect(client.next == next)
    }

    @Test(arguments: [1, 22] as [UInt64])
    func aGapThatTheOutboxCannotFillNeedsANewEpoch(_ expect: UInt64) {
        var client = IntakeClientSession(
            outbox: outbox(receipted: 7, oldest: 2, assigned: 20),
            agent: "t"
        )
        _ = client.connect(attempt: 1, now: at(0))
        guard case .ended(let end) = client.received(welcome(expect: expect).bytes, now: at(1))
        else {
            Issue.record("the session goes on")
            return
        }
        #expect(end.advice == .newEpoch)
    }

    @Test func anotherAttemptsWelcomeIsIgnored() {
        var client = IntakeClientSession(outbox: outbox(), agent: "t")
        _ = client.connect(attempt: 2, now: at(0))
        expect(client.received(welcome(expect: 1).bytes, now: at(1)) == .none)
        #expect(client.state == .greeting)
    }

    @Test func creditIsAbsoluteAndCountsBodies() {
        var client = open(credit: 100)
        let frame = client.put([line, line], now: at(2))
        #expect(frame.body.count == 8 + 10 + 1 + 10)
        #expect(client.creditBytes == 100 - 29)
        _ = client.received(Frame(.credit, number: 60).bytes, now: at(3))
        #expect(client.creditBytes == 71)
        _ = client.received(Frame(.credit, number: 200).bytes, now: at(3))
        #expect(client.creditBytes == 171)
    }

    @Test func aReceiptThatSkipsLinesRewindsToThem() {
        var client = open()
        _ = client.put([line, line, line], now: at(2))
        expect(client.received(receipts(3...3).bytes, now: at(3)) == .rewound(to: 1))
        #expect(client.next == 1)
    }

    @Test func aReceiptForLinesNeverSentEndsTheSession() {
        var client = open()
        _ = client.put([line], now: at(2))
        guard case .ended(let end) = client.received(receipts(1...2).bytes, now: at(3)) else {
            Issue.record("the session goes on")
            return
        }
        #expect(end.code == .unexpectedMessage)
    }

    @Test func heartbeatOfTheHubShowsLostReceipts() {
        var client = open()
        _ = client.put([line, line, line], now: at(2))
        let action = client.received(beat(.ping, number: 2, expect: 4).bytes, now: at(3))
        #expect(action == .send(Frame(.pong, number: 3), rewoundTo: 1))
        // While the lines are under way again, the same word is no new loss.
        _ = client.put([line, line, line], now: at(4))
        expect(
            client.received(beat(.ping, number: 3, expect: 4).bytes, now: at(5))
                == .send(Frame(.pong, number: 3), rewoundTo: nil)
        )
    }

    @Test func answeredHeartbeatShowsLostLines() {
        var client = open()
        _ = client.put([line, line], now: at(2))
        expect(client.tick(now: at(5001)) == .none)
        expect(client.tick(now: at(5002)) == .send(Frame(.ping, number: 2)))
        expect(
            client.received(beat(.pong, number: 0, expect: 1).bytes, now: at(5010))
                == .rewound(to: 1)
        )
    }

    /// The hub has them, so that no number of its heartbeat shows that the second sending was lost.
    @Test func linesSentOnceMoreAndLostAreSentAgain() {
        var client = open()
        _ = client.put([line, line, line], now: at(2))
        let pong = beat(.pong, number: 0, expect: 4).bytes
        expect(client.received(pong, now: at(5010)) == .none)
        expect(client.received(pong, now: at(15_002)) == .rewound(to: 1))
        _ = client.put([line, line, line], now: at(15_003))
        expect(client.received(pong, now: at(20_000)) == .none)
    }

    /// Who only ever answered would never learn that its lines were lost.
    @Test func answeringHeartbeatsDoesNotReplaceOnesOwn() {
        var client = open()
        _ = client.put([line, line], now: at(2))
        _ = client.received(beat(.ping, number: 0, expect: 1).bytes, now: at(4000))
        expect(client.tick(now: at(5002)) == .send(Frame(.ping, number: 2)))
    }

    @Test func numberGapGoesBackButNeverForward() {
        var client = open()
        for _ in 0..<3 { _ = client.put([line, line, line], now: at(2)) }
        expect(client.received(gap(expect: 4), now: at(3)) == .rewound(to: 4))
        expect(client.received(gap(expect: 7), now: at(3)) == .rewound(to: 4))
    }

    @Test func silenceEndsTheSession() {
        var client = open()
        guard case .send = client.tick(now: at(5001)), case .none = client.tick(now: at(10_000))
        else {
            Issue.record("no heartbeat")
            return
        }
        guard case .ended(let end) = client.tick(now: at(15_001)) else {
            Issue.record("no end")
            return
        }
        #expect(end.code == .silentSession && end.advice == .again)
    }

    @Test func lostBytesThatStarveTheSessionEndIt() {
        var client = open(credit: 60)
        _ = client.put([line, line], now: at(2))
        expect(client.received(gap(expect: 1), now: at(3)) == .rewound(to: 1))
        _ = client.put([line, line], now: at(4))
        expect(
            client.received(receipts(1...2, credit: 60).bytes, now: at(5)) != .none
        )
        guard case .ended(let end) = client.tick(now: at(5100)) else {
            Issue.record("the session waits for ever")
            return
        }
        #expect(end.advice == .again)
    }

    @Test func aLostReceiptBeforeLostLinesWithoutCreditEndsTheSession() {
        var client = open(credit: 60)
        _ = client.put([line, line], now: at(2))
        var (time, ended) = (Int64(2), false)
        while time < 60_000, !ended {
            time += 5100
            switch client.tick(now: at(time)) {
            case .ended(let end):
                ended = true
                #expect(end.code == .creditExceeded && end.advice == .again)
            case .send:
                // The hub has the first line, whose receipt was lost, and not the second.
                _ = client.received(beat(.pong, number: 0, expect: 2).bytes, now: at(time + 10))
            case .none: break
            }
        }
        #expect(ended, "the session waits for ever")
    }

    // The hub's side.

    @Test func takenLinesComeWithNumbersAndRanges() throws {
        var hub = openHub(expect: 3)
        let put = Put.frame(first: 2, lines: [line, line, line])
        guard
            case .take(let body, let ranges, let first, let known) = hub.received(
                put.bytes,
                now: at(1)
            )
        else {
            Issue.record("not taken")
            return
        }
        #expect(first == 2 && known == 1 && hub.expect == 5 && hub.openLines == 3)
        #expect(ranges.map { Array(body.events[$0]) } == [line, line, line])
    }

    @Test func aGapIsToldOncePerHeartbeat() throws {
        var hub = openHub()
        let put = Put.frame(first: 5, lines: [line]).bytes
        guard case .send(let frame) = hub.received(put, now: at(1)),
            case .error(let notice) = try Message(frame).content
        else {
            Issue.record("no ERROR")
            return
        }
        #expect(notice.code == .numberGap && notice.expect == 1 && !notice.isFatal)
        expect(hub.received(put, now: at(2)) == .none)
        expect(hub.received(put, now: at(5001)) != .none)
    }

    @Test func bytesBeyondTheCreditAreFatal() throws {
        var hub = openHub(window: 40)
        expect(isTake(hub.received(Put.frame(first: 1, lines: [line]).bytes, now: at(1))))
        let second = Put.frame(first: 2, lines: [line, line])
        guard case .fail(let frame) = hub.received(second.bytes, now: at(1)),
            case .error(let notice) = try Message(frame).content
        else {
            Issue.record("taken")
            return
        }
        #expect(notice.code == .creditExceeded && notice.isFatal && hub.state == .ended)
    }

    @Test func creditGrowsWithReceiptsAndNeverShrinks() throws {
        var hub = openHub(window: 1000)
        _ = hub.received(Put.frame(first: 1, lines: [line, line]).bytes, now: at(1))
        hub.windowBytes = 0
        try expect(credit(of: hub.receiptsReady(some(1...1), now: at(2))[0]) == 1000)
        hub.windowBytes = 1000
        try expect(credit(of: hub.receiptsReady(some(2...2), now: at(2))[0]) == 1029)
        hub.windowBytes = 2000
        expect(hub.tick(now: at(3)) == .send([Frame(.credit, number: 2029)]))
        expect(hub.tick(now: at(4)) == .none)
    }

    @Test func creditThatWasLostComesAgainWithTheHeartbeat() throws {
        var (hub, client) = (openHub(window: 1000), open(credit: 1000))
        hub.windowBytes = 3000
        let sent = client.put([Array("x".utf8)], now: at(2))
        _ = hub.received(sent.bytes, now: at(2))
        guard case .send(let first) = hub.tick(now: at(5003)), first.first?.kind == .credit else {
            Issue.record("the hub tells nothing in a pause")
            return
        }
        // It never arrives, and nothing grows any more.
        guard case .send(let second) = hub.tick(now: at(10_004)) else {
            Issue.record("the hub tells nothing in the next pause")
            return
        }
        for frame in second { _ = client.received(frame.bytes, now: at(10_005)) }
        #expect(client.creditBytes == 3000 - sent.body.count)
    }

    @Test func drainingReceiptsWhatWasTakenThenSaysGoodbye() {
        var hub = openHub()
        _ = hub.received(Put.frame(first: 1, lines: [line]).bytes, now: at(1))
        expect(hub.drain().isEmpty)
        expect(hub.received(Put.frame(first: 2, lines: [line]).bytes, now: at(2)) == .none)
        let frames = hub.receiptsReady(some(1...1), now: at(3))
        #expect(frames.map(\.kind) == [.receipts, .bye])
        #expect(hub.state == .ended)
    }

    @Test func moreReceiptsThanABatchGoInSeveralMessages() {
        var hub = openHub(window: 1 << 20)
        for first in [1, 801] as [UInt64] {
            let lines = [[UInt8]](repeating: line, count: 800)
            _ = hub.received(Put.frame(first: first, lines: lines).bytes, now: at(1))
        }
        let frames = hub.receiptsReady(some(1...1600), now: at(2))
        #expect(frames.map(\.number) == [1, 1025])
    }

    @Test func aBodyWhoseCountDisagreesIsFatal() throws {
        var hub = openHub()
        var bytes = Put.frame(first: 1, lines: [line, line]).bytes
        bytes[16 + 7] = 3
        guard case .fail(let frame) = hub.received(bytes, now: at(1)),
            case .error(let notice) = try Message(frame).content
        else {
            Issue.record("taken")
            return
        }
        #expect(notice.code == .malformedFrame)
    }

    @Test func anotherHelloOnTheConnectionBeginsAnew() throws {
        var hub = openHub()
        let hello = Hello(agent: "t", role: .intake(Sample.start))
        expect(
            hub.received(hello.frame(attempt: 9).bytes, now: at(1)) == .restart(hello, attempt: 9)
        )
    }

    // Both together.

    /// Messages get lost either way; all lines are receipted in the end, and no number by a wrong line.
    @Test(arguments: 1...40)
    func allLinesAreReceiptedWhateverIsLost(_ seed: Int) {
        var pair = LossyIntake(seed: UInt64(seed), lines: 60)
        let isDone = pair.run(turns: 3000)
        #expect(isDone, "seed \(seed): \(pair.receipted) of 60 receipted")
    }
}

// What the tests above build on.
extension ProtocolIntakeTests {
    private func outbox(
        receipted: UInt64 = 0,
        oldest: UInt64 = 1,
        assigned: UInt64 = 100
    ) -> IntakeClientSession.Outbox {
        var start = Sample.start
        if receipted > 0 {
            start.receipted = .init(number: receipted, digest: Sample.digest("\(receipted)"))
        }
        return .init(start: start, oldestKept: oldest, lastAssigned: assigned)
    }

    private func body(expect: UInt64, credit: UInt64 = 1 << 20) -> Welcome {
        var welcome = Sample.welcome(intake: true)
        welcome.expect = expect
        welcome.credit = credit
        return welcome
    }

    private func welcome(expect: UInt64, credit: UInt64 = 1 << 20) -> Frame {
        body(expect: expect, credit: credit).frame(attempt: 1)
    }

    private func open(credit: UInt64 = 1 << 20) -> IntakeClientSession {
        var client = IntakeClientSession(outbox: outbox(), agent: "t")
        _ = client.connect(attempt: 1, now: at(0))
        _ = client.received(welcome(expect: 1, credit: credit).bytes, now: at(1))
        return client
    }

    private func openHub(expect: UInt64 = 1, window: Int = 10_000) -> IntakeHubSession {
        var hub = IntakeHubSession(
            stream: testStream,
            attempt: 1,
            windowBytes: window,
            heartbeat: .seconds(5),
            silence: .seconds(15),
            now: at(0)
        )
        _ = hub.welcome(session: 1, hub: "441424", expect: expect, now: at(0))
        return hub
    }

    private func some(_ numbers: ClosedRange<UInt64>) -> [Receipt] {
        numbers.map {
            Receipt(number: $0, id: "\($0)", digest: Sample.digest("\($0)"), status: .registered)
        }
    }

    private func receipts(_ numbers: ClosedRange<UInt64>, credit: UInt64 = 1 << 20) -> Frame {
        Receipts(
            epoch: Sample.epoch,
            stream: Sample.stream,
            credit: credit,
            receipts: some(numbers)
        ).frame
    }

    private func beat(_ kind: FrameKind, number: UInt64, expect: UInt64) -> Frame {
        Frame(kind, number: number) { $0.append(expect) }
    }

    private func gap(expect: UInt64) -> [UInt8] {
        ErrorNotice(ProtocolError(.numberGap, "A gap."), isFatal: false, expect: expect)
            .frame(number: 9).bytes
    }

    private func isTake(_ action: IntakeHubSession.ReceivedAction) -> Bool {
        if case .take = action { true } else { false }
    }

    private func credit(of frame: Frame) throws -> UInt64 {
        guard case .receipts(let receipts) = try Message(frame).content else { return 0 }
        return receipts.credit
    }
}

/// The stream of the samples, as the hub sees it.
var testStream: StreamID {
    guard let agency = AgencyID(name: "xinfang") else { preconditionFailure("an agency's name") }
    return StreamID(agency: agency, name: Sample.stream, epoch: Sample.epoch)
}
