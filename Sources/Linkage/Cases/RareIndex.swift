import Domain
import Text

/// Finds earlier items that share rare features, from a bounded list for each feature (倒排索引).
///
/// Rarity is learnt from the stream: a feature counts as it stood when the item came, so nothing
/// sees the future.
struct RareIndex: Sendable {
    /// The features of an item under which it can be found.
    static let listedFeatures = 48
    /// The features of an item by which it looks for others.
    static let soughtFeatures = 64

    /// One item's entry in a feature's list.
    private struct Posting: Sendable {
        var item: Int32
        var weight: UInt16
    }

    private var vocabulary: [UInt32: UInt32] = [:]
    /// In how many texts each feature stood.
    private var texts: [UInt32] = []
    /// Lists that are overwritten from the oldest on when they are full.
    private var lists: [[Posting]] = []
    private var listed: [UInt32] = []
    private var textCount = 0
    /// The table of the settings, by pair.
    private var known: [UInt32: UInt32] = [:]
    private var knownTexts = 0
    private var listMax = 1

    /// Scores by item and weights by feature, laid out flat; all zero between calls.
    private var scores: [Int32] = []
    private(set) var weights: [UInt16] = []

    /// The feature of a pair that was met before.
    func feature(of pair: UInt32) -> UInt32? { vocabulary[pair] }

    /// Takes over the settings; what was learnt stays.
    mutating func adopt(_ settings: LinkageSettings) {
        listMax = max(1, settings.postingsMax)
        knownTexts = max(0, settings.pairTexts)
        known = [:]
        for (pair, count) in settings.pairFrequencies {
            guard let key = PairCounts.pair(of: pair), count > 0 else { continue }
            known[key] = UInt32(clamping: count)
        }
    }

    /// An item's features by falling weight; the squares of the weights add up to 2^30.
    mutating func weigh(_ counts: PairCounts) -> [FeatureWeight] {
        // One text more than there are, so that the very first has weights too.
        let total = FixedPoint.log2(textCount + knownTexts + 2)
        var raw: [(weight: Int, feature: UInt32)] = []
        raw.reserveCapacity(counts.entries.count)
        for entry in counts.entries {
            let feature = number(of: entry.pair)
            var count = Int(texts[Int(feature)])
            if knownTexts > 0, let more = known[entry.pair] { count += Int(more) }
            let rarity = total - FixedPoint.log2(count + 1)
            guard rarity > 0 else { continue }
            // 1 + ln(count): 710 is ln 2 in 1/1024.
            let often = FixedPoint.one + FixedPoint.log2(Int(entry.count)) * 710 / FixedPoint.one
            raw.append((rarity * often / FixedPoint.one, feature))
        }
        raw.sort { left, right in
            left.weight == right.weight ? left.feature < right.feature : left.weight > right.weight
        }
        let kept = raw.prefix(KeptItems.Limits.features)
        let squares = kept.reduce(UInt64(0)) { $0 + UInt64($1.weight * $1.weight) }
        // The length with eight more bits, so that short texts are judged as finely as long ones.
        let length = FixedPoint.squareRoot(squares << 16)
        guard length > 0 else { return [] }
        return kept.map { entry in
            let weight = (UInt64(entry.weight) << 23) / length
            return FeatureWeight(feature: entry.feature, weight: UInt16(min(weight, 32767)))
        }
    }

    /// Lays out an item's weights by feature so that likeness to others can be taken.
    mutating func layOut(_ features: [FeatureWeight]) {
        for entry in features { weights[Int(entry.feature)] = entry.weight }
    }

    /// Takes back what `layOut` laid out.
    mutating func clear(_ features: [FeatureWeight]) {
        for entry in features { weights[Int(entry.feature)] = 0 }
    }

    /// The items that share the most weight in rare features, by falling score, then in journal
    /// order; at most `max`, none under `least` (in 1/2^30).
    mutating func candidates(for features: [FeatureWeight], max: Int, least: Int) -> [Int] {
        var touched: [Int32] = []
        for entry in features.prefix(RareIndex.soughtFeatures) {
            for posting in lists[Int(entry.feature)] {
                let item = Int(posting.item)
                if scores[item] == 0 { touched.append(posting.item) }
                // One part in 2^10 is left out so that the sum fits 32 bits.
                scores[item] += Int32((Int(posting.weight) * Int(entry.weight)) >> 10) + 1
            }
        }
        // Score and item in one word, so that words fall as scores fall and items rise.
        var found: [UInt64] = []
        for item in touched {
            let score = scores[Int(item)]
            if Int(score) << 10 >= least {
                found.append(UInt64(score) << 32 | UInt64(UInt32.max - UInt32(item)))
            }
            scores[Int(item)] = 0
        }
        return RareIndex.greatest(max, of: found).map { word in
            Int(UInt32.max - UInt32(truncatingIfNeeded: word))
        }
    }

    /// The greatest words; a count by size spares sorting the many small ones.
    private static func greatest(_ max: Int, of words: [UInt64]) -> ArraySlice<UInt64> {
        guard words.count > max else { return words[...] }
        var counts = Array(repeating: 0, count: 1026)
        for word in words { counts[bucket(word)] += 1 }
        var (bound, above) = (counts.count, 0)
        while bound > 0, above < max {
            bound -= 1
            above += counts[bound]
        }
        return words.filter { bucket($0) >= bound }.sorted(by: >).prefix(max)
    }

    private static func bucket(_ word: UInt64) -> Int { min(1025, Int(word >> 42)) }

    /// Learns from an item and lists it under its rarest features.
    mutating func add(item: Int, features: [FeatureWeight], counts: PairCounts) {
        for entry in features.prefix(RareIndex.listedFeatures) {
            let number = Int(entry.feature)
            let posting = Posting(item: Int32(item), weight: entry.weight)
            if lists[number].count < listMax {
                lists[number].append(posting)
            } else {
                lists[number][Int(listed[number]) % lists[number].count] = posting
            }
            listed[number] &+= 1
        }
        for entry in counts.entries { texts[Int(number(of: entry.pair))] += 1 }
        textCount += 1
        makeRoom(itemCount: item + 1)
    }

    /// Lays out a score for so many items.
    mutating func makeRoom(itemCount: Int) {
        while scores.count < itemCount { scores.append(0) }
    }

    private mutating func number(of pair: UInt32) -> UInt32 {
        if let known = vocabulary[pair] { return known }
        let number = UInt32(texts.count)
        vocabulary[pair] = number
        texts.append(0)
        lists.append([])
        listed.append(0)
        weights.append(0)
        return number
    }
}

// In a state: features are numbered in the order of meeting; the settings' table comes from them.
extension RareIndex {
    func write(to writer: inout StateWriter) {
        var pairs = [UInt32](repeating: 0, count: texts.count)
        for (pair, number) in vocabulary { pairs[Int(number)] = pair }
        writer.begin(.index)
        writer.put(list: pairs)
        writer.put(list: texts)
        writer.put(list: listed)
        writer.put(list: lists.map { UInt32($0.count) })
        writer.put(list: lists.flatMap { $0.map(\.item) })
        writer.put(list: lists.flatMap { $0.map(\.weight) })
        writer.put(UInt64(textCount))
    }

    init(_ reader: inout StateReader, itemCount: Int) throws(StateError) {
        try reader.begin(.index)
        let pairs: [UInt32] = try reader.list("the pairs")
        texts = try reader.list("the pairs' counts", count: pairs.count)
        listed = try reader.list("the pairs' places", count: pairs.count)
        let counts: [UInt32] = try reader.list("the lists", count: pairs.count)
        let items: [Int32] = try reader.list("the listed items")
        let shares: [UInt16] = try reader.list("the listed weights", count: items.count)
        let isBounded = items.allSatisfy { $0 >= 0 && Int($0) < itemCount }
        try reader.check(
            isBounded && counts.reduce(0) { $0 + Int($1) } == items.count,
            "the listed items"
        )
        vocabulary.reserveCapacity(pairs.count)
        lists.reserveCapacity(pairs.count)
        var start = 0
        for (number, pair) in pairs.enumerated() {
            vocabulary[pair] = UInt32(number)
            let end = start + Int(counts[number])
            lists.append((start..<end).map { Posting(item: items[$0], weight: shares[$0]) })
            start = end
        }
        try reader.check(vocabulary.count == pairs.count, "the pairs")
        textCount = try reader.count("the counted texts")
        scores = Array(repeating: 0, count: itemCount)
        weights = Array(repeating: 0, count: pairs.count)
    }

    /// How many features were met.
    var featureCount: Int { texts.count }
}
