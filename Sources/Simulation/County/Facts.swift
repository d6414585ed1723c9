internal import Domain

/// A matter of the simulated county (信访事项): one problem at one place.
struct Matter: Sendable {
    /// The topic, an index into ``Topic/all``.
    let topic: Int
    /// The place, an index into the gazetteer.
    let place: Int
    /// What is wrong, an index into the topic's objects.
    let object: Int
    /// The spot inside the place; may be empty.
    let spot: String
    /// The matter's own number: workers, flats, acres.
    let count: Int
    /// A small number of the matter: months, days.
    let measure: Int
    /// The county's day on which the problem began.
    let began: Int32
}

/// What a text may speak of.
struct Facts: Sendable {
    var place: Place
    var townName: String
    var spot: String
    var object: Phrase
    var respondent: String
    var began: Int32
    var today: CountyDay
    var count: Int
    var measure: Int
    /// The town must be named: the place's name stands in another town too.
    var namesTown: Bool
}

/// How one writer writes.
struct Hand: Sendable {
    /// Small numbers as 三 rather than 3.
    var chineseNumbers = false
    /// Commas and points of half width.
    var narrow = false
    /// Spaces instead of points.
    var spaced = false
    /// Slips of the pen in a thousand characters.
    var slipsPermille = 0
    /// How the writer speaks of the people concerned.
    var people = "我们"
}
