import Domain
import Linkage
import Testing

/// A step of the wall clock holds the deadlines until it is settled.
@Suite struct ClockTests {
    private let fire = Trial.item("zhengshu/1", "03-03 02:00", "", "油罐车侧翻泄漏") {
        $0.isUrgent = true
    }

    private func clock(
        _ at: String,
        _ event: ClockChange.Event,
        by size: TimeSpan = .days(365)
    ) -> Entry {
        let from = Trial.time(at)
        return Entry(
            at: event == .confirmed ? max(from, from + size) : from,
            content: .clock(ClockChange(event: event, from: from, to: from + size))
        )
    }

    private func overdue(_ entries: [Entry]) -> [String] {
        Trial.lines(entries).filter { $0.contains(" overdue urgent") }.map { String($0.prefix(11)) }
    }

    private func hasClockAlert(_ entries: [Entry], _ state: Alert.State) -> Bool {
        Trial.decisions(entries).contains { decision in
            switch decision.content {
            case .alertRaised(let alert), .alertChanged(let alert):
                alert.kind == .hub && alert.state == state
            default: false
            }
        }
    }

    @Test func nothingFallsDueWhileAStepWaits() {
        let held = [fire, clock("03-03 02:10", .stepped), Trial.tick("03-03 02:50")]
        #expect(overdue(held).isEmpty)
        #expect(hasClockAlert(held, .unacknowledged))
    }

    @Test func clockThatReturnsLetsWhatIsDueFireWithItsOwnTime() {
        let entries = [
            fire, clock("03-03 02:10", .stepped), Trial.tick("03-03 02:40"),
            clock("03-03 02:50", .returned), Trial.tick("03-03 03:00"),
        ]
        #expect(overdue(entries) == ["03-03 02:30"])
        #expect(hasClockAlert(entries, .over))
    }

    @Test func clockThatReturnsInTimeChangesNoDeadline() {
        let entries = [
            fire, clock("03-03 02:10", .stepped), clock("03-03 02:14", .returned),
            Trial.tick("03-03 02:29"), Trial.tick("03-03 02:30"),
        ]
        #expect(overdue(entries) == ["03-03 02:30"])
        #expect(overdue(entries.dropLast()).isEmpty)
    }

    @Test func confirmedStepForwardFiresEachOnce() {
        let entries = [
            fire, clock("03-03 02:10", .stepped), clock("03-03 02:15", .confirmed),
            Entry(at: Trial.time("03-03 02:16") + .days(365), content: .tick),
        ]
        #expect(overdue(entries) == ["03-03 02:30"])
    }

    @Test func confirmedStepBackLetsDeadlinesGoOn() {
        let back = TimeSpan.days(-365)
        let entries = [
            fire, clock("03-03 02:10", .stepped, by: back),
            clock("03-03 02:15", .confirmed, by: back), Trial.tick("03-03 02:29"),
            Trial.tick("03-03 02:30"),
        ]
        #expect(overdue(entries) == ["03-03 02:30"])
        #expect(overdue(entries.dropLast()).isEmpty)
    }

    @Test func latenessGoesByTheConfirmedClock() {
        let back = TimeSpan.hours(-48)
        let opening = [
            clock("03-05 02:10", .stepped, by: back), clock("03-05 02:15", .confirmed, by: back),
        ]
        func line(_ time: String) -> String {
            let item = Trial.item("zhengshu/2", time, "", "水管爆裂", at: "03-05 02:20")
            return Trial.decisions(opening + [item]).last?.content.line ?? ""
        }
        #expect(line("03-03 02:20") == "admitted zhengshu/2 #1")
        #expect(line("03-02 02:19") == "admitted zhengshu/2 #1 late")
        #expect(line("03-03 02:31") == "admitted zhengshu/2 #1 ahead")
    }

    @Test func operatorConfirmsOnlyAStepThatWaits() {
        func confirm(_ at: String) -> Entry {
            let command = Command(
                officer: "wang",
                idempotencyKey: "key-\(at)",
                action: .confirmClock
            )
            return Entry(at: Trial.time(at), content: .command(command))
        }
        let lines = Trial.lines([
            confirm("03-03 02:00"), clock("03-03 02:10", .stepped), confirm("03-03 02:11"),
        ])
        #expect(lines.first?.hasSuffix("noStepWaits") == true)
        #expect(lines.last?.contains("obeyed") == true)
    }
}

/// Feeds that are silent, stuck or cut off, and the hub itself.
@Suite struct WatchTests {
    private func seen(
        _ at: String,
        _ condition: Observation.Condition,
        _ agency: String? = nil,
        since: String = "03-03 01:00",
        isOver: Bool = false
    ) -> Entry {
        Entry(
            at: Trial.time(at),
            content: .observation(
                Observation(
                    condition,
                    agency: agency.map { Trial.agency($0) },
                    since: Trial.time(since),
                    value: 90,
                    bound: 60,
                    isOver: isOver
                )
            )
        )
    }

    private func words(_ entries: [Entry]) -> [String] {
        Trial.decisions(entries).compactMap { decision in
            switch decision.content {
            case .alertRaised(let alert): "raised \(alert.kind.token) \(alert.state.token)"
            case .alertChanged(let alert): "changed \(alert.kind.token) \(alert.state.token)"
            case .alertOverdue(let alert): "overdue \(alert.kind.token)"
            default: nil
            }
        }
    }

    @Test func feedAlertIsRaisedOnceEndsByItselfAndBeginsAgain() {
        let entries = [
            seen("03-03 01:05", .linkDown, "xinfang"), seen("03-03 01:06", .linkDown, "xinfang"),
            seen("03-03 01:30", .linkDown, "xinfang", isOver: true),
            seen("03-03 01:31", .linkDown, "xinfang", isOver: true),
            seen("03-03 02:00", .linkDown, "xinfang"),
        ]
        #expect(
            words(entries) == [
                "raised feed unacknowledged", "changed feed over", "changed feed unacknowledged",
            ]
        )
    }

    @Test func alertThatIsOverFallsDueNoMore() {
        let entries = [
            seen("03-03 01:05", .lag), seen("03-03 01:06", .lag, isOver: true),
            Trial.tick("03-05 01:00"),
        ]
        #expect(words(entries) == ["raised hub unacknowledged", "changed hub over"])
        #expect(words([entries[0], entries[2]]).last == "overdue hub")
    }

    @Test func outageTellsWhatFellDueInIt() {
        let fire = Trial.item("zhengshu/1", "03-03 02:00", "", "油罐车侧翻泄漏") {
            $0.isUrgent = true
        }
        let decisions = Trial.decisions([fire, seen("03-03 06:00", .outage, since: "03-03 02:10")])
        let passed = decisions.compactMap { decision in
            if case .observed(_, let passed) = decision.content { passed } else { nil }
        }
        #expect(passed == [[Trial.alert(.urgent, "zhengshu/1")]])
        #expect(decisions.map(\.content.line).filter { $0.hasPrefix("overdue") }.count == 1)
    }

    @Test func shortStopRaisesNothing() {
        #expect(words([seen("03-03 01:04", .outage)]).isEmpty)
        #expect(words([seen("03-03 01:05", .outage)]) == ["raised hub unacknowledged"])
    }

    private func late(_ id: Int, _ at: String, _ change: (inout Item) -> Void = { _ in }) -> Entry {
        Trial.item("zhengshu/\(id)", "03-01 09:00", "", "第\(id)件来电", at: at) {
            $0.isUrgent = true
            change(&$0)
        }
    }

    private func summaries(_ entries: [Entry]) -> [String] {
        Trial.lines(entries).filter {
            $0.contains("backlog=") && !$0.contains(" overdue feed")
        }.map { line in
            let signal = line.split(separator: " ").first { $0.hasPrefix("backlog=") } ?? ""
            return "\(line.prefix(11)) \(signal)"
        }
    }

    @Test func feedThatWasCutOffRaisesOneSummary() {
        let items = (1...5).map { late($0, "03-03 09:0\($0)") }
        #expect(
            summaries(items + [Trial.tick("03-03 12:00")]) == ["03-03 09:15 backlog=5/3"]
        )
        #expect(summaries(items + [Trial.tick("03-03 09:14")]).isEmpty)
        #expect(summaries(Array(items.prefix(2)) + [Trial.tick("03-03 12:00")]).isEmpty)
    }

    @Test func secondSummaryOfADayWaits() {
        let first = (1...3).map { late($0, "03-03 09:0\($0)") }
        let second = (4...9).map { late($0, "03-03 15:0\($0)") }
        #expect(
            summaries(first + second + [Trial.tick("03-05 12:00")])
                == ["03-03 09:13 backlog=3/3", "03-04 09:13 backlog=6/3"]
        )
    }

    @Test func importedHistoryRaisesNothing() {
        let items = (1...5).map { id in late(id, "03-03 09:0\(id)") { $0.isHistory = true } }
        let fresh = Trial.item("xinfang/9", "03-03 10:00", "", "桥面垮塌") {
            $0.isUrgent = true
            $0.isHistory = true
        }
        #expect(words(items + [fresh, Trial.tick("03-05 12:00")]).isEmpty)
    }
}
