package import Domain
package import Linkage
import Storage

/// Fits the weights of `linkage.yaml` to labels: a search from the settings in force that keeps what
/// links the labelled items better (权重拟合).
///
/// Deterministic by its seed; pure, on the caller's thread.
package struct Tuning: Sendable {
    /// What a clustering is worth: matters first, then B-cubed, then pairs, each as F1.
    package struct Figures: Equatable, Sendable {
        /// Whole matters.
        package let matters: Double
        /// B-cubed over matters of two and more.
        package let bcubed: Double
        /// Pairs.
        package let pairwise: Double
        /// Pairs that were linked though they must not.
        package let apart: Double

        /// The sum that the search makes greater.
        package var value: Double {
            matters + 0.4 * bcubed + 0.2 * pairwise - 0.008 * apart
        }
    }

    /// One order of the items, with what the engine saw of them in it.
    package struct Stream: Sendable {
        /// All items in their order.
        let ids: [String]
        let log: PairLog

        /// A stream of items, each once.
        package init(ids: [String], log: PairLog) {
            self.ids = ids
            self.log = log
        }
    }

    /// A stream with its labels.
    private struct Labelled: Sendable {
        let log: PairLog
        /// The matter of each item, empty for none.
        let matters: [String]
        let apart: [(Int, Int)]
    }

    private let streams: [Labelled]

    /// - Parameters:
    ///   - streams: Orders of the same items; weights that do well in one order by luck do worse
    ///     over several.
    ///   - gold: The matter of each labelled item.
    ///   - apart: Pairs that must not be linked.
    package init(streams: [Stream], gold: [String: String], apart: [(String, String)]) {
        self.streams = streams.map { stream in
            var numbers: [String: Int] = [:]
            for (number, id) in stream.ids.enumerated() { numbers[id] = number }
            return Labelled(
                log: stream.log,
                matters: stream.ids.map { gold[$0] ?? "" },
                apart: apart.compactMap { pair in
                    guard let one = numbers[pair.0], let other = numbers[pair.1] else { return nil }
                    return (one, other)
                }
            )
        }
    }

    /// The settings after so many steps, and their figures; `progress` hears of each step.
    ///
    /// Labels outside `isUsed` are left out.
    package func searched(
        from settings: LinkageSettings,
        steps: Int,
        seed: UInt64,
        isUsed: (String) -> Bool = { _ in true },
        progress: (Int) -> Void = { _ in }
    ) -> LinkageSettings {
        var random = SplitMix64(seed: seed)
        var best = settings
        var value = figures(best, isUsed: isUsed).value
        for step in 0..<steps {
            progress(step)
            var next = best
            for _ in 0...random.below(3) { Tuning.nudge(&next, &random) }
            let found = figures(next, isUsed: isUsed).value
            if found >= value { (best, value) = (next, found) }
        }
        return best
    }

    /// A start from the labels alone.
    package func fitted(
        from settings: LinkageSettings,
        isUsed: (String) -> Bool = { _ in true }
    ) -> LinkageSettings {
        guard let stream = streams.first else { return settings }
        let labels = stream.matters.map { isUsed($0) ? $0 : "" }
        return WeightFit.fitted(stream.log, from: settings) { one, other in
            if labels[one].isEmpty, labels[other].isEmpty { return nil }
            return labels[one] == labels[other]
        }
    }

    /// How well settings link the labelled items, the mean over the streams; labels outside `isUsed`
    /// are left out.
    package func figures(
        _ settings: LinkageSettings,
        isUsed: (String) -> Bool = { _ in true }
    ) -> Figures {
        let all = streams.map { stream in
            let labels = stream.matters.map { isUsed($0) ? $0 : "" }
            let cases = stream.log.cases(itemCount: labels.count, settings: settings)
            let sides = Sides(matters: labels, clusters: cases)
            return Figures(
                matters: sides.wholeMatters().f1,
                bcubed: sides.bcubed().1.f1,
                pairwise: sides.pairwise().f1,
                apart: Double(stream.apart.count { cases[$0.0] == cases[$0.1] })
            )
        }
        func mean(_ figure: (Figures) -> Double) -> Double {
            all.isEmpty ? 0 : all.reduce(0) { $0 + figure($1) } / Double(all.count)
        }
        return Figures(
            matters: mean(\.matters),
            bcubed: mean(\.bcubed),
            pairwise: mean(\.pairwise),
            apart: mean(\.apart)
        )
    }

    /// The labelled matters in so many parts by turns, those of one part first to last by name.
    package func folds(_ count: Int) -> [Set<String>] {
        var folds = Array(repeating: Set<String>(), count: count)
        for (place, matter) in Set(streams.first?.matters ?? []).subtracting([""]).sorted()
            .enumerated()
        {
            folds[place % count].insert(matter)
        }
        return folds
    }

    /// Moves one number a little.
    private static func nudge(_ settings: inout LinkageSettings, _ random: inout SplitMix64) {
        let places: [WritableKeyPath<LinkageSettings, Int>] = [
            \.basePermille, \.casePermille, \.missingPermille, \.mergeSinglePermille,
            \.mergePermille,
        ]
        let scale = random.below(2) == 0 ? 1.0 : 0.3
        let step = random.normal() * scale
        let choice = random.below(EvidenceKind.allCases.count + places.count)
        if choice < EvidenceKind.allCases.count {
            let kind = EvidenceKind.allCases[choice]
            let weight = (settings.weights[kind] ?? 0) + Int((step * 60).rounded())
            settings.weights[kind] = min(max(weight, -9000), 9000)
        } else {
            let place = places[choice - EvidenceKind.allCases.count]
            settings[keyPath: place] += Int((step * 14).rounded())
        }
    }
}

extension SplitMix64 {
    /// Roughly normal, of spread one: the sum of twelve even ones.
    fileprivate mutating func normal() -> Double {
        (0..<12).reduce(-6.0) { sum, _ in sum + Double(next() >> 11) / 9_007_199_254_740_992 }
    }
}
