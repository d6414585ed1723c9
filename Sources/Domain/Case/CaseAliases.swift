/// Which identifiers stand for the same case (类案曾用编号), as the decisions tell it.
///
/// Fed with all decisions in order, it knows what the engine knew: a case that became one with another
/// leaves its identifier to it, until an edit lets it live again.
package struct CaseAliases: Sendable {
    private var mergedInto: [CaseID: CaseID] = [:]

    /// Nothing was merged yet.
    package init() {}

    /// Adds a decision.
    package mutating func note(_ content: Decision.Content) {
        switch content {
        case .caseMerged(let id, _, let absorbed, _): mergedInto[absorbed] = id
        case .caseEdited(let editing):
            // Those that are named changed: an alias lives again, another became one.
            for other in editing.others {
                let wasAlias = mergedInto.removeValue(forKey: other) != nil
                if !wasAlias, other != editing.id { mergedInto[other] = editing.id }
            }
        default: break
        }
    }

    /// Every identifier of the case that an identifier stands for, the one in use first, then by text.
    package func names(of id: CaseID) -> [CaseID] {
        let own = live(id)
        let others = mergedInto.keys.filter { $0 != own && live($0) == own }
        return [own] + others.sorted { $0.text < $1.text }
    }

    /// The identifier in use.
    private func live(_ id: CaseID) -> CaseID {
        var found = id
        // A chain is as long as there are aliases at most.
        for _ in 0..<mergedInto.count {
            guard let next = mergedInto[found] else { break }
            found = next
        }
        return found
    }
}
