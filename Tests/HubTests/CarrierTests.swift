import Domain
import Foundation
import Hub
import LiandongClient
import LiandongClientZeroMQ
import Settings
import Testing
import Wire

/// Lines of a bundle go in by a session like any agency's, mixed with the line and repeated.
@Suite(.serialized) struct CarrierTests {
    private static func carry(
        _ outbox: Outbox,
        from first: UInt64,
        to hub: RunningHub,
        _ county: CountyOnDisk
    ) throws -> [Receipt] {
        let keys = try KeyFile.readPair(county.path + "/agencies/xinfang/agency.key")
        let hubKey = try KeyFolder(county.path + "/keys").hubPair().publicKey
        let items = try outbox.items(from: first, countMax: 10_000, bytesMax: 1 << 24)
        let endpoint = hub.endpoint
        return try LineCarrier.carry(
            LineCarrier.Lines(
                stream: outbox.stream.name,
                epoch: outbox.stream.epoch,
                first: first,
                events: items.map(\.event)
            ),
            agent: "test",
            patience: .seconds(30)
        ) { () throws(ConnectionError) in
            try ZeroMQConnection(endpoint: endpoint, hubKey: hubKey, secretKey: keys.secretKey)
        }
    }

    @Test func bundleAndLineMixAndBothMayBeRepeated() throws {
        let county = try CountyOnDisk()
        defer { county.remove() }
        let hub = try RunningHub(county)
        let outbox = try county.outbox("xinfang")
        try put(0..<100, into: outbox, agency: "xinfang")
        let first = try Self.carry(outbox, from: 1, to: hub, county)
        #expect(first.count == 100)
        #expect(try Self.carry(outbox, from: 1, to: hub, county) == first, "equal receipts again")
        // What the courier brought in needs no line, and the line goes on behind it.
        try put(100..<150, into: outbox, agency: "xinfang")
        try county.push(outbox, to: hub, agency: "xinfang")
        #expect(outbox.receiptedThrough == 150)
        try put(150..<160, into: outbox, agency: "xinfang")
        let last = try Self.carry(outbox, from: 140, to: hub, county)
        #expect(last.map(\.number) == Array(140...160))
        try outbox.record(last, at: SystemClock().now())
        #expect(outbox.receiptedThrough == 160)
        var line = try county.officer(hub)
        let counts = try line.ask(Query(.counts)).rows
        #expect(counts["items"]?.int == 160)
        #expect(counts["same_again"]?.int == 0)
        line.close()
        hub.stop()
    }

    @Test func aBundleThatBeginsTooLateIsRefusedAndChangesNothing() throws {
        let county = try CountyOnDisk()
        defer { county.remove() }
        let hub = try RunningHub(county)
        let outbox = try county.outbox("xinfang")
        try put(0..<20, into: outbox, agency: "xinfang")
        var refusal: LineCarrier.Failure?
        do {
            _ = try Self.carry(outbox, from: 11, to: hub, county)
        } catch let failure as LineCarrier.Failure {
            refusal = failure
        }
        guard case .outOfOrder(let expected, let first)? = refusal else {
            Issue.record("it was not refused: \(String(describing: refusal))")
            return
        }
        #expect(expected == 1)
        #expect(first == 11)
        #expect(try Self.carry(outbox, from: 1, to: hub, county).count == 20)
        hub.stop()
    }
}
