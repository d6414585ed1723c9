import Domain
import Foundation
import Hashing
import Simulation
import Testing

/// What leaves the simulator: lines by the contract, the same for a seed, without any label.
@Suite struct YearLines {
    private static let year = SimulatedYear(seed: 7)

    @Test func theSameSeedGivesTheSameBytes() {
        let again = SimulatedYear(seed: 7)
        #expect(digest(again) == digest(Self.year))
        #expect(again.truth == Self.year.truth)
        #expect(digest(SimulatedYear(seed: 8)) != digest(Self.year))
    }

    @Test func everyLineIsAnEventByTheContract() throws {
        for item in Self.year.items {
            let line = Data(item.line)
            let object = try #require(
                try JSONSerialization.jsonObject(with: line) as? [String: Any]
            )
            #expect(EventRules.mistakes(in: object, of: item.item) == [], "\(item.item.ref.id)")
            #expect(item.line.count <= ItemLimits.eventBytesMax && !item.line.contains(10))
        }
    }

    @Test func aLineCarriesNoLabel() {
        let lines = Data(Self.year.items.flatMap(\.line))
        for label in ["matter", "repeat", "original", "truth", "near", "first", "copy", "seed"] {
            #expect(!holds(lines, "\"\(label)"), "\(label)")
        }
        #expect(holds(lines, "\"persons\""))
    }

    @Test func nobodyIsNamedOrLabelled() {
        let lines = Data(Self.year.items.flatMap(\.line))
        let words = [
            "钉子" + "户", "老访" + "户", "缠" + "访", "闹" + "访", "稳" + "控", "举报", "贪污", "受贿", "身份证号", "★",
            "绝密", "机密",
        ]
        for word in words { #expect(!holds(lines, word), "\(word)") }
        let longest = Self.year.items.map { longestDigits($0.item.title + $0.item.text) }.max()
        #expect(longest ?? 0 < 7, "a text may hold a number of a person")
    }

    @Test func timesAndNumbersAreInOrder() throws {
        let items = Self.year.items.map(\.item)
        let year = CountyPlan.standard.year
        #expect(zip(items, items.dropFirst()).allSatisfy { $0.time <= $1.time })
        #expect(items.allSatisfy { $0.time.countyDay.parts.year == year })
        #expect(Set(items.map(\.ref)).count == items.count)
        for item in items where item.form == .visit && item.ref.agency.name == "xinfang" {
            let hour = item.time.sinceCountyMidnight.milliseconds / 3_600_000
            #expect((8...17).contains(hour) && item.time.countyDay.weekday <= 5)
        }
        for agency in SimulatedYear.agencies {
            let numbers = items.filter { $0.ref.agency == agency }.map(\.ref.id)
            #expect(numbers == numbers.sorted())
        }
    }

    @Test func textsAreAsLongAsRealOnes() {
        let lengths = Self.year.items.map { $0.item.text.unicodeScalars.count }.sorted()
        let median = lengths[lengths.count / 2]
        #expect((150...250).contains(median), "the median is \(median)")
        let long = lengths.count { $0 > 1000 } * 1000 / lengths.count
        #expect((30...80).contains(long), "\(long) permille are over 1,000")
        #expect(lengths.count { $0 > 3000 } > 50)
        #expect(lengths[0] > 3)
        #expect(Set(Self.year.items.map(\.item.text)).count > lengths.count * 999 / 1000)
    }

    @Test func stepsHoldEveryItemOnceInOrder() {
        let length = TimeSpan.hours(6)
        let steps = Self.year.steps(of: length)
        var seen = 0
        for step in steps {
            #expect(step.items.count == SimulatedYear.agencies.count)
            let all = step.items.flatMap { $0 }.sorted()
            #expect(all == Array(seen..<seen + all.count) && !all.isEmpty)
            seen += all.count
            for (agency, positions) in step.items.enumerated() {
                #expect(positions == positions.sorted())
                for position in positions {
                    let item = Self.year.items[position]
                    #expect(item.agency == SimulatedYear.agencies[agency])
                    #expect(item.item.time >= step.start && item.item.time - step.start < length)
                }
            }
        }
        #expect(seen == Self.year.items.count)
    }

    private func holds(_ lines: Data, _ word: String) -> Bool {
        lines.range(of: Data(word.utf8)) != nil
    }

    private func digest(_ year: SimulatedYear) -> String {
        var hasher = SHA256Hasher()
        for item in year.items {
            hasher.update(item.line)
            hasher.update([10])
        }
        return hasher.finalize().hex
    }

    private func longestDigits(_ text: String) -> Int {
        var longest = 0
        var current = 0
        for byte in text.utf8 {
            current = (48...57).contains(byte) ? current + 1 : 0
            longest = max(longest, current)
        }
        return longest
    }
}
