import CoreMetrics
import Domain
package import Hub
import Storage

/// The hub's gauges as metrics (指标): read when somebody asks, never pushed.
package final class HubMetrics: Sendable {
    private let exposition = Exposition(HubMetrics.declarations)
    private let counted = Locked<[String: UInt64]>([:])

    /// Metrics at zero.
    package init() {}

    /// The page for a reading.
    package func text(_ reading: Gauges.Reading) -> String {
        service(reading)
        traffic(reading)
        machine(reading)
        feeds(reading)
        return exposition.text + HubMetrics.syncTimes(reading.syncTimes)
    }

    private func set(_ name: String, _ value: Double, _ dimensions: [(String, String)] = []) {
        Meter(
            label: name,
            dimensions: dimensions,
            handler: exposition.makeMeter(label: name, dimensions: dimensions),
            factory: exposition
        ).set(value)
    }

    /// Counters are counted up by what came since the last look.
    private func count(_ name: String, _ total: UInt64, _ dimensions: [(String, String)] = []) {
        let key = name + Exposition.labels(dimensions)
        let more = counted.withLock { counted in
            let before = counted.updateValue(total, forKey: key) ?? 0
            return total - min(before, total)
        }
        Counter(
            label: name,
            dimensions: dimensions,
            handler: exposition.makeCounter(label: name, dimensions: dimensions),
            factory: exposition
        ).increment(by: Int64(clamping: more))
    }

    private func service(_ reading: Gauges.Reading) {
        for state in [HubState.starting, .ready, .degraded, .draining, .failed] {
            let isIt = reading.state == state
            set("liandong_state", isIt ? 1 : 0, [("state", state.rawValue)])
        }
        set("liandong_journal_entries", Double(reading.lastEntry))
        set("liandong_applied_entries", Double(reading.appliedEntry))
        set("liandong_decisions", Double(reading.decisions))
        set("liandong_lag_seconds", Double(reading.lagMilliseconds) / 1000)
        set("liandong_backlog_entries", Double(reading.backlogEntries))
        set("liandong_entry_seconds", Double(reading.entryMicroseconds) / 1_000_000)
        set("liandong_sync_max_seconds", Double(reading.syncMicrosecondsMax) / 1_000_000)
        set("liandong_clock_held", reading.isClockHeld ? 1 : 0)
        count("liandong_clock_steps_total", reading.clockSteps)
    }

    private func traffic(_ reading: Gauges.Reading) {
        set("liandong_sessions", Double(reading.intakeSessions), [("role", "intake")])
        set("liandong_sessions", Double(reading.deskSessions), [("role", "desk")])
        set("liandong_subscriptions", Double(reading.subscriptions))
        set("liandong_connections", Double(reading.connections))
        set("liandong_entrance_open", reading.isEntranceOpen ? 1 : 0)
        set("liandong_credit_bytes", Double(reading.creditBytes))
        set("liandong_credit_held_back", reading.isPressed ? 1 : 0)
        for (code, number) in reading.refusalsByCode {
            count("liandong_refusals_total", number, [("code", "LD-\(code)")])
        }
        for (agency, bytes) in reading.takenBytes {
            count("liandong_taken_bytes_total", bytes, [("agency", agency.name)])
        }
        count("liandong_accepted_connections_total", reading.accepted)
        count("liandong_refused_keys_total", reading.refusedKeys)
        count("liandong_failed_handshakes_total", reading.failedHandshakes)
        count("liandong_failed_accepts_total", reading.acceptFailures)
        count("liandong_turned_away_connections_total", reading.turnedAway)
        count("liandong_entrance_closings_total", reading.entranceClosings)
    }

    private func machine(_ reading: Gauges.Reading) {
        set("liandong_resident_bytes", Double(reading.residentBytes))
        if let free = reading.diskFreeBytes { set("liandong_disk_free_bytes", Double(free)) }
        set("liandong_disk_size_bytes", Double(reading.diskTotalBytes))
        set("liandong_disk_growth_bytes_per_day", Double(reading.diskGrowthBytesPerDay))
        count("liandong_journaled_bytes_total", reading.journaledBytes)
    }

    private func feeds(_ reading: Gauges.Reading) {
        for feed in reading.feeds {
            let whose = [("agency", feed.agency.name)]
            set("liandong_feed_sessions", Double(feed.sessions), whose)
            set("liandong_outbox_age_seconds", Double(feed.oldestMilliseconds) / 1000, whose)
            set("liandong_feed_silent_seconds", Double(feed.silentMilliseconds) / 1000, whose)
            for condition in Observation.Condition.allCases
            where condition.isOfFeed && condition.isObserved {
                let isOpen = feed.open.contains(condition)
                set(
                    "liandong_feed_condition",
                    isOpen ? 1 : 0,
                    whose + [("condition", condition.token)]
                )
            }
        }
    }

    /// The histogram of syncs; the facade has none that can be filled from counts.
    private static func syncTimes(_ times: SyncTimes) -> String {
        let name = "liandong_sync_seconds"
        var lines = [
            "# HELP \(name) How long a sync of the journal took.", "# TYPE \(name) histogram",
        ]
        var below: UInt64 = 0
        for (place, bound) in SyncTimes.bounds.enumerated() {
            below += times.counts[place]
            let limit = Exposition.number(Double(bound) / 1_000_000)
            lines.append("\(name)_bucket{le=\"\(limit)\"} \(below)")
        }
        let all = times.counts.reduce(0, +)
        lines.append("\(name)_bucket{le=\"+Inf\"} \(all)")
        lines.append("\(name)_sum \(Exposition.number(Double(times.microseconds) / 1_000_000))")
        lines.append("\(name)_count \(all)")
        return lines.joined(separator: "\n") + "\n"
    }

    private static let declarations: [Exposition.Declaration] = [
        .init("liandong_state", "1 for the state that the hub is in."),
        .init("liandong_journal_entries", "Entries in the journal that a sync covers."),
        .init("liandong_applied_entries", "Entries that the engine has applied."),
        .init("liandong_decisions", "Decisions in the decision log."),
        .init("liandong_lag_seconds", "How far the engine is behind the journal."),
        .init("liandong_backlog_entries", "Entries that wait for the engine."),
        .init("liandong_entry_seconds", "What an entry takes the engine of late."),
        .init("liandong_sync_max_seconds", "The longest sync of this run."),
        .init("liandong_clock_held", "1 while a step of the wall clock holds the deadlines."),
        .init("liandong_clock_steps_total", "Steps of the wall clock.", isCounter: true),
        .init("liandong_sessions", "Sessions open, by role."),
        .init("liandong_subscriptions", "Patterns that sessions subscribe to."),
        .init("liandong_connections", "Connections, with and without a session."),
        .init("liandong_entrance_open", "0 while newcomers are refused."),
        .init("liandong_credit_bytes", "Bytes that agencies may still send."),
        .init("liandong_credit_held_back", "1 while credit is held to the engine's pace."),
        .init("liandong_refusals_total", "What was turned away, by code.", isCounter: true),
        .init("liandong_taken_bytes_total", "Bytes of items taken, by agency.", isCounter: true),
        .init("liandong_accepted_connections_total", "Connections accepted.", isCounter: true),
        .init("liandong_refused_keys_total", "Keys that nobody let in.", isCounter: true),
        .init(
            "liandong_failed_handshakes_total",
            "Handshakes that failed or never came.",
            isCounter: true
        ),
        .init(
            "liandong_failed_accepts_total",
            "Accepts that failed for want of descriptors.",
            isCounter: true
        ),
        .init(
            "liandong_turned_away_connections_total",
            "Newcomers closed unheard because there were too many.",
            isCounter: true
        ),
        .init(
            "liandong_entrance_closings_total",
            "Times that newcomers began to be refused.",
            isCounter: true
        ),
        .init("liandong_resident_bytes", "Memory in use."),
        .init("liandong_disk_free_bytes", "Bytes free on the disk of the journal."),
        .init("liandong_disk_size_bytes", "Bytes of that disk."),
        .init("liandong_disk_growth_bytes_per_day", "Bytes that a day takes, by the last one."),
        .init("liandong_journaled_bytes_total", "Bytes of payloads journaled.", isCounter: true),
        .init("liandong_feed_sessions", "Sessions of an agency."),
        .init("liandong_outbox_age_seconds", "How long an agency's oldest line has waited."),
        .init("liandong_feed_silent_seconds", "How long no line has come from an agency."),
        .init("liandong_feed_condition", "1 while a feed suffers from a condition."),
    ]
}
