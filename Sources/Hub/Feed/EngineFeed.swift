package import Domain
package import Journal
package import Linkage
import Wire

/// The stages of linking that are measured by themselves (分段).
package enum EngineStage: String, CaseIterable, Sendable {
    /// Pairs, words, names, numbers and shingles are read from the text.
    case reading
    /// The same text is looked for.
    case copies
    /// Pairs are weighed by their rarity.
    case weights
    /// Earlier items that share the most weight are looked for.
    case candidates
    /// They are compared.
    case comparison
}

/// An engine fed with lines as a hub would journal them, without journal, threads or network (试算).
///
/// The same lines in the same order give the same decisions, byte for byte, as a hub of the same
/// configuration: gate, times and order of entries are the hub's own code. Time is the scenario
/// clock's: the highest item time so far. One owner, one thread.
package struct EngineFeed: ~Copyable {
    /// The engine, for questions.
    package private(set) var engine = Engine()
    /// Over all decisions so far.
    package private(set) var digest = DecisionDigest()
    /// Items, broken lines and refused accusations so far.
    package private(set) var lines = 0

    private let gate: Gate
    private var stamp = Stamp(after: Timestamp(milliseconds: 0), hasScenarioClock: true)
    private var found: [Decision] = []

    /// A line that the gate has looked at.
    package struct Line: Sendable {
        fileprivate let content: Entry.Content
        fileprivate let itemTime: Timestamp?

        /// The item; `nil` for a broken line and for a refused one.
        package var item: Item? {
            if case .item(let item, _) = content { item } else { nil }
        }
    }

    /// A feed that has founded its epoch and taken the configuration in.
    package init(county: Division, configuration: CountyFiles) {
        // One reader for all, who may read accusations as well: nothing is screened out.
        gate = Gate(agencies: configuration.agencies, screensWording: false)
        let founding = Founding(
            engineVersion: Engine.version,
            county: county,
            hasScenarioClock: true,
            epoch: 1
        )
        apply(.founding(founding), itemTime: nil)
        for file in configuration.files { apply(.configuration(file.content), itemTime: nil) }
    }

    /// From now on the engine notes what it sees of each pair of texts.
    package mutating func logPairs() { engine.pairLog = PairLog() }

    /// What the gate makes of a line.
    package func inspect(_ bytes: [UInt8], from agency: AgencyID) -> Line {
        let line = bytes.withUnsafeBytes { unsafe gate.inspect($0, from: agency) }
        return Line(content: line.content, itemTime: line.itemTime)
    }

    /// Applies a line; what follows from it stands in `decisions` until the next one.
    package mutating func apply(_ line: Line) {
        lines += 1
        apply(line.content, itemTime: line.itemTime)
    }

    /// Sends the item of a line, which must be applied next, through the engine's stages one by one.
    ///
    /// - Parameters:
    ///   - line: A line that was inspected and not applied.
    ///   - reached: Is told each stage when it begins, then `nil`.
    /// - Returns: The item with what the stages found, and how full its lists are; `nil` where the
    ///   line is no item.
    package mutating func stages(
        of line: Line,
        _ reached: (EngineStage?) -> Void
    ) -> (item: StagedItem, lists: ListFigures)? {
        guard let item = line.item else { return nil }
        reached(.reading)
        var staged = engine.stageReading(item)
        reached(.copies)
        engine.stageCopies(&staged)
        reached(.weights)
        engine.stageWeights(&staged)
        reached(.candidates)
        engine.stageCandidates(&staged)
        reached(.comparison)
        engine.stageComparison(&staged)
        reached(nil)
        return (staged, engine.listFigures(of: staged))
    }

    /// What followed from the last line.
    package var decisions: [Decision] { found }

    /// Takes the decisions of the last line into the digest.
    ///
    /// Apart from `apply`, so that the engine alone can be timed.
    package mutating func note() {
        for decision in found { digest.add(DecisionCodec.encode(decision)) }
    }

    private mutating func apply(_ content: Entry.Content, itemTime: Timestamp?) {
        found.removeAll(keepingCapacity: true)
        let at = stamp.next(now: Timestamp(milliseconds: 0), itemTime: itemTime)
        engine.apply(Entry(at: at, content: content), into: &found)
        if case .founding = content { note() }
        if case .configuration = content { note() }
    }
}
