import Domain
import Wire

/// A question or a command that waits for its answer, as the audit log will say it (在途请求).
///
/// Its line is written when its result is known. A question is over with its session; a command is not: what
/// became of it is written also when nobody waits for it any more.
struct OpenRequest {
    /// Which one; a session numbers questions and commands apart.
    struct Name: Hashable {
        let session: SessionID
        let number: UInt64
        let isCommand: Bool
    }

    let who: String
    let act: AuditRecord.Act
    let object: String
    let particulars: [JSONValue.Member]
}

/// What one session was given, or gave, since it was last written down (送达台账).
struct DeliveryTally {
    /// Decisions of the log that were delivered.
    private(set) var delivered = NumberRanges()
    /// Decisions of the log that a replay showed.
    private(set) var replayed = NumberRanges()
    /// Alerts of a subscription's beginning, which stand in no log, and their cases.
    private(set) var alerts: [AlertReport] = []
    private(set) var cases: [String] = []
    private(set) var linesPushed = 0

    /// The most parts of one line; what is beyond begins another.
    private static let partsMax = 256

    var isEmpty: Bool { parts == 0 && linesPushed == 0 }
    var isFull: Bool { parts >= Self.partsMax }

    private var parts: Int { delivered.ranges.count + replayed.ranges.count + alerts.count }

    mutating func note(_ notice: Notice) {
        guard notice.number == 0 else {
            delivered.add(notice.number)
            return
        }
        guard let report = notice.report else { return }
        alerts.append(report)
        cases += notice.matters.cases.prefix(1).map(\.text)
    }

    mutating func note(replayed range: ClosedRange<UInt64>) { replayed.add(range) }

    mutating func note(lines: Int) { linesPushed += lines }
}
