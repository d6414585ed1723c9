/// An administrative division (行政区划) by its code: GB/T 2260 down to the county, GB/T 10114 for
/// the township.
///
/// Stored as nine decimal digits; the last three are 000 for a whole county. `000000` is unknown.
public struct Division: Hashable, Comparable, Sendable {
    /// The nine digits as a number, 0 to 999,999,999.
    public let number: UInt32

    /// A place that nobody named.
    public static let unknown = Division(number: 0)

    init(number: UInt32) {
        self.number = number
    }

    /// A division by the number of its nine digits; `nil` for more digits.
    package init?(checking number: UInt32) {
        guard number <= 999_999_999 else { return nil }
        self.number = number
    }

    /// A division from a code of 6 or 9 digits; `nil` for anything else.
    public init?(code: String) {
        let digits = code.utf8
        guard digits.count == 6 || digits.count == 9 else { return nil }
        var value: UInt32 = 0
        for digit in digits {
            guard (48...57).contains(digit) else { return nil }
            value = value * 10 + UInt32(digit - 48)
        }
        self.number = digits.count == 6 ? value * 1000 : value
    }

    /// By code.
    public static func < (left: Division, right: Division) -> Bool {
        left.number < right.number
    }

    /// Nobody said where.
    public var isUnknown: Bool { number == 0 }

    /// The county of a township; a county is its own.
    public var county: Division { Division(number: number / 1000 * 1000) }

    /// A township rather than a whole county.
    public var isTownship: Bool { number % 1000 != 0 }

    /// The code with 6 digits for a county and 9 for a township.
    public var code: String {
        isTownship ? padded(Int(number), 9) : padded(Int(number / 1000), 6)
    }

    /// The four tokens of a subject: province, prefecture, county, township (`44`, `14`, `24`,
    /// `120`).
    public var tokens: [String] {
        let number = Int(number)
        return [
            Division.pairs[number / 10_000_000], Division.pairs[number / 100_000 % 100],
            Division.pairs[number / 1000 % 100], Division.triples[number % 1000],
        ]
    }

    /// A subject is made for each decision that a replay looks at, and its tokens are these.
    private static let pairs = (0..<100).map { padded($0, 2) }
    private static let triples = (0..<1000).map { padded($0, 3) }

    /// The same place, or one of the two lies inside the other.
    ///
    /// An unknown division is compatible with every other: silence is no evidence.
    public func isCompatible(with other: Division) -> Bool {
        if isUnknown || other.isUnknown { return true }
        guard number / 1000 == other.number / 1000 else { return false }
        return number == other.number || !isTownship || !other.isTownship
    }
}
