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
