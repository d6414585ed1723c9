/// What happened in a simulated run, and what was wrong (仿真报告).
package struct SimulationReport: Equatable, Sendable {
    /// The seed, which reproduces the run.
    package let seed: UInt64
    /// How long the world lasted.
    package internal(set) var virtualMilliseconds: Int64 = 0
    /// Faults by kind.
    package internal(set) var faults: [String: Int] = [:]
    /// Times that the hub was started.
    package internal(set) var hubStarts = 0
    /// Times that daemons were started.
    package internal(set) var agencyStarts = 0
    /// Sessions of officers.
    package internal(set) var deskSessions = 0
    /// Lines put into outboxes.
    package internal(set) var lines = 0
    /// Lines with a receipt.
    package internal(set) var receipts = 0
    /// Entries in the journal.
    package internal(set) var entries = 0
    /// Decisions in the log.
    package internal(set) var decisions = 0
    /// Alerts raised.
    package internal(set) var alerts = 0
    /// Deliveries that officers took.
    package internal(set) var deliveries = 0
    /// Outcomes of commands that officers got.
    package internal(set) var outcomes = 0
    /// Deliveries that a durable subscription's holder dealt with.
    package internal(set) var dealtWith = 0
    /// Replays that came to their end, and how often one went on behind a token.
    package internal(set) var replays = 0
    package internal(set) var replaysResumed = 0
    /// What was wrong, each in a sentence; empty when all invariants hold.
    package internal(set) var broken: [String] = []
}
