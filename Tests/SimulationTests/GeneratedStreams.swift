import Domain
import Hub
import Settings
import Simulation
import Testing

private func items(_ count: Int, seed: UInt64) -> [GeneratedItem] {
    var stream = GeneratedStream(seed: seed)
    return (0..<count).map { _ in stream.nextItem() }
}

/// Characters of three in a row.
private func shingles(_ text: String) -> Set<[Unicode.Scalar]> {
    let scalars = Array(text.unicodeScalars)
    guard scalars.count >= 3 else { return [] }
    return Set((0...(scalars.count - 3)).map { Array(scalars[$0..<($0 + 3)]) })
}

/// Enough items for rare lengths and several giants, made once.
private struct LongStream {
    static let seed: UInt64 = 1
    static let one = LongStream()
    /// The items in their order.
    let items: [GeneratedItem]
    /// The most items that living matters had still to send.
    let mostWaiting: Int

    private init() {
        var stream = GeneratedStream(seed: LongStream.seed)
        var (items, most): ([GeneratedItem], Int) = ([], 0)
        for _ in 0..<20_000 {
            items.append(stream.nextItem())
            most = max(most, stream.waiting)
        }
        (self.items, mostWaiting) = (items, most)
    }
}

@Suite struct GeneratedStreams {
    @Test func aSeedGivesTheSameBytesAgain() {
        let one = LongStream.one.items.prefix(500).map(\.line)
        #expect(one == items(500, seed: LongStream.seed).map(\.line))
        #expect(one != items(500, seed: LongStream.seed + 1).map(\.line))
    }

    @Test func lengthsFollowTheCurveOfABoard() {
        let lengths = LongStream.one.items.map { $0.item.text.unicodeScalars.count }.sorted()
        let median = lengths[lengths.count / 2]
        let high = lengths[lengths.count * 95 / 100]
        #expect((193...213).contains(median), "the median is \(median)")
        #expect((1_092...1_206).contains(high), "the 95th percentile is \(high)")
        #expect(lengths[lengths.count - 1] <= 6_999)
        #expect(lengths[lengths.count - 1] > 6_000)
        #expect(lengths[0] >= 9)
    }

    @Test func mostMattersAreOneItemAndSomeAreGiantsOfSixty() {
        var sizes: [Int: Int] = [:]
        var begun: [Int: Timestamp] = [:]
        var longest = TimeSpan.seconds(0)
        for item in LongStream.one.items {
            sizes[item.matter, default: 0] += 1
            let first = begun[item.matter] ?? item.item.time
            begun[item.matter] = first
            longest = max(longest, item.item.time - first)
        }
        #expect(sizes.values.max() == 60)
        #expect(sizes.values.count { $0 == 1 } * 10 > sizes.count * 7)
        #expect(longest <= .days(Int64(GeneratedStream.lifeDays)))
    }

    @Test func copiesHoldTheEarlierTextThatTheyCopy() throws {
        var texts: [[Int]: String] = [:]
        var altered = 0
        var copies = 0
        for item in LongStream.one.items.prefix(8_000) {
            let key = [item.matter, item.textOf]
            let text = item.item.text
            guard item.isCopy else {
                texts[key] = text
                continue
            }
            copies += 1
            let original = try #require(texts[key], "\(item.item.ref.id)")
            guard original != text else { continue }
            altered += 1
            let (one, other) = (shingles(original), shingles(text))
            let common = one.intersection(other).count
            #expect(common * 10 >= min(one.count, other.count) * 8, "\(item.item.ref.id)")
            #expect(original.unicodeScalars.count >= 60, "\(item.item.ref.id)")
        }
        #expect(copies > 300)
        #expect(altered > 100)
    }

    @Test func itemsOfAMatterShareNamesAndNotTheirWords() {
        var first: [Int: String] = [:]
        var (pairs, sharing) = (0, 0)
        for item in LongStream.one.items.prefix(8_000) where !item.isCopy {
            guard let earlier = first[item.matter] else {
                first[item.matter] = item.item.text
                continue
            }
            let (one, other) = (shingles(earlier), shingles(item.item.text))
            guard min(one.count, other.count) > 60 else { continue }
            let common = one.intersection(other).count
            pairs += 1
            sharing += common > 0 ? 1 : 0
            #expect(common * 2 < min(one.count, other.count), "\(item.item.ref.id)")
        }
        #expect(pairs > 200)
        #expect(sharing * 10 > pairs * 9, "\(sharing) of \(pairs)")
    }

    @Test func timeNeverRunsBack() {
        let times = LongStream.one.items.map(\.item.time)
        #expect(zip(times, times.dropFirst()).allSatisfy { $0 <= $1 })
    }

    @Test func whatLivingMattersStillSendStaysBounded() {
        #expect(LongStream.one.mostWaiting < 20 * GeneratedStream.itemsPerDay)
    }

    @Test func everyItemPassesTheGateAndTellsByItsTextAlone() throws {
        let county = try CountyConfiguration(template: CountyTemplate())
        let feed = EngineFeed(
            county: CountyTemplate().divisions.county,
            configuration: CountyFiles(
                files: county.files.map { CountyFile(canonical: $0.canonical, content: $0.file) },
                agencies: county.agencies
            )
        )
        for item in LongStream.one.items.prefix(3_000) {
            let line = feed.inspect(item.line, from: item.item.ref.agency)
            let read = try #require(line.item, "\(item.item.ref.id)")
            #expect(read.ref == item.item.ref)
            #expect(read.time == item.item.time)
            #expect(read.title == item.item.title && read.text == item.item.text)
            #expect(read.persons.count == 1)
            #expect(read.division.isUnknown && read.category == .unknown)
            #expect(read.place.isEmpty && read.respondent.isEmpty)
            #expect(!item.item.title.isEmpty)
        }
    }
}
