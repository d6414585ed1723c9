import Domain
import Hub
import LiandongClient
import Testing
import Wire

/// A flood of one key is bounded by its own limits.
@Suite struct IntakePaceTests {
    private let xinfang = AgencyID(name: "xinfang")
    private let zhengshu = AgencyID(name: "zhengshu")

    private func pace(
        backlog: UInt64,
        microseconds: Int64 = 100,
        isStopped: Bool = false,
        busy: [AgencyID: Int]
    ) -> IntakePace {
        var pace = IntakePace()
        pace.look(
            backlog: backlog,
            microsecondsPerEntry: microseconds,
            pace: TimeSpan(milliseconds: 100),
            isStopped: isStopped,
            busy: busy
        )
        return pace
    }

    private func window(
        _ pace: inout IntakePace,
        _ agency: AgencyID,
        isIdle: Bool = false,
        unspent: UInt64 = 64 << 10,
        at now: Int64 = 0
    ) -> Int {
        pace.window(
            of: agency,
            isIdle: isIdle,
            unspent: unspent,
            creditBytes: 4 << 20,
            now: Uptime(milliseconds: now)
        )
    }

    @Test func engineThatWasNotMeasuredBoundsNobody() throws {
        let agency = try #require(xinfang)
        var pace = pace(backlog: 1_000_000, microseconds: 0, busy: [agency: 1])
        #expect(window(&pace, agency) == 4 << 20)
    }

    @Test func agenciesShareEquallyWhateverTheirConnections() throws {
        let (one, other) = (try #require(xinfang), try #require(zhengshu))
        var pace = pace(backlog: 0, busy: [one: 1, other: 4])
        #expect(window(&pace, one) == 4 * window(&pace, other))
    }

    @Test func manySessionsThatBeginAtOnceGetNoMoreThanOne() throws {
        let agency = try #require(xinfang)
        var pace = pace(backlog: 0, busy: [:])
        func begin(at now: Int64) -> Int {
            pace.firstWindow(of: agency, creditBytes: 4 << 20, now: Uptime(milliseconds: now))
        }
        let first = begin(at: 0)
        #expect(first == IntakePace.firstBytes)
        let others = (1...20).map { begin(at: $0) }
        #expect(others.allSatisfy { $0 > 0 })
        #expect(others.dropFirst(2).reduce(0, +) < first)
        #expect(begin(at: 2000) == first)
    }

    @Test func shareShrinksWithTheBacklogToNothing() throws {
        let agency = try #require(xinfang)
        var windows: [Int] = []
        for backlog: UInt64 in [0, 250, 500, 999, 1000, 5000] {
            var pace = pace(backlog: backlog, busy: [agency: 1])
            windows.append(window(&pace, agency))
        }
        #expect(windows == windows.sorted(by: >))
        #expect(windows.suffix(2) == [0, 0])
        #expect(windows[3] > 0)
    }

    @Test func idleFeedGetsItsReserveOnceASecond() throws {
        let agency = try #require(xinfang)
        var pace = pace(backlog: 5000, busy: [:])
        #expect(window(&pace, agency, isIdle: true, at: 0) >= ItemLimits.eventBytesMax)
        #expect(window(&pace, agency, isIdle: true, at: 999) == 0)
        #expect(window(&pace, agency, isIdle: true, at: 1000) >= ItemLimits.eventBytesMax)
    }

    @Test func feedThatSpentItsCreditGetsALittleAndNeverAWholeMessage() throws {
        let agency = try #require(xinfang)
        var pressed = pace(backlog: 5000, busy: [:])
        let reserve = window(&pressed, agency, isIdle: true, unspent: 100)
        #expect(reserve > 0 && reserve <= 64 << 10)
        var calm = pace(backlog: 100, busy: [agency: 40])
        #expect(window(&calm, agency, isIdle: true, unspent: 100) < 64 << 10)
    }

    @Test func feedWithRoomMaySendAWholeMessageWhenTheEngineKeepsUp() throws {
        let agency = try #require(xinfang)
        var calm = pace(backlog: 100, busy: [agency: 4])
        #expect(window(&calm, agency, isIdle: true, at: 0) == IntakePace.firstBytes)
        #expect(window(&calm, agency, isIdle: true, at: 4999) < IntakePace.firstBytes)
        #expect(window(&calm, agency, isIdle: true, at: 5000) == IntakePace.firstBytes)
        var stopped = pace(backlog: 0, isStopped: true, busy: [agency: 4])
        #expect(window(&stopped, agency) == 0)
    }

    @Test func dearEntriesShrinkCreditAtOnceAndAreRememberedForSeconds() {
        var pace = EnginePace()
        pace.note(entries: 8192, microseconds: 8192 * 2, at: 0)
        let cheap = pace.microsecondsPerEntry
        #expect(cheap < EnginePace.assumed / 4)
        pace.note(entries: 4096, microseconds: 4096 * 300, at: 1)
        let dear = pace.microsecondsPerEntry
        #expect(dear > 250)
        for at in 2...1001 { pace.note(entries: 64, microseconds: 128, at: Int64(at)) }
        #expect(pace.microsecondsPerEntry > dear * 8 / 10)
        for at in 1002...60_000 { pace.note(entries: 64, microseconds: 128, at: Int64(at)) }
        #expect(pace.microsecondsPerEntry <= cheap)
    }
}
