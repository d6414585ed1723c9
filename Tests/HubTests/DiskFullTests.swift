import Domain
import Hub
import Journal
import Logging
import Settings
import Storage
import Testing
import Wire

/// A full disk stops receipts and nothing else, and ends when there is room.
@Suite struct DiskFullTests {
    @Test func whatWasTakenWaitsWithoutAReceiptAndIsReceiptedOnceWhenThereIsRoom() throws {
        let disk = MemoryDisk()
        let world = try SmallWorld(disk, reserve: 0)
        let before = world.receipts
        try world.push(10)
        #expect(world.receipts == before + 10)
        disk.limitSpace(to: 1)
        try world.push(400)
        try world.push(400)
        let stuck = world.receipts
        #expect(stuck < 810, "the segments in hand cannot hold so much")
        #expect(world.failure == nil, "a full disk is no failure")
        #expect(try world.status()["disk_full_since"]?.text != nil)
        world.pass(60_000)
        #expect(world.receipts == stuck, "without room no receipt leaves")

        disk.limitSpace(to: nil)
        world.pass(5000)
        world.resume()
        #expect(world.receipts == 810)
        let status = try world.status()
        #expect(status["disk_full_since"]?.isNull == true)
        #expect(status["applied"]?.int == status["entries"]?.int)
        let counts = try world.ask(.counts)
        #expect(counts["items"]?.int == 810)
        #expect(counts["same_again"]?.int == 0)
        let (inputs, decisions) = try world.stop(disk)
        #expect(inputs.isSound && inputs.findings.isEmpty, "\(inputs.findings)")
        #expect(decisions == 0, "the next start has nothing to derive again")
    }

    @Test func belowTheReserveIntakeIsRefusedAndCommandsGoOn() throws {
        let disk = MemoryDisk()
        let world = try SmallWorld(disk, reserve: 1 << 20)
        try world.push(10)
        #expect(world.receipts == 10)
        disk.limitSpace(to: 1 << 19)
        world.pass(2000)
        #expect(try world.status()["disk_full_since"]?.text != nil)
        try world.push(5)
        #expect(world.receipts == 15, "what the credit allowed is still written")
        #expect(world.greetingOfAnother() == .diskFull)
        #expect(try world.acknowledge() == "void", "a command without an alert is still journaled")
        disk.limitSpace(to: nil)
        world.pass(2000)
        #expect(world.greetingOfAnother() == nil)
    }

    @Test func aKillWhileTheDiskIsFullLosesNothingThatWasReceipted() throws {
        let disk = MemoryDisk()
        let world = try SmallWorld(disk, reserve: 0)
        disk.limitSpace(to: 1)
        try world.push(600)
        let receipted = world.receipts
        let image = disk.crashImage(seed: 11)
        let after = MemoryDisk(image: image)
        let next = try SmallWorld(after, reserve: 0, receipts: 0)
        #expect(try next.ask(.counts)["items"]?.int ?? 0 >= Int64(receipted))
        try next.push(600)
        #expect(next.receipts >= 600)
        #expect(try next.ask(.counts)["items"]?.int == 600)
    }
}

/// A stepped hub with one agency's and one officer's session, in a time of its own.
private final class SmallWorld {
    private final class Clock: HubClock {
        private let milliseconds = Locked<Int64>(0)
        func pass(_ span: Int64) { milliseconds.withLock { $0 += span } }
        func now() -> Timestamp {
            Timestamp(milliseconds: 1_741_000_000_000 + milliseconds.withLock { $0 })
        }
        func monotonicMilliseconds() -> Int64 { milliseconds.withLock { $0 } }
        func monotonicMicroseconds() -> Int64 { milliseconds.withLock { $0 * 1000 } }
    }

    private let clock = Clock()
    private var hub: SteppedHub<MemoryDisk>
    private let agency: AgencyID
    private let agencyPeer = Peer(routingID: [1])
    private let officerPeer = Peer(routingID: [2])
    private var session: IntakeClientSession
    private var lines: [[UInt8]] = []
    private var request: UInt64 = 0
    private var answers: [UInt64: JSONValue] = [:]
    private(set) var receipts: Int

    var failure: JournalError? { hub.failure }

    init(_ disk: MemoryDisk, reserve: Int, receipts: Int = 0) throws {
        let template = CountyTemplate()
        let county = try CountyConfiguration(template: template)
        var options = HubOptions(county: template.divisions.county)
        options.diskReserveBytes = reserve
        let source = Locked(SplitMix64(seed: 5))
        agency = try #require(AgencyID(name: "xinfang"))
        self.receipts = receipts
        session = IntakeClientSession(
            outbox: .init(
                start: StreamStart(stream: "main", epoch: 7),
                oldestKept: 1,
                lastAssigned: 1_000_000
            ),
            agent: "test"
        )
        hub = try SteppedHub(
            disk: disk,
            folder: "hub",
            layout: JournalOptions(
                inputSegmentBytes: 1 << 16,
                decisionSegmentBytes: 1 << 16,
                random: { source.withLock { $0.next() } }
            ),
            options: options,
            configuration: CountyFiles(
                files: county.files.map { CountyFile(canonical: $0.canonical, content: $0.file) },
                agencies: county.agencies
            ),
            clock: clock,
            log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        say(session.connect(attempt: 1, now: uptime), agencyPeer, .agency(agency))
        say(Hello(agent: "test", role: .desk).frame(attempt: 1), officerPeer, .officer("duty"))
        turn()
        say(Frame(.credit, number: 1 << 30), officerPeer, .officer("duty"))
    }

    private var uptime: Uptime { Uptime(milliseconds: clock.monotonicMilliseconds()) }

    private func say(_ frame: Frame, _ peer: Peer, _ principal: Principal) {
        hub.reception.receive(from: peer, principal, frame.bytes)
    }

    /// One turn of each thread, and what they say is heard.
    private func turn() {
        clock.pass(60)
        hub.reception.takeLetters()
        hub.reception.tick()
        hear()
        hub.register()
        hub.decide()
        hub.reception.takeLetters()
        hear()
    }

    private func hear() {
        for message in hub.reception.takeOutgoing() {
            if message.peer == officerPeer {
                guard let heard = try? Message(decoding: message.bytes) else { continue }
                switch heard.content {
                case .answer(let answer): answers[heard.number] = answer.rows
                case .outcome(let outcome): answers[heard.number] = .string(outcome.result.rawValue)
                case .ping: say(Frame(.pong, number: 0), officerPeer, .officer("duty"))
                default: break
                }
                continue
            }
            guard message.peer == agencyPeer else { continue }
            switch session.received(message.bytes, now: uptime) {
            case .receipts(let found): receipts += found.count
            case .send(let frame, _): say(frame, agencyPeer, .agency(agency))
            default: break
            }
        }
        if case .send(let frame) = session.tick(now: uptime) {
            say(frame, agencyPeer, .agency(agency))
        }
    }

    /// Gives so many lines to the outbox and sends what the credit allows.
    func push(_ count: Int) throws {
        for _ in 0..<count {
            let number = lines.count + 1
            let event: JSONValue = [
                "specversion": "1.0", "type": "cn.liandong.complaint.v1",
                "source": "/agency/xinfang", "id": .string("N\(number)"),
                "time": "2025-03-03T14:30:00+08:00", "subject": "441424120",
                "data": [
                    "title": "路灯不亮",
                    "text": .string("安流镇第\(number)条街路灯不亮,已经好几个星期,请派人看看。"),
                ],
            ]
            lines.append(event.bytes)
        }
        resume()
    }

    /// Sends what is not sent, as far as the credit goes.
    func resume() {
        for _ in 0..<12 {
            while session.state == .open, session.next <= UInt64(lines.count) {
                let start = Int(session.next - 1)
                let batch = lines[start..<min(start + 50, lines.count)]
                guard session.creditBytes > 50_000 else { break }
                say(session.put(Array(batch), now: uptime), agencyPeer, .agency(agency))
            }
            turn()
        }
    }

    func pass(_ milliseconds: Int64) {
        var left = milliseconds
        while left > 0 {
            clock.pass(1000)
            left -= 1000
            turn()
        }
    }

    func ask(_ kind: Query.Kind) throws -> JSONValue {
        request += 1
        say(Query(kind).frame(request: request), officerPeer, .officer("duty"))
        turn()
        return try #require(answers[request], "no answer to \(kind)")
    }

    func status() throws -> JSONValue { try ask(.status) }

    /// Signs for an alert that is not there.
    func acknowledge() throws -> String? {
        request += 1
        let alert = try #require(AlertID(text: "441424-A-000000000001"))
        let command = CommandRequest(
            key: "test-key-1",
            action: .acknowledge(alert, report: 1, note: "")
        )
        say(command.frame(request: request), officerPeer, .officer("duty"))
        turn()
        turn()
        return answers[request]?.text
    }

    /// What another stream of the agency is told at its HELLO; `nil` when it is welcome.
    func greetingOfAnother() -> ErrorCode? {
        let peer = Peer(routingID: [9])
        let hello = Hello(agent: "test", role: .intake(StreamStart(stream: "other", epoch: 8)))
        say(hello.frame(attempt: 1), peer, .agency(agency))
        var code: ErrorCode?
        for message in hub.reception.takeOutgoing() where message.peer == peer {
            if case .error(let notice)? = try? Message(decoding: message.bytes).content {
                code = notice.code
            }
        }
        hub.reception.lost(peer)
        return code
    }

    /// What a look at the journal finds, and how many decisions a start derives again.
    func stop(_ disk: MemoryDisk) throws -> (JournalReport, Int) {
        turn()
        let report = try JournalReport.of(disk, folder: "hub")
        return (report, Int(report.lastInput - report.coveredInput) > 1 ? 1 : 0)
    }
}
