import CPrefetch
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
    /// The most entries of lists that one item reads, those of its rarest features: in a large stream
    /// the others say little and cost most.
    private static let readMax = 1536

    /// One item's entry in a feature's list.
    private struct Posting: Sendable {
        var item: Int32
        var weight: UInt16
    }

    /// What is known of one feature, side by side: whoever asks for one part needs the others next.
    private struct Met: Sendable {
        /// In how many texts it stood.
        var texts: UInt32 = 0
        /// What the table of the settings adds to that.
        var known: UInt32
        /// How many items were listed, which tells the oldest of a full list.
        var listed: UInt32 = 0
        /// Its list, which is overwritten from the oldest on when it is full.
        var list: [Posting] = []
    }

    private var vocabulary = NumberTable()
    private var met: [Met] = []
    private var textCount = 0
    /// The table of the settings, by pair.
    private var known: [UInt32: UInt32] = [:]
    private var knownTexts = 0
    private var listMax = 1

    /// Scores by item, laid out flat; all zero between calls.
    private var scores: [Int32] = []
    /// The features of the item that is compared with others.
    private(set) var laid = LaidFeatures(featureCount: 0)
    /// Room for the items that have a score.
    private var touched: [Int32] = []

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
        for (pair, feature) in vocabulary.entries {
            met[Int(feature)].known = known[pair] ?? 0
        }
    }

    /// The features of a text.
    struct Weighed {
        /// By falling weight; the squares of the weights add up to 2^30.
        var features: [FeatureWeight] = []
        /// Of each of its pairs, in the order of the pairs.
        var ofPairs: [UInt32] = []
        /// The length of the weights before they were made 2^15 long, in 1/1024 bits and 2^-8.
        var length: UInt32 = 0
    }

    /// An item's features.
    mutating func weigh(_ counts: PairCounts) -> Weighed {
        for entry in counts.entries { vocabulary.prefetch(entry.pair) }
        let numbers = counts.entries.map { number(of: $0.pair) }
        met.withUnsafeBufferPointer { met in
            guard let start = met.baseAddress else { return }
            for number in numbers { ld_prefetch(start + Int(number), MemoryLayout<Met>.stride) }
        }
        return weigh(counts, numbers: numbers)
    }

    /// The same of a text that is not kept: pairs that were never met get numbers that no list has.
    func weighTrial(_ counts: PairCounts) -> Weighed {
        var next = UInt32(met.count)
        var numbers: [UInt32] = []
        for entry in counts.entries {
            if let known = vocabulary[entry.pair] {
                numbers.append(known)
            } else {
                numbers.append(next)
                next += 1
            }
        }
        return weigh(counts, numbers: numbers)
    }

    private func weigh(_ counts: PairCounts, numbers: [UInt32]) -> Weighed {
        // One text more than there are, so that the very first has weights too.
        let total = FixedPoint.log2(textCount + knownTexts + 2)
        var weighed = Weighed()
        weighed.ofPairs = numbers
        // Weight and feature in one word, the other way round, so that words rise as weights fall and
        // features rise.
        var raw: [UInt64] = []
        raw.reserveCapacity(counts.entries.count)
        // Weights stay below 2^20, so marks have room above the feature.
        for (entry, feature) in zip(counts.entries, numbers) {
            var count = 0
            if Int(feature) < met.count {
                count = Int(met[Int(feature)].texts)
                if knownTexts > 0 { count += Int(met[Int(feature)].known) }
            } else if knownTexts > 0 {
                count = Int(known[entry.pair] ?? 0)
            }
            let rarity = total - FixedPoint.log2(count + 1)
            guard rarity > 0 else { continue }
            // 1 + ln(count): 710 is ln 2 in 1/1024.
            let often = FixedPoint.one + FixedPoint.log2(Int(entry.count)) * 710 / FixedPoint.one
            let weight = UInt64(rarity * often / FixedPoint.one)
            let marks = UInt64(entry.marks.rawValue)
            raw.append(~(weight << 32 | UInt64(FeatureWeight.numberMask - feature) << 4 | marks))
        }
        BucketSort.sort(&raw)
        if raw.count > KeptItems.Limits.features {
            raw.removeSubrange(KeptItems.Limits.features...)
        }
        var squares: UInt64 = 0
        for word in raw { squares += (~word >> 32) * (~word >> 32) }
        // The length with eight more bits, so that short texts are judged as finely as long ones.
        let length = FixedPoint.squareRoot(squares << 16)
        guard length > 0 else { return weighed }
        weighed.length = UInt32(clamping: length)
        weighed.features.reserveCapacity(raw.count)
        for inverted in raw {
            let word = ~inverted
            weighed.features.append(
                FeatureWeight(
                    feature: FeatureWeight.numberMask - UInt32(truncatingIfNeeded: word) >> 4,
                    marks: PairCounts.Marks(rawValue: UInt8(truncatingIfNeeded: word & 15)),
                    weight: UInt16(min(((word >> 32) << 23) / length, 32767))
                )
            )
        }
        return weighed
    }

    /// Lays out an item's features so that likeness to others can be taken.
    mutating func layOut(_ features: [FeatureWeight]) { laid.layOut(features) }

    /// Takes back what `layOut` laid out.
    mutating func clear(_ features: [FeatureWeight]) { laid.clear(features) }

    /// The items that share the most weight in rare features, by falling score, then in journal
    /// order; at most `max`, none under `least` (in 1/2^30).
    mutating func candidates(for features: [FeatureWeight], max: Int, least: Int) -> [Int] {
        // All lengths are asked for before any list is read: the memory is asked once for all of them
        // and not waited for list by list.
        let sought = features.prefix(RareIndex.soughtFeatures).filter {
            Int($0.feature) < met.count
        }
        var room = RareIndex.readMax
        var end = 0
        for length in sought.map({ met[Int($0.feature)].list.count }) {
            room -= length
            if room < 0 { break }
            end += 1
        }
        var count = 0
        prefetch(sought[..<end])
        for entry in sought[..<end] {
            RareIndex.add(met[Int(entry.feature)].list, entry.weight, to: &scores, &touched, &count)
        }
        return RareIndex.reached(touched, count, least: least, &scores, max: max)
    }

    /// The greatest scores of those that were touched, which are zero again.
    private static func reached(
        _ touched: [Int32],
        _ count: Int,
        least: Int,
        _ scores: inout [Int32],
        max: Int
    ) -> [Int] {
        // Score and item in one word, so that words fall as scores fall and items rise.
        var found: [UInt64] = []
        found.reserveCapacity(count)
        let items = touched.span
        var scores = scores.mutableSpan
        for index in 0..<count {
            let item = Int(items[index])
            let score = scores[item]
            if Int(score) << 10 >= least {
                found.append(UInt64(score) << 32 | UInt64(UInt32.max - UInt32(item)))
            }
            scores[item] = 0
        }
        var reached: [Int] = []
        for word in Greatest.words(max, of: found) {
            reached.append(Int(UInt32.max - UInt32(truncatingIfNeeded: word)))
        }
        return reached
    }

    /// Adds what one feature's list says to the scores, and the items that had none to `touched`.
    private static func add(
        _ list: [Posting],
        _ weight: UInt16,
        to scores: inout [Int32],
        _ touched: inout [Int32],
        _ count: inout Int
    ) {
        let postings = list.span
        var scores = scores.mutableSpan
        var touched = touched.mutableSpan
        var here = count
        defer { count = here }
        for index in postings.indices {
            let posting = postings[index]
            let score = scores[Int(posting.item)]
            // Written always and kept when it is new: a branch would be guessed wrongly too often.
            touched[here] = posting.item
            here += score == 0 ? 1 : 0
            // One part in 2^10 is left out so that the sum fits 32 bits.
            let share = (UInt32(posting.weight) * UInt32(weight)) >> 10
            scores[Int(posting.item)] = score + Int32(truncatingIfNeeded: share) + 1
        }
    }

    /// Learns from an item and lists it under its rarest features.
    mutating func add(item: Int, _ weighed: Weighed) {
        list(item: item, weighed.features[...])
        for feature in weighed.ofPairs { met[Int(feature)].texts += 1 }
        textCount += 1
        makeRoom(itemCount: item + 1)
    }

    /// Lists an item under the rarest of its features, as the newest there.
    mutating func list(item: Int, _ features: ArraySlice<FeatureWeight>) {
        for entry in features.prefix(RareIndex.listedFeatures) {
            let number = Int(entry.feature)
            let posting = Posting(item: Int32(item), weight: entry.weight)
            let count = met[number].list.count
            if count < listMax {
                met[number].list.append(posting)
            } else {
                met[number].list[Int(met[number].listed) % count] = posting
            }
            met[number].listed &+= 1
        }
    }

    /// Takes an item out of the lists; the others keep their order, the oldest first.
    mutating func unlist(item: Int, _ features: ArraySlice<FeatureWeight>) {
        let own = features.prefix(RareIndex.listedFeatures)
        prefetch(own)
        for entry in own {
            let number = Int(entry.feature)
            guard let place = met[number].list.firstIndex(where: { $0.item == Int32(item) }) else {
                continue
            }
            let count = met[number].list.count
            let oldest = count < listMax ? 0 : Int(met[number].listed) % count
            if oldest > 0 {
                let list = met[number].list
                met[number].list = Array(list[oldest...] + list[..<oldest])
            }
            met[number].list.remove(at: (place + count - oldest) % count)
            met[number].listed = UInt32(count - 1)
        }
    }

    /// Asks for the lists of features before they are read, so that they come together.
    private func prefetch(_ features: ArraySlice<FeatureWeight>) {
        for entry in features {
            met[Int(entry.feature)].list.withUnsafeBufferPointer { list in
                guard let start = list.baseAddress else { return }
                ld_prefetch(start, list.count * MemoryLayout<Posting>.stride)
            }
        }
    }

    /// Lays out a score for so many items.
    mutating func makeRoom(itemCount: Int) {
        while scores.count < itemCount { scores.append(0) }
        // One more than there are items, for what is written and not kept.
        while touched.count <= itemCount { touched.append(0) }
    }

    private mutating func number(of pair: UInt32) -> UInt32 {
        if let known = vocabulary[pair] { return known }
        let number = UInt32(met.count)
        vocabulary.add(pair, number: number)
        met.append(Met(known: known[pair] ?? 0))
        laid.append()
        return number
    }
}

// In a state: features are numbered in the order of meeting; the settings' table comes from them.
extension RareIndex {
    func write(to writer: inout StateWriter) {
        var pairs = [UInt32](repeating: 0, count: met.count)
        for (pair, number) in vocabulary.entries { pairs[Int(number)] = pair }
        writer.begin(.index)
        writer.put(list: pairs)
        writer.put(list: met.map(\.texts))
        writer.put(list: met.map(\.listed))
        writer.put(list: met.map { UInt32($0.list.count) })
        writer.put(list: met.flatMap { $0.list.map(\.item) })
        writer.put(list: met.flatMap { $0.list.map(\.weight) })
        writer.put(UInt64(textCount))
    }

    init(_ reader: inout StateReader, itemCount: Int) throws(StateError) {
        try reader.begin(.index)
        let pairs: [UInt32] = try reader.list("the pairs")
        let texts: [UInt32] = try reader.list("the pairs' counts", count: pairs.count)
        let listed: [UInt32] = try reader.list("the pairs' places", count: pairs.count)
        let counts: [UInt32] = try reader.list("the lists", count: pairs.count)
        let items: [Int32] = try reader.list("the listed items")
        let shares: [UInt16] = try reader.list("the listed weights", count: items.count)
        let isBounded = items.allSatisfy { $0 >= 0 && Int($0) < itemCount }
        try reader.check(
            isBounded && counts.reduce(0) { $0 + Int($1) } == items.count,
            "the listed items"
        )
        met.reserveCapacity(pairs.count)
        var start = 0
        for (number, pair) in pairs.enumerated() {
            vocabulary.add(pair, number: UInt32(number))
            let end = start + Int(counts[number])
            met.append(
                Met(
                    texts: texts[number],
                    known: 0,
                    listed: listed[number],
                    list: (start..<end).map { Posting(item: items[$0], weight: shares[$0]) }
                )
            )
            start = end
        }
        try reader.check(vocabulary.count == pairs.count, "the pairs")
        textCount = try reader.count("the counted texts")
        makeRoom(itemCount: itemCount)
        laid = LaidFeatures(featureCount: pairs.count)
    }

    /// How many features were met.
    var featureCount: Int { met.count }

    /// How full the lists are by which an item with these features looks for others.
    func listFigures(of features: [FeatureWeight]) -> ListFigures {
        var figures = ListFigures()
        var reached: Set<Int32> = []
        for entry in features.prefix(RareIndex.soughtFeatures) {
            let list = met[Int(entry.feature)].list
            if figures.postings + list.count > RareIndex.readMax { break }
            figures.sought += 1
            figures.postings += list.count
            figures.full += list.count == listMax ? 1 : 0
            for posting in list { reached.insert(posting.item) }
        }
        figures.reached = reached.count
        return figures
    }
}
