package import Domain
package import Wire

/// How each agency's feed stands, as far as the socket thread sees it (报送状态).
///
/// Link down, daemon gone, outbox stuck and quiet are told apart: a connection that ended tells that its
/// program ended, one that fell silent that the way is cut; the daemon's heartbeat says how long its
/// oldest line has waited; and a daemon that is there, with nothing to send, is quiet.
package struct FeedBook: Sendable {
    /// How the last session of a feed ended.
    package enum End: String, Sendable {
        /// It has not ended, or said goodbye, or was ended by the hub.
        case goodbye
        /// The connection is gone.
        case lost
        /// Nothing was heard any more.
        case silent
    }

    /// One agency's feed.
    package struct Feed: Sendable {
        /// The agency.
        package let agency: AgencyID
        /// Sessions open.
        package fileprivate(set) var sessions = 0
        /// How long the oldest line without a receipt has waited at the agency, by its last heartbeat.
        package fileprivate(set) var oldestMilliseconds: Int64 = 0
        /// When a line last came.
        package fileprivate(set) var lastLine: Uptime
        /// What stands open.
        package fileprivate(set) var open: [Observation.Condition] = []
        fileprivate var end = End.goodbye
        fileprivate var endedAt: Uptime
    }

    /// The spans after which a condition is one.
    package struct Bounds: Sendable {
        /// A connection that has not come back.
        package var absent = TimeSpan.seconds(60)
        /// A line that waits for its receipt.
        package var stuck = TimeSpan.minutes(5)
        /// No line; zero for never.
        package var quiet = TimeSpan.hours(72)

        /// The defaults.
        package init() {}
    }

    /// By agency's name.
    package private(set) var feeds: [Feed]
    private let bounds: Bounds

    /// The feeds of the registered agencies at the start.
    ///
    /// - Parameters:
    ///   - agencies: Who may feed the hub.
    ///   - open: What stood open when the hub was stopped.
    ///   - bounds: When a condition is one.
    ///   - now: The time.
    package init(
        agencies: [AgencyID],
        open: [(condition: Observation.Condition, agency: AgencyID)],
        bounds: Bounds,
        now: Uptime
    ) {
        self.bounds = bounds
        feeds = agencies.sorted().map { agency in
            var feed = Feed(agency: agency, lastLine: now, endedAt: now)
            feed.open = open.filter { $0.agency == agency }.map(\.condition)
            return feed
        }
    }

    /// A session of an agency begins.
    package mutating func began(_ agency: AgencyID) { change(agency) { $0.sessions += 1 } }

    /// A session of an agency has ended.
    package mutating func ended(_ agency: AgencyID, _ end: End, at now: Uptime) {
        change(agency) { feed in
            feed.sessions = max(0, feed.sessions - 1)
            feed.oldestMilliseconds = 0
            feed.end = end
            feed.endedAt = now
        }
    }

    /// Lines came.
    package mutating func lines(_ agency: AgencyID, at now: Uptime) {
        change(agency) { $0.lastLine = now }
    }

    /// A heartbeat said how long the oldest line has waited.
    package mutating func waits(_ agency: AgencyID, milliseconds: Int64) {
        change(agency) { $0.oldestMilliseconds = milliseconds }
    }

    /// What begins or ends now; `tell` says whether it could be told, else it is told later.
    package mutating func look(at now: Uptime, hubTime: Timestamp, tell: (Observation) -> Bool) {
        for place in feeds.indices {
            for condition in [
                Observation.Condition.linkDown, .daemonGone, .outboxStuck, .quiet,
            ] {
                let feed = feeds[place]
                let isOpen = feed.open.contains(condition)
                let (stands, span, bound) = judge(condition, feed, isOpen: isOpen, now)
                guard stands != isOpen else { continue }
                let observation = Observation(
                    condition,
                    agency: feed.agency,
                    since: hubTime - TimeSpan(milliseconds: span),
                    value: Int(span / 1000),
                    bound: Int(bound.milliseconds / 1000),
                    isOver: !stands
                )
                guard tell(observation) else { continue }
                if stands {
                    feeds[place].open.append(condition)
                } else {
                    feeds[place].open.removeAll { $0 == condition }
                }
            }
        }
    }

    private func judge(
        _ condition: Observation.Condition,
        _ feed: Feed,
        isOpen: Bool,
        _ now: Uptime
    ) -> (stands: Bool, milliseconds: Int64, bound: TimeSpan) {
        let absent = now.milliseconds - feed.endedAt.milliseconds
        let silent = now.milliseconds - feed.lastLine.milliseconds
        let isAbsent = feed.sessions == 0 && absent >= bounds.absent.milliseconds
        switch condition {
        case .linkDown:
            return (
                feed.sessions == 0 && isOpen || isAbsent && feed.end == .silent, absent,
                bounds.absent
            )
        case .daemonGone:
            return (
                feed.sessions == 0 && isOpen || isAbsent && feed.end == .lost, absent, bounds.absent
            )
        case .outboxStuck:
            let age = feed.oldestMilliseconds
            return (feed.sessions > 0 && age >= bounds.stuck.milliseconds, age, bounds.stuck)
        default:
            let isQuiet = bounds.quiet.milliseconds > 0 && silent >= bounds.quiet.milliseconds
            return (isQuiet && (feed.sessions > 0 || feed.end == .goodbye), silent, bounds.quiet)
        }
    }

    private mutating func change(_ agency: AgencyID, _ body: (inout Feed) -> Void) {
        guard let place = feeds.firstIndex(where: { $0.agency == agency }) else { return }
        body(&feeds[place])
    }
}
