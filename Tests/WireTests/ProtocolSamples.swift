import Domain
import Hashing
import Storage
import Testing
import Wire

/// One message of each kind, as the worked examples of `docs/protocol.md` show them.
enum Sample {
    static let epoch: UInt64 = 0x5f1c_09a2_77d3_e480
    static let stream = "main"
    static let key = "4f9c2b71-ack"
    static let alert = "441424-A-0000000000F3"

    /// A complaint in two parts: the event as it is sent, and its content in canonical form.
    static let event =
        #"{"specversion":"1.0","type":"cn.liandong.complaint.v1","source":"/agency/xinfang","#
        + #""id":"XF-1","time":"2025-03-03T09:12:00+08:00","subject":"441424120","#
        + #""data":{"title":"工资拖欠","text":"安流镇某工地拖欠三个月工资","form":"letter"}}"#
    static let canonical =
        #"{"data":{"form":"letter","text":"安流镇某工地拖欠三个月工资","title":"工资拖欠"},"#
        + #""subject":"441424120","time":"2025-03-03T09:12:00+08:00","#
        + #""type":"cn.liandong.complaint.v1"}"#
    static let broken = "{broken"

    static var lines: [[UInt8]] { [Array(event.utf8), Array(broken.utf8)] }

    static func digest(_ text: String) -> ContentDigest {
        let digest = Digest32.sha256(text)
        return ContentDigest(digest.word0, digest.word1, digest.word2, digest.word3)
    }

    static var receipts: [Receipt] {
        [
            Receipt(number: 1, id: "XF-1", digest: digest(canonical), status: .registered),
            Receipt(
                number: 2,
                id: "",
                digest: digest(broken),
                status: .quarantined(code: ErrorCode.notJSON.rawValue)
            ),
        ]
    }

    static var start: StreamStart { StreamStart(stream: stream, epoch: epoch) }

    static func welcome(intake: Bool) -> Welcome {
        Welcome(
            session: 0x00c0_ffee_0000_0001,
            principal: intake ? "agency/xinfang" : "officer/chen",
            hub: "441424",
            credit: intake ? 8_388_608 : 0,
            heartbeat: .seconds(5),
            silence: .seconds(15),
            expect: intake ? 1 : nil
        )
    }

    static func gap(fatal: Bool) -> ErrorNotice {
        fatal
            ? ErrorNotice(ProtocolError(.draining, "The hub is being stopped."), isFatal: true)
            : ErrorNotice(
                ProtocolError(
                    .numberGap,
                    "The PUT begins with 9, 3 is expected; go back to it."
                ),
                isFatal: false,
                expect: 3
            )
    }

    static var delivery: Delivery {
        Delivery(
            incarnation: 1,
            phase: .snapshot,
            subject: "alert.red.44.14.24.120.labour.wages",
            decision: [
                "kind": "alert_raised", "alert": ["id": .string(alert), "level": "red"],
            ]
        )
    }

    static var command: CommandRequest {
        guard let alert = AlertID(text: alert) else { preconditionFailure("an alert's identifier") }
        return CommandRequest(
            key: key,
            action: .acknowledge(alert, report: 2, note: "已电话联系镇里")
        )
    }

    /// Every command about cases.
    static let edits: [Command.Action] = {
        let seen = SeenCase(id: CaseID(county: 441_424, number: 5), items: [1, 2, 9])
        let other = SeenCase(id: nil, items: [4])
        return [
            .edit(.merge(seen, with: other), note: "同一工地"),
            .edit(.split(seen, items: [2, 9]), note: ""),
            .edit(.move(item: 9, from: seen, to: other), note: ""),
            .undo(edit: 3, note: "误并"),
            .setLife(seen, isClosed: true, note: ""), .setLife(other, isClosed: false, note: ""),
            .withdraw(ItemRef(agency: Known.xinfang, id: "XF-1")),
            .classify(ItemRef(agency: Known.xinfang, id: "XF-1"), .demand, note: "按信访事项办理"),
        ]
    }()

    /// The frame of a kind, as either end of a session of that sort would send it.
    static func frame(_ kind: FrameKind, intake: Bool = true) -> Frame {
        switch kind {
        case .hello:
            Hello(agent: "push.py/1", role: intake ? .intake(start) : .desk).frame(attempt: 1)
        case .welcome: welcome(intake: intake).frame(attempt: 1)
        case .ping: Frame(.ping, number: 0)
        case .pong: Frame(.pong, number: 0)
        case .bye: Frame(.bye, number: 0)
        case .error: gap(fatal: false).frame(number: 9)
        case .credit: Frame(.credit, number: 2_097_152)
        case .put: Put.frame(first: 1, lines: lines)
        case .receipts:
            Receipts(epoch: epoch, stream: stream, credit: 8_388_912, receipts: receipts).frame
        case .subscribe:
            Subscribe(subjects: ["alert.>"], credit: 2_097_152).frame(request: 1)
        case .deliver: delivery.frame(number: 1)
        case .snapshotEnd: SnapshotEnd(incarnation: 1, count: 1).frame
        case .query:
            Query(.alerts, limit: 2, filters: [.init("level", "red")]).frame(request: 2)
        case .answer:
            Answer(rows: [["id": .string(alert), "level": "red"]], next: "b2Zmc2V0OjI")
                .frame(request: 2)
        case .command: command.frame(request: 3)
        case .outcome:
            CommandOutcome(
                key: key,
                result: .acknowledged,
                alert: ["id": .string(alert), "state": "acknowledged"]
            ).frame(request: 3)
        case .fetch: Fetch(first: 1, incarnation: 1, received: 172, credit: 2_097_152).frame
        case .settle: Settlement(incarnation: 1, 1...1, .later(.minutes(10))).frame
        case .position: Position(incarnation: 1, settled: 1, token: token).frame
        case .replay: replay.frame(request: 1)
        case .replayChunk:
            ReplayChunk.frame(
                number: 1,
                incarnation: 1,
                form: .json,
                token: token,
                records: records
            )
        case .replayEnd:
            ReplayEnd(
                incarnation: 1,
                count: 1,
                digest: .sha256(""),
                through: Timestamp(rfc3339: "2025-03-03T09:12:00+08:00")
            ).frame(number: 1)
        case .pace: Pace(incarnation: 1, speed: 60, isPaused: true).frame
        }
    }

    static let token = "c2VhbGVk"

    static var replay: ReplayRequest {
        ReplayRequest(
            from: Timestamp(rfc3339: "2025-03-03T00:00:00+08:00").map { .time($0) } ?? .start,
            subjects: ["alert.>"],
            speed: 60,
            credit: 2_097_152
        )
    }

    static var records: ReplayRecords {
        var records = ReplayRecords()
        records.append(Array(#"{"subject":"alert.a","decision":{}}"#.utf8))
        return records
    }

    /// A frame of a kind that this version does not know.
    static func unknown(kind: UInt8) -> [UInt8] {
        var bytes = Frame(.bye, number: 0).bytes
        bytes[3] = kind
        return bytes
    }
}

/// SplitMix64, so that a run repeats from its seed alone.
struct ProtocolDice {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
        return mixed ^ mixed >> 31
    }

    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
}

func at(_ milliseconds: Int64) -> Uptime { Uptime(milliseconds: milliseconds) }

/// `#expect` for a condition that changes what it looks at.
func expect(_ holds: Bool, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(holds, sourceLocation: sourceLocation)
}
