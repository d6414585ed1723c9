import Domain
import Linkage
import Testing

/// Same journal, same decisions, byte for byte, whichever way it comes.
@Suite struct EqualityTests {
    enum Source: CaseIterable {
        case golden, watch, warnings, random

        func entries() throws -> [Entry] {
            switch self {
            case .golden: return try GoldenJournal.entries()
            case .watch: return try GoldenJournal.entries(of: .watch)
            case .warnings: return try GoldenJournal.entries(of: .warnings)
            case .random:
                var journal = RandomJournal(seed: 20_250_303)
                return journal.entries(count: 320)
            }
        }
    }

    @Test(arguments: Source.allCases) func batchSizesChangeNoDecision(_ source: Source) throws {
        let entries = try source.entries()
        let expected = Ways.decisions(entries)
        for size in [1, 2, 7, 64, entries.count] {
            #expect(Ways.difference(Ways.inBatches(of: size, entries), expected) == nil)
        }
    }

    @Test(arguments: Source.allCases) func ticksChangeNoDecision(_ source: Source) throws {
        let entries = try source.entries()
        let expected = Ways.decisions(entries)
        let bare = Ways.withoutTicks(entries)
        let dense = Ways.withMoreTicks(entries)
        #expect(bare.count < entries.count)
        #expect(dense.count > 3 * entries.count)
        #expect(Ways.difference(Ways.decisions(bare), expected) == nil)
        #expect(Ways.difference(Ways.decisions(dense), expected) == nil)
    }

    @Test(arguments: Source.allCases) func forkAtEveryEntryChangesNoDecision(
        _ source: Source
    ) throws {
        let entries = try source.entries()
        let found = Ways.forkedAtEveryEntry(entries, astray: 4)
        #expect(Ways.difference(found, Ways.decisions(entries)) == nil)
    }

    @Test func forkAndOriginalDecideTheRestAlike() throws {
        let entries = try GoldenJournal.entries()
        let expected = Ways.decisions(entries)
        for place in entries.indices {
            let (fork, original) = Ways.forked(before: place, entries)
            #expect(Ways.difference(fork, expected) == nil, "fork before entry \(place + 1)")
            #expect(Ways.difference(original, expected) == nil, "after a fork at \(place + 1)")
        }
    }

    @Test(arguments: Source.allCases) func restartAtEveryEntryChangesNoDecision(
        _ source: Source
    ) throws {
        let entries = try source.entries()
        let expected = Ways.decisions(entries)
        for place in stride(from: 0, to: entries.count, by: source == .random ? 24 : 1) {
            let found = Ways.restarted(before: place, entries)
            #expect(Ways.difference(found, expected) == nil, "restart before entry \(place + 1)")
        }
    }

    @Test func randomJournalReachesMostOfTheEngine() throws {
        let lines = Ways.decisions(try Source.random.entries()).map(\.content.line)
        let words = [
            "admitted", "same", "revised", "lived", "quarantined", "copied", "repeated", "opened",
            "joined", "edited", "moved", "lived", "visited", "raised", "changed", "acknowledged",
            "overdue", "void",
        ]
        for word in words {
            #expect(lines.contains { $0.hasPrefix(word) }, "the random journal yields no \(word)")
        }
    }
}
