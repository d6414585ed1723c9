import Text

/// One item's features laid out by their numbers, so that another's are compared with it in one pass
/// (平铺的特征).
package struct LaidFeatures: Sendable {
    /// Bits of the filter less one.
    private static let filterMask: UInt32 = 0xffff

    /// Marks and weight by feature; all zero between two items.
    private var words: [UInt32]
    /// A bit for the lower part of each number that is laid out: most features of another item are
    /// none of this one's, and 8 KB tell that without a look into a table of megabytes.
    private var filter = [UInt64](repeating: 0, count: (Int(filterMask) + 1) / 64)

    /// Room for so many features.
    package init(featureCount: Int) { words = Array(repeating: 0, count: featureCount) }

    /// Makes room for one feature more.
    mutating func append() { words.append(0) }

    /// Lays out an item's features.
    package mutating func layOut(_ features: [FeatureWeight]) {
        for entry in features where Int(entry.feature) < words.count {
            let low = entry.feature & LaidFeatures.filterMask
            words[Int(entry.feature)] = (entry.word >> 28) << 16 | UInt32(entry.weight)
            filter[Int(low >> 6)] |= 1 << UInt64(low & 63)
        }
    }

    /// Takes back what `layOut` laid out.
    package mutating func clear(_ features: [FeatureWeight]) {
        for entry in features where Int(entry.feature) < words.count {
            words[Int(entry.feature)] = 0
            filter[Int((entry.feature & LaidFeatures.filterMask) >> 6)] = 0
        }
    }

    /// The weight of a feature; 0 when the item has none.
    package func weight(of feature: UInt32) -> Int { Int(words[Int(feature)] & 0xffff) }

    /// Visits the features, given by their words, that the item has as well.
    @inline(__always)
    package func visit(_ features: Span<UInt32>, _ body: (_ place: Int, _ entry: UInt32) -> Void) {
        let (words, filter) = (words.span, filter.span)
        for index in features.indices {
            let feature = features[index] & FeatureWeight.numberMask
            let low = feature & LaidFeatures.filterMask
            guard filter[Int(low >> 6)] & 1 << UInt64(low & 63) != 0 else { continue }
            let entry = words[Int(feature)]
            if entry != 0 { body(index, entry) }
        }
    }
}
