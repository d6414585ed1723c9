internal import Domain
internal import Hashing
import Storage

/// The keyed pseudonyms of invented persons, as an agency's client would make them (CONTRACT §1).
struct PersonKeys {
    private let code: HMACSHA256
    private let seed: UInt64

    /// Keys under a county key that comes from the seed.
    init(seed: UInt64) {
        var random = SplitMix64(seed: seed ^ 0x636f_756e_7479_6b65)
        var key: [UInt8] = []
        for _ in 0..<4 {
            let word = random.next()
            for shift in stride(from: 0, to: 64, by: 8) {
                key.append(UInt8(truncatingIfNeeded: word >> UInt64(shift)))
            }
        }
        code = HMACSHA256(key: key)
        self.seed = seed
    }

    /// What stands for a person on an item.
    ///
    /// Most people leave a telephone number, some an ID number too; a few come first with the one,
    /// then with both, later with the other alone, so that only any equal key tells.
    func pseudonyms(_ person: Int, ordinal: Int, isPetition: Bool) -> [Pseudonym] {
        let phone = pseudonym("p", "+860" + padded(person, 10))
        let identity = pseudonym("i", "000000" + padded(person, 11) + "X")
        switch person % 20 {
        case 0, 5, 10: return [identity, phone].compactMap { $0 }
        case 1 where isPetition && ordinal == 1: return [identity, phone].compactMap { $0 }
        case 1 where isPetition && ordinal > 1: return [identity].compactMap { $0 }
        default: return [phone].compactMap { $0 }
        }
    }

    private func pseudonym(_ kind: String, _ value: String) -> Pseudonym? {
        var code = code
        code.update(Array(value.utf8))
        return Pseudonym(text: "k1:\(kind):\(Base64URL.encode(code.finalize()))")
    }
}
