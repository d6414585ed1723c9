/// A point in time in milliseconds since 1970-01-01T00:00:00Z.
///
/// The county's day is UTC+8 whatever the machine's time zone says (DESIGN §2). China has had no
/// daylight saving since 1992, so the offset is a constant and no time zone database is read.
public struct Timestamp: Hashable, Comparable, Sendable {
    /// Milliseconds since the Unix epoch; negative before 1970.
    public let milliseconds: Int64

    /// A time from milliseconds since the Unix epoch.
    @inlinable
    public init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    /// Earlier or not.
    @inlinable
    public static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.milliseconds < right.milliseconds
    }

    /// The time that lies `span` later.
    @inlinable
    public static func + (left: Timestamp, span: TimeSpan) -> Timestamp {
        Timestamp(milliseconds: left.milliseconds &+ span.milliseconds)
    }

    /// The time that lies `span` earlier.
    @inlinable
    public static func - (left: Timestamp, span: TimeSpan) -> Timestamp {
        Timestamp(milliseconds: left.milliseconds &- span.milliseconds)
    }

    /// The span from `right` to `left`.
    @inlinable
    public static func - (left: Timestamp, right: Timestamp) -> TimeSpan {
        TimeSpan(milliseconds: left.milliseconds &- right.milliseconds)
    }
}

/// A length of time in milliseconds.
public struct TimeSpan: Hashable, Comparable, Sendable {
    /// The length; negative when it points to the past.
    public let milliseconds: Int64

    /// A span of so many milliseconds.
    @inlinable
    public init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    /// A span of so many seconds.
    @inlinable
    public static func seconds(_ count: Int64) -> TimeSpan {
        TimeSpan(milliseconds: count &* 1000)
    }

    /// A span of so many minutes.
    @inlinable
    public static func minutes(_ count: Int64) -> TimeSpan {
        .seconds(count &* 60)
    }

    /// A span of so many hours.
    @inlinable
    public static func hours(_ count: Int64) -> TimeSpan {
        .minutes(count &* 60)
    }

    /// A span of so many days of 24 hours.
    @inlinable
    public static func days(_ count: Int64) -> TimeSpan {
        .hours(count &* 24)
    }

    /// Shorter or not.
    @inlinable
    public static func < (left: TimeSpan, right: TimeSpan) -> Bool {
        left.milliseconds < right.milliseconds
    }
}
