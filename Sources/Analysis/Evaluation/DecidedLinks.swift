package import Domain

/// The clusters and the pairs of one text that decisions amount to (关联结果).
package struct DecidedLinks: Equatable, Sendable {
    /// The case of each item that has one, by the agency's own number.
    package var clusters: [String: String] { cases.mapValues { kept($0).text } }
    private var cases: [String: CaseID] = [:]
    /// The case that each absorbed one became one with.
    private var mergedInto: [CaseID: CaseID] = [:]
    /// Groups of items with one text, the first named item first.
    private var groups: [[String]] = []
    private var groupOf: [String: Int] = [:]

    /// No decision yet.
    package init() {}

    /// Takes a decision in.
    package mutating func take(_ decision: Decision) {
        switch decision.content {
        case .caseOpened(let id, _, let founder, let joined, _):
            cases[founder.id] = id
            cases[joined.id] = id
        case .caseJoined(let id, _, let joined, _):
            cases[joined.id] = id
        case .caseMerged(let id, _, let absorbed, _):
            mergedInto[absorbed] = id
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

    private func kept(_ id: CaseID) -> CaseID {
        var id = id
        while let next = mergedInto[id] { id = next }
        return id
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
