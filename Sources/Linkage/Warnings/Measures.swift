import Domain

/// What the rules measure of a case, by the items' times (度量).
struct Measures {
    /// The most members looked at, the latest by time.
    static let membersMax = 4096

    let items: KeptItems
    let persons: Persons
    /// Members by time, then in journal order.
    let byTime: ArraySlice<Int32>
    /// Windows end here.
    let end: Timestamp
    /// Members of the case in all.
    let total: Int

    init(items: KeptItems, persons: Persons, byTime: [Int32], end: Timestamp) {
        self.items = items
        self.persons = persons
        self.byTime = byTime.suffix(Measures.membersMax)
        self.end = end
        self.total = byTime.count
    }

    /// The signal that a rule gives; `nil` when it is silent.
    func signal(_ rule: Rules.Rule) -> Signal? {
        guard rule.measure != .heads, total >= rule.itemsMin else { return nil }
        let members = window(rule.window)
        let value =
            switch rule.measure {
            case .items: members.count
            case .persons: Measures.persons(of: members, items: items, persons: persons)
            case .agencies: Measures.agencies(of: members, items: items).count
            case .heads: 0
            }
        return Measures.signal(rule, value: value)
    }

    /// The signal of a rule at a value.
    static func signal(_ rule: Rules.Rule, value: Int) -> Signal? {
        guard let band = rule.band(for: value) else { return nil }
        return Signal(rule: rule.name, value: value, threshold: band.least, level: band.level)
    }

    /// Members whose times lie in the window that ends at `end`.
    private func window(_ span: TimeSpan) -> [Int32] {
        var found: [Int32] = []
        let start = end - span
        for member in byTime.reversed() {
            let time = items[Int(member)].time
            if time <= start { break }
            if time <= end { found.append(member) }
        }
        return found
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
