import Domain
import Journal
import Wire

/// What a durable subscription brought its holder, and what he dealt with (长期订阅台账).
struct DurableLedger {
    /// It began with the log's first decision.
    let isWhole: Bool
    /// Live deliveries of each session, those that came again left out.
    private var runs: [[String]] = []
    private var dealtWith: Set<String> = []
    /// Deliveries of this session by their numbers, where they are decisions of the log.
    private var numbers: [UInt64: String] = [:]
    /// Said to be settled on the hub's disk, so that they never come again.
    private var settled: Set<String> = []
    private var broken: [String] = []

    init(isWhole: Bool) {
        self.isWhole = isWhole
    }

    var dealtCount: Int { dealtWith.count }

    /// What a decision about an alert is known by.
    static func key(of decision: JSONValue) -> String {
        let alert = decision["alert"]
        let parts = ["id", "state", "level"].map { alert?[$0]?.text ?? "" }
        return "\(decision["decision"]?.text ?? "") \(decision["at"]?.text ?? "") "
            + "\(parts.joined(separator: " ")) \(alert?["report"]?.int ?? 0)"
    }

    /// A session begins; where it begins anew, everything may come again.
    mutating func beginRun(anew: Bool) {
        runs.append([])
        numbers = [:]
        if anew { settled = [] }
    }

    mutating func delivered(_ key: String, as number: UInt64, isLive: Bool, isAgain: Bool) {
        guard isLive else { return }
        if settled.contains(key) {
            broken.append("came again although it was settled on the hub's disk: \(key)")
        }
        // What an alert of the snapshot was told by comes again as live, and stands in no log.
        guard !isAgain else { return }
        numbers[number] = key
        runs[runs.count - 1].append(key)
    }

    /// The hub says that every delivery up to this one is settled on its disk.
    mutating func position(_ last: UInt64) {
        for (number, key) in numbers where number <= last {
            numbers[number] = nil
            if dealtWith.contains(key) { settled.insert(key) }
        }
    }

    mutating func dealt(_ key: String) { dealtWith.insert(key) }

    /// What is wrong, given every decision about alerts in the log's order: each must have been dealt
    /// with, and each session must have seen them in order.
    func check(_ alerts: [String]) -> [String] {
        var places: [String: Int] = [:]
        for (place, key) in alerts.enumerated() where places[key] == nil { places[key] = place }
        var broken = broken.sorted()
        var first = isWhole ? 0 : alerts.count
        for run in runs {
            var last = -1
            for key in run {
                guard let place = places[key] else {
                    broken.append("a delivery is in no log: \(key)")
                    continue
                }
                if place <= last { broken.append("out of order: \(key)") }
                last = place
                first = min(first, place)
            }
        }
        for key in alerts[min(first, alerts.count)...] where !dealtWith.contains(key) {
            broken.append("never dealt with: \(key)")
        }
        return broken
    }
}

/// The log of decisions as a reader finds it in the end.
struct AuditedLog {
    /// Decisions about alerts, by their keys.
    private(set) var alerts: [String] = []
    /// Who signed, and by which command.
    private(set) var signatures: Set<String> = []
    /// Each decision's bytes; `nil` where no replay may show it.
    private var bytes: [[UInt8]?] = []

    mutating func take(_ stored: StoredDecision, _ decision: Decision) {
        var isShown = true
        if case .refusedSealed = decision.content { isShown = false }
        bytes.append(isShown ? stored.bytes : nil)
        switch decision.content {
        case .alertAcknowledged(let alert, let key):
            signatures.insert(Promises.signature(alert.acknowledgedBy, key))
        case .caseEdited(let editing):
            signatures.insert(Promises.signature(editing.officer, editing.commandKey))
        default: break
        }
        switch decision.content {
        case .alertRaised, .alertChanged, .alertAcknowledged, .alertOverdue:
            alerts.append(DurableLedger.key(of: decision.json))
        default: break
        }
    }

    /// A replay showed what stands here.
    func holds(_ span: RecallHost.Shown) -> Bool {
        let first = Int(span.first) - 1
        guard !span.records.isEmpty else { return true }
        guard first >= 0, first < bytes.count else { return false }
        return bytes[first...].lazy.compactMap { $0 }.prefix(span.records.count).elementsEqual(
            span.records
        )
    }
}
