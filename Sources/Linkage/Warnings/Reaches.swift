import Domain

/// How far sentiment items have gone (传播情况): reposts are reach and no items of their own (DOMAIN §11).
///
/// An item's reach comes again with each new version of it. At most `itemsMax` items are followed; of more the one
/// that was first followed gives way, and counts no more.
struct Reaches: Sendable {
    /// The most items followed.
    static let itemsMax = 65_536
    /// The most points kept of one item; of more every second one is left out.
    static let pointsMax = 64

    /// What an item's agency last said, and how often it was passed on until when.
    struct Track: Equatable, Sendable {
        var reach: Int
        /// The medium's level as a number from 1.
        var medium: UInt8
        /// By time, strictly rising; what was passed on never falls.
        var points: [Point]
    }

    /// A moment, and how often the item had been passed on by then.
    struct Point: Equatable, Sendable {
        var at: Timestamp
        var shares: Int
    }

    private(set) var tracks: [Int32: Track] = [:]
    /// The items in the order in which they were first followed.
    private(set) var order: [Int32] = []
    private var next = 0

    /// No item is followed.
    var isEmpty: Bool { order.isEmpty }

    /// Takes in what an agency says of an item's reach; true where that tells anything new.
    mutating func note(_ number: Int, _ item: Item, at time: Timestamp) -> Bool {
        guard let media = item.media else { return false }
        let number = Int32(number)
        let level = MediaReach.Level.allCases.firstIndex(of: media.level).map { UInt8($0 + 1) } ?? 1
        guard var track = tracks[number] else {
            follow(number)
            var points = [Point(at: item.time, shares: 0)]
            if time > item.time {
                points.append(Point(at: time, shares: media.shares))
            } else {
                points[0].shares = media.shares
            }
            tracks[number] = Track(reach: media.reach, medium: level, points: points)
            return true
        }
        let before = track
        track.reach = max(track.reach, media.reach)
        track.medium = max(track.medium, level)
        track.add(media.shares, at: time)
        tracks[number] = track
        return track != before
    }

    /// Forgets an item that was withdrawn.
    mutating func remove(_ number: Int) {
        guard tracks.removeValue(forKey: Int32(number)) != nil else { return }
        order.removeAll { $0 == Int32(number) }
        next = 0
    }

    /// The furthest reach of an item; 0 for one that is not followed.
    func furthest(of number: Int32) -> Int { tracks[number]?.reach ?? 0 }

    /// The level of the medium that took an item up, as a number from 1; `nil` for one that is not followed.
    func medium(of number: Int32) -> Int? { tracks[number].map { Int($0.medium) } }

    /// How often an item was passed on in the window that ends at a moment.
    ///
    /// Between two moments that are known it is taken to have been passed on evenly.
    func passedOn(_ number: Int32, in window: TimeSpan, until end: Timestamp) -> Int {
        guard let track = tracks[number] else { return 0 }
        return track.shares(at: end) - track.shares(at: end - window)
    }

    private mutating func follow(_ number: Int32) {
        if order.count < Reaches.itemsMax {
            order.append(number)
            return
        }
        tracks.removeValue(forKey: order[next])
        order[next] = number
        next = (next + 1) % Reaches.itemsMax
    }
}

extension Reaches.Track {
    mutating func add(_ shares: Int, at time: Timestamp) {
        let last = points[points.count - 1]
        let risen = max(shares, last.shares)
        if time <= last.at {
            points[points.count - 1].shares = risen
            return
        }
        guard risen > last.shares else { return }
        points.append(Reaches.Point(at: time, shares: risen))
        guard points.count > Reaches.pointsMax else { return }
        points = points.enumerated().filter { $0.offset % 2 == 0 || $0.offset == points.count - 1 }
            .map(\.element)
    }

    func shares(at time: Timestamp) -> Int {
        guard let after = points.firstIndex(where: { $0.at > time }) else {
            return points.last?.shares ?? 0
        }
        guard after > 0 else { return 0 }
        let (one, other) = (points[after - 1], points[after])
        let part = (time - one.at).milliseconds
        let whole = (other.at - one.at).milliseconds
        let gained = Int64(other.shares - one.shares)
        let product = gained.multipliedFullWidth(by: part)
        return one.shares + Int(whole.dividingFullWidth(product).quotient)
    }
}

// In a state: the tracks in the order in which they were begun.
extension Reaches {
    func write(to writer: inout StateWriter) {
        writer.begin(.reaches)
        writer.put(list: order)
        writer.put(UInt32(next))
        for number in order {
            guard let track = tracks[number] else { continue }
            writer.put(Int64(track.reach))
            writer.put(track.medium)
            writer.put(list: track.points.map(\.at.milliseconds))
            writer.put(list: track.points.map { Int64($0.shares) })
        }
    }

    init(_ reader: inout StateReader, itemCount: Int) throws(StateError) {
        try reader.begin(.reaches)
        order = try reader.list("the followed items")
        next = Int(try reader.number("the oldest followed item", as: UInt32.self))
        let isBounded =
            order.count <= Reaches.itemsMax && (next == 0 || next < order.count)
            && Set(order).count == order.count
            && order.allSatisfy { $0 >= 0 && Int($0) < itemCount }
        try reader.check(isBounded, "the followed items")
        for number in order {
            let reach: Int64 = try reader.number("an item's reach")
            let medium: UInt8 = try reader.number("an item's medium")
            let times: [Int64] = try reader.list("an item's times")
            let shares: [Int64] = try reader.list("how often it was passed on", count: times.count)
            let isSound =
                (1...Reaches.pointsMax).contains(times.count) && reach >= 0
                && (1...MediaReach.Level.allCases.count).contains(Int(medium))
                && zip(times, times.dropFirst()).allSatisfy { $0 < $1 }
                && zip(shares, shares.dropFirst()).allSatisfy { $0 <= $1 }
                && shares.allSatisfy { (0...Int64(ItemLimits.countMax)).contains($0) }
            try reader.check(isSound, "how far item \(number + 1) went")
            let points = zip(times, shares).map {
                Point(at: Timestamp(milliseconds: $0), shares: Int($1))
            }
            tracks[number] = Track(reach: Int(reach), medium: medium, points: points)
        }
    }
}
