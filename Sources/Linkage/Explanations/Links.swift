import Domain

/// Why each item is in its case (关联依据登记).
struct Links: Sendable {
    /// Further rules push the oldest out; links of those show the scores that decided, and no more.
    static let rulesMax = 256

    private(set) var links: [Link] = []
    /// The link of each item that joined, and of each case that became one with another.
    private var ofItems: [Int32: Int32] = [:]
    private var ofCases: [Int32: Int32] = [:]
    private var rules: [LinkRules] = []
    /// How many were pushed out before the first of `rules`.
    private var forgotten = 0

    /// The link by which an item joined; `nil` for a founder.
    func link(ofItem item: Int32) -> Link? { ofItems[item].map { links[Int($0)] } }

    /// The link by which a case became one with another.
    func link(ofCase number: Int32) -> Link? { ofCases[number].map { links[Int($0)] } }

    /// The rules that held for a link; `nil` when they are not kept any more.
    func rules(of link: Link) -> LinkRules? {
        let place = Int(link.rules) - forgotten
        return rules.indices.contains(place) ? rules[place] : nil
    }

    /// Keeps a link under the rules adopted last; an item that joins again is explained by the last.
    mutating func add(_ link: Link) {
        var link = link
        link.rules = Int32(clamping: forgotten + rules.count - 1)
        let known = link.joined >= 0 ? ofItems[link.joined] : ofCases[link.absorbed]
        if let known {
            links[Int(known)] = link
        } else {
            append(link)
        }
    }

    /// Other rules hold from now on.
    mutating func outdate() { isOutdated = true }

    /// It is not known which rules hold.
    private(set) var isOutdated = true

    /// Links from now on are made by these rules.
    mutating func adopt(_ held: LinkRules) {
        isOutdated = false
        guard rules.last != held else { return }
        rules.append(held)
        if rules.count > Links.rulesMax {
            rules.removeFirst()
            forgotten += 1
        }
    }

    private mutating func append(_ link: Link) {
        let place = Int32(links.count)
        links.append(link)
        if link.joined >= 0 { ofItems[link.joined] = place } else { ofCases[link.absorbed] = place }
    }
}

// In a state: links in the order in which they were first made, column by column.
extension Links {
    func write(to writer: inout StateWriter) {
        writer.begin(.links)
        writer.put(list: rules.map(\.engine))
        writer.put(list: rules.map(\.linkage))
        for held in rules { writer.put(list: held.values) }
        writer.put(UInt64(forgotten))
        writer.put(list: links.map(\.newcomer))
        writer.put(list: links.map(\.joined))
        writer.put(list: links.map(\.absorbed))
        writer.put(list: links.map(\.rule.rawValue))
        writer.put(list: links.map(\.wanted))
        writer.put(list: links.map(\.rules))
        writer.put(list: links.map(\.scorePermille))
        writer.put(list: links.map(\.comparedCount))
        let pairs = links.flatMap(\.pairs)
        writer.put(list: pairs.map(\.item))
        writer.put(list: pairs.map(\.scorePermille))
        writer.put(list: pairs.map(\.copiedPermille))
        writer.put(list: pairs.map(\.place.rawValue))
        writer.put(list: pairs.map(\.flags.rawValue))
    }

    init(_ reader: inout StateReader, itemCount: Int, caseCount: Int) throws(StateError) {
        try reader.begin(.links)
        let engines: [UInt32] = try reader.list("the rules' engines")
        try reader.check(engines.count <= Links.rulesMax, "the rules")
        let versions: [UInt64] = try reader.list("the rules' versions", count: engines.count)
        for (engine, version) in zip(engines, versions) {
            let values: [Int32] = try reader.list("the rules", count: LinkRules.valueCount)
            rules.append(LinkRules(values: values, engine: engine, linkage: version))
        }
        forgotten = try reader.count("the forgotten rules", max: Int(Int32.max))
        let newcomers: [Int32] = try reader.list("the links' newcomers")
        let count = newcomers.count
        let joined: [Int32] = try reader.list("the joined items", count: count)
        let absorbed: [Int32] = try reader.list("the absorbed cases", count: count)
        let kinds: [UInt8] = try reader.list("the links' kinds", count: count)
        let wanted: [UInt8] = try reader.list("the links' means", count: count)
        let held: [Int32] = try reader.list("the links' rules", count: count)
        let scores: [Int32] = try reader.list("the links' scores", count: count)
        let counts: [UInt8] = try reader.list("the compared items", count: count)
        let pairCount = counts.reduce(0) { $0 + Int($1) }
        let items: [Int32] = try reader.list("the compared items", count: pairCount)
        let pairScores: [Int32] = try reader.list("the compared scores", count: pairCount)
        let copied: [UInt16] = try reader.list("the containments", count: pairCount)
        let places: [UInt8] = try reader.list("the places", count: pairCount)
        let flags: [UInt8] = try reader.list("the marks", count: pairCount)
        let range = 0..<Int32(clamping: itemCount)
        try reader.check(items.allSatisfy { range.contains($0) }, "the compared items")
        var start = 0
        links.reserveCapacity(count)
        for place in 0..<count {
            guard let rule = Link.Rule(rawValue: kinds[place]), range.contains(newcomers[place]),
                (-1..<Int32(clamping: itemCount)).contains(joined[place]),
                (-1..<Int32(clamping: caseCount)).contains(absorbed[place]),
                (joined[place] >= 0) != (absorbed[place] >= 0),
                1...Link.comparedMax ~= Int(counts[place]), wanted[place] > 0,
                ofItems[joined[place]] == nil, ofCases[absorbed[place]] == nil
            else { throw .badField("link \(place + 1)") }
            var link = Link(
                newcomer: newcomers[place],
                rule: rule,
                wanted: wanted[place],
                scorePermille: scores[place]
            )
            (link.joined, link.absorbed) = (joined[place], absorbed[place])
            (link.rules, link.comparedCount) = (held[place], counts[place])
            for index in 0..<Int(counts[place]) {
                guard let relation = PlaceRelation(rawValue: places[start + index]) else {
                    throw .badField("link \(place + 1)")
                }
                link.compared[index] = Link.Compared(
                    item: items[start + index],
                    scorePermille: pairScores[start + index],
                    copiedPermille: copied[start + index],
                    place: relation,
                    flags: Link.Flags(rawValue: flags[start + index])
                )
            }
            start += Int(counts[place])
            append(link)
        }
    }
}
