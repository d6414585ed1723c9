import Domain
import Foundation
import LiandongClient
import Storage
import Testing

/// What lies in the two outboxes of one agency.
@Suite struct LaneTests {
    private let root = FileManager.default.temporaryDirectory.path + "/lanes-\(UUID().uuidString)"

    private func lanes(sealed: Bool = true, epoch: UInt64 = 9) throws -> LaneOutboxes {
        let agency = try #require(AgencyID(name: "xinfang"))
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
        func outbox(_ lane: Lane) throws -> Outbox {
            try Outbox(
                root: root + "/" + lane.rawValue,
                agency: agency,
                name: "main",
                lane: lane,
                newEpoch: epoch
            )
        }
        return try LaneOutboxes(
            open: outbox(.open),
            sealed: sealed ? outbox(.sealed) : nil,
            at: noon
        )
    }

    private func events(_ outbox: Outbox?) throws -> [String] {
        try #require(outbox).items(from: 1, countMax: 100, bytesMax: 1 << 20).map {
            String(decoding: $0.event, as: UTF8.self)
        }
    }

    @Test func everyItemLiesInExactlyOneOutbox() throws {
        defer { try? FileManager.default.removeItem(atPath: root) }
        let lanes = try lanes()
        let items = try (1...6).map { try outgoing($0, sealed: $0 % 3 == 0) }
        let put = try lanes.put(items, at: noon)
        #expect(put.open == 4)
        #expect(put.sealed == 2)
        let (open, sealed) = (try events(lanes.open), try events(lanes.sealed))
        #expect(open.count == 4 && sealed.count == 2)
        #expect(Set(open).isDisjoint(with: sealed))
        let mode = try FileManager.default.attributesOfItem(atPath: root + "/sealed")[
            .posixPermissions
        ]
        #expect(mode as? Int == 0o700)
    }

    @Test func whatWaitedGoesOverWhenTheSealedLaneIsThere() throws {
        defer { try? FileManager.default.removeItem(atPath: root) }
        do {
            let lanes = try lanes(sealed: false)
            #expect(try lanes.put([outgoing(1), outgoing(2, sealed: true)], at: noon).waiting == 1)
            #expect(lanes.open.counts.waitingForSealed == 1)
        }
        do {
            let lanes = try lanes()
            #expect(lanes.open.counts.waitingForSealed == 0)
            #expect(try events(lanes.sealed).count == 1)
        }
        #expect(try events(lanes().sealed).count == 1)
    }

    @Test func whatTheOpenHubRefusesMovesOnceAndIsNeverSentThereAgain() throws {
        defer { try? FileManager.default.removeItem(atPath: root) }
        let first = try outgoing(1)
        do {
            let lanes = try lanes()
            try lanes.put([first, outgoing(2)], at: noon)
            #expect(try lanes.move([1], at: noon).map(\.id) == ["1"])
            #expect(lanes.isMoved(first.event))
            // The process ends here, before the refusal is recorded.
        }
        let lanes = try lanes()
        #expect(lanes.isMoved(first.event))
        #expect(lanes.open.receipt(of: 1) == nil)
        #expect(try lanes.move([1], at: noon).isEmpty)
        #expect(try events(lanes.sealed) == [String(decoding: first.event, as: UTF8.self)])
        #expect(!lanes.isMoved(try outgoing(2).event))
    }

    @Test func dangerToLifePassesAsPlaceAndNeedForHelpAndNothingElse() throws {
        defer { try? FileManager.default.removeItem(atPath: root) }
        let agency = try #require(AgencyID(name: "xinfang"))
        let line = """
            {"specversion":"1.0","type":"cn.liandong.complaint.v1","source":"/agency/xinfang",\
            "id":"XF-1","time":"2024-03-05T14:30:00+08:00","subject":"441424120","data":{\
            "title":"甲所长打人","text":"甲所长把人关在库房","purpose":"accusation","danger":true,\
            "respondent":"甲所","place":"水寨镇河边库房","heads":7,"official_no":"441424-9"}}
            """
        let gate = DepartureGate(agency: agency)
        guard case .item(let item, _) = gate.pass(line: Array(line.utf8), file: "a", row: 1)
        else { throw CancellationError() }
        let lanes = try lanes()
        let put = try lanes.put([item], at: noon)
        #expect(put.sealed == 1 && put.open == 1 && put.calls == 1)
        let call = try #require(try events(lanes.open).first)
        #expect(call.contains("水寨镇河边库房") && call.contains("\"danger\":true"))
        for secret in ["XF-1", "甲所", "accusation", "heads", "441424-9", "关在"] {
            #expect(!call.contains(secret), "\(secret) in \(call)")
        }
        guard case .item(let checked, _) = gate.pass(line: Array(call.utf8), file: "a", row: 1)
        else { throw CancellationError() }
        #expect(checked.lane == .open)
        // The same accusation calls again under the same number, and the hub knows it.
        try lanes.put([item], at: noon)
        #expect(Set(try events(lanes.open)) == [call])
    }

    @Test func aFolderOfOneLaneIsNeverOpenedForTheOther() throws {
        defer { try? FileManager.default.removeItem(atPath: root) }
        _ = try lanes()
        let agency = try #require(AgencyID(name: "xinfang"))
        #expect(throws: OutboxError.self) {
            _ = try Outbox(
                root: root + "/open",
                agency: agency,
                name: "main",
                lane: .sealed,
                newEpoch: 3
            )
        }
        #expect(throws: OutboxError.self) {
            _ = try Outbox(root: root + "/sealed", agency: agency, name: "main", newEpoch: 3)
        }
    }
}
