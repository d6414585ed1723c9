import Domain

/// Late items of feeds that were cut off: each backlog is told once, in one summary (补传小结).
///
/// A summary is due ten minutes after the last late item, at the latest an hour after the first, and
/// at most one a day for each agency.
struct Backlogs: Sendable {
    /// Fewer late items than this are an agency's everyday delay, not a feed that was cut off.
    static let itemsMin = 3
    private static let quietFor = TimeSpan.minutes(10)
    private static let longest = TimeSpan.hours(1)
    private static let pause = TimeSpan.hours(24)

    /// One agency's late items since its last summary.
    struct Backlog: Equatable, Sendable {
        var agency: AgencyID
        var first = Timestamp(milliseconds: 0)
        var last = Timestamp(milliseconds: 0)
        /// The time of the oldest item.
        var oldest = Timestamp(milliseconds: 0)
        var items = 0
        var silentUntil = Timestamp(milliseconds: .min)

        /// Enough for a summary.
        var isSummarised: Bool { items >= itemsMin }

        var due: Timestamp { max(min(last + quietFor, first + longest), silentUntil) }
    }

    /// By agency's name.
    private(set) var backlogs: [Backlog] = []

    /// When the next summary is due.
    var nextDue: Timestamp? { backlogs.lazy.filter { $0.items > 0 }.map(\.due).min() }

    /// A late item came.
    mutating func note(_ item: Item, at time: Timestamp) {
        let place =
            backlogs.firstIndex { !($0.agency < item.ref.agency) } ?? backlogs.endIndex
        if place == backlogs.endIndex || backlogs[place].agency != item.ref.agency {
            backlogs.insert(Backlog(agency: item.ref.agency), at: place)
        }
        if backlogs[place].items == 0 {
            backlogs[place].first = time
            backlogs[place].oldest = item.time
        }
        backlogs[place].items += 1
        backlogs[place].last = time
        backlogs[place].oldest = min(backlogs[place].oldest, item.time)
    }

    /// The next backlog whose time has come at `time`, which may be too small for a summary; equal
    /// times in the order of the agencies.
    mutating func next(at time: Timestamp) -> (due: Timestamp, backlog: Backlog)? {
        guard let due = nextDue, due <= time,
            let place = backlogs.firstIndex(where: { $0.items > 0 && $0.due == due })
        else { return nil }
        let backlog = backlogs[place]
        backlogs[place].items = 0
        if backlog.isSummarised { backlogs[place].silentUntil = due + Backlogs.pause }
        return (due, backlog)
    }
}

// In a state: by agency's name, which is their order.
extension Backlogs {
    func write(to writer: inout StateWriter) {
        writer.begin(.backlogs)
        writer.put(texts: backlogs.map(\.agency.name))
        for backlog in backlogs {
            writer.put(backlog.first.milliseconds)
            writer.put(backlog.last.milliseconds)
            writer.put(backlog.oldest.milliseconds)
            writer.put(Int64(backlog.items))
            writer.put(backlog.silentUntil.milliseconds)
        }
    }

    init(_ reader: inout StateReader) throws(StateError) {
        try reader.begin(.backlogs)
        for name in try reader.texts("the agencies with late items") {
            guard let agency = AgencyID(name: name),
                backlogs.last.map({ $0.agency < agency }) ?? true
            else { throw .badField("an agency with late items") }
            var backlog = Backlog(agency: agency)
            backlog.first = Timestamp(milliseconds: try reader.number("the first late item"))
            backlog.last = Timestamp(milliseconds: try reader.number("the last late item"))
            backlog.oldest = Timestamp(milliseconds: try reader.number("the oldest late item"))
            backlog.items = try reader.count("late items", max: Int(Int32.max))
            backlog.silentUntil = Timestamp(milliseconds: try reader.number("a summary's pause"))
            backlogs.append(backlog)
        }
    }
}
