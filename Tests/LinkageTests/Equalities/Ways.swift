import Domain
import Linkage
import Wire

/// The ways in which one journal can reach an engine.
enum Ways {
    /// All at once, one engine.
    static func decisions(_ entries: [Entry]) -> [Decision] {
        var engine = Engine()
        var decisions: [Decision] = []
        for entry in entries { engine.apply(entry, into: &decisions) }
        return decisions
    }

    /// In batches of so many entries, each with a list of its own.
    static func inBatches(of size: Int, _ entries: [Entry]) -> [Decision] {
        var engine = Engine()
        var decisions: [Decision] = []
        for start in stride(from: 0, to: entries.count, by: size) {
            var batch: [Decision] = []
            for entry in entries[start..<min(start + size, entries.count)] {
                engine.apply(entry, into: &batch)
            }
            decisions += batch
        }
        return decisions
    }

    /// Each entry goes to a fork of the engine before, after a second fork has gone astray with the
    /// entries behind it.
    static func forkedAtEveryEntry(_ entries: [Entry], astray: Int) -> [Decision] {
        var decisions: [Decision] = []
        var engine = Engine()
        for (place, entry) in entries.enumerated() {
            var other = engine.fork()
            var ignored: [Decision] = []
            for later in entries[place...].prefix(astray + 1).reversed() {
                other.apply(later, into: &ignored)
            }
            var next = engine.fork()
            next.apply(entry, into: &decisions)
            engine = next
        }
        return decisions
    }

    /// A fork before an entry decides the rest, then the original does.
    static func forked(
        before place: Int,
        _ entries: [Entry]
    ) -> (
        fork: [Decision], original: [Decision]
    ) {
        var engine = Engine()
        var decisions: [Decision] = []
        for entry in entries[..<place] { engine.apply(entry, into: &decisions) }
        var fork = engine.fork()
        var forked = decisions
        for entry in entries[place...] { fork.apply(entry, into: &forked) }
        for entry in entries[place...] { engine.apply(entry, into: &decisions) }
        return (forked, decisions)
    }

    /// An engine is fed up to an entry and lost; another begins anew and decides the rest.
    static func restarted(before place: Int, _ entries: [Entry]) -> [Decision] {
        var decisions = Ways.decisions(Array(entries[..<place]))
        var engine = Engine()
        var derived: [Decision] = []
        for entry in entries[..<place] { engine.apply(entry, into: &derived) }
        for entry in entries[place...] { engine.apply(entry, into: &decisions) }
        return decisions
    }

    /// The entries without ticks.
    static func withoutTicks(_ entries: [Entry]) -> [Entry] {
        entries.filter { $0.content != .tick }
    }

    /// The entries with ticks beside and between them, four in each pause.
    static func withMoreTicks(_ entries: [Entry]) -> [Entry] {
        var dense: [Entry] = []
        for entry in entries {
            if let before = dense.last?.at {
                let step = (entry.at - before).milliseconds / 5
                for count in 1..<5 where step > 0 {
                    let at = before + TimeSpan(milliseconds: step * Int64(count))
                    dense.append(Entry(at: at, content: .tick))
                }
                dense.append(Entry(at: entry.at, content: .tick))
            }
            dense.append(entry)
            dense.append(Entry(at: entry.at, content: .tick))
        }
        return dense
    }

    /// The first decision whose bytes differ, or which one side lacks.
    static func difference(_ found: [Decision], _ expected: [Decision]) -> String? {
        for (number, (now, before)) in zip(found, expected).enumerated()
        where DecisionCodec.encode(now) != DecisionCodec.encode(before) {
            return "decision \(number + 1) is \(now.json.line) instead of \(before.json.line)"
        }
        return found.count == expected.count
            ? nil : "\(found.count) decisions instead of \(expected.count)"
    }
}
