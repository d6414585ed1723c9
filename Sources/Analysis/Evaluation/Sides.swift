/// Labels and prediction side by side, as numbers in the order of first appearance.
struct Sides {
    /// A grouping of the items.
    struct Grouping {
        /// The group of each item.
        var group: [Int] = []
        /// The members of each group.
        var members: [[Int]] = []

        init<Value: Hashable>(_ names: [Value]) {
            var numbers: [Value: Int] = [:]
            for (item, name) in names.enumerated() {
                let number = numbers[name] ?? members.count
                if number == members.count {
                    numbers[name] = number
                    members.append([])
                }
                group.append(number)
                members[number].append(item)
            }
        }
    }

    let matters: Grouping
    let clusters: Grouping
    /// The judged items in the order of the stream.
    let judged: [Int]
    let isJudged: [Bool]

    init(ids: [String], gold: [String: String], clusters: [String: String]) {
        matters = Grouping(ids.map { gold[$0] ?? "_outside_" + $0 })
        self.clusters = Grouping(ids.map { clusters[$0] ?? "_single_" + $0 })
        isJudged = ids.map { gold[$0] != nil }
        judged = ids.indices.filter { gold[ids[$0]] != nil }
    }

    /// From the matter of each item, empty for none, and a number for its cluster.
    init(matters labels: [String], clusters numbers: [Int]) {
        // An item without a label is a matter of its own, which no other name can be.
        matters = Grouping(labels.enumerated().map { $1.isEmpty ? "\u{0}\($0)" : $1 })
        clusters = Grouping(numbers)
        isJudged = labels.map { !$0.isEmpty }
        judged = labels.indices.filter { !labels[$0].isEmpty }
    }

    func pairwise() -> LinkingScore.Quality {
        var (right, wrong, missed) = (0, 0, 0)
        for members in matters.members {
            let inside = members.filter { isJudged[$0] }
            guard inside.count > 1 else { continue }
            let found = Sides.counts(inside.map { clusters.group[$0] })
                .reduce(0) { $0 + Sides.pairs($1.count) }
            right += found
            missed += Sides.pairs(inside.count) - found
        }
        for members in clusters.members {
            let inside = members.filter { isJudged[$0] }
            let all =
                Sides.pairs(inside.count) + inside.count * (members.count - inside.count)
            wrong +=
                all
                - Sides.counts(inside.map { matters.group[$0] })
                .reduce(0) { $0 + Sides.pairs($1.count) }
        }
        return LinkingScore.Quality(
            Sides.ratio(right, right + wrong),
            Sides.ratio(right, right + missed)
        )
    }

    func bcubed() -> (LinkingScore.Quality, LinkingScore.Quality) {
        var (precision, recall, multiPrecision, multiRecall) = (0.0, 0.0, 0.0, 0.0)
        var multi = 0
        for item in judged {
            let matter = matters.group[item]
            let cluster = clusters.members[clusters.group[item]]
            let both = Double(cluster.count { matters.group[$0] == matter })
            let size = matters.members[matter].count
            let (one, other) = (both / Double(cluster.count), both / Double(size))
            precision += one
            recall += other
            if size > 1 {
                multiPrecision += one
                multiRecall += other
                multi += 1
            }
        }
        func mean(_ sum: Double, _ count: Int) -> Double { count == 0 ? 0 : sum / Double(count) }
        return (
            LinkingScore.Quality(mean(precision, judged.count), mean(recall, judged.count)),
            LinkingScore.Quality(mean(multiPrecision, multi), mean(multiRecall, multi))
        )
    }

    func wholeMatters() -> LinkingScore.Quality {
        var (all, found) = (0, 0)
        for members in matters.members
        where members.count > 1 && members.contains(where: { isJudged[$0] }) {
            all += 1
            let isFound = Sides.counts(members.map { clusters.group[$0] }).contains { entry in
                let union = clusters.members[entry.group].count + members.count - entry.count
                return entry.count > 1 && entry.count * 2 > union
            }
            if isFound { found += 1 }
        }
        var (called, right) = (0, 0)
        for members in clusters.members
        where members.count > 1 && members.contains(where: { isJudged[$0] }) {
            called += 1
            // The commonest matter, the first of equals.
            var best: (group: Int, count: Int) = (0, 0)
            for entry in Sides.counts(members.map { matters.group[$0] })
            where entry.count > best.count {
                best = entry
            }
            let union = members.count + matters.members[best.group].count - best.count
            if best.count > 1, best.count * 2 > union { right += 1 }
        }
        return LinkingScore.Quality(Sides.ratio(right, called), Sides.ratio(found, all))
    }

    /// Mutual information over the mean of the entropies; 1 where both are nothing.
    func mutualInformation() -> Double {
        let count = Double(judged.count)
        let left = Sides.counts(judged.map { matters.group[$0] })
        let right = Sides.counts(judged.map { clusters.group[$0] })
        func entropy(_ counts: [(group: Int, count: Int)]) -> Double {
            -counts.reduce(0.0) { sum, entry in
                let share = Double(entry.count) / count
                return sum + share * Rounding.logarithm(share)
            }
        }
        var sizes = (left: [Int: Int](), right: [Int: Int]())
        for entry in left { sizes.left[entry.group] = entry.count }
        for entry in right { sizes.right[entry.group] = entry.count }
        let width = clusters.members.count
        let joint = Sides.counts(judged.map { matters.group[$0] * width + clusters.group[$0] })
        let information = joint.reduce(0.0) { sum, entry in
            let one = sizes.left[entry.group / width] ?? 1
            let other = sizes.right[entry.group % width] ?? 1
            let value = Double(entry.count)
            return sum + value / count
                * Rounding.logarithm(value * count / Double(one * other))
        }
        let mean = (entropy(left) + entropy(right)) / 2
        return mean == 0 ? 1 : information / mean
    }

    /// How often each group stands in a list, in the order of first appearance.
    private static func counts(_ groups: [Int]) -> [(group: Int, count: Int)] {
        var places: [Int: Int] = [:]
        var counts: [(group: Int, count: Int)] = []
        for group in groups {
            if let place = places[group] {
                counts[place].count += 1
            } else {
                places[group] = counts.count
                counts.append((group, 1))
            }
        }
        return counts
    }

    private static func pairs(_ count: Int) -> Int { count * (count - 1) / 2 }

    private static func ratio(_ part: Int, _ whole: Int) -> Double {
        whole == 0 ? 1 : Double(part) / Double(whole)
    }
}
