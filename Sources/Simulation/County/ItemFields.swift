internal import Domain
import Storage

/// Fills in the fields of an item as agencies do: mostly right, sometimes not at all.
struct ItemFields {
    /// What the line says beside the item's fields.
    private(set) var extras = EventLine.Extras()
    private let builder: YearBuilder
    private let draft: Draft
    private var random: SplitMix64

    init(builder: YearBuilder, draft: Draft) {
        self.builder = builder
        self.draft = draft
        random = SplitMix64(seed: draft.seed)
    }

    /// What a draft's text may speak of.
    static func facts(builder: YearBuilder, draft: Draft) -> Facts {
        let matter = builder.matters[draft.matter]
        let topic = Topic.all[matter.topic]
        let place = builder.gazetteer.places[matter.place]
        var facts = Facts(
            place: place,
            townName: Town.all[place.town].name,
            spot: matter.spot,
            object: topic.objects[matter.object],
            respondent: "",
            began: min(matter.began, draft.time.countyDay.number),
            today: draft.time.countyDay,
            count: matter.count,
            measure: matter.measure,
            namesTown: place.recurs
        )
        switch topic.respondent {
        case .unit: facts.respondent = place.unit
        case .builder: facts.respondent = place.builder
        case .none: facts.respondent = ""
        case .named(let phrase):
            var telling = Telling(facts: facts, hand: Hand(), random: SplitMix64(seed: 0))
            telling.append(phrase)
            facts.respondent = telling.text
        }
        return facts
    }

    /// The item with all but its persons and relations.
    mutating func item(ref: ItemRef, text: (title: String, text: String)) -> Item {
        let matter = builder.matters[draft.matter]
        let topic = Topic.all[matter.topic]
        let facts = ItemFields.facts(builder: builder, draft: draft)
        var item = Item(
            ref: ref,
            kind: draft.isSentiment ? .sentiment : .complaint,
            time: draft.time,
            division: division(facts),
            title: text.title,
            text: text.text,
            form: draft.form
        )
        if draft.isCareful || random.chance(permille: 970) { item.category = topic.category }
        let placeShare = [930, 960, 700, 750][draft.agency]
        if draft.isCareful || random.chance(permille: placeShare) { item.place = placeText(facts) }
        if random.chance(permille: draft.isCareful ? 900 : 560) {
            item.respondent = facts.respondent
        }
        item.purpose = purpose()
        item.heads = draft.heads
        item.affected = draft.affected
        item.representatives = draft.representatives
        item.isUrgent = draft.isUrgent
        item.isDangerToLife = draft.isDangerous
        if draft.agency == Desk.petitions { item.officialNumber = "五信" + ref.id.dropFirst(2) }
        if draft.isSentiment { item.media = reach(ref) }
        if draft.visit != nil {
            extras.arrived = draft.time - .minutes(Int64(random.number(in: 5...35)))
        }
        return item
    }

    private mutating func division(_ facts: Facts) -> Division {
        let town = Town.all[facts.place.town].division
        let choice = random.below(1000)
        if draft.isCareful || facts.namesTown || choice < 930 { return town }
        return choice < 980 ? town.county : .unknown
    }

    private mutating func placeText(_ facts: Facts) -> String {
        let choice = random.below(10)
        let name = facts.place.street + (choice < 5 ? facts.place.name : facts.place.short)
        let town = choice < 7 || facts.namesTown ? facts.townName : ""
        return (choice == 0 ? "五华县" : "") + town + name + (choice % 2 == 0 ? facts.spot : "")
    }

    private mutating func purpose() -> Purpose? {
        guard !draft.isSentiment else { return nil }
        switch random.below(100) {
        case ..<40: return .demand
        case ..<44: return .consultation
        case ..<47: return .suggestion
        default: return nil
        }
    }

    private mutating func reach(_ ref: ItemRef) -> MediaReach {
        var media = MediaReach()
        media.reach = random.number(in: 20...400) * random.pick([1, 1, 1, 2, 4, 9, 25, 60])
        media.comments = media.reach / random.number(in: 30...200)
        media.shares = media.reach / random.number(in: 60...500)
        media.tone = random.number(in: -900...500)
        media.level = random.chance(permille: 8) ? .provincial : .local
        extras.platform = random.pick(["短视频", "微博", "论坛", "公众号", "问政平台"])
        extras.url = "https://example.invalid/\(ref.id.lowercased())"
        return media
    }
}
