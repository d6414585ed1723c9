internal import Domain

/// An item before it has a number: what the year's builder decides about it.
struct Draft: Sendable {
    var matter: Int
    /// An index into ``SimulatedYear/agencies``.
    var agency: Int
    var time: Timestamp
    var form: Form
    var order: Composition.Order
    /// Persons of the county by number; empty for anonymous items.
    var persons: [Int] = []
    /// The fields are filled in with care, so that a clerk can always tell the place.
    var isCareful = false
    /// The draft that this one copies.
    var original: Int?
    var heads = 0
    var affected = 0
    var representatives = 0
    var isUrgent = false
    var isDangerous = false
    /// The joint visit that this item reports, by number.
    var visit: Int?
    /// Sentiment rather than complaint.
    var isSentiment = false
    /// The seed of what is filled in beside the text.
    var seed: UInt64 = 0
}

/// The agencies of the simulated county by index.
enum Desk {
    static let petitions = 0
    static let hotline = 1
    static let publicity = 2
    static let mediaCentre = 3
}
