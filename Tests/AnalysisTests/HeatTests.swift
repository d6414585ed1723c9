import Analysis
import Domain
import Foundation
import Simulation
import Storage
import Testing

@Suite struct HeatTests {
    /// A registration with what the slow count looks at.
    private struct Sample {
        let admission: Admission
        let town: String
        let category: String
        let agency: String
        let milliseconds: Int64
    }

    private static let towns = ["441424100", "441424103", "441424120", "441424", "000000"]
    private static let categories = ["labour.wages", "land.use", "other.unknown"]
    private static let agencies = ["xinfang", "12345", "media"].map {
        $0 == "12345" ? "hotline" : $0
    }

    private func samples(seed: UInt64, count: Int) throws -> [Sample] {
        var chance = SplitMix64(seed: seed)
        func pick(_ list: [String]) -> String { list[Int(chance.next() % UInt64(list.count))] }
        let base = try #require(Timestamp(rfc3339: "2024-05-20T00:00:00+08:00"))
        return try (0..<count).map { number in
            let town = pick(Self.towns)
            let category = pick(Self.categories)
            let agency = pick(Self.agencies)
            // Forty days in steps of a quarter of an hour, so that midnight is hit often.
            let time = base + .minutes(15 * Int64(chance.next() % 3840))
            return Sample(
                admission: Admission(
                    ref: ItemRef(agency: try #require(AgencyID(name: agency)), id: "N\(number)"),
                    ordinal: UInt64(number + 1),
                    kind: .complaint,
                    time: time,
                    division: try #require(Division(code: town)),
                    category: try #require(Category(key: category)),
                    isUrgent: false,
                    isLate: number % 7 == 0,
                    isAhead: false
                ),
                town: town,
                category: category,
                agency: agency,
                milliseconds: time.milliseconds
            )
        }
    }

    private func heat(_ samples: [Sample], _ period: Period, by: String) throws -> Heat {
        let towns = try Self.towns.prefix(3).map { try #require(Division(code: $0)) }
        var count = HeatCount(
            HeatQuestion(
                period: period,
                dimensions: try HeatDimension.list(by),
                towns: Set(towns)
            )
        )
        for sample in samples { count.add(sample.admission) }
        return count.heat
    }

    /// The coordinates by Foundation's calendar instead of the engine's.
    private func key(_ sample: Sample, _ by: String, shift: Int64) -> [String] {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = TimeZone(secondsFromGMT: 8 * 3600) ?? .gmt
        return by.split(separator: ",").map { name in
            switch name {
            case "division": return sample.town
            case "town": return Self.towns.prefix(3).contains(sample.town) ? sample.town : ""
            case "category": return sample.category
            default:
                let moment = Date(
                    timeIntervalSince1970: Double(sample.milliseconds + shift) / 1000
                )
                let parts = calendar.dateComponents([.year, .month, .day], from: moment)
                return String(
                    format: "%04d-%02d-%02d",
                    parts.year ?? 0,
                    parts.month ?? 0,
                    parts.day ?? 0
                )
            }
        }
    }

    @Test(
        arguments: [
            "division", "town", "category", "day", "division,category", "category,town,day",
            "day,division",
        ],
        [("2024-06-05", "2024-06-11"), ("2024-06-10T09:30:00+08:00", "2024-06-12T21:00:00+08:00")]
    )
    func everyCellEqualsASlowCount(by: String, span: (String, String)) throws {
        let seed: UInt64 = 20_240_605
        let samples = try samples(seed: seed, count: 3000)
        let period = try Period(from: span.0, to: span.1)
        let heat = try heat(samples, period, by: by)
        let from = period.from.milliseconds
        let length = period.to.milliseconds - from
        let now = samples.filter { $0.milliseconds >= from && $0.milliseconds < from + length }
        let before = samples.filter { $0.milliseconds >= from - length && $0.milliseconds < from }
        let nowKeys = now.map { key($0, by, shift: 0) }
        let beforeKeys = before.map { key($0, by, shift: length) }
        let keys = Set(nowKeys + beforeKeys)
        #expect(Set(heat.spots.map { $0.values.map(\.text) }) == keys, "seed \(seed)")
        #expect(heat.spots.count == keys.count)
        for spot in heat.spots {
            let place = spot.values.map(\.text)
            let here = zip(now, nowKeys).filter { $0.1 == place }
            #expect(spot.items.value == here.count, "\(place), seed \(seed)")
            #expect(spot.agencies == Set(here.map(\.0.agency)).count)
            #expect(spot.before.value == beforeKeys.count { $0 == place })
        }
        #expect(heat.items.value == now.count && heat.before.value == before.count)
        let order = heat.spots.map(\.items)
        #expect(order == order.sorted(by: >))
    }

    @Test func orderOfArrivalChangesNothing() throws {
        let samples = try samples(seed: 7, count: 500)
        let period = try Period(from: "2024-06-05", to: "2024-06-11")
        let one = try heat(samples, period, by: "division,category,day")
        let other = try heat(samples.reversed(), period, by: "division,category,day")
        #expect(one == other)
    }

    @Test func changeIsInItemsAndInPercent() throws {
        func spot(_ items: Int, _ before: Int) -> HeatSpot {
            HeatSpot(
                values: [],
                items: ItemCount(items),
                agencies: 1,
                before: ItemCount(before)
            )
        }
        #expect(spot(12, 5).change == 7 && spot(12, 5).changePercent == 140)
        #expect(spot(5, 8).change == -3 && spot(5, 8).changePercent == -38)
        #expect(spot(4, 3).changePercent == 33 && spot(5, 3).changePercent == 67)
        #expect(spot(0, 4).changePercent == -100)
        #expect(spot(4, 0).changePercent == nil)
    }

    @Test func wrongDimensionIsNamed() throws {
        #expect(try HeatDimension.list("day,town") == [.day, .town])
        #expect(throws: HeatMistake.unknown("person")) { try HeatDimension.list("division,person") }
        #expect(throws: HeatMistake.unknown("")) { try HeatDimension.list("") }
        #expect(throws: HeatMistake.unknown(" day")) { try HeatDimension.list("town, day") }
        #expect(throws: HeatMistake.twice("day")) { try HeatDimension.list("day,day") }
    }
}
