import Domain
import Wire

/// What can happen to a session, as the rows of the tables of `docs/protocol.md` §10.
enum Happening: CaseIterable {
    case message(FrameKind)
    case fatalError
    case optionalKind
    case otherKind
    case malformed
    case heartbeat
    case silence
    /// For who asks; the others have no such row.
    case noAnswer

    static var allCases: [Happening] {
        FrameKind.allCases.map { .message($0) }
            + [.fatalError, .optionalKind, .otherKind, .malformed, .heartbeat, .silence]
    }

    var title: String {
        switch self {
        case .message(.error): "ERROR, not fatal"
        case .message(let kind): kind.name
        case .fatalError: "ERROR, fatal"
        case .optionalKind: "unknown kind 80-FF"
        case .otherKind: "unknown kind 00-7F"
        case .malformed: "malformed bytes"
        case .heartbeat: "`heartbeat_ms` without sending"
        case .silence: "`silence_ms` without hearing"
        case .noAnswer: "twice `silence_ms` without an answer"
        }
    }

    /// The bytes that come; `nil` when only time passes.
    func bytes(intake: Bool) -> [UInt8]? {
        switch self {
        case .message(let kind): Sample.frame(kind, intake: intake).bytes
        case .fatalError: Sample.gap(fatal: true).frame(number: 0).bytes
        case .optionalKind: Sample.unknown(kind: 0x90)
        case .otherKind: Sample.unknown(kind: 0x2F)
        case .malformed: [0x4C, 0x44]
        case .heartbeat, .silence, .noAnswer: nil
        }
    }

    /// The time at which it happens, for a session that last heard something at 0.
    var time: Uptime {
        switch self {
        case .heartbeat: at(5000)
        case .silence: at(15_000)
        case .noAnswer: at(30_000)
        default: at(10)
        }
    }
}

/// A table in Markdown: rows are happenings, columns are states.
func table(
    columns: [String],
    rows: [Happening] = Happening.allCases,
    cell: (Happening, Int) -> String
) -> String {
    var lines = ["| event | " + columns.joined(separator: " | ") + " |"]
    lines.append(String(repeating: "|---", count: columns.count + 1) + "|")
    for happening in rows {
        let cells = columns.indices.map { cell(happening, $0) }
        lines.append("| \(happening.title) | " + cells.joined(separator: " | ") + " |")
    }
    return lines.joined(separator: "\n")
}

/// What a frame that goes out is called in the tables.
func name(_ frame: Frame) -> String {
    guard let message = try? Message(frame) else { return "?" }
    if case .error(let notice) = message.content { return "ERROR \(notice.codeText)" }
    return message.name
}

func names(_ frames: [Frame]) -> String { frames.map { name($0) }.joined(separator: ", ") }

private func change(_ action: String, _ before: String, _ after: String) -> String {
    before == after ? action : (action == "–" ? "" : action + " ") + "→ " + after
}

extension IntakeClientSession {
    static func inState(_ state: State) -> IntakeClientSession {
        var session = IntakeClientSession(
            outbox: .init(start: Sample.start, oldestKept: 1, lastAssigned: 9),
            agent: "t"
        )
        if state == .idle { return session }
        _ = session.connect(attempt: 1, now: at(0))
        if state == .greeting { return session }
        _ = session.received(Sample.frame(.welcome).bytes, now: at(0))
        _ = session.put([[UInt8]](repeating: [0x7B, 0x7D], count: 9), now: at(0))
        if state == .ended { _ = session.close() }
        return session
    }

    static var table: String {
        WireTests.table(columns: State.allCases.map(\.rawValue)) { happening, index in
            let state = State.allCases[index]
            var session = inState(state)
            let now = happening.time
            guard let bytes = happening.bytes(intake: true) else {
                let text =
                    switch session.tick(now: now) {
                    case .none: "–"
                    case .send(let frame): name(frame)
                    case .ended(let end): "\(end.advice)"
                    }
                return change(text, state.rawValue, session.state.rawValue)
            }
            let text =
                switch session.received(bytes, now: now) {
                case .none: "–"
                case .opened: "send from `next`"
                case .receipts: "forget lines"
                case .rewound(let number): "go back to \(number)"
                case .send(let frame, _): name(frame)
                case .ended(let end): "\(end.advice)"
                }
            return change(text, state.rawValue, session.state.rawValue)
        }
    }
}

extension IntakeHubSession {
    static func inState(_ state: State) -> IntakeHubSession {
        var session = IntakeHubSession(
            stream: testStream,
            attempt: 1,
            windowBytes: 8_388_608,
            heartbeat: .seconds(5),
            silence: .seconds(15),
            now: at(0)
        )
        if state == .greeting { return session }
        _ = session.welcome(session: 1, hub: "441424", expect: 1, now: at(0))
        if state == .ended { _ = session.drain() }
        if state != .draining { return session }
        _ = session.received(Sample.frame(.put).bytes, now: at(0))
        _ = session.drain()
        return session
    }

    static var table: String {
        WireTests.table(columns: State.allCases.map(\.rawValue)) { happening, index in
            let state = State.allCases[index]
            var session = inState(state)
            let now = happening.time
            guard let bytes = happening.bytes(intake: true) else {
                let text =
                    switch session.tick(now: now) {
                    case .none: "–"
                    case .send(let frames): names(frames)
                    case .fail(let frame): name(frame)
                    }
                return change(text, state.rawValue, session.state.rawValue)
            }
            let text =
                switch session.received(bytes, now: now) {
                case .none: "–"
                case .send(let frame): name(frame)
                case .take: "take"
                case .restart: "new session"
                case .end: "–"
                case .fail(let frame): name(frame)
                }
            return change(text, state.rawValue, session.state.rawValue)
        }
    }
}

extension DeskClientSession {
    static func inState(_ state: State) -> DeskClientSession {
        var session = DeskClientSession(agent: "t")
        if state == .idle { return session }
        _ = session.connect(attempt: 1, now: at(0))
        if state == .greeting { return session }
        _ = session.received(Sample.frame(.welcome, intake: false).bytes, now: at(0))
        if state == .ended { _ = session.close() }
        if state == .open || state == .ended { return session }
        if state == .replay {
            _ = session.replay(ReplayRequest(), now: at(0))
            return session
        }
        _ = session.subscribe(["alert.>"], now: at(0))
        _ = session.ask(Query(.alerts), now: at(0))
        _ = session.command(Sample.command, now: at(0))
        if state == .snapshot { return session }
        let end = SnapshotEnd(incarnation: 1, count: 0)
        _ = session.received(end.frame.bytes, now: at(0))
        return session
    }

    static var table: String {
        let rows = Happening.allCases + [.noAnswer]
        return WireTests.table(columns: State.allCases.map(\.rawValue), rows: rows) {
            happening,
            index in
            let state = State.allCases[index]
            var session = inState(state)
            let now = happening.time
            if case .noAnswer = happening {
                // Signs of life, and none of them an answer.
                for second in [14, 28] {
                    let ping = Sample.frame(.ping, intake: false).bytes
                    _ = session.received(ping, now: at(Int64(second) * 1000))
                }
            }
            guard var bytes = happening.bytes(intake: false) else {
                let text =
                    switch session.tick(now: now) {
                    case .none: "–"
                    case .send(let frame): name(frame)
                    case .ended(let end): "\(end.advice)"
                    }
                return change(text, state.rawValue, session.state.rawValue)
            }
            if case .message(.deliver) = happening, state == .live {
                var live = Sample.delivery
                live.phase = .live
                bytes = live.frame(number: 1).bytes
            }
            if case .message(.replayEnd) = happening, state == .replay {
                _ = session.received(Sample.frame(.replayChunk).bytes, now: at(0))
            }
            if case .message(.snapshotEnd) = happening, state == .snapshot {
                _ = session.received(Sample.frame(.deliver).bytes, now: at(0))
            }
            let text =
                switch session.received(bytes, now: now) {
                case .none: "–"
                case .send(let frame): name(frame)
                case .opened(_, let frame): name(frame)
                case .delivered: "deliver"
                case .settled: "progress"
                case .replayed: "show"
                case .replayEnded: "complete"
                case .snapshotComplete: "complete"
                case .answered: "page"
                case .outcome: "result"
                case .refused: "refusal"
                case .ended(let end): "\(end.advice)"
                }
            return change(text, state.rawValue, session.state.rawValue)
        }
    }
}

extension DeskHubSession {
    static func inState(_ state: State) -> DeskHubSession {
        var session = DeskHubSession(
            attempt: 1,
            heartbeat: .seconds(5),
            silence: .seconds(15),
            now: at(0)
        )
        if state == .greeting { return session }
        _ = session.welcome(session: 1, principal: .officer("chen"), hub: "441424", now: at(0))
        if state == .ended { _ = session.drain() }
        if state == .open || state == .ended { return session }
        if state == .replay {
            _ = session.received(Sample.frame(.replay).bytes, now: at(0))
            return session
        }
        _ = session.received(Sample.frame(.subscribe).bytes, now: at(0))
        let bytes = Array("{}".utf8)
        _ = session.deliver(incarnation: 1, subject: "alert.a", decision: bytes, now: at(0))
        if state == .live { _ = session.endSnapshot(incarnation: 1, now: at(0)) }
        return session
    }

    static var table: String {
        WireTests.table(columns: State.allCases.map(\.rawValue)) { happening, index in
            let state = State.allCases[index]
            var session = inState(state)
            let now = happening.time
            guard let bytes = happening.bytes(intake: false) else {
                let text =
                    switch session.tick(now: now) {
                    case .none: "–"
                    case .send(let frames): names(frames)
                    case .fail(let frame): name(frame)
                    }
                return change(text, state.rawValue, session.state.rawValue)
            }
            let text =
                switch session.received(bytes, now: now) {
                case .none: "–"
                case .send(let frames): names(frames)
                case .room(let frames): frames.isEmpty ? "room" : names(frames)
                case .subscribe: "new snapshot"
                case .fetch: "go back"
                case .settle: "note"
                case .replay: "new replay"
                case .pace: "pace"
                case .ask: "ask"
                case .command: "command"
                case .restart: "new session"
                case .end: "–"
                case .fail(let frame): name(frame)
                }
            return change(text, state.rawValue, session.state.rawValue)
        }
    }
}
