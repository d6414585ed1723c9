import Domain
import Linkage
import Testing
import Wire

@Suite struct GoldenTests {
    @Test(arguments: GoldenJournal.File.allCases)
    func recordedJournalYieldsRecordedDecisions(file: GoldenJournal.File) throws {
        let found = GoldenJournal.lines(Ways.decisions(try GoldenJournal.entries(of: file)))
        if GoldenJournal.isRecording { try GoldenJournal.record(found, of: file) }
        let expected = try GoldenJournal.recorded(of: file)
        let place = zip(found, expected).enumerated().first { $0.element.0 != $0.element.1 }
        if let (number, (now, before)) = place {
            Issue.record(
                """
                Decision \(number + 1) of the golden journal differs.
                recorded \(before)
                now      \(now)
                A hub with a journal of engine version \(Engine.version) would decide otherwise than it did: \
                raise Engine.version, then record with LIANDONG_RECORD=1 swift test --filter GoldenTests.
                """
            )
        }
        #expect(found.count == expected.count)
    }

    @Test func journalHasEveryKindOfEntry() throws {
        let kinds = Set(
            try GoldenJournal.File.allCases.flatMap { try GoldenJournal.entries(of: $0) }
                .map(\.content.kind)
        )
        // What is about erased texts is a tick to the engine.
        let ticks: Set<JournalRecord.Kind> = [.withheld, .erasure]
        for kind in JournalRecord.Kind.allCases where !ticks.contains(kind) {
            #expect(kinds.contains(kind), "the golden journal has no \(kind)")
        }
    }

    @Test func journalYieldsEveryKindOfDecision() throws {
        let decisions = try GoldenJournal.File.allCases.flatMap {
            Ways.decisions(try GoldenJournal.entries(of: $0))
        }
        let tags = Set(decisions.map(\.content.tag))
        for tag in Decision.Content.Tag.allCases {
            #expect(tags.contains(tag), "no decision of the golden journal is \(tag)")
        }
        var reasons: Set<VoidReason> = []
        var alerts: Set<AlertKind> = []
        for decision in decisions {
            switch decision.content {
            case .void(_, _, let reason): reasons.insert(reason)
            case .alertRaised(let alert): alerts.insert(alert.kind)
            default: break
            }
        }
        // The bound of edits is out of a golden journal's reach; what grants refuse has a suite of its own.
        let others: Set<VoidReason> = [.tooManyEdits, .notPermitted]
        #expect(reasons == Set(VoidReason.allCases).subtracting(others))
        #expect(alerts.count == AlertKind.allCases.count)
    }
}

extension Entry.Content {
    /// Its kind; without `default`, so that a new kind of entry must be added here and to the journal.
    fileprivate var kind: JournalRecord.Kind {
        switch self {
        case .founding: .founding
        case .configuration: .configuration
        case .item: .item
        case .quarantine: .quarantine
        case .sealedRefusal: .sealedRefusal
        case .command: .command
        case .tick: .tick
        case .clock: .clock
        case .observation: .observation
        }
    }
}
