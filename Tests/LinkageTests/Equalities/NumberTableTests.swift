import Linkage
import Testing

/// The table of pairs, held against a dictionary.
@Suite struct NumberTableTests {
    @Test func everyKeyHasItsNumberAndNoOtherHasOne() {
        var table = NumberTable()
        var known: [UInt32: UInt32] = [:]
        for number in UInt32(0)..<50_000 {
            let key = number &* 2_654_435_761
            table.add(key, number: number)
            known[key] = number
        }
        #expect(table.count == known.count)
        #expect(known.allSatisfy { table[$0.key] == $0.value })
        #expect((UInt32(0)..<50_000).allSatisfy { table[$0] == known[$0] })
        #expect(
            Dictionary(uniqueKeysWithValues: table.entries.map { ($0.key, $0.number) }) == known
        )
    }

    @Test func aKeyGetsTheNumberThatCameLast() {
        var table = NumberTable()
        table.add(0, number: 7)
        table.add(0, number: 8)
        #expect(table.count == 1)
        #expect(table[0] == 8)
    }

    /// Keys whose hashes have the same lower twelve bits, as somebody who knows the hash would pick.
    @Test func keysThatCollideAreAllFound() {
        let colliding = (UInt32(0)..<4_000_000).lazy.filter { key in
            (UInt64(key) &* 0x9e37_79b9_7f4a_7c15) >> 32 & 0xfff == 5
        }
        var table = NumberTable()
        for (number, key) in colliding.prefix(400).enumerated() {
            table.add(key, number: UInt32(number))
        }
        #expect(table.count == 400)
        for (number, key) in colliding.prefix(400).enumerated() {
            #expect(table[key] == UInt32(number))
        }
    }
}
