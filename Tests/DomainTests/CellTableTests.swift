import Domain
import Storage
import Testing

/// No hidden number of a table can be computed from those that are shown.
@Suite struct CellTableTests {
    /// A table with what a reader knows of it.
    private struct Trial {
        var table = CellTable()
        var values: [Int] = []
        var sums: [(total: Int, parts: [Int])] = []

        mutating func add(_ value: Int, _ kind: CellTable.Kind = .part) -> Int {
            values.append(value)
            return table.add(value, kind)
        }

        mutating func add(sum total: Int, of parts: [Int]) {
            sums.append((total, parts))
            table.add(sum: total, of: parts)
        }

        /// Parts and their total.
        init(parts: [Int] = []) {
            guard !parts.isEmpty else { return }
            let places = parts.map { add($0) }
            let total = add(parts.reduce(0, +), .sum)
            add(sum: total, of: places)
        }

        /// Rows and columns with their totals, and the first column's told apart in two ways.
        init(drawnWith random: inout SplitMix64) {
            var rows: [[Int]] = []
            for _ in 0..<(1 + Int(random.next() % 3)) {
                var row: [Int] = []
                for _ in 0..<3 { row.append(add(Trial.draw(&random))) }
                let total = add(row.reduce(0) { $0 + values[$1] }, .sum)
                add(sum: total, of: row)
                rows.append(row + [total])
            }
            let whole = add(rows.reduce(0) { $0 + values[$1[3]] }, .whole)
            add(sum: whole, of: rows.map { $0[3] })
            let column = rows.map { $0[0] }
            let sum = add(column.reduce(0) { $0 + values[$1] }, .sum)
            add(sum: sum, of: column)
            let first = add(Int(random.next() % UInt64(values[sum] + 1)))
            let rest = add(values[sum] - values[first])
            add(sum: sum, of: [first, rest])
        }

        private static func draw(_ random: inout SplitMix64) -> Int {
            switch random.next() % 3 {
            case 0: 0
            case 1: Int(random.next() % 6)
            default: Int(random.next() % 60)
            }
        }

        /// What somebody finds out who adds and takes away the sums in every way.
        func told(_ shown: [Int?]) -> [Int] {
            var found: [Int] = []
            let ways = (0..<sums.count).reduce(1) { count, _ in count * 3 }
            for way in 0..<ways {
                var weights = Array(repeating: 0, count: values.count)
                var rest = way
                for sum in sums {
                    let sign = rest % 3 - 1
                    rest /= 3
                    weights[sum.total] -= sign
                    for part in sum.parts { weights[part] += sign }
                }
                let unknown = weights.indices.filter { weights[$0] != 0 && shown[$0] == nil }
                if unknown.count == 1 { found.append(unknown[0]) }
            }
            // Hidden numbers are 1 at least: what leaves one for each of them tells them all.
            for sum in sums where shown[sum.total] != nil {
                let hidden = sum.parts.filter { shown[$0] == nil }
                let rest = hidden.reduce(0) { $0 + values[$1] }
                if !hidden.isEmpty, rest == hidden.count { found += hidden }
            }
            return found
        }
    }

    @Test("A part that the total would give away takes the smallest other with it")
    func aPartThatTheTotalWouldGiveAwayTakesAnotherWithIt() {
        #expect(Trial(parts: [3, 20, 7]).table.shown() == [nil, 20, nil, 30])
        #expect(Trial(parts: [3, 2, 7]).table.shown() == [nil, nil, 7, 12])
        #expect(Trial(parts: [9, 5]).table.shown() == [9, 5, 14])
        #expect(Trial(parts: [23, 2]).table.shown() == [nil, nil, 25])
    }

    @Test("Where no other part is there the total goes")
    func whereNoOtherPartIsThereTheTotalGoes() {
        #expect(Trial(parts: [3, 0]).table.shown() == [nil, 0, nil])
        #expect(Trial(parts: [0, 0]).table.shown() == [0, 0, 0])
    }

    @Test("Two that are one each are not left alone under their total")
    func twoThatAreOneEachAreNotLeftAlone() {
        let shown = Trial(parts: [1, 1, 9, 8]).table.shown()
        #expect(shown == [nil, nil, 9, nil, 19])
    }

    @Test("Nothing hidden follows from any sums of the shown", arguments: [UInt64(1), 2, 3, 4])
    func nothingHiddenFollowsFromAnySums(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        for round in 0..<60 {
            let trial = Trial(drawnWith: &random)
            let shown = trial.table.shown()
            #expect(trial.told(shown).isEmpty, "seed \(seed), round \(round): \(trial.values)")
            #expect(trial.table.shown() == shown, "seed \(seed), round \(round)")
            for (place, value) in trial.values.enumerated() {
                let note: Comment = "seed \(seed), round \(round), place \(place)"
                if (1...4).contains(value) { #expect(shown[place] == nil, note) }
                if value == 0 { #expect(shown[place] == 0, note) }
                if let told = shown[place] { #expect(told == value, note) }
            }
        }
    }
}
