import Domain
import Hashing
import Wire

extension FrameLook {
    static func seeds(_ root: String) -> [Seed] {
        messages.map { Seed($0.0, $0.1.bytes) }
    }

    private static let stream = "main"
    private static let epoch: UInt64 = 0x5f1c_09a2_77d3_e480

    /// One message of each kind, commands of each action.
    private static var messages: [(String, Frame)] {
        session + intake + desk + replay + commands
    }

    private static var session: [(String, Frame)] {
        [
            ("hello-desk", Hello(agent: "watch/1", role: .desk).frame(attempt: 1)),
            (
                "hello",
                Hello(versions: [1, 2], agent: "push/1", role: .intake(start)).frame(attempt: 2)
            ),
            ("welcome", welcome.frame(attempt: 1)), ("ping", Frame(.ping, number: 7)),
            ("pong", Frame(.pong, number: 7, bodyBytes: 8) { $0.append(UInt64(9)) }),
            ("bye", Frame(.bye, number: 0)), ("credit", Frame(.credit, number: 2_097_152)),
            (
                "error",
                ErrorNotice(
                    ProtocolError(.numberGap, "3 is expected."),
                    isFatal: false,
                    expect: 3
                ).frame(number: 9)
            ),
            (
                "error-versions",
                ErrorNotice(ProtocolError(.unsupportedVersion, "Speak 1."), isFatal: true)
                    .frame(number: 0)
            ),
        ]
    }

    private static var start: StreamStart {
        StreamStart(
            stream: stream,
            epoch: epoch,
            receipted: .init(number: 5, digest: ContentDigest(1, 2, 3, 4))
        )
    }

    private static var welcome: Welcome {
        Welcome(
            session: epoch,
            principal: "agency/xinfang",
            hub: "441424",
            credit: 8_388_608,
            heartbeat: .seconds(5),
            silence: .seconds(15),
            expect: 6
        )
    }

    private static var intake: [(String, Frame)] {
        let line = Array(#"{"id":"XF-1","data":{"text":"路灯不亮"}}"#.utf8)
        let array = Array(#"[{"id":"XF-1"}, {"data":{"text":"a,]\""}}]"#.utf8)
        return [
            ("put-lines", Put.frame(first: 1, lines: [line, [], Array("{broken".utf8)])),
            (
                "put-array",
                Frame(.put, number: 4) { writer in
                    writer.append(UInt32(1) << 24)
                    writer.append(UInt32(2))
                    writer.append(contentsOf: array)
                }
            ), ("receipts", receipts.frame),
        ]
    }

    private static var receipts: Receipts {
        Receipts(
            epoch: epoch,
            stream: stream,
            credit: 8_388_912,
            receipts: [
                Receipt(
                    number: 1,
                    id: "XF-1",
                    digest: ContentDigest(1, 2, 3, 4),
                    status: .registered
                ),
                Receipt(number: 2, id: "", digest: .none, status: .quarantined(code: 1042)),
                Receipt(number: 3, id: "工单", digest: .none, status: .refused(code: 1060)),
            ]
        )
    }

    private static var desk: [(String, Frame)] {
        let terms = DurableTerms(name: "duty-1", beginning: .start, resume: "c2V", inFlight: 8)
        let alert: JSONValue = ["id": "441424-A-0000000000F3", "level": "red", "heads": 4]
        return [
            ("subscribe", Subscribe(subjects: ["alert.red.>"], credit: 9).frame(request: 1)),
            (
                "subscribe-durable",
                Subscribe(subjects: ["item.*.44.14"], credit: 9, durable: terms).frame(request: 1)
            ),
            (
                "deliver",
                Delivery(
                    incarnation: 1,
                    phase: .live,
                    subject: "alert.red.44.14.24.120.labour.wages",
                    again: 2,
                    decision: ["decision": "alert_raised", "alert": alert]
                ).frame(number: 1)
            ), ("snapshot-end", SnapshotEnd(incarnation: 1, count: 3).frame),
            (
                "query",
                Query(.heat, after: "b2Z", limit: 2, filters: [.init("level", "red")])
                    .frame(request: 2)
            ), ("answer", Answer(rows: [alert], next: "b2Zmc2V0").frame(request: 2)),
            (
                "outcome",
                CommandOutcome(
                    key: "4f9c2b71",
                    result: .void,
                    reason: "no",
                    alert: alert,
                    edit: alert
                )
                .frame(request: 3)
            ), ("fetch", Fetch(first: 1, incarnation: 1, received: 172, credit: 9).frame),
            ("settle", Settlement(incarnation: 1, 1...4, .later(.minutes(10))).frame),
            ("settle-up", Settlement(incarnation: 1, 1...1, .givenUp(reason: "重复")).frame),
            ("position", Position(incarnation: 1, settled: 1, token: "c2VhbGVk").frame),
        ]
    }

    private static var replay: [(String, Frame)] {
        let time = Timestamp(milliseconds: 1_741_000_000_250)
        var records = ReplayRecords()
        records.append(Array(#"{"subject":"alert.a","decision":{}}"#.utf8))
        records.append([1, 2, 3])
        return [
            (
                "replay",
                ReplayRequest(from: .time(time), to: .number(9), subjects: ["alert.>"], speed: 60)
                    .frame(request: 1)
            ),
            (
                "replay-resume",
                ReplayRequest(from: .token("c2V"), to: .time(time), form: .log).frame(request: 1)
            ),
            (
                "replay-chunk",
                ReplayChunk.frame(
                    number: 1,
                    incarnation: 1,
                    form: .log,
                    token: "c2V",
                    records: records
                )
            ),
            (
                "replay-end",
                ReplayEnd(incarnation: 1, count: 1, digest: .sha256(""), through: time)
                    .frame(number: 1)
            ), ("pace", Pace(incarnation: 1, speed: 60, isPaused: true).frame),
        ]
    }

    private static var commands: [(String, Frame)] {
        let seen = SeenCase(id: CaseID(county: 441_424, number: 5), items: [1, 2, 9])
        let other = SeenCase(id: nil, items: [4])
        let alert = AlertID(county: 441_424, number: 77)
        let actions: [(String, Command.Action)] = [
            ("acknowledge", .acknowledge(alert, report: 2, note: "已电话核实")),
            ("clock", .confirmClock), ("merge", .edit(.merge(seen, with: other), note: "同一工地")),
            ("split", .edit(.split(seen, items: [2, 9]), note: "")),
            ("move", .edit(.move(item: 9, from: seen, to: other), note: "")),
            ("undo", .undo(edit: 3, note: "误并")),
            ("close", .setLife(seen, isClosed: true, note: "")),
        ]
        return actions.map { name, action in
            ("command-" + name, CommandRequest(key: "4f9c2b71-1", action: action).frame(request: 3))
        }
    }
}
