import Domain

/// Which items name each other, also when the named one comes later (关联件).
struct Relations: Sendable {
    /// The most items that wait for one that they named.
    private static let waitingMax = 16
    /// The most names that nobody has answered; further ones are only looked up at once.
    private static let openMax = 65_536

    /// Items by the identity that they named and that has not come yet.
    private var waiting: [ItemRef: [Int32]] = [:]

    /// Earlier items that an item names or that named it, in journal order.
    mutating func meet(_ ref: ItemRef, relates: [ItemRef], identities: Identities) -> [Int] {
        var found = (waiting.removeValue(forKey: ref) ?? []).map(Int.init)
        for other in relates where other != ref {
            guard let ordinal = identities.number(of: other), ordinal > 0 else { continue }
            let number = Int(ordinal) - 1
            if !found.contains(number) { found.append(number) }
        }
        return found.sorted()
    }

    /// Remembers whom an item named of those that have not come yet.
    mutating func wait(item: Int, for relates: [ItemRef], identities: Identities) {
        for other in relates where identities.number(of: other) == nil {
            guard waiting.count < Relations.openMax || waiting[other] != nil else { continue }
            var list = waiting[other] ?? []
            guard list.count < Relations.waitingMax, list.last != Int32(item) else { continue }
            list.append(Int32(item))
            waiting[other] = list
        }
    }
}

// In a state: names by agency, then by id.
extension Relations {
    func write(to writer: inout StateWriter) {
        let refs = waiting.keys.sorted { left, right in
            left.agency == right.agency
                ? left.id.utf8.lexicographicallyPrecedes(right.id.utf8)
                : left.agency < right.agency
        }
        writer.begin(.relations)
        writer.put(texts: refs.map(\.agency.name))
        writer.put(texts: refs.map(\.id))
        writer.put(lists: refs.map { waiting[$0] ?? [] })
    }

    init(_ reader: inout StateReader, itemCount: Int) throws(StateError) {
        try reader.begin(.relations)
        let agencies = try reader.texts("the awaited agencies")
        let ids = try reader.texts("the awaited ids")
        let found = try reader.lists("those who wait", below: itemCount)
        try reader.check(
            agencies.count == ids.count && ids.count == found.count,
            "those who wait"
        )
        for (place, list) in found.enumerated() {
            guard let agency = AgencyID(name: agencies[place]) else {
                throw .badField("the awaited agencies")
            }
            waiting[ItemRef(agency: agency, id: ids[place])] = list
        }
    }
}
