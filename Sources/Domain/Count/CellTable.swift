/// Numbers of which some are sums of others (统计表), and which of them may be shown.
///
/// A number of 1 to 4 is hidden, and with it so many others that no sum, and nothing that follows from
/// several sums together, gives a hidden one away.
package struct CellTable: Sendable {
    /// What a number is: where another has to be hidden, an earlier kind goes first.
    package enum Kind: Int, Sendable {
        /// A part that is no sum of others.
        case part
        /// A sum of parts.
        case sum
        /// A sum of sums.
        case whole
    }

    private struct Cell {
        let value: Int
        let kind: Kind
        var isHidden: Bool
    }

    private struct Sum {
        let parts: [Int]
        let total: Int

        var places: [Int] { parts + [total] }
    }

    private var cells: [Cell] = []
    private var sums: [Sum] = []

    /// An empty table.
    package init() {}

    /// Adds a number.
    ///
    /// - Parameters:
    ///   - value: The number, 0 or more.
    ///   - kind: What it is.
    /// - Returns: Its place in what `shown` gives.
    package mutating func add(_ value: Int, _ kind: Kind = .part) -> Int {
        cells.append(Cell(value: value, kind: kind, isHidden: SmallCells.shown(value) == nil))
        return cells.count - 1
    }

    /// Says that a number is the sum of others; where it is not, nothing follows from it.
    package mutating func add(sum total: Int, of parts: [Int]) {
        let value = parts.reduce(0) { $0 + cells[$1].value }
        if value == cells[total].value { sums.append(Sum(parts: parts, total: total)) }
    }

    /// The numbers in the order in which they were added; `nil` for those that are not shown.
    ///
    /// The same table gives the same. Nothing at all is shown always: that no item came names nobody.
    package func shown() -> [Int?] {
        var table = self
        while let candidates = table.leak() {
            let everything = Array(table.cells.indices)
            guard let next = table.least(of: candidates) ?? table.least(of: everything) else {
                break
            }
            table.cells[next].isHidden = true
        }
        return table.cells.map { $0.isHidden ? nil : $0.value }
    }

    /// The numbers of which one has to be hidden, because a hidden one could be computed.
    private func leak() -> [Int]? {
        for sum in sums where isTold(by: sum) { return sum.places }
        guard let place = solved() else { return nil }
        return sums.filter { $0.places.contains(place) }.flatMap(\.places)
    }

    /// Whether one sum alone tells a hidden number: it has but one, or its hidden parts are one each.
    private func isTold(by sum: Sum) -> Bool {
        let parts = sum.parts.filter { cells[$0].isHidden }
        guard !cells[sum.total].isHidden else { return parts.isEmpty }
        let rest = parts.reduce(0) { $0 + cells[$1].value }
        return parts.count == 1 || !parts.isEmpty && rest == parts.count
    }

    /// The least number of the lowest kind that is shown and is not nothing; the first of several.
    private func least(of places: [Int]) -> Int? {
        func order(_ place: Int) -> (Int, Int, Int) {
            (cells[place].kind.rawValue, cells[place].value, place)
        }
        return places.filter { !cells[$0].isHidden && cells[$0].value > 0 }
            .min { order($0) < order($1) }
    }

    /// A hidden number that all sums together give away.
    ///
    /// Of the sums only the hidden numbers are unknown. Brought to the form in which each begins where no other
    /// has anything, a sum with a single unknown gives its value.
    private func solved() -> Int? {
        let unknowns = cells.indices.filter { cells[$0].isHidden }
        var rows = sums.map { sum in
            unknowns.map { ($0 == sum.total ? -1 : 0) + (sum.parts.contains($0) ? 1 : 0) }
        }
        var height = 0
        for column in unknowns.indices {
            guard let pivot = rows[height...].firstIndex(where: { $0[column] != 0 }) else {
                continue
            }
            rows.swapAt(height, pivot)
            for row in rows.indices where row != height && rows[row][column] != 0 {
                rows[row] = CellTable.without(column, rows[row], rows[height])
            }
            height += 1
            if height == rows.count { break }
        }
        for row in rows.prefix(height) where row.count(where: { $0 != 0 }) == 1 {
            return row.firstIndex { $0 != 0 }.map { unknowns[$0] }
        }
        return nil
    }

    /// A row in which another took away what stood in a column, in the smallest whole numbers.
    private static func without(_ column: Int, _ row: [Int], _ other: [Int]) -> [Int] {
        let (own, others) = (row[column], other[column])
        let found = zip(row, other).map { $0 * others - $1 * own }
        let divisor = found.reduce(0, greatestCommonDivisor)
        return divisor > 1 ? found.map { $0 / divisor } : found
    }

    private static func greatestCommonDivisor(_ left: Int, _ right: Int) -> Int {
        var (left, right) = (abs(left), abs(right))
        while right != 0 { (left, right) = (right, left % right) }
        return left
    }
}
