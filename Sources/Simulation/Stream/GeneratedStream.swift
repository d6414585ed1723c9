package import Domain
internal import Hashing
import Storage

/// An item of a generated stream with what is true of it (生成件).
package struct GeneratedItem: Equatable, Sendable {
    /// The item's fields: title, text, form and person, as a city's public board has them.
    package let item: Item
    /// The item as one line of JSON, a CloudEvents event without the newline (CONTRACT §1).
    package let line: [UInt8]
    /// The matter that it tells of; for checks alone.
    package let matter: Int
    /// The item of the matter whose text it copies or is the original of, from 0; for checks alone.
    package let textOf: Int
    /// It is a copy of an earlier item of its matter.
    package let isCopy: Bool
}

/// A seeded stream of plausible items without end, in time order, made as they are asked for (生成流).
///
/// The same seed gives the same bytes on every machine. Matters, places, units and words are invented
/// from characters; what is kept are the items that the living matters still send, so memory does not
/// grow. Real streams have a like curve of lengths, boilerplate, matters of one item and giants of 60,
/// near copies, form letters, and names that nobody met before: what fills an engine's lists.
package struct GeneratedStream: Sendable {
    /// How long a matter lives at most, in days.
    package static let lifeDays = 57
    /// Items a day, about.
    package static let itemsPerDay = 200

    /// An item that a matter will send.
    private struct Planned: Sendable {
        var matter: Int
        var seed: UInt64
        var born: CountyDay
        var ordinal: Int
    }

    private let seed: UInt64
    private var random: SplitMix64
    private var day: CountyDay
    /// What living matters send on the days to come, by day, in a ring.
    private var coming = [[Planned]](repeating: [], count: lifeDays + 1)
    private var today: [(planned: Planned, time: Timestamp)] = []
    private var next = 0
    private var matters = 0
    private var items = 0

    /// How many items living matters still send.
    package var waiting: Int {
        coming.reduce(today.count - next) { $0 + $1.count }
    }

    /// A stream from a seed, whose first item comes on a day.
    package init(seed: UInt64, from day: CountyDay = GeneratedStream.firstDay) {
        self.seed = seed
        self.day = day
        random = SplitMix64(seed: seed ^ 0x7374_7265_616d)
    }

    /// The day of the first item where nothing else is said: 1 January 2024.
    package static let firstDay = CountyDay(number: 19_723)

    /// The next item.
    package mutating func nextItem() -> GeneratedItem {
        while next == today.count { begin() }
        let (planned, time) = today[next]
        next += 1
        items += 1
        let matter = StreamMatter(number: planned.matter, seed: planned.seed, born: planned.born)
        let writer = StreamWriter(matter: matter, ordinal: planned.ordinal)
        let told = writer.write()
        var item = Item(
            ref: ItemRef(agency: writer.agency, id: "g\(seed)-\(items)"),
            kind: .complaint,
            time: time,
            division: .unknown,
            title: told.title,
            text: told.text,
            form: .online
        )
        item.persons = [[writer.person].compactMap { $0 }]
        return GeneratedItem(
            item: item,
            line: EventLine.bytes(of: item, extras: EventLine.Extras()),
            matter: planned.matter,
            textOf: writer.original ?? planned.ordinal,
            isCopy: writer.original != nil
        )
    }

    /// Plans the items of the next day: what living matters send, and the first items of new ones.
    private mutating func begin() {
        let slot = Int(day.number) % coming.count
        var planned = coming[slot]
        coming[slot] = []
        let weekend = day.weekday > 5
        let quota =
            GeneratedStream.itemsPerDay * random.number(in: weekend ? 45...75 : 95...130) / 100
        for _ in 0..<max(quota - planned.count, 1) {
            matters += 1
            let seed = random.next()
            let matter = StreamMatter(number: matters, seed: seed, born: day)
            for ordinal in 0..<matter.size {
                let item = Planned(matter: matters, seed: seed, born: day, ordinal: ordinal)
                let delay = matter.delay(of: ordinal)
                if delay == 0 {
                    planned.append(item)
                } else {
                    coming[(slot + delay) % coming.count].append(item)
                }
            }
        }
        random.shuffle(&planned)
        var seconds = planned.map { _ in
            // Between 6 and 24 o'clock, most of them by day.
            Int64(21_600 + random.below(32_400) + random.below(32_400))
        }
        seconds.sort()
        today = zip(planned, seconds).map { planned, second in
            (planned, day.start + .seconds(second))
        }
        next = 0
        day = CountyDay(number: day.number + 1)
    }
}
