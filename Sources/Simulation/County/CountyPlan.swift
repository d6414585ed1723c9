/// What a simulated year must hold: the generator's parameters, from which a year is built.
///
/// The standard plan yields the figures of a real county's annual report (DOMAIN §4.2); totals of a
/// year are always computed from its ``SimulatedTruth``, never read from here.
package struct CountyPlan: Equatable, Sendable {
    /// A joint visit (群访).
    package struct Visit: Equatable, Sendable {
        /// Heads that 信访局 counts.
        package var heads: Int
        /// Heads that the hotline and the media centre report of the same visit (他报); none or two.
        package var otherReports: [Int]
    }

    /// The calendar year, in UTC+8.
    package var year = 2025
    /// Days since 1970 of that year's Spring Festival; offices are shut for eight days.
    package var springFestivalMonth = 1
    /// Its day of the month.
    package var springFestivalDay = 29
    /// Petition items of 信访局.
    package var petitions = 1248
    /// Petition items without an earlier one of the same person and matter (初次).
    package var firstTimePetitions = 528
    /// Items of the 12345 hotline.
    package var hotlineItems = 25_000
    /// Items of 宣传部.
    package var publicityItems = 3600
    /// Items of 融媒体中心.
    package var mediaCentreItems = 2400
    /// The one great matter's items from 信访局, 12345 and 融媒体中心, all of different persons.
    package var greatMatter = [18, 11, 3]
    /// The great matter has fewer items than this in any 24 hours.
    package var greatMatterDayBound = 10
    /// The joint visits.
    package var visits = [
        Visit(heads: 6, otherReports: []), Visit(heads: 87, otherReports: [64, 130]),
        Visit(heads: 120, otherReports: []),
    ]
    /// Items flagged as major and urgent (突发).
    package var urgentItems = 15
    /// Urgent items with danger to life.
    package var dangerItems = 4
    /// Matters that several persons speak of.
    package var sharedMatters = 1100
    /// Petition items among those of shared matters.
    package var sharedPetitions = 110
    /// No other matter has more items than this.
    package var matterItemsMax = 9
    /// Hotline matters that one person calls about again.
    package var hotlineRepeatMatters = 1500
    /// Texts that one agency hands to another.
    package var copies = 400
    /// Copies among them that 信访局 registers.
    package var copiesToPetitions = 20
    /// Pairs of near misses of each kind.
    package var nearMissesOfAKind = 40
    /// Petitioners who come with a second matter of their own.
    package var petitionersWithAnotherMatter = 20
    /// Letters with many signatures, which are no visits.
    package var jointLetters = 10

    /// The plan of the demo.
    package static let standard = CountyPlan()
}
