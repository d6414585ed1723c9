import Domain
import OrderedCollections
import Wire

/// What a subscription has seen of the decision log, and what comes next (订阅进度).
///
/// A pure value beside the session. It never holds decisions back in memory: whoever has no credit
/// keeps his place, and what lies between is read from the log when there is room again.
struct LogFeed {
    let incarnation: UInt64
    let patterns: [SubjectPattern]
    /// The durable subscription, where it is one.
    var durable: DurableFeed?
    /// Active alerts that are still to be delivered.
    var snapshot: ArraySlice<Notice> = []
    /// The first decision that was not looked at; `nil` until it is known.
    var next: UInt64?
    /// Where the log stands is known, so that deliveries may begin.
    var isOpen = false
    /// A page is on its way from the archivist, which begins with this decision.
    var isReading = false
    var readingFrom: UInt64?
    /// Bytes that the next delivery needs.
    var needed = 1
    /// The decisions of the last deliveries, for FETCH; the first of them has the number `firstPlace`.
    private var places: [UInt64] = []
    private var firstPlace: UInt64 = 1

    init(incarnation: UInt64, patterns: [SubjectPattern], durable: DurableFeed?) {
        self.incarnation = incarnation
        self.patterns = patterns
        self.durable = durable
    }

    /// Deliveries may go out as far as settlement goes.
    var hasRoom: Bool { durable.map { $0.unsettled.count < $0.terms.inFlight } ?? true }

    /// How many more deliveries may go out.
    var countMax: Int {
        durable.map { max(0, $0.terms.inFlight - $0.unsettled.count) } ?? ProtocolLimits.fetchMax
    }

    /// Notes a delivery.
    mutating func sent(_ notice: Notice, as number: UInt64, now: Uptime) {
        needed = 1
        durable?.sent(notice, as: number, now: now)
        guard notice.number > 0 else {
            firstPlace = number + 1
            return
        }
        places.append(notice.number)
        guard places.count > 2 * ProtocolLimits.fetchMax else { return }
        places.removeFirst(ProtocolLimits.fetchMax)
        firstPlace += UInt64(ProtocolLimits.fetchMax)
    }

    /// Goes back to a delivery; `false` when nobody remembers where it stood.
    mutating func goBack(to number: UInt64) -> Bool {
        guard number >= firstPlace, number - firstPlace < UInt64(places.count) else { return false }
        let offset = Int(number - firstPlace)
        next = places[offset]
        places.removeSubrange(offset...)
        durable?.goBack(to: number)
        return true
    }
}

/// What became of the deliveries of a durable subscription (处理进度).
struct DurableFeed {
    /// A delivery that nobody has settled.
    struct Waiting {
        /// Its decision; 0 for an alert of the snapshot.
        var decision: UInt64
        var wait: TimeSpan
        /// When it comes again.
        var due: Uptime
        var again = 0
        /// It is on its way from the archivist.
        var isReading = false
        /// An alert of the snapshot stands in no log.
        var notice: Notice?
    }

    let key: DurableKey
    let terms: DurableTerms
    /// Decisions that were settled out of turn in earlier sessions, ascending.
    let without: [UInt64]
    /// By the numbers of the deliveries, ascending.
    private(set) var unsettled: OrderedDictionary<UInt64, Waiting> = [:]
    /// The alerts that it began with are settled.
    private(set) var hasBegun: Bool
    private var aside: Set<UInt64>
    private var isSnapshotComplete = false

    init(_ standing: DurableStanding, terms: DurableTerms) {
        key = standing.key
        self.terms = terms
        without = standing.aside
        aside = Set(standing.aside)
        hasBegun = standing.hasBegun
    }

    mutating func sent(_ notice: Notice, as number: UInt64, now: Uptime) {
        let wait = terms.waits[notice.level]
        unsettled[number] = Waiting(
            decision: notice.number,
            wait: wait,
            due: now + wait,
            notice: notice.number == 0 ? notice : nil
        )
    }

    /// Deliveries from a number on were lost on the way: they are under way no more, and go out anew.
    mutating func goBack(to number: UInt64) {
        unsettled.removeAll { $0.key >= number }
    }

    mutating func snapshotIsComplete() {
        isSnapshotComplete = true
        noteBeginning()
    }

    /// Takes in what the holder says of deliveries; those that are settled already are passed over.
    ///
    /// - Returns: The decisions among them that were settled now.
    mutating func take(_ settlement: Settlement, now: Uptime) -> [UInt64] {
        let numbers = unsettled.keys.filter { settlement.numbers.contains($0) }
        var settled: [UInt64] = []
        for number in numbers {
            switch settlement.word {
            case .done, .givenUp:
                guard let waiting = unsettled.removeValue(forKey: number) else { continue }
                settled.append(waiting.decision)
                if waiting.decision > 0 { aside.insert(waiting.decision) }
            case .later(let span): unsettled[number]?.due = now + span
            case .working:
                guard let wait = unsettled[number]?.wait else { continue }
                unsettled[number]?.due = now + wait
            }
        }
        noteBeginning()
        return settled
    }

    /// Deliveries whose time is over, which are to come again.
    mutating func dueAgain(now: Uptime) -> [(number: UInt64, Waiting)] {
        var due: [(number: UInt64, Waiting)] = []
        for (number, waiting) in unsettled where waiting.due <= now && !waiting.isReading {
            unsettled[number]?.isReading = true
            due.append((number, waiting))
        }
        return due
    }

    /// A delivery came again, or could not: then it is tried soon.
    mutating func cameAgain(_ number: UInt64, wasSent: Bool, now: Uptime) {
        guard var waiting = unsettled[number] else { return }
        waiting.isReading = false
        if wasSent { waiting.again += 1 }
        waiting.due = now + (wasSent ? waiting.wait : .seconds(1))
        unsettled[number] = waiting
    }

    /// What a delivery told of was withdrawn: there is nothing left to deliver or to settle.
    mutating func letGo(_ number: UInt64) {
        guard let waiting = unsettled.removeValue(forKey: number) else { return }
        if waiting.decision > 0 { aside.insert(waiting.decision) }
        noteBeginning()
    }

    /// How far it has come, where `next` is the first decision that was not looked at and `lastNumber`
    /// the last delivery.
    mutating func progress(
        incarnation: UInt64,
        next: UInt64,
        lastNumber: UInt64
    ) -> DurableProgress {
        let first = unsettled.values.first { $0.decision > 0 }?.decision ?? next
        let decision = min(first, next) - 1
        aside = aside.filter { $0 > decision }
        return DurableProgress(
            key: key,
            incarnation: incarnation,
            delivery: unsettled.keys.first.map { $0 - 1 } ?? lastNumber,
            decision: decision,
            aside: aside.sorted(),
            hasBegun: hasBegun
        )
    }

    private mutating func noteBeginning() {
        guard isSnapshotComplete, !hasBegun else { return }
        hasBegun = !unsettled.values.contains { $0.decision == 0 }
    }
}
