import Analysis
import Domain
import Journal
import LiandongClient
import Storage
import Wire

/// Knows what was sent and what was receipted, and holds journal, counts and deadlines against it (审计).
///
/// It is written from the rules of CONTRACT and DESIGN and calls no engine: a slow and simple truth.
final class Auditor {
    private struct Stream {
        /// Every line that has a number, confirmed at the agency, from number 1.
        var lines: [[UInt8]] = []
        var receipts: [UInt64: Receipt] = [:]
    }

    /// What left the hub.
    var promises = Promises()
    private var streams: [StreamID: Stream] = [:]
    /// The stream in force of each agency.
    private var current: [AgencyID: StreamID] = [:]
    private var broken: [String] = []
    private var lines = 0
    /// What officers were shown may be gone from the log.
    private var hasLostEnd = false

    /// Findings told; the first tell most.
    private static let brokenMax = 20

    /// Something is not as it must be.
    func blame(_ what: String) {
        if broken.count < Auditor.brokenMax { broken.append(what) }
    }

    // MARK: The agency's side

    /// The epoch of an agency's stream.
    func epoch(of agency: AgencyID) -> UInt64? { current[agency]?.epoch }

    /// The outbox confirmed these lines.
    func put(_ events: [[UInt8]], _ stream: StreamID, first: UInt64) {
        lines += events.count
        let expected = UInt64(streams[stream, default: Stream()].lines.count) + 1
        if first != expected {
            blame("\(stream): the outbox gave number \(first) after \(expected - 1)")
        }
        streams[stream, default: Stream()].lines += events
    }

    /// An outbox was opened again: what it had confirmed must be there, and of what was not confirmed
    /// a beginning may be.
    func adopt(_ outbox: Outbox, unconfirmed: [[UInt8]]) throws(OutboxError) {
        let stream = outbox.stream
        current[stream.agency] = stream
        let known = streams[stream]?.lines.count ?? 0
        guard outbox.lastNumber >= UInt64(known) else {
            blame("\(stream): \(known) lines were confirmed, \(outbox.lastNumber) are there")
            return
        }
        let more = try outbox.items(
            from: UInt64(known) + 1,
            countMax: unconfirmed.count + 1,
            bytesMax: .max
        )
        guard more.map(\.event).elementsEqual(unconfirmed.prefix(more.count)) else {
            blame("\(stream): the outbox holds lines that nobody put in")
            return
        }
        lines += more.count
        streams[stream, default: Stream()].lines += more.map(\.event)
    }

    /// The outbox began a new epoch and numbered its lines anew.
    func renumbered(_ outbox: Outbox) {
        let stream = outbox.stream
        current[stream.agency] = stream
        do throws(OutboxError) {
            let kept = try outbox.items(from: 1, countMax: .max, bytesMax: .max)
            streams[stream, default: Stream()].lines = kept.map(\.event)
        } catch {
            blame("\(stream): \(error)")
        }
    }

    /// Receipts came: each must speak of the line that has its number, and never change.
    func receipted(_ outbox: Outbox) {
        let stream = outbox.stream
        guard var known = streams[stream] else { return }
        for (index, line) in known.lines.enumerated() {
            let number = UInt64(index) + 1
            guard known.receipts[number] == nil, let receipt = outbox.receipt(of: number) else {
                continue
            }
            known.receipts[number] = receipt
            if !Auditor.speaks(receipt, of: line) {
                blame("\(stream) \(number): the receipt speaks of another content")
            }
        }
        streams[stream] = known
    }

    private static func speaks(_ receipt: Receipt, of line: [UInt8]) -> Bool {
        switch receipt.status {
        case .registered:
            (try? JSONValue(parsing: line)).map { ContentDigest(contentOf: $0) } == receipt.digest
        case .quarantined: ContentDigest(hashing: line) == receipt.digest
        case .refused: true
        }
    }

    // MARK: The hub's side

    /// The hub's machine lost power: what anybody was told of must be on what is left.
    func powerWasLost(_ disk: MemoryDisk) {
        if !hasLostEnd { check(disk, isFinal: false) }
    }

    /// Damage took the end of the journal, which looks like a power cut to it.
    ///
    /// What the agencies have receipts for comes again, and is held against the journal in the end. What
    /// officers were shown may have followed from an entry that no agency sent: it is gone with it.
    ///
    /// - Parameters:
    ///   - disk: What is left.
    ///   - synced: The last entry that was durable.
    /// - Returns: Whether anything is missing.
    func forgiveLostEnd(_ disk: MemoryDisk, synced: UInt64) -> Bool {
        let before = broken
        let seen = check(disk, isFinal: false)
        guard broken != before || seen.entries < Int(synced) else { return false }
        broken = before
        promises.forget()
        hasLostEnd = true
        return true
    }

    /// Everything rests.
    func rested(window: Int) { promises.leaks(window: window).forEach(blame) }

    /// Every agency may send as much as at the beginning.
    func hasWholeCredit(window: Int) -> Bool { promises.leaks(window: window).isEmpty }

    /// The end: every line has a receipt and stands in the journal once.
    func close(
        disk: MemoryDisk,
        counts: JSONValue?,
        ledgers: [DurableLedger],
        shown: [RecallHost.Shown],
        into report: inout SimulationReport
    ) {
        let seen = check(disk, isFinal: true)
        report.lines = lines
        report.receipts = streams.values.reduce(0) { $0 + $1.receipts.count }
        report.entries = seen.entries
        compare(counts, seen.totals)
        let log = checkDecisions(disk, seen, into: &report)
        for signature in promises.signatures.sorted() where !log.signatures.contains(signature) {
            blame("\(signature): signed for, as the hub told, and not in the log")
        }
        if hasLostEnd {
            report.broken = broken
            return
        }
        for ledger in ledgers { ledger.check(log.alerts).forEach(blame) }
        for span in shown where !log.holds(span) {
            blame("a replay of \(span.records.count) from \(span.first) is not the log's")
        }
        report.broken = broken
    }

    /// What a reader of the journal finds.
    struct Seen {
        var entries = 0
        var totals = Totals()
        /// Commands, as the auditor knows them.
        var commands: Set<String> = []
        var lastAt = Timestamp(milliseconds: 0)
    }

    /// Counted from the lines alone.
    struct Totals: Equatable {
        var items = 0
        var sameAgain = 0
        var revised = 0
        var quarantined = 0
    }

    @discardableResult
    private func check(_ disk: MemoryDisk, isFinal: Bool) -> Seen {
        var seen = Seen()
        var next: [StreamID: UInt64] = [:]
        var contents: [ItemRef: ContentDigest] = [:]
        do throws(JournalError) {
            let journal = try JournalReport.of(disk, folder: HubHost.folder) { [self] stored in
                seen.entries += 1
                if stored.at < seen.lastAt {
                    blame("entry \(stored.number): time went back to \(stored.at.rfc3339)")
                }
                seen.lastAt = stored.at
                guard let payload = stored.bytes,
                    let record = try? EntryCodec.decode(
                        kind: stored.kind.rawValue,
                        payload: payload
                    )
                else { return }
                if case .command(let command) = record {
                    seen.commands.insert(
                        Promises.signature(command.officer, command.idempotencyKey)
                    )
                }
                guard let position = record.position else { return }
                let number = next[position.stream, default: 1]
                if position.number != number {
                    blame("\(position.stream): \(position.number) follows \(number - 1)")
                }
                next[position.stream] = position.number + 1
                checkLine(record, position)
                count(record, position, &seen.totals, &contents)
            }
            if isFinal, !journal.isSound { blame("the journal is not sound: \(journal.findings)") }
        } catch {
            if isFinal || !promises.receipts.isEmpty {
                blame("the journal cannot be read: \(error)")
            }
            return seen
        }
        for (stream, known) in streams {
            let through = next[stream, default: 1] - 1
            let promised = max(promises.receipts[stream] ?? 0, known.receipts.keys.max() ?? 0)
            if promised > through {
                blame("\(stream) \(promised): receipted, and the journal ends at \(through)")
            }
            guard isFinal, current[stream.agency] == stream else { continue }
            if through < UInt64(known.lines.count) {
                blame("\(stream): \(known.lines.count) lines, the journal has \(through)")
            }
            if known.receipts.count < known.lines.count {
                blame("\(stream): \(known.lines.count) lines, \(known.receipts.count) receipts")
            }
        }
        for signature in promises.signatures.subtracting(seen.commands).sorted() {
            blame("\(signature): its outcome left the hub, and the journal has it not")
        }
        return seen
    }

    /// A line of the journal is the one that was sent under its number, and what it was receipted as.
    private func checkLine(_ record: JournalRecord, _ position: StreamPosition) {
        guard let known = streams[position.stream],
            position.number <= UInt64(known.lines.count)
        else {
            // A line that the agency's disk lost again after it had been sent would be one.
            blame("\(position.stream) \(position.number): a line that nobody sent")
            return
        }
        let line = known.lines[Int(position.number) - 1]
        if case .item(_, _, _, let event) = record, event != line {
            blame("\(position.stream) \(position.number): another line than was sent")
        }
        var kept = record.receipt
        // The id of a line that was refused for its lane goes back with the receipt and stands in no journal.
        if case .sealedRefusal = record { kept?.id = known.receipts[position.number]?.id ?? "" }
        if let receipt = known.receipts[position.number], receipt != kept {
            blame("\(position.stream) \(position.number): another receipt than was given")
        }
    }

    private func count(
        _ record: JournalRecord,
        _ position: StreamPosition,
        _ totals: inout Totals,
        _ contents: inout [ItemRef: ContentDigest]
    ) {
        switch record {
        case .item(_, let id, let digest, _):
            let ref = ItemRef(agency: position.stream.agency, id: id)
            switch contents.updateValue(digest, forKey: ref) {
            case nil: totals.items += 1
            case digest: totals.sameAgain += 1
            default: totals.revised += 1
            }
        case .quarantine: totals.quarantined += 1
        case .founding, .configuration, .sealedRefusal, .command, .tick, .clock, .observation,
            .withheld, .erasure:
            break
        }
    }

    private func compare(_ counts: JSONValue?, _ totals: Totals) {
        guard let counts else { return blame("nobody answered the question for totals") }
        let row = counts.elements?.first ?? counts
        let expected: KeyValuePairs = [
            "items": totals.items, "same_again": totals.sameAgain, "revised": totals.revised,
            "quarantined": totals.quarantined,
        ]
        for (key, value) in expected where row[key]?.int != Int64(value) {
            blame("\(key) is \(row[key]?.int ?? -1), truly \(value)")
        }
    }
}

/// Every alert's deadline by the rule alone: an officer has so long for each level (签收时限).
struct AuditedDeadlines {
    private struct Open {
        var due: Timestamp
        var level: AlertLevel
    }

    private(set) var raised = 0
    /// A step of the clock waits to be settled: nothing fires.
    private var isHeld = false
    /// Something fired although nothing has been settled yet.
    private var firedInHold: AlertID?
    private var open: [AlertID: Open] = [:]
    private var levels: [AlertID: AlertLevel] = [:]
    private var broken: [String] = []

    private static func within(_ level: AlertLevel) -> TimeSpan {
        switch level {
        case .red: .minutes(10)
        case .orange: .minutes(30)
        case .yellow: .hours(2)
        case .blue: .hours(24)
        }
    }

    mutating func take(_ decision: Decision) {
        if case .clockChanged(let change) = decision.content {
            isHeld = change.event == .stepped
            firedInHold = nil
        } else if let id = firedInHold, !decision.content.isDeadline {
            broken.append("\(id.text): told while the clock held the deadlines")
            firedInHold = nil
        }
        for (id, deadline) in open where !isHeld && deadline.due < decision.at {
            broken.append("\(id.text): due at \(deadline.due.rfc3339) and nothing was told")
            open[id] = nil
        }
        switch decision.content {
        case .alertRaised(let alert):
            raised += 1
            levels[alert.id] = alert.level
            open[alert.id] = Open(
                due: decision.at + AuditedDeadlines.within(alert.level),
                level: alert.level
            )
        case .alertChanged(let alert):
            // A graver level asks for a new signature; otherwise the old deadline stands.
            // What the hub says of itself ends by itself, and may begin again.
            if alert.state == .over { open[alert.id] = nil }
            let isNew = alert.kind.isOfWatch && alert.state == .unacknowledged
            guard alert.level > levels[alert.id] ?? alert.level || isNew && open[alert.id] == nil
            else { break }
            levels[alert.id] = alert.level
            open[alert.id] = Open(
                due: decision.at + AuditedDeadlines.within(alert.level),
                level: alert.level
            )
        case .alertAcknowledged(let alert, _): open[alert.id] = nil
        case .alertOverdue(let alert):
            if isHeld { firedInHold = alert.id }
            if open[alert.id]?.due != decision.at {
                broken.append(
                    "\(alert.id.text): overdue at \(decision.at.rfc3339), which it is not"
                )
            }
            open[alert.id] = nil
        default: break
        }
    }

    /// What was due before the last entry and never told.
    func close(at last: Timestamp) -> [String] {
        broken
            + open.filter { !isHeld && $0.value.due <= last }.map {
                "\($0.key.text): due at \($0.value.due.rfc3339) and never told"
            }.sorted()
    }
}

extension Decision.Content {
    /// What time brings by itself.
    fileprivate var isDeadline: Bool {
        switch self {
        case .alertOverdue: true
        case .alertRaised(let alert), .alertChanged(let alert): alert.kind == .feed
        default: false
        }
    }
}

extension AlertKind {
    /// What the hub says of itself or of a feed.
    fileprivate var isOfWatch: Bool { self == .feed || self == .hub }
}
