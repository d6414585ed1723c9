package import Domain
package import Journal
package import Linkage
import Wire

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
        gate = Gate(agencies: configuration.agencies)
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
