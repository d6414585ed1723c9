import Domain
import Foundation
import LiandongClient
import Storage
import Testing
import Wire

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

    private func passed(_ line: String) throws -> RowOutcome {
        let agency = try #require(AgencyID(name: "xinfang"))
        return DepartureGate(agency: agency).pass(line: Array(line.utf8), file: "a", row: 1)
    }

    private func item(_ line: String) throws -> OutgoingItem {
        guard case .item(let item, _) = try passed(line) else { throw CancellationError() }
        return item
    }

    private func event(_ id: String, _ data: String, type: String = "complaint") -> String {
        """
        {"specversion":"1.0","type":"cn.liandong.\(type).v1","source":"/agency/xinfang","id":"\(id)",\
        "time":"2024-03-05T14:30:00+08:00","subject":"441424120","data":{\(data)}}
        """
    }

    private func receipt(
        _ number: UInt64,
        _ id: String,
        _ status: Receipt.Status = .registered
    ) -> Receipt {
        Receipt(number: number, id: id, digest: .none, status: status)
    }

    @Test func anItemThatBecomesAnAccusationIsTakenBackFromTheOpenHub() throws {
        defer { try? FileManager.default.removeItem(atPath: root) }
        let demand = try item(event("XF-1", #""text":"羊少了","purpose":"demand""#))
        let accusation = try item(event("XF-1", #""text":"羊少了","purpose":"accusation""#))
        do {
            let lanes = try lanes()
            try lanes.put([demand], at: noon)
            try lanes.open.record([receipt(1, "XF-1")], at: noon)
            // Long after: what was receipted is not kept any more.
            try lanes.open.prune(at: noon + .days(30))
            #expect(lanes.open.oldestKept == 2)
        }
        let lanes = try lanes()
        let put = try lanes.put([accusation], at: noon + .days(30))
        #expect(put.sealed == 1 && put.withdrawn == 1 && put.calls == 0)
        let step = try #require(try events(lanes.open).first)
        #expect(step.contains("life.withdrawn.v1") && step.contains("\"id\":\"XF-1\""))
        #expect(!step.contains("羊") && !step.contains("accusation"))
        #expect(try item(step).lane == .open)
    }

    @Test func anAccusationThatNeverWasOpenIsNotNamedThere() throws {
        defer { try? FileManager.default.removeItem(atPath: root) }
        let lanes = try lanes()
        let demand = try item(event("XF-2", #""text":"羊少了","purpose":"demand""#))
        try lanes.put([demand], at: noon)
        // An open hub with a newer screen refuses it, so that it has none.
        #expect(try lanes.move([1], at: noon).count == 1)
        try lanes.open.record([receipt(1, "XF-2", .ofOtherLane)], at: noon)
        let again = try item(event("XF-2", #""text":"羊又少了","purpose":"accusation""#))
        #expect(try lanes.put([again], at: noon).withdrawn == 0)
        #expect(try events(lanes.open).count == 1)
    }

    @Test func theStepsOfAnAccusationsLifeFollowItUnmarked() throws {
        defer { try? FileManager.default.removeItem(atPath: root) }
        let accusation = try item(event("XF-3", #""text":"羊少了","purpose":"accusation""#))
        func step(_ id: String, of: String) throws -> OutgoingItem {
            let data = #""item":{"source":"/agency/xinfang","id":"\#(of)"}"#
            return try item(event(id, data, type: "life.accepted"))
        }
        do {
            let lanes = try lanes()
            #expect(try lanes.put([accusation, step("S-1", of: "XF-3")], at: noon).sealed == 2)
            try lanes.sealed?.record([receipt(1, "XF-3"), receipt(2, "S-1")], at: noon)
            try lanes.sealed?.prune(at: noon + .days(60))
        }
        let lanes = try lanes()
        let put = try lanes.put([step("S-2", of: "XF-3"), step("S-3", of: "XF-4")], at: noon)
        #expect(put.sealed == 1 && put.open == 1)
    }

    @Test func anAccusationForTheSuperiorAloneStillCallsForHelp() throws {
        defer { try? FileManager.default.removeItem(atPath: root) }
        let data =
            #""text":"被打","purpose":"accusation","respondent":"县信访局","danger":true,"place":"河边""#
        guard case .forSuperior(let item, _) = try passed(event("XF-5", data)) else {
            throw CancellationError()
        }
        let lanes = try lanes()
        let notes = lanes.openNotes(of: item)
        #expect(notes.count == 1)
        let call = String(decoding: try #require(notes.first).event, as: UTF8.self)
        #expect(call.contains("河边") && !call.contains("XF-5") && !call.contains("信访局"))
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
