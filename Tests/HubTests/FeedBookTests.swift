import Domain
import Hub
import Testing
import Wire

/// What is told of a feed, and when; times are seconds.
@Suite struct FeedBookTests {
    private struct Feed {
        var book: FeedBook
        var told: [String] = []
        let agency: AgencyID

        init(open: [Observation.Condition] = []) throws {
            agency = try #require(AgencyID(name: "xinfang"))
            book = FeedBook(
                agencies: [agency],
                open: open.map { [agency] in ($0, agency) },
                bounds: FeedBook.Bounds(),
                now: Uptime(milliseconds: 0)
            )
        }

        mutating func look(at second: Int64, isHeard: Bool = true) {
            var told: [String] = []
            book.look(
                at: Uptime(milliseconds: second * 1000),
                hubTime: Timestamp(milliseconds: 1_741_000_000_000)
            ) { observation in
                if isHeard {
                    let end = observation.isOver ? " over" : " \(observation.value)"
                    told.append("\(second) \(observation.condition.token)\(end)")
                }
                return isHeard
            }
            self.told += told
        }

        mutating func end(_ end: FeedBook.End, at second: Int64) {
            book.ended(agency, end, at: Uptime(milliseconds: second * 1000))
        }
    }

    @Test(arguments: [(FeedBook.End.silent, "link-down"), (.lost, "daemon-gone")])
    func endOfTheConnectionTellsLinkFromDaemon(end: FeedBook.End, token: String) throws {
        var feed = try Feed()
        feed.book.began(feed.agency)
        feed.end(end, at: 10)
        for second: Int64 in [11, 69, 70, 71, 500] { feed.look(at: second) }
        feed.book.began(feed.agency)
        feed.look(at: 501)
        feed.look(at: 502)
        #expect(feed.told == ["70 \(token) 60", "501 \(token) over"])
    }

    @Test func goodbyeIsNoTrouble() throws {
        var feed = try Feed()
        feed.book.began(feed.agency)
        feed.end(.goodbye, at: 10)
        feed.look(at: 10_000)
        #expect(feed.told.isEmpty)
    }

    @Test func anotherSessionOfTheAgencyIsEnough() throws {
        var feed = try Feed()
        feed.book.began(feed.agency)
        feed.book.began(feed.agency)
        feed.end(.lost, at: 10)
        feed.look(at: 1000)
        #expect(feed.told.isEmpty)
    }

    @Test func heartbeatTellsOfAnOutboxThatIsStuck() throws {
        var feed = try Feed()
        feed.book.began(feed.agency)
        feed.book.waits(feed.agency, milliseconds: 299_000)
        feed.look(at: 1)
        feed.book.waits(feed.agency, milliseconds: 300_000)
        feed.look(at: 2)
        feed.book.waits(feed.agency, milliseconds: 0)
        feed.look(at: 3)
        #expect(feed.told == ["2 outbox-stuck 300", "3 outbox-stuck over"])
    }

    @Test func feedFromWhichNothingComesIsQuiet() throws {
        let days: Int64 = 72 * 3600
        var feed = try Feed()
        feed.book.began(feed.agency)
        feed.look(at: days - 1)
        feed.look(at: days)
        feed.book.lines(feed.agency, at: Uptime(milliseconds: (days + 5) * 1000))
        feed.look(at: days + 5)
        #expect(feed.told == ["\(days) quiet \(days)", "\(days + 5) quiet over"])
    }

    @Test func whatStoodOpenEndsAfterARestart() throws {
        var feed = try Feed(open: [.linkDown])
        feed.look(at: 1)
        feed.book.began(feed.agency)
        feed.look(at: 2)
        #expect(feed.told == ["2 link-down over"])
    }

    @Test func whatFoundNoRoomIsToldLater() throws {
        var feed = try Feed()
        feed.book.began(feed.agency)
        feed.end(.lost, at: 0)
        feed.look(at: 60, isHeard: false)
        feed.look(at: 61)
        #expect(feed.told == ["61 daemon-gone 61"])
    }
}
