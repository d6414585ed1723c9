import Domain

// In a state: in the order of opening. A case's address is the first that its members have.
extension Cases {
    func write(to writer: inout StateWriter) {
        writer.begin(.cases)
        writer.put(list: cases.map(\.id.county))
        writer.put(list: cases.map(\.anchor))
        writer.put(lists: cases.map(\.members))
        writer.put(lists: cases.map(\.byTime))
        writer.put(list: cases.map(\.township.number))
        writer.put(list: cases.map(\.division.number))
        writer.put(texts: cases.map(\.category.key))
        writer.put(list: cases.map(\.newest.milliseconds))
        writer.put(list: cases.map(\.life.rawValue))
        writer.put(list: cases.map(\.mergedInto))
    }

    init(_ reader: inout StateReader, itemCount: Int) throws(StateError) {
        try reader.begin(.cases)
        let counties: [UInt32] = try reader.list("the cases' counties")
        let count = counties.count
        let anchors: [UInt64] = try reader.list("the cases' anchors", count: count)
        let members = try reader.lists("the cases' members", below: itemCount)
        let byTime = try reader.lists("the cases' members by time", below: itemCount)
        let townships: [UInt32] = try reader.list("the cases' townships", count: count)
        let divisions: [UInt32] = try reader.list("the cases' divisions", count: count)
        let categories = try reader.texts("the cases' categories")
        let newest: [Int64] = try reader.list("the cases' times", count: count)
        let lives: [UInt8] = try reader.list("the cases' lives", count: count)
        let merged: [Int32] = try reader.list("the merged cases", count: count)
        let isWhole = members.count == count && byTime.count == count && categories.count == count
        try reader.check(isWhole, "the cases")
        for place in 0..<count {
            guard let township = Division(checking: townships[place]),
                let division = Division(checking: divisions[place]),
                let category = Category(key: categories[place]),
                let life = CaseLife(rawValue: lives[place]),
                members[place].isEmpty == (merged[place] >= 0),
                members[place].count == byTime[place].count,
                (-1..<count).contains(Int(merged[place]))
            else { throw .badField("case \(place + 1)") }
            let id = CaseID(county: counties[place], number: anchors[place])
            try reader.check(numbers[id] == nil, "case \(place + 1)")
            var known = Case(
                id: id,
                anchor: anchors[place],
                members: members[place],
                byTime: byTime[place]
            )
            (known.township, known.division, known.category) = (township, division, category)
            known.newest = Timestamp(milliseconds: newest[place])
            (known.life, known.mergedInto) = (life, merged[place])
            cases.append(known)
            numbers[id] = Int32(place)
            if members[place].count > 1 { liveCount += 1 }
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

    /// Gives each case the first address that its members have, in journal order.
    mutating func takeAddresses(of items: KeptItems) {
        for place in cases.indices {
            let first = cases[place].members.first { !items.address(of: Int($0)).isEmpty }
            cases[place].address = first.map { Array(items.address(of: Int($0))) } ?? []
        }
    }
}
