/// The identifier of a case (类案编号): the county's code and 60 bits from its founding item.
///
/// Printed as `441424-C-` and 12 characters of Crockford's base 32, which people can read aloud.
package struct CaseID: Hashable, Sendable {
    /// The county's six digits as a number.
    package let county: UInt32
    /// 60 bits that come from the founding item's identity.
    package let number: UInt64

    /// An identifier from its parts.
    package init(county: UInt32, number: UInt64) {
        self.county = county
        self.number = number & Base32.mask60
    }

    /// The identifier of the case that an item founds in a hub of `county`.
    package init(county: Division, foundedBy ref: ItemRef) {
        self.init(county: county, anchor: ref.stableHash)
    }

    /// The identifier of the case with an anchor, which comes from its founding item.
    package init(county: Division, anchor: UInt64) {
        self.init(county: county.number / 1000, number: anchor)
    }

    /// The printed form.
    package var text: String { "\(padded(Int(county), 6))-C-\(Base32.text60(number))" }

    /// An identifier from its printed form.
    package init?(text: some StringProtocol) {
        guard let (county, number) = Base32.parse(text, letter: "C") else { return nil }
        self.init(county: county, number: number)
    }
}

/// The identifier of an alert (预警编号).
package struct AlertID: Hashable, Sendable {
    /// The county's six digits as a number.
    package let county: UInt32
    /// 60 bits that come from the case and the kind.
    package let number: UInt64

    /// An identifier from its parts.
    package init(county: UInt32, number: UInt64) {
        self.county = county
        self.number = number & Base32.mask60
    }

    /// The identifier of the alert of one kind that rests on a founding item.
    package init(county: Division, kind: AlertKind, foundedBy ref: ItemRef) {
        self.init(county: county, kind: kind, anchor: ref.stableHash)
    }

    /// The identifier of the alert of one kind that rests on the case or the item with an anchor.
    package init(county: Division, kind: AlertKind, anchor: UInt64) {
        self.init(
            county: county.number / 1000,
            number: StableHash.mix(anchor, UInt64(kind.rawValue))
        )
    }

    /// The printed form, `441424-A-…`.
    package var text: String { "\(padded(Int(county), 6))-A-\(Base32.text60(number))" }

    /// An identifier from its printed form.
    package init?(text: some StringProtocol) {
        guard let (county, number) = Base32.parse(text, letter: "A") else { return nil }
        self.init(county: county, number: number)
    }
}

extension ItemRef {
    /// A hash of the identity that is the same on every machine and in every version.
    package var stableHash: UInt64 {
        var hash = StableHash()
        hash.add(agency.name)
        hash.add(0)
        hash.add(id)
        return hash.value
    }
}

/// A 64-bit hash that never changes between versions: FNV-1a, then a finishing mix.
///
/// FNV-1a is public domain (Fowler, Noll, Vo); the finish is the one of SplitMix64 (Steele et al.,
/// 2014). Not for secrets.
package struct StableHash {
    private var state: UInt64 = 0xcbf2_9ce4_8422_2325

    /// An empty hash.
    package init() {}

    /// Adds the bytes of a text.
    package mutating func add(_ text: String) {
        var text = text
        text.withUTF8 { bytes in
            for byte in bytes { add(byte) }
        }
    }

    /// Adds a byte.
    @inline(__always)
    package mutating func add(_ byte: UInt8) {
        state = (state ^ UInt64(byte)) &* 0x100_0000_01b3
    }

    /// The hash of what was added.
    package var value: UInt64 { StableHash.finish(state) }

    /// A hash of two words; the order matters.
    package static func mix(_ left: UInt64, _ right: UInt64) -> UInt64 {
        finish(left ^ finish(right &+ 0x9e37_79b9_7f4a_7c15))
    }

    private static func finish(_ state: UInt64) -> UInt64 {
        let first = (state ^ (state >> 30)) &* 0xbf58_476d_1ce4_e5b9
        let second = (first ^ (first >> 27)) &* 0x94d0_49bb_1331_11eb
        return second ^ (second >> 31)
    }
}

/// Crockford's base 32: no I, L, O or U, so that it survives the telephone.
enum Base32 {
    static let mask60: UInt64 = (1 << 60) - 1
    private static let digits = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

    static func text60(_ number: UInt64) -> String {
        var characters: [UInt8] = []
        for shift in stride(from: 55, through: 0, by: -5) {
            characters.append(digits[Int(number >> UInt64(shift)) & 31])
        }
        return String(decoding: characters, as: UTF8.self)
    }

    static func parse(
        _ text: some StringProtocol,
        letter: Character
    ) -> (county: UInt32, number: UInt64)? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].utf8.count == 6, let county = UInt32(parts[0]),
            parts[1] == String(letter), parts[2].utf8.count == 12
        else { return nil }
        var number: UInt64 = 0
        for character in parts[2].utf8 {
            let upper = (97...122).contains(character) ? character - 32 : character
            guard let value = digits.firstIndex(of: upper) else { return nil }
            number = number << 5 | UInt64(value)
        }
        return (county, number)
    }
}
