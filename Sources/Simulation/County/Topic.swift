internal import Domain

/// A topic of complaint (诉求事由): what can go wrong with a kind of place, and how people say it.
///
/// Read from ``TopicText``. A head line `@id|category|kinds|weights|counts|months|respondent`, the
/// weights for 信访局, 12345 and the media, a `*` after the id where all objects speak of one and
/// the same problem, `b` as respondent for the builder of the place and `-` for none. Then lines:
/// `O` what is wrong (follows a place's name), `W` telling it, `C` what came of it, `D` the demand,
/// `X` a detail.
struct Topic: Sendable {
    let id: String
    let category: Category
    let kinds: [Place.Kind]
    /// Weights for petitions, hotline and media.
    let weights: [Int]
    /// How large the matter's own number may be.
    let counts: ClosedRange<Int>
    /// The months in which it is more frequent; empty for none.
    let months: [Int]
    /// Two topics of one group never stand at one place, so that no two matters look like one.
    let group: String
    let respondent: Respondent
    /// All objects name one problem, so items of a matter may choose among them.
    let objectsAgree: Bool
    /// Talk of the town rather than a complaint.
    let isTalk: Bool
    var objects: [Phrase] = []
    var tellings: [Phrase] = []
    var consequences: [Phrase] = []
    var demands: [Phrase] = []
    var details: [Phrase] = []

    /// Whom the complaint is about.
    enum Respondent: Sendable {
        case unit, builder, none
        case named(Phrase)
    }

    /// The topics that a year draws from.
    static let ordinary = [
        TopicText.labour, TopicText.housing, TopicText.environment, TopicText.utility,
        TopicText.street, TopicText.education, TopicText.health, TopicText.land,
        TopicText.market, TopicText.media,
    ].flatMap(Topic.list)

    /// The topics of sudden items.
    static let sudden = Topic.list(TopicText.sudden)

    /// All topics; a matter names one by its index.
    static let all = ordinary + sudden

    /// The index of a topic.
    static func index(_ id: String) -> Int {
        guard let index = all.firstIndex(where: { $0.id == id }) else {
            preconditionFailure("grammar: no topic \(id)")
        }
        return index
    }

    private static func list(_ source: String) -> [Topic] {
        var topics: [Topic] = []
        for line in source.split(separator: "\n") {
            if line.hasPrefix("@") {
                topics.append(Topic(head: line.dropFirst()))
            } else {
                topics[topics.count - 1].add(line)
            }
        }
        return topics
    }

    private init(head: Substring) {
        let fields = head.split(separator: "|", omittingEmptySubsequences: false)
        precondition(fields.count == 7, "grammar: \(head)")
        let bounds = fields[4].split(separator: "-").compactMap { Int($0) }
        guard let category = Category(key: String(fields[1])), bounds.count == 2 else {
            preconditionFailure("grammar: \(head)")
        }
        objectsAgree = fields[0].hasSuffix("*")
        id = String(fields[0].filter { $0 != "*" })
        self.category = category
        isTalk = fields[1].hasPrefix("media.")
        kinds = fields[2].compactMap { Place.Kind(rawValue: $0) }
        weights = fields[3].split(separator: ",").compactMap { Int($0) }
        counts = bounds[0]...bounds[1]
        months = fields[5].split(separator: ",").compactMap { Int($0) }
        respondent =
            switch fields[6] {
            case "": .unit
            case "b": .builder
            case "-": .none
            default: .named(Phrase(fields[6]))
            }
        let own = id
        group = Topic.groups.first { $0.contains(own) }?.joined(separator: "+") ?? own
        precondition(weights.count == 3 && !kinds.isEmpty, "grammar: \(head)")
    }

    private mutating func add(_ line: Substring) {
        let phrase = Phrase(line.dropFirst(2))
        switch line.first {
        case "O": objects.append(phrase)
        case "W":
            // Whatever else a text leaves out, a reader can tell where it is.
            precondition(line.contains("{p}") || line.contains("{q}"), "grammar: \(line)")
            tellings.append(phrase)
        case "C": consequences.append(phrase)
        case "D": demands.append(phrase)
        case "X": details.append(phrase)
        default: preconditionFailure("grammar: \(line)")
        }
    }

    /// Topics whose objects overlap: at most one matter of a group stands at one place.
    private static let groups: [[String]] = [
        ["road", "signal", "wire"], ["parking", "jam", "stalls"], ["waste", "burning"],
        ["drain", "weather", "slope"], ["noise-shop", "hygiene"], ["food", "review", "poison"],
        ["price", "refund"], ["tuition", "campus"], ["wage-firm", "overtime"],
        ["compensation", "boundary", "village", "building"], ["subsidy", "aid"],
        ["delivery", "quality"], ["property", "green", "fees"], ["gas", "leak"],
        ["injury", "collapse"], ["tourism", "culture"], ["water", "rumour"],
    ]
}
