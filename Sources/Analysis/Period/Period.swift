package import Domain

/// A span of time that a question is about (时段): its beginning belongs to it, its end does not.
package struct Period: Hashable, Sendable {
    /// The first moment.
    package let from: Timestamp
    /// The moment after the last.
    package let to: Timestamp

    /// A period; `nil` when it is empty.
    package init?(from: Timestamp, to: Timestamp) {
        guard from < to else { return nil }
        self.from = from
        self.to = to
    }

    /// A period from what a person wrote: RFC 3339 with a zone, or a day of the county's calendar,
    /// `2024-03-05`; a day at the end belongs to the period.
    package init(from: String, to: String) throws(PeriodMistake) {
        let first: Timestamp
        switch Period.read(from) {
        case .moment(let time): first = time
        case .day(let day): first = day.start
        case nil: throw .noTime(from)
        }
        let last: Timestamp
        switch Period.read(to) {
        case .moment(let time): last = time
        case .day(let day): last = CountyDay(number: day.number + 1).start
        case nil: throw .noTime(to)
        }
        guard first < last else { throw .ends(to, before: from) }
        self.from = first
        self.to = last
    }

    /// How long it is.
    package var length: TimeSpan { to - from }

    /// The period before, of equal length.
    package var before: Period {
        guard let before = Period(from: from - length, to: from) else {
            preconditionFailure("a period is not empty")
        }
        return before
    }

    /// Whether a moment belongs to it.
    package func contains(_ time: Timestamp) -> Bool { from <= time && time < to }

    private enum Moment {
        case moment(Timestamp)
        case day(CountyDay)
    }

    private static func read(_ text: String) -> Moment? {
        if let time = Timestamp(rfc3339: text) { return .moment(time) }
        guard text.utf8.count == 10, let time = Timestamp(rfc3339: text + "T00:00:00+08:00") else {
            return nil
        }
        return .day(time.countyDay)
    }
}

/// Why two texts are no period.
package enum PeriodMistake: Error, Hashable, Sendable, CustomStringConvertible {
    /// A text is no time.
    case noTime(String)
    /// The end does not lie after the beginning.
    case ends(String, before: String)

    /// What, and what to do.
    package var description: String {
        switch self {
        case .noTime(let text):
            "“\(text)” is no time; write a day, 2024-03-05, or 2024-03-05T14:30:00+08:00"
        case .ends(let to, let from):
            "the period ends at \(to), which is not after \(from); exchange --from and --to"
        }
    }
}
