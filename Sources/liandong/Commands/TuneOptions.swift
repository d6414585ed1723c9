import Analysis
import ArgumentParser
import Domain
import Settings
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
    @Option(help: "Fit on all but one part of the matters in turn, and judge on that part.")
    var folds: Int?

    /// Weights are to be fitted.
    var isAsked: Bool { steps != nil }

    func validate() throws {
        if let steps, steps < 0 { throw ValidationError("--tune \(steps): give 0 or more steps") }
        if let folds, !(2...20).contains(folds) {
            throw ValidationError("--folds \(folds): give 2 to 20")
        }
    }

    /// Fits and prints.
    func run(over run: EvaluationRun, gold: [String: String]) throws {
        guard let log = run.pairLog, let steps else { return }
        let tuning = try Tuning(ids: run.ids, log: log, gold: gold, apart: pairsApart())
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
