import Domain
import Foundation
import LiandongClient
import Testing
import Text

let agency = AgencyID(name: "xinfang")
let noon = Timestamp(milliseconds: 1_709_611_200_000)

/// An item for the outbox; its event tells its number.
func outgoing(_ number: Int, sealed: Bool = false, padding: Int = 0) throws -> OutgoingItem {
    let event = "{\"id\":\"\(number)\",\"p\":\"\(String(repeating: "x", count: padding))\"}"
    return OutgoingItem(
        ref: ItemRef(agency: try #require(agency), id: String(number)),
        kind: .complaint,
        time: noon,
        lane: sealed ? .sealed : .open,
        event: Array(event.utf8),
        masked: MaskTally()
    )
}

func receipt(_ number: UInt64, _ status: Receipt.Status = .registered) -> Receipt {
    Receipt(
        number: number,
        id: String(number),
        digest: ContentDigest(number, 1, 2, 3),
        status: status
    )
}

func outbox(
    _ root: String,
    name: String = "main",
    limits: OutboxLimits = OutboxLimits(),
    epoch: UInt64 = 7
) throws -> Outbox {
    try Outbox(
        root: root,
        agency: try #require(agency),
        name: name,
        limits: limits,
        newEpoch: epoch
    )
}

@Suite struct OutboxTests {
    @Test func numbersRunFromOneAndSurviveReopening() throws {
        try withFolder { root in
            do {
                let box = try outbox(root)
                #expect(try box.put([outgoing(1), outgoing(2)], at: noon).numbers == 1..<3)
                #expect(try box.put([outgoing(3)], at: noon).numbers == 3..<4)
            }
            let box = try outbox(root, epoch: 9)
            #expect(box.stream.epoch == 7)
            #expect(box.lastNumber == 3)
            let items = try box.items(from: 1, countMax: 10, bytesMax: 1 << 20)
            #expect(items.map(\.number) == [1, 2, 3])
            #expect(items.map(\.event) == (try (1...3).map { try outgoing($0).event }))
            #expect(items.map(\.id) == ["1", "2", "3"])
        }
    }

    @Test func oneProcessHoldsAStreamAndOthersHoldOthers() throws {
        try withFolder { root in
            let box = try outbox(root)
            #expect(throws: OutboxError.locked(path: root + "/main")) { try outbox(root) }
            let other = try outbox(root, name: "history", epoch: 8)
            #expect(try other.put([outgoing(1)], at: noon).numbers == 1..<2)
            #expect(box.lastNumber == 0)
            #expect(throws: OutboxError.badName("../x")) { try outbox(root, name: "../x") }
        }
    }

    @Test func folderOfAnotherAgencyIsRefused() throws {
        try withFolder { root in
            _ = try outbox(root)
            let other = try #require(AgencyID(name: "zhengshu"))
            #expect(throws: OutboxError.foreignFolder(path: root + "/main")) {
                try Outbox(root: root, agency: other, name: "main", newEpoch: 1)
            }
        }
    }

    @Test func fullOutboxRefusesBeforeItWrites() throws {
        try withFolder { root in
            var limits = OutboxLimits()
            limits.itemsMax = 2
            let box = try outbox(root, limits: limits)
            try box.put([outgoing(1)], at: noon)
            let error = #expect(throws: OutboxError.self) {
                try box.put([outgoing(2), outgoing(3)], at: noon)
            }
            #expect(error?.description.contains("is full: 1 items") == true)
            #expect(box.lastNumber == 1)
            try box.record([receipt(1)], at: noon)
            #expect(try box.put([outgoing(2), outgoing(3)], at: noon).numbers == 2..<4)
        }
    }

    @Test func bytesAreBoundedAndReceiptedItemsGiveWay() throws {
        try withFolder { root in
            var limits = OutboxLimits()
            limits.bytesMax = 20_000
            limits.segmentBytes = 4000
            let box = try outbox(root, limits: limits)
            for number in 1...40 {
                try box.put([outgoing(number, padding: 1000)], at: noon)
                try box.record([receipt(UInt64(number))], at: noon)
                #expect(box.counts.bytes <= 20_000)
            }
            #expect(box.oldestKept > 1)
            #expect(throws: OutboxError.self) {
                for number in 41...80 { try box.put([outgoing(number, padding: 1000)], at: noon) }
            }
        }
    }

    @Test func batchesAreBoundedByCountAndBytes() throws {
        try withFolder { root in
            let box = try outbox(root)
            try box.put((1...20).map { try outgoing($0, padding: 500) }, at: noon)
            #expect(
                try box.items(from: 5, countMax: 3, bytesMax: 1 << 20).map(\.number) == [5, 6, 7]
            )
            #expect(try box.items(from: 5, countMax: 30, bytesMax: 1200).map(\.number) == [5, 6])
            #expect(try box.items(from: 5, countMax: 30, bytesMax: 1).map(\.number) == [5])
            #expect(try box.items(from: 21, countMax: 3, bytesMax: 1 << 20).isEmpty)
        }
    }

    @Test func receiptsAreKeptAndCounted() throws {
        try withFolder { root in
            do {
                let box = try outbox(root)
                try box.put((1...5).map { try outgoing($0) }, at: noon)
                #expect(box.lastReceipted == nil)
                #expect(box.oldestUnreceiptedAge(at: noon + .minutes(5)) == .minutes(5))
                try box.record([receipt(2, .quarantined(code: 1046)), receipt(1)], at: noon)
                try box.record([receipt(4, .refused(code: 1060))], at: noon)
                #expect(box.receiptedThrough == 2)
            }
            let box = try outbox(root)
            #expect(box.lastReceipted == receipt(2, .quarantined(code: 1046)))
            #expect(box.counts.unreceipted == 2)
            #expect(box.counts.registered == 1)
            #expect(box.counts.quarantined == 1)
            #expect(box.counts.refused == 1)
            #expect(box.problems(countMax: 10).map(\.number) == [2, 4])
            try box.record([receipt(3), receipt(5), receipt(5)], at: noon)
            #expect(box.receiptedThrough == 5)
            #expect(box.oldestUnreceiptedAge(at: noon) == nil)
        }
    }

    @Test func strangeReceiptsAreRefused() throws {
        try withFolder { root in
            let box = try outbox(root)
            try box.put([outgoing(1)], at: noon)
            #expect(throws: OutboxError.unknownNumber(2, last: 1)) {
                try box.record([receipt(2)], at: noon)
            }
            try box.record([receipt(1)], at: noon)
            var other = receipt(1)
            other.digest = ContentDigest(9, 9, 9, 9)
            #expect(throws: OutboxError.conflictingReceipt(number: 1)) {
                try box.record([other], at: noon)
            }
        }
    }

    @Test func receiptedItemsAreKeptSevenDaysAndHelloKnowsTheLast() throws {
        try withFolder { root in
            do {
                let box = try outbox(root)
                try box.put([outgoing(1), outgoing(2)], at: noon)
                try box.record([receipt(1), receipt(2)], at: noon)
                try box.prune(at: noon + .days(6))
                #expect(
                    try box.items(from: 1, countMax: 9, bytesMax: 9999).map(\.number) == [1, 2]
                )
                try box.prune(at: noon + .days(8))
                #expect(try box.items(from: 1, countMax: 9, bytesMax: 9999).isEmpty)
                #expect(box.lastReceipted == receipt(2))
            }
            let box = try outbox(root)
            #expect(box.lastReceipted == receipt(2))
            #expect(box.oldestKept == 3)
            #expect(try box.put([outgoing(3)], at: noon + .days(9)).numbers == 3..<4)
        }
    }

    @Test func unreceiptedItemsNeverGrowTooOld() throws {
        try withFolder { root in
            let box = try outbox(root)
            try box.put([outgoing(1), outgoing(2)], at: noon)
            try box.record([receipt(1)], at: noon)
            try box.prune(at: noon + .days(100))
            #expect(try box.items(from: 1, countMax: 9, bytesMax: 9999).map(\.number) == [1, 2])
        }
    }

    @Test func accusationsWaitOutsideTheStreamOnceEach() throws {
        try withFolder { root in
            do {
                let box = try outbox(root)
                let result = try box.put(
                    [outgoing(1), outgoing(2, sealed: true), outgoing(3)],
                    at: noon
                )
                #expect(result.numbers == 1..<3)
                #expect(result.waiting == 1)
                try box.put([outgoing(2, sealed: true)], at: noon)
                #expect(box.counts.waitingForSealed == 1)
            }
            let box = try outbox(root)
            #expect(box.counts.waitingForSealed == 1)
            #expect(try box.items(from: 1, countMax: 9, bytesMax: 9999).map(\.id) == ["1", "3"])
        }
    }

    @Test func newEpochNumbersTheKeptLinesAnewAndOldOnesAreGone() throws {
        try withFolder { root in
            do {
                let box = try outbox(root)
                try box.put((1...3).map { try outgoing($0) }, at: noon)
                try box.record((1...3).map { receipt($0) }, at: noon)
                try box.prune(at: noon + .days(8))
                try box.put([outgoing(4), outgoing(5)], at: noon + .days(8))
                try box.record([receipt(4)], at: noon + .days(8))
                try box.beginEpoch(11)
                #expect(box.stream.epoch == 11)
                #expect(box.lastReceipted == nil)
            }
            // A crash left a new epoch that was never finished.
            try FileManager.default.createDirectory(
                atPath: root + "/main/epoch-00000000000000ff",
                withIntermediateDirectories: true
            )
            try Data([1, 2, 3]).write(
                to: URL(
                    fileURLWithPath: root
                        + "/main/epoch-00000000000000ff/items-00000000000000000001.log"
                )
            )
            let box = try outbox(root)
            #expect(box.stream.epoch == 11)
            let items = try box.items(from: 1, countMax: 9, bytesMax: 9999)
            #expect(items.map(\.number) == [1, 2])
            #expect(items.map(\.id) == ["4", "5"])
            #expect(box.counts.unreceipted == 2)
            let folders = try FileManager.default.contentsOfDirectory(atPath: root + "/main").filter
            { $0.hasPrefix("epoch") }
            #expect(folders == ["epoch-000000000000000b"])
        }
    }
}
