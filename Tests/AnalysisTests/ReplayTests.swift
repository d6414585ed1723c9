import Analysis
import Domain
import Hashing
import Testing
import Wire

@Suite struct ReplayTests {
    private let agency = AgencyID(name: "xinfang")

    /// One registration an hour from midnight on, in two towns and two classes in turn.
    private func decisions() throws -> [Decision] {
        let start = try #require(Timestamp(rfc3339: "2024-06-01T00:00:00+08:00"))
        let agency = try #require(agency)
        let towns = try ["441424100", "441424120"].map { try #require(Division(code: $0)) }
        let classes = try ["labour.wages", "land.use"].map { try #require(Category(key: $0)) }
        var decisions = [Decision(at: start, content: .refusedSealed)]
        for hour in 0..<48 {
            let admission = Admission(
                ref: ItemRef(agency: agency, id: "XF\(hour)"),
                ordinal: UInt64(hour + 1),
                kind: .complaint,
                time: start,
                division: towns[hour % 2],
                category: classes[hour / 2 % 2],
                isUrgent: false,
                isLate: false,
                isAhead: false
            )
            let at = start + .hours(Int64(hour))
            decisions.append(Decision(at: at, content: .admitted(admission)))
        }
        return decisions
    }

    private func replay(_ subjects: [String]) throws -> (shown: [Decision], Replay) {
        var replay = Replay(
            period: try Period(
                from: "2024-06-01T06:00:00+08:00",
                to: "2024-06-01T18:00:00+08:00"
            ),
            patterns: try subjects.map { try #require(SubjectPattern(text: $0)) }
        )
        var shown: [Decision] = []
        for decision in try decisions() {
            switch replay.take(decision, bytes: DecisionCodec.encode(decision)) {
            case .shown: shown.append(decision)
            case .passed: break
            case .ended: return (shown, replay)
            }
        }
        return (shown, replay)
    }

    @Test func deadlinesThatWereHeldStandWhereTheyWereDecided() throws {
        let times = try ["08:00", "10:00", "09:30", "11:00", "12:00"].map {
            try #require(Timestamp(rfc3339: "2024-06-01T\($0):00+08:00"))
        }
        var held: [[Int]] = []
        for (from, to) in [("08:00", "09:45"), ("09:45", "11:30")] {
            var replay = Replay(
                period: try Period(
                    from: "2024-06-01T\(from):00+08:00",
                    to: "2024-06-01T\(to):00+08:00"
                ),
                patterns: []
            )
            var shown: [Int] = []
            for (place, time) in times.enumerated() {
                let decision = Decision(at: time, content: .refusedSealed)
                let verdict = replay.take(decision, bytes: DecisionCodec.encode(decision))
                if verdict == .ended { break }
                if verdict == .shown { shown.append(place) }
            }
            held.append(shown)
        }
        #expect(held == [[0], [1, 2, 3]])
    }

    @Test func spanHoldsItsBeginningAndNotItsEnd() throws {
        let (shown, replay) = try replay([])
        #expect(shown == Array(try decisions()[7..<19]))
        #expect(replay.count == 12)
    }

    @Test(
        arguments: [
            (["item.*.44.14.24.120.>"], 6), (["item.>"], 12), (["alert.>"], 0),
            (["item.xinfang.44.14.24.120.labour.wages"], 3),
            (["item.*.*.*.*.*.labour.*", "item.*.44.14.24.120.>"], 9), (["item.other.>"], 0),
        ] as [([String], Int)]
    )
    func subjectsThatMatchAreShownOnce(subjects: [String], count: Int) throws {
        let (shown, replay) = try replay(subjects)
        #expect(shown.count == count)
        #expect(replay.count == count)
    }

    @Test func digestIsThatOfTheBytesShown() throws {
        let (shown, replay) = try replay(["item.*.44.14.24.120.>"])
        var digest = Digest32.sha256("")
        for decision in shown {
            let bytes = DecisionCodec.encode(decision)
            let length = [UInt8(bytes.count & 0xff), UInt8(bytes.count >> 8), 0, 0]
            let linked = digest.bytes + length + bytes
            digest = linked.withUnsafeBytes { Digest32.sha256($0) }
        }
        #expect(replay.digest == digest)
        #expect(replay.digest != (try self.replay([]).1.digest))
        let (_, nothing) = try self.replay(["alert.>"])
        #expect(
            nothing.digest.hex
                == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        )
    }

    @Test func whatSubjectlessDecisionsSayIsShownOnlyToThoseWhoAskForAll() throws {
        let whole = try Period(from: "2024-06-01", to: "2024-06-02")
        let first = try #require(try decisions().first)
        var all = Replay(period: whole, patterns: [])
        #expect(all.take(first, bytes: []) == .shown)
        let pattern = try #require(SubjectPattern(text: ">"))
        var some = Replay(period: whole, patterns: [pattern])
        #expect(some.take(first, bytes: []) == .passed)
    }

    @Test func paceFollowsTheDecisionsOwnTimes() throws {
        let start = Timestamp(milliseconds: 1_000_000)
        var pace = try #require(ReplayPace(speed: 60))
        #expect(pace.wait(for: start, elapsed: .seconds(0)) == .seconds(0))
        #expect(pace.wait(for: start + .minutes(1), elapsed: .seconds(0)) == .seconds(1))
        #expect(
            pace.wait(for: start + .minutes(2), elapsed: TimeSpan(milliseconds: 1500))
                == TimeSpan(milliseconds: 500)
        )
        // Who lags behind does not wait.
        #expect(pace.wait(for: start + .minutes(3), elapsed: .hours(1)) == .seconds(0))
        var slow = try #require(ReplayPace(speed: 0.000_001))
        #expect(slow.wait(for: start, elapsed: .seconds(0)) == .seconds(0))
        #expect(slow.wait(for: start + .days(400_000), elapsed: .seconds(0)) > .days(1))
        for speed in [0, -1, .nan, .infinity] { #expect(ReplayPace(speed: speed) == nil) }
    }
}
