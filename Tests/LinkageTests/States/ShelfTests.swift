import Linkage
import Testing

/// Lists in pieces that never move.
@Suite struct ShelfTests {
    /// Lists of 0 to 255 numbers, of three pieces in all, from a seed.
    private func lists(seed: UInt64) -> [[UInt32]] {
        print("shelved lists, seed \(seed)")
        var state = seed
        var (all, count): ([[UInt32]], Int) = ([], 0)
        while count < 3 * Shelf<UInt32>.pieceCount {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let length = Int(state >> 56)
            all.append((0..<length).map { UInt32(truncatingIfNeeded: state >> 20) &+ UInt32($0) })
            count += length
        }
        return all
    }

    private func bytes(_ shelf: Shelf<UInt32>) -> [UInt8] {
        let collected = StateTests.Collected()
        var writer = StateWriter { collected.bytes += $0 }
        shelf.write(to: &writer)
        writer.finish()
        return collected.bytes
    }

    @Test func everyListIsFoundAsItWasPut() {
        var shelf = Shelf<UInt32>()
        let all = lists(seed: 7)
        let runs = all.map { shelf.put($0) }
        #expect(shelf.pieces.count > 2)
        #expect(shelf.pieces.allSatisfy { $0.count <= Shelf<UInt32>.pieceCount })
        for (list, run) in zip(all, runs) { #expect(Array(shelf[run]) == list) }
    }

    @Test func aShelfReadBackHasEachListAtItsPlaceAndGoesOn() throws {
        var shelf = Shelf<UInt32>()
        let all = lists(seed: 11)
        var runs = all.map { shelf.put($0) }
        var reader = StateReader(bytes(shelf))
        let counts = all.map { UInt8($0.count) }
        var (again, found) = try Shelf<UInt32>.read(&reader, "a shelf", counts: counts)
        try reader.end()
        for more in lists(seed: 13).prefix(400) {
            runs.append(shelf.put(more))
            found.append(again.put(more))
        }
        #expect(again.pieces == shelf.pieces)
        for (run, place) in zip(runs, found) { #expect(shelf[run] == again[place]) }
    }

    @Test func lengthsThatAreNotTheShelvesAreRefused() {
        var shelf = Shelf<UInt32>()
        _ = shelf.put([1, 2, 3])
        for counts: [UInt8] in [[], [2], [3, 1], [255, 255]] {
            var reader = StateReader(bytes(shelf))
            #expect(throws: StateError.self) {
                try Shelf<UInt32>.read(&reader, "a shelf", counts: counts)
            }
        }
    }
}
