import Domain
import Linkage

/// A journal made by chance from a seed: few persons, places and troubles, so that much is linked.
struct RandomJournal {
    /// SplitMix64 (Steele et al., 2014).
    private var state: UInt64
    private var now = Trial.time("03-01 08:00")
    private var sent: [(item: Item, content: UInt64)] = []
    private let seed: UInt64

    init(seed: UInt64) {
        self.seed = seed
        state = seed
    }

    private mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        let first = (state ^ (state >> 30)) &* 0xbf58_476d_1ce4_e5b9
        let second = (first ^ (first >> 27)) &* 0x94d0_49bb_1331_11eb
        return second ^ (second >> 31)
    }

    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

    private mutating func choice<Element>(_ elements: [Element]) -> Element {
        elements[below(elements.count)]
    }

    /// The opening and so many entries.
    mutating func entries(count: Int) -> [Entry] {
        print("random journal, seed \(seed)")
        return Trial.opening() + (0..<count).map { _ in entry() }
    }

    private mutating func entry() -> Entry {
        now = now + TimeSpan.minutes(Int64(below(90)))
        let content: Entry.Content =
            switch below(100) {
            case 0..<70: freshItem()
            case 70..<74: again(isRevised: false)
            case 74..<80: again(isRevised: true)
            case 80..<82: life()
            case 82..<84:
                .quarantine(
                    Quarantined(agency: agency(), id: "q", code: .badTime, reason: "time")
                )
            case 84..<85: .sealedRefusal
            case 85..<90: command()
            case 90..<93: edit()
            case 93..<94: .configuration(Trial.file(.rules, .rules(rules())))
            default: .tick
            }
        return Entry(at: now, content: content)
    }

    private mutating func agency() -> AgencyID { Trial.agency(choice(Trial.agencies)) }

    private mutating func rules() -> Rules {
        var rules = Trial.rules
        rules.urgentLevel = choice([.yellow, .orange])
        return rules
    }

    /// A new item that comes at a time.
    mutating func freshItem(at time: Timestamp) -> Entry.Content {
        now = time
        return freshItem()
    }

    private mutating func freshItem() -> Entry.Content {
        let place = choice(["鑫达大厦工地", "福兴村", "金碧花园", "解放路桥头", "育才小学"])
        let trouble = choice([
            ("拖欠工资", "干完活工资一直没有结清,包工头不接电话,", "labour.wages"),
            ("征地补偿款未发放", "征地补偿款去年就该发放,村民一直没有拿到,", "land.compensation"),
            ("夜间施工噪音", "夜里施工到两点,噪音太大老人无法休息,", "environment.noise"),
        ])
        var text = place + trouble.1
        for _ in 0..<below(4) {
            text += choice(["请尽快处理。", "已经反映过多次,", "大家都很着急,", "负责人一直推脱,"])
        }
        let number = sent.count + 1
        var item = Item(
            ref: ItemRef(agency: agency(), id: "\(number)"),
            kind: choice([.complaint, .complaint, .complaint, .sentiment, .risk]),
            time: now,
            division: Trial.division(choice([Trial.anliu, Trial.anliu, Trial.shuizhai])),
            title: place + trouble.0,
            text: text
        )
        if below(8) == 0 { item.time = now - TimeSpan.hours(Int64(below(60))) }
        if below(2) == 0 { item.place = place }
        if below(2) == 0 { item.category = Category(key: trouble.2) ?? .unknown }
        if below(4) > 0 { item.persons = [Trial.person(below(30))] }
        if below(3) == 0 { item.purpose = .demand }
        if below(6) == 0 {
            item.form = .visit
            item.heads = 1 + below(120)
        }
        if below(20) == 0 { item.isUrgent = true }
        if below(40) == 0 { item.isDangerToLife = true }
        if below(8) == 0, !sent.isEmpty { item.relates = [choice(sent).item.ref] }
        sent.append((item, UInt64(number)))
        return .item(item, Trial.digest(UInt64(number)))
    }

    private mutating func again(isRevised: Bool) -> Entry.Content {
        guard !sent.isEmpty else { return .tick }
        let place = below(sent.count)
        if isRevised {
            sent[place].item.heads = below(150)
            sent[place].item.isUrgent = below(2) == 0
            sent[place].content += 100_000
        }
        return .item(sent[place].item, Trial.digest(sent[place].content))
    }

    private mutating func life() -> Entry.Content {
        guard !sent.isEmpty else { return .tick }
        var event = choice(sent).item
        event.subjectItem = event.ref
        event.ref = ItemRef(agency: event.ref.agency, id: "life-\(next())")
        event.kind = .life("accepted")
        return .item(event, Trial.digest(next()))
    }

    /// Rising ordinals of items that came, a few or one.
    private mutating func ordinals(max: Int) -> [UInt64] {
        var found: Set<UInt64> = []
        for _ in 0..<(1 + below(max)) { found.insert(UInt64(1 + below(sent.count))) }
        return found.sorted()
    }

    private mutating func edit() -> Entry.Content {
        guard sent.count > 8 else { return .tick }
        let (seen, other) = (ordinals(max: 4), ordinals(max: 4))
        let rest = other.filter { !seen.contains($0) }
        let whole = SeenCase(id: nil, items: (seen + rest).sorted())
        let wish: CaseEdit =
            switch below(3) {
            case 0: .merge(SeenCase(id: nil, items: seen), with: SeenCase(id: nil, items: other))
            case 1 where !rest.isEmpty: .split(whole, items: seen)
            case 2 where !rest.isEmpty && whole.items.count > rest.count:
                .move(
                    item: seen[0],
                    from: SeenCase(id: nil, items: seen),
                    to: SeenCase(id: nil, items: rest)
                )
            default: .merge(whole, with: SeenCase(id: nil, items: [seen[0]]))
            }
        let action: Command.Action =
            switch below(10) {
            case 8: .withdraw(choice(sent).item.ref)
            case 9: .classify(choice(sent).item.ref, choice([.demand, .appeal]), note: "")
            case 0: .undo(edit: UInt64(1 + below(12)), note: "")
            case 1: .setLife(whole, isClosed: below(3) > 0, note: "")
            default: .edit(wish.isWhole ? wish : .merge(whole, with: whole), note: "")
            }
        return .command(
            Command(officer: "zhang", idempotencyKey: "edit-\(next())", action: action)
        )
    }

    private mutating func command() -> Entry.Content {
        guard !sent.isEmpty else { return .tick }
        let founder = choice(Array(sent.prefix(12))).item.ref
        let id = AlertID(
            county: Trial.county,
            kind: choice([.matter, .visit, .urgent]),
            foundedBy: founder
        )
        return .command(
            Command(
                officer: choice(["zhang", "li"]),
                idempotencyKey: "key-\(below(40))",
                action: .acknowledge(id, report: 1 + below(3), note: "")
            )
        )
    }
}
