/// The lane of a hub process (通道): each serves exactly one, with a journal, keys and engine of its own.
public enum Lane: String, CaseIterable, Hashable, Sendable {
    /// Everything that is no accusation.
    case open
    /// Accusations (检举控告) alone (限知).
    case sealed

    /// The lane of an item by what it says of itself (条例 §30).
    ///
    /// An accusation goes to the sealed lane whoever is competent: of discipline and of cadres
    /// (`discipline`, `personnel`) because its readers alone may know of it, of a business's illegal acts
    /// (`enforcement`) because no reader there answers for the respondent, and where the competence is
    /// `unknown` or missing because nobody has said yet that it may be read.
    ///
    /// - Parameters:
    ///   - purpose: The item's own purpose, else the default of its agency.
    ///   - competence: Who may deal with it; it means nothing for other purposes.
    public init(purpose: Purpose?, competence: Competence?) {
        guard purpose == .accusation else {
            self = .open
            return
        }
        switch competence {
        case .discipline, .personnel, .enforcement, .unknown, nil: self = .sealed
        }
    }
}
