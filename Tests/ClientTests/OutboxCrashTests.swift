import Domain
import Foundation
import LiandongClient
import Storage
import Testing

@Suite struct OutboxCrashTests {
    /// 200 crash images: what was written after the last confirmation is cut at a random byte.
    @Test(arguments: 1...20) func confirmedItemsSurviveACutAtAnyByte(seed: UInt64) throws {
        for round in 0..<10 {
            var random = SplitMix64(seed: seed &* 1000 &+ UInt64(round))
            try withFolder { root in
                try crash(root, &random, "seed \(seed), round \(round)")
            }
        }
    }

    private func crash(_ root: String, _ random: inout SplitMix64, _ name: String) throws {
        var limits = OutboxLimits()
        limits.segmentBytes = 2000
        var confirmed = 0
        var receipted: UInt64 = 0
        do {
            let box = try outbox(root, limits: limits)
            for _ in 0..<Int.random(in: 1...12, using: &random) {
                let count = Int.random(in: 1...4, using: &random)
                let items = try (1...count).map {
                    try outgoing(confirmed + $0, padding: Int.random(in: 0...300, using: &random))
                }
                try box.put(items, at: noon)
                confirmed += count
                if Bool.random(using: &random) {
                    let upTo = UInt64.random(in: receipted...UInt64(confirmed), using: &random)
                    if upTo > receipted {
                        try box.record(((receipted + 1)...upTo).map { receipt($0) }, at: noon)
                        receipted = upTo
                    }
                }
            }
        }
        let folder = root + "/main/epoch-0000000000000007"
        let files = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        let live = try #require(files.last { $0.hasPrefix("items-") }, "\(name)")
        // The torn batch: bytes of another put, cut anywhere, or garbage.
        let next = try outgoing(confirmed + 1, padding: 200)
        let torn = try batchBytes(of: next, number: confirmed + 1)
        let cut = Int.random(in: 0..<torn.count, using: &random)
        try append(Array(torn.prefix(cut)), to: folder + "/" + live)
        let receipts = files.filter { $0.hasPrefix("receipts-") }
        let last = folder + "/" + (try #require(receipts.last))
        let size = try Data(contentsOf: URL(fileURLWithPath: last)).count
        try truncate(last, to: Int.random(in: 0...size, using: &random))

        try resume(root, limits, confirmed, receipted, name)
        let again = try outbox(root, limits: limits)
        #expect(again.lastNumber == UInt64(confirmed) + 1, "\(name)")
        #expect(again.receiptedThrough == UInt64(confirmed) + 1, "\(name)")
    }

    /// Opens the crash image, compares it with what was confirmed, and goes on.
    private func resume(
        _ root: String,
        _ limits: OutboxLimits,
        _ confirmed: Int,
        _ receipted: UInt64,
        _ name: String
    ) throws {
        let next = try outgoing(confirmed + 1, padding: 200)
        let box = try outbox(root, limits: limits)
        #expect(box.lastNumber == UInt64(confirmed), "\(name)")
        let items = try box.items(from: 1, countMax: 1000, bytesMax: 1 << 24)
        #expect(items.map(\.number) == (1...UInt64(confirmed)).map { $0 }, "\(name)")
        #expect(items.map(\.id) == (1...confirmed).map(String.init), "\(name)")
        #expect(box.receiptedThrough <= receipted, "\(name)")
        #expect(box.lastReceipted?.number ?? 0 == box.receiptedThrough, "\(name)")
        #expect(
            try box.put([next], at: noon).numbers.lowerBound == UInt64(confirmed) + 1,
            "\(name)"
        )
        try box.record((1...UInt64(confirmed) + 1).map { receipt($0) }, at: noon)
        #expect(box.counts.unreceipted == 0, "\(name)")
    }

    /// What one more put would have written.
    private func batchBytes(of item: OutgoingItem, number: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        try withFolder { root in
            do {
                let box = try outbox(root)
                try box.put([item], at: noon)
            }
            let path = root + "/main/epoch-0000000000000007/items-00000000000000000001.log"
            bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
        }
        return bytes
    }

    private func append(_ bytes: [UInt8], to path: String) throws {
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        try handle.seekToEnd()
        try handle.write(contentsOf: Data(bytes))
        try handle.close()
    }

    private func truncate(_ path: String, to count: Int) throws {
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        try handle.truncate(atOffset: UInt64(count))
        try handle.close()
    }

    @Test(arguments: 1...40) func itemsWhollyBeforeACutAnywhereSurvive(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        try withFolder { root in
            var ends: [Int] = []
            let path = root + "/main/epoch-0000000000000007/items-00000000000000000001.log"
            do {
                let box = try outbox(root)
                for number in 1...10 {
                    try box.put([outgoing(number, padding: number * 7)], at: noon)
                    ends.append(try Data(contentsOf: URL(fileURLWithPath: path)).count)
                }
            }
            let cut = Int.random(in: 0...(try #require(ends.last)), using: &random)
            try truncate(path, to: cut)
            let whole = ends.count { $0 <= cut }
            let box = try outbox(root)
            let items = try box.items(from: 1, countMax: 100, bytesMax: 1 << 20)
            #expect(items.map(\.id) == (1...10).prefix(whole).map(String.init), "seed \(seed)")
            #expect(box.lastNumber == UInt64(whole), "seed \(seed)")
        }
    }

    @Test func numberWithAReceiptIsNeverGivenOutAgain() throws {
        try withFolder { root in
            do {
                let box = try outbox(root)
                try box.put((1...3).map { try outgoing($0) }, at: noon)
                try box.record((1...3).map { receipt($0) }, at: noon)
            }
            try truncate(
                root + "/main/epoch-0000000000000007/items-00000000000000000001.log",
                to: 0
            )
            do {
                let box = try outbox(root)
                #expect(box.lastReceipted == receipt(3))
                #expect(box.oldestKept == 4)
                #expect(try box.put([outgoing(4)], at: noon).numbers == 4..<5)
            }
            let box = try outbox(root)
            #expect(try box.items(from: 1, countMax: 9, bytesMax: 9999).map(\.number) == [4])
        }
    }

    @Test func rotBeforeAValidFrameStopsTheStart() throws {
        try withFolder { root in
            do {
                let box = try outbox(root)
                try box.put((1...3).map { try outgoing($0) }, at: noon)
            }
            let path = root + "/main/epoch-0000000000000007/items-00000000000000000001.log"
            var bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
            bytes[20] ^= 4
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            #expect(throws: OutboxError.damaged(path: path, offset: 0)) { try outbox(root) }
        }
    }
}
