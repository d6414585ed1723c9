import Domain
import Text

/// The cases of the hub: items about one matter, in the order in which the cases were opened (类案).
struct Cases: Sendable {
    /// One case of two items or more.
    struct Case: Sendable {
        var id: CaseID
        /// The member that founded the case: the first one, until an older case became one with it.
        var founder: Int
        /// Members in journal order.
        var members: [Int32]
        /// The same by the items' times, then in journal order.
        var byTime: [Int32]
        /// The first township that a member named.
        var township: Division
        var division: Division
        var category: Category
        /// The newest time of a member that did not come late.
        var newest: Timestamp
        /// The first address that a member gave.
        var address: [UInt16]
        /// The case that it became one with, -1 for none.
        ///
        /// Its own identifier stays an alias.
        var mergedInto: Int32 = -1
    }

    private(set) var cases: [Case] = []
    private var numbers: [CaseID: Int32] = [:]

    /// How many cases there are beside those that became one with another.
    private(set) var liveCount = 0

    /// The case that an identifier names, its own or an alias.
    func number(of id: CaseID) -> Int? {
        guard var number = numbers[id] else { return nil }
        while cases[Int(number)].mergedInto >= 0 { number = cases[Int(number)].mergedInto }
        return Int(number)
    }

    /// The place of a case in the order of opening, under the identifier that it was given.
    func place(of id: CaseID) -> Int? { numbers[id].map(Int.init) }

    /// Opens a case with its founder alone; returns its number.
    mutating func open(founder: Int, county: Division, items: KeptItems) -> Int {
        let item = items[founder]
        let id = CaseID(county: county, foundedBy: item.ref)
        let number = cases.count
        cases.append(
            Case(
                id: id,
                founder: founder,
                members: [Int32(founder)],
                byTime: [Int32(founder)],
                township: item.township,
                division: item.division,
                category: item.category,
                newest: item.time,
                address: Array(items.address(of: founder))
            )
        )
        if numbers[id] == nil { numbers[id] = Int32(number) }
        liveCount += 1
        return number
    }

    /// Makes two cases one: the members of `other` become members of `kept` (合并类案).
    mutating func merge(_ other: Int, into kept: Int, items: inout KeptItems) {
        let joined = cases[other]
        for member in joined.members { items[Int(member)].caseNumber = Int32(kept) }
        cases[kept].members = (cases[kept].members + joined.members).sorted()
        cases[kept].byTime = (cases[kept].byTime + joined.byTime).sorted { left, right in
            (items[Int(left)].time, left) < (items[Int(right)].time, right)
        }
        fill(kept, township: joined.township, division: joined.division, joined.category)
        cases[kept].newest = max(cases[kept].newest, joined.newest)
        if cases[kept].address.isEmpty { cases[kept].address = joined.address }
        cases[other].mergedInto = Int32(kept)
        cases[other].members = []
        cases[other].byTime = []
        liveCount -= 1
    }

    private mutating func fill(
        _ number: Int,
        township: Division,
        division: Division,
        _ category: Category
    ) {
        if cases[number].township.isUnknown { cases[number].township = township }
        let known = cases[number].division
        if known.isUnknown || (!known.isTownship && division.isTownship) {
            cases[number].division = division
        }
        if cases[number].category == .unknown { cases[number].category = category }
    }

    /// Adds an item to a case.
    mutating func join(_ member: Int, to number: Int, items: KeptItems) {
        let item = items[member]
        cases[number].members.append(Int32(member))
        let times = cases[number].byTime
        var place = times.count
        while place > 0, items[Int(times[place - 1])].time > item.time { place -= 1 }
        cases[number].byTime.insert(Int32(member), at: place)
        fill(number, township: item.township, division: item.division, item.category)
        if !item.flags.contains(.late) {
            cases[number].newest = max(cases[number].newest, item.time)
        }
        if cases[number].address.isEmpty {
            cases[number].address = Array(items.address(of: member))
        }
    }

    /// The places of the case forbid that the newcomer belongs to it.
    func forbids(_ number: Int, _ newcomer: Newcomer) -> Bool {
        let known = cases[number]
        if !newcomer.township.isCompatible(with: known.township) { return true }
        return newcomer.traits.address.relation(to: known.address[...]) == .different
    }
}

// In a state: in the order of opening. A case's address is the first that its members have.
extension Cases {
    func write(to writer: inout StateWriter) {
        writer.begin(.cases)
        writer.put(list: cases.map(\.id.county))
        writer.put(list: cases.map(\.id.number))
        writer.put(lists: cases.map(\.members))
        writer.put(lists: cases.map(\.byTime))
        writer.put(list: cases.map(\.township.number))
        writer.put(list: cases.map(\.division.number))
        writer.put(texts: cases.map(\.category.key))
        writer.put(list: cases.map(\.newest.milliseconds))
        writer.put(list: cases.map { Int32($0.founder) })
        writer.put(list: cases.map(\.mergedInto))
    }

    init(_ reader: inout StateReader, itemCount: Int) throws(StateError) {
        try reader.begin(.cases)
        let counties: [UInt32] = try reader.list("the cases' counties")
        let count = counties.count
        let ids: [UInt64] = try reader.list("the cases' numbers", count: count)
        let members = try reader.lists("the cases' members", below: itemCount)
        let byTime = try reader.lists("the cases' members by time", below: itemCount)
        let townships: [UInt32] = try reader.list("the cases' townships", count: count)
        let divisions: [UInt32] = try reader.list("the cases' divisions", count: count)
        let categories = try reader.texts("the cases' categories")
        let newest: [Int64] = try reader.list("the cases' times", count: count)
        let founders: [Int32] = try reader.list("the cases' founders", count: count)
        let merged: [Int32] = try reader.list("the merged cases", count: count)
        let isWhole = members.count == count && byTime.count == count && categories.count == count
        try reader.check(isWhole, "the cases")
        for place in 0..<count {
            guard let township = Division(checking: townships[place]),
                let division = Division(checking: divisions[place]),
                let category = Category(key: categories[place]),
                members[place].isEmpty == (merged[place] >= 0),
                members[place].count == byTime[place].count, ids[place] >> 60 == 0,
                (0..<itemCount).contains(Int(founders[place])),
                (-1..<count).contains(Int(merged[place]))
            else { throw .badField("case \(place + 1)") }
            let id = CaseID(county: counties[place], number: ids[place])
            cases.append(
                Case(
                    id: id,
                    founder: Int(founders[place]),
                    members: members[place],
                    byTime: byTime[place],
                    township: township,
                    division: division,
                    category: category,
                    newest: Timestamp(milliseconds: newest[place]),
                    address: [],
                    mergedInto: merged[place]
                )
            )
            if numbers[id] == nil { numbers[id] = Int32(place) }
            if merged[place] < 0 { liveCount += 1 }
        }
        // Every way to the case that goes on ends.
        for place in 0..<count {
            var (number, steps) = (place, 0)
            while cases[number].mergedInto >= 0, steps < count {
                number = Int(cases[number].mergedInto)
                steps += 1
            }
            try reader.check(cases[number].mergedInto < 0, "case \(place + 1)")
        }
    }

    /// Gives each case the first address that its members have, in the order of joining.
    mutating func takeAddresses(of items: KeptItems) {
        for place in cases.indices {
            let first = cases[place].members.first { !items.address(of: Int($0)).isEmpty }
            cases[place].address = first.map { Array(items.address(of: Int($0))) } ?? []
        }
    }
}
