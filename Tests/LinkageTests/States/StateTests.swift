import Domain
import Linkage
import Testing

/// A state and the rest give what the whole gives.
@Suite struct StateTests {
    /// The state's bytes.
    static func bytes(
        of engine: borrowing Engine,
        _ extent: Engine.StateExtent = .whole
    ) -> [UInt8] {
        let collected = Collected()
        var writer = StateWriter { collected.bytes += $0 }
        engine.write(extent, to: &writer)
        writer.finish()
        return collected.bytes
    }

    /// An engine that goes on from bytes.
    static func engine(_ bytes: [UInt8], files: [ConfigurationFile]) throws(StateError) -> Engine {
        var reader = StateReader(bytes)
        let engine = try Engine.read(&reader, files: files)
        try reader.end()
        return engine
    }

    /// The files that entries have brought.
    static func files(in entries: some Sequence<Entry>) -> [ConfigurationFile] {
        entries.compactMap { entry in
            if case .configuration(let file) = entry.content { file } else { nil }
        }
    }

    final class Collected {
        var bytes: [UInt8] = []
    }

    @Test(arguments: EqualityTests.Source.allCases)
    func restartFromStateAtEveryEntryChangesNothing(_ source: EqualityTests.Source) throws {
        let entries = try source.entries()
        var whole = Engine()
        var restarted = Engine()
        for (place, entry) in entries.enumerated() {
            let before = StateTests.bytes(of: restarted)
            let files = StateTests.files(in: entries[..<place])
            restarted = try StateTests.engine(before, files: files)
            #expect(StateTests.bytes(of: restarted) == before, "after entry \(place)")
            var (expected, found): ([Decision], [Decision]) = ([], [])
            whole.apply(entry, into: &expected)
            restarted.apply(entry, into: &found)
            try #require(Ways.difference(found, expected) == nil, "entry \(place + 1)")
            try #require(
                StateTests.bytes(of: restarted) == StateTests.bytes(of: whole),
                "after entry \(place + 1)"
            )
        }
    }

    @Test(arguments: EqualityTests.Source.allCases)
    func stateAndRestEqualTheWholeAtEveryEntry(_ source: EqualityTests.Source) throws {
        let entries = Array(try source.entries().prefix(130))
        var whole = Engine()
        var (decisions, marks): ([Decision], [Int]) = ([], [0])
        var states = [StateTests.bytes(of: whole)]
        for entry in entries {
            whole.apply(entry, into: &decisions)
            marks.append(decisions.count)
            states.append(StateTests.bytes(of: whole))
        }
        let last = StateTests.bytes(of: whole)
        for (place, state) in states.enumerated() {
            let files = StateTests.files(in: entries[..<place])
            var engine = try StateTests.engine(state, files: files)
            var rest: [Decision] = []
            for entry in entries[place...] { engine.apply(entry, into: &rest) }
            let expected = Array(decisions[marks[place]...])
            try #require(Ways.difference(rest, expected) == nil, "from entry \(place)")
            try #require(StateTests.bytes(of: engine) == last, "from entry \(place)")
        }
    }

    @Test func stateOfAForkIsTheSameState() throws {
        let entries = try EqualityTests.Source.random.entries()
        var engine = Engine()
        var ignored: [Decision] = []
        for entry in entries { engine.apply(entry, into: &ignored) }
        #expect(StateTests.bytes(of: engine.fork()) == StateTests.bytes(of: engine))
    }

    @Test func carriedItemsAreRecalledFromTheirTexts() throws {
        let entries = try EqualityTests.Source.random.entries()
        let files = StateTests.files(in: entries)
        var engine = Engine()
        var ignored: [Decision] = []
        for entry in entries { engine.apply(entry, into: &ignored) }
        let carried = StateTests.bytes(of: engine, .carried)
        var states: [[UInt8]] = []
        for _ in 0..<2 {
            var other = try StateTests.engine(carried, files: files)
            var next = 0
            for entry in entries {
                if case .item(let item, _) = entry.content { other.recall(item, after: &next) }
            }
            other.finishRecall()
            #expect(StateTests.bytes(of: other, .carried) == carried)
            states.append(StateTests.bytes(of: other))
        }
        #expect(states[0] == states[1])
        #expect(states[0].count > carried.count + 10_000)
    }

    @Test func anyBytesGiveAStateOrATypedError() throws {
        let entries = Array(try EqualityTests.Source.random.entries().prefix(60))
        let files = StateTests.files(in: entries)
        var engine = Engine()
        var ignored: [Decision] = []
        for entry in entries { engine.apply(entry, into: &ignored) }
        let whole = StateTests.bytes(of: engine)
        var refused = 0
        for length in stride(from: 0, to: whole.count, by: 97) {
            do throws(StateError) {
                _ = try StateTests.engine(Array(whole[..<length]), files: files)
            } catch {
                refused += 1
            }
        }
        #expect(refused == (whole.count + 96) / 97)
        var random = RandomJournal(seed: 77)
        var accepted = 0
        for _ in 0..<1500 {
            var spoilt = whole
            spoilt[random.below(spoilt.count)] ^= UInt8(1 + random.below(255))
            do throws(StateError) {
                var other = try StateTests.engine(spoilt, files: files)
                var found: [Decision] = []
                for entry in entries.suffix(5) { other.apply(entry, into: &found) }
                accepted += 1
            } catch {
                refused += 1
            }
        }
        // Where a count, a time or a hash was changed the state is another one, and sound.
        #expect(accepted > 0 && accepted < 1500)
    }

    @Test func stateOfAnotherEngineOrWithoutItsFilesIsRefused() throws {
        let entries = Array(try EqualityTests.Source.random.entries().prefix(40))
        var engine = Engine()
        var ignored: [Decision] = []
        for entry in entries { engine.apply(entry, into: &ignored) }
        var state = StateTests.bytes(of: engine)
        #expect(throws: StateError.configurationMissing("rules")) {
            _ = try StateTests.engine(state, files: [])
        }
        state[8] ^= 0x40
        #expect(
            throws: StateError.otherEngine(
                state: Engine.version ^ 0x40,
                program: Engine.version
            )
        ) { _ = try StateTests.engine(state, files: StateTests.files(in: entries)) }
    }
}
