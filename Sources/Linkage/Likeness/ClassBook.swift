import Domain

/// What the agencies' classes sound like, learnt from the items that they classed, so that the
/// words of an item without a class can tell it (推定分类).
///
/// Such a class is for comparing items alone: no decision, count or answer shows it.
struct ClassBook: Sendable {
    /// A class by number, from 1 in the order of first appearance; 0 for none.
    typealias Number = UInt8

    /// Further classes of the stream are known by name and never told from words.
    private static let classesMax = 96
    /// A class of fewer items tells nothing yet.
    private static let itemsMin = 6
    /// By how much the words must speak for the class, and more than for any other: six bits.
    private static let leastBits = 6 * FixedPoint.one

    private var numbers: [Category: Number] = [:]
    /// Classed items in all, then of each class.
    private var items: [Int] = Array(repeating: 0, count: ClassBook.classesMax + 1)
    /// By feature: in how many classed items it stood, then of each class.
    private var counts: [UInt16] = []

    /// The number of a class that an agency gave.
    mutating func number(of category: Category) -> Number {
        if category == .unknown { return 0 }
        if let known = numbers[category] { return known }
        guard numbers.count < Int(Number.max) else { return 0 }
        let number = Number(numbers.count + 1)
        numbers[category] = number
        return number
    }

    /// The number of a class that an item had before, else 0.
    func known(_ category: Category) -> Number { numbers[category] ?? 0 }

    /// Learns the words of an item that an agency classed.
    mutating func add(_ number: Number, features: [FeatureWeight]) {
        guard number > 0, Int(number) <= ClassBook.classesMax else { return }
        let width = ClassBook.classesMax + 1
        items[0] += 1
        items[Int(number)] += 1
        for entry in features {
            let row = Int(entry.feature) * width
            if counts.count < row + width {
                counts += Array(repeating: 0, count: row + width - counts.count)
            }
            // A full row is halved, which leaves its shares as they are.
            if counts[row] == UInt16.max {
                for place in row..<(row + width) { counts[place] /= 2 }
            }
            counts[row] += 1
            counts[row + Int(number)] += 1
        }
    }

    /// The class that the words speak for; 0 when they speak for none or for two.
    ///
    /// Each word adds the logarithm of how much oftener than expected it stood in the class; one
    /// more of both keeps rare words from saying much.
    func guess(_ features: [FeatureWeight]) -> Number {
        let width = ClassBook.classesMax + 1
        let all = items[0]
        guard all > 0 else { return 0 }
        var (best, second): ((Number, Int), Int) = ((0, 0), 0)
        for number in 1...ClassBook.classesMax where items[number] >= ClassBook.itemsMin {
            var bits = 0
            for entry in features {
                let row = Int(entry.feature) * width
                guard row < counts.count else { continue }
                let expected = 256 * items[number] * Int(counts[row]) / all
                bits += FixedPoint.log2(256 * Int(counts[row + number]) + 256)
                bits -= FixedPoint.log2(expected + 256)
            }
            if bits > best.1 {
                second = best.1
                best = (Number(number), bits)
            } else {
                second = max(second, bits)
            }
        }
        return best.1 - second >= ClassBook.leastBits ? best.0 : 0
    }
}

// In a state: classes in the order of their numbers; of each feature's row what is not zero.
extension ClassBook {
    func write(to writer: inout StateWriter) {
        var keys = [String](repeating: "", count: numbers.count)
        for (category, number) in numbers { keys[Int(number) - 1] = category.key }
        writer.begin(.classes)
        writer.put(texts: keys)
        writer.put(list: items.map { UInt64($0) })
        writer.put(UInt64(counts.count))
        var (places, values): ([UInt32], [UInt16]) = ([], [])
        for (place, count) in counts.enumerated() where count > 0 {
            places.append(UInt32(place))
            values.append(count)
        }
        writer.put(list: places)
        writer.put(list: values)
    }

    init(_ reader: inout StateReader, featureCount: Int) throws(StateError) {
        try reader.begin(.classes)
        for key in try reader.texts("the classes") {
            guard let category = Category(key: key), numbers[category] == nil,
                numbers.count < Int(Number.max)
            else { throw .badField("the classes") }
            numbers[category] = Number(numbers.count + 1)
        }
        let met: [UInt64] = try reader.list("the classes' items", count: items.count)
        items = met.map { Int(truncatingIfNeeded: $0) }
        let width = ClassBook.classesMax + 1
        let size = try reader.count("the classes' words", max: featureCount * width)
        let places: [UInt32] = try reader.list("the classes' places")
        let values: [UInt16] = try reader.list("the classes' counts", count: places.count)
        let isWhole = size % width == 0 && places.allSatisfy { Int($0) < size }
        try reader.check(isWhole && items.allSatisfy { $0 >= 0 }, "the classes' words")
        counts = Array(repeating: 0, count: size)
        for (place, value) in zip(places, values) { counts[Int(place)] = value }
    }
}
