package import Domain

/// A point in time on a clock that never goes back, in milliseconds since an arbitrary start.
///
/// Sessions measure silence with it; it says nothing about the county's day.
package struct Uptime: Hashable, Comparable, Sendable {
    /// Milliseconds since the clock's start.
    package let milliseconds: Int64

    /// A point from milliseconds since the clock's start.
    package init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    /// Earlier or not.
    package static func < (left: Uptime, right: Uptime) -> Bool {
        left.milliseconds < right.milliseconds
    }

    /// The point that lies `span` later.
    package static func + (left: Uptime, span: TimeSpan) -> Uptime {
        Uptime(milliseconds: left.milliseconds &+ span.milliseconds)
    }
}

/// When a side last spoke and last heard, and what that asks for (心跳).
struct Pulse: Sendable {
    enum Need {
        case nothing
        case beat
        case giveUp
    }

    var heartbeat: TimeSpan
    var silence: TimeSpan
    private(set) var sentAt: Uptime
    private(set) var heardAt: Uptime

    init(heartbeat: TimeSpan, silence: TimeSpan, now: Uptime) {
        self.heartbeat = heartbeat
        self.silence = silence
        sentAt = now
        heardAt = now
    }

    /// Something other than a PONG went out.
    mutating func sent(at now: Uptime) { sentAt = max(sentAt, now) }

    mutating func heard(at now: Uptime) { heardAt = max(heardAt, now) }

    func need(at now: Uptime) -> Need {
        if now >= heardAt + silence { return .giveUp }
        return now >= sentAt + heartbeat ? .beat : .nothing
    }

    /// When `need` changes next.
    var deadline: Uptime { min(sentAt + heartbeat, heardAt + silence) }
}

/// How a client's session came to its end, and what the client does then.
package struct SessionEnd: Error, Equatable, Sendable {
    /// What a client does when its session is over.
    package enum Advice: Equatable, Sendable {
        /// Connect again, with the ordinary backoff.
        case again
        /// Connect again, but slowly: a person may have to act first.
        case later
        /// Make a new epoch, number all kept lines from 1 in it, and connect.
        case newEpoch
        /// Stop and tell a person.
        case stop
    }

    /// The code; `nil` for one of a later version.
    package var code: ErrorCode?
    /// One sentence: what, where, what to do.
    package var reason: String
    /// What to do.
    package var advice: Advice

    /// An end from its parts.
    package init(_ code: ErrorCode?, _ reason: String, advice: Advice) {
        self.code = code
        self.reason = reason
        self.advice = advice
    }

    /// The end that a fatal ERROR makes.
    package init(_ notice: ErrorNotice) {
        self.init(
            notice.code,
            notice.reason,
            advice: notice.code.map(SessionEnd.advice(for:)) ?? .later
        )
    }

    /// The end that the hub's own mistake makes.
    init(_ error: ProtocolError) {
        self.init(error.code, error.reason, advice: .later)
    }

    static func silent(_ what: String, _ span: TimeSpan) -> SessionEnd {
        SessionEnd(
            .silentSession,
            "The hub \(what) for \(span.milliseconds) ms; check the network and the hub.",
            advice: .again
        )
    }

    static let draining = SessionEnd(
        .draining,
        "The hub says goodbye: it is being stopped or restarted; connect again.",
        advice: .again
    )

    private static func advice(for code: ErrorCode) -> Advice {
        switch code {
        case .unexpectedMessage, .creditExceeded, .draining, .silentSession, .overloaded,
            .numberGap:
            .again
        case .numberConflict, .sessionReplaced, .unknownStream, .tooManyStreams:
            .stop
        default:
            .later
        }
    }
}
