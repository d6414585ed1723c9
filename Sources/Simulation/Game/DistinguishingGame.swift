import Storage

/// Two worlds that differ in one sealed item, and an attacker who guesses which one he is in (区分博弈).
///
/// He learns from trials of which he is told the answer, made by the same world with the same leak, and is
/// judged by fresh ones. One seed gives one game, on any machine.
package struct DistinguishingGame {
    /// What came of a game.
    package struct Report: Sendable {
        package var way: GameWorld.Way
        package var leak: Leak?
        package var seed: UInt64
        package var training = 0
        package var trials = 0
        package var right = 0
        /// Traits by which the attacker guessed, the best first.
        package var traits: [Trait] = []
        /// What was not as the game needs it, of the first trials that had something.
        package var mistakes: [String] = []

        /// One of them.
        package struct Trait: Sendable {
            package var name: String
            /// The share of training trials that it alone gets right.
            package var share: Double
        }

        /// The share of fresh trials that were guessed right.
        package var share: Double { Double(right) / Double(max(1, trials)) }
    }

    private let ground: GameWorld.Ground
    private let leak: Leak?
    private let seed: UInt64

    /// A game on a ground.
    package init(on ground: GameWorld.Ground, leak: Leak? = nil, seed: UInt64) {
        self.ground = ground
        self.leak = leak
        self.seed = seed
    }

    /// Plays it.
    ///
    /// - Parameters:
    ///   - training: Trials to learn from, half of them with the item.
    ///   - trials: Fresh trials.
    ///   - progress: Called with the number of trials that were played.
    /// - Returns: How often the attacker was right, and by what.
    /// - Throws: When a hub does not start.
    package func play(
        training: Int,
        trials: Int,
        progress: (Int) -> Void = { _ in }
    ) throws -> Report {
        var report = Report(way: ground.way, leak: leak, seed: seed)
        report.training = training
        var known: [(traits: [UInt64: Float], hasItem: Bool)] = []
        known.reserveCapacity(training)
        for number in 0..<training {
            // Every second one is the twin of the one before: the same seed, the other world.
            let hasItem = number.isMultiple(of: 2)
            let sight = try sight(trialSeed(0, number / 2), hasItem, &report)
            known.append((SightTraits(sight).values, hasItem))
            progress(number + 1)
        }
        let learner = SightLearner(known)
        known = []
        for number in 0..<trials {
            var chance = SplitMix64(seed: trialSeed(1, number))
            let hasItem = chance.next() & 1 == 0
            let sight = try sight(chance.next(), hasItem, &report)
            let guess = learner.guess(SightTraits(sight).values, &chance)
            report.right += guess == hasItem ? 1 : 0
            report.trials += 1
            progress(training + number + 1)
        }
        report.traits = try names(of: learner.kept)
        return report
    }

    /// What differs between two worlds of a pair, by how many of so many pairs it does (查找差异).
    ///
    /// It tells where to look; whether it tells anything of the item is what the game finds out.
    package func differences(pairs: Int) throws -> [(name: String, pairs: Int)] {
        var report = Report(way: ground.way, leak: leak, seed: seed)
        var found: [String: Int] = [:]
        for number in 0..<pairs {
            let seed = trialSeed(2, number)
            let with = SightTraits(try sight(seed, true, &report), isNaming: true)
            let without = SightTraits(try sight(seed, false, &report), isNaming: true)
            for key in Set(with.values.keys).union(without.values.keys)
            where with.values[key] != without.values[key] {
                let name = with.names[key] ?? without.names[key] ?? ""
                found[name, default: 0] += 1
            }
        }
        return found.map { ($0.key, $0.value) }.sorted { ($1.1, $0.0) < ($0.1, $1.0) }
    }

    private func sight(
        _ seed: UInt64,
        _ hasItem: Bool,
        _ report: inout Report
    ) throws -> Sight {
        let world = GameWorld(ground, seed: seed, hasItem: hasItem, leak: leak)
        let outcome = try world.run()
        if !outcome.mistakes.isEmpty, report.mistakes.count < 10 {
            report.mistakes += outcome.mistakes.map { "trial \(seed): \($0)" }
        }
        return outcome.sight
    }

    private func trialSeed(_ part: UInt64, _ number: Int) -> UInt64 {
        var mixed = SplitMix64(seed: seed &+ part &* 0x9e37_79b9_7f4a_7c15)
        let base = mixed.next()
        var own = SplitMix64(seed: base &+ UInt64(number))
        return own.next()
    }

    private func names(of kept: [(key: UInt64, share: Double)]) throws -> [Report.Trait] {
        var names: [UInt64: String] = [:]
        var ignored = Report(way: ground.way, leak: leak, seed: seed)
        for number in 0..<8 where kept.contains(where: { names[$0.key] == nil }) {
            let sight = try sight(trialSeed(0, number), true, &ignored)
            names.merge(SightTraits(sight, isNaming: true).names) { first, _ in first }
        }
        return kept.map { Report.Trait(name: names[$0.key] ?? "", share: $0.share) }
    }
}
