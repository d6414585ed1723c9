package import Domain
package import Wire

/// A subscription that outlives cuts and restarts of the hub (值守).
///
/// It connects again with growing pauses and subscribes anew: one that ends with its session begins
/// with the active alerts once more, a durable one goes on where it was settled. One thread uses it.
package struct Watch<Connection: HubConnection & ~Copyable>: ~Copyable {
    /// What comes.
    package enum Event: Sendable {
        /// The hub took the subscription.
        case begun
        /// Something of the subscription.
        case subscription(DeskLine<Connection>.Event)
        /// The session is over; the next attempt follows after a pause.
        case interrupted(reason: String, pause: TimeSpan)
    }

    private let subjects: [String]
    private var durable: DurableTerms?
    private let agent: String
    private let clock: any ClientClock
    private var chance: any RandomNumberGenerator
    private let connect: () throws(ConnectionError) -> Connection
    private var line: DeskLine<Connection>?
    private var failures = 0
    private var nextAttempt = Uptime(milliseconds: .min)

    /// A watch that has not begun.
    ///
    /// - Parameters:
    ///   - subjects: 1 to 64 patterns.
    ///   - durable: The terms of a durable subscription.
    ///   - agent: Program and version, for the hub's log.
    ///   - clock: Where it reads time and rests.
    ///   - chance: Spreads the attempts of many.
    ///   - connect: Makes a connection; called again after a failure.
    package init(
        _ subjects: [String],
        durable: DurableTerms? = nil,
        agent: String,
        clock: any ClientClock = MonotonicClock(),
        chance: any RandomNumberGenerator = SystemRandomNumberGenerator(),
        connect: @escaping () throws(ConnectionError) -> Connection
    ) {
        self.subjects = subjects
        self.durable = durable
        self.agent = agent
        self.clock = clock
        self.chance = chance
        self.connect = connect
    }

    /// The next event; `nil` when none came in time.
    ///
    /// - Throws: What only a person can mend: a refused right, subject or name.
    package mutating func next(
        within milliseconds: Int64
    ) throws(DeskLine<Connection>.Failure) -> Event? {
        let deadline = clock.now + TimeSpan(milliseconds: milliseconds)
        if line == nil {
            while clock.now < nextAttempt {
                guard clock.now < deadline else { return nil }
                clock.rest(milliseconds: 20)
            }
            return try attempting { (watch) throws(DeskLine<Connection>.Failure) in
                try watch.open()
                return .begun
            }
        }
        let rest = max(0, deadline.milliseconds - clock.now.milliseconds)
        return try attempting { (watch) throws(DeskLine<Connection>.Failure) in
            guard let event = try watch.line?.next(within: rest) else { return nil }
            watch.failures = 0
            if case .settled(let position) = event { watch.durable?.resume = position.token }
            return .subscription(event)
        }
    }

    /// Says what became of deliveries of a durable subscription; one that is cut off says it again when
    /// the delivery comes again.
    package mutating func settle(
        _ numbers: ClosedRange<UInt64>,
        _ word: Settlement.Word = .done
    ) throws(DeskLine<Connection>.Failure) -> Event? {
        try attempting { (watch) throws(DeskLine<Connection>.Failure) in
            try watch.line?.settle(numbers, word)
            return nil
        }
    }

    private mutating func open() throws(DeskLine<Connection>.Failure) {
        let connection: Connection
        do throws(ConnectionError) {
            connection = try connect()
        } catch {
            throw .network(error)
        }
        var opened = try DeskLine(connection, agent: agent, clock: clock)
        try opened.subscribe(subjects, durable: durable)
        line = consume opened
        // Where it begins is said once.
        durable?.beginning = nil
    }

    private mutating func attempting(
        _ work: (inout Self) throws(DeskLine<Connection>.Failure) -> Event?
    ) throws(DeskLine<Connection>.Failure) -> Event? {
        do throws(DeskLine<Connection>.Failure) {
            return try work(&self)
        } catch {
            line = nil
            let reason: String
            switch error {
            case .ended(let end):
                guard end.advice != .stop else { throw error }
                reason = end.reason
            case .refused(let notice):
                // Too old to be sent again: subscribing anew mends it. Other refusals stand.
                guard notice.code == .pastTheSnapshot || notice.code == .overloaded else {
                    throw error
                }
                reason = notice.reason
            case .silent: reason = "The hub does not answer."
            case .network(let network): reason = network.description
            }
            failures += 1
            let most = Int64(min(30_000, 250 << min(failures, 8)))
            let pause = TimeSpan(milliseconds: .random(in: most / 2...most, using: &chance))
            nextAttempt = clock.now + pause
            return .interrupted(reason: reason, pause: pause)
        }
    }
}
