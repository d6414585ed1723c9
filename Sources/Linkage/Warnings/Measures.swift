import Domain

/// What the rules measure of a case, by the items' times (度量).
struct Measures {
    /// The most members looked at, the latest by time.
    static let membersMax = 4096

    /// Where the figures of a case come from.
    struct Sources {
        let items: KeptItems
        let persons: Persons
        let visits: Visits
        let agencies: AgencyRegister
        let reaches: Reaches
    }

    let sources: Sources
    /// Members by time, then in journal order.
    let byTime: ArraySlice<Int32>
    /// Windows of items end here.
    let end: Timestamp
    /// Windows of what is told of an item later end here.
    let now: Timestamp
    /// A protected period holds at the end.
    let isProtected: Bool
    /// Members of the case in all.
    let total: Int

    init(
        _ sources: Sources,
        byTime: [Int32],
        end: Timestamp,
        now: Timestamp,
        isProtected: Bool
    ) {
        self.sources = sources
        self.byTime = byTime.suffix(Measures.membersMax)
        self.end = end
        self.now = now
        self.isProtected = isProtected
        self.total = byTime.count
    }

    /// The signal that a rule gives; `nil` when it is silent.
    func signal(_ rule: Rules.Rule) -> Signal? {
        guard rule.measure != .heads, total >= rule.itemsMin else { return nil }
        let members =
            [.reach, .spread].contains(rule.measure)
            ? posts(rule.scope) : window(rule.window, before: end, rule.scope)
        guard !members.isEmpty else { return nil }
        let value =
            switch rule.measure {
            case .items, .growth: members.count
            case .persons: persons(of: members)
            case .agencies: agencies(of: members).count
            case .heads: 0
            case .caseHeads: heads(of: members)
            case .reach: members.map { sources.reaches.furthest(of: $0) }.max() ?? 0
            case .spread:
                members.reduce(0) {
                    $0 + sources.reaches.passedOn($1, in: rule.window, until: now)
                }
            case .risks: members.count { sources.items[Int($0)].sort == .risk }
            }
        guard rule.measure == .growth else {
            return Measures.signal(rule, value: value, isProtected: isProtected)
        }
        let before = window(rule.against, before: end - rule.window, rule.scope).count
        return rule.growthBand(for: value, before: before, isProtected: isProtected).map {
            Signal(rule: rule.name, value: value, threshold: $0.least, level: $0.level)
        }
    }

    /// The signal of a rule at a value.
    static func signal(_ rule: Rules.Rule, value: Int, isProtected: Bool) -> Signal? {
        guard let band = rule.band(for: value, isProtected: isProtected) else { return nil }
        return Signal(rule: rule.name, value: value, threshold: band.least, level: band.level)
    }

    /// The gravest level that a medium gives which took a sentiment item of the case up, as its number from 1.
    func medium(_ levels: [MediaReach.Level: AlertLevel]) -> Signal? {
        guard !levels.isEmpty,
            let medium = posts(Rules.Scope()).compactMap({ sources.reaches.medium(of: $0) }).max()
        else { return nil }
        let given = MediaReach.Level.allCases.prefix(medium).last { levels[$0] != nil }
        guard let given, let level = levels[given],
            let threshold = MediaReach.Level.allCases.firstIndex(of: given)
        else { return nil }
        return Signal(rule: "medium", value: medium, threshold: threshold + 1, level: level)
    }

    /// Complaints and sentiment stand in the case within a span; how many of the latter.
    func sentimentBesideComplaints(within span: TimeSpan) -> Int {
        let members = window(span, before: end, Rules.Scope())
        let sentiment = members.count { sources.items[Int($0)].sort == .sentiment }
        return sentiment < members.count ? sentiment : 0
    }

    /// Members of a scope whose times lie in the window that ends at `last`.
    private func window(
        _ span: TimeSpan,
        before last: Timestamp,
        _ scope: Rules.Scope
    ) -> [Int32] {
        var found: [Int32] = []
        let start = last - span
        for member in byTime.reversed() {
            let time = sources.items[Int(member)].time
            if time <= start { break }
            if time <= last, holds(scope, member) { found.append(member) }
        }
        return found
    }

    /// Sentiment items of a scope, however old.
    private func posts(_ scope: Rules.Scope) -> [Int32] {
        if sources.reaches.isEmpty { return [] }
        return byTime.filter {
            sources.items[Int($0)].sort == .sentiment && holds(scope, $0)
        }
    }

    private func holds(_ scope: Rules.Scope, _ member: Int32) -> Bool {
        if scope.isWhole { return true }
        let item = sources.items[Int(member)]
        let place = item.township.isTownship ? item.township : item.division
        return scope.holds(place, item.category, item.form, item.ref.agency)
    }

    /// Heads of the visits that members report, each visit once, as its registering agency counts them.
    private func heads(of members: [Int32]) -> Int {
        var seen: Set<Int> = []
        var sum = 0
        for member in members {
            guard let visit = sources.visits.number(of: Int(member)),
                seen.insert(visit).inserted,
                let counting = sources.visits.counting(
                    visit,
                    items: sources.items,
                    agencies: sources.agencies
                )
            else { continue }
            sum += sources.items[counting].heads
        }
        return sum
    }

    private func persons(of members: [Int32]) -> Int {
        Measures.persons(of: members, items: sources.items, persons: sources.persons)
    }

    private func agencies(of members: [Int32]) -> [(agency: AgencyID, items: Int)] {
        Measures.agencies(of: members, items: sources.items)
    }

    /// Distinct persons; an anonymous item counts one unless it copies another.
    static func persons(of members: [Int32], items: KeptItems, persons: Persons) -> Int {
        var roots: [UInt32] = []
        var anonymous = 0
        for member in members {
            let item = items[Int(member)]
            if item.persons.isEmpty {
                anonymous += item.flags.contains(.copy) ? 0 : 1
            } else {
                for person in items.persons(of: Int(member)) { roots.append(persons.root(person)) }
            }
        }
        roots.sort()
        var distinct = 0
        for index in roots.indices where index == 0 || roots[index] != roots[index - 1] {
            distinct += 1
        }
        return distinct + anonymous
    }

    /// Distinct agencies by name, with their items.
    static func agencies(
        of members: [Int32],
        items: KeptItems
    ) -> [(agency: AgencyID, items: Int)] {
        var found: [(agency: AgencyID, items: Int)] = []
        for member in members {
            let agency = items[Int(member)].ref.agency
            if let place = found.firstIndex(where: { $0.agency == agency }) {
                found[place].items += 1
            } else {
                found.append((agency, 1))
            }
        }
        return found.sorted { $0.agency < $1.agency }
    }
}
