package import Domain

/// The clusters and the pairs of one text that decisions amount to (关联结果).
package struct DecidedLinks: Equatable, Sendable {
    /// The case of each item that has one, by the agency's own number.
    package var clusters: [String: String] { cases.mapValues(\.text) }
    private var cases: [String: CaseID] = [:]
    /// The items that came into each case, also those that have left it.
    private var members: [CaseID: [String]] = [:]
    /// Groups of items with one text, the first named item first.
    private var groups: [[String]] = []
    private var groupOf: [String: Int] = [:]

    /// No decision yet.
    package init() {}

    /// Takes a decision in.
    package mutating func take(_ decision: Decision) {
        switch decision.content {
        case .caseOpened(let id, _, let founder, let joined, _):
            put(founder, into: id)
            put(joined, into: id)
        case .caseJoined(let id, _, let joined, _): put(joined, into: id)
        case .caseMerged(let id, _, let absorbed, _):
            for item in members.removeValue(forKey: absorbed) ?? [] where cases[item] == absorbed {
                cases[item] = id
                members[id, default: []].append(item)
            }
        case .itemMoved(let move):
            cases[move.item.id] = nil
            if let id = move.to { put(move.item, into: id) }
        case .copied(let ref, let original, _):
            let group = groupOf[original.id] ?? groups.count
            if group == groups.count {
                groups.append([original.id])
                groupOf[original.id] = group
            }
            groups[group].append(ref.id)
            groupOf[ref.id] = group
        default:
            break
        }
    }

    private mutating func put(_ item: ItemRef, into id: CaseID) {
        cases[item.id] = id
        members[id, default: []].append(item.id)
    }

    /// Every pair of items with one text: a copy of a copy is a copy.
    package var pairs: [(String, String)] {
        groups.flatMap { group in
            group.indices.flatMap { first in
                group.indices.dropFirst(first + 1).map { (group[first], group[$0]) }
            }
        }
    }
}
