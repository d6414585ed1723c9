import Domain
import Text

/// The cases of the hub: items about one matter, in the order in which the cases were opened (类案).
struct Cases: Sendable {
    /// One case: of two items or more, or of one that the others were moved away from.
    struct Case: Sendable {
        var id: CaseID
        /// What its identifier and those of its alerts come from.
        var anchor: UInt64
        /// Members in journal order.
        var members: [Int32]
        /// The same by the items' times, then in journal order.
        var byTime: [Int32]
        /// The first township that a member named.
        var township = Division.unknown
        var division = Division.unknown
        var category = Category.unknown
        /// The newest time of a member that did not come late.
        var newest = Timestamp(milliseconds: .min)
        /// The first address that a member gave.
        var address: [UInt16] = []
        var life = CaseLife.open
        /// The case that it became one with, -1 for none.
        ///
        /// Its own identifier stays an alias.
        var mergedInto: Int32 = -1

        /// The earliest member; -1 when it became one with another.
        var founder: Int { members.first.map(Int.init) ?? -1 }
    }

    // Not private to the file, so that the codec of states can stand in one of its own.
    var cases: [Case] = []
    var numbers: [CaseID: Int32] = [:]

    /// How many cases there are of two items or more.
    var liveCount = 0

    /// The case that an identifier names, its own or an alias.
    func number(of id: CaseID) -> Int? { numbers[id].map { live(Int($0)) } }

    /// The place of a case in the order of opening, under the identifier that it was given.
    func place(of id: CaseID) -> Int? { numbers[id].map(Int.init) }

    /// The case that goes on, of one that may have become one with it.
    func live(_ number: Int) -> Int {
        var number = number
        while cases[number].mergedInto >= 0 { number = Int(cases[number].mergedInto) }
        return number
    }

    /// What the identifier of a case would come from that the item founds: a case keeps its own even
    /// when its founding item was moved out.
    func freeAnchor(_ ref: ItemRef, county: Division) -> UInt64 {
        let own = ref.stableHash
        var (anchor, salt) = (own, 0 as UInt64)
        while numbers[CaseID(county: county, anchor: anchor)] != nil {
            salt += 1
            anchor = StableHash.mix(own, salt)
        }
        return anchor
    }

    /// Opens a case with its founder, which stands in none, alone; returns its number.
    mutating func open(founder: Int, county: Division, items: inout KeptItems) -> Int {
        let anchor = freeAnchor(items[founder].ref, county: county)
        let id = CaseID(county: county, anchor: anchor)
        let number = cases.count
        cases.append(Case(id: id, anchor: anchor, members: [], byTime: []))
        numbers[id] = Int32(number)
        move(founder, to: number, items: &items)
        return number
    }

    /// Takes an item out of its case, if it has one, and puts it into another; -1 leaves it alone.
    ///
    /// The last member takes the case's name along as an alias, and stays when it would be alone. A
    /// case that became one with another lives again with its first member.
    mutating func move(_ item: Int, to number: Int, items: inout KeptItems) {
        let former = Int(items[item].caseNumber)
        guard former != number, number >= 0 || cases[former].members.count > 1 else { return }
        if former >= 0 { leave([Int32(item)], former, for: number, items: items) }
        items[item].caseNumber = Int32(number)
        guard number >= 0 else { return }
        let before = cases[number].members.count
        cases[number].mergedInto = -1
        let isLast = cases[number].members.last.map { $0 < Int32(item) } ?? true
        let place = isLast ? before : cases[number].members.firstIndex { $0 > Int32(item) }
        cases[number].members.insert(Int32(item), at: place ?? before)
        insertByTime(item, into: number, items: items)
        if isLast { fill(number, from: item, items: items) } else { refill(number, items: items) }
        if before == 1 { liveCount += 1 }
    }

    /// Takes items out of their cases and puts them into another, -1 leaves each alone: as `move` of
    /// each would, at the price of one.
    mutating func move(_ moving: [Int32], to number: Int, items: inout KeptItems) {
        var byFormer: [(former: Int, items: [Int32])] = []
        for item in moving {
            let former = Int(items[Int(item)].caseNumber)
            if former == number { continue }
            if let place = byFormer.firstIndex(where: { $0.former == former }) {
                byFormer[place].items.append(item)
            } else {
                byFormer.append((former, [item]))
            }
        }
        var entering: [Int32] = []
        for (former, leaving) in byFormer {
            var leaving = leaving
            if former >= 0 {
                if number < 0, leaving.count == cases[former].members.count {
                    // One stays, so that the case keeps its name.
                    leaving.removeAll { $0 == cases[former].members[0] }
                }
                leave(Set(leaving), former, for: number, items: items)
            }
            for item in leaving { items[Int(item)].caseNumber = Int32(number) }
            entering += leaving
        }
        guard number >= 0, !entering.isEmpty else { return }
        liveCount -= cases[number].members.count > 1 ? 1 : 0
        cases[number].mergedInto = -1
        cases[number].members = (cases[number].members + entering).sorted()
        cases[number].byTime = (cases[number].byTime + entering).sorted { left, right in
            (items[Int(left)].time, left) < (items[Int(right)].time, right)
        }
        refill(number, items: items)
        liveCount += cases[number].members.count > 1 ? 1 : 0
    }

    /// Makes two cases one: the members of `other` become members of `kept` (合并类案).
    mutating func merge(_ other: Int, into kept: Int, items: inout KeptItems) {
        let joined = cases[other]
        liveCount -= joined.members.count > 1 ? 1 : 0
        liveCount += cases[kept].members.count == 1 ? 1 : 0
        for member in joined.members { items[Int(member)].caseNumber = Int32(kept) }
        cases[kept].members = (cases[kept].members + joined.members).sorted()
        cases[kept].byTime = (cases[kept].byTime + joined.byTime).sorted { left, right in
            (items[Int(left)].time, left) < (items[Int(right)].time, right)
        }
        refill(kept, items: items)
        empty(other, into: kept)
    }

    mutating func setLife(_ life: CaseLife, of number: Int) { cases[number].life = life }

    private mutating func leave(
        _ leaving: Set<Int32>,
        _ number: Int,
        for other: Int,
        items: KeptItems
    ) {
        liveCount -= cases[number].members.count > 1 ? 1 : 0
        cases[number].members.removeAll { leaving.contains($0) }
        cases[number].byTime.removeAll { leaving.contains($0) }
        liveCount += cases[number].members.count > 1 ? 1 : 0
        if cases[number].members.isEmpty {
            empty(number, into: other)
        } else {
            refill(number, items: items)
        }
    }

    private mutating func empty(_ number: Int, into other: Int) {
        let former = cases[number]
        cases[number] = Case(id: former.id, anchor: former.anchor, members: [], byTime: [])
        cases[number].life = former.life
        cases[number].mergedInto = Int32(other)
    }

    private mutating func insertByTime(_ item: Int, into number: Int, items: KeptItems) {
        let times = cases[number].byTime
        let own = (items[item].time, Int32(item))
        var place = times.count
        while place > 0, (items[Int(times[place - 1])].time, times[place - 1]) > own { place -= 1 }
        cases[number].byTime.insert(Int32(item), at: place)
    }

    /// What a case says of itself is what its members say, in journal order.
    private mutating func refill(_ number: Int, items: KeptItems) {
        cases[number].township = .unknown
        cases[number].division = .unknown
        cases[number].category = .unknown
        cases[number].newest = Timestamp(milliseconds: .min)
        cases[number].address = []
        for member in cases[number].members { fill(number, from: Int(member), items: items) }
    }

    private mutating func fill(_ number: Int, from member: Int, items: KeptItems) {
        let item = items[member]
        if cases[number].township.isUnknown { cases[number].township = item.township }
        let known = cases[number].division
        if known.isUnknown || (!known.isTownship && item.division.isTownship) {
            cases[number].division = item.division
        }
        if cases[number].category == .unknown { cases[number].category = item.category }
        // A case of late items alone has their times.
        let isFirst = cases[number].members.first == Int32(member)
        if isFirst || !item.flags.contains(.late) {
            cases[number].newest = max(cases[number].newest, item.time)
        }
        if cases[number].address.isEmpty {
            cases[number].address = Array(items.address(of: member))
        }
    }

    /// The places of the case forbid that the newcomer belongs to it.
    ///
    /// A case that officers made of two places takes items of both: the nearest item's own place goes
    /// before the case's first.
    func forbids(_ number: Int, _ newcomer: Newcomer, nearest: Int, items: KeptItems) -> Bool {
        let (known, near) = (cases[number], items[nearest])
        let isSameTown = near.township.isTownship && near.township == newcomer.township
        if !isSameTown, !newcomer.township.isCompatible(with: known.township) { return true }
        let address = newcomer.traits.address
        return address.relation(to: known.address[...]) == .different
            && address.relation(to: items.address(of: nearest)) != .same
    }
}
