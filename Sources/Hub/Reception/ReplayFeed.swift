import Domain
import Journal
import Wire

/// How far a replay has come, and how fast it goes (回放进度).
struct ReplayFeed {
    let incarnation: UInt64
    let request: ReplayRequest
    let patterns: [SubjectPattern]
    /// The first decision that was not looked at; `nil` until the span is known.
    var next: UInt64?
    var last: UInt64 = 0
    var digest = DecisionDigest()
    /// The time of the last record.
    var through: Timestamp?
    /// A page is on its way from the archivist.
    var isReading = false
    /// A page that found no room.
    var waiting: ReplayPage?
    private(set) var speed: Int
    private(set) var isPaused = false
    /// The decisions' time and the hub's, from where the pace is reckoned.
    private var origin: (time: Timestamp, uptime: Uptime)?
    /// The time of the next decision, while the pace holds it back.
    private var waitsFor: Timestamp?

    init(incarnation: UInt64, request: ReplayRequest, patterns: [SubjectPattern]) {
        self.incarnation = incarnation
        self.request = request
        self.patterns = patterns
        speed = request.speed
    }

    /// The span is known.
    mutating func begin(_ span: ReplaySpan, now: Uptime) {
        next = span.first
        last = span.last
        digest = span.digest
        origin = span.begins.map { ($0, now) }
    }

    /// Up to which time decisions are shown now; `nil` without a bound.
    func shownThrough(now: Uptime) -> Timestamp? {
        guard speed > 0, let origin else { return nil }
        let elapsed = now.milliseconds - origin.uptime.milliseconds
        let (passed, isTooLong) = elapsed.multipliedReportingOverflow(by: Int64(speed))
        return isTooLong ? nil : origin.time + TimeSpan(milliseconds: passed)
    }

    /// The next page may be asked for.
    func mayRead(now: Uptime) -> Bool {
        guard let next, next <= last, !isReading, waiting == nil, !isPaused else { return false }
        guard let waitsFor, let shown = shownThrough(now: now) else { return true }
        return waitsFor <= shown
    }

    /// Another speed, a pause, or the end of one; time that stands still does not count.
    mutating func take(_ pace: Pace, now: Uptime) {
        let time = isPaused ? origin?.time : shownThrough(now: now) ?? through ?? origin?.time
        speed = pace.speed
        isPaused = pace.isPaused
        origin = time.map { ($0, now) }
    }

    /// Takes in a page.
    mutating func take(_ page: ReplayPage) {
        isReading = false
        next = page.next
        digest = page.digest
        through = page.last ?? through
        waitsFor = page.waitsFor
    }

    /// Everything was shown.
    var isComplete: Bool { next.map { $0 > last } ?? false && !isReading && waiting == nil }
}
