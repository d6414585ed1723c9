/// Whole-number logarithm, power and root, so that a score is the same on every machine (定点数).
///
/// Values are in 1/1024. The tables are computed from whole numbers alone when first used.
enum FixedPoint {
    /// One.
    static let one = 1024

    /// The binary logarithm of a whole number >= 1, in 1/1024, rounded down.
    @inline(__always)
    static func log2(_ value: Int) -> Int {
        let width = Int.bitWidth - 1 - value.leadingZeroBitCount
        // The leading eleven bits choose the fraction.
        let mantissa = width >= 10 ? value >> (width - 10) : value << (10 - width)
        return (width << 10) + Int(fractions[mantissa & 1023])
    }

    /// Two to the minus `exponent`, the exponent >= 0 in 1/1024.
    static func exp2(minus exponent: Int) -> Int {
        let whole = exponent >> 10
        guard whole < 20 else { return 0 }
        return Int(powers[exponent & 1023]) >> whole
    }

    /// The whole square root, rounded down.
    static func squareRoot(_ value: UInt64) -> UInt64 {
        guard value > 0 else { return 0 }
        var root = UInt64(1) << UInt64((65 - value.leadingZeroBitCount) / 2)
        while true {
            let next = (root + value / root) / 2
            if next >= root { return root }
            root = next
        }
    }

    /// `log2(1 + i / 1024)` in 1/1024, by squaring: each squaring yields one more bit.
    private static let fractions: [Int32] = (0..<1024).map { index in
        var mantissa = UInt64(1024 + index) << 21
        var bits: Int32 = 0
        for _ in 0..<10 {
            mantissa = (mantissa * mantissa) >> 31
            bits <<= 1
            if mantissa >= 1 << 32 {
                bits |= 1
                mantissa >>= 1
            }
        }
        return bits
    }

    /// `2^(-i / 1024)` in 1/1024, from repeated square roots of one half.
    private static let powers: [Int32] = {
        // roots[k] = 2^(-1 / 2^(k + 1)) in 1/2^31.
        var roots: [UInt64] = []
        var root = UInt64(1) << 30
        for _ in 0..<10 {
            root = squareRoot(root << 31)
            roots.append(root)
        }
        return (0..<1024).map { index in
            var product = UInt64(1) << 31
            for bit in 0..<10 where index & (512 >> bit) != 0 {
                product = (product * roots[bit]) >> 31
            }
            return Int32((product + (1 << 20)) >> 21)
        }
    }()
}
