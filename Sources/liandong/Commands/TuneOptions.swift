import Analysis
import ArgumentParser
import Domain
import Settings
import Storage
import Wire

/// How `evaluate` fits weights to labels (权重拟合).
struct TuneOptions: ParsableArguments {
    @Option(name: .customLong("tune"), help: "Search so many steps for better weights.")
    var steps: Int?
    @Option(help: "The seed of the search.")
    var seed: UInt64 = 1
    @Flag(help: "Begin from the labels alone, not from the weights in force.")
    var anew = false
    @Option(help: "Pairs {\"a\", \"b\"} a line that must not be linked.")
    var apart: String?
    @Option(help: "Fit over so many orders of each day's items, so that no order is favoured.")
    var orders = 1
    @Option(help: "Fit on all but one part of the matters in turn, and judge on that part.")
    var folds: Int?

    /// Weights are to be fitted.
    var isAsked: Bool { steps != nil }

    func validate() throws {
        if let steps, steps < 0 { throw ValidationError("--tune \(steps): give 0 or more steps") }
        if !(1...20).contains(orders) { throw ValidationError("--orders \(orders): give 1 to 20") }
        if let folds, !(2...20).contains(folds) {
            throw ValidationError("--folds \(folds): give 2 to 20")
        }
    }

    /// Fits and prints.
    func run(
        over run: EvaluationRun,
        lines: OrderedItems,
        county: CountySource,
        gold: [String: String]
    ) throws {
        guard let steps else { return }
        var runs = [run]
        for order in 1..<orders {
            let shuffled = lines.shuffled(seed: seed &* 1000 &+ UInt64(order))
            runs.append(try EvaluationRun(lines: shuffled, county: county, logsPairs: true))
        }
        let streams = runs.compactMap { run in
            run.pairLog.map { Tuning.Stream(ids: run.ids, log: $0) }
        }
        let tuning = try Tuning(streams: streams, gold: gold, apart: pairsApart())
        if let folds { return judge(tuning, run.settings, folds: folds, steps: steps) }
        let found = search(tuning, run.settings, steps) { _ in true }
        print("# before: \(text(tuning.figures(run.settings)))")
        print("# after:  \(text(tuning.figures(found))); seed \(seed), \(steps) steps")
        print(LinkageText.lines(found, keys: LinkageCodec.tunedKeys))
    }

    private func search(
        _ tuning: Tuning,
        _ settings: LinkageSettings,
        _ steps: Int,
        isUsed: (String) -> Bool
    ) -> LinkageSettings {
        let start = anew ? tuning.fitted(from: settings, isUsed: isUsed) : settings
        var progress = Progress("tune", total: steps)
        defer { progress.finish() }
        return tuning.searched(from: start, steps: steps, seed: seed, isUsed: isUsed) {
            progress.advance(to: $0)
        }
    }

    private func judge(_ tuning: Tuning, _ settings: LinkageSettings, folds: Int, steps: Int) {
        for (number, fold) in tuning.folds(folds).enumerated() {
            let found = search(tuning, settings, steps) { !fold.contains($0) }
            let fitted = tuning.figures(found) { !fold.contains($0) }
            let unseen = tuning.figures(found) { fold.contains($0) }
            print("fold \(number + 1): fitted on \(text(fitted)); unseen \(text(unseen))")
        }
    }

    private func text(_ figures: Tuning.Figures) -> String {
        "matters \(figures.matters), B-cubed \(figures.bcubed), pairs \(figures.pairwise), "
            + "linked though apart \(figures.apart)"
    }

    private func pairsApart() throws(CommandFailure) -> [(String, String)] {
        guard let apart else { return [] }
        var pairs: [(String, String)] = []
        for (place, line) in try TextLines.read(apart).enumerated()
        where line.contains(where: { $0 > 32 }) {
            guard let value = try? JSONValue(parsing: line), let one = value["a"]?.text,
                let other = value["b"]?.text
            else {
                throw CommandFailure(.wrongUse, "\(apart):\(place + 1): give a and b, both texts")
            }
            pairs.append((one, other))
        }
        return pairs
    }
}

extension OrderedItems {
    /// The same items, those of each day of the county in a random order.
    func shuffled(seed: UInt64) -> OrderedItems {
        var random = SplitMix64(seed: seed)
        var found: [Line] = []
        var start = 0
        while start < lines.count {
            let day = lines[start].time.day
            var group = Array(lines[start...].prefix { $0.time.day == day })
            start += group.count
            random.shuffle(&group)
            found += group
        }
        return OrderedItems(file: file, ordered: found)
    }
}

extension Timestamp {
    /// The day in China, counted from 1970.
    fileprivate var day: Int64 { (milliseconds + 28_800_000) / 86_400_000 }
}
