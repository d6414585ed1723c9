import Domain
import Foundation
import Hub
import LiandongClient
import LiandongClientZeroMQ
import Logging
import Settings
import Synchronization
import Testing
import Transport
import Wire
import ZeroMQ

/// A hub with its door on a free port of this machine, in a folder of its own.
final class RunningHub: Sendable {
    let endpoint: String
    let hub: Hub
    let register: KeyRegister
    private let thread: OwnThread

    init(
        _ folder: CountyOnDisk,
        at endpoint: String = "tcp://127.0.0.1:*",
        change: (inout HubOptions) -> Void = { _ in }
    ) throws {
        let wakeup = try Wakeup()
        let log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        var options = HubOptions(county: try #require(Division(code: "441424")))
        options.segmentBytes = 1 << 20
        change(&options)
        let county = try CountyConfiguration(folder: folder.path)
        let hub = try Hub(
            folder: folder.path + "/data",
            options: options,
            configuration: CountyFiles(
                files: county.files.map { CountyFile(canonical: $0.canonical, content: $0.file) },
                agencies: county.agencies
            ),
            log: log,
            wake: { wakeup.wake() }
        )
        let keys = KeyFolder(folder.path + "/keys")
        let register = KeyRegister(try folder.principals())
        self.register = register
        let settings = DoorSettings(
            endpoint: endpoint,
            keys: try CurveKeyPair(secret: CurveSecretKey(z85: try keys.hubPair().secretKey))
        )
        let opened = Mailbox<String>(lettersMax: 4)
        thread = OwnThread(name: "door") { [register] in
            do {
                var door = try Door(
                    settings: settings,
                    keys: register,
                    reception: hub.makeReception(),
                    wakeup: wakeup,
                    log: log
                )
                _ = opened.offer(door.endpoint)
                try door.serve()
            } catch {
                Issue.record(error)
            }
            opened.close()
        }
        var found: String?
        while found == nil, let letters = opened.take(waitingMilliseconds: 30_000) {
            found = letters.first
        }
        self.endpoint = try #require(found)
        self.hub = hub
    }

    func stop() {
        hub.drain()
        thread.join()
        hub.finish()
    }
}

/// A county's folder as `liandong init` makes it.
struct CountyOnDisk {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "liandong-hub-\(UInt64.random(in: 0...UInt64.max))"
        let template = CountyTemplate(
            divisions: TownList.example,
            endpoint: "tcp://127.0.0.1:5747",
            hasScenarioClock: false
        )
        var keys: [KeyPair] = []
        for _ in 0..<8 { keys.append(try CountyOnDisk.newKeys()) }
        try template.write(folder: path, newKeys: { keys.removeLast() })
    }

    static func newKeys() throws -> KeyPair {
        let pair = try CurveKeyPair.generate()
        let secret = pair.secret.withZ85 { text in
            text.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
        }
        return try #require(KeyPair(publicKey: pair.publicKey.z85, secretKey: secret))
    }

    func connection(to hub: RunningHub, keys: KeyPair) throws -> ZeroMQConnection {
        try ZeroMQConnection(
            endpoint: hub.endpoint,
            hubKey: try KeyFolder(path + "/keys").hubPair().publicKey,
            secretKey: keys.secretKey
        )
    }

    func officer(_ hub: RunningHub) throws -> DeskLine<ZeroMQConnection> {
        let keys = try KeyFile.readPair(path + "/officer.key")
        return try DeskLine(try connection(to: hub, keys: keys), agent: "test", within: 30_000)
    }

    func outbox(_ agency: String) throws -> Outbox {
        try Outbox(
            root: path + "/outbox-" + agency,
            agency: try #require(AgencyID(name: agency)),
            name: "main",
            newEpoch: 7
        )
    }

    /// A pusher that has not begun.
    func pusher(
        _ outbox: Outbox,
        to hub: RunningHub,
        keys: KeyPair
    ) throws -> Pusher<ZeroMQConnection> {
        let hubKey = try KeyFolder(path + "/keys").hubPair().publicKey
        let endpoint = hub.endpoint
        return Pusher<ZeroMQConnection>(
            outbox: outbox,
            agent: "test",
            pauseMax: TimeSpan(milliseconds: 200)
        ) { () throws(ConnectionError) in
            try ZeroMQConnection(endpoint: endpoint, hubKey: hubKey, secretKey: keys.secretKey)
        }
    }

    /// Turns a pusher until every item has its receipt.
    func push(_ outbox: Outbox, to hub: RunningHub, agency: String) throws {
        let keys = try KeyFile.readPair(path + "/agencies/\(agency)/agency.key")
        var pusher = try pusher(outbox, to: hub, keys: keys)
        var turns = 0
        while !pusher.isSettled, turns < 3000 {
            _ = try pusher.turn(waiting: 20, at: SystemClock().now())
            turns += 1
        }
        pusher.close()
        #expect(outbox.receiptedThrough == outbox.lastNumber, "not all items got a receipt")
    }
}

func put(_ range: Range<Int>, into outbox: Outbox, agency: String) throws {
    let gate = DepartureGate(agency: try #require(AgencyID(name: agency)))
    var items: [OutgoingItem] = []
    for number in range {
        let event: JSONValue = [
            "specversion": "1.0", "type": "cn.liandong.complaint.v1",
            "source": .string("/agency/" + agency), "id": .string("N\(number)"),
            "time": "2024-03-05T14:30:00+08:00", "subject": "441424120",
            "data": ["title": "路灯不亮", "text": .string("安流镇第\(number)条街路灯不亮。")],
        ]
        if case .item(let item, _) = gate.pass(line: event.bytes, file: "test", row: number) {
            items.append(item)
        }
    }
    #expect(items.count == range.count)
    try outbox.put(items, at: SystemClock().now())
}

@Suite(.serialized) struct ServiceTests {
    @Test func everyItemGetsAReceiptAndIsThereOnceAcrossARestart() throws {
        let county = try CountyOnDisk()
        defer { try? FileManager.default.removeItem(atPath: county.path) }
        let outbox = try county.outbox("xinfang")
        try put(0..<300, into: outbox, agency: "xinfang")
        let first = try RunningHub(county)
        try county.push(outbox, to: first, agency: "xinfang")
        first.stop()
        try put(300..<400, into: outbox, agency: "xinfang")
        let second = try RunningHub(county)
        #expect(!second.hub.start.isNew)
        #expect(second.hub.start.derivedAgain == 0)
        try county.push(outbox, to: second, agency: "xinfang")
        var line = try county.officer(second)
        let counts = try line.ask(Query(.counts)).rows
        #expect(counts["items"]?.int == 400)
        #expect(counts["same_again"]?.int == 0)
        line.close()
        second.stop()
    }

    @Test func editsOfLargeCasesComeInPagesThatFit() throws {
        let county = try CountyOnDisk()
        defer { try? FileManager.default.removeItem(atPath: county.path) }
        let outbox = try county.outbox("xinfang")
        try put(0..<1100, into: outbox, agency: "xinfang")
        let hub = try RunningHub(county)
        try county.push(outbox, to: hub, agency: "xinfang")
        var line = try county.officer(hub)
        let (first, rest) = (
            SeenCase(id: nil, items: [1]), SeenCase(id: nil, items: Array(2...1100))
        )
        for number in 1...30 {
            let outcome = try line.command(
                CommandRequest(
                    key: "large-edit-\(number)",
                    action: .edit(.merge(first, with: rest), note: "")
                )
            )
            #expect(outcome.result == .edited)
        }
        let rows = try line.askAll(Query(.edits, limit: 500), rowsMax: 1000)
        #expect(rows.compactMap { $0["edit"]?.int } == Array(1...30))
        #expect(rows.map { $0.bytes.count }.reduce(0, +) > ProtocolLimits.answerBytesMax)
        #expect(rows.allSatisfy { $0["together_count"]?.int == 1100 })
        line.close()
        hub.stop()
    }

    @Test func creditComesBackWhenALateEngineHasCaughtUp() throws {
        let county = try CountyOnDisk()
        defer { try? FileManager.default.removeItem(atPath: county.path) }
        let outbox = try county.outbox("xinfang")
        try put(0..<400, into: outbox, agency: "xinfang")
        // Any lag at all shuts the credit, which is enough for a few lines only.
        let hub = try RunningHub(county) { options in
            options.lagMax = TimeSpan(milliseconds: 0)
            options.creditBytes = 1 << 14
        }
        try county.push(outbox, to: hub, agency: "xinfang")
        hub.stop()
    }

    @Test func statusCountsWhatTheEngineReadBackBecauseTheRingWasFull() throws {
        let county = try CountyOnDisk()
        defer { try? FileManager.default.removeItem(atPath: county.path) }
        let outbox = try county.outbox("xinfang")
        try put(0..<400, into: outbox, agency: "xinfang")
        let hub = try RunningHub(county) { $0.ringEntriesMax = 1 }
        try county.push(outbox, to: hub, agency: "xinfang")
        var line = try county.officer(hub)
        var (applied, entries, asked): (Int64, Int64, Int) = (0, 1, 0)
        while applied < entries, asked < 400 {
            asked += 1
            // A full ring may refuse the question too.
            let status = (try? line.ask(Query(.status)))?.rows ?? .null
            applied = status["applied"]?.int ?? applied
            entries = status["entries"]?.int ?? entries
            if applied < entries { _ = try line.next(within: 50) }
        }
        #expect(entries > 400)
        #expect(applied >= entries, "of \(entries) entries \(applied) are told as applied")
        line.close()
        hub.stop()
    }

    @Test func aHubThatLostItsJournalIsHealedByAPushWithNothingNew() throws {
        let county = try CountyOnDisk()
        defer { try? FileManager.default.removeItem(atPath: county.path) }
        let outbox = try county.outbox("xinfang")
        try put(0..<120, into: outbox, agency: "xinfang")
        let first = try RunningHub(county)
        try county.push(outbox, to: first, agency: "xinfang")
        first.stop()
        try FileManager.default.removeItem(atPath: county.path + "/data")
        try FileManager.default.createDirectory(
            atPath: county.path + "/data",
            withIntermediateDirectories: false
        )
        let second = try RunningHub(county)
        #expect(second.hub.start.isNew)
        try county.push(outbox, to: second, agency: "xinfang")
        var line = try county.officer(second)
        #expect(try line.ask(Query(.counts)).rows["items"]?.int == 120)
        line.close()
        second.stop()
    }

    @Test func aLostOutboxSendsAgainAndNothingIsCountedTwice() throws {
        let county = try CountyOnDisk()
        defer { try? FileManager.default.removeItem(atPath: county.path) }
        let hub = try RunningHub(county)
        let outbox = try county.outbox("zhengshu")
        try put(0..<50, into: outbox, agency: "zhengshu")
        try county.push(outbox, to: hub, agency: "zhengshu")
        // The same export through an outbox that was made anew.
        let other = try Outbox(
            root: county.path + "/outbox-new",
            agency: try #require(AgencyID(name: "zhengshu")),
            name: "main",
            newEpoch: 8
        )
        try put(0..<50, into: other, agency: "zhengshu")
        try county.push(other, to: hub, agency: "zhengshu")
        var line = try county.officer(hub)
        let counts = try line.ask(Query(.counts)).rows
        #expect(counts["items"]?.int == 50)
        #expect(counts["same_again"]?.int == 50)
        line.close()
        hub.stop()
    }

    @Test func anAgencysKeyOpensNoDeskAndAnOfficersKeyPushesNothing() throws {
        let county = try CountyOnDisk()
        defer { try? FileManager.default.removeItem(atPath: county.path) }
        let hub = try RunningHub(county)
        let agency = try KeyFile.readPair(county.path + "/agencies/xinfang/agency.key")
        let connection = try county.connection(to: hub, keys: agency)
        var refusal: ErrorCode?
        do {
            let line = try DeskLine(connection, agent: "test", within: 30_000)
            line.close()
        } catch DeskLine<ZeroMQConnection>.Failure.ended(let end) {
            refusal = end.code
        }
        #expect(refusal == .notPermitted)
        hub.stop()
    }

    @Test func anAlertIsDeliveredAndSignedForOnce() throws {
        let county = try CountyOnDisk()
        defer { try? FileManager.default.removeItem(atPath: county.path) }
        let hub = try RunningHub(county)
        let outbox = try county.outbox("xinfang")
        let gate = DepartureGate(agency: try #require(AgencyID(name: "xinfang")))
        let event: JSONValue = [
            "specversion": "1.0", "type": "cn.liandong.complaint.v1",
            "source": "/agency/xinfang", "id": "U1",
            "time": .string(SystemClock().now().rfc3339), "subject": "441424120",
            "data": ["title": "桥面塌陷", "text": "安流镇大桥桥面塌陷。", "urgent": true],
        ]
        guard case .item(let item, _) = gate.pass(line: event.bytes, file: "test", row: 1) else {
            Issue.record("the event above is an item")
            return
        }
        try outbox.put([item], at: SystemClock().now())
        try county.push(outbox, to: hub, agency: "xinfang")
        var line = try county.officer(hub)
        try line.subscribe(["alert.>"])
        var alert: JSONValue?
        while alert == nil, let event = try line.next(within: 30_000) {
            if case .delivered(let delivery, _) = event { alert = delivery.decision["alert"] }
        }
        let id = try #require(alert?["id"]?.text.flatMap { AlertID(text: $0) })
        #expect(alert?["level"]?.text == "orange")
        let request = CommandRequest(
            key: "test-key-1",
            action: .acknowledge(id, report: 1, note: "")
        )
        #expect(try line.command(request).result == .acknowledged)
        #expect(try line.command(request).result == .acknowledged, "the same key is the same act")
        let other = CommandRequest(
            key: "test-key-2",
            action: .acknowledge(id, report: 1, note: "")
        )
        let second = try line.command(other)
        #expect(second.result == .void)
        #expect(second.reason == "already_acknowledged")
        line.close()
        hub.stop()
    }
}
