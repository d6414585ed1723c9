import Domain

/// A running hash over what every item was judged by (判据轨迹).
///
/// Features with their weights, candidates and scores go in, so two engines that differ anywhere
/// that an item has looked differ here, long before a decision shows it. It decides nothing.
package struct Trail: Equatable, Sendable {
    /// The hash so far.
    package internal(set) var value: UInt64 = 0

    @inline(__always)
    mutating func add(_ number: UInt64) {
        value = (value ^ number) &* 0x9e37_79b9_7f4a_7c15
        value ^= value >> 29
    }

    mutating func add(_ features: [FeatureWeight]) {
        for entry in features { add(UInt64(entry.feature) << 16 | UInt64(entry.weight)) }
    }

    mutating func add(_ newcomer: Newcomer) {
        add(UInt64(newcomer.classNumber) << 32 | UInt64(newcomer.township.number))
        for person in newcomer.persons { add(UInt64(person)) }
        for item in newcomer.related { add(UInt64(item)) }
        add(UInt64(bitPattern: Int64(newcomer.copy?.item ?? -1)))
    }
}
