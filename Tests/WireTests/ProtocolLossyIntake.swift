import Domain
import Wire

/// A client and a hub with a network between them that drops one message in eight.
///
/// The hub's journal is an array of lines; line n of the stream is the text of its number, so a line under
/// a wrong number shows.
struct LossyIntake {
    private var dice: ProtocolDice
    private let lines: UInt64
    private var client: IntakeClientSession
    private var hub: IntakeHubSession?
    private var journal: [UInt64] = []
    private var pending: [UInt64] = []
    private var toHub: [Frame] = []
    private var toClient: [Frame] = []
    private(set) var receipted: UInt64 = 0
    private var attempt: UInt64 = 0
    private var now = at(0)

    init(seed: UInt64, lines: UInt64) {
        dice = ProtocolDice(seed: seed)
        self.lines = lines
        client = LossyIntake.session(receipted: 0, lines: lines)
    }

    private static func session(receipted: UInt64, lines: UInt64) -> IntakeClientSession {
        var start = Sample.start
        if receipted > 0 {
            start.receipted = .init(number: receipted, digest: Sample.digest("\(receipted)"))
        }
        return IntakeClientSession(
            outbox: .init(start: start, oldestKept: 1, lastAssigned: lines),
            agent: "t"
        )
    }

    /// Runs until all is receipted; false when the turns did not suffice or a line went astray.
    mutating func run(turns: Int) -> Bool {
        for _ in 0..<turns {
            if receipted == lines { return journal == Array(1...lines) }
            now = now + TimeSpan(milliseconds: Int64(100 + dice.below(900)))
            turnClient()
            turnHub()
        }
        return false
    }

    private mutating func turnClient() {
        let arrived = toClient
        toClient = []
        for frame in arrived where dice.below(8) > 0 {
            receive(client.received(frame.bytes, now: now))
        }
        switch client.tick(now: now) {
        case .none: break
        case .send(let frame): toHub.append(frame)
        case .ended: again()
        }
        if client.state == .idle {
            attempt += 1
            toHub.append(client.connect(attempt: attempt, now: now))
        }
        while client.state == .open, client.next <= lines, client.creditBytes > 50,
            dice.below(3) > 0
        {
            let last = min(lines, client.next + UInt64(dice.below(4)))
            toHub.append(client.put((client.next...last).map { Array("\($0)".utf8) }, now: now))
        }
    }

    private mutating func receive(_ action: IntakeClientSession.ReceivedAction) {
        switch action {
        case .none, .opened, .rewound: break
        case .send(let frame, _): toHub.append(frame)
        case .ended: again()
        case .receipts(let receipts):
            for receipt in receipts where receipt.number == receipted + 1 { receipted += 1 }
        }
    }

    private mutating func again() {
        client = LossyIntake.session(receipted: receipted, lines: lines)
    }

    private mutating func turnHub() {
        let arrived = toHub
        toHub = []
        for frame in arrived where dice.below(8) > 0 {
            guard var session = hub else {
                greet(frame)
                continue
            }
            perform(session.received(frame.bytes, now: now), &session)
        }
        guard var session = hub else { return }
        let count = min(pending.count, dice.below(9))
        if let batch = LossyIntake.contiguous(pending.prefix(count)) {
            pending.removeFirst(batch.count)
            toClient += session.receiptsReady(batch, now: now)
        }
        switch session.tick(now: now) {
        case .none: break
        case .send(let frames): toClient += frames
        case .fail(let frame):
            toClient.append(frame)
            hub = nil
            return
        }
        hub = session
    }

    private static func contiguous(_ numbers: ArraySlice<UInt64>) -> [Receipt]? {
        var batch: [Receipt] = []
        for number in numbers {
            if let last = batch.last, last.number + 1 != number { break }
            batch.append(
                Receipt(
                    number: number,
                    id: "\(number)",
                    digest: Sample.digest(""),
                    status: .registered
                )
            )
        }
        return batch.isEmpty ? nil : batch
    }

    private mutating func perform(
        _ action: IntakeHubSession.ReceivedAction,
        _ session: inout IntakeHubSession
    ) {
        hub = session
        switch action {
        case .none: break
        case .send(let frame): toClient.append(frame)
        case .take(let put, let ranges, let first, let known):
            for (index, range) in ranges.enumerated() {
                let number = first + UInt64(index)
                if index >= known {
                    let text = String(decoding: put.events[range], as: UTF8.self)
                    journal.append(UInt64(text) == number ? number : 0)
                }
                pending.append(number)
            }
        case .restart(_, let attempt): welcome(attempt)
        case .end: hub = nil
        case .fail(let frame):
            toClient.append(frame)
            hub = nil
        }
    }

    private mutating func greet(_ frame: Frame) {
        guard let message = try? Message(frame), case .hello = message.content else {
            let error = ProtocolError(.unexpectedMessage, "Say HELLO.")
            toClient.append(ErrorNotice(error, isFatal: true).frame(number: 0))
            return
        }
        welcome(message.number)
    }

    private mutating func welcome(_ attempt: UInt64) {
        pending = []
        var session = IntakeHubSession(
            stream: testStream,
            attempt: attempt,
            windowBytes: 600,
            heartbeat: .seconds(5),
            silence: .seconds(15),
            now: now
        )
        let expect = (journal.last ?? 0) + 1
        toClient.append(session.welcome(session: 1, hub: "441424", expect: expect, now: now))
        hub = session
    }
}
